"""What the live coach says: every sentence knows the position, the side, the direction, and who moves the leg."""

from __future__ import annotations

from dataclasses import dataclass

from rom_vision.protocols.coaching import Cue, Direction
from rom_vision.results.parts import Mode, Position, Side

__all__ = ["Script"]

_FOOT: dict[Direction, str] = {"internal": "outward", "external": "inward"}
_POSE: dict[Position, str] = {"seated": "Sit", "supine": "Lie"}


@dataclass(frozen=True)
class Script:
    """The sentences of one test of one side.

    Parameters
    ----------
    position, side, mode : of the test.
    """

    position: Position
    side: Side
    mode: Mode = "active"

    # -- before -----------------------------------------------------------------------------------------------------

    def ready(self) -> Cue:
        """Everything is right; the test has not been asked for yet."""
        return Cue("ready", "Ready", "This is a good view. Start the test when you are ready.", "wait")

    def still(self) -> Cue:
        """The view is good; a rest is needed to begin from."""
        return Cue("still", "Keep still", f"Good. {_POSE[self.position]} still for two seconds.", "wait")

    def take_up(self, *, standing: bool = False) -> Cue:
        """The test position is not taken up."""
        if self.position == "supine":
            sentence = f"Lie on your back with your {self.side} hip and knee at right angles."
            return Cue("posture", f"{self.side.capitalize()} knee up", sentence)
        if standing:
            return Cue("sit", "Sit down", "Sit down facing the camera, so that your feet hang free.")
        return Cue("posture", "Sit, knees at 90", "Sit upright facing the camera, knees bent at right angles.")

    def turn(self, to: Side | None) -> Cue:
        """The thigh does not point at the camera; ``to`` is the person's own side they have to turn to."""
        knee = f"your {self.side} knee points at the camera."
        if to is None:
            return Cue("turn", "Face the camera", f"Turn towards the camera until {knee}")
        return Cue("turn", f"Turn to your {to}", f"Turn to your {to} until {knee}")

    def rest(self) -> Cue:
        """The leg is not at rest."""
        where = "hang straight down" if self.position == "seated" else "point straight along your body"
        return Cue("rest", "Let the foot rest", f"Let your {self.side} shin {where}.")

    def knee(self, *, more: bool) -> Cue:
        """The knee is not at a right angle."""
        how = "more" if more else "less"
        where = "the shin should hang straight down" if self.position == "seated" else "it should make a right angle"
        return Cue(f"knee_{how}", f"Bend knee {how}", f"Bend your {self.side} knee {how}: {where}.")

    # -- swings -----------------------------------------------------------------------------------------------------

    def go(self, direction: Direction) -> Cue:
        """The first swing in a direction."""
        return Cue(f"go_{direction}", f"Swing {_FOOT[direction]}", self._ask(direction), "go")

    def good(self, number: int, good: int, of: int, direction: Direction) -> Cue:
        """A swing counted; ``number`` is that of the swing."""
        again = "Again." if self.mode == "active" else "Helper, again."
        return Cue(f"good_{direction}_{number}", "Good, again", f"Good, that is {good} of {of}. {again}", "go")

    def spoiled(self, fault: str, number: int, direction: Direction) -> Cue:
        """A swing did not count."""
        return Cue(f"{fault}_{number}", "Once more", f"{self._why(fault)} Once more, {_FOOT[direction]}.", "go")

    def out(self) -> Cue:
        """On the way out: nothing new to say."""
        return Cue("out", "Go on", "Go on, as far as it goes.", "go", spoken=False)

    def hold(self) -> Cue:
        """At the end of the swing."""
        return Cue("hold", "Hold", "Hold.", "hold")

    def back(self) -> Cue:
        """The hold is done."""
        return Cue("return", "And back", "And slowly back.", "return")

    def wrong_way(self, direction: Direction) -> Cue:
        """The leg swings the other way."""
        sentence = f"The other way: the {self.side} foot goes {_FOOT[direction]}."
        return Cue("wrong_way", "Other way", sentence, "warn")

    def hike(self) -> Cue:
        """The pelvis moves along."""
        if self.position == "seated":
            return Cue("hike", "Hips down", "Keep both buttocks on the seat.", "warn")
        return Cue("hike", "Pelvis down", "Keep both sides of your pelvis down.", "warn")

    def lean(self) -> Cue:
        """The trunk moves along."""
        if self.position == "seated":
            return Cue("lean", "Sit tall", "Sit tall, do not lean.", "warn")
        return Cue("lean", "Lie straight", "Keep your shoulders where they are.", "warn")

    def other_side(self, following: Side) -> Cue:
        """The side is done; the other one follows."""
        sentence = f"The {self.side} side is done. Rest a moment; the {following} side comes next."
        return Cue(f"next_{following}", f"Next: {following}", sentence, "wait")

    def _ask(self, direction: Direction) -> str:
        if self.mode == "passive":
            return f"Helper, move the {self.side} foot slowly {_FOOT[direction]} until it stops, and hold it there."
        return f"Slowly swing your {self.side} foot {_FOOT[direction]}, as far as it goes by itself."

    def _why(self, fault: str) -> str:
        seated = self.position == "seated"
        return {
            "unheld": "Stay at the end for two seconds.",
            "hike": f"Your pelvis moved along. Keep {'both buttocks' if seated else 'both sides of it'} down.",
            "lean": "You leaned over. Sit tall." if seated else "Your trunk moved along. Keep it still.",
            "knee": "Keep your knee at a right angle.",
            "unclear": "I could not see your leg clearly.",
            "lost": "I lost sight of you.",
            "differs": "One swing was unlike the others.",
        }[fault]
