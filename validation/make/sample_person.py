"""Measure sample clips and pack them as the sample person of the app: ``python -m validation.make.sample_person``.

The dates are made up, the values are measured.
"""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from rom_vision.pipeline.camera import MAX_SIDE_PX
from rom_vision.pipeline.run import measure
from rom_vision.report.presenters.registry import presenter_of
from rom_vision.sessions import NewResult, SessionStore
from rom_vision.sessions.archive import export_person

__all__ = ["main"]

FOLDER = Path(__file__).parents[2] / "sample_videos"
NAME = "Sample person"
_FIRST = datetime(2026, 3, 2, 18, 30, tzinfo=timezone.utc)
SESSIONS: tuple[tuple[timedelta, tuple[tuple[str, Any], ...]], ...] = (
    (timedelta(0), (("seated_left", "left"), ("seated_right", "right"))),
    (timedelta(weeks=6), (("seated_left_later", "left"),)),
)


def _measured(clip: str, side: Any) -> NewResult:
    path = FOLDER / f"{clip}.mp4"
    analysis = measure(path, position="seated", side=side)
    shown = presenter_of("hip_rotation")
    drawing = shown.drawing(analysis)
    pictures = shown.pictures(path, analysis, drawing, every=False, max_side_px=MAX_SIDE_PX)
    return NewResult(analysis.document, analysis.track, pictures)


def main() -> None:
    """Write ``sample_videos/sample_person.zip``."""
    with tempfile.TemporaryDirectory() as folder:
        store = SessionStore(f"sqlite:///{folder}/sample.db")
        store.add_person(NAME)
        for after, clips in SESSIONS:
            store.save_session(NAME, [_measured(*clip) for clip in clips], taken_at=_FIRST + after)
        export_person(store, NAME, FOLDER / "sample_person.zip")
        store.close()


if __name__ == "__main__":
    main()
