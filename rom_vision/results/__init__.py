"""What a test found, and the document that leaves the program with it."""
