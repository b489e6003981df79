"""A squat drawn: the whole video with what was found, and the worst moment of each finding with its measured lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from rom_vision.camera.level import Level
from rom_vision.capture import frames_at
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import FloatArray, PoseTrack
from rom_vision.report.moments import Between, between
from rom_vision.report.panel import draw_panel
from rom_vision.report.strokes import CALM, CLEAR, INK, SHADE, Picture, Rgb, dashes, dot, jpeg_of, line
from rom_vision.results.document import Document
from rom_vision.results.parts import Finding, Repetition
from rom_vision.sessions import Picture as KeptPicture

__all__ = ["SquatOverlay", "draw_finding", "moment_name", "worst_moments"]

_LEG = ("HIP", "KNEE", "ANKLE")
_BONES = (
    ("LEFT_SHOULDER", "RIGHT_SHOULDER"),
    ("LEFT_HIP", "RIGHT_HIP"),
    *(("LEFT_SHOULDER", "LEFT_HIP"), ("LEFT_HIP", "LEFT_KNEE"), ("LEFT_KNEE", "LEFT_ANKLE")),
    *(("RIGHT_SHOULDER", "RIGHT_HIP"), ("RIGHT_HIP", "RIGHT_KNEE"), ("RIGHT_KNEE", "RIGHT_ANKLE")),
    *(("LEFT_HEEL", "LEFT_FOOT_INDEX"), ("RIGHT_HEEL", "RIGHT_FOOT_INDEX")),
)
_FOUND = ("mild", "marked")
_ROOM = 0.12
"""Room around the person, parts of their larger extent."""
_LEAST_PX = 40

Stroke = tuple[FloatArray, FloatArray, bool]
"""From, to, and whether it is a reference (dashed) rather than what is measured."""

_Moment = tuple[Picture, FloatArray]
"""A picture, and the landmarks in it."""


def moment_name(finding: Finding) -> str:
    """Return the name under which the picture of a finding's worst moment is kept."""
    return f"worst moment, {finding.code.replace('_', ' ')}, {finding.side}"


def worst_moments(
    clip: str | Path,
    track: PoseTrack,
    document: Document,
    *,
    max_side_px: int | None,
    level: Level | None = None,
) -> tuple[KeptPicture, ...]:
    """Return a JPEG of the worst moment of each finding, with the lines it was measured on.

    Parameters
    ----------
    clip : the video that was screened.
    track, document : landmarks and result of the same analysis.
    max_side_px : size of the analysed picture.
    level : how the camera leaned.

    Raises
    ------
    BadInputError
        If the video cannot be read any more.
    """
    found = [f for f in document.findings if f.severity in _FOUND and f.worst_time_s is not None]
    if not found:
        return ()
    times = [document.repetitions[0].start_s if document.repetitions else 0.0]
    times += [f.worst_time_s for f in found if f.worst_time_s is not None]
    pictures: list[KeptPicture] = []
    standing: _Moment | None = None
    for frame in sorted(frames_at(clip, times, max_side_px), key=lambda frame: frame.index):
        points = track.image_px[int(np.abs(track.time_s - frame.time_s).argmin())]
        if frame.index == 0:
            standing = frame.rgb, points
            continue
        finding = found[frame.index - 1]
        picture = _beside_standing(standing, (frame.rgb, points), finding, level)
        pictures.append(KeptPicture(moment_name(finding), jpeg_of(picture)))
    return tuple(pictures)


