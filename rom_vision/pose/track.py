"""`PoseTrack`: the one data type for landmarks, from the camera's frames to the estimator."""

from __future__ import annotations

import io
import json
import lzma
import zipfile
import zlib
from dataclasses import asdict, dataclass, field, fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rom_vision.errors import BadInputError
from rom_vision.files import write_bytes
from rom_vision.pose.landmarks import N_LANDMARKS

__all__ = [
    "FROZEN_S",
    "MAX_FRAMES",
    "MAX_TIME_S",
    "ZIP_FAULTS",
    "BoolArray",
    "FloatArray",
    "PoseTrack",
    "TrackSource",
    "stands_still",
]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

FROZEN_S = 0.3
"""A picture that is repeated for longer than this stands still: it says nothing of what the person did (our own
heuristic; in clips of twelve pictures a second a person who holds still is shown anew after 0.25 s at most)."""

# What a track from elsewhere may hold: our own heuristics, far beyond what a video gives.
MAX_FRAMES = 2_000_000
"""Nine hours at 60 pictures a second."""
MAX_TIME_S = 1e8
"""Three years: clocks of damaged files jump far, but no recording lasts longer."""
_SHORTEST_S = 1e-4
"""No camera takes more pictures a second than that makes."""
_MAX_PICTURE_PX = 100_000
_MAX_PX = 1e6
_MAX_M = 1e4
_MAX_TURN = 360.0
_MAX_WARNINGS = 1_000
_MAX_TEXT = 100_000

_FORMAT = 3
"""1 knows no damage, 2 no outlines; a track is written as the oldest that holds what it has, so that version 0.1 reads
what it can."""


@dataclass(frozen=True)
class TrackSource:
    """Where a track comes from; enough to say of any number which video and which model made it."""

    video_name: str = ""
    video_sha256: str = ""
    model_name: str = ""
    model_sha256: str = ""
    mediapipe_version: str = ""
    inference_rotation_deg: int = 0
    """Clockwise quarter turns (0, 90, 180, 270) given to the picture before inference; landmarks are turned back."""
    subject: str = ""
    """One plain sentence on who was followed, e.g. 'the only person in the picture'."""


