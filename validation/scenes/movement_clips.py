"""Clips of squats and of other movements: any body, mannequin or dressed, any camera; what is true in every picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from rom_vision.capture import VideoWriter
from validation.person.body import Body, make_body
from validation.person.crowd import sample_anyone
from validation.person.garments import Wardrobe
from validation.person.gl import Shape, cast_shadow, draw_shapes, shape_of_faces, shape_of_quads
from validation.person.identity import SIDES, FloatArray
from validation.person.movement import Moment, posture_of
from validation.person.outfit import dress_person
from validation.person.phantom import Posed, Posture, pose_rigid, proportioned
from validation.person.render import Finish, Light, Picture, PinholeCamera, fill_background, finish_picture
from validation.person.squat_motion import Lengths
from validation.scenes.other_moves import sample_action
from validation.scenes.props import Props
from validation.scenes.rooms import Polygon, sample_light, sample_room
from validation.scenes.squat_moves import moment_at, sample_squat
from validation.scenes.squats import lengths_of

__all__ = ["MANNEQUIN", "TRUTH_JOINTS", "MovementClip", "movement_clip", "plan_rng", "truth_of", "write_movement"]

MANNEQUIN = "mannequin"
TRUTH_JOINTS = tuple(f"{n}_{s}" for n in ("shoulder", "hip", "knee", "ankle", "heel", "toe") for s in SIDES)
_SIZES = ((640, 480), (480, 640), (640, 360), (960, 540), (540, 960), (960, 720), (720, 540))
_VIEWS = {"front": (0.0, 22.0), "oblique": (45.0, 17.0), "side": (90.0, 18.0), "back": (180.0, 20.0)}


@dataclass(frozen=True)
class MovementClip:
    """A person, what the person does, and how it is filmed.

    Attributes
    ----------
    body : what is posed; ``drawn`` gives the surfaces of its posed vertices.
    lengths : of the body. posture : of the body at a time. duration_s : length.
    camera : at a time. room : painted behind. props : things in it. light, finish : as in `validation.scenes.scene`.
    info : what was drawn, for the record.
    """

    seed: int
    body: Body
    drawn: Callable[[FloatArray], list[tuple[Shape, FloatArray]]]
    lengths: Lengths
    posture: Callable[[float], Posture]
    duration_s: float
    camera: Callable[[float], PinholeCamera]
    room: list[Polygon]
    props: Props
    light: Light
    finish: Finish
    info: dict[str, Any]

    def posed(self, t: float) -> Posed:
        """Return the body at time ``t``."""
        return pose_rigid(self.body, self.posture(t))


@lru_cache(maxsize=1)
def _wardrobe(folder: str) -> Wardrobe:
    return Wardrobe(folder)


def plan_rng(seed: int) -> np.random.Generator:
    """Return what a clip is drawn from; a squat's plan comes first and can be drawn again without the body."""
    return np.random.default_rng([seed, 59])


