"""What every live coach says: one cue at a time, and what is known beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rom_vision.results.parts import Side

__all__ = ["DARK", "DONE", "FROZEN", "NOBODY", "PEOPLE", "STOPPED", "STOPPING", "TOO_DARK"]
__all__ += ["Advice", "Cue", "Direction", "HandStop", "Stage", "Tone"]

Direction = Literal["internal", "external"]
Stage = Literal["setup", "moving", "pause", "done"]
Tone = Literal["fix", "wait", "go", "hold", "return", "warn", "done"]

HAND_NOTED_S, HAND_STOPS_S = 0.7, 2.0
"""A raised hand is spoken of after the first time and stops the test after the second (our own heuristic)."""
DARK = 0.16
"""Mean brightness of the picture, 0 to 1, below which landmarks begin to jitter (our own heuristic)."""


@dataclass(frozen=True)
class Cue:
    """What the user is told.

    Attributes
    ----------
    id : names it.
    label : two or three words for the screen.
    sentence : said, and shown where there is room.
    tone : how it is meant; a ``warn`` corrects and may cut another sentence short.
    spoken : whether the voice says it.
    """

    id: str
    label: str
    sentence: str
    tone: Tone = "fix"
    spoken: bool = True


DONE = Cue("done", "Done", "The test is done. You can come back to the computer.", "done")
STOPPED = Cue("stopped", "Stopped", "Stopped. You can come back to the computer.", "done")
NOBODY = Cue("nobody", "Step into view", "I cannot see you. Step back until your whole body is in the picture.")
PEOPLE = Cue("people", "One person only", "I see more than one person. Only you may be in the picture.")
TOO_DARK = Cue("dark", "More light", "It is too dark. Switch on a light that shines on you.")
FROZEN = Cue("frozen", "Picture stuck", "The camera picture stands still. Check the camera.")
STOPPING = Cue("stopping", "Stop?", "Keep your hand up to stop the test.", "warn")


@dataclass(frozen=True)
class Advice:
    """What a coach says at one moment.

    Attributes
    ----------
    stage : setting up, moving, pausing between the parts, or done.
    part : the part of the test that is recorded now: a leg, or a view.
    title : the same for the screen, e.g. 'Left leg'.
    cue : what to tell the user.
    good, wanted : repetitions that count so far, and how many have to.
    tries : repetitions of this part so far, whether they count or not.
    side, direction : the leg, and the way it is to swing; None where the test has none.
    rotation_deg : hip rotation now, as the saved curve will show it, internal +; None before the rest is known and
        when it cannot be told at this moment.
    hold_share : how much of the hold is done, 0 to 1.
    holding : the end of a swing is being held.
    recording : this moment belongs to the recording of ``part``.
    stopped : the test was ended by a raised hand.
    """

    stage: Stage
    part: str
    title: str
    cue: Cue
    good: int
    wanted: int
    tries: int
    side: Side | None = None
    direction: Direction | None = None
    rotation_deg: float | None = None
    hold_share: float = 0.0
    holding: bool = False
    recording: bool = False
    stopped: bool = False


class HandStop:
    """Looks whether a raised hand ends the test."""

    def __init__(self) -> None:
        self._since_s: float | None = None
        self.stopped = False

    def update(self, time_s: float, *, up: bool) -> Cue | None:
        """Take in a moment; return what to say of the hand, if anything."""
        if not up:
            self._since_s = None
            return None
        self._since_s = time_s if self._since_s is None else self._since_s
        if time_s - self._since_s >= HAND_STOPS_S:
            self.stopped = True
            return STOPPED
        return STOPPING if time_s - self._since_s >= HAND_NOTED_S else None
