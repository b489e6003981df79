"""Kept landmarks played as a camera: what the live test shows of them, and what would be saved."""

from dataclasses import dataclass, replace

import numpy as np

from rom_vision.camera import Camera
from rom_vision.pipeline.run import analyse
from rom_vision.pose.subject import PoseCandidate
from rom_vision.ui.live.guide import Look
from rom_vision.ui.live.hip_guide import HipGuide

LOOPS = 4


@dataclass(frozen=True)
class Play:
    """``advice`` and ``time_s`` of every moment, of the last recording on; ``saved`` is its document."""

    time_s: np.ndarray
    advice: list
    saved: object

    @property
    def shown_deg(self):
        return np.array([np.nan if a.rotation_deg is None else a.rotation_deg for a in self.advice])

    def of(self, repetition):
        """What was shown of a saved repetition, positive: (over its hold, at most)."""
        sign = 1 if repetition.quantity == "internal_rotation" else -1
        shown = sign * self.shown_deg
        hold = (self.time_s >= repetition.hold_start_s) & (self.time_s <= repetition.hold_end_s)
        whole = (self.time_s >= repetition.start_s) & (self.time_s <= repetition.end_s)
        return float(np.nanmedian(shown[hold])), float(np.nanmax(shown[whole]))


def play(track, position, side, *, directions=("internal",), loops=LOOPS):
    """Play a track again and again until the test is done; None when it never starts."""
    guide = HipGuide(position, (side,), directions=directions)
    size = (track.width_px, track.height_px)
    camera = Camera.from_hfov(*size)
    length_s = track.time_s[-1] - track.time_s[0] + float(np.diff(track.time_s).mean())
    rows, times, advice = [], [], []
    for k in range(loops * len(track)):
        loop, i = divmod(k, len(track))
        times.append(track.time_s[i] - track.time_s[0] + loop * length_s)
        pose = None
        if track.found[i]:
            pose = PoseCandidate(
                track.image_px[i].astype(np.float32),
                track.visibility[i].astype(np.float32),
                track.world_m[i].astype(np.float32),
                outline=track.outline[i].astype(np.float32),
            )
        rows.append(i)
        advice.append(guide.update(Look(times[-1], size, camera, pose)))
        if advice[-1].stage == "done":
            break
    recorded = [k for k, a in enumerate(advice) if a.recording]
    if not recorded:
        return None
    before = [k for k, a in enumerate(advice) if not a.recording and a.stage != "done"]
    first = int(np.searchsorted(times, times[max(before) + 1] - 2.0)) if before else 0
    rows, times, advice = rows[first:], np.array(times[first:]) - times[first], advice[first:]
    recording = replace(
        track,
        time_s=times,
        image_px=track.image_px[rows],
        visibility=track.visibility[rows],
        world_m=track.world_m[rows],
        damaged=track.damaged[rows],
        repeated=track.repeated[rows],
        outline=track.outline[rows],
    )
    saved = analyse(recording, "hip_rotation", {"position": position, "side": side}).document
    return Play(times, advice, saved)