def movement_clip(
    seed: int,
    kind: str,
    view: str,
    *,
    clothes: str = MANNEQUIN,
    people: str | Path | None = None,
    fault: str = "sound",
    size_deg: float | None = None,
    side: str = "both",
) -> MovementClip:
    """Draw a person, a movement, a room and a camera.

    Parameters
    ----------
    seed : decides everything that is not given; one person per seed.
    kind : "squat" or one of `validation.scenes.other_moves.KINDS`.
    view : front, oblique, side or back; the azimuth is drawn about it.
    clothes : "mannequin", or one of `validation.person.outfit.LEGWEAR`, which needs ``people``.
    people : folder of a `validation.person.garments.Wardrobe`.
    fault, size_deg, side : of a squat, see `validation.scenes.squat_moves.sample_squat`.
    """
    rng = plan_rng(seed)
    body, drawn, wears = _someone(seed, clothes, people)
    lengths = lengths_of(body)
    arms = ""
    if kind == "squat":
        move = sample_squat(rng, fault, size_deg, side)
        arms, duration, count = move.arms, move.duration_s, len(move.repetitions)
        props = Props({"bar": "back"} if move.arms == "bar" else {}, seed)

        def moment(t: float) -> Moment:
            return moment_at(move, lengths, t)
    else:
        action = sample_action(rng, kind, lengths)
        duration, count = action.movement.duration_s, action.repetitions
        props, moment = Props(action.props, seed), action.movement.at
    light = sample_light(rng)
    points = _extent(body, lengths, moment, duration)
    camera, filmed = _camera(rng, view, points)
    azimuth = np.radians(filmed["azimuth_deg"])
    return MovementClip(
        seed=seed,
        body=body,
        drawn=drawn,
        lengths=lengths,
        posture=lambda t: posture_of(lengths, moment(t)),
        duration_s=duration,
        camera=camera,
        room=_turned(sample_room(rng, 0.0, light, -1.3 - float(np.abs(points[:, :2]).max())).polygons, azimuth),
        props=props,
        light=light,
        finish=_finish(rng),
        info={
            **{"kind": kind, "view": view, "clothes": clothes, "wears": wears, "repetitions": count, "arms": arms},
            **{"fault": fault if kind == "squat" else "", "size_deg": size_deg, "side": side},
            **_build(body, lengths),
            **filmed,
        },
    )


def _finish(rng: np.random.Generator) -> Finish:
    """Blur, noise and compression of the pictures."""
    return Finish(
        float(rng.uniform(0.3, 1.2)), float(rng.uniform(0.5, 6.0)), int(rng.choice([0, rng.integers(50, 96)]))
    )


def _build(body: Body, lengths: Lengths) -> dict[str, float]:
    """What is told of a person's build."""
    return {
        "stature_m": round(body.person.stature_m, 3),
        "weight": round(body.person.phenotype["weight"], 2),
        "gender": round(body.person.phenotype["gender"], 2),
        "leg_m": round(lengths.leg, 3),
    }


_Drawn = Callable[[FloatArray], list[tuple[Shape, FloatArray]]]


def _someone(seed: int, clothes: str, people: str | Path | None) -> tuple[Body, _Drawn, dict[str, str]]:
    """Return a body, the surfaces of its posed vertices, and what it wears."""
    if clothes != MANNEQUIN:
        dressed = dress_person(sample_anyone(seed, "makehuman"), _wardrobe(str(people)), clothes)
        return dressed.body, dressed.surfaces, dressed.wears
    body = proportioned(make_body(sample_anyone(seed)))
    shape = shape_of_faces(body.faces, body.face_rgb)
    return body, lambda vertices: [(shape, vertices)], {}


def _extent(body: Body, lengths: Lengths, moment: Callable[[float], Moment], duration_s: float) -> FloatArray:
    """Joint centres (N, 3) at some times of the movement."""
    from dataclasses import replace

    few = replace(body, vertices_m=body.vertices_m[:1], weights=body.weights[:1])
    posed = [pose_rigid(few, posture_of(lengths, moment(float(t)))) for t in np.linspace(0, duration_s, 25)]
    return np.concatenate([np.stack(list(p.joints_m.values())) for p in posed])


