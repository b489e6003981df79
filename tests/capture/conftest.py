"""Fixtures of the video tests."""

from video_files import make_video  # noqa: F401
