"""The synthetic person in a room before a camera: whole recordings with their truth."""