@dataclass(frozen=True)
class PoseTrack:
    """Landmarks of one person over time.

    Attributes
    ----------
    time_s : (T,) strictly increasing presentation times of the frames, seconds.
    image_px : (T, 33, 2) landmark positions in the upright picture, x right and y down, pixels; NaN where the
        person was not found.
    visibility : (T, 33) the model's own visibility, 0 to 1; 0 where the person was not found.
    world_m : (T, 33, 3) the model's 3-D guess, metres, hip-centred, camera axes (x right, y down, z away); NaN
        where the person was not found.
    width_px, height_px : size of the upright picture that ``image_px`` refers to.
    source : where the track comes from.
    warnings : plain sentences on what happened while tracking (a truncated file, another person, a repaired swap).
    damaged : (T,) True where the picture could not be restored, or does not continue the one before it (a cut).
    repeated : (T,) True where the picture shows nothing that an earlier one has not shown: what is new has the times
        ``time_s[~repeated]``.
    outline : (T, 2, 4) what the person's mask shows of the left and the right shin beside the line from the knee's to
        the ankle's landmark: by how much its middle line is turned, degrees, clockwise in the picture +; how far it
        lies beside that line, how wide it is, and how far it is from straight, in lengths of that line (see
        `rom_vision.pose.outline`). NaN where it shows no shin, or nobody looked.

    Raises
    ------
    ValueError
        On construction, naming every fault of the arrays at once.

    Examples
    --------
    Two pictures, in the second of which nobody was found:

    >>> image_px, world_m = np.full((2, 33, 2), np.nan), np.full((2, 33, 3), np.nan)
    >>> image_px[0], world_m[0] = 100.0, 0.0
    >>> visibility = np.array([[0.9] * 33, [0.0] * 33])
    >>> track = PoseTrack(np.array([0.0, 0.04]), image_px, visibility, world_m, 1280, 720)
    >>> len(track), track.found.tolist()
    (2, [True, False])
    """

    time_s: FloatArray
    image_px: FloatArray
    visibility: FloatArray
    world_m: FloatArray
    width_px: int
    height_px: int
    source: TrackSource = field(default_factory=TrackSource)
    warnings: tuple[str, ...] = ()
    damaged: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=bool))
    repeated: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=bool))
    outline: FloatArray = field(default_factory=lambda: np.zeros((0, 2, 4)))

    def __post_init__(self) -> None:
        """Validate on construction, so that no later step has to."""
        for name in ("damaged", "repeated"):
            if not len(getattr(self, name)):
                object.__setattr__(self, name, np.zeros(len(self.time_s), dtype=bool))
        if not len(self.outline):
            object.__setattr__(self, "outline", np.full((len(self.time_s), 2, 4), np.nan))
        self.validate()

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.time_s)

    @property
    def found(self) -> npt.NDArray[np.bool_]:
        """(T,) True where the person was found."""
        return np.asarray(np.isfinite(self.image_px).all(axis=(1, 2)))

    @property
    def unsound(self) -> BoolArray:
        """(T,) True where the picture says nothing of its moment: damaged, or standing still for too long."""
        return self.damaged | stands_still(self.time_s, self.repeated)

    def validate(self) -> None:
        """Raise `ValueError` naming every fault of the arrays at once."""
        n = len(self.time_s)
        faults = [
            f"{name} has shape {np.shape(value)}, expected {shape}"
            for name, value, shape in (
                ("time_s", self.time_s, (n,)),
                ("image_px", self.image_px, (n, N_LANDMARKS, 2)),
                ("visibility", self.visibility, (n, N_LANDMARKS)),
                ("world_m", self.world_m, (n, N_LANDMARKS, 3)),
                ("damaged", self.damaged, (n,)),
                ("repeated", self.repeated, (n,)),
                ("outline", self.outline, (n, 2, 4)),
            )
            if np.shape(value) != shape
        ]
        if not np.isfinite(self.time_s).all() or (np.diff(self.time_s) <= 0).any():
            faults.append("time_s must be finite and strictly increasing")
        if self.width_px < 1 or self.height_px < 1:
            faults.append(f"picture size {self.width_px} x {self.height_px} is not positive")
        if not faults and not ((self.visibility >= 0) & (self.visibility <= 1)).all():
            faults.append("visibility must lie in 0..1")
        if faults:
            raise ValueError("PoseTrack: " + "; ".join(faults))

    def save(self, path: str | Path) -> None:
        """Write the track to ``path`` (a compressed ``.npz``), so that it can be analysed again without inference."""
        write_bytes(path, self.to_bytes())

    def to_bytes(self) -> bytes:
        """Return what `save` writes."""
        masks = {name: mask for name in ("damaged", "repeated") if (mask := getattr(self, name)).any()}
        outline: dict[str, Any] = (
            {"outline": self.outline.astype(np.float32)} if np.isfinite(self.outline).any() else {}
        )
        meta = {
            "format": 3 if outline else 2 if masks else 1,
            "width_px": self.width_px,
            "height_px": self.height_px,
            "source": asdict(self.source),
            "warnings": self.warnings,
        }
        # float32 keeps 1e-4 px on a 4K picture: far below the landmarks' own noise.
        out = io.BytesIO()
        np.savez_compressed(
            out,
            meta=np.array(json.dumps(meta)),
            time_s=self.time_s,
            image_px=self.image_px.astype(np.float32),
            visibility=self.visibility.astype(np.float32),
            world_m=self.world_m.astype(np.float32),
            **masks,
            **outline,
        )
        return out.getvalue()

    @classmethod
    def load(cls, path: str | Path) -> PoseTrack:
        """Read a track written by `save`; raise `BadInputError` when it is missing, damaged or another kind of file."""
        path = Path(path)
        if not path.is_file():
            raise BadInputError(f"{path}: no such track file.")
        try:
            return cls.from_bytes(path.read_bytes(), name=str(path))
        except OSError as fault:
            raise BadInputError(f"{path}: cannot be read ({fault}).") from fault

    @classmethod
    def from_bytes(cls, data: bytes, name: str = "track") -> PoseTrack:
        """Read what `to_bytes` returned; ``name`` is what an error calls it.

        Raises
        ------
        BadInputError
            If it is no track, damaged, or holds what no track can hold; the text names the array at fault.
        """
        try:
            _check_shapes(data)
            with np.load(io.BytesIO(data), allow_pickle=False) as z:
                meta = json.loads(str(z["meta"]))
                if meta["format"] not in range(1, _FORMAT + 1):
                    raise BadInputError(
                        f"{name}: track format {str(meta['format'])[:20]} is newer than this program; please update "
                        "rom_vision."
                    )
                _check_meta(meta)
                track = cls(
                    time_s=z["time_s"].astype(float),
                    image_px=z["image_px"].astype(float),
                    visibility=np.clip(z["visibility"].astype(float), 0.0, 1.0),
                    world_m=z["world_m"].astype(float),
                    width_px=meta["width_px"],
                    height_px=meta["height_px"],
                    source=TrackSource(**meta["source"]),
                    warnings=tuple(meta["warnings"]),
                    **{name: z[name].astype(bool) for name in ("damaged", "repeated") if name in z},
                    **({"outline": z["outline"].astype(float)} if "outline" in z else {}),
                )
                _check_plausible(track)
                return track
        except ZIP_FAULTS as fault:
            raise BadInputError(f"{name}: not a landmark track, or damaged ({fault}).") from fault


