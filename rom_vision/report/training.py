"""What a report says of the training before a session: sentences for people, Procedures for other programs."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta

from rom_vision.drills.book import find_drill
from rom_vision.drills.training import Training
from rom_vision.drills.words import spoiled_words, unjudged_words
from rom_vision.report.fhir_parts import Json
from rom_vision.sessions.compare import Series
from rom_vision.sessions.dose import dose_beside

__all__ = ["procedures", "training_lines"]

DRILL_SYSTEM = "urn:rom-vision:drill"


def training_lines(done: Sequence[Training], every: Sequence[Training], series: Sequence[Series]) -> tuple[str, ...]:
    """Return the sentences of the report's section on training; none where nothing was trained.

    Parameters
    ----------
    done : since the session before this one.
    every : all that was trained up to this session.
    series : the person's series that this session continues.
    """
    if not every:
        return ()
    by_drill: dict[str, list[Training]] = {}
    for training in done:
        by_drill.setdefault(training.drill, []).append(training)
    lines = [_drill_line(code, found) for code, found in by_drill.items()]
    lines = lines or ["Nothing was trained since the session before."]
    turned = [s for s in series if s.change is not None and s.measure == "internal_rotation"]
    return (*lines, *(dose_beside(s, every) for s in turned))


def _drill_line(code: str, found: Sequence[Training]) -> str:
    drill = find_drill(code)
    minutes, counted = sum(t.minutes for t in found), sum(t.counted for t in found)
    times = "once" if len(found) == 1 else f"{len(found)} times"
    pains = [t.pain for t in found if t.pain is not None]
    pain = f"; pain afterwards up to {max(pains)} of 10" if pains else ""
    pinch = "; it pinched" if any(t.pinch for t in found) else ""
    counts = drill.counts if drill else "repetitions"
    return f"{drill.name if drill else code}: {times}, {counted} {counts} counted, {minutes:.0f} minutes{pain}{pinch}."


def procedures(done: Sequence[Training], patient: str) -> Iterable[tuple[str, Json]]:
    """Yield a FHIR R4 Procedure of each training, with its address.

    Parameters
    ----------
    done : what was trained.
    patient : address of the Patient.
    """
    for number, training in enumerate(done):
        drill = find_drill(training.drill)
        name = drill.name if drill else training.drill
        active = timedelta(minutes=training.minutes)
        counted = f"{training.counted} {drill.counts if drill else 'repetitions'} counted"
        spoiled = spoiled_words(training)
        notes = [f"{counted}{f'; not counted: {spoiled}' if spoiled else ''}; {training.minutes:.1f} min under work."]
        notes += [f"{unjudged_words(training)}."] if training.unjudged else []
        notes += [] if training.pain is None else [f"Pain afterwards {training.pain} of 10."]
        notes += ["It pinched in front of the hip or in the groin."] if training.pinch else []
        key = uuid.uuid5(uuid.NAMESPACE_OID, f"{patient}|{training.began_at.isoformat()}|{training.drill}|{number}")
        moment = training.began_at
        yield (
            key.urn,
            {
                "resourceType": "Procedure",
                "status": "completed" if training.ended == "done" else "stopped",
                "category": {"text": "exercise"},
                "code": {
                    "coding": [{"system": DRILL_SYSTEM, "code": training.drill, "display": name}],
                    "text": name,
                },
                "subject": {"reference": patient},
                "performedPeriod": {
                    "start": moment.isoformat(timespec="seconds"),
                    "end": (moment + active).isoformat(timespec="seconds"),
                },
                "note": [{"text": text} for text in notes],
            },
        )