def _beside_standing(
    standing: tuple[Picture, FloatArray] | None,
    worst: tuple[Picture, FloatArray],
    finding: Finding,
    level: Level | None,
) -> Picture:
    """Show the worst moment, standing beside it where there is a picture, both cut to the same part."""
    shown = [moment for moment in (standing, worst) if moment is not None and moment[0].shape == worst[0].shape]
    box = _around([points for _, points in shown], worst[0].shape)
    cut = [_lined(rgb, points, finding, level)[box] for rgb, points in shown]
    gap = np.full((cut[0].shape[0], max(4, cut[0].shape[1] // 60), 3), SHADE, np.uint8)
    whole = cut[0] if len(cut) == 1 else np.hstack([cut[0], gap, cut[1]])
    words = finding.sentence if len(cut) == 1 else f"Standing, and the worst moment. {finding.sentence}"
    return _captioned(whole, words, max(whole.shape[:2]) / 640)


def _around(people: Sequence[FloatArray], shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Return the part of a picture that holds the person at several moments with some room; all of it where unknown."""
    points = np.vstack(people)
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return slice(None), slice(None)
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    room = _ROOM * max(bottom - top, right - left, 1.0)
    rows = slice(max(0, int(top - 1.5 * room)), min(shape[0], int(bottom + room)))  # the landmarks end at the eyes
    columns = slice(max(0, int(left - room)), min(shape[1], int(right + room)))
    empty = rows.stop - rows.start < _LEAST_PX or columns.stop - columns.start < _LEAST_PX
    return (slice(None), slice(None)) if empty else (rows, columns)


def draw_finding(rgb: Picture, points: FloatArray, finding: Finding, level: Level | None = None) -> Picture:
    """Return a copy of a picture with the lines of one finding and its sentence; ``points`` (33, 2), pixels."""
    return _captioned(_lined(rgb, points, finding, level), finding.sentence, max(rgb.shape[:2]) / 640)


def _lined(rgb: Picture, points: FloatArray, finding: Finding, level: Level | None) -> Picture:
    out = rgb.copy()
    unit = max(rgb.shape[:2]) / 640
    if np.isfinite(points).all():
        _skeleton(out, points, unit, CALM)
        for a, b, reference in _strokes(points, finding, level):
            _mark(out, a, b, unit, reference)
    return out


@dataclass(frozen=True)
class SquatOverlay:
    """Draws the landmarks, the phase and the findings of one screened squat video.

    Attributes
    ----------
    track : landmarks.
    document : result of the same analysis.
    level : how the camera leaned; None leaves that out.
    """

    track: PoseTrack
    document: Document
    level: Level | None = None

    def draw(self, rgb: Picture, time_s: float) -> Picture:
        """Return a copy of the picture at ``time_s`` with the person's lines and a panel on it."""
        out = rgb.copy()
        unit = max(rgb.shape[:2]) / 640
        now = between(self.track.time_s, time_s)
        points = None if now is None else now.of(self.track.image_px)
        if now is None or points is None or not np.isfinite(points).all():
            return draw_panel(out, unit, ["not seen"], self.level)
        squat = self._repetition(time_s)
        found = self._shown(squat[0]) if squat else []
        _skeleton(out, points, unit, CALM)
        for finding in found:
            for a, b, reference in _strokes(points, finding, self.level):
                _mark(out, a, b, unit, reference)
        return draw_panel(out, unit, self._lines(now, time_s, squat, found), self.level)

    def _repetition(self, time_s: float) -> tuple[int, Repetition] | None:
        for number, repetition in enumerate(self.document.repetitions, 1):
            if repetition.start_s <= time_s <= repetition.end_s:
                return number, repetition
        return None

    def _shown(self, number: int) -> list[Finding]:
        return [f for f in self.document.findings if f.severity in _FOUND and number in f.repetitions]

    def _lines(
        self, now: Between, time_s: float, squat: tuple[int, Repetition] | None, found: Sequence[Finding]
    ) -> list[str]:
        if self.document.status == "refused":  # the drawing shows what the model saw, which tells why
            return ["not screened", *wrap(self.document.reasons[0], 46)[:4]]
        if squat is None:
            return ["standing"]
        number, repetition = squat
        phase = "down" if time_s <= repetition.at_s else "up"
        lines = [f"squat {number} of {len(self.document.repetitions)}, {phase}"]
        knees = [
            f"{side[0].upper()} {value:.0f}°"
            for side in ("left", "right")
            if (curve := self.document.series.get(f"{side}_knee_flexion_deg")) and np.isfinite(value := now.of(curve))
        ]
        if knees:
            lines.append("knee flexion " + ", ".join(knees))
        return lines + [f"{f.code.replace('_', ' ')}, {f.side}: {f.severity}" for f in found]


# -- lines of the findings -------------------------------------------------------------------------------------------


def _strokes(points: FloatArray, finding: Finding, level: Level | None) -> Iterator[Stroke]:
    """Lines a finding was measured on, and the reference each is measured against, leaning as the camera did."""

    def at(name: str) -> FloatArray:
        return np.asarray(points[Landmark[name]])

    def middle(name: str) -> FloatArray:
        return 0.5 * (at(f"LEFT_{name}") + at(f"RIGHT_{name}"))

    sides = ("LEFT", "RIGHT") if finding.side == "both" else (finding.side.upper(),)
    roll = np.radians((level.roll_deg if level else None) or 0.0)
    down = np.array([np.sin(roll), np.cos(roll)])
    across = np.array([np.cos(roll), -np.sin(roll)])
    leg = float(np.linalg.norm(middle("HIP") - middle("ANKLE")))
    if finding.code in ("knee_valgus", "knee_varus", "knee_asymmetry", "knee_hyperextension"):
        for side in sides if finding.code != "knee_asymmetry" else ("LEFT", "RIGHT"):
            hip, knee, ankle = (at(f"{side}_{n}") for n in _LEG)
            yield hip, ankle, True
            yield hip, knee, False
            yield knee, ankle, False
    elif finding.code == "pelvic_obliquity":
        a, b = at("LEFT_HIP"), at("RIGHT_HIP")
        yield middle("HIP") - 0.25 * leg * across, middle("HIP") + 0.25 * leg * across, True
        yield a, b, False
    elif finding.code == "lateral_shift":
        for name, reference in (("ANKLE", True), ("HIP", False)):
            height = float((middle("ANKLE") - middle("HIP")) @ down)
            foot = middle(name) + (height if name == "HIP" else 0.0) * down
            yield foot - (height + 0.2 * leg) * down, foot, reference
    elif finding.code == "trunk_side_bend":
        hips, shoulders = middle("HIP"), middle("SHOULDER")
        yield hips, hips - down * np.linalg.norm(shoulders - hips), True
        yield hips, shoulders, False
    elif finding.code in ("foot_turnout", "heel_rise"):
        for side in sides:
            heel, toe = at(f"{side}_HEEL"), at(f"{side}_FOOT_INDEX")
            straight = down if finding.code == "foot_turnout" else across * np.sign(toe[0] - heel[0])
            yield heel, heel + straight * np.linalg.norm(toe - heel), True
            yield heel, toe, False
    elif finding.code == "forward_lean":
        hip, knee, ankle, shoulder = (middle(n) for n in (*_LEG, "SHOULDER"))
        length = np.linalg.norm(shoulder - hip)
        yield hip, hip + (knee - ankle) / max(float(np.linalg.norm(knee - ankle)), 1.0) * length, True
        yield hip, shoulder, False
        yield ankle, knee, False
    elif finding.code == "shallow_depth":
        for side in sides:
            hip, knee = at(f"{side}_HIP"), at(f"{side}_KNEE")
            reach = max(abs(hip[0] - knee[0]), 0.3 * leg) * (1.0 if hip[0] >= knee[0] else -1.0)
            yield knee, knee + across * reach, True
            yield knee, hip, False
    elif finding.code == "arms_fall":
        for side in ("LEFT", "RIGHT"):
            hip, shoulder, wrist = (at(f"{side}_{n}") for n in ("HIP", "SHOULDER", "WRIST"))
            along = (shoulder - hip) / max(float(np.linalg.norm(shoulder - hip)), 1.0)
            yield shoulder, shoulder + along * np.linalg.norm(wrist - shoulder), True
            yield shoulder, wrist, False


def _mark(out: Picture, a: FloatArray, b: FloatArray, unit: float, reference: bool) -> None:
    if reference:
        dashes(out, a, b, INK, max(1, round(2.0 * unit)))
        return
    line(out, a, b, SHADE, max(1, round(6.0 * unit)))
    line(out, a, b, CLEAR, max(1, round(3.5 * unit)))
    for point in (a, b):
        dot(out, point, SHADE, 5.0 * unit)
        dot(out, point, CLEAR, 3.5 * unit)


def _skeleton(out: Picture, points: FloatArray, unit: float, colour: Rgb) -> None:
    for a, b in _BONES:
        line(out, points[Landmark[a]], points[Landmark[b]], colour, max(1, round(1.5 * unit)))


def _captioned(out: Picture, text: str, unit: float) -> Picture:
    font = ImageFont.load_default(size=13 * unit)
    width = out.shape[1]
    lines = wrap(text, max(int(width / (7.0 * unit)), 16))
    height = round((16 * len(lines) + 12) * unit)
    canvas = Image.new("RGB", (width, out.shape[0] + height), SHADE)
    canvas.paste(Image.fromarray(out))
    draw = ImageDraw.Draw(canvas)
    for k, words in enumerate(lines):
        draw.text((8 * unit, out.shape[0] + (6 + 16 * k) * unit), words, font=font, fill=INK)
    return np.asarray(canvas)