def stands_still(time_s: FloatArray, repeated: BoolArray) -> BoolArray:
    """(T,) True where the picture has been repeated for longer than `FROZEN_S`, from its first repetition on.

    Parameters
    ----------
    time_s, repeated : (T,) as in `PoseTrack`.
    """
    new = np.flatnonzero(~np.asarray(repeated, dtype=bool))
    out = np.zeros(len(time_s), dtype=bool)
    for first, after in pairwise([*new, len(time_s)]):
        if after - first > 1 and time_s[after - 1] - time_s[first] > FROZEN_S:
            out[first + 1 : after] = True
    return out


ZIP_FAULTS = (
    *(KeyError, ValueError, TypeError, AttributeError, OSError, EOFError, RecursionError, RuntimeError),
    *(NotImplementedError, MemoryError, zipfile.BadZipFile, zlib.error, lzma.LZMAError),
)
"""What zipfile and NumPy raise on files that are none of theirs."""


def _check_shapes(data: bytes) -> None:
    """Look at the arrays' sizes before any of them is unpacked, so that a small file cannot fill the memory."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            if member.file_size > MAX_FRAMES * N_LANDMARKS * 3 * 8:
                raise ValueError(f"{member.filename} is larger than any track")
            if not member.filename.endswith(".npy"):
                continue
            with archive.open(member) as file:
                if np.lib.format.read_magic(file) != (1, 0):
                    raise ValueError(f"{member.filename} is of another format")
                shape, _, dtype = np.lib.format.read_array_header_1_0(file)
            if int(np.prod([float(n) for n in shape])) * dtype.itemsize > member.file_size:
                raise ValueError(f"{member.filename} says that it is {shape} large, which it is not")


def _check_meta(meta: dict[str, Any]) -> None:
    """Raise ValueError unless every part of what a track says of itself is of its kind."""
    if not isinstance(meta.get("source"), dict):
        raise ValueError("meta, source: is missing")
    for name in ("width_px", "height_px"):
        size = meta.get(name)
        if isinstance(size, bool) or not isinstance(size, int) or not 0 < size <= _MAX_PICTURE_PX:
            raise ValueError(f"meta, {name}: {str(size)[:40]} is no size of a picture")
    for known in fields(TrackSource):
        value = meta["source"].get(known.name, known.default)
        if known.name == "inference_rotation_deg":
            if isinstance(value, bool) or value not in (0, 90, 180, 270):
                raise ValueError(f"meta, {known.name}: {str(value)[:40]} is no quarter turn")
        elif not isinstance(value, str) or len(value) > _MAX_TEXT:
            raise ValueError(f"meta, {known.name}: is no text, or too long")
    warnings = meta.get("warnings")
    if not isinstance(warnings, list) or not all(isinstance(w, str) and len(w) <= _MAX_TEXT for w in warnings):
        raise ValueError("meta, warnings: are no list of sentences")
    if len(warnings) > _MAX_WARNINGS:
        raise ValueError(f"meta, warnings: {len(warnings)} are too many")


def _check_plausible(track: PoseTrack) -> None:
    """Raise ValueError unless every number may be one: NaN is a landmark not found, nothing is infinite."""
    if len(track) > MAX_FRAMES:
        raise ValueError(f"time_s: {len(track):,} frames are too many")
    if len(track) > 1 and track.time_s[-1] - track.time_s[0] < _SHORTEST_S * (len(track) - 1):
        raise ValueError(f"time_s: {len(track)} frames in {track.time_s[-1] - track.time_s[0]:g} s are no recording")
    for name, most in (("time_s", MAX_TIME_S), ("image_px", _MAX_PX), ("world_m", _MAX_M), ("outline", _MAX_TURN)):
        beyond = np.abs(getattr(track, name)) > most
        if beyond.any():
            value = float(getattr(track, name)[beyond][0])
            raise ValueError(f"{name}: {value:g} in frame {int(np.argwhere(beyond)[0][0])} is beyond what it can be")
