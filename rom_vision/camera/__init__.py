"""The camera: intrinsics, level and profiles; what a pixel means."""

from rom_vision.camera.intrinsics import Camera

__all__ = ["Camera"]