def _camera(
    rng: np.random.Generator, view: str, points: FloatArray
) -> tuple[Callable[[float], PinholeCamera], dict[str, Any]]:
    """Phone, tablet or webcam, from the floor's height to a tall tripod, some held in the hand."""
    size = _SIZES[rng.integers(len(_SIZES))]
    middle_deg, spread = _VIEWS[view]
    sign = float(rng.choice([-1.0, 1.0]))
    azimuth_deg = (sign * middle_deg + float(rng.uniform(-spread, spread)) + 180) % 360 - 180
    fov, height, roll = (
        float(rng.uniform(44, 82)),
        float(rng.uniform(0.4, 1.6)),
        float(np.clip(rng.normal(0, 1.5), -4, 4)),
    )
    azimuth = np.radians(azimuth_deg)
    target = 0.5 * (points.min(axis=0) + points.max(axis=0)) + rng.normal(0, 0.06, 3)
    loose = float(rng.choice([rng.uniform(1.0, 1.15), rng.uniform(1.15, 1.7)]))
    held = bool(rng.random() < 0.3)
    wobble = rng.uniform(0.3, 1.0, 6) * (0.025, 0.025, 0.02, 0.02, 0.02, 0.6) if held else np.zeros(6)
    rate, phase = rng.uniform(0.15, 0.8, 6), rng.uniform(0, 2 * np.pi, 6)

    def place(far: float, moved: FloatArray) -> PinholeCamera:
        at = np.array([target[0] + far * np.cos(azimuth), target[1] + far * np.sin(azimuth), height]) + moved[:3]
        aim = target + np.array([-np.sin(azimuth) * moved[3], np.cos(azimuth) * moved[3], moved[4]]) * far
        return PinholeCamera.look_at(size, fov, at, aim, roll + moved[5])

    def outside(far: float) -> bool:
        camera = place(far, np.zeros(6))
        ahead = camera.to_camera(points)
        px = camera.project(ahead) / size
        return bool((ahead[:, 2] < 0.3).any() or (px < 0.04).any() or (px > 0.96).any())

    far = 1.2
    while outside(far) and far < 8.0:
        far *= 1.04
    far *= loose

    def camera_at(t: float) -> PinholeCamera:
        return place(far, wobble * np.sin(2 * np.pi * rate * t + phase))

    filmed = {
        "azimuth_deg": round(azimuth_deg, 1),
        "height_m": round(height, 2),
        "distance_m": round(far, 2),
        "longer_fov_deg": round(fov, 1),
        "roll_deg": round(roll, 1),
        "hand_held": held,
        "size_px": list(size),
    }
    return camera_at, filmed


def _turned(polygons: list[Polygon], azimuth: float) -> list[Polygon]:
    """Turn the room with the camera: its back wall is behind the person wherever the camera stands."""
    c, s = np.cos(azimuth), np.sin(azimuth)
    turn = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    return [(corners @ turn.T, rgb) for corners, rgb in polygons]


class _Film:
    """Draws one picture of a clip after another; the room is painted anew only when the camera moves."""

    def __init__(self, clip: MovementClip) -> None:
        self.clip = clip
        self.behind: Picture | None = None
        rng = np.random.default_rng([clip.seed, 5])
        first = clip.camera(0.0)
        small = rng.normal(1.0, 0.07, (3, 4)).astype(np.float32)
        self.glow = cv2.resize(small, (first.width_px, first.height_px), interpolation=cv2.INTER_CUBIC)[:, :, None]
        self.still = [(shape_of_quads(q), q.points_m) for q in clip.props.still()]

    def _room(self, camera: PinholeCamera) -> Picture:
        if self.behind is None or self.clip.info["hand_held"]:
            picture: Picture = np.full((camera.height_px, camera.width_px, 3), 128, np.uint8)
            fill_background(picture, camera, self.clip.room)
            self.behind = np.clip(picture * self.glow, 0, 255).astype(np.uint8)
        return self.behind.copy()

    def picture(self, posed: Posed, t: float) -> Picture:
        clip, camera = self.clip, self.clip.camera(t)
        held = [(shape_of_quads(q), q.points_m) for q in clip.props.held(posed)]
        surfaces = [*clip.drawn(posed.vertices_m), *self.still, *held]
        out = self._room(camera)
        cast_shadow(out, camera, surfaces, clip.light)
        draw_shapes(out, camera, surfaces, clip.light, smooth=False)
        return finish_picture(out, clip.finish, np.random.default_rng([clip.seed, 7, round(1e4 * t)]))


