"""An old recording measured again from its kept landmarks, by the program as it is now."""

from __future__ import annotations

from rom_vision.documents import Document, HipRotationDocument
from rom_vision.pipeline import analyse_hip_rotation
from rom_vision.pipeline_camera import camera_of_settings
from rom_vision.pipeline_squat import analyse_squat
from rom_vision.pose.track import PoseTrack

__all__ = ["measure_again"]


def measure_again(document: Document, track: PoseTrack) -> Document:
    """Return what the program makes of a recording now, with what was known of its camera then.

    Parameters
    ----------
    document : the result as it was.
    track : the landmarks it was measured from.
    """
    settings = document.provenance.settings
    lens, level = camera_of_settings(settings, track.width_px, track.height_px)
    if isinstance(document, HipRotationDocument):
        test = {"position": document.position, "side": document.side, "mode": document.mode}
        return analyse_hip_rotation(track, **test, lens=lens, level=level).document  # type: ignore[arg-type]
    return analyse_squat(track, legs=settings.get("legs", "both"), lens=lens, level=level).document
