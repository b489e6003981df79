"""rom_vision: hip internal rotation and squat screening from one camera."""

__version__ = "0.1.0"
