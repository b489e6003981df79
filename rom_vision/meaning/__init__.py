"""What a number means: norms, sides, change over time and what to do about it. Knows no video and no database."""
