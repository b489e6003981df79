"""Straight leg raise: how far a straight leg goes up, lying on the back."""
