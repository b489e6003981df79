"""One recording of a batch, measured: runs in a thread here, or in a worker on another machine."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from rom_vision import __version__
from rom_vision.batch.plan import Request
from rom_vision.errors import BadInputError, RomVisionError
from rom_vision.files import temporary_folder

if TYPE_CHECKING:
    from rom_vision.pipeline.run import Analysis

__all__ = ["Measured", "NotSeenError", "Task", "key_of", "measure_file", "version_here"]

Status = Literal["measured", "refused", "failed"]


class NotSeenError(RomVisionError):
    """The worker does not see the file under the path that it was given."""


@dataclass(frozen=True)
class Task:
    """What a worker gets: the file by its path, or by its bytes where the path leads nowhere there.

    Attributes
    ----------
    path : where the file lies.
    sha256 : of its content.
    request : what is measured, settled.
    data : the content; None if the worker reads it itself.
    track : whether the landmarks are wanted back.
    """

    path: Path
    sha256: str
    request: Request
    data: bytes | None = None
    track: bool = False


@dataclass(frozen=True)
class Measured:
    """What a worker gives back.

    Attributes
    ----------
    status : 'failed' when the file could not be read or measured at all; ``fault`` then says why.
    document : the result as JSON.
    picture : JPEG of the best repetition or worst moment, else of the middle of the recording.
    track : the landmarks, as `PoseTrack.to_bytes`.
    """

    status: Status
    document: str | None = None
    picture: bytes | None = None
    track: bytes | None = None
    fault: str = ""


def version_here() -> str:
    """Return the version of this program where this runs."""
    return __version__


def key_of(sha256: str, request: Request, model_sha256: str) -> str:
    """Return the name under which a result is known again: the file's content, what was asked, and the program."""
    camera = request.camera
    asked: list[Any] = [sha256, request.test, sorted(request.options.items()), model_sha256, __version__]
    asked += [camera.name, camera.hfov_deg, camera.roll_deg]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def measure_file(task: Task, stop: threading.Event | None = None) -> Measured:
    """Measure one recording; a file that cannot be measured is a result that says why.

    Parameters
    ----------
    task : what to measure.
    stop : when set, the work ends soon with `KeyboardInterrupt`.

    Raises
    ------
    NotSeenError
        If the file is not to be found here under its path, or another one lies there.
    """
    from rom_vision.pipeline.run import measure

    def on_progress(_done: int, _total: int) -> None:
        if stop is not None and stop.is_set():
            raise KeyboardInterrupt

    request = task.request
    with _at_hand(task) as path:
        try:
            on_progress(0, 0)
            analysis = measure(
                path,
                request.test or "",
                model=request.model,
                camera=request.camera,
                jobs=1,
                on_progress=on_progress,
                **cast(Any, request.options),
            )
            picture = _picture(path, analysis)
        except RomVisionError as fault:
            return Measured("failed", fault=str(fault))
    track = analysis.track.to_bytes() if task.track else None
    return Measured(analysis.document.status, analysis.document.to_json(), picture, track)


@contextmanager
def _at_hand(task: Task) -> Iterator[Path]:
    """Yield where the file lies on this machine."""
    from rom_vision.capture import sha256_of

    if task.data is not None:
        with temporary_folder() as folder:
            path = folder / task.path.name
            path.write_bytes(task.data)
            yield path
        return
    try:
        here = sha256_of(task.path)
    except OSError as fault:
        raise NotSeenError(f"{task.path}: {fault.strerror or fault}") from fault
    if here != task.sha256:
        raise NotSeenError(f"{task.path}: another file lies there")
    yield task.path


def _picture(path: Path, analysis: Analysis) -> bytes | None:
    """One picture that shows what was measured."""
    from rom_vision.capture import frames_at
    from rom_vision.pipeline.camera import MAX_SIDE_PX
    from rom_vision.report.presenters.registry import presenter_of
    from rom_vision.report.strokes import jpeg_of

    shown = presenter_of(analysis.document.test)
    drawing = shown.drawing(analysis)
    pictures = shown.pictures(path, analysis, drawing, every=False, max_side_px=MAX_SIDE_PX)
    if pictures:
        return pictures[0].data
    try:
        (frame,) = frames_at(path, [float(analysis.track.time_s[-1]) / 2], MAX_SIDE_PX)
    except BadInputError:  # read in one go it could be, looked up in the middle not
        return None
    return jpeg_of(drawing.draw(frame.rgb, frame.time_s) if drawing else frame.rgb)
