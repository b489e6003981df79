"""The figures and the pairs of a study as CSV, for a statistics program."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from rom_vision.agreement.analysis import Agreement, Group, Share
from rom_vision.agreement.limits import Estimate
from rom_vision.agreement.repeat import Repeats
from rom_vision.report.tables import safe_cell

__all__ = ["STUDY_COLUMNS", "csv_of_study"]

STUDY_COLUMNS = (
    *("record", "study", "group", "name", "value", "ci95_low", "ci95_high", "n_people", "n_pairs"),
    *("person", "session", "taken_at", "position", "side", "program_deg", "program_low_deg", "program_high_deg"),
    *("reference_deg", "difference_deg", "rater", "blind", "source", "text"),
)
"""``record`` is figure, pair, reading or refused; cells that do not belong to it are empty."""

Row = dict[str, Any]


def csv_of_study(found: Agreement) -> str:
    """Return a study as CSV text: a row for each figure of each group, each pair, each reading, each refused result."""
    out = io.StringIO()
    writer = csv.DictWriter(out, STUDY_COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in _rows(found):
        known = {name: value for name, value in row.items() if value == value}  # NaN is no number
        writer.writerow({name: safe_cell(value) for name, value in {"study": found.study.name, **known}.items()})
    return out.getvalue()


def _rows(found: Agreement) -> Iterable[Row]:
    for group in found.groups:
        of: Row = {"record": "figure", "group": group.name, "n_people": group.n_people, "n_pairs": len(group.pairs)}
        for name, e in _figures(group):
            yield {**of, "name": name, "value": e.value, "ci95_low": e.low, "ci95_high": e.high}
    for design in found.reliability.designs:
        of = {"record": "figure", "group": design.what, "n_people": design.n_people, "n_pairs": len(design.groups)}
        for name, e in _of_repeats(design):
            yield {**of, "name": name, "value": e.value, "ci95_low": e.low, "ci95_high": e.high}
    for p in found.whole.pairs:
        where: Row = {"person": p.person, "session": p.session, "position": p.position, "side": p.side}
        where["taken_at"] = p.taken_at.isoformat(timespec="seconds")
        low, high = p.interval or (None, None)
        ours: Row = {"program_deg": p.program, "program_low_deg": low, "program_high_deg": high}
        yield {"record": "pair", **where, **ours, "reference_deg": p.reference, "difference_deg": p.difference}
        for r in p.readings:
            read: Row = {"reference_deg": r.value, "rater": r.rater, "blind": r.blind, "source": r.source}
            yield {"record": "reading", **where, **read}
    for refused in found.refused:
        where = {"person": refused.person, "position": refused.position, "side": refused.side}
        yield {"record": "refused", **where, "text": " ".join(refused.reasons)}


def _figures(group: Group) -> Iterable[tuple[str, Estimate]]:
    if limits := group.limits:
        yield from (("bias_deg", limits.bias), ("lower_limit_deg", limits.lower), ("upper_limit_deg", limits.upper))
        yield "sd_difference_deg", _alone(limits.sd)
    if group.proportional:
        yield "proportional_bias", group.proportional
    if group.icc:
        yield from (("icc_a1", group.icc.agreement), ("icc_c1", group.icc.consistency))
    if group.sem:
        yield from (("sem_deg", group.sem.sem), ("mdc95_deg", group.sem.mdc95))
    shares: tuple[tuple[str, Share | None], ...] = (
        ("share_within_5_deg", group.close),
        ("share_interval_held", group.held),
        ("share_interval_held_with_reference_error", group.held_allowing),
    )
    yield from ((name, s.share) for name, s in shares if s is not None and s.of)


def _of_repeats(design: Repeats) -> Iterable[tuple[str, Estimate]]:
    if design.sem:
        yield from (("sem_deg", design.sem.sem), ("mdc95_deg", design.sem.mdc95))
    if design.icc:
        yield from (("icc_a1", design.icc.agreement), ("icc_c1", design.icc.consistency))


def _alone(value: float) -> Estimate:
    return Estimate(value, float("nan"), float("nan"))
