"""Are repetitions that were filmed for other studies counted rightly by the drills? Sitting swings, and squats.

``python -m validation.studies.drills_kept`` counts the kept landmarks of the hip and squat studies as the two drills do
that they come nearest to, and freezes the table. Those people were asked for neither the drills' hold nor their slow
pace, so both are left aside. The drills were not tuned on them, but for one thing that is to be known: after a first
look at this table the squat's limits for shift and trunk were widened, to values that fit the learning set of squats.
That squats before a camera that stands aside were corrected wrongly was seen here, too, and mended on the learning set.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rom_vision.camera import Camera
from rom_vision.drills.book import find_drill
from rom_vision.drills.recorded import count_set
from rom_vision.drills.training import SetDone
from rom_vision.pose.track import PoseTrack
from validation.studies.movement_tracks import load

__all__ = ["RESULTS", "count", "table"]

_HERE = Path(__file__).parents[1]
TRACKS, RESULTS = _HERE / "tracks", _HERE / "results"
_GROUPS = {"seated": "clean", "repeat_first": "clean", "repeat_again": "clean", "seated_hike": "pelvis"}
_LEAST_DEG = 16.0
"""Smaller swings are no lifts of the drill, which begin at 12 degrees from rest: such recordings are left out."""
STRAIGHT_DEG = 12.0
_FAULTS = {"sound": "clean", "knee_out": "clean", "knee_in": "knee", "shift": "shift"}


@dataclass(frozen=True)
class Counted:
    """One recording: the drill, what was done (clean, or a cheat), how many repetitions were, and what was counted.

    ``aside`` says that the camera stood more than `STRAIGHT_DEG` beside straight in front, where a drill wants it.
    """

    drill: str
    done: str
    aside: bool
    repetitions: int
    found: SetDone


def _without_pace(code: str) -> Any:
    drill = find_drill(code)
    assert drill is not None
    return replace(drill, hold_s=0.0, least_s=0.0)


def _seated() -> Iterator[Counted]:
    drill = _without_pace("seated_ir_lift")
    for group, done in _GROUPS.items():
        for path in sorted(TRACKS.glob(f"{group}_[0-9]*.json")):
            truth = json.loads(path.read_text(encoding="utf-8"))
            ways = [r["rotation_deg"] - truth["rest_deg"] for r in truth["repetitions"]]
            if min(ways) < _LEAST_DEG:
                continue
            track = PoseTrack.load(path.with_suffix(".npz"))
            lens = Camera.from_hfov(track.width_px, track.height_px)
            aside = abs(truth["camera"]["yaw_deg"]) > STRAIGHT_DEG
            yield Counted(drill.code, done, aside, len(ways), count_set(track, drill, truth["side"], lens))


def _squats() -> Iterator[Counted]:
    drill = _without_pace("box_squat")
    for kept in load("report"):
        case = kept.case
        if case.kind != "squat" or case.view != "front" or (case.fault or "sound") not in _FAULTS:
            continue
        lens = Camera.from_hfov(kept.track.width_px, kept.track.height_px)
        found = count_set(kept.track, drill, None, lens)
        aside = abs(kept.info["azimuth_deg"]) > STRAIGHT_DEG
        yield Counted(drill.code, _FAULTS[case.fault or "sound"], aside, kept.info["repetitions"], found)


def count() -> list[Counted]:
    """Count every recording."""
    return [*_seated(), *_squats()]


def table(counted: list[Counted]) -> dict[str, Any]:
    """Sum up by drill and by what was done."""
    rows: dict[str, Any] = {}
    for one in counted:
        row = rows.setdefault(one.drill, {}).setdefault(
            f"{one.done} {'aside' if one.aside else 'straight'}",
            {"recordings": 0, "counted_exactly": 0, "repetitions": 0, "spoiled": 0, "unjudged": 0, "by": {}},
        )
        spoiled = one.found.spoiled
        row["recordings"] += 1
        row["counted_exactly"] += one.found.counted + sum(spoiled.values()) == one.repetitions
        row["repetitions"] += one.repetitions
        row["spoiled"] += sum(spoiled.values())
        row["unjudged"] += one.found.unjudged
        for code, n in spoiled.items():
            row["by"][code] = row["by"].get(code, 0) + n
    return rows


def as_markdown(rows: dict[str, Any]) -> str:
    """Return the table for people."""
    lines = [
        "| drill | done | camera | recordings | counted exactly | repetitions | not counted | why | not all judged |",
        "|---|---|---|--:|--:|--:|--:|---|--:|",
    ]
    for code, kinds in rows.items():
        drill = find_drill(code)
        assert drill is not None
        words = {cheat.code: cheat.words for cheat in drill.cheats}
        for kind, row in sorted(kinds.items()):
            done, camera = kind.split()
            why = ", ".join(f"{n} {words[c]}" for c, n in row["by"].items())
            figures = [str(row[name]) for name in ("recordings", "counted_exactly", "repetitions", "spoiled")]
            cells = [drill.name, words.get(done, "cleanly"), camera, *figures, why, f"{row['unjudged']}"]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Count and freeze."""
    rows = table(count())
    (RESULTS / "drills_kept.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    (RESULTS / "drills_kept.md").write_text(as_markdown(rows), encoding="utf-8")
    print(as_markdown(rows))  # noqa: T201


if __name__ == "__main__":
    main()
