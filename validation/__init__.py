"""The synthetic person and the accuracy study. Run from the repository's root; needs the extra ``[validation]``."""
