"""A campaign against the program: damaged, odd and hostile inputs, none of which may fool, stop or rob it."""
