"""The pose networks: which bundle ``--model`` means, and whether the file is one."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from rom_vision.capture import sha256_of
from rom_vision.errors import BadInputError
from rom_vision.legible import shown

__all__ = ["SHIPPED_SHA256", "ModelBundle", "resolve_model"]

SHIPPED_SHA256 = {
    "full": "8c0db0df250b687c35e6bf4e477a34de7504da8d6695a9eb30c13e1904ca6a64",
    "heavy": "4f9020d415be3dc64bc60987dfc1606864fe2ec466986f73ccee532f9279c2db",
}
"""SHA-256 of the bundles shipped in this package (see models/README.md beside them)."""

_PARTS = frozenset({"pose_detector.tflite", "pose_landmarks_detector.tflite"})


@dataclass(frozen=True)
class ModelBundle:
    """A pose landmarker bundle on disk: ``name`` as shown to people, ``path``, and ``sha256`` of the file."""

    name: str
    path: Path
    sha256: str


def resolve_model(model: str | Path = "heavy") -> ModelBundle:
    """Find the bundle that ``model`` means.

    Parameters
    ----------
    model : 'full' or 'heavy' for a bundle shipped in the package, else the path of a MediaPipe pose landmarker
        bundle (``.task``).

    Raises
    ------
    BadInputError
        When the file is missing, is not a pose landmarker bundle, or a shipped one is damaged.
    """
    name = str(model)
    shipped = name in SHIPPED_SHA256
    path = _shipped_path(name) if shipped else Path(model).expanduser()
    mend = "Please install rom_vision again." if shipped else "Use 'full', 'heavy' or the path of a .task bundle."
    if not path.is_file():
        raise BadInputError(f"Pose model {name}: there is no such file. {mend}")
    try:
        sha256 = sha256_of(path)
        if not zipfile.is_zipfile(path):
            kind = "a bare .tflite network" if path.suffix == ".tflite" else "not a MediaPipe bundle (a zip archive)"
            raise BadInputError(f"Pose model {name}: {kind if path.stat().st_size else 'the file is empty'}. {mend}")
        with zipfile.ZipFile(path) as bundle:
            missing = _PARTS - set(bundle.namelist())
    except (OSError, zipfile.BadZipFile) as fault:
        raise BadInputError(f"Pose model {name} cannot be read ({fault}). {mend}") from fault
    if missing:
        raise BadInputError(
            f"Pose model {name}: not a pose landmarker bundle, it lacks {' and '.join(sorted(missing))}. {mend}"
        )
    if shipped and sha256 != SHIPPED_SHA256[name]:
        raise BadInputError(f"Pose model {name}: the shipped file is damaged. {mend}")
    return ModelBundle(name if shipped else shown(path.name), path, sha256)


def _shipped_path(name: str) -> Path:
    return Path(str(resources.files("rom_vision.pose").joinpath("models", f"pose_landmarker_{name}.task")))
