"""`rom-vision ...`: the command line."""

from rom_vision.cli.root import app, main

__all__ = ["app", "main"]
