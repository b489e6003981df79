"""What a guided drill is: data. What is seen of the body, what counts, what spoils it and what is said then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rom_vision.meaning.advice import Drill, load_advice
from rom_vision.results.parts import Side

__all__ = ["Aside", "Cheat", "GuidedDrill", "Kind", "View"]

Kind = Literal["lift", "switch"]
"""A lift goes away from rest and comes back; a switch goes from one end to the other."""
View = Literal["seated", "floor", "standing", "side_lying", "legs_up"]


@dataclass(frozen=True)
class Aside:
    """What a camera that stands aside makes of a sound repetition, and so cannot be told from a cheat.

    Who squats takes the hips back and the chest forward; seen from aside the one goes to the left and the other to the
    right. So much of a change is taken for that: ``times`` what ``sign`` changes the other way by more than ``free``.
    """

    sign: str
    times: float
    free: float = 0.0

    def explains(self, other: float) -> float:
        """How much is taken for the camera's place when ``sign`` has changed the other way by ``other``."""
        return self.times * max(other - self.free, 0.0)


@dataclass(frozen=True)
class Cheat:
    """A way of doing a repetition that spoils it.

    Attributes
    ----------
    code : in logs, e.g. 'pelvis'.
    words : for a summary, e.g. 'pelvis lifted'.
    label : two or three words for the screen.
    sentence : the one that corrects it.
    sign : what is looked at (a name of `rom_vision.drills.signs`); nothing for the pace.
    more_than : change from rest beyond which it is one, in the unit of the sign.
    either : the change counts both ways.
    source : of that threshold.
    aside : how a camera that stands aside feigns it; what it may have feigned is not judged.
    """

    code: str
    words: str
    label: str
    sentence: str
    sign: str = ""
    more_than: float = 0.0
    either: bool = False
    source: str = "our own heuristic"
    aside: Aside | None = None


@dataclass(frozen=True)
class GuidedDrill:
    """One drill.

    Attributes
    ----------
    code : of the advice book.
    kind : what a repetition is.
    sides : one leg after the other; empty where both work at once.
    sign : what is followed, in ``unit``.
    out, back : a lift begins and ends at these changes from rest; a switch ends at ``out`` on either side.
    hold_s : how long the end is held; 0 for no hold.
    least_s : a repetition that moves for less than this is too fast; of a switch, from leaving one end
        (0.7 of the way that it was reached) to ``out`` on the other side.
    seconds : what one repetition takes, done as asked, for the plan.
    sets, count : the usual dose: sets, and repetitions or holds in each.
    most_sets : the most of the advice book.
    rest_s : between sets.
    switches : how many switches make one repetition.
    also : a second sign that has to reach a least change (name, change) near the top, e.g. the knee that opens.
    cheats : what spoils a repetition.
    view : how the person is seen.
    how : what to do, where the camera needs it otherwise than the advice book has it.
    place : where the camera stands.
    go, go_label : what is asked for, and two or three words of it for the screen.
    unseen : what one camera cannot see of it, and is not judged.
    range_words : the training range for the screen, e.g. 'foot out'.
    """

    code: str
    kind: Kind
    sides: tuple[Side, ...]
    sign: str
    out: float
    back: float
    seconds: float
    sets: int
    count: int
    most_sets: int
    cheats: tuple[Cheat, ...]
    view: View
    place: str
    go: str
    go_label: str
    unseen: str
    range_words: str
    unit: Literal["deg", "%"] = "deg"
    hold_s: float = 0.0
    least_s: float = 0.0
    rest_s: float = 30.0
    also: tuple[str, float] | None = None
    how: str = ""
    switches: int = 1

    @property
    def advice(self) -> Drill:
        """The drill in the advice book."""
        return next(d for d in load_advice().drills if d.code == self.code)

    @property
    def name(self) -> str:
        """Its name for people."""
        return self.advice.name

    @property
    def instruction(self) -> str:
        """How it is done before the camera."""
        return self.how or self.advice.how

    @property
    def lying(self) -> bool:
        """Whether the person lies: the picture may have to be turned."""
        return self.view in ("side_lying", "legs_up")

    @property
    def hand_stops(self) -> bool:
        """Whether a raised hand means stop; who lies on one side rests the head on an arm."""
        return self.view != "side_lying"

    @property
    def counts(self) -> str:
        """What is counted: repetitions, or holds of half a minute."""
        return "holds" if self.hold_s >= 10.0 else "repetitions"

    def seconds_of(self, sets: int, count: int) -> float:
        """Time under work of so many sets on every side, seconds."""
        return sets * count * self.seconds * max(len(self.sides), 1)
