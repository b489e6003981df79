"""Run a batch: measure what is not done yet, keep each result as it comes, write the table and the page."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from rom_vision.batch.engines import executor_of
from rom_vision.batch.folder import Done, OutFolder
from rom_vision.batch.plan import Recording, Request, read_plan
from rom_vision.batch.work import Measured, NotSeenError, Task, key_of, measure_file
from rom_vision.capture import sha256_of
from rom_vision.legible import shown
from rom_vision.pose.models import resolve_model
from rom_vision.pose.track import PoseTrack
from rom_vision.results.document import parse_document
from rom_vision.sessions import AlreadyKeptError, NewResult, Picture, SessionStore
from rom_vision.sessions.lookup import is_kept

__all__ = ["measure_many", "run_batch"]

OnProgress = Callable[[int, int], None]


def measure_many(
    source: str | Path,
    out: str | Path,
    *,
    plan: str | Path | None = None,
    request: Request | None = None,
    executor: str = "local",
    jobs: int | None = None,
    store: SessionStore | None = None,
    on_progress: OnProgress | None = None,
) -> list[Done]:
    """Measure many recordings and write what was found into a folder.

    Parameters
    ----------
    source : a folder of videos, or a pattern such as ``clips/*.mp4``.
    out : folder for ``results.csv``, ``summary.html``, and a JSON and a picture of each recording; made if missing.
        What it already holds of the same files and questions is not measured again.
    plan : CSV table with a row for each file (``file``, ``person``, ``date``, ``test``, ``camera``, and the options of
        the tests); None asks the same of every file.
    request : what is asked where the plan says nothing.
    executor : 'local', or 'dask://host:port'.
    jobs : recordings at a time; None means as many as there are cores.
    store : where results are kept with their person, if at all.
    on_progress : called with (recordings done, recordings in all).

    Returns
    -------
    One entry for each recording, in the order of the plan, else of the names.

    Raises
    ------
    BadInputError
        Before anything is written: no video, faults of the plan (all at once), an unusable folder or executor.

    Examples
    --------
    >>> done = measure_many("clips", "found", plan="plan.csv")  # doctest: +SKIP
    >>> [(d.name, d.status) for d in done]  # doctest: +SKIP
    [('ana_left.mp4', 'measured'), ('ana_right.mp4', 'refused')]
    """
    people = None if store is None else [person.name for person in store.people()]
    recordings = read_plan(source, plan, request or Request(), people)
    folder = OutFolder(out, inputs=[r.path for r in recordings])
    with executor_of(executor, jobs) as (engine, at_a_time):
        return run_batch(recordings, folder, engine, at_a_time, store=store, on_progress=on_progress)


def run_batch(
    recordings: Sequence[Recording],
    folder: OutFolder,
    executor: Executor,
    at_a_time: int,
    *,
    store: SessionStore | None = None,
    on_progress: OnProgress | None = None,
) -> list[Done]:
    """Measure recordings on any executor; see `measure_many`.

    Each result is on the disk before it counts as done; table and page are written at the end, and also when it is
    broken off.
    """
    tasks = _tasks(recordings, want_track=store is not None)
    folder.make()
    done: dict[int, Done] = {}
    stop = threading.Event()
    # Others run in other processes, which an event does not reach.
    work = partial(measure_file, stop=stop) if isinstance(executor, ThreadPoolExecutor) else measure_file
    waiting: list[tuple[int, str, Task]] = []
    for number, item in enumerate(tasks):
        r = recordings[number]
        if isinstance(item, str):
            done[number] = Done(r, "failed", fault=item)
            continue
        key, task = item
        known = folder.known(key, r)
        if known is not None and (store is None or known.kept):
            done[number] = known
        else:
            waiting.append((number, key, task))
    tell = on_progress or (lambda _done, _total: None)
    tell(len(done), len(recordings))
    try:
        for number, key, measured in _side_by_side(executor, work, waiting, at_a_time):
            done[number] = _keep(folder, key, recordings[number], measured, store)
            tell(len(done), len(recordings))
    finally:
        stop.set()
        folder.write_tables([done[number] for number in sorted(done)], len(recordings))
    return [done[number] for number in sorted(done)]


def _tasks(recordings: Sequence[Recording], *, want_track: bool) -> list[tuple[str, Task] | str]:
    """Return key and task of each recording; what is wrong with a file that cannot be read at all."""
    models = {name: resolve_model(name).sha256 for name in {r.request.model for r in recordings}}
    tasks: list[tuple[str, Task] | str] = []
    for r in recordings:
        try:
            sha256 = sha256_of(r.path)
        except OSError as fault:
            tasks.append(f"{shown(r.path.name)} cannot be read ({fault.strerror or fault}).")
            continue
        path = r.path.resolve()
        key = key_of(sha256, r.request, models[r.request.model])
        tasks.append((key, Task(path, sha256, r.request, track=want_track)))
    return tasks


def _side_by_side(
    executor: Executor, work: Callable[[Task], Measured], tasks: Sequence[tuple[int, str, Task]], at_a_time: int
) -> Iterator[tuple[int, str, Measured]]:
    """Yield results as they come; only as many files are handed out as are worked on, and a few to go on with."""
    left = iter(tasks)
    running: dict[Future[Measured], tuple[int, str, Task]] = {}

    def hand_out(item: tuple[int, str, Task]) -> None:
        running[executor.submit(work, item[2])] = item

    try:
        while True:
            while len(running) < at_a_time + 1 and (item := next(left, None)) is not None:
                hand_out(item)
            if not running:
                return
            done, _ = wait(running, timeout=1.0, return_when=FIRST_COMPLETED)
            for future in done:
                number, key, task = running.pop(future)
                try:
                    yield number, key, future.result()
                except NotSeenError:
                    if task.data is not None:
                        raise
                    hand_out((number, key, replace(task, data=task.path.read_bytes())))
                except Exception as fault:  # a worker that died for good, or a fault of ours: one row, not the end
                    why = f"{type(fault).__name__}: {fault}"
                    yield number, "", Measured("failed", fault=f"The work on it broke off ({why}).")
    except BaseException:
        for future in running:
            future.cancel()
        raise


def _keep(folder: OutFolder, key: str, r: Recording, measured: Measured, store: SessionStore | None) -> Done:
    """Write what was found; in the store first, so that what counts as done is kept."""
    kept = False
    if store is not None and r.person is not None and measured.document is not None:
        document = parse_document(measured.document, r.path.name)
        pictures = (Picture("measured", measured.picture),) if measured.picture else ()
        track = PoseTrack.from_bytes(measured.track, r.path.name) if measured.track else None
        # It may be there from another time, or from a batch that was killed between the store and the disk; the store
        # itself tells only what was measured twice.
        if not is_kept(store, r.person, document):
            with suppress(AlreadyKeptError):
                store.save_result(r.person, NewResult(document, track, pictures), taken_at=r.filmed)
        kept = True
    return folder.keep(key, r, measured, kept=kept)
