"""`rom-vision batch`: many recordings at once, here or on a cluster."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from rom_vision.cli.common import CameraName, Hfov, Jobs, Model, Roll, progress
from rom_vision.cli.measure import command_of, named_test, test_parameters
from rom_vision.cli.say import say
from rom_vision.cli.sessions import open_store
from rom_vision.legible import shown
from rom_vision.protocols.registry import protocols

__all__ = ["batch_command"]

Source = Annotated[
    str,
    typer.Argument(metavar="FOLDER|PATTERN", help="A folder of videos, or a pattern in quotes.", show_default=False),
]
Out = Annotated[Path, typer.Option("--out", metavar="OUT", help="Folder for what is found.", show_default=False)]
Plan = Annotated[
    Path | None,
    typer.Option(
        metavar="PLAN.csv", help="Table with a row for each file: file, person, date, test and its options, camera."
    ),
]
ExecutorName = Annotated[
    str, typer.Option("--executor", metavar="local|dask://HOST:PORT", help="Where the work is done.")
]
Keep = Annotated[bool, typer.Option("--save", help="Keep each result with the person whom the plan names.")]


@dataclass
class _Request:
    """What was asked on the command line, beside the test and its options."""

    source: Source
    out: Out
    plan: Plan = None
    model: Model = "heavy"
    camera: CameraName = "unknown"
    hfov: Hfov = None
    roll: Roll = None
    executor: ExecutorName = "local"
    jobs: Jobs = None
    save: Keep = False


def batch_command() -> Callable[..., None]:
    """Return `batch`, with the options of all tests for recordings of which the plan does not say them."""
    tests = protocols()

    def run(**given: Any) -> None:
        test = given.pop("test")
        options = {name: given.pop(name, None) for name in {o.name: None for test in tests for o in test.options}}
        _run(test, options, _Request(**given))

    shown_as = named_test(tests, "What to measure where the plan does not say.")
    chosen = inspect.Parameter("test", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=shown_as)
    help_text = (
        "Measure many recordings: a row, a JSON and a picture of each, in one folder. Called again, it goes on where it"
        " was.\n\nExit status: 0 when every recording has its row, 2 bad input (then nothing is written)."
    )
    return command_of(run, [chosen, *test_parameters(tests)], help_text, _Request)


def _run(test: str | None, options: dict[str, str | None], r: _Request) -> None:
    from rom_vision.batch.plan import Request
    from rom_vision.batch.run import measure_many
    from rom_vision.camera.setting import CameraSetting

    request = Request(test, options, r.model, CameraSetting(r.camera, r.hfov, r.roll))
    with open_store() if r.save else nullcontext() as store, progress("Measuring") as on_progress:
        done = measure_many(
            r.source,
            r.out,
            plan=r.plan,
            request=request,
            executor=r.executor,
            jobs=r.jobs,
            store=store,
            on_progress=on_progress,
        )
    counts = Counter(d.status for d in done)
    for d in done:
        if d.status != "measured":
            say(f"{d.name}: {d.status}. {' '.join(d.reasons)}")
    said = ", ".join(f"{counts[status]} {status}" for status in ("measured", "refused", "failed"))
    say(f"{len(done)} recordings: {said}. See {shown(r.out / 'summary.html')} and {shown(r.out / 'results.csv')}.")
