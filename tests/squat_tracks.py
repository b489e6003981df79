"""Landmark tracks of stick people who squat: exact geometry, landmarks where MediaPipe puts them, no pictures."""

import numpy as np

from rom_vision.body.leg_chain import HIP_LEAD_BACK, HIP_LEAD_FRONT
from rom_vision.camera import Camera
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import PoseTrack
from rom_vision.protocols.squat.learned import LEARNED
from validation.person.over_feet import over_feet
from validation.person.squat_motion import Lengths, SquatPlan, depth_at, duration_s, pose_squat

LENGTHS = Lengths()
GOOD = over_feet(SquatPlan(knee_flexion_deg=122.0, shank_tilt=0.26), LENGTHS)
_POINTS = {
    "shoulder": "SHOULDER", "elbow": "ELBOW", "wrist": "WRIST", "hip": "HIP", "knee": "KNEE",
    "ankle": "ANKLE", "heel": "HEEL", "toe": "FOOT_INDEX",
}  # fmt: skip


def squat_track(
    plan=GOOD, azimuth_deg=0.0, *, fps=12.0, size=(480, 640), jitter_px=0.6, seed=0, distance_m=3.2, beside_m=0.0
):
    """`PoseTrack` of a squat filmed by a level camera at ``azimuth_deg``, ``beside_m`` beside the picture's middle."""
    rng = np.random.default_rng(seed)
    camera = Camera.from_hfov(*size)
    times = np.arange(0.0, duration_s(plan), 1.0 / fps)
    image = np.zeros((len(times), 33, 2))
    for i, t in enumerate(times):
        joints = _landmarks(plan, depth_at(plan, t), azimuth_deg)
        for name, point in joints.items():
            image[i, name] = _project(point, azimuth_deg, camera, distance_m, beside_m)
    image += rng.normal(0, jitter_px, image.shape)
    world = np.zeros((len(times), 33, 3))
    return PoseTrack(times, image, np.full((len(times), 33), 0.9), world, *size)


def joined(*tracks, gap_s=1 / 12):
    """Several tracks one after the other: a clip with cuts."""
    times, start = [], 0.0
    for track in tracks:
        times.append(track.time_s + start)
        start = times[-1][-1] + gap_s
    first = tracks[0]
    return PoseTrack(
        np.concatenate(times),
        *(np.concatenate([getattr(t, name) for t in tracks]) for name in ("image_px", "visibility", "world_m")),
        first.width_px,
        first.height_px,
    )


def changed(track, **arrays):
    """The same track with other arrays."""
    values = {name: getattr(track, name) for name in ("time_s", "image_px", "visibility", "world_m")} | arrays
    return PoseTrack(**values, width_px=track.width_px, height_px=track.height_px)


def without(track, frames):
    """The track with nobody found in some frames."""
    image, visibility = track.image_px.copy(), track.visibility.copy()
    image[frames], visibility[frames] = np.nan, 0.0
    return changed(track, image_px=image, visibility=visibility)


def _landmarks(plan, depth, azimuth_deg):
    pose = pose_squat(LENGTHS, plan, depth)
    points = {
        Landmark[f"{side.upper()}_{mark}"]: pose.joints_m[f"{name}_{side}"].copy()
        for name, mark in _POINTS.items()
        for side in ("left", "right")
    }
    aside = 55 <= abs(azimuth_deg) <= 125
    still, more = LEARNED.side_lead if aside else HIP_LEAD_FRONT if abs(azimuth_deg) < 90 else HIP_LEAD_BACK
    up, more_up = LEARNED.side_rise if aside else (0.0, 0.0)
    for side in ("LEFT", "RIGHT"):
        hip, knee = points[Landmark[f"{side}_HIP"]], points[Landmark[f"{side}_KNEE"]]
        level = min(max((knee[0] - hip[0]) / LENGTHS.thigh, 0.0), 1.0)
        hip += LENGTHS.leg * np.array([still + more * level, 0.0, up + more_up * level])
    nose = pose.joints_m["nose"]
    return points | {Landmark(i): nose for i in range(11)}


def _project(point, azimuth_deg, camera, distance_m, beside_m):
    a = np.radians(azimuth_deg)
    outward = np.array([np.cos(a), np.sin(a), 0.0])
    right = np.array([-np.sin(a), np.cos(a), 0.0])
    seen = point - np.array([0.0, 0.0, 0.9])
    depth = distance_m - seen @ outward
    x, y = seen @ right + beside_m, -seen[2]
    return camera.cx_px + camera.focal_px * x / depth, camera.cy_px + camera.focal_px * y / depth
