"""The answer of a squat screen: one sentence, and a row for each question that people ask of a squat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rom_vision.meaning.statements import unit_sign
from rom_vision.results.document import Result
from rom_vision.results.parts import Finding

__all__ = ["Answer", "answers_of", "finding_amount", "overall"]

Mark = Literal["found", "not_found", "unseen"]

_QUESTIONS = (
    ("Do the knees fall in?", "knees in", "knee_valgus"),
    ("Do the knees go out past the feet?", "knees out", "knee_varus"),
    ("Does the pelvis shift to one side?", "a shift to one side", "lateral_shift"),
    ("Does the trunk bend sideways?", "a side bend of the trunk", "trunk_side_bend"),
    ("Are the feet turned out?", "turned-out feet", "foot_turnout"),
    ("Do the thighs stay above the horizontal?", "little depth", "shallow_depth"),
    ("Do the heels rise?", "rising heels", "heel_rise"),
    ("Does the trunk lean past the shins?", "a forward lean of the trunk", "forward_lean"),
)
_ORDER = ("marked", "mild", "none", "not_assessable")


@dataclass(frozen=True)
class Answer:
    """The answer to one question.

    Attributes
    ----------
    question, short : for people; ``short`` names what was looked for, e.g. 'knees in'.
    mark : found, not found, or not to be seen in this recording.
    severity : 'mild' or 'marked' where found, else empty.
    lines : the number of each side with its interval, or why there is none.
    """

    question: str
    short: str
    mark: Mark
    severity: str
    lines: tuple[str, ...]


def answers_of(result: Result) -> tuple[Answer, ...]:
    """Return the answers of a squat screen in the order of the questions; what was not asked at all is left out."""
    found = []
    for question, short, code in _QUESTIONS:
        findings = [f for f in result.findings if f.code == code]
        if findings:
            found.append(_answer(question, short, findings))
    return tuple(found)


def overall(answers: Sequence[Answer]) -> str:
    """Put all answers into one sentence."""
    by_mark = {mark: [a for a in answers if a.mark == mark] for mark in ("found", "not_found", "unseen")}
    found, quiet, unseen = by_mark["found"], by_mark["not_found"], by_mark["unseen"]
    rest = []
    if quiet:
        rest.append(f"{len(quiet)} more {_were(quiet)} looked at and not found" if found else "")
    if unseen:
        rest.append(f"{len(unseen)} cannot be seen in this recording")
    more = "; ".join(part for part in rest if part)
    if found:
        named = ", ".join(f"{a.short} ({a.severity})" for a in found)
        text = f"Found: {named}"
    elif quiet:
        text = f"Nothing stood out in the {len(quiet)} things that this recording shows"
    else:
        text = "This recording cannot answer any of the questions"
        more = ""
    return f"{text}; {more}." if more else f"{text}."


def finding_amount(finding: Finding) -> str:
    """Return the value that the threshold belongs to, with its interval, e.g. '14° (95 %: 9 to 19°)'.

    That is the change from standing where there is one; the angle as it was in the picture is another number.
    """
    size = finding.change_from_standing if finding.change_from_standing is not None else finding.value
    if size is None:
        return ""
    unit = unit_sign(finding.unit)
    interval = f" (95 %: {finding.ci95[0]:.0f} to {finding.ci95[1]:.0f}{unit})" if finding.ci95 else ""
    return f"{size:.0f}{unit}{interval}"


def _answer(question: str, short: str, findings: Sequence[Finding]) -> Answer:
    worst = min(findings, key=lambda f: _ORDER.index(f.severity)).severity
    mark: Mark = "found" if worst in ("marked", "mild") else "not_found" if worst == "none" else "unseen"
    if mark == "not_found" and any(f.severity == "not_assessable" for f in findings):
        mark = "unseen"  # one side alone does not answer for both
    named = len(findings) > 1 or findings[0].side != "both"
    lines = tuple(dict.fromkeys(_line(f, named) for f in findings))
    return Answer(question, short, mark, worst if mark == "found" else "", lines)


def _line(finding: Finding, named: bool) -> str:
    side = f"{finding.side.capitalize()}: " if named and finding.side != "both" else ""
    if finding.severity == "not_assessable":
        return f"{side}{finding.sentence.split(': ', 1)[-1]}"
    unit = unit_sign(finding.unit)
    limit = f", counts from {finding.threshold:.0f}{unit}" if finding.threshold is not None else ""
    return f"{side}{finding_amount(finding)}{limit}"


def _were(answers: Sequence[Answer]) -> str:
    return "was" if len(answers) == 1 else "were"
