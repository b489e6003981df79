"""One attack in a process of its own, forked from one that has loaded the program already."""

from __future__ import annotations

import contextlib
import os
import pickle
import pwd
import resource
import sys
import tempfile
import traceback
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from random import Random
from typing import Any

from validation.hostile import guard
from validation.hostile.case import Attack, Kit
from validation.hostile.checks import Fault, Run, judge, snapshot

__all__ = ["environment", "perform", "preload", "run_command"]

_OUTPUT_BYTES = 2**22


def preload() -> list[str]:
    """Return the modules that every attack needs; loading them once makes an attack take no longer than its work."""
    return [
        "validation.hostile.registry",
        "rom_vision.cli",
        "rom_vision.pipeline.run",
        "rom_vision.report.content",
        "rom_vision.report.html",
        "rom_vision.report.overlay",
        "rom_vision.report.pdf",
        "rom_vision.report.fhir",
        "rom_vision.sessions.archive",
        "rom_vision.sessions.compare",
        "scipy.optimize",
    ]


def perform(name: str, kit: Kit, folder: Path, root: Path, seed: int) -> None:
    """Prepare, run and judge the attack called ``name``; leave a list of `Fault` in ``folder/result``.

    ``folder`` is new and this attack's own: ``at`` in it is where the commands run.
    """
    from validation.hostile.registry import all_cases

    os.setsid()  # whatever the attack starts ends with it
    os.nice(5)
    for place in ("at", "logs", "tmp"):
        (folder / place).mkdir()
    at = folder / "at"
    tempfile.tempdir = str(folder / "tmp")
    case = next(case for case in all_cases() if case.name == name)
    attack = case.make(at, kit, Random(f"{seed}/{name}"))
    guard.assert_safe(attack.commands, attack.folder, root)
    before = snapshot(at)
    runs, status = _in_child(attack, kit, folder, root)
    faults = []
    if status == guard.OUTSIDE:
        faults.append(Fault("loss", "outside: " + (folder / "logs" / "outside").read_text()))
    faults += judge(attack, before, runs)
    left = sorted(p.name for p in (folder / "tmp").iterdir())
    if left:
        faults.append(Fault("loss", f"left in the temporary folder: {', '.join(left)}"))
    (folder / "result.part").write_bytes(pickle.dumps((faults, runs)))
    (folder / "result.part").rename(folder / "result")


def _in_child(attack: Attack, kit: Kit, folder: Path, root: Path) -> tuple[list[Run], int]:
    """Run the commands in one more process, which may die, lose its rights or meet its limits."""
    started = os.fork()
    if started == 0:
        code = 1
        try:
            _commands(attack, kit, folder, root)
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(started, 0)
    runs = []
    for i in range(len(attack.commands)):
        out, err, end = ((folder / "logs" / f"{i}.{name}").read_bytes() for name in ("out", "err", "end"))
        code, trace = pickle.loads(end) if end else (None, "")
        runs.append(Run(code, *(said[:_OUTPUT_BYTES].decode(errors="replace") for said in (out, err)), trace))
        if not end:
            break
    return runs, os.waitstatus_to_exitcode(status)


def _commands(attack: Attack, kit: Kit, folder: Path, root: Path) -> None:
    log = folder / "logs"
    # Opened here: what runs later may have no right to, and no room left.
    files = [
        tuple((log / f"{i}.{name}").open("wb", buffering=0) for name in ("out", "err", "end"))
        for i in range(len(attack.commands))
    ]
    outside = (log / "outside").open("w")
    os.environ.update(environment(folder))
    os.environ.update(attack.environment)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(attack.folder)
    if attack.landmarks:
        _use_landmarks(kit)
    if attack.as_nobody and os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.setgroups([])
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)

    def report(what: str) -> None:
        outside.write(what)
        outside.flush()

    guard.install(root, report)
    for command, (out, err, end) in zip(attack.commands, files, strict=True):
        if attack.file_limit is None:
            ended = run_command(command, out.fileno(), err.fileno())
        elif attack.output_limited:
            with _room(attack.file_limit):
                ended = run_command(command, out.fileno(), err.fileno())
        else:
            with _piped(out) as out_pipe, _piped(err) as err_pipe, _room(attack.file_limit):
                ended = run_command(command, out_pipe, err_pipe)
        end.write(pickle.dumps(ended))


@contextlib.contextmanager
def _piped(log: FileIO) -> Iterator[int]:
    """Give a pipe for what is said (a few kilobytes), for it must not meet the limit of files."""
    reads, writes = os.pipe()
    try:
        yield writes
    finally:
        os.set_blocking(reads, False)
        with contextlib.suppress(BlockingIOError):
            log.write(os.read(reads, 65_536))
        os.close(reads)
        os.close(writes)


@contextlib.contextmanager
def _room(limit: int) -> Iterator[None]:
    """No file may grow beyond so many bytes, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def environment(folder: Path) -> dict[str, str]:
    """Return the variables that keep the program in the folder of its attack."""
    return {
        "HOME": str(folder / "at"),
        "XDG_DATA_HOME": str(folder / "at" / "data"),
        "XDG_CONFIG_HOME": str(folder / "at" / "data"),
        "XDG_CACHE_HOME": str(folder / "tmp"),
        "TMPDIR": str(folder / "tmp"),
        "ROM_VISION_DATABASE_URL": "",
        "COLUMNS": "120",
    }


def run_command(command: list[str], out: int, err: int) -> tuple[int, str]:
    """Run the program as its entry point does; return exit status and traceback."""
    from rom_vision.cli import main

    os.dup2(out, 1)
    os.dup2(err, 2)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    sys.argv = ["rom-vision", *command]
    try:
        main()
        status, trace = 0, ""
    except SystemExit as end:
        code = end.code
        status, trace = (code if isinstance(code, int) else 0 if code is None else 1), ""
    except BaseException:  # whatever else comes out is what this looks for
        status, trace = 1, traceback.format_exc()
    try:
        sys.stdout.flush()
    except Exception:  # as the interpreter would at its end
        status, trace = 120, trace or traceback.format_exc()
    sys.stderr.flush()
    return status, trace


def _use_landmarks(kit: Kit) -> None:
    """Give the kept landmarks instead of looking for the person: for attacks in which the pictures do not matter."""
    from rom_vision.capture import VideoReader
    from rom_vision.pose.track import PoseTrack

    def watch(path: Path, **_options: Any) -> tuple[PoseTrack, list[Any]]:
        with VideoReader(path) as reader:
            next(iter(reader))  # a file that cannot be read is refused as ever
        return PoseTrack.load(kit.squat_track if "screen" in sys.argv[1:2] else kit.track), []

    for name in list(sys.modules):
        module = sys.modules[name]
        if name.startswith("rom_vision.") and hasattr(module, "watch_video"):
            module.watch_video = watch  # type: ignore[attr-defined]
