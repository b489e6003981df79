"""A recording of squats taken apart: uncut stretches, the dips in them, and what each dip is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rom_vision.camera import Camera
from rom_vision.pose.framing import SIDES_OF_LEG, inside_share, seen_share
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import BoolArray, FloatArray, PoseTrack
from rom_vision.protocols.damage import beside, damage_refusal
from rom_vision.protocols.squat.evidence import Evidence, evidence_of
from rom_vision.protocols.squat.movement import Kind, kind_of
from rom_vision.protocols.squat.phases import (
    Dip,
    Legs,
    Span,
    find_dips,
    hip_drop,
    on_their_feet,
    smooth,
    spans_of,
    stretches,
)
from rom_vision.protocols.squat.view import azimuth_of, settle_facing, settle_front_and_back

__all__ = ["HOW_TO", "LEG_WARN_PX", "Judged", "Stretch", "judge", "left_out_words", "leg_px", "not_this", "read"]
__all__ += ["refusals", "settle_alike"]

FOUND_REFUSE = 0.5
LEG_REFUSE_PX, LEG_WARN_PX = 70.0, 140.0
LEGS_INSIDE = 0.6
"""Share of the frames in which hips, knees, ankles and heels must be in the picture."""
LEGS_SEEN = 0.3
"""... and share of the frames in which the model must see the knee and the ankle of one leg at least."""
ALIKE = 0.08
"""Dips that differ by no more in anything (leg lengths) are one movement, done again (our own heuristic; repetitions of
the people to learn from differ by up to 0.05)."""
MOSTLY = 2
"""So many times as many other movements as squats make it a recording of something else (our own heuristic)."""
HOW_TO: dict[Legs, str] = {
    "both": "Film one person from head to feet, straight from the front or the side: stand still for a second, squat"
    " two or three times with both feet planted, stand."
}
HOW_TO["left"] = HOW_TO["right"] = (
    "Film from straight in front: stand on one leg for a second, squat two or three times, stand."
)


@dataclass(frozen=True)
class Stretch:
    """One uncut part: indices into the track, times (T,), smoothed landmarks (T, 33, 2), visibility, its dips.

    ``by_gap`` (T,) is True beside pictures that are damaged or stand still.
    """

    frames: npt.NDArray[np.int_]
    time_s: FloatArray
    image_px: FloatArray
    visibility: FloatArray
    dips: list[Dip]
    by_gap: BoolArray


@dataclass(frozen=True)
class Judged:
    """One dip: where it is, what it is, what it looks like if it is left out, and why."""

    part: Stretch
    span: Span
    kind: Kind
    looks_like: str
    evidence: Evidence

    @property
    def at_s(self) -> float:
        """When it is deepest."""
        return float(self.part.time_s[self.span.bottom])

    def as_other(self, looks_like: str) -> Judged:
        """Judge it anew as another movement."""
        return replace(self, kind="other", looks_like=looks_like)


def read(track: PoseTrack, legs: Legs) -> tuple[list[Stretch], list[str]]:
    """Take a recording apart; plain sentences on what had to be put right."""
    parts: list[Stretch] = []
    notes: list[str] = []
    upright = on_their_feet(track)
    if (overturned := int((track.found & ~upright).sum())) and upright.any():
        notes.append(f"In {overturned} frames the model saw the person upside down; they were left out.")
    turned = 0
    by_gap = beside(track.unsound)
    for frames in stretches(track, upright):
        time_s = track.time_s[frames]
        image_px, exchanged = settle_facing(track.image_px[frames], legs)
        image_px, whole = settle_front_and_back(image_px)
        exchanged = len(frames) - exchanged if whole else exchanged
        image_px = smooth(time_s, image_px)
        turned += exchanged
        dips = find_dips(time_s, image_px, legs)
        parts.append(Stretch(frames, time_s, image_px, track.visibility[frames], dips, by_gap[frames]))
    if turned:
        notes.append(f"In {turned} frames the model exchanged left and right; this was put right.")
    return parts, notes


def judge(part: Stretch, camera: Camera, legs: Legs) -> list[Judged]:
    """Say of every dip of a stretch what it is."""
    out = []
    drop = hip_drop(part.image_px, legs)
    for dip, span in zip(part.dips, spans_of(part.time_s, drop, part.dips), strict=True):
        azimuth = azimuth_of(part.image_px[span.standing], camera, legs)
        evidence = evidence_of(part.time_s, part.image_px, part.visibility, dip, span.standing, azimuth)
        kind, looks_like = kind_of(evidence, legs)
        if not dip.whole and kind != "other":
            kind, looks_like = "part", "a squat that the recording begins or ends in"
        if part.by_gap[span.start : span.end + 1].any():
            kind, looks_like = "part", "a movement whose pictures are damaged or stand still"
        out.append(Judged(part, span, kind, looks_like, evidence))
    return out


def settle_alike(dips: Sequence[Judged]) -> list[Judged]:
    """Take a squat for another movement where at least half of the dips like it are one: it is one thing done again."""
    out = []
    for dip in dips:
        like = [d for d in dips if d.kind != "part" and _alike(d, dip)] if dip.kind == "squat" else []
        others = [d for d in like if d.kind != "squat"]
        settled = others and 2 * len(others) >= len(like)
        out.append(replace(dip, kind=others[0].kind, looks_like=others[0].looks_like) if settled else dip)
    return out


def _alike(one: Judged, other: Judged) -> bool:
    a, b = (
        np.array([e.drop, e.apart[0], e.rise, e.trunk_loss, e.hand_rise, *e.thigh_loss, *e.hip_ankle, *e.knee_height])
        for e in (one.evidence, other.evidence)
    )
    return bool(np.abs(a - b).max() <= ALIKE)


def refusals(track: PoseTrack, parts: Sequence[Stretch], legs: Legs) -> list[str]:
    """Why nothing can be said of a recording, whatever is done in it."""
    if damaged := damage_refusal(track.time_s, track.unsound):
        return damaged
    sound = ~track.unsound
    share = float(track.found[sound].mean()) if sound.any() else 0.0
    if not parts or (share < FOUND_REFUSE and not any(p.dips for p in parts)):
        how_often = f"The person was found in only {100 * share:.0f} % of the pictures."
        if share > FOUND_REFUSE:
            how_often = "The person was not found standing upright, with the feet below the shoulders."
        return [f"{how_often if share else 'Nobody was found.'} {HOW_TO[legs]}"]
    reasons = []
    sides = ("left", "right") if legs == "both" else (legs,)
    seen = np.isin(np.arange(len(track)), np.concatenate([p.frames for p in parts]))
    inside = {side: inside_share(track, SIDES_OF_LEG[side], seen) for side in sides}
    if min(inside.values()) < LEGS_INSIDE:
        joints = [Landmark[f"{s}_{n}"] for s in ("LEFT", "RIGHT") for n in ("HIP", "KNEE")]
        what = "feet are" if inside_share(track, joints, seen) >= LEGS_INSIDE else "legs are"
        reasons.append(f"The {what} not in the picture. Step back until the whole person is, from head to feet.")
    elif max(seen_share(track, SIDES_OF_LEG[side], seen) for side in sides) < LEGS_SEEN:
        reasons.append("The legs cannot be seen: something hides them, or it is too dark. Film them free and in light.")
    leg = leg_px(parts)
    if leg < LEG_REFUSE_PX:
        reasons.append(
            f"The legs are only {leg:.0f} pixels long; {LEG_REFUSE_PX:.0f} are needed. Come closer or film in a higher"
            " resolution."
        )
    return reasons


def leg_px(parts: Sequence[Stretch]) -> float:
    """Length of the straight leg in the picture, pixels."""
    points = np.concatenate([p.image_px for p in parts])
    hip, knee, ankle = (points[:, [Landmark[f"LEFT_{n}"], Landmark[f"RIGHT_{n}"]]] for n in ("HIP", "KNEE", "ANKLE"))
    length = np.linalg.norm(hip - knee, axis=-1) + np.linalg.norm(knee - ankle, axis=-1)
    return float(np.percentile(length.max(axis=1), 90))


def not_this(dips: Sequence[Judged], legs: Legs) -> list[str]:
    """Why a recording is not the screen that was asked for: another leg, another movement, nothing at all."""
    squats = sum(d.kind == "squat" for d in dips)
    for side in ("left", "right"):
        alone = sum(d.kind == side for d in dips)
        if alone and alone >= squats and side != legs:
            return [f"The person squats on the {side} leg alone: screen it as that (legs: {side})."]
    others = [d for d in dips if d.kind == "other"]
    if squats and len(others) < MOSTLY * squats:
        return []
    seen = _listed([d for d in dips if d.kind != "squat"])
    if squats:
        return [f"Most of what was seen is no squat: {seen}. {HOW_TO[legs]}"]
    return [f"No squat was found{f'; what was seen looks like {seen}' if seen else ''}. {HOW_TO[legs]}"]


def left_out_words(dips: Sequence[Judged]) -> list[str]:
    """One sentence on everything that was not counted, or none."""
    others = [d for d in dips if d.kind != "squat"]
    return [f"Not counted as squats: {_listed(others)}."] if others else []


def _listed(dips: Sequence[Judged]) -> str:
    """What dips look like, each named once, in order of time."""
    times: dict[str, list[str]] = {}
    for dip in sorted(dips, key=lambda d: d.at_s):
        times.setdefault(dip.looks_like, []).append(f"{dip.at_s:.1f}")
    return "; ".join(f"{what} (at {_and(at)} s)" for what, at in times.items())


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
