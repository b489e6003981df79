"""Is the instrument right? Readings of a reference beside results, how well both agree, and how repeatable they are."""
