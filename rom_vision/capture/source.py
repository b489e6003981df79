"""Open a video file safely and decode it: what probing, reading and fetching single pictures share."""

from __future__ import annotations

import codecs
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np

from rom_vision.capture.damage import Damage
from rom_vision.errors import BadInputError

__all__ = ["Turn", "decoded", "open_video", "pixel_aspect_of", "turn_of", "upright_size"]

MAX_PIXELS = 64_000_000
"""Largest picture that is decoded, pixels (our own heuristic: 8K has 33 million; a damaged header may ask for
gigabytes)."""

_MARKING = ("h264", "mpeg4", "mpeg2video", "mpeg1video", "h263")
"""Decoders that mend a damaged picture and mark it. The others are asked to fail instead, for they would hand it out as
if it were sound."""

REEXPORT = "Export or share it again as MP4 (H.264) and use that file."


@dataclass(frozen=True)
class Turn:
    """How the stored picture is brought upright: transposed first, then mirrored."""

    transpose: bool = False
    flip_x: bool = False
    flip_y: bool = False

    @property
    def clockwise_deg(self) -> int:
        """Clockwise rotation, 0, 90, 180 or 270: where the stored picture's top edge goes."""
        if self.transpose:
            return 90 if self.flip_x else 270
        return 180 if self.flip_y else 0


def turn_of(frame: Any) -> Turn:
    """Read a frame's display matrix.

    The matrix is row-major 3x3 fixed point; a stored point (p, q), p right and q down, is shown at
    (a p + c q, b p + d q) with a, b, c, d its entries 0, 1, 3, 4 (ISO/IEC 14496-12). Angles between quarter turns
    are taken as the nearest one.
    """
    for side_data in frame.side_data:
        if side_data.type.name == "DISPLAYMATRIX":
            a, b, _, c, d = (int(value) for value in np.frombuffer(bytes(side_data), dtype=np.int32)[:5])
            if abs(b) + abs(c) > abs(a) + abs(d):
                return Turn(transpose=True, flip_x=c < 0, flip_y=b < 0)
            return Turn(flip_x=a < 0, flip_y=d < 0)
    return Turn()


def pixel_aspect_of(stream: Any) -> float:
    """Return the width of a stored pixel over its height; 1 where the file says nothing or nonsense."""
    aspect = float(stream.sample_aspect_ratio or 1)
    return aspect if 0.25 <= aspect <= 4 else 1.0


def upright_size(width_px: int, height_px: int, pixel_aspect: float, turn: Turn) -> tuple[int, int]:
    """Return the size of a stored picture once its pixels are square and it stands upright.

    Parameters
    ----------
    width_px, height_px : as stored.
    pixel_aspect : width of a stored pixel over its height.
    turn : what stands the picture upright.

    Returns
    -------
    Width and height, pixels.

    Examples
    --------
    >>> upright_size(1920, 1080, 1.0, Turn(transpose=True))
    (1080, 1920)
    """
    square = max(1, round(width_px * pixel_aspect))
    return (height_px, square) if turn.transpose else (square, height_px)


@contextmanager
def open_video(path: Path) -> Iterator[tuple[Any, Any]]:
    """Open a file as (container, video stream), both PyAV's.

    Raises
    ------
    BadInputError
        When the file is missing, a folder, empty, unreadable, text, a picture, sound only, damaged at its start or
        in an unsupported format.
    """
    head = _checked_head(path)
    try:
        # "file:" keeps names such as "a:b.mp4" or "%03d.jpg" from being taken for addresses and patterns; addresses
        # inside a file are never followed, so nothing is ever fetched over a network.
        container = av.open(f"file:{path}", metadata_errors="replace", container_options={"protocol_whitelist": "file"})
    except av.FFmpegError as error:
        raise BadInputError(_why_unreadable(path, head, error)) from error
    with container:
        yield container, _video_stream(path, container)


def decoded(container: Any, stream: Any, damage: Damage) -> Iterator[tuple[Any, int]]:
    """Yield a stream's good frames in the order they are shown, each with its number in ``damage``.

    A frame that fails to decode, or that the decoder marks as damaged, is left out: its landmarks would be wrong. What
    the other frames are worth, ``damage`` knows at the end.

    Parameters
    ----------
    container, stream : as `open_video` gives them.
    damage : takes note of every packet and frame.
    """
    damage.codec = stream.codec_context.name
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except (av.FFmpegError, OSError, IndexError):  # IndexError: a track appears that the header did not announce
            damage.cut_off = True
            packet = None  # ends the stream, so that the decoder hands out what it still holds
        if packet is not None and packet.size:
            damage.cut_off = packet.is_corrupt  # stays so when it was the last one
            damage.packet(packet)
        try:
            frames = stream.decode(packet)
        except (av.FFmpegError, OSError):
            damage.failure()
            frames = []
        for frame in frames:
            number = damage.frame(frame)
            if not frame.is_corrupt:
                yield frame, number
        if packet is None:
            return


def _checked_head(path: Path) -> bytes:
    """Return the first bytes of a file that exists, may be read and is not text."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise BadInputError(f"{path} is a folder. Choose one video file inside it.")
        if not stat.S_ISREG(mode):
            raise BadInputError(f"{path} is a device, not a file. Choose a video file.")
        with path.open("rb") as file:
            head = file.read(4096)
    except FileNotFoundError:
        raise BadInputError(f"{path}: there is no such file. Check the name and the folder.") from None
    except PermissionError:
        raise BadInputError(f"{path}: permission to read it is missing. Change its permissions or copy it.") from None
    except (OSError, ValueError) as error:
        raise BadInputError(f"{path} cannot be opened ({error}). Check the name, or copy the file again.") from error
    if not head:
        raise BadInputError(f"{path.name} is empty (0 bytes). Copy it from the camera again.")
    if b"\0" not in head and _is_text(head):
        raise BadInputError(f"{path.name} holds text, not a video, whatever its name ends in. Choose the video file.")
    return head


def _is_text(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def _why_unreadable(path: Path, head: bytes, error: Exception) -> str:
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide") or head[:4] in (b"\x1a\x45\xdf\xa3", b"RIFF"):
        return (
            f"{path.name} starts like a video, but its table of contents is missing or damaged: the recording or the "
            "copy was cut off. Copy it again from the camera; if it is broken there too, record again."
        )
    return f"{path.name} is not a video that can be read ({getattr(error, 'strerror', error)}). {REEXPORT}"


def _video_stream(path: Path, container: Any) -> Any:
    """Return the largest real video track, or raise `BadInputError`."""
    if container.format.name == "image2" or container.format.name.endswith("_pipe"):
        raise BadInputError(f"{path.name} is a picture; the movement needs a video. Choose the video file.")
    cover = av.stream.Disposition.attached_pic
    streams = [s for s in container.streams.video if not s.disposition & cover]
    if not streams:
        raise BadInputError(f"{path.name} holds no pictures (sound or data only). Choose the file with the video.")
    known = [s for s in streams if s.codec_context is not None]
    if not known:
        raise BadInputError(f"{path.name} uses a video format that is not supported. {REEXPORT}")
    stream = max(known, key=lambda s: s.codec_context.width * s.codec_context.height)
    width, height = stream.codec_context.width, stream.codec_context.height
    if width * height > MAX_PIXELS:
        raise BadInputError(
            f"{path.name} announces pictures of {width} x {height} pixels: it is damaged or far too large. {REEXPORT}"
        )
    options = {"max_pixels": str(MAX_PIXELS)}
    if stream.codec_context.name not in _MARKING:
        options["err_detect"] = "crccheck+explode"
    stream.codec_context.options = options
    return stream
