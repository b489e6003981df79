"""`rom-vision measure` and its short name for squats, `screen`: run a test on a video.

The options of the tests are asked of the registry, so that a test of another package has its own here, too.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from rom_vision.cli.common import (
    EXIT_REFUSED,
    Again,
    CameraName,
    Clip,
    Csv,
    Filmed,
    Hfov,
    Jobs,
    Json,
    KeepVideo,
    Model,
    Overlay,
    PersonName,
    Pictures,
    Pinch,
    Roll,
    Save,
    Subject,
    Track,
    check_person,
    make_folder,
    progress,
)
from rom_vision.cli.outputs import Force, Outputs, document_outputs, finish
from rom_vision.cli.sessions import open_store
from rom_vision.errors import BadInputError
from rom_vision.protocols.base import Protocol
from rom_vision.protocols.registry import NOT_OFFERED, protocol, protocols

if TYPE_CHECKING:
    from rom_vision.pipeline.run import Analysis
    from rom_vision.results.document import Document
    from rom_vision.sessions import NewResult, Person

__all__ = ["command_of", "dashed", "measure_command", "named_test", "one_of", "test_command", "test_parameters"]

_STATUS = "Exit status: 0 measured, 3 refused (with the reasons), 2 bad input."


@dataclass
class _Request:
    """What was asked on the command line: the options that every test has."""

    clip: Clip
    model: Model = "heavy"
    camera: CameraName = "unknown"
    hfov: Hfov = None
    roll: Roll = None
    subject: Subject = None
    jobs: Jobs = None
    json_out: Json = None
    csv_out: Csv = None
    overlay: Overlay = None
    pictures: Pictures = None
    track: Track = None
    save: Save = False
    person: PersonName = None
    filmed: Filmed = None
    keep_video: KeepVideo = False
    pinch: Pinch = False
    again: Again = False
    force: Force = False


def measure_command() -> Callable[..., None]:
    """Return `measure`, with the options of all tests."""
    tests = protocols()

    def run(**given: Any) -> None:
        asked = protocol(given.pop("test"))
        _run(asked, given, [option.name for test in tests for option in test.options])

    shown_as = named_test(tests, "What to measure; each test has its own options below.")
    chosen = inspect.Parameter(
        "test", inspect.Parameter.KEYWORD_ONLY, default=dashed(tests[0].name), annotation=shown_as
    )
    listed = "; ".join(f"{dashed(test.name)}: {test.summary}" for test in tests)
    return command_of(run, [chosen, *test_parameters(tests)], f"Run a test on a video. {listed}\n\n{_STATUS}")


def test_command(name: str) -> Callable[..., None]:
    """Return the short name of one test: `measure --test NAME` with that test's options alone."""
    asked = protocol(name)

    def run(**given: Any) -> None:
        _run(asked, given, [option.name for option in asked.options])

    return command_of(
        run, test_parameters((asked,)), f"Short for measure --test {dashed(name)}. {asked.summary}\n\n{_STATUS}"
    )


test_command.__test__ = False  # type: ignore[attr-defined]  # pytest would collect it wherever a test imports it


def command_of(
    run: Callable[..., None], more: Sequence[inspect.Parameter], help_text: str, request: type = _Request
) -> Callable[..., None]:
    """Give ``run`` the signature that typer reads: what ``request`` asks for first, then ``more``, then its rest."""
    shared = [
        p.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for p in inspect.signature(request, eval_str=True).parameters.values()
    ]
    parameters = [shared[0], *more, *shared[1:]]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in parameters}
    run.__doc__ = help_text
    return run


def test_parameters(tests: Sequence[Protocol]) -> list[inspect.Parameter]:
    """Return one parameter for each option; tests that share its name share it."""
    found: dict[str, list[Protocol]] = {}
    for test in tests:
        for option in test.options:
            found.setdefault(option.name, []).append(test)
    parameters = []
    for name, having in found.items():
        options = [next(o for o in test.options if o.name == name) for test in having]
        values = list(dict.fromkeys(value for option in options for value in option.values))
        default = f" Without it: {options[0].default}." if options[0].default else ""
        shown = typer.Option(
            f"--{dashed(name)}",
            help=f"{options[0].help}{default}",
            rich_help_panel=", ".join(f"{test.title} (--test {dashed(test.name)})" for test in having),
            show_default=False,
        )
        chosen: Any = str if any(option.number for option in options) else one_of(values)
        annotation = Annotated[chosen | None, shown]
        parameters.append(inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation))
    return parameters


