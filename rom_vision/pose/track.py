"""`PoseTrack`: the one data type for landmarks, from the camera's frames to the estimator."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rom_vision.errors import BadInputError
from rom_vision.pose.landmarks import N_LANDMARKS

__all__ = ["FloatArray", "PoseTrack", "TrackSource"]

FloatArray = npt.NDArray[np.float64]

_FORMAT = 1


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
    """

    time_s: FloatArray
    image_px: FloatArray
    visibility: FloatArray
    world_m: FloatArray
    width_px: int
    height_px: int
    source: TrackSource = field(default_factory=TrackSource)
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Validate on construction, so that no later step has to."""
        self.validate()

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.time_s)

    @property
    def found(self) -> npt.NDArray[np.bool_]:
        """(T,) True where the person was found."""
        return np.asarray(np.isfinite(self.image_px).all(axis=(1, 2)))

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
        Path(path).write_bytes(self.to_bytes())

    def to_bytes(self) -> bytes:
        """Return what `save` writes."""
        meta = {
            "format": _FORMAT,
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
        """Read what `to_bytes` returned; ``name`` is what an error calls it."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as z:
                meta = json.loads(str(z["meta"]))
                if meta["format"] != _FORMAT:
                    raise BadInputError(
                        f"{name}: track format {meta['format']} is newer than this program; please update rom_vision."
                    )
                return cls(
                    time_s=z["time_s"].astype(float),
                    image_px=z["image_px"].astype(float),
                    visibility=np.clip(z["visibility"].astype(float), 0.0, 1.0),
                    world_m=z["world_m"].astype(float),
                    width_px=int(meta["width_px"]),
                    height_px=int(meta["height_px"]),
                    source=TrackSource(**meta["source"]),
                    warnings=tuple(meta["warnings"]),
                )
        except (KeyError, ValueError, TypeError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as fault:
            raise BadInputError(f"{name}: not a landmark track, or damaged ({fault}).") from fault
