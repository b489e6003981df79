"""What the report of a study says: the same tables, sentences and charts for page and paper."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rom_vision.agreement.analysis import CLOSE_DEG, Agreement, Group, Share
from rom_vision.agreement.charts import agreement_chart, groups_chart, intervals_chart
from rom_vision.agreement.limits import Estimate
from rom_vision.agreement.pairs import counted
from rom_vision.agreement.repeat import Repeats
from rom_vision.report.shapes import Chart
from rom_vision.results.command import command_line

__all__ = ["FEW_PEOPLE", "Section", "Told", "told_of"]

FEW_PEOPLE = 30
"""Below this many people the limits themselves are only roughly known (our own heuristic: their interval is then wider
than +-0.6 SD)."""


@dataclass(frozen=True)
class Section:
    """A part of a report: charts, a table of names and values, sentences."""

    title: str
    charts: tuple[Chart, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Told:
    """A whole report."""

    kind: str
    title: str
    made: str
    lead: str
    sections: tuple[Section, ...]
    command: str


def told_of(found: Agreement) -> Told:
    """Put a study into tables, charts and sentences."""
    study, whole = found.study, found.whole
    quantity = study.quantity.replace("_", " ")
    return Told(
        "Agreement study",
        study.name,
        f"Entered until {found.entered_at:%d %B %Y}",
        f"{quantity.capitalize()} by this program and by {study.reference}: {_lead(found)}",
        (
            Section("What was compared", rows=_design(found), texts=_cautions(found)),
            Section(
                "Agreement",
                tuple(c for c in (agreement_chart(whole), groups_chart(found), intervals_chart(whole.pairs)) if c),
                _rows(whole),
            ),
            *(Section(_title(group), rows=_rows(group)) for group in found.groups[1:]),
            *(_repeated(design) for design in found.reliability.designs),
            *_refused(found),
            Section("How this was reckoned", texts=_method(found)),
        ),
        _command(study.name),
    )


def _command(study: str) -> str:
    dashes = ["--"] if study.startswith("-") else []
    files = ["--html", "study.html", "--pdf", "study.pdf", "--csv", "study.csv"]
    return command_line(["study", "report", *files, *dashes, study])


def _lead(found: Agreement) -> str:
    limits = found.whole.limits
    if limits is None:
        return "pairs of three people at least are needed before their agreement can be told."
    return (
        f"bias {_estimate(limits.bias, '+')}, limits of agreement {limits.lower.value:+.1f}° to "
        f"{limits.upper.value:+.1f}°, in {limits.n_pairs} pairs of {limits.n_people} people."
    )


def _design(found: Agreement) -> tuple[tuple[str, str], ...]:
    pairs = found.whole.pairs
    readings = [r for p in pairs for r in p.readings]
    raters = {r.rater for r in readings if r.rater}
    return (
        ("People", str(found.whole.n_people)),
        ("Pairs", str(len(pairs))),
        ("Readings of the reference", f"{len(readings)} by {len(raters) or 'unnamed'} rater{'s' * (len(raters) != 1)}"),
        ("Blind readings", f"{sum(r.blind for r in readings)} of {len(readings)}, as said by those who entered them"),
        ("Refused by the program", str(len(found.refused))),
        ("Without a reading yet", str(found.waiting)),
        ("Edited by hand, left out", str(found.edited)),
        (
            "The reference's own error",
            found.reference_sem_from
            if found.reference_sem is None
            else f"standard error {found.reference_sem:.1f}°, {found.reference_sem_from}",
        ),
    )


def _cautions(found: Agreement) -> tuple[str, ...]:
    pairs, said = found.whole.pairs, []
    if found.whole.limits is not None and found.whole.n_people < FEW_PEOPLE:
        said.append(
            f"{found.whole.n_people} people are few: look at the intervals, not only at the numbers. How many it "
            "takes, the sample size helper says (rom-vision study size)."
        )
    open_eyed = sum(1 for p in pairs if not all(r.blind for r in p.readings))
    if open_eyed:
        said.append(
            f"In {open_eyed} of {len(pairs)} pairs the reference was not read blind: knowing one value draws the other "
            "towards it, and agreement looks better than it is."
        )
    if len(pairs) > found.whole.n_people:
        said.append("Some people have several pairs: all intervals take that into account.")
    return tuple(said)


def _title(group: Group) -> str:
    return f"{group.name[:1].upper()}{group.name[1:]}"


def _rows(group: Group) -> tuple[tuple[str, str], ...]:
    rows = [("Pairs", f"{len(group.pairs)}, of {group.n_people} people")]
    limits = group.limits
    if limits is None:
        return (*rows, ("Bias and limits", "not told of fewer than three people"), *_shares(group))
    slope = group.proportional
    return (
        *rows,
        ("Bias, program minus reference", _estimate(limits.bias, "+")),
        ("Lower limit of agreement", _estimate(limits.lower, "+")),
        ("Upper limit of agreement", _estimate(limits.upper, "+")),
        ("SD of the differences", f"{limits.sd:.1f}°"),
        ("Proportional bias", "cannot be told" if slope is None else f"{_number(slope, '+')} degrees for each degree"),
        ("ICC(A,1), absolute agreement", _number(group.icc.agreement) if group.icc else "cannot be told"),
        ("ICC(C,1), consistency", _number(group.icc.consistency) if group.icc else "cannot be told"),
        ("Standard error of measurement", _estimate(group.sem.sem) if group.sem else "cannot be told"),
        ("Least detectable change, MDC95", _estimate(group.sem.mdc95) if group.sem else "cannot be told"),
        *_shares(group),
    )


def _shares(group: Group) -> tuple[tuple[str, str], ...]:
    rows = [(f"Within {CLOSE_DEG:.0f}° of the reference", _share(group.close))]
    if group.held is not None:
        rows.append(("Our 95 % interval held the reference", _share(group.held)))
        allowing = group.held_allowing
        words = "cannot be told: that error is not known" if allowing is None else _share(allowing)
        rows.append(("The same, the reference's own error allowed for", words))
    return tuple(rows)


def _repeated(found: Repeats) -> Section:
    sem = found.sem
    assert sem is not None  # only such designs are asked for
    rows = [
        ("Measured several times", f"{len(found.groups)} of {found.n_people} people, {sem.freedom} comparisons"),
        ("Standard error of measurement", _estimate(sem.sem)),
        ("Least detectable change, MDC95", _estimate(sem.mdc95)),
    ]
    if found.icc is not None:
        rows += [
            ("ICC(A,1), absolute agreement", _number(found.icc.agreement)),
            ("ICC(C,1), consistency", _number(found.icc.consistency)),
        ]
    if found.columns:
        rows.append(("By", ", ".join(found.columns)))
    text = "Every difference counts as error, one between occasions or hands too (Bland and Altman 1996)."
    return Section(found.what, rows=tuple(rows), texts=(text,))


def _refused(found: Agreement) -> tuple[Section, ...]:
    if not found.refused:
        return ()
    reasons = counted(reason for r in found.refused for reason in r.reasons)
    return (
        Section(
            "Refused by the program, and why",
            rows=tuple((f"{count} ×", reason) for reason, count in reasons),
            texts=("A refused recording has no value and enters no figure above.",),
        ),
    )


def _method(found: Agreement) -> tuple[str, ...]:
    several = len(found.whole.pairs) > found.whole.n_people
    return (
        "Brackets: 95 % intervals. Bias and limits of agreement, 1.96 standard deviations around it, after Bland and "
        "Altman 1986; intervals of the limits exact (Carkeet 2015) with one pair a person, with several recovered from "
        "the variances of and between people (Bland and Altman 2007; Zou 2013). Proportional bias: slope of the "
        "difference over the mean.",
        "Intraclass correlations of single readings, two-way, with intervals by McGraw and Wong 1996; report both, and "
        "the intervals, after Koo and Li 2016. The standard error of measurement leaves a constant bias aside (Weir "
        "2005) and is shared by both methods; MDC95 is 1.96 √2 times it.",
        "Shares with Wilson's interval. That our interval held the reference is judged as it stands, and once more "
        "widened by the error of the mean of the reference's readings, the smallest that it can be.",
        *(("Where people have several pairs, other intervals are of a bootstrap over people.",) if several else ()),
        "The table (CSV) holds every pair and reading, people named by codes.",
    )


def _estimate(e: Estimate, sign: str = "") -> str:
    if not math.isfinite(e.low):
        return f"{e.value:{sign}.1f}°"
    return f"{e.value:{sign}.1f}° ({e.low:{sign}.1f}° to {e.high:{sign}.1f}°)"


def _number(e: Estimate, sign: str = "") -> str:
    if not math.isfinite(e.low):
        return f"{e.value:{sign}.2f}"
    return f"{e.value:{sign}.2f} ({e.low:{sign}.2f} to {e.high:{sign}.2f})"


def _share(s: Share) -> str:
    if not s.of:
        return "no pairs"
    return f"{s.count} of {s.of}, {100 * s.share.value:.0f} % ({100 * s.share.low:.0f} to {100 * s.share.high:.0f} %)"
