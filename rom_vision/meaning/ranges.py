"""What a straight leg raise and a toe touch mean, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from rom_vision.meaning.base import Meaning
from rom_vision.meaning.change import LEG_RAISE_ERROR
from rom_vision.meaning.norms import Sex
from rom_vision.meaning.sides import compare_sides
from rom_vision.meaning.statements import Interpretation, Statement, value_words
from rom_vision.results.document import Result
from rom_vision.results.parts import Measure

__all__ = ["LegRaiseMeaning", "ToeTouchMeaning"]


class LegRaiseMeaning(Meaning):
    """The sentences of the straight leg raise."""

    method = (
        "The thigh against the floor, read from the side by body landmarks that a neural network finds in the video; "
        "the raise ends where the knee bends. How much of it the pelvis gives by rolling back one camera cannot see."
    )

    def interpret(
        self,
        result: Result,
        known: Sequence[Result] = (),
        *,
        sex: Sex | None = None,
        age_years: int | None = None,
    ) -> Interpretation:
        """Say what one straight leg raise means; the published values are of passive raises."""
        found = super().interpret(result, known, sex=sex, age_years=age_years)
        said = list(found.statements)
        value = result.measure("leg_raise")
        if result.status == "measured" and value is not None and result.mode == "active":
            text = "The band was drawn for passive raises, in which a helper lifts the leg; an active one reads less."
            said.append(Statement("place", text))
        low = any(s.topic == "place" and s.colour in ("marked", "low") for s in said)
        return Interpretation(tuple(said), (*found.codes, *(("leg_raise_low",) if low else ())))

    def sides(self, left: Result, right: Result, mdc95: float) -> Interpretation:  # noqa: ARG002
        """Compare the two legs: how far the error of this test alone would explain the difference."""
        one, other = left.measure("leg_raise"), right.measure("leg_raise")
        if one is None or other is None or one.ci95 is None or other.ci95 is None:
            return Interpretation((), ())
        between = compare_sides(one, other, LEG_RAISE_ERROR.mdc95_default_deg)
        side = "right" if between.difference_deg > 0 else "left"
        text = f"Straight leg raise: the {side} leg goes up {value_words(abs(between.difference_deg))} further; "
        text += f"measurement error alone explains up to {value_words(between.error_deg)}. "
        real = abs(between.difference_deg) > between.error_deg
        text += "That is beyond error." if real else "That is no difference that this test can tell."
        return Interpretation((Statement("sides", text, "low" if real else "ok"),), ())


class ToeTouchMeaning(Meaning):
    """The sentences of the toe touch."""

    method = (
        "Height of the fingertips over the floor, read from the side by body landmarks that a neural network finds in "
        "the video; the scale comes from the stature that was given, or from the leg."
    )

    def interpret(
        self,
        result: Result,
        known: Sequence[Result] = (),
        *,
        sex: Sex | None = None,
        age_years: int | None = None,
    ) -> Interpretation:
        """Say what one toe touch means: there is no general norm, so it is compared with the person's own."""
        found = super().interpret(result, known, sex=sex, age_years=age_years)
        value = result.measure("fingertip_to_floor")
        if result.status != "measured" or value is None:
            return found
        return Interpretation((*found.statements, *_of_the_floor(value)), found.codes)


def _of_the_floor(m: Measure) -> list[Statement]:
    text = (
        "Below 0 the fingertips reach past the soles. There is no general norm: 33 young adults reached -3 ± 8 cm. "
        "What limits it are mostly the hips and the backs of the thighs, less the lower back "
        "(Kippers and Parker 1987). Compare it above all with your own earlier values."
    )
    return [Statement("published", text)] if m.unit == "cm" else []
