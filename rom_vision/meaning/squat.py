"""What a squat screen means, and what the hips measured in the same session have to do with it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rom_vision.meaning.base import Meaning, finding_statements
from rom_vision.meaning.norms import Sex, load_norms
from rom_vision.meaning.statements import Interpretation, Statement, seen_from, value_words
from rom_vision.results.document import Result
from rom_vision.results.parts import View

__all__ = ["SquatMeaning"]

_BESIDE = "What was found can go with little internal rotation of the"
_OF_HIPS = re.compile(rf"{_BESIDE} |Internal rotation of the (left|right)( and (left|right))? hips? (is|was) ")
_HIP_LINKED = ("knee_valgus", "lateral_shift", "foot_turnout")


class SquatMeaning(Meaning):
    """The sentences of the squat screen."""

    method = (
        "A squat is screened from body landmarks that a neural network finds in the video: a finding is a change from "
        "this person's own standing beyond its threshold, with its 95 % interval. What the view cannot show is listed "
        "as not assessable, never as normal."
    )

    def name(self, result: Result) -> str:  # noqa: ARG002
        """Name the test."""
        return "Squat"

    def interpret(
        self,
        result: Result,
        known: Sequence[Result] = (),
        *,
        sex: Sex | None = None,
        age_years: int | None = None,  # noqa: ARG002
    ) -> Interpretation:
        """Say what a squat screen means; hip rotations among the ``known`` results may explain it."""
        if result.status == "refused":
            return Interpretation((Statement("result", f"Squat: not screened. {' '.join(result.reasons)}"),), ())
        n = sum(r.valid for r in result.repetitions)
        seen = seen_from(result.view or View("unknown", None))
        said = [Statement("result", f"Squat, {seen}: {n} repetition{'' if n == 1 else 's'}.")]
        said += finding_statements(result)
        found = [f for f in result.findings if f.severity in ("mild", "marked")]
        sides = linked_sides(result)
        said += _hip_links(sides, known, sex)
        if sides:
            said.append(
                Statement(
                    "caution", "How the knees move in a squat describes a movement; it does not predict an injury."
                )
            )
        return Interpretation(tuple(said), tuple(dict.fromkeys(f.code for f in found)))

    def beside(self, result: Result, known: Sequence[Result]) -> tuple[str, ...]:
        """Point to the hips where knees, pelvis or feet do what little internal rotation often goes with."""
        sides = linked_sides(result)
        if not sides:
            return ()
        if any(r.measure("internal_rotation") for r in known):
            return tuple(s.text for s in _hip_links(sides, known, None))
        hips = " and ".join(sides) + (" hips" if len(sides) > 1 else " hip")
        return (f"{_BESIDE} {hips}, which this screen does not measure: the seated hip rotation test would tell.",)

    def still_said(self, result: Result, known: Sequence[Result]) -> tuple[str, ...]:  # noqa: ARG002
        """Leave out what was said of the hips when it was measured: `interpret` says it of the whole session."""
        return tuple(text for text in result.warnings if not _OF_HIPS.match(text))


def linked_sides(result: Result) -> list[str]:
    """Return the sides on which something was found that little internal rotation often goes with."""
    linked = [f for f in result.findings if f.severity in ("mild", "marked") and f.code in _HIP_LINKED]
    return sorted({side for f in linked for side in (("left", "right") if f.side == "both" else (f.side,))})


def _hip_links(sides: Sequence[str], known: Sequence[Result], sex: Sex | None) -> list[Statement]:
    """Say what is known of the internal rotation of the hips above the knees or feet that stood out."""
    said, unknown = [], []
    for side in sides:
        measured = [(r, m) for r in known if r.side == side and (m := r.measure("internal_rotation")) is not None]
        if not measured:
            unknown.append(side)
            continue
        rotation, m = measured[0]
        band = load_norms().band(rotation.position, sex)
        low = band is not None and m.interval[1] < band.low_below_deg
        verdict = "is low, which may play a part" if low else "was not found low"
        said.append(f"Internal rotation of the {side} hip {verdict} ({value_words(m.value)}).")
    if unknown:
        hips = f"{' and '.join(unknown)} hip{'s' if len(unknown) > 1 else ''}"
        said.append(f"Internal rotation of the {hips} was not measured: the seated test would say more.")
    return [Statement("hip_link", text) for text in said]
