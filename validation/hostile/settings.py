"""Settings that nobody should give: lenses, leans, people, dates, camera profiles and model bundles."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from validation.hostile.case import Attack, Case, Kit, Make, measure_args
from validation.hostile.outputs import keep_people

__all__ = ["NASTY_NUMBERS", "cases"]

NASTY_NUMBERS = ("nan", "inf", "-inf", "1e300", "-1e300", "0", "-1", "1e-300", "9" * 40, "", " ", "x", "0x10", "1_0")

_OPTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "hfov": ("--hfov", (*NASTY_NUMBERS, "9.999", "150.1", "150", "10")),
    "roll": ("--roll", (*NASTY_NUMBERS, "-45.1", "45")),
    "subject": ("--subject", (*NASTY_NUMBERS, "2", "5", str(2**31), str(2**63))),
    "camera": ("--camera", ("", " ", "nobody", "../x", "a/b", "[b]x[/b]", "n" * 5000, "\n", "laptop\n", "é", "LAPTOP")),
    "model": ("--model", ("", "nothing.task", "data", ".", "clip.mp4", "light", "n" * 5000)),
    "side": ("--side", ("", "both", "LEFT", "left ", "[red]")),
    "position": ("--position", ("", "standing", "seated,supine")),
    "mode": ("--mode", ("", "asleep")),
    "date": (
        "--date",
        ("", "0001-01-01", "0000-00-00", "9999-12-31", "2026-02-30", "1969-12-31", "now", "2026-01-31T25:00", "1"),
    ),
    "person": ("--person", ("", " ", "Nobody", "a" * 300, "A\nB", "\u202e", "[bold]x[/]", "Sample person' OR 1=1")),
}
_SAVED = {"date", "person"}


def _option(option: str, value: str, *, save: bool) -> Make:
    def make(folder: Path, kit: Kit, _chance: Random) -> Attack:
        shutil.copy(kit.clip, folder / "clip.mp4")
        keep_people(folder, kit)
        more = [f"{option}={value}"]
        if save:
            more += ["--save"] + ([] if option == "--person" else ["--person", "Ben"])
        command = measure_args("clip.mp4", *more)
        if option in ("--side", "--position", "--model"):
            command = ["measure", "clip.mp4", *_without(option), f"{option}={value}"]
        after = [["sessions", "list", "--person", "Ben"], ["sessions", "compare", "--person", "Ben"]]
        return Attack([command, *after], folder, {"out.json"})

    return make


def _without(option: str) -> list[str]:
    given = {"--position": "seated", "--side": "left", "--model": "full"}
    return [word for name, value in given.items() if name != option for word in (name, value)]


_NUMBERS = (
    ["sessions", "show"],
    ["sessions", "delete"],
    ["sessions", "report", "--pdf", "r.pdf"],
)


def _number(command: list[str], value: str) -> Make:
    def make(folder: Path, kit: Kit, _chance: Random) -> Attack:
        keep_people(folder, kit)
        return Attack([[*command, "--", value], ["sessions", "list", "--person", "Ben"]], folder, {"r.pdf"})

    return make


_PROFILES: dict[str, Any] = {
    "sound": {},
    "empty": b"",
    "no_json": b"{",
    "list": b"[]",
    "null": b"null",
    "not_utf8": b'{"name": "caf\xe9"}',
    "deep": b"[" * 100_000,
    "nan_focal": {"focal_px": float("nan")},
    "zero_focal": {"focal_px": 0},
    "negative_focal": {"focal_px": -500.0},
    "huge_focal": {"focal_px": 1e300},
    "text_focal": {"focal_px": "wide"},
    "centre_outside": {"cx_px": 1e6, "cy_px": -1e6},
    "size_zero": {"width_px": 0, "height_px": 0},
    "size_huge": {"width_px": 10**18, "height_px": 1},
    "other_shape": {"width_px": 1000, "height_px": 100},
    "distortion_huge": {"distortion": [1e9, -1e9, 0.0, 0.0, 1e9]},
    "distortion_nan": {"distortion": [float("nan")] * 5},
    "distortion_short": {"distortion": [0.1]},
    "distortion_text": {"distortion": "none"},
    "distortion_folds": {"distortion": [-3.0, 0.0, 0.0, 0.0, 0.0]},
    "other_name": {"name": "../../other"},
    "unknown_field": {"x": 1},
    "far_date": {"made": "9999-12-31T23:59:59-23:59"},
}


def _profile(change: Any) -> Make:
    def make(folder: Path, kit: Kit, _chance: Random) -> Attack:
        shutil.copy(kit.clip, folder / "clip.mp4")
        place = folder / "data" / "rom_vision" / "cameras"
        place.mkdir(parents=True)
        data = change if isinstance(change, bytes) else json.dumps({**_GOOD, **change}).encode()
        (place / "mine.json").write_bytes(data)
        return Attack([measure_args("clip.mp4", "--camera", "mine")], folder, {"out.json"})

    return make


_GOOD = {
    "schema": 1,
    "name": "mine",
    "width_px": 390,
    "height_px": 520,
    "focal_px": 405.0,
    "focal_log_sd": 0.05,
    "cx_px": 195.0,
    "cy_px": 260.0,
    "distortion": [0.0] * 5,
    "rms_px": 0.3,
    "n_views": 20,
    "made": "2026-01-01T12:00:00",
    "how": "printed board (a4)",
}
"""A profile as the program writes it, for the clip's own picture."""


