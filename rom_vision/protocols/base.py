"""What a test is: its name, what can be chosen of it, how it is filmed, and how landmarks become its result.

Importing this module loads nothing heavy: the command line lists the tests with it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rom_vision.errors import BadInputError

if TYPE_CHECKING:
    import numpy as np

    from rom_vision.body.angles import JointAngles
    from rom_vision.body.recording import StateTrack
    from rom_vision.camera import Camera
    from rom_vision.camera.level import Level
    from rom_vision.pose.track import PoseTrack
    from rom_vision.results.document import Document, Result
    from rom_vision.results.parts import Correction, Measure, Repetition

__all__ = ["TESTED_LEG", "WHO_MOVES", "Choice", "Found", "Option", "Protocol"]


@dataclass(frozen=True)
class Choice:
    """One answer to an option: its value, and the words people read."""

    value: str
    words: str


@dataclass(frozen=True)
class Option:
    """Something that can be chosen of a test, such as the side.

    Attributes
    ----------
    name : as in documents and on the command line.
    words : the question, for people.
    choices : the answers.
    default : value taken when nothing was chosen; None if it must be chosen.
    help : one line for the command line.
    number : least and largest value of an option that is a number, which may also be one of ``choices``; None where
        only those can be chosen. A number only scales what is measured: results of different ones are compared.
    unit : of the number.
    """

    name: str
    words: str
    choices: tuple[Choice, ...]
    default: str | None = None
    help: str = ""
    number: tuple[float, float] | None = None
    unit: str = ""

    @property
    def values(self) -> tuple[str, ...]:
        """The values that can be chosen."""
        return tuple(choice.value for choice in self.choices)

    def words_of(self, value: str) -> str:
        """Return the words of a value."""
        return next((choice.words for choice in self.choices if choice.value == value), f"{value} {self.unit}".strip())

    def accepted(self, value: str) -> str | None:
        """Return a value as it is kept; None if it can not be chosen."""
        if value in self.values:
            return value
        try:
            number = float(value.replace(",", "."))
        except ValueError:
            return None
        inside = self.number is not None and self.number[0] <= number <= self.number[1]
        return f"{number:g}" if inside else None

    @property
    def answers(self) -> str:
        """What can be chosen, for a sentence."""
        numbers = [f"a number from {self.number[0]:g} to {self.number[1]:g} {self.unit}"] if self.number else []
        return ", ".join([*self.values, *numbers])


TESTED_LEG = Option(
    "side",
    "Tested leg, the person's own side",
    (Choice("left", "Left"), Choice("right", "Right")),
    help="Tested leg, the person's own side.",
)
WHO_MOVES = Option(
    "mode",
    "Who moves the leg?",
    (Choice("active", "Active: alone"), Choice("passive", "Passive: a helper")),
    default="active",
    help="Who moves the leg.",
)


@dataclass(frozen=True)
class Found:
    """What a test made of one recording.

    ``states`` and ``angles`` are those of the leg model, of the straight picture, where the test fits it.
    """

    result: Result
    states: StateTrack | None = None
    angles: JointAngles | None = None


class Protocol(ABC):
    """A test: landmarks in, result out.

    Attributes
    ----------
    name : in documents and in the store, e.g. 'hip_rotation'.
    title : for people, e.g. 'Hip rotation'.
    summary : what it measures, one sentence.
    options : what can be chosen of it.
    how_to_film : sentences on how to film it.
    rate_hz : pictures a second that the measurement needs.
    corrects : what somebody can correct by hand in its results: kinds of `rom_vision.results.parts.Correction`. A test
        with holds adds 'hold' and has `reread`; one with an option ``side`` adds 'side'.
    """

    name: str
    title: str
    summary: str
    options: tuple[Option, ...] = ()
    how_to_film: tuple[str, ...] = ()
    rate_hz: float = 30.0
    corrects: tuple[str, ...] = ("left_out", "counted", "landmark", "subject")

    @abstractmethod
    def analyse(
        self, track: PoseTrack, camera: Camera, options: Mapping[str, str], level: Level | None = None
    ) -> Found:
        """Measure from landmarks.

        Parameters
        ----------
        track : landmarks of one recording, as a straight camera without distortion would have shown them.
        camera : that camera.
        options : a value for every option, as `settle` returns them.
        level : how the camera leaned before that was taken out; None if nobody has looked, or if the test does not
            read against gravity.
        """

    def without(self, left_out: Sequence[float]) -> Protocol:  # noqa: ARG002
        """Return the same test with the repetitions at these moments, in seconds, left out of what it concludes.

        Raises
        ------
        BadInputError
            Where the test judges each repetition by itself: there is nothing to measure again.
        """
        raise BadInputError(f"{self.title}: repetitions cannot be left out.")

    def correct(
        self,
        document: Document,
        corrections: Sequence[Correction],
        again: Callable[[Sequence[float]], Document],  # noqa: ARG002
    ) -> Document:
        """Return a result with its repetitions left out, counted or held elsewhere as somebody said.

        Here everything is reckoned from the document, by `values` and `reread`; a test that judges its repetitions
        together measures ``again``.

        Parameters
        ----------
        document : measured, of the person, leg and landmarks that the other corrections name.
        corrections : all of them in order, of kinds in `corrects`.
        again : measures with the repetitions at these moments, in seconds, left out (see `without`).

        Raises
        ------
        BadInputError
            If one of them does not fit the document, or nothing would be left to measure.
        """
        from rom_vision.protocols.corrections import correct_repetitions

        return correct_repetitions(self, document, corrections)

    def values(
        self, document: Document, repetitions: Sequence[Repetition]
    ) -> tuple[tuple[Measure, ...], tuple[str, ...]]:
        """Return the measures of a result that rest on its repetitions, of those that count, and what to know of them.

        Parameters
        ----------
        document : the result.
        repetitions : its own, or as they were corrected by hand.
        """
        from rom_vision.protocols.corrections import means_of

        return means_of(document, repetitions), ()

    def reread(self, document: Document, repetition: Repetition, held: np.ndarray) -> Repetition:
        """Return a repetition with value and interval read from another hold.

        Parameters
        ----------
        document : the result; what is read lies in its series.
        repetition : as it was.
        held : (T,) bool, the pictures of the hold.

        Raises
        ------
        BadInputError
            If nothing was seen in this hold.
        """
        raise NotImplementedError(f"{self.name} says that holds can be moved, and cannot read one")

    def lying(self, options: Mapping[str, str]) -> bool:  # noqa: ARG002
        """Whether the person lies in the test: the picture may be turned before inference."""
        return False

    def looks_at_outline(self, options: Mapping[str, str]) -> bool:  # noqa: ARG002
        """Whether the shins' outlines are wanted beside the landmarks."""
        return False

    def reads_gravity(self, options: Mapping[str, str]) -> bool:  # noqa: ARG002
        """Whether the lean of the camera matters."""
        return True

    def settle(self, chosen: Mapping[str, str | None]) -> dict[str, str]:
        """Return a value for every option: what was chosen, else the default.

        Raises
        ------
        BadInputError
            If a needed option is missing, a value is none of the choices, or the test has no such option; all faults
            are named at once.
        """
        faults, settled = [], {}
        for option in self.options:
            value = chosen.get(option.name) or option.default
            if value is None:
                faults.append(f"{option.name} is missing ({option.answers})")
            elif (kept := option.accepted(value)) is None:
                faults.append(f"{option.name} {value!r} is none of {option.answers}")
            else:
                settled[option.name] = kept
        known = {option.name for option in self.options}
        faults += [f"there is no {name}" for name, value in chosen.items() if value is not None and name not in known]
        if faults:
            raise BadInputError(f"{self.title}: {'; '.join(faults)}.")
        return settled
