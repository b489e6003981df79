"""What one attack is, and what all of them are made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

__all__ = ["TRUTH_DEG", "Attack", "Case", "Kit", "Make", "measure_args"]

TRUTH_DEG = (36.86, 38.81)
"""Internal rotation of the repetitions in the sample clip: the least and the greatest (``truth.json``)."""


@dataclass(frozen=True)
class Kit:
    """What the attacks are made from, all in one folder: a clip, its landmarks, and kept sessions.

    ``clip`` is a short, small cut of a sample; ``track`` and ``squat_track`` hold landmarks, ``archive`` and
    ``database`` one person with three sessions. ``postgres`` is the address of a server, empty where there is none.
    """

    folder: Path
    postgres: str = ""

    @property
    def clip(self) -> Path:
        """Eleven seconds of a seated left hip with two repetitions."""
        return self.folder / "clip.mp4"

    @property
    def track(self) -> Path:
        """Landmarks of ``clip``."""
        return self.folder / "clip.npz"

    @property
    def squat_track(self) -> Path:
        """Landmarks of a squat."""
        return self.folder / "squat.npz"

    @property
    def archive(self) -> Path:
        """A person with three sessions, exported."""
        return self.folder / "person.zip"

    @property
    def database(self) -> Path:
        """The same person in an SQLite database, and somebody with a squat."""
        return self.folder / "sessions.db"


@dataclass
class Attack:
    """One attack, ready to be run.

    Attributes
    ----------
    commands : what is given to ``rom-vision``, one after the other, in the same process.
    folder : where the commands run; no path may lead out of it.
    outputs : files that may appear, or be written anew where ``replaces``.
    replaces : whether an output that is already there may get new content.
    truth_deg : least and greatest true internal rotation; None where no number is judged.
    landmarks : use the kept landmarks instead of looking for the person: the pictures do not matter here.
    environment : variables set for the program.
    file_limit : greatest size of a file in bytes, as a full disk has it; None for no limit.
    output_limited : what is said meets that limit, too, as if it were redirected to the full disk.
    as_nobody : give up the rights of root first, for which no file is read-only.
    allowed : exit statuses that are right.
    must_work : numbers of the commands that have to succeed all the same: what was not attacked stays in reach.
    keeps : checked afterwards; returns what is lost.
    """

    commands: list[list[str]]
    folder: Path
    outputs: set[str] = field(default_factory=set)
    replaces: bool = False
    truth_deg: tuple[float, float] | None = None
    landmarks: bool = True
    environment: dict[str, str] = field(default_factory=dict)
    file_limit: int | None = None
    output_limited: bool = False
    as_nobody: bool = False
    allowed: tuple[int, ...] = (0, 2, 3)
    must_work: set[int] = field(default_factory=set)
    keeps: Callable[[], list[str]] | None = None


Make = Callable[[Path, Kit, Random], Attack]


@dataclass(frozen=True)
class Case:
    """A named attack: ``make`` prepares it in an empty folder, from the random numbers it is given and nothing else."""

    name: str
    make: Make
    limit_s: float = 60.0
    needs_server: bool = False


def measure_args(clip: str, *more: str, json: str = "out.json", model: str = "full") -> list[str]:
    """Return the arguments that measure a clip of the sample."""
    out = ["--json", json] if json else []
    return ["measure", *more, "--position", "seated", "--side", "left", "--model", model, *out, "--", clip]
