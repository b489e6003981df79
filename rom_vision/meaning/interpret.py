"""From a result to plain sentences: where it lies, how sure that is, what to look at and what to measure again."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rom_vision.meaning.change import ROTATION_ERROR
from rom_vision.meaning.norms import Colour, Motion, NormStudy, Placement, Sex, Zone, load_norms, place
from rom_vision.meaning.sides import SideDifference, compare_sides, half_width, rotation_balance_deg, total_arc
from rom_vision.results.document import Document, HipRotationDocument, SquatDocument
from rom_vision.results.parts import HipRotationResult, RotationValue, SquatResult, View

__all__ = [
    "Interpretation",
    "Statement",
    "Topic",
    "interpret_rotation",
    "interpret_session",
    "interpret_sides",
    "interpret_squat",
    "seen_from",
    "side_pairs",
    "test_name",
]

Topic = Literal[
    "result",
    "place",
    "published",
    "arc",
    "balance",
    "sides",
    "compensation",
    "finding",
    "hip_link",
    "retest",
    "caution",
]
Rotation = HipRotationResult | HipRotationDocument
Squat = SquatResult | SquatDocument

MOTIONS: tuple[tuple[Motion, str], ...] = (
    ("internal_rotation", "internal rotation"),
    ("external_rotation", "external rotation"),
)
_ZONE_WORDS: dict[Zone, str] = {
    "very_low": "markedly low",
    "low": "low",
    "lower_normal": "lower normal",
    "in_band": "the reference band",
    "upper_normal": "upper normal",
    "high": "high",
}
_RETEST = (
    "Test again at most once a week, at the same time of day, after the same warm-up and on the same seat; compare "
    "formally every four weeks."
)
_GAIN = (
    " Restricted hips usually gain 0.5 to 1.5 degrees a week, so that a real change can be told from noise after four "
    "to eight weeks."
)


@dataclass(frozen=True)
class Statement:
    """One plain sentence or two. ``colour`` is set only where the whole interval agrees on it."""

    topic: Topic
    text: str
    colour: Colour | None = None


@dataclass(frozen=True)
class Interpretation:
    """What a result means. ``codes`` name what was found, for `rom_vision.meaning.advice`."""

    statements: tuple[Statement, ...]
    codes: tuple[str, ...]


def test_name(result: Rotation | Squat) -> str:
    """Name a test for people, e.g. 'Left hip rotation, seated, active'."""
    if isinstance(result, (SquatResult, SquatDocument)):
        return "Squat"
    return f"{result.side.capitalize()} hip rotation, {result.position}, {result.mode}"


test_name.__test__ = False  # type: ignore[attr-defined]  # pytest would collect it wherever a test imports it


def seen_from(view: View) -> str:
    """Name the direction of a squat video for people, e.g. 'seen from the left side'."""
    words = {"front": "the front", "back": "behind", "oblique": "an oblique angle", "unknown": "an unknown direction"}
    return f"seen from {words.get(view.name) or 'the ' + view.name[:60].replace('_', ' ')}"


def _deg(value: float) -> str:
    return f"{value:.1f}°"


def _range(ci95: tuple[float, float]) -> str:
    return f"{ci95[0]:.1f}° to {ci95[1]:.1f}°"


def interpret_rotation(result: Rotation, *, sex: Sex | None = None, age_years: int | None = None) -> Interpretation:
    """Say what one hip rotation test means.

    Parameters
    ----------
    result : result or document of one side.
    sex : selects the band for women where known; the general band (30 to 45, target 35) otherwise.
    age_years : leaves out published samples of another age where known.
    """
    name = test_name(result)
    if result.status == "refused":
        refused = Statement("result", f"{name}: not measured. {' '.join(result.reasons)}")
        return Interpretation((refused, Statement("retest", "Mend this and film the test again.")), ())
    said: list[Statement] = []
    codes: list[str] = []
    for motion, words in MOTIONS:
        value: RotationValue | None = getattr(result, motion)
        if value is None:
            continue
        said.append(_value_statement(name, words, value))
        if motion == "internal_rotation":
            more, found = _placed(result, value, sex)
            said += more
            codes += found
        elif value.ci95_deg[1] < load_norms().rule("external_low_below_deg"):
            said.append(Statement("place", "External rotation is low (below 25°, our own heuristic).", "low"))
            codes.append("external_rotation_low")
        said += _published(result, motion, sex, age_years)
    for more, found in (_balance(result), _compensation(result)):
        said += more
        codes += found
    said += _retest(result, sex)
    return Interpretation(tuple(said), tuple(codes))


def _value_statement(name: str, words: str, value: RotationValue) -> Statement:
    repetitions = "one repetition" if value.n_repetitions == 1 else f"{value.n_repetitions} repetitions"
    return Statement(
        "result",
        f"{name}: {words} {_deg(value.value_deg)} (95 % interval {_range(value.ci95_deg)}), mean of {repetitions}; "
        f"best {_deg(value.best_deg)}.",
    )


def _placed(result: Rotation, value: RotationValue, sex: Sex | None) -> tuple[list[Statement], list[str]]:
    band = load_norms().band(result.position, sex)
    placed = place(value.value_deg, value.ci95_deg, band)
    low_edge, high_edge = band.band_deg
    named = "" if "in_band" in (placed.possible[0], placed.possible[-1]) else "reference band "
    edges = f"({named}{band.for_whom}{low_edge:.0f} to {high_edge:.0f}°; "
    edges += f"{band.target_deg:.0f}° is a training target and no pass mark)"
    first, last = (_ZONE_WORDS[zone] for zone in (placed.possible[0], placed.possible[-1]))
    if first == last:
        text = f"This is {'within ' if placed.zone == 'in_band' else ''}{first} {edges}."
    elif placed.colour == "undecided":
        text = f"The interval reaches from {first} to {last} {edges}: this test alone cannot tell which it is."
    else:
        verdict = "low" if placed.colour == "low" else "as in healthy adults"
        text = f"The interval reaches from {first} to {last} {edges}: {verdict} either way."
    if result.mode == "passive":
        text += " The band was drawn for the active test; a passive one usually reads some degrees more."
    said = [Statement("place", text, placed.colour)]
    said += [Statement("caution", caution) for caution in _cautions(placed)]
    low = placed.colour in ("marked", "low") or value.value_deg < band.band_deg[0]
    return said, ["internal_rotation_low"] if low else []


def _cautions(placed: Placement) -> Iterable[str]:
    if {"very_low", "low"} & set(placed.possible):
        yield (
            "If the end of the movement pinches in the front of the hip or the groin, stop and have the hip looked at; "
            "do not stretch into it."
        )
    if placed.colour == "marked":
        yield "A value this low is worth showing to a clinician, above all when the hip hurts or feels stiff."
    if placed.colour == "high":
        yield "A value this high can come from a lifted pelvis or from generally loose joints: look at the picture."


def _published(result: Rotation, motion: Motion, sex: Sex | None, age_years: int | None) -> list[Statement]:
    studies = load_norms().studies_like(motion, result.position, result.mode, sex, age_years)
    if not studies:
        return []
    means = "; ".join(_study(s) for s in studies)
    return [
        Statement(
            "published",
            f"Published means in this position: {means}. Other instruments differ by some 5° from each other "
            "(Roach 2013), so compare this value above all with your own earlier ones.",
        )
    ]


def _study(study: NormStudy) -> str:
    spread = f" ± {study.sd_deg:g}" if study.sd_deg else ""
    size = f"n = {study.n}; " if study.n else ""
    return f"{study.mean_deg:g}{spread}° ({size}{study.source})"


def _balance(result: Rotation) -> tuple[list[Statement], list[str]]:
    internal, external = result.internal_rotation, result.external_rotation
    if internal is None or external is None:
        return [], []
    arc, interval = total_arc(internal, external)
    said = [Statement("arc", f"Total arc, internal plus external: {_deg(arc)} ({_range(interval)}).")]
    difference = rotation_balance_deg(internal, external)
    if difference is None:
        return said, []
    more, less = ("internal", "external") if difference > 0 else ("external", "internal")
    text = (
        f"{more.capitalize()} rotation is {_deg(abs(difference))} larger than {less}: a pattern often seen with the "
        "way the thigh bone is turned (femoral version). It is no diagnosis, and stretching does not change bone."
    )
    return [*said, Statement("balance", text)], [f"{more}_dominant"]


def _compensation(result: Rotation) -> tuple[list[Statement], list[str]]:
    hike, norms = result.pelvis_compensation_deg, load_norms()
    if hike is None or abs(hike) <= norms.rule("pelvis_note_deg"):
        return [], []
    way = "rose" if hike > 0 else "dropped"
    strength = "clearly" if abs(hike) > norms.rule("pelvis_marked_deg") else "slightly"
    text = (
        f"The pelvis {way} {strength} on the tested side, by {_deg(abs(hike))}. The value is measured against the "
        "pelvis, so this motion is not counted as hip rotation."
    )
    if result.shank_inclination_deg is not None:
        text += f" An inclinometer on the shin would have read {_deg(result.shank_inclination_deg)}."
    return [Statement("compensation", text)], ["pelvis_hike"]


def _retest(result: Rotation, sex: Sex | None) -> list[Statement]:
    norms = load_norms()
    values = [v for v in (result.internal_rotation, result.external_rotation) if v is not None]
    lines = []
    if any(v.n_repetitions < norms.rule("scored_repetitions") for v in values):
        lines.append("Fewer than three repetitions counted: repeat it with three slow ones, each held two seconds.")
    if any(2 * half_width(v.ci95_deg) > norms.rule("wide_interval_deg") for v in values):
        lines.append("The interval is wide: film from straight in front of the thigh, at knee height, nearer.")
    if abs(result.pelvis_compensation_deg or 0.0) > norms.rule("pelvis_note_deg"):
        lines.append("Repeat it with both buttocks down and stop where the pelvis begins to move.")
    if result.internal_rotation is not None:
        internal = result.internal_rotation
        placed = place(internal.value_deg, internal.ci95_deg, norms.band(result.position, sex))
        if placed.colour == "undecided":
            lines.append("Two or three sessions within ten days make a firmer starting value than one.")
        if result.external_rotation is None:
            lines.append("External rotation was not performed: measure it too to know the total arc.")
    return [Statement("retest", line) for line in lines]


def side_pairs(
    rotations: Iterable[HipRotationDocument],
) -> list[tuple[HipRotationDocument, HipRotationDocument]]:
    """Return (left, right) for each position and mode in which both sides were measured; the latest counts."""
    measured = [r for r in rotations if r.status == "measured"]
    pairs = []
    for position, mode in sorted({(r.position, r.mode) for r in measured}):
        sides = {r.side: r for r in measured if (r.position, r.mode) == (position, mode)}
        if len(sides) == 2:
            pairs.append((sides["left"], sides["right"]))
    return pairs


def interpret_sides(difference: SideDifference, words: str) -> tuple[Statement, tuple[str, ...]]:
    """Put a left/right difference into words.

    Parameters
    ----------
    difference : right minus left.
    words : the motion, e.g. 'internal rotation'.
    """
    size, side = abs(difference.difference_deg), "right" if difference.difference_deg > 0 else "left"
    share = f" ({abs(difference.percent):.0f} %)" if math.isfinite(difference.percent) else ""
    text = f"{words.capitalize()}: the {side} hip turns {_deg(size)}{share} further. "
    error = f"measurement error alone explains up to {_deg(difference.error_deg)}"
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
    text += "a real difference; worth showing to a clinician if one side hurts."
    return Statement("sides", text, "marked" if difference.grade == "red" else "low"), (code,)


def interpret_squat(result: Squat, rotations: Sequence[Rotation] = (), *, sex: Sex | None = None) -> Interpretation:
    """Say what a squat screen means, and what the hips measured in the same session have to do with it.

    Parameters
    ----------
    result : result or document of a squat screen.
    rotations : hip rotation results of the same person and session.
    sex : selects the band for women where known.
    """
    if result.status == "refused":
        return Interpretation((Statement("result", f"Squat: not screened. {' '.join(result.reasons)}"),), ())
    n = len(result.repetitions)
    said = [Statement("result", f"Squat, {seen_from(result.view)}: {n} repetition{'' if n == 1 else 's'}.")]
    found = [f for f in result.findings if f.severity in ("mild", "marked")]
    said += [Statement("finding", f.sentence, "marked" if f.severity == "marked" else "low") for f in found]
    if not found:
        said.append(Statement("finding", "Nothing stood out in what this view can show.", "ok"))
    unseen = [f.sentence for f in result.findings if f.severity == "not_assessable"]
    if unseen:
        said.append(Statement("finding", "Not assessable from this view: " + " ".join(unseen)))
    linked = [f for f in found if f.code in ("knee_valgus", "lateral_shift", "foot_turnout")]
    sides = {side for f in linked for side in (("left", "right") if f.side == "both" else (f.side,))}
    said += _hip_links(sorted(sides), rotations, sex)
    if linked:
        said.append(
            Statement("caution", "How the knees move in a squat describes a movement; it does not predict an injury.")
        )
    return Interpretation(tuple(said), tuple(dict.fromkeys(f.code for f in found)))


def _hip_links(sides: Sequence[str], rotations: Sequence[Rotation], sex: Sex | None) -> list[Statement]:
    """Say what is known of the internal rotation of the hips above the knees or feet that stood out."""
    said, unknown = [], []
    for side in sides:
        measured = [r for r in rotations if r.side == side and r.internal_rotation is not None]
        if not measured or measured[0].internal_rotation is None:
            unknown.append(side)
            continue
        value = measured[0].internal_rotation
        low = value.ci95_deg[1] < load_norms().band(measured[0].position, sex).low_below_deg
        verdict = "is low, which may play a part" if low else "was not found low"
        said.append(f"Internal rotation of the {side} hip {verdict} ({_deg(value.value_deg)}).")
    if unknown:
        hips = f"{' and '.join(unknown)} hip{'s' if len(unknown) > 1 else ''}"
        said.append(f"Internal rotation of the {hips} was not measured: the seated test would say more.")
    return [Statement("hip_link", text) for text in said]


def interpret_session(
    results: Sequence[Document],
    *,
    sex: Sex | None = None,
    age_years: int | None = None,
    mdc95_deg: float = ROTATION_ERROR.mdc95_default_deg,
) -> Interpretation:
    """Say what all tests of one session mean together: each test, the two sides, and when to test again.

    Parameters
    ----------
    results : documents of one session.
    sex, age_years : see `interpret_rotation`.
    mdc95_deg : least detectable change for the comparison of sides; the method's default unless the person's is known.
    """
    rotations = [r for r in results if isinstance(r, HipRotationDocument)]
    parts = [interpret_rotation(r, sex=sex, age_years=age_years) for r in rotations]
    parts += [interpret_squat(r, rotations, sex=sex) for r in results if isinstance(r, SquatDocument)]
    said = [s for part in parts for s in part.statements]
    codes = [c for part in parts for c in part.codes]
    for one, other in side_pairs(rotations):
        for motion, words in MOTIONS:
            left, right = getattr(one, motion), getattr(other, motion)
            if left is not None and right is not None:
                statement, found = interpret_sides(compare_sides(left, right, mdc95_deg), words)
                said.append(statement)
                codes += found
    if any(r.status == "measured" for r in results):
        said.append(Statement("retest", _RETEST + (_GAIN if rotations else "")))
    return Interpretation(tuple(dict.fromkeys(said)), tuple(dict.fromkeys(codes)))
