"""What a hip rotation test means: against the band, the two directions, the two sides, the pelvis."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from rom_vision.meaning.base import Meaning, placed_words, published, refused
from rom_vision.meaning.norms import Placement, Sex, load_norms, place
from rom_vision.meaning.sides import SideDifference, compare_sides, rotation_balance_deg, total_arc
from rom_vision.meaning.statements import Interpretation, Statement, range_words, value_words
from rom_vision.results.document import Result
from rom_vision.results.parts import Measure

__all__ = ["HipRotationMeaning", "interpret_sides"]

MOTIONS = ("internal_rotation", "external_rotation")


class HipRotationMeaning(Meaning):
    """The sentences of the hip rotation test."""

    method = (
        "Hip rotation is measured from the video of one camera: a model of both legs is fitted to body landmarks found "
        "by a neural network, and internal rotation is read from it as the third angle of the hip after the ISB "
        "convention (Wu 2002), relative to the pelvis. The value is the mean of the valid repetitions; its 95 % "
        "interval holds the systematic error of the landmarks as well as the spread of the repetitions. Goniometers "
        "and inclinometers read against gravity and differ from each other by some 5°, so values are best compared "
        "with the person's own, from the same camera set-up."
    )
    gain = (
        " Restricted hips usually gain 0.5 to 1.5 degrees a week, so that a real change can be told from noise after "
        "four to eight weeks."
    )

    def name(self, result: Result) -> str:
        """Name a test, e.g. 'Left hip rotation, seated, active'."""
        side = (result.side or "").capitalize()
        return f"{side} hip rotation, {result.position}, {result.mode}"

    def interpret(
        self,
        result: Result,
        known: Sequence[Result] = (),
        *,
        sex: Sex | None = None,
        age_years: int | None = None,
    ) -> Interpretation:
        """Say what one hip rotation test means; ``sex`` selects the band for women where known."""
        name = self.name(result)
        if result.status == "refused":
            return refused(f"{name}: not measured. {' '.join(result.reasons)}")
        said: list[Statement] = []
        codes: list[str] = []
        for motion in MOTIONS:
            m = result.measure(motion)
            if m is None:
                continue
            said.append(Statement("result", _value_sentence(name, m)))
            if motion == "internal_rotation":
                more, found = _placed(result, m, sex)
                said += more
                codes += found
            elif m.interval[1] < load_norms().rule("external_low_below_deg"):
                said.append(Statement("place", "External rotation is low (below 25°, our own heuristic).", "low"))
                codes.append("external_rotation_low")
            said += published(result, m, sex, age_years)
        for more, found in (_balance(result), _compensation(result)):
            said += more
            codes += found
        said += _retest(result, known, sex)
        return Interpretation(tuple(said), tuple(codes))

    def sides(self, left: Result, right: Result, mdc95: float) -> Interpretation:
        """Compare the two hips of one session in each direction that both have."""
        said: list[Statement] = []
        codes: list[str] = []
        for motion in MOTIONS:
            one, other = left.measure(motion), right.measure(motion)
            if one is not None and other is not None:
                statement, found = interpret_sides(compare_sides(one, other, mdc95), one.words)
                said.append(statement)
                codes += found
        return Interpretation(tuple(said), tuple(codes))


def _value_sentence(name: str, m: Measure) -> str:
    repetitions = "one repetition" if m.n_repetitions == 1 else f"{m.n_repetitions} repetitions"
    best = value_words(m.value if m.best is None else m.best)
    interval = range_words(m.interval)
    return f"{name}: {m.words} {value_words(m.value)} (95 % interval {interval}), mean of {repetitions}; best {best}."


def _placed(result: Result, m: Measure, sex: Sex | None) -> tuple[list[Statement], list[str]]:
    band = load_norms().band(result.position, sex)
    if band is None:
        return [Statement("place", "There is no reference band for this position.")], []
    text, placed = placed_words(m, band)
    if result.mode == "passive":
        text += " The band was drawn for the active test; a passive one usually reads some degrees more."
    said = [Statement("place", text, placed.colour)]
    said += [Statement("caution", caution) for caution in _cautions(placed)]
    low = placed.colour in ("marked", "low") or m.value < band.band_deg[0]
    return said, ["internal_rotation_low"] if low else []


def _cautions(placed: Placement) -> Iterable[str]:
    if {"very_low", "low"} & set(placed.possible):
        yield (
            "If the end of the movement pinches in the front of the hip or the groin, stop and have the hip looked at; "
            "do not stretch into it."
        )
    if placed.colour == "marked":
        yield "This is lower than in most healthy adults measured this way."
    if placed.colour == "high":
        yield "A value this high can come from a lifted pelvis or from generally loose joints: look at the picture."


def _balance(result: Result) -> tuple[list[Statement], list[str]]:
    internal, external = result.measure("internal_rotation"), result.measure("external_rotation")
    if internal is None or external is None:
        return [], []
    arc, interval = total_arc(internal, external)
    said = [Statement("arc", f"Total arc, internal plus external: {value_words(arc)} ({range_words(interval)}).")]
    difference = rotation_balance_deg(internal, external)
    if difference is None:
        return said, []
    more, less = ("internal", "external") if difference > 0 else ("external", "internal")
    text = (
        f"{more.capitalize()} rotation is {value_words(abs(difference))} larger than {less}. Many healthy people turn "
        "further one way than the other; the number does not say why."
    )
    return [*said, Statement("balance", text)], [f"{more}_dominant"]


def _compensation(result: Result) -> tuple[list[Statement], list[str]]:
    moved, norms = result.measure("pelvis_compensation"), load_norms()
    if moved is None or abs(moved.value) <= norms.rule("pelvis_note_deg"):
        return [], []
    hike = moved.value
    way = "rose" if hike > 0 else "dropped"
    strength = "clearly" if abs(hike) > norms.rule("pelvis_marked_deg") else "slightly"
    text = (
        f"The pelvis {way} {strength} on the tested side, by {value_words(abs(hike))}. The value is measured against "
        "the pelvis, so this motion is not counted as hip rotation."
    )
    if (shank := result.measure("shank_inclination")) is not None:
        text += f" An inclinometer on the shin would have read {value_words(shank.value)}."
    return [Statement("compensation", text)], ["pelvis_hike"]


def _retest(result: Result, known: Sequence[Result], sex: Sex | None) -> list[Statement]:
    """Say what to do differently next time; ``known`` are the other results of the session."""
    norms = load_norms()
    values = [m for motion in MOTIONS if (m := result.measure(motion)) is not None]
    moved, lying = result.measure("pelvis_compensation"), result.position == "supine"
    lines = []
    if any(v.n_repetitions < norms.rule("scored_repetitions") for v in values):
        lines.append("Fewer than three repetitions counted: repeat it with three slow ones, each held two seconds.")
    if any(2 * v.half_width > norms.rule("wide_interval_deg") for v in values):
        where = "from straight above the thigh, or from behind the head" if lying else "from straight in front of the "
        where += "" if lying else "thigh, at knee height"
        lines.append(f"The interval is wide: film {where}, nearer.")
    if abs(moved.value if moved else 0.0) > norms.rule("pelvis_note_deg"):
        down = "both sides of the pelvis" if lying else "both buttocks"
        lines.append(f"Repeat it with {down} down and stop where the pelvis begins to move.")
    internal = result.measure("internal_rotation")
    if internal is not None:
        band = norms.band(result.position, sex)
        if band is not None and place(internal.value, internal.interval, band).colour == "undecided":
            lines.append("Two or three sessions within ten days make a firmer starting value than one.")
        others = [r for r in known if (r.test, r.side, r.position) == (result.test, result.side, result.position)]
        if not any(r.measure("external_rotation") for r in (result, *others)):
            lines.append("With external rotation in the same recording the total arc would be known, too.")
    return [Statement("retest", line) for line in lines]


def interpret_sides(difference: SideDifference, words: str) -> tuple[Statement, tuple[str, ...]]:
    """Put a left/right difference into words.

    Parameters
    ----------
    difference : right minus left.
    words : the motion, e.g. 'internal rotation'.
    """
    size, side = abs(difference.difference_deg), "right" if difference.difference_deg > 0 else "left"
    share = f" ({abs(difference.percent):.0f} %)" if math.isfinite(difference.percent) else ""
    text = f"{words.capitalize()}: the {side} hip turns {value_words(size)}{share} further. "
    error = f"measurement error alone explains up to {value_words(difference.error_deg)}"
    code = f"asymmetry_{words.split()[0]}"
    if difference.grade in ("symmetric", "within_error"):
        if difference.grade == "symmetric":
            text += f"That counts as symmetric ({error})."
        else:
            text += f"That would count as a difference, but {error}: repeat the test before making anything of it."
        return Statement("sides", text, "ok" if difference.grade == "symmetric" else "undecided"), ()
    if difference.grade == "small":
        return Statement("sides", text + f"A small difference, more than error ({error}) but common.", "ok"), ()
    text += f"That is beyond {'15' if difference.grade == 'red' else '10'}° and beyond error ({error}): "
    text += "a real difference between the two sides."
    return Statement("sides", text, "marked" if difference.grade == "red" else "low"), (code,)
