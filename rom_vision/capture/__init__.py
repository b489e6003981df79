"""Video files: probe, read upright with true times, write H.264."""

from rom_vision.capture.probe import VideoInfo, probe, sha256_of
from rom_vision.capture.reader import Frame, RgbArray, VideoReader, frames_at
from rom_vision.capture.writer import VideoWriter

__all__ = ["Frame", "RgbArray", "VideoInfo", "VideoReader", "VideoWriter", "frames_at", "probe", "sha256_of"]
