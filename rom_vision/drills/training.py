"""The log of one guided drill: what was counted, what was spoiled by what, how long, and how it felt."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from rom_vision.errors import BadInputError
from rom_vision.meaning.advice import PINCH, load_advice
from rom_vision.results.plausible import check_moment

__all__ = ["PAIN_STOPS", "SetDone", "Training", "parse_training", "what_to_do"]

PAIN_STOPS = 3
"""Pain above this, of 10, ends a drill (stop rules of the advice book)."""

_Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
_Seconds = Annotated[float, Field(ge=0.0, le=86_400.0, allow_inf_nan=False)]
_Count = Annotated[int, Field(ge=0, le=10_000)]
_Range = Annotated[float, Field(ge=-360.0, le=1000.0, allow_inf_nan=False)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SetDone(_Model):
    """One set on one side.

    Attributes
    ----------
    side : the leg, or both.
    counted : repetitions that count.
    spoiled : how many of the others each cheat (or 'short', 'fast', 'lost') spoiled.
    unjudged : counted ones in which a camera that stands aside may have feigned a cheat.
    active_s : from the first movement to the last.
    held_s : time under hold.
    ranges : how far each counted repetition went, in the unit of its drill: a training range, no measurement.
    """

    side: Literal["left", "right", "both"]
    counted: _Count
    spoiled: dict[_Code, _Count] = Field(default_factory=dict, max_length=20)
    unjudged: _Count = 0
    active_s: _Seconds
    held_s: _Seconds = 0.0
    ranges: tuple[_Range, ...] = Field(default=(), max_length=1000)


class Training(_Model):
    """One drill as it was done.

    ``pain`` is what the person said afterwards, 0 to 10; None when nobody answered.
    """

    version: Literal[1] = 1
    drill: _Code
    began_at: Annotated[AwareDatetime, AfterValidator(check_moment)]
    seen: Literal["live", "video"]
    sets: tuple[SetDone, ...] = Field(max_length=200)
    ended: Literal["done", "stopped"] = "done"
    pain: int | None = Field(default=None, ge=0, le=10)
    pinch: bool = False

    @property
    def counted(self) -> int:
        """Repetitions that count, of all sets."""
        return sum(s.counted for s in self.sets)

    @property
    def spoiled(self) -> dict[str, int]:
        """How many repetitions each cheat spoiled, the most frequent first."""
        total: Counter[str] = Counter()
        for done in self.sets:
            total.update(done.spoiled)
        return dict(total.most_common())

    @property
    def unjudged(self) -> int:
        """How many of the counted repetitions could not be judged wholly, because the camera stood aside."""
        return sum(s.unjudged for s in self.sets)

    @property
    def minutes(self) -> float:
        """Time under work, minutes; rests do not count."""
        return sum(s.active_s for s in self.sets) / 60

    @property
    def stops(self) -> bool:
        """Whether what was said of pain ends the drill."""
        return self.pinch or (self.pain is not None and self.pain > PAIN_STOPS)

    def answered(self, pain: int, *, pinch: bool) -> Training:
        """Return it with what the person said afterwards."""
        return Training.model_validate({**self.model_dump(), "pain": pain, "pinch": pinch})

    def to_json(self) -> str:
        """Return it as JSON text."""
        return self.model_dump_json()


def parse_training(text: str | bytes, where: str) -> Training:
    """Read a log; ``where`` is what errors call it.

    Raises
    ------
    BadInputError
        If it is none.
    """
    try:
        return Training.model_validate_json(text)
    except ValidationError as fault:
        first = fault.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise BadInputError(f"{where}: is no log of a drill ({field}: {first['msg'][:200]}).") from fault


def what_to_do(training: Training) -> str:
    """Say what pain or a pinch means for the training; nothing where there was none that stops it."""
    if training.pinch:
        return PINCH
    if not training.stops:
        return ""
    rule = next(rule for rule in load_advice().stop_rules if f"above {PAIN_STOPS} of 10" in rule)
    return f"Pain {training.pain} of 10. {rule} Nothing more today; next time do fewer, and go less far."
