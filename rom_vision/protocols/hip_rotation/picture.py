"""Whether a recording of a hip rotation test shows anybody, and the leg that is tested."""

from __future__ import annotations

from rom_vision.pose.framing import inside_share
from rom_vision.pose.landmarks import Landmark
from rom_vision.pose.track import PoseTrack
from rom_vision.protocols.damage import damage_refusal
from rom_vision.results.document import Result
from rom_vision.results.parts import Mode, Position, Side

__all__ = ["not_found", "not_in_picture"]

LEG_INSIDE = 0.6
"""Share of the pictures in which hip, knee and ankle of the tested leg must lie inside the picture."""


def not_in_picture(track: PoseTrack, *, position: Position, side: Side, mode: Mode) -> Result | None:
    """Refusal of a recording in which nobody was found at all, or not the tested leg; None if it can be measured.

    Where a leg is cut off by the edge of the picture the model draws the rest of it as it thinks best.
    """
    reason = None
    leg = [Landmark[f"{side.upper()}_{name}"] for name in ("HIP", "KNEE", "ANKLE")]
    if not track.found.any():
        reason = " ".join(damage_refusal(track.time_s, track.unsound) or [not_found(0.0)])
    elif inside_share(track, leg) < LEG_INSIDE:
        out = [m for m in leg if inside_share(track, [m]) < LEG_INSIDE] or leg
        names = " and ".join(m.name.split("_")[1].lower() for m in out)
        reason = (
            f"The {side} leg is not in the picture ({names} cut off). Move the camera so that both hips, knees and"
            " ankles are, from the first to the last picture."
        )
    if reason is None:
        return None
    unseen = tuple(None for _ in track.time_s)
    return Result(
        test="hip_rotation",
        options={"position": position, "side": side, "mode": mode},
        status="refused",
        reasons=(reason,),
        series={
            "time_s": tuple(round(float(t), 4) for t in track.time_s),
            "hip_rotation_deg": unseen,
            "hip_rotation_sd_deg": unseen,
        },
    )


def not_found(share: float) -> str:
    """Say in how much of a recording somebody was found, and what to do."""
    how_often = f"The person was found in only {100 * share:.0f} % of the pictures." if share else "Nobody was found."
    return f"{how_often} Film one person, the whole body from shoulders to feet in the picture, in good light."