def named_test(tests: Sequence[Protocol], help_text: str) -> Any:
    """The type of ``--test``: the name of a test, or unlisted of one that is left out, which is told why."""
    names = [dashed(test.name) for test in tests]
    taken = one_of([*names, *map(dashed, NOT_OFFERED)])
    return Annotated[taken | None, typer.Option("--test", help=help_text, metavar=f"[{'|'.join(names)}]")]


def one_of(values: Sequence[str]) -> Any:
    """The type of these strings alone, which typer shows and checks."""
    return Literal[tuple(values)]


def dashed(name: str) -> str:
    """Return a name as the command line writes it."""
    return name.replace("_", "-")


# -- what a command does ---------------------------------------------------------------------------------------------


def _run(asked: Protocol, given: dict[str, Any], options: Sequence[str]) -> None:
    chosen = asked.settle({name: given.pop(name) for name in dict.fromkeys(options)})
    r = _Request(**given)
    outputs = document_outputs(
        r.json_out, r.csv_out, r.overlay, r.track, inputs=(r.clip, r.model, r.camera), force=r.force
    )
    keep_for = check_person(r.save, r.person, r.filmed, more=r.keep_video or r.pinch or r.again)
    if r.pictures is not None:
        make_folder(r.pictures)
    document = _measure_and_write(asked, chosen, r, outputs, keep_for)
    if document.status == "refused":
        raise typer.Exit(EXIT_REFUSED)


def _measure_and_write(
    asked: Protocol, chosen: dict[str, str], r: _Request, outputs: Outputs, keep_for: Person | None
) -> Document:
    from rom_vision.camera.setting import CameraSetting
    from rom_vision.pipeline.run import measure
    from rom_vision.report.presenters.registry import presenter_of
    from rom_vision.report.tables import write_curve_csv

    options: Any = chosen
    with progress("Finding the person") as on_progress:
        analysis = measure(
            r.clip,
            asked.name,
            model=r.model,
            camera=CameraSetting(r.camera, r.hfov, r.roll),
            subject=r.subject,
            known=_known_of(keep_for.name) if keep_for else (),
            jobs=r.jobs,
            on_progress=on_progress,
            **options,
        )
    document = analysis.document
    outputs.write("--track", analysis.track.save)
    outputs.write("--csv", lambda draft: write_curve_csv(document, draft))
    _draw_and_keep(r, analysis, outputs, keep_for)
    finish(outputs, document, presenter_of(document.test).lines(document))
    return document


def _draw_and_keep(r: _Request, analysis: Analysis, outputs: Outputs, keep_for: Person | None) -> None:
    from rom_vision.pipeline.camera import MAX_SIDE_PX
    from rom_vision.report.overlay import write_overlay
    from rom_vision.report.presenters.registry import presenter_of

    shown = presenter_of(analysis.document.test)
    drawing = shown.drawing(analysis, keep_for.sex if keep_for else None)
    if r.overlay and drawing:
        with progress("Drawing the video") as on_progress:
            draw = partial(write_overlay, overlay=drawing, max_side_px=MAX_SIDE_PX, on_progress=on_progress)
            outputs.write("--overlay", lambda draft: draw(r.clip, draft))
    if keep_for is None and r.pictures is None:
        return
    pictures = shown.pictures(r.clip, analysis, drawing, every=False, max_side_px=MAX_SIDE_PX)
    if keep_for is not None:
        from rom_vision.sessions import NewResult

        kept_video = r.clip if r.keep_video else None
        new = NewResult(analysis.document, analysis.track, pictures, kept_video, r.pinch)
        outputs.attempt(partial(_keep, keep_for.name, new, r))
    if r.pictures is None:
        return
    for picture in pictures:
        name = "".join(c if c.isalnum() or c in "-." else "_" for c in picture.name.replace(", ", "_"))
        outputs.write_more("picture", r.pictures / f"{name}.jpg", picture.data)


def _keep(person: str, new: NewResult, r: _Request) -> None:
    from rom_vision.sessions import AlreadyKeptError, save_result

    try:
        save_result(person, new, taken_at=r.filmed, again=r.again)
    except AlreadyKeptError as fault:
        raise BadInputError(f"{fault} With --again it is kept nevertheless.") from fault


def _known_of(person: str) -> tuple[Document, ...]:
    """What is known of somebody, newest first: it may explain what this test shows."""
    from rom_vision.sessions.lookup import newest_of_each

    with open_store(person) as store:
        return newest_of_each(store, person)
