"""Randomized, seeded scenes of the hip rotation test. One person, room and camera per seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from validation.person.body import build_body
from validation.person.identity import SEGMENTS, FloatArray
from validation.person.phantom import Posture, pelvis_matrix, pose
from validation.person.postures import Sitting, Swing, constant, sample_arm, sample_lying, sample_sitting
from validation.person.render import PinholeCamera, Quads
from validation.scenes.framing import aim, extent, sample_finish, sample_size
from validation.scenes.rooms import bed, furnish_seat, sample_light, sample_room
from validation.scenes.scene import Scene

if TYPE_CHECKING:
    from validation.person.outfit import Dressed

__all__ = ["SUPINE_VIEWS", "bystander", "seated", "supine"]

SUPINE_VIEWS = ("overhead", "behind_head", "diagonal", "foot_end", "side")
_AZIMUTH_DEG = {"behind_head": (0, 14), "diagonal": (25, 60), "side": (78, 102), "foot_end": (168, 180)}


def seated(
    seed: int,
    *,
    side: str | None = None,
    swing: Swing | None = None,
    yaw_deg: float | None = None,
    times: tuple[float, ...] = (0.0,),
    size_px: tuple[int, int] | None = None,
    alone: bool = False,
    worn: Dressed | None = None,
) -> Scene:
    """Sample a person sitting on a chair or table, filmed from in front.

    Parameters
    ----------
    seed : decides everything that is not given.
    side : the tested leg.
    swing : what moves; None draws one fixed rotation of -40 to 55 degrees (internal +).
    yaw_deg : azimuth of the camera against the tested thigh; None draws -35 to 35.
    times : moments at which the person has to be in the picture, seconds.
    size_px : width and height of the picture.
    alone : leave out the bystander that one scene in eight has.
    worn : a dressed person; None draws a mannequin.
    """
    rng = np.random.default_rng([seed, 21])
    body = worn.body if worn else build_body(seed)
    drawn_side = str(rng.choice(["left", "right"]))
    side = side or drawn_side
    drawn = Swing.still(rng)
    posture = sample_sitting(rng, body, side, swing or drawn)
    knee, thigh, seat_z, lowest_z = _seat(posture)
    floor_z = min(lowest_z - rng.uniform(0.0, 0.2), seat_z - 0.3)
    light = sample_light(rng)
    room = sample_room(rng, floor_z, light, -0.6)
    seat = furnish_seat(rng, seat_z, floor_z, float(knee[0]) - rng.uniform(0.1, 0.2), -rng.uniform(0.2, 0.4))
    drawn_yaw = rng.uniform(-35, 35)
    yaw = drawn_yaw if yaw_deg is None else yaw_deg
    azimuth = np.arctan2(thigh[1], thigh[0]) + np.radians(yaw)
    camera = _front_camera(rng, posture, times, 0.5 * knee[:2], float(azimuth), floor_z, size_px)
    finish = sample_finish(rng)
    others = [bystander(rng, floor_z)] if rng.random() < 0.12 and not alone else []
    return Scene(
        seed,
        "seated",
        side,
        "front" if abs(yaw) <= 45 else "side",
        body,
        posture,
        camera,
        light,
        finish,
        room.polygons,
        beside=[seat, *others],
        info={"yaw_deg": float(yaw), "bystander": bool(others), "held": False},
        worn=worn,
    )


def _front_camera(
    rng: np.random.Generator,
    posture: Sitting,
    times: tuple[float, ...],
    middle: FloatArray,
    azimuth: float,
    floor_z: float,
    size_px: tuple[int, int] | None,
) -> PinholeCamera:
    """Return a camera that looks at ``middle`` (2,) of the floor from a direction in the world, ``azimuth`` radians."""
    distance, height = rng.uniform(1.8, 3.2), rng.uniform(0.4, 1.3)

    def place(far: float) -> FloatArray:
        ground = max(far * distance, 1.5) * np.array([np.cos(azimuth), np.sin(azimuth)])
        return np.array([*(middle + ground), floor_z + height])

    drawn_size = sample_size(rng)
    points, needed = extent(posture.body, posture, times)
    return aim(rng, points, needed, place, rng.uniform(-3, 3), rng.uniform(50, 80), size_px or drawn_size)


def _seat(sitting: Sitting) -> tuple[FloatArray, FloatArray, float, float]:
    """Tested knee and thigh vector, heights of the seat and of the lowest point, with hip rotation 0."""
    neutral = Sitting(**{**sitting.__dict__, "swing": Swing(constant(0.0))})
    posed = pose(sitting.body, neutral(0.0))
    knee = posed.joints_m[f"knee_{sitting.side}"]
    sits = [k for k, name in enumerate(SEGMENTS) if name == "pelvis" or name.startswith("thigh")]
    under = np.isin(sitting.body.weights.argmax(axis=1), sits) & (posed.vertices_m[:, 0] < 0.45 * knee[0])
    # The flesh gives way by a centimetre or two.
    seat_z = float(posed.vertices_m[under, 2].min()) + 0.015
    return knee, knee - posed.joints_m[f"hip_{sitting.side}"], seat_z, float(posed.vertices_m[:, 2].min())


def bystander(rng: np.random.Generator, floor_z: float) -> Quads:
    """Another person standing at the side, a little behind."""
    body = build_body(int(rng.integers(10**6, 2 * 10**6)))
    place = np.array([rng.uniform(-0.6, 0.2), rng.choice([-1, 1]) * rng.uniform(0.8, 1.4), 0.0])
    axes = pelvis_matrix(rng.uniform(-60, 60))
    arms = (sample_arm(rng, "hanging"), sample_arm(rng, "belly"))
    posed = pose(body, Posture(place, axes, arms=arms))
    lift = np.array([0.0, 0.0, floor_z - posed.vertices_m[:, 2].min()])
    return Quads(posed.vertices_m + lift, posed.faces, posed.face_rgb)


def supine(
    seed: int,
    view: str = "overhead",
    *,
    side: str | None = None,
    swing: Swing | None = None,
    times: tuple[float, ...] = (0.0,),
    size_px: tuple[int, int] | None = None,
    worn: Dressed | None = None,
) -> Scene:
    """Sample a person on the back with hip and knee at 90 degrees.

    Parameters
    ----------
    seed : decides everything that is not given.
    view : one of `SUPINE_VIEWS`.
    side : the tested leg.
    swing : what moves; None draws one fixed rotation of -40 to 55 degrees (internal +).
    times : moments at which the person has to be in the picture, seconds.
    size_px : width and height of the picture.
    worn : a dressed person; None draws a mannequin.
    """
    rng = np.random.default_rng([seed, 22])
    body = worn.body if worn else build_body(seed)
    drawn_side = str(rng.choice(["left", "right"]))
    side = side or drawn_side
    drawn = Swing.still(rng)
    posture = sample_lying(rng, body, side, swing or drawn)
    rest = pose(body, posture(times[0]))
    trunk = np.isin(body.weights.argmax(axis=1), [SEGMENTS.index("pelvis"), *range(1, 6)])
    top_z = float(np.percentile(rest.vertices_m[trunk, 2], 0.5))
    floor_z = top_z - float(rng.choice([0.01, rng.uniform(0.3, 0.75)]))
    light = sample_light(rng)
    room = sample_room(rng, floor_z, light, -2.6, height_m=3.4)
    middle = np.array([0.02, rng.uniform(-0.1, 0.1), 0.0])
    furniture = bed(rng, top_z, floor_z, middle, rng.uniform(1.9, 2.2)) if rng.random() < 0.9 else []
    points, needed = extent(body, posture, times)
    drawn_size = sample_size(rng)
    camera, azimuth = _supine_camera(rng, view, points, needed, top_z, size_px or drawn_size)
    return Scene(
        seed,
        "supine",
        side,
        view,
        body,
        posture,
        camera,
        light,
        sample_finish(rng),
        room.polygons,
        under=furniture,
        info={"yaw_deg": float(azimuth), "bystander": False, "held": posture.held},
        worn=worn,
    )


def _supine_camera(
    rng: np.random.Generator,
    view: str,
    points: FloatArray,
    needed: FloatArray,
    top_z: float,
    size_px: tuple[int, int],
) -> tuple[PinholeCamera, float]:
    """Return the camera of a supine view and its azimuth from the head's side of the long axis, degrees."""
    fov = rng.uniform(50, 80)
    centre = 0.5 * (points.min(axis=0) + points.max(axis=0))
    if view == "overhead":
        height, lean = rng.uniform(1.7, 2.3), np.radians(rng.uniform(-12, 12, 2))
        # Most people put the camera so that the person lies along the picture's longer side.
        along = (size_px[0] > size_px[1]) == (rng.random() < 0.75)
        turn = np.radians(90 * along + 180 * rng.integers(2) + rng.uniform(-12, 12))

        def above(far: float) -> FloatArray:
            h = max(far * height, 1.5)
            return np.array([centre[0] + h * np.tan(lean[0]), centre[1] + h * np.tan(lean[1]), top_z + h])

        up = (float(np.cos(turn)), float(np.sin(turn)), 0.0)
        return aim(rng, points, needed, above, 0.0, fov, size_px, up), 0.0
    low, high = _AZIMUTH_DEG[view]
    azimuth = float(rng.choice([-1, 1]) * rng.uniform(low, high))
    height = rng.uniform(1.1, 1.5) if view != "diagonal" else rng.uniform(1.1, 1.9)
    beyond = rng.uniform(1.5, 2.3)
    towards = np.array([-np.cos(np.radians(azimuth)), np.sin(np.radians(azimuth))])

    def around(far: float) -> FloatArray:
        return np.array([*(centre[:2] + max(far * beyond, 1.4) * towards), top_z + height])

    return aim(rng, points, needed, around, rng.uniform(-3, 3), fov, size_px), azimuth
