"""Landmarks: who is in the picture and where their joints are.

Importing this package stays light: whatever reads pictures or runs the network is loaded when first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from rom_vision.pose.landmarks import LEFT_RIGHT_PAIRS, N_LANDMARKS, SKELETON, Landmark
from rom_vision.pose.track import PoseTrack, TrackSource

if TYPE_CHECKING:
    from rom_vision.pose.mediapipe_estimator import PoseEstimator
    from rom_vision.pose.models import ModelBundle, resolve_model
    from rom_vision.pose.subject import PersonFollower, PoseCandidate
    from rom_vision.pose.swaps import repair_swaps
    from rom_vision.pose.tracking import track_poses

__all__ = [
    "LEFT_RIGHT_PAIRS",
    "N_LANDMARKS",
    "SKELETON",
    "Landmark",
    "ModelBundle",
    "PersonFollower",
    "PoseCandidate",
    "PoseEstimator",
    "PoseTrack",
    "TrackSource",
    "repair_swaps",
    "resolve_model",
    "track_poses",
]

_LOADED_WHEN_USED = {
    "ModelBundle": "models",
    "PersonFollower": "subject",
    "PoseCandidate": "subject",
    "PoseEstimator": "mediapipe_estimator",
    "repair_swaps": "swaps",
    "resolve_model": "models",
    "track_poses": "tracking",
}


def __getattr__(name: str) -> Any:
    """Load a part of this package when it is first asked for."""
    if name not in _LOADED_WHEN_USED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LOADED_WHEN_USED[name]}"), name)