def _bundle(kind: str) -> Make:
    """A model bundle that is none, or damaged."""

    def make(folder: Path, kit: Kit, chance: Random) -> Attack:
        from rom_vision.pose.models import resolve_model

        shutil.copy(kit.clip, folder / "clip.mp4")
        model = folder / "mine.task"
        whole = Path(resolve_model("full").path)
        if kind == "empty":
            model.write_bytes(b"")
        elif kind == "text":
            model.write_text("a model\n" * 1000)
        elif kind == "cut":
            model.write_bytes(whole.read_bytes()[: chance.randrange(1000, 2_000_000)])
        elif kind == "bits":
            data = bytearray(whole.read_bytes())
            for _ in range(50):
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            model.write_bytes(data)
        elif kind == "other_zip":
            with zipfile.ZipFile(model, "w") as out:
                out.writestr("hello.txt", "hello")
        elif kind == "empty_parts":
            with zipfile.ZipFile(whole) as source, zipfile.ZipFile(model, "w") as out:
                for name in source.namelist():
                    out.writestr(name, b"")
        elif kind == "noise_parts":
            with zipfile.ZipFile(whole) as source, zipfile.ZipFile(model, "w") as out:
                for name in source.namelist():
                    out.writestr(name, chance.randbytes(20_000))
        elif kind == "folder":
            model.mkdir()
        attack = Attack([measure_args("clip.mp4", model="mine.task")], folder, {"out.json"}, landmarks=False)
        attack.allowed = (2, 3) if kind != "bits" else (0, 2, 3)
        return attack

    return make


def cases() -> Iterator[Case]:
    """Yield the attacks of this kind."""
    for name, (option, values) in _OPTIONS.items():
        for i, value in enumerate(values):
            yield Case(f"setting/{name}_{i}", _option(option, value, save=name in _SAVED))
    for command in _NUMBERS:
        for i, value in enumerate(("0", "-1", "9" * 25, "x", "1e3", "١", str(2**63), str(2**31), " 1", "")):
            yield Case(f"setting/{command[1]}_{i}", _number(command, value))
    for name, change in _PROFILES.items():
        yield Case(f"profile/{name}", _profile(change))
    for kind in ("empty", "text", "cut", "bits", "other_zip", "empty_parts", "noise_parts", "folder"):
        yield Case(f"model/{kind}", _bundle(kind))
