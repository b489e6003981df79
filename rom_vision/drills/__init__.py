"""Exercises of the advice book that are done before the camera: counted, corrected, planned and logged."""
