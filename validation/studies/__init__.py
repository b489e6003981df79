"""The studies, each rerun by one command, and the tables they freeze."""
