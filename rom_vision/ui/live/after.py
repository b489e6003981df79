"""After the live part: each recorded part is measured as an upload is, and kept or asked about."""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from rom_vision.camera.setting import UNKNOWN_CAMERA, CameraSetting
from rom_vision.capture import probe
from rom_vision.errors import BadInputError, RomVisionError
from rom_vision.pipeline.camera import MAX_SIDE_PX
from rom_vision.pipeline.run import analyse, measure
from rom_vision.pose.models import ModelBundle
from rom_vision.report.presenters.registry import presenter_of
from rom_vision.results.document import Document
from rom_vision.sessions import NewResult
from rom_vision.ui.live.guide import Guide
from rom_vision.ui.live.recording import PartRecording

__all__ = ["Aftermath", "Outcome"]

_log = logging.getLogger(__name__)
NOT_SEEN = "Not measured: no repetition was seen in the time that there is for it. Test this part again."
NOT_REACHED = "Not measured: the test ended before this part was done."


@dataclass(frozen=True)
class Outcome:
    """What became of one part.

    ``document`` is None when nothing could be measured; ``session`` is the number it is kept under, None when it is
    not kept; ``problem`` says why either is missing. ``asked`` says that it waits for a word whether to keep it:
    fewer repetitions were done than were asked for.
    """

    part: str
    document: Document | None = None
    session: int | None = None
    problem: str | None = None
    unsaved: NewResult | None = None
    asked: bool = False


class Aftermath:
    """Measures finished parts in a thread of its own, one after the other.

    Parameters
    ----------
    guide : the test.
    keep : stores a result and returns the number of its session.
    folder : holds the films; it lives as long as this does.
    model : pose model that measures, the one uploads are measured with.
    """

    def __init__(
        self,
        guide: Guide,
        keep: Callable[[NewResult], int],
        folder: tempfile.TemporaryDirectory[str],
        model: str = "heavy",
    ) -> None:
        self._guide, self._keep, self._folder, self._model = guide, keep, folder, model
        self._lock = threading.Lock()
        self._outcomes: list[Outcome] = []
        self._waiting = 0
        self._shares: list[float] = []
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="live-measure")

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What is known so far."""
        return tuple(self._outcomes)

    @property
    def waiting(self) -> int:
        """How many parts are still being measured."""
        return self._waiting

    @property
    def share(self) -> float:
        """How much of the measuring is done, 0 to 1."""
        shares = list(self._shares)
        return sum(shares) / len(shares) if shares else 0.0

    def say(self, outcome: Outcome) -> None:
        """Add an outcome that needs no measuring."""
        with self._lock:
            self._outcomes.append(outcome)

    def missed(self, parts: Sequence[str], *, whole: bool) -> None:
        """Tell of parts that were asked for and hold no repetition; ``whole`` if nobody ended the test."""
        for part in parts:
            self.say(Outcome(part, problem=NOT_SEEN if whole else NOT_REACHED))

    def measure(self, recording: PartRecording, model: ModelBundle, *, ask: bool) -> None:
        """Measure a recording; one with fewer repetitions than wanted is asked about when ``ask``."""
        with self._lock:
            self._waiting += 1
            self._shares.append(0.0)
            number = len(self._shares) - 1
        self._worker.submit(self._measure, recording, model, number, ask=ask)

    def close(self) -> None:
        """Take no more parts; those that wait are still measured."""
        self._worker.shutdown(wait=False)

    def keep_again(self) -> None:
        """Try again to keep what could not be kept."""
        self._settle(lambda outcome: outcome.unsaved is not None and not outcome.asked)

    def keep_asked(self) -> None:
        """Keep what was asked about."""
        self._settle(lambda outcome: outcome.asked)

    def discard_asked(self) -> None:
        """Forget what was asked about."""
        with self._lock:
            self._outcomes = [
                replace(o, unsaved=None, asked=False, problem="Not kept, as you wished.") if o.asked else o
                for o in self._outcomes
            ]

    def _settle(self, chosen: Callable[[Outcome], bool]) -> None:
        with self._lock:
            self._outcomes = [
                self._kept(o, o.unsaved) if o.unsaved is not None and chosen(o) else o for o in self._outcomes
            ]

    def _measure(self, recording: PartRecording, model: ModelBundle, number: int, *, ask: bool) -> None:
        """Measure and keep one part; whatever goes wrong becomes its outcome."""
        outcome = Outcome(recording.part, problem="The recording could not be measured; please test this part again.")
        try:
            result = self._result(recording, model, number)
            outcome = Outcome(recording.part, result.document, unsaved=result, asked=ask)
            if not ask:
                outcome = self._kept(outcome, result)
        except Exception:
            _log.exception("measuring the %s part", recording.part)
        finally:
            shutil.rmtree(recording.folder, ignore_errors=True)
        with self._lock:
            self._outcomes.append(outcome)
            self._shares[number] = 1.0
            self._waiting -= 1

    def _result(self, recording: PartRecording, model: ModelBundle, number: int) -> NewResult:
        def note(done: int, total: int) -> None:
            self._shares[number] = min(done / max(total, done, 1), 0.99)

        options = self._guide.options(recording.part)
        if recording.film is not None:
            try:
                return self._of_film(recording.film, options, recording.camera, note)
            except RomVisionError:
                _log.exception("the film of the %s part", recording.part)
        track, lens = recording.track(model, lying=self._guide.lying)
        analysis = analyse(track, self._guide.test, options, lens=lens, level=recording.level)
        return NewResult(analysis.document, analysis.track)

    def _of_film(
        self, film: Path, options: dict[str, str], camera: CameraSetting, note: Callable[[int, int], None]
    ) -> NewResult:
        """Measure a film as an upload is measured."""
        camera, unfit = _fitting(film, camera)
        analysis = measure(
            film, self._guide.test, model=self._model, camera=camera, on_progress=note, **cast(Any, options)
        )
        if unfit:
            warnings = (*analysis.document.warnings, *unfit)
            analysis = replace(analysis, document=analysis.document.model_copy(update={"warnings": warnings}))
        shown = presenter_of(self._guide.test)
        drawing = shown.drawing(analysis)
        pictures = shown.pictures(film, analysis, drawing, every=True, max_side_px=MAX_SIDE_PX)
        return NewResult(analysis.document, analysis.track, pictures)

    def _kept(self, outcome: Outcome, result: NewResult) -> Outcome:
        try:
            session = self._keep(result)
        except RomVisionError as fault:
            return replace(outcome, problem=f"Measured, but not kept: {fault}", unsaved=result, asked=False)
        return replace(outcome, session=session, problem=None, unsaved=None, asked=False)


def _fitting(film: Path, camera: CameraSetting) -> tuple[CameraSetting, tuple[str, ...]]:
    """Return the camera of pictures that cannot be taken again: one that does not fit gives way, with a warning."""
    info = probe(film)
    try:
        camera.lens(info.width_px, info.height_px)
    except BadInputError as fault:
        return UNKNOWN_CAMERA, (f"{fault} It was measured without.",)
    return camera, ()
