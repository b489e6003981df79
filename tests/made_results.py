"""Result documents, tracks and pictures as a real session makes them, without a video."""

import io
import math

import numpy as np
from PIL import Image
from synthetic import seated_states, swings, track_of

from rom_vision.results.document import Provenance
from rom_vision.results.parts import Finding, View
from rom_vision.results.schema1 import (
    Curve1,
    HipRotation1,
    KneeFlexion1,
    RotationValue1,
    Squat1,
    SquatRepetition1,
    Swing1,
    bring_over,
)

FPS = 15.0


def provenance(model="pose_landmarker_heavy", camera="lens unknown: 66 degrees assumed along the longer side", **more):
    return Provenance(
        versions={"rom-vision": "0.1.0", "mediapipe": "1.2.2", "python": "3.11.7"},
        model=model,
        model_sha256="a" * 64,
        video="seated left.mp4",
        video_sha256="",  # made of no recording: two of a kind are two tests
        subject="the only person in the picture",
        settings={"hfov_deg": None, "camera": camera, **more},
    )


def rotation_value(peaks, half_width=4.0):
    mean = float(np.mean(peaks))
    interval = (mean - half_width, mean + half_width)
    return RotationValue1(value_deg=mean, ci95_deg=interval, best_deg=float(max(peaks)), n_repetitions=len(peaks))


def rotation_measure(peaks, half_width=4.0):
    """The same as the measure of a result."""
    return rotation_document(peaks, half_width=half_width).measure("internal_rotation")


def rotation_document(
    internal=(30.0, 31.0, 32.0),
    external=(),
    *,
    side="left",
    position="seated",
    mode="active",
    half_width=4.0,
    pelvis=1.2,
    **provenance_settings,
):
    """A measured test: each peak is one repetition, three seconds of hold and return after one of rest."""
    time_s, angle = swings([*internal, *(-e for e in external)], fps=FPS)
    repetitions = []
    for i, peak in enumerate([*internal, *external]):
        start = 1.5 + i * 5.0
        repetitions.append(
            Swing1(
                direction="internal" if i < len(internal) else "external",
                start_s=start,
                hold_start_s=start + 1.0,
                hold_end_s=start + 2.5,
                end_s=start + 3.5,
                peak_deg=peak,
                ci95_deg=(peak - half_width - 1, peak + half_width + 1),
                valid=True,
            )
        )
    noise = np.random.default_rng(0).normal(0, 0.2, len(time_s))
    lost = {40, 41}
    curve = Curve1(
        time_s=tuple(float(t) for t in time_s),
        hip_rotation_deg=tuple(None if i in lost else float(a) for i, a in enumerate(angle + noise)),
        sd_deg=tuple(None if i in lost else 2.0 for i in range(len(time_s))),
    )
    made = HipRotation1(
        position=position,
        side=side,
        mode=mode,
        status="measured",
        reasons=(),
        warnings=("The lens is not calibrated: the interval allows for that.",),
        internal_rotation=rotation_value(internal, half_width) if internal else None,
        external_rotation=rotation_value(external, half_width) if external else None,
        rest_deg=1.0,
        shank_inclination_deg=rotation_value(internal).value_deg + pelvis
        if internal and position == "seated"
        else None,
        pelvis_compensation_deg=pelvis,
        repetitions=tuple(repetitions),
        curve=curve,
        provenance=provenance(**provenance_settings),
    )
    return bring_over(made)


def refused_document(side="left"):
    made = HipRotation1(
        position="seated",
        side=side,
        mode="active",
        status="refused",
        reasons=("The shank is only 60 pixels long: come closer to the camera.",),
        warnings=(),
        internal_rotation=None,
        external_rotation=None,
        rest_deg=None,
        shank_inclination_deg=None,
        pelvis_compensation_deg=None,
        repetitions=(),
        curve=Curve1(time_s=(), hip_rotation_deg=(), sd_deg=()),
        provenance=provenance(),
    )
    return bring_over(made)


def finding(code, side="both", severity="none", value=None, **more):
    given = {
        "unit": "deg",
        "change_from_standing": value,
        "ci95": None if value is None else (value - 3.0, value + 3.0),
        "threshold": 10.0,
        "source": "Munro 2012",
        "repetitions": (1, 2) if severity in ("mild", "marked") else (),
        "worst_time_s": 2.4 if severity in ("mild", "marked") else None,
        "sentence": f"{code.replace('_', ' ')}: {severity}.",
        **more,
    }
    return Finding(code=code, side=side, severity=severity, value=value, **given)


def squat_document(findings=None, *, knee=(95.0, 97.0, 96.0), view="front"):
    if findings is None:
        findings = (
            finding("knee_valgus", "left", "marked", 14.0),
            finding("knee_valgus", "right", "none", 2.0),
            finding("heel_rise", "both", "not_assessable", None),
        )
    time_s = np.arange(0, 4.0 * len(knee), 1 / FPS)
    flexion = 60 * (1 - np.cos(2 * math.pi * time_s / 4.0)) / 2
    made = Squat1(
        status="measured",
        reasons=(),
        warnings=(),
        view=View(view, 3.0),
        repetitions=tuple(
            SquatRepetition1(
                start_s=4.0 * i,
                bottom_s=4.0 * i + 2,
                end_s=4.0 * i + 4,
                knee_flexion_deg=KneeFlexion1(left=k, right=k + 2),
                thigh_below_horizontal_deg=-8.0,
                depth="above parallel",
            )
            for i, k in enumerate(knee)
        ),
        findings=tuple(findings),
        series={
            "time_s": tuple(float(t) for t in time_s),
            "left_knee_flexion_deg": tuple(float(f) for f in flexion),
            "right_knee_flexion_deg": tuple(None if i == 3 else float(f) + 2 for i, f in enumerate(flexion)),
        },
        provenance=provenance(legs="both"),
    )
    return bring_over(made)


def pose_track(peaks=(30.0,), side="left"):
    time_s, angle = swings(peaks, fps=FPS)
    track = track_of(time_s, seated_states(angle, side=side), size=(640, 360))
    track.image_px[5:8] = np.nan
    track.world_m[5:8] = np.nan
    track.visibility[5:8] = 0.0
    return track


def picture_jpeg(colour=(40, 90, 140), size=(320, 180)):
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()
