"""Camera profiles: what a calibration found, kept as JSON, fitted to the picture at hand."""

from __future__ import annotations

import math
import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from rom_vision.camera.defaults import LENSES
from rom_vision.camera.intrinsics import Camera
from rom_vision.errors import BadInputError
from rom_vision.files import write_bytes

__all__ = ["CameraProfile", "check_name", "list_profiles", "load_profile", "profile_folder", "save_profile"]

# Our own heuristics: sharp corners on a flat sheet fit within 0.2 to 0.5 px; focus moves a lens by about a per cent.
MAX_RMS_PX = 1.0
MIN_FOCAL_LOG_SD = 0.01
_NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"
_FOV_DEG = (35.0, 125.0)
_OFF_CENTRE = 0.10
_SAME_ASPECT = 0.01
_ROTATED_LOG_SD = 0.02
_MAX_PX = 100_000
_MAX_FILE_BYTES = 1 << 20
_Coefficient = Annotated[float, Field(ge=-1e6, le=1e6)]


class CameraProfile(BaseModel):
    """One camera in one setting. Pixels of the upright picture it was made with; distortion as in `Camera`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    schema_: Literal[1] = Field(default=1, alias="schema")
    name: str = Field(pattern=_NAME)
    width_px: int = Field(ge=100, le=_MAX_PX)
    height_px: int = Field(ge=100, le=_MAX_PX)
    focal_px: float = Field(gt=0, le=_MAX_PX)
    focal_log_sd: float = Field(ge=MIN_FOCAL_LOG_SD, le=0.5)
    cx_px: float
    cy_px: float
    distortion: tuple[_Coefficient, _Coefficient, _Coefficient, _Coefficient, _Coefficient]
    rms_px: float = Field(ge=0, le=MAX_RMS_PX)
    n_views: int = Field(ge=1, le=1_000_000)
    made: datetime
    how: str = Field(max_length=10_000)

    @model_validator(mode="after")
    def _is_a_camera(self) -> CameraProfile:
        if not fov_is_plausible(self.width_px, self.height_px, self.focal_px, self.cx_px, self.cy_px):
            raise ValueError("focal length or principal point are not those of a plausible camera")
        return self

    @property
    def hfov_deg(self) -> float:
        """Field of view across the picture's width, degrees."""
        return math.degrees(2 * math.atan(0.5 * self.width_px / self.focal_px))

    def camera(self, width_px: int, height_px: int) -> Camera:
        """Return the camera for a picture of this size.

        A picture of the same shape is scaled. A picture turned by a quarter (portrait instead of landscape) keeps
        focal length and radial distortion; which way the phone was turned is not known, so its middle is taken as
        the picture's and tangential distortion is left out.

        Raises
        ------
        BadInputError
            If the picture has another shape: the camera then cuts or uses another part of its sensor.
        """
        made = f"camera {self.name!r}, calibrated {self.made:%Y-%m-%d %H:%M} ({self.hfov_deg:.1f} degrees wide)"
        if _same_shape(width_px, height_px, self.width_px, self.height_px):
            scale = width_px / self.width_px
            centre, distortion, note, log_sd = (self.cx_px * scale, self.cy_px * scale), self.distortion, made, 0.0
        elif _same_shape(width_px, height_px, self.height_px, self.width_px):
            scale = width_px / self.height_px
            k1, k2, _, _, k3 = self.distortion
            centre, distortion = (width_px / 2, height_px / 2), (k1, k2, 0.0, 0.0, k3)
            note, log_sd = f"{made}, made with the camera turned by a quarter", _off_centre_sd(self)
        else:
            raise BadInputError(
                f"Camera profile {self.name!r} was made with pictures of {self.width_px}x{self.height_px}; this one is "
                f"{width_px}x{height_px}, another shape, so it shows another part of what the lens sees. Calibrate in "
                "this setting, or go on without a profile."
            )
        sd = math.hypot(self.focal_log_sd, log_sd)
        return Camera(width_px, height_px, self.focal_px * scale, sd, *centre, distortion=distortion, note=note)


