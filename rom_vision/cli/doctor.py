"""What is installed, what is missing, and how to mend it."""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

from rom_vision.errors import RomVisionError

__all__ = ["Finding", "examine"]


@dataclass(frozen=True)
class Finding:
    """One thing looked at: is it good, is it needed, and what to do if it is not good."""

    what: str
    good: bool
    needed: bool = True
    mend: str = ""


def examine() -> list[Finding]:
    """Look at everything the program stands on; never raises."""
    return [
        _python(),
        _library("mediapipe", "landmarks", "pip install mediapipe; on Linux also: apt-get install libgl1 libglib2.0-0"),
        _library("cv2", "pictures", "pip install opencv-contrib-python; on Linux also: apt-get install libgl1"),
        _library("av", "video files", "pip install av"),
        _guarded("H.264 writer for overlay videos", _h264, "pip install --force-reinstall av"),
        _guarded("pose models full and heavy, unchanged", _models, "pip install --force-reinstall rom-vision"),
        _library("streamlit", "the app", "pip install streamlit"),
        _library("streamlit_webrtc", "the live self-test", "pip install streamlit-webrtc"),
        _library("sqlalchemy", "saved sessions", "pip install SQLAlchemy"),
        _guarded("folder for saved sessions can be written", _data_folder, "give yourself write access to it"),
        _database(),
        _library("anny", "the synthetic person (accuracy study only)", 'pip install "rom-vision[validation]"', False),
    ]


def _python() -> Finding:
    good = (3, 10) <= sys.version_info[:2] <= (3, 13)
    return Finding(f"Python {sys.version.split()[0]}", good, mend="use Python 3.10, 3.11, 3.12 or 3.13")


def _library(name: str, purpose: str, mend: str, needed: bool = True) -> Finding:
    logging.disable(logging.WARNING)  # some libraries grumble when they are not started as they are used to
    try:
        module = importlib.import_module(name)
    except Exception as fault:  # a broken shared library raises anything at all
        return Finding(f"{name}, for {purpose}: {fault}", False, needed, mend)
    finally:
        logging.disable(logging.NOTSET)
    return Finding(f"{name} {getattr(module, '__version__', '')}, for {purpose}", True, needed)


def _guarded(what: str, check: Callable[[], str], mend: str) -> Finding:
    try:
        fault = check()
    except (RomVisionError, ImportError, OSError, ValueError) as error:
        fault = str(error)
    return Finding(f"{what}: {fault}" if fault else what, not fault, mend=mend)


def _h264() -> str:
    import av

    return "" if "libx264" in av.codecs_available or "h264" in av.codecs_available else "this build of av has none"


def _models() -> str:
    from rom_vision.pose.models import SHIPPED_SHA256, resolve_model

    changed = [name for name, digest in SHIPPED_SHA256.items() if resolve_model(name).sha256 != digest]
    return f"{' and '.join(changed)} differ from what was shipped" if changed else ""


def _data_folder() -> str:
    from platformdirs import user_data_path

    folder = user_data_path("rom_vision")
    existing = next(p for p in (folder, *folder.parents) if p.exists())
    return "" if os.access(existing, os.W_OK) else str(existing)


def _database() -> Finding:
    url = os.environ.get("ROM_VISION_DATABASE_URL", "")
    if not url:
        return Finding("database: SQLite in your data folder (ROM_VISION_DATABASE_URL is not set)", True, False)
    if url.startswith("postgresql"):
        return _library(
            "psycopg", "PostgreSQL, asked for by ROM_VISION_DATABASE_URL", 'pip install "rom-vision[postgres]"'
        )
    return Finding("database: as ROM_VISION_DATABASE_URL says", True, False)
