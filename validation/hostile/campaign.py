"""Run attacks, a few at a time, each with a time limit; collect what went wrong."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from validation.hostile.case import Case, Kit
from validation.hostile.checks import Fault, Run
from validation.hostile.child import perform, preload

__all__ = ["Outcome", "forks", "run_cases"]

_STARTING_S = 30.0
"""Beyond a case's own limit: preparing it, on a busy machine."""


@dataclass(frozen=True)
class Outcome:
    """What came of an attack."""

    case: Case
    faults: list[Fault]
    runs: list[Run]
    took_s: float


@dataclass(frozen=True)
class _Running:
    case: Case
    process: BaseProcess
    folder: Path
    began_s: float


def forks() -> multiprocessing.context.ForkServerContext:
    """Return where processes come from that have loaded the program already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(preload())
    return context


def run_cases(
    cases: Sequence[Case], kit: Kit, root: Path, *, seed: int, at_once: int = 2, keep: bool = False
) -> Iterator[Outcome]:
    """Run attacks and yield their outcomes as they come.

    Parameters
    ----------
    cases : what to run.
    kit : what they are made from.
    root : temporary folder that nothing may leave.
    seed : of the random numbers; the same seed makes the same attacks.
    at_once : how many processes.
    keep : leave the folders of the attacks, to look at.
    """
    context = forks()
    waiting = list(enumerate(cases))[::-1]
    running: list[_Running] = []
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                number, case = waiting.pop()
                folder = root / f"{number:04d}"
                folder.mkdir(mode=0o755)
                process = context.Process(target=perform, args=(case.name, kit, folder, root, seed))
                process.start()
                running.append(_Running(case, process, folder, time.monotonic()))
            wait([one.process.sentinel for one in running], timeout=0.5)
            for one in list(running):
                took_s = time.monotonic() - one.began_s
                hung = one.process.is_alive() and took_s > one.case.limit_s * _busy() + _STARTING_S
                if one.process.is_alive() and not hung:
                    continue
                running.remove(one)
                _end(one.process)
                yield _outcome(one, took_s, hung)
                if not keep:
                    shutil.rmtree(one.folder, ignore_errors=True)
    finally:  # also when the campaign itself is stopped
        for one in running:
            _end(one.process)


def _busy() -> float:
    """How many times longer everything takes because of what else the machine does; at least one."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def _end(process: BaseProcess) -> None:
    """End an attack with everything it started."""
    if process.pid is not None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            process.kill()
    process.join()


def _outcome(one: _Running, took_s: float, hung: bool) -> Outcome:
    result = one.folder / "result"
    if hung:
        return Outcome(one.case, [Fault("hang", f"not done after {took_s:.0f} s")], [], took_s)
    if not result.exists():
        return Outcome(one.case, [Fault("traceback", "the attack itself failed; see its output above")], [], took_s)
    faults, runs = pickle.loads(result.read_bytes())
    return Outcome(one.case, faults, runs, took_s)