def fov_is_plausible(width_px: int, height_px: int, focal_px: float, cx_px: float, cy_px: float) -> bool:
    """Whether these intrinsics may be a webcam's or phone's: 35..125 degrees wide, middle within 10 % of the picture's.

    Both limits are our own heuristic, wider than any of `rom_vision.camera.defaults.LENSES`.

    Parameters
    ----------
    width_px, height_px : picture size.
    focal_px : focal length.
    cx_px, cy_px : principal point.

    Examples
    --------
    >>> fov_is_plausible(1280, 720, 985, 640, 360), fov_is_plausible(1280, 720, 9850, 640, 360)
    (True, False)
    """
    longer = max(width_px, height_px)
    fov_deg = math.degrees(2 * math.atan(0.5 * longer / focal_px)) if focal_px > 0 else 180.0
    off = max(abs(cx_px - width_px / 2), abs(cy_px - height_px / 2)) / longer
    return _FOV_DEG[0] <= fov_deg <= _FOV_DEG[1] and off <= _OFF_CENTRE


def check_name(name: str) -> None:
    """Raise BadInputError unless the name can be a profile's."""
    if not re.match(_NAME, name):
        raise BadInputError(f"{name!r} cannot be a camera's name. Use letters, digits, - and _, e.g. my-laptop.")
    if name in LENSES:
        raise BadInputError(f"{name!r} stands for a kind of camera. Give yours a name of its own, e.g. my-{name}.")


def profile_folder() -> Path:
    """Return the folder of this user's camera profiles."""
    return platformdirs.user_data_path("rom_vision", appauthor=False) / "cameras"


def save_profile(profile: CameraProfile, folder: Path | None = None) -> Path:
    """Write a profile and return its path; one of the same name is kept beside it as ``NAME.json.old``.

    A profile that is not good enough cannot be made in the first place (see `CameraProfile`), and the file is
    replaced in one step, so a good profile is never lost to a bad or half-written one.

    Raises
    ------
    BadInputError
        If the folder cannot be written.
    """
    folder = profile_folder() if folder is None else folder
    path = folder / f"{profile.name}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists():
            write_bytes(path.with_suffix(".json.old"), path.read_bytes())
        write_bytes(path, profile.model_dump_json(by_alias=True, indent=1).encode())
    except OSError as fault:
        raise BadInputError(f"The camera profile cannot be written to {folder} ({fault.strerror}).") from fault
    return path


def load_profile(source: str | Path, folder: Path | None = None) -> CameraProfile:
    """Read a profile by its name or from a JSON file.

    Raises
    ------
    BadInputError
        If there is none or it is not a camera profile of this program.
    """
    folder = profile_folder() if folder is None else folder
    path = Path(source)
    if path.suffix != ".json":
        path = folder / f"{source}.json"
        if not path.exists():
            known = ", ".join(list_profiles(folder)) or "none yet; make one with `rom-vision calibrate`"
            raise BadInputError(
                f"There is no camera profile {str(source)!r}. Profiles: {known}. Kinds of cameras that need none: "
                f"{', '.join(LENSES)}."
            )
    try:
        if path.exists() and not path.is_file():
            raise BadInputError(f"{path.name}: is no file.")
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise BadInputError(f"{path.name}: too large for a camera profile. Calibrate again.")
        return CameraProfile.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as fault:
        raise BadInputError(f"{path.name}: cannot be read ({fault}).") from fault
    except ValidationError as fault:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg']}" for e in fault.errors())
        raise BadInputError(f"{path.name}: not a usable camera profile ({wrong}). Calibrate again.") from fault


def list_profiles(folder: Path | None = None) -> tuple[str, ...]:
    """Names of the profiles kept, sorted."""
    folder = profile_folder() if folder is None else folder
    return tuple(sorted(path.stem for path in folder.glob("*.json")))


def _same_shape(width: int, height: int, other_width: int, other_height: int) -> bool:
    return abs(math.log(width / height) - math.log(other_width / other_height)) <= _SAME_ASPECT


def _off_centre_sd(profile: CameraProfile) -> float:
    off_px = math.hypot(profile.cx_px - profile.width_px / 2, profile.cy_px - profile.height_px / 2)
    return max(_ROTATED_LOG_SD, off_px / profile.focal_px)
