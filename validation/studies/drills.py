"""Are drills counted and corrected rightly? Filmed synthetic people, each drill cleanly and with each cheat.

``python -m validation.studies.drills --render`` films what is missing; without it the kept landmarks are counted again
and the table is frozen. People of the sets "try", "again" and "mat_try" served to look for faults; only those of
`REPORTED` are reported, as far as they are filmed.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rom_vision.camera import Camera
from rom_vision.drills.book import find_drill
from rom_vision.drills.drill import GuidedDrill
from rom_vision.drills.recorded import count_set
from rom_vision.drills.training import SetDone
from rom_vision.pose.track import PoseTrack
from validation.scenes.drill_clips import CHEATS, REPETITIONS, write_drill
from validation.scenes.mat_drills import MAT_CHEATS
from validation.studies.trials import compact

__all__ = ["Case", "cases", "count", "table"]

_HERE = Path(__file__).parents[1]
TRACKS, RESULTS = _HERE / "tracks" / "drills", _HERE / "results"
_MAT = ("ninety_ninety", "wall_leg_rotation", "clamshell")
FPS = 12.0
_FPS = {"supine_passive_rotation": 4.0, **dict.fromkeys(_MAT, 8.0)}
"""Half a minute of holding needs fewer pictures, and a slow machine gives fewer."""
MODEL = "full"
"""The lighter model, which a slow machine looks with in the live drill."""
_UPRIGHT = ("seated_ir_lift", "box_squat", "hip_cars")
_SETS: dict[str, tuple[int, dict[str, tuple[int, int]]]] = {
    "try": (8100, dict.fromkeys(_UPRIGHT, (1, 1))),
    "report": (8300, dict.fromkeys(_UPRIGHT, (6, 3))),
    "more": (8700, dict.fromkeys(_UPRIGHT, (6, 3))),
    "again": (21100, {"hip_cars": (4, 4), "supine_passive_rotation": (4, 4)}),
    "mat_try": (20100, dict.fromkeys(MAT_CHEATS, (2, 1))),
    "mat": (20500, {"supine_passive_rotation": (15, 5), **dict.fromkeys(_MAT, (12, 9))}),
}
"""First seed, and of each drill the clean recordings and those of each cheat."""
REPORTED = ("report", "more", "mat")
_NOT_JUDGED = {
    "supine_passive_rotation": {"pelvis": "pelvis lifted, not judged"},
    "wall_leg_rotation": {"knee": "knees bent, not judged"},
}
"""Cheats that were filmed, found too seldom, and are no longer judged: their words, by drill."""


@dataclass(frozen=True)
class Case:
    """One recording."""

    drill: str
    seed: int
    cheat: str | None

    @property
    def path(self) -> Path:
        """Where its landmarks are kept."""
        return TRACKS / f"{self.drill}_{self.seed}.npz"


def cases(name: str) -> list[Case]:
    """Return the recordings of a set, every person in one of them."""
    first, wanted = _SETS[name]
    found = []
    for k, (drill, cheats) in enumerate(CHEATS.items()):
        clean, each = wanted.get(drill, (0, 0))
        done = [None] * clean + [cheat for cheat in cheats for _ in range(each)]
        found += [Case(drill, first + 50 * k + i, cheat) for i, cheat in enumerate(done)]
    return found


def _drill(code: str) -> GuidedDrill:
    drill = find_drill(code)
    assert drill is not None
    return drill


def film(case: Case) -> dict[str, Any]:
    """Draw a case, keep its landmarks, return its record."""
    from rom_vision.pipeline.run import track_video

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "drill.mp4"
        side, azimuth_deg = write_drill(case.drill, case.seed, case.cheat, path, _FPS.get(case.drill, FPS))
        track = track_video(path, model=MODEL, lying=_drill(case.drill).lying)
    TRACKS.mkdir(exist_ok=True)
    compact(track).save(case.path)
    return asdict(case) | {"side": side, "azimuth_deg": round(azimuth_deg, 1)}


def film_missing(name: str, minutes: float) -> None:
    """Film what is missing for about so many minutes."""
    end = time.monotonic() + 60 * minutes
    record = _record(name)
    for case in _turn_by_turn(cases(name)):
        if f"{case.drill}_{case.seed}" in record:
            continue
        if time.monotonic() > end:
            return
        record[f"{case.drill}_{case.seed}"] = film(case)
        lines = ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in sorted(record.items()))
        _record_path(name).write_text("{\n" + lines + "\n}\n", encoding="utf-8")
        print(f"{name}: {len(record)} of {len(cases(name))} ({case})", flush=True)  # noqa: T201


def _turn_by_turn(all_cases: list[Case]) -> list[Case]:
    """Put cases in an order in which what is filmed so far is always like the whole."""
    alike = Counter((case.drill, case.cheat) for case in all_cases)
    before: Counter[tuple[str, str | None]] = Counter()
    ranked = []
    for case in all_cases:
        kind = case.drill, case.cheat
        ranked.append(((before[kind] + 0.5) / alike[kind], case.seed, case))
        before[kind] += 1
    return [case for _, _, case in sorted(ranked, key=lambda r: r[:2])]


def _record_path(name: str) -> Path:
    return TRACKS.with_name(f"drills_{name}.json")


def _record(name: str) -> dict[str, dict[str, Any]]:
    path = _record_path(name)
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def count(name: str) -> list[tuple[Case, SetDone]]:
    """Count every recording of a set again."""
    found = []
    for kept in _record(name).values():
        case = Case(kept["drill"], kept["seed"], kept["cheat"])
        drill = _drill(case.drill)
        track = PoseTrack.from_bytes(case.path.read_bytes(), name=case.path.name)
        side = kept["side"] if kept["side"] in ("left", "right") else None
        found.append((case, count_set(track, drill, side, Camera.from_hfov(track.width_px, track.height_px))))
    return found


def table(counted: Sequence[tuple[Case, SetDone]]) -> dict[str, Any]:
    """Sum up: recordings counted exactly, repetitions with a cheat that were found so, clean ones corrected."""
    rows = {}
    for drill in CHEATS:
        own = [(case, done) for case, done in counted if case.drill == drill]
        clean = [done for case, done in own if case.cheat is None]
        tries = [done.counted + sum(done.spoiled.values()) for _, done in own]
        cheats = {}
        for cheat in CHEATS[drill]:
            sets = [done for case, done in own if case.cheat == cheat]
            named: Counter[str] = sum((Counter(done.spoiled) for done in sets), Counter())
            cheats[cheat] = {
                "repetitions": REPETITIONS[drill] * len(sets),
                "spoiled": sum(named.values()),
                "named_rightly": named[cheat],
            }
        rows[drill] = {
            "recordings": len(own),
            "counted_exactly": sum(n == REPETITIONS[drill] for n in tries),
            "clean_repetitions": REPETITIONS[drill] * len(clean),
            "clean_corrected": sum(sum(done.spoiled.values()) for done in clean),
            "cheats": cheats,
        }
    return {"model": MODEL, "fps": FPS, "drills": rows}


def as_markdown(found: dict[str, Any]) -> str:
    """Return the table for people."""
    lines = [
        "| drill | recordings | counted exactly | clean repetitions corrected | cheat: found (rightly named) |",
        "|---|--:|--:|--:|---|",
    ]
    for code, row in found["drills"].items():
        drill = _drill(code)
        words = {c.code: c.words for c in drill.cheats} | _NOT_JUDGED.get(code, {})
        cheats = "; ".join(
            f"{words[cheat]}: {c['spoiled']} of {c['repetitions']} ({c['named_rightly']})"
            for cheat, c in row["cheats"].items()
            if c["repetitions"]
        )
        lines.append(
            f"| {drill.name} | {row['recordings']} | {row['counted_exactly']} | "
            f"{row['clean_corrected']} of {row['clean_repetitions']} | {cheats} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Film, or count and freeze."""
    parser = argparse.ArgumentParser(description="Film drills, or count the filmed ones and freeze the table.")
    parser.add_argument("--set", choices=list(_SETS), default="report")
    parser.add_argument("--render", action="store_true", help="film what is missing")
    parser.add_argument("--minutes", type=float, default=1e6, help="begin no recording after so many minutes")
    asked = parser.parse_args()
    if asked.render:
        film_missing(asked.set, asked.minutes)
    reported = asked.set in REPORTED
    counted = [one for name in (REPORTED if reported else (asked.set,)) for one in count(name)]
    found = table(counted)
    if reported:
        (RESULTS / "drills.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        (RESULTS / "drills.md").write_text(as_markdown(found), encoding="utf-8")
    else:
        for case, done in counted:
            print(case, done.counted, done.spoiled, done.ranges)  # noqa: T201
    print(as_markdown(found))  # noqa: T201


if __name__ == "__main__":
    main()