def truth_of(posed: Posed, camera: PinholeCamera) -> tuple[FloatArray, dict[str, float]]:
    """Pixels (12, 2) of `TRUTH_JOINTS`, and what is true at this moment, degrees unless said otherwise.

    Per side: ``knee_flexion``; ``thigh_below`` the horizontal (hip lower than the knee +); ``turn_in`` of the
    knee about the line from hip to ankle, against straight ahead; ``in_of_foot``, the same against the foot's
    direction; ``projected``, the frontal projection angle, valgus +; ``foot_out``, toes out; ``heel_up``, pitch of the
    foot. Of the body: ``lean`` (trunk minus shanks), ``trunk`` (against the vertical, forward +), ``side_bend`` (to
    the right +), ``list`` of the hips (right down +), ``shift`` (pelvis to the left, parts of the ankles' distance).
    """
    j = posed.joints_m
    px = camera.project(camera.to_camera(np.stack([j[n] for n in TRUTH_JOINTS])))
    out: dict[str, float] = {}
    shank_lean = []
    for side in SIDES:
        inward = -1.0 if side == "left" else 1.0
        hip, knee, ankle, heel, toe = (j[f"{n}_{side}"] for n in ("hip", "knee", "ankle", "heel", "toe"))
        thigh, shank, line = knee - hip, ankle - knee, ankle - hip
        cosine = thigh @ shank / (np.linalg.norm(thigh) * np.linalg.norm(shank))
        out[f"knee_flexion_{side}"] = float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
        out[f"thigh_below_{side}"] = float(np.degrees(np.arctan2(thigh[2], np.hypot(thigh[0], thigh[1]))))
        height = line[2] if abs(line[2]) > 0.05 else -0.05
        off = knee - ankle - (knee - ankle)[2] / -height * (hip - ankle)
        foot = toe - heel
        foot_out = float(np.degrees(np.arctan2(-inward * foot[1], foot[0])))
        turn_in = float(np.degrees(np.arctan2(inward * off[1], max(off[0], 1e-6))))
        out[f"turn_in_{side}"] = turn_in
        out[f"in_of_foot_{side}"] = turn_in + foot_out
        tilts = [np.arctan2(inward * v[1], v[2]) for v in (-shank, -thigh)]
        out[f"projected_{side}"] = float(np.degrees(tilts[0] - tilts[1]))
        out[f"foot_out_{side}"] = foot_out
        out[f"heel_up_{side}"] = float(-np.degrees(np.arcsin(np.clip(posed.axes[f"foot_{side}"][2, 0], -1, 1))))
        shank_lean.append(float(np.degrees(np.arctan2(-shank[0], -shank[2]))))
    middle = {n: 0.5 * (j[f"{n}_left"] + j[f"{n}_right"]) for n in ("hip", "ankle", "shoulder")}
    trunk = middle["shoulder"] - middle["hip"]
    apart = max(float(j["ankle_left"][1] - j["ankle_right"][1]), 0.02)
    out["trunk"] = float(np.degrees(np.arctan2(trunk[0], trunk[2])))
    out["lean"] = out["trunk"] - float(np.mean(shank_lean))
    out["side_bend"] = float(np.degrees(np.arctan2(-trunk[1], trunk[2])))
    across = j["hip_left"] - j["hip_right"]
    out["list"] = float(np.degrees(np.arctan2(across[2], np.hypot(across[0], across[1]))))
    out["shift"] = float(middle["hip"][1] - middle["ankle"][1]) / apart
    return np.asarray(px), out


def write_movement(clip: MovementClip, path: str | Path, fps: float) -> tuple[FloatArray, dict[str, FloatArray]]:
    """Film the clip as H.264 with true presentation times; return the truth of every picture (see `truth_of`)."""
    film, first = _Film(clip), clip.camera(0.0)
    rng = np.random.default_rng([clip.seed, 61])
    nominal = np.arange(0.0, clip.duration_s, 1.0 / fps)
    # Phones do not keep a steady beat: a few milliseconds to and fro.
    times = np.maximum.accumulate(np.clip(nominal + rng.normal(0, 0.004, len(nominal)), nominal - 0.01, nominal + 0.01))
    times = np.round(np.maximum(times - times[0], 0.0), 3)
    px: list[FloatArray] = []
    truths: list[dict[str, float]] = []
    with VideoWriter(path, first.width_px, first.height_px) as out:
        for t in map(float, times):
            posed = clip.posed(t)
            out.write(film.picture(posed, t), t)
            at, truth = truth_of(posed, clip.camera(t))
            px.append(at)
            truths.append(truth)
    return np.stack(px), {name: np.array([t[name] for t in truths]) for name in truths[0]}
