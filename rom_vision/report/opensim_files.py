"""TRC (landmarks) and MOT (joint angles) files, as OpenSim and Pose2Sim read them."""

from __future__ import annotations

import math
from pathlib import PurePath

import numpy as np

from rom_vision.body.angles import JointAngles
from rom_vision.errors import BadInputError
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import PoseTrack
from rom_vision.report.presenters.registry import presenter_of
from rom_vision.results.document import Document

__all__ = ["mot_of", "trc_of"]

_SHORTEST_S = 1e-4
"""No camera takes more pictures a second than that makes; the clock of a damaged file may say so."""


def trc_of(track: PoseTrack, name: str) -> str:
    """Return a track's landmarks as the text of a TRC file, metres, Y up.

    The model's 3-D guess, its origin between the hips. X points towards the camera, Y up in the picture, Z to the
    picture's left, which is the right side of a person who faces the camera: OpenSim's axes for them. Frames without
    the person are NaN. The depth (X) is a guess of the model and no measurement.

    Parameters
    ----------
    track : landmarks over time.
    name : file name for the header.
    """
    x, y, z = np.moveaxis(track.world_m, -1, 0)
    placed = np.stack([-z, -y, -x], axis=-1).reshape(len(track), 3 * x.shape[1]) + 0.0  # no "-0.0"
    markers = [landmark.name.lower() for landmark in Landmark]
    steps = np.diff(track.time_s)
    rate = f"{1 / max(float(np.median(steps)), _SHORTEST_S):.6g}" if len(steps) else "30"
    n = len(track)
    axes = (f"{axis}{number}" for number in range(1, len(markers) + 1) for axis in "XYZ")
    lines = [
        f"PathFileType\t4\t(X/Y/Z)\t{_header_name(name)}",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"{rate}\t{rate}\t{n}\t{len(markers)}\tm\t{rate}\t1\t{n}",
        "Frame#\tTime\t" + "\t\t\t".join(markers) + "\t\t",
        "\t\t" + "\t".join(axes),
        "",
    ]
    for number, (time_s, row) in enumerate(zip(track.time_s, placed, strict=True), 1):
        lines.append(
            "\t".join([str(number), f"{time_s:.6f}", *(f"{v:.5f}" if math.isfinite(v) else "NaN" for v in row)])
        )
    return "\n".join(lines) + "\n"


def mot_of(document: Document, name: str, angles: JointAngles | None = None) -> str:
    """Return a result's joint angles as the text of a MOT file, degrees, OpenSim's names.

    Flexion, adduction and internal rotation are positive on both sides, and so is knee flexion (as in
    Rajagopal2015; gait2392 has it negative). Moments without a value are left out: OpenSim's motion files know no
    missing number, its reader stops at one.

    Parameters
    ----------
    document : result whose curves to write.
    name : file name for the header.
    angles : all joint angles of the same hip rotation test, where they are at hand; otherwise the file holds the tested
        rotation alone.

    Raises
    ------
    BadInputError
        If the result was refused, or holds no joint angle over time.
    """
    if document.status == "refused":
        raise BadInputError(f"{name}: the test was refused, so there are no joint angles to hand on.")
    time_s, columns = presenter_of(document.test).coordinates(document, angles)
    rows = [
        [moment, *values]
        for moment, *values in zip(time_s, *columns.values(), strict=True)
        if all(v is not None and math.isfinite(v) for v in values)
    ]
    if not rows or not columns:
        raise BadInputError(f"{name}: this result holds no joint angles over time, so there is nothing to write.")
    lines = [
        _header_name(PurePath(name).stem),
        "version=1",
        f"nRows={len(rows)}",
        f"nColumns={len(columns) + 1}",
        "inDegrees=yes",
        "endheader",
        "\t".join(["time", *columns]),
    ]
    lines += ["\t".join([f"{moment:.6f}", *(f"{v:.4f}" for v in values)]) for moment, *values in rows]
    return "\n".join(lines) + "\n"


def _header_name(name: str) -> str:
    """Keep a file name from breaking the header it stands in."""
    return "".join(c for c in PurePath(name).name if c.isprintable()) or "rom_vision"
