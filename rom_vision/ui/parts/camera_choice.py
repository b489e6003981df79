"""Say which camera films: calibrated ones by name, kinds of cameras by their usual lens, and whether it stood level."""

from __future__ import annotations

import streamlit as st

from rom_vision.camera.defaults import LENSES
from rom_vision.camera.profile import list_profiles
from rom_vision.camera.setting import CameraSetting
from rom_vision.ui.parts.space import current_space
from rom_vision.ui.parts.tongue import t

__all__ = ["choose_camera"]

_ORDER = ("unknown", "laptop", "webcam", "phone", "phone-front", "phone-ultrawide")


def choose_camera(key: str) -> CameraSetting:
    """Ask for the camera and its lean; ``key`` tells two askers on different pages apart."""
    kept = list(list_profiles()) if current_space().owner else []
    name = st.selectbox(
        t("Camera"),
        [*kept, *_ORDER],
        index=len(kept),
        format_func=lambda n: t("{name} (calibrated)", name=n) if n in kept else t(_KINDS[n]),
        key=f"{key}-camera",
        help=t("The better the lens is known, the narrower the interval. Calibrate yours on the Camera page."),
    )
    level = st.checkbox(
        t("The camera is level: checked with a spirit level"),
        key=f"{key}-level",
        help=t("Otherwise its lean is read from door frames and cupboards in the picture, where there are any."),
    )
    return CameraSetting(name, roll_deg=0.0 if level else None)


_KINDS = {
    kind: "Unknown" if kind == "unknown" else lens.label[lens.label.index(" ") + 1 :].capitalize()
    for kind, lens in LENSES.items()
}
