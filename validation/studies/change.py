"""How often a change is called real when there is none, and how often a real one is recognised.

``python -m validation.studies.change`` simulates people whose measurement error and true change are known, asks
`rom_vision.meaning.change` for its verdicts, and freezes ``results/change.json`` and ``change.md``. Every person has a
systematic error of their own that is the same in every session (3 degrees), an error of every session (camera put up
again, another day) and one of every repetition; three repetitions a session.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np

from rom_vision.meaning.change import ROTATION_ERROR, Reading, assess_change
from validation.studies.accuracy import RESULTS

__all__ = ["SCENARIOS", "Scenario", "run", "simulate"]

PEOPLE = 2000
START = datetime(2026, 1, 5, 9, tzinfo=timezone.utc)
SYSTEMATIC_DEG = 3.0
HALF_WIDTH_DEG = 7.0
"""Half the usual width of a value's own 95 % interval."""
DETECTABLE_DEG = assess_change([Reading(START, 30.0, None, (29.0, 30.0, 31.0))]).mdc95_deg
"""Least detectable change before anything is known of a person, as the program states it."""

MONTH, BASELINE, WEEKLY = (0, 28), (0, 3, 7, 28), tuple(range(0, 70, 7))
MONTHLY = tuple(range(0, 28 * 6, 28))
AS_ASSUMED = (ROTATION_ERROR.repetition_deg, ROTATION_ERROR.session_deg)


@dataclass(frozen=True)
class Scenario:
    """People of one kind.

    Attributes
    ----------
    title : for the table.
    days : when they are tested.
    error_deg : standard deviation of a repetition and of a session, degrees.
    spread : by how much people differ from that (standard deviation of the logarithm).
    gain_deg : true change on a day of the series, from the first day; None if nothing changes.
    """

    title: str
    days: tuple[int, ...]
    error_deg: tuple[float, float] = AS_ASSUMED
    spread: float = 0.0
    gain_deg: Callable[[int], float] | None = None


def _from_day(day: int, size_deg: float) -> Callable[[int], float]:
    return lambda at: size_deg if at >= day else 0.0


_REAL = 1.5 * DETECTABLE_DEG
SCENARIOS = (
    Scenario("two sessions", MONTH),
    Scenario("two sessions, people differ by a quarter", MONTH, spread=0.25),
    Scenario("three sessions to start with, one later", BASELINE),
    Scenario("three to start with, people differ by a quarter", BASELINE, spread=0.25),
    Scenario("six monthly sessions", MONTHLY),
    Scenario("six monthly sessions, people differ by a quarter", MONTHLY, spread=0.25),
    Scenario("ten weekly sessions", WEEKLY),
    Scenario("ten weekly sessions, people differ by a quarter", WEEKLY, spread=0.25),
    Scenario("ten weekly sessions, steady people", WEEKLY, (1.5, 1.5)),
    Scenario("two sessions, errors a tenth larger than assumed", MONTH, (2.2, 2.75)),
    Scenario("ten weekly sessions, errors a fifth larger than assumed", WEEKLY, (2.4, 3.0)),
    Scenario("two sessions, change of 1.5 MDC95", MONTH, gain_deg=_from_day(28, _REAL)),
    Scenario("three to start with, change of 1.5 MDC95", BASELINE, gain_deg=_from_day(28, _REAL)),
    Scenario("the same, tested once more", (*BASELINE, 35), gain_deg=_from_day(28, _REAL)),
    Scenario("ten weekly sessions, change of 1.5 MDC95 before the last", WEEKLY, gain_deg=_from_day(63, _REAL)),
    Scenario("ten weekly sessions, gain of 1 degree a week", WEEKLY, gain_deg=lambda day: day / 7),
)


def simulate(scenario: Scenario, people: int = PEOPLE, seed: int = 1) -> dict[str, Any]:
    """Return the share of each verdict on the last session of ``people`` people."""
    rng = np.random.default_rng([seed, *scenario.title.encode()])
    verdicts = [assess_change(_series(rng, scenario)).verdict for _ in range(people)]
    shares = {v: verdicts.count(v) / people for v in ("no_change", "within_noise", "possible")}
    shares |= {v: verdicts.count(v) / people for v in ("likely_real", "confirmed")}
    spoke = shares["likely_real"] + shares["confirmed"]
    rounded = {name: round(share, 4) for name, share in shares.items()}
    return {
        "title": scenario.title,
        "changed": scenario.gain_deg is not None,
        **rounded,
        "called_real": round(spoke, 4),
    }


def _series(rng: np.random.Generator, scenario: Scenario) -> list[Reading]:
    """One person's sessions."""
    repetition_sd, session_sd = np.array(scenario.error_deg) * np.exp(scenario.spread * rng.normal(size=2))
    truth = 30 + rng.normal(0, SYSTEMATIC_DEG)
    series = []
    for day in scenario.days:
        gain = scenario.gain_deg(day) if scenario.gain_deg else 0.0
        repetitions = truth + gain + rng.normal(0, session_sd) + rng.normal(0, repetition_sd, 3)
        value = float(repetitions.mean())
        half = HALF_WIDTH_DEG * float(np.exp(rng.normal(0, 0.05)))
        moment = START + timedelta(days=day)
        series.append(Reading(moment, value, (value - half, value + half), tuple(map(float, repetitions))))
    return series


def run(people: int = PEOPLE) -> dict[str, Any]:
    """All scenarios."""
    rows = [simulate(scenario, people) for scenario in SCENARIOS]
    return {"people": people, "mdc95_deg": DETECTABLE_DEG, "scenarios": rows}


def markdown(result: dict[str, Any]) -> str:
    """Return the shares as a Markdown table."""
    lines = [
        "| people who do not change | called likely real or confirmed |",
        "|---|--:|",
        *(f"| {r['title']} | {100 * r['called_real']:.1f} % |" for r in result["scenarios"] if not r["changed"]),
        "",
        "| people who change | called likely real or confirmed | confirmed |",
        "|---|--:|--:|",
        *(
            f"| {r['title']} | {100 * r['called_real']:.0f} % | {100 * r['confirmed']:.0f} % |"
            for r in result["scenarios"]
            if r["changed"]
        ),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Rerun the study from the command line."""
    result = run()
    (RESULTS / "change.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    table = markdown(result)
    (RESULTS / "change.md").write_text(table, encoding="utf-8")
    sys.stdout.write(table)


if __name__ == "__main__":
    main()
