"""A recording measured again from its kept landmarks, by the program as it is now."""

from __future__ import annotations

from rom_vision.body.angles import JointAngles
from rom_vision.pipeline.camera import camera_of_settings
from rom_vision.pipeline.hip_rotation import HipRotationAnalysis, analyse_hip_rotation
from rom_vision.pipeline.squat import analyse_squat
from rom_vision.pose.track import PoseTrack
from rom_vision.results.document import Document, HipRotationDocument

__all__ = ["joint_angles_again", "measure_again"]


def measure_again(document: Document, track: PoseTrack) -> Document:
    """Return what the program makes of a recording now, with what was known of its camera then.

    Parameters
    ----------
    document : the result as it was.
    track : the landmarks it was measured from.
    """
    if isinstance(document, HipRotationDocument):
        return _rotation(document, track).document
    settings = document.provenance.settings
    lens, level = camera_of_settings(settings, track.width_px, track.height_px)
    return analyse_squat(track, legs=settings.get("legs", "both"), lens=lens, level=level).document


def joint_angles_again(document: Document, track: PoseTrack) -> JointAngles | None:
    """Return the angles of all joints of the legs in a hip rotation test; None for a squat or when nobody was found.

    A result holds only the curve of the tested rotation; the leg model gives the rest from the landmarks.
    """
    return _rotation(document, track).angles if isinstance(document, HipRotationDocument) else None


def _rotation(document: HipRotationDocument, track: PoseTrack) -> HipRotationAnalysis:
    lens, level = camera_of_settings(document.provenance.settings, track.width_px, track.height_px)
    return analyse_hip_rotation(
        track, position=document.position, side=document.side, mode=document.mode, lens=lens, level=level
    )
