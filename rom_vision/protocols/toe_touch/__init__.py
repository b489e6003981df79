"""Toe touch: how far the fingertips stay from the floor, bending forward with straight knees."""
