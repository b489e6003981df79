"""Long work off the page's thread: one recording at a time, with progress, cancelling and nothing left behind."""

from __future__ import annotations

import atexit
import logging
import os
import queue
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from rom_vision.errors import RomVisionError
from rom_vision.files import process_folder

__all__ = ["CancelledError", "Job", "JobRunner", "Question", "Report", "State", "Work"]

State = Literal["waiting", "running", "done", "failed", "cancelled"]
Report = Callable[[str, float], None]
"""Called by the work with what it does and the share done, 0 to 1; raises `CancelledError` once it is cancelled."""
Work = Callable[[Report], Any]

_KEEP_S = 3 * 3600.0
_KEEP_PER_SPACE = 8
_TIDY_S = 600.0
_UNEXPECTED = (
    "Something in the program went wrong with this recording; it is our fault, not the recording's. Your other results "
    "are not touched. Trying another recording is safe."
)
_LOG = logging.getLogger(__name__)


class CancelledError(Exception):
    """Raised inside the work when its job has been cancelled."""


class Question:
    """An outcome that asks the user something; `JobRunner.start` goes on with work that knows the answer."""


@dataclass
class Job:
    """One piece of long work.

    ``space`` is whose it is; ``folder`` its temporary files, deleted with it; ``recording`` the file it works on, kept
    until its pages are left; ``kept_in`` the session that its result has been saved to.
    """

    id: str
    space: str
    title: str
    folder: Path
    state: State = "waiting"
    phase: str = "Waiting"
    share: float = 0.0
    message: str = ""
    outcome: Any = None
    recording: Path | None = None
    kept_in: int | None = None
    made: float = field(default_factory=time.monotonic)
    started: float | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)

    @property
    def active(self) -> bool:
        """Whether it still waits or runs."""
        return self.state in ("waiting", "running")

    @property
    def asks(self) -> bool:
        """Whether it waits for the user's answer."""
        return self.state == "done" and isinstance(self.outcome, Question)

    @property
    def left_s(self) -> float | None:
        """Estimate of the time left, seconds; None while too little is known."""
        if self.started is None or self.share < 0.03:
            return None
        return (time.monotonic() - self.started) * (1 - self.share) / self.share


class JobRunner:
    """Runs jobs one after the other and keeps what they made for a while.

    A job is found only with its unguessable id and by the space it belongs to.
    """

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._queue: queue.SimpleQueue[tuple[Job, Work]] = queue.SimpleQueue()
        process_folder()  # takes away what a killed app has left
        atexit.register(self.close)
        # A daemon: the app must end at once when it is stopped, also in the middle of a recording.
        threading.Thread(target=self._work, name="rom_vision jobs", daemon=True).start()

    def new(self, space: str, title: str) -> Job:
        """Return a job with an empty folder of its own, not yet started."""
        identity = secrets.token_urlsafe(24)
        job = Job(identity, space, title, Path(tempfile.mkdtemp(dir=process_folder())))
        with self._lock:
            self._jobs[identity] = job
        self._tidy()
        return job

    def start(self, job: Job, work: Work) -> None:
        """Queue the work of a job: a new one, or one whose question has been answered."""
        job.state, job.phase, job.share, job.started, job.outcome = "waiting", "Waiting", 0.0, None, None
        self._queue.put((job, work))

    def get(self, identity: str, space: str) -> Job | None:
        """Return a job of this space; None when there is none (any more) or it is somebody else's."""
        with self._lock:
            job = self._jobs.get(identity)
        return job if job is not None and secrets.compare_digest(job.space, space) else None

    def of(self, space: str) -> list[Job]:
        """Return the jobs of a space, newest first."""
        with self._lock:
            return sorted((j for j in self._jobs.values() if j.space == space), key=lambda j: -j.made)

    def ahead(self, job: Job) -> int:
        """Return how many jobs are worked on before this one."""
        with self._lock:
            return sum(1 for j in self._jobs.values() if j.active and j.made < job.made)

    def cancel(self, job: Job) -> None:
        """Stop a job at its next sign of progress, or before it starts."""
        job.cancelled.set()
        if job.state == "waiting":
            self._end(job, "cancelled")

    def leave(self, space: str, shown: str) -> None:
        """Delete the recordings of a space whose work is done, but for that of the job that is shown."""
        for job in self.of(space):
            if job.recording is not None and not (job.active or job.asks or job.id == shown):
                job.recording.unlink(missing_ok=True)
                job.recording = None

    def remove(self, job: Job) -> None:
        """Forget a job and delete its files."""
        job.cancelled.set()
        with self._lock:
            self._jobs.pop(job.id, None)
        job.outcome = None
        shutil.rmtree(job.folder, ignore_errors=True)

    def close(self) -> None:
        """Cancel everything and delete all files."""
        with self._lock:
            jobs = list(self._jobs.values())
        for job in jobs:
            self.remove(job)

    def _work(self) -> None:
        while True:
            try:
                job, work = self._queue.get(timeout=_TIDY_S)
            except queue.Empty:
                self._tidy()
            else:
                self._run(job, work)

    def _run(self, job: Job, work: Work) -> None:
        if job.cancelled.is_set():
            self._end(job, "cancelled")
            return
        job.state, job.started = "running", time.monotonic()

        def report(phase: str, share: float) -> None:
            if job.cancelled.is_set():
                raise CancelledError
            job.phase, job.share = phase, min(max(share, job.share), 1.0)

        try:
            job.outcome = work(report)
        except CancelledError:
            self._end(job, "cancelled")
        except RomVisionError as fault:
            job.message = str(fault).replace(f"{job.folder}{os.sep}", "")
            self._end(job, "failed")
        except OSError as fault:
            _LOG.exception("job failed")
            job.message = f"A file could not be read or written: {fault.strerror or fault}. Free some space, try again."
            self._end(job, "failed")
        except Exception:
            _LOG.exception("job failed")
            job.message = _UNEXPECTED
            self._end(job, "failed")
        else:
            job.share, job.state = 1.0, "done"

    def _end(self, job: Job, state: State) -> None:
        job.state = state
        shutil.rmtree(job.folder, ignore_errors=True)

    def _tidy(self) -> None:
        """Forget results that are old, or too many of one space."""
        now = time.monotonic()
        with self._lock:
            ended = sorted((j for j in self._jobs.values() if not j.active), key=lambda j: -j.made)
        kept: dict[str, int] = {}
        for job in ended:
            kept[job.space] = kept.get(job.space, 0) + 1
            if now - job.made > _KEEP_S or kept[job.space] > _KEEP_PER_SPACE:
                self.remove(job)
