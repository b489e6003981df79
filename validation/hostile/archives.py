"""Archives, and the documents and tracks in them, that are not what they say: refused, or harmless in every chart."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from validation.hostile.case import Attack, Case, Kit, Make
from validation.hostile.outputs import keep_people
from validation.hostile.spoil import TRACK_FAULTS, spoil_json, spoil_track

__all__ = ["OUTPUTS", "cases", "look_at_all"]

_DOCUMENTS, _MANIFESTS = 60, 24

OUTPUTS = {f"r{n}.{ending}" for n in range(1, 6) for ending in ("pdf", "html", "csv", "json", "trc", "mot")}
OUTPUTS |= {f"r{n}-{k}.{ending}" for n in range(1, 6) for k in (2, 3, 4) for ending in ("trc", "mot")}
OUTPUTS |= {"compare.json", "again.zip"}


def look_at_all(people: tuple[str, ...], numbers: range) -> list[list[str]]:
    """Return every command that reads what is kept."""
    commands = [["person", "list"]]
    for person in people:
        commands += [["sessions", "list", "--person", person], ["sessions", "compare", "--person", person]]
    for n in numbers:
        report = [word for kind in ("pdf", "html", "csv", "trc", "mot") for word in (f"--{kind}", f"r{n}.{kind}")]
        commands += [["sessions", "show", str(n)], ["sessions", "report", str(n), *report, "--fhir", f"r{n}.json"]]
    commands.append(["sessions", "compare", "--person", people[0], "--json", "compare.json"])
    commands.append(["sessions", "remeasure", "--person", people[0]])
    commands.append(["sessions", "show", str(numbers[0])])
    commands.append(["sessions", "export", "--person", people[0], "again.zip"])
    return commands


def _members(kit: Kit) -> dict[str, bytes]:
    with zipfile.ZipFile(kit.archive) as source:
        return {name: source.read(name) for name in source.namelist()}


def _pack(path: Path, members: dict[str, bytes], **how: Any) -> None:
    """Write an archive whose checksums fit, whatever is in it."""
    try:
        manifest = json.loads(members["manifest.json"])
        for session in manifest["sessions"]:
            for result in session["results"]:
                for file in (result["document"], *result["attachments"]):
                    data = members[file["path"]]
                    file["sha256"], file["size"] = hashlib.sha256(data).hexdigest(), len(data)
        members = {**members, "manifest.json": json.dumps(manifest).encode()}
    except (KeyError, TypeError, ValueError):
        pass  # a spoiled manifest stays as it is
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **how) as out:
        for name, data in members.items():
            out.writestr(name, data)


def _attack(folder: Path, archive: str = "odd.zip") -> Attack:
    """Import into an empty database and look at all of it."""
    commands = [["sessions", "import", archive], *look_at_all(("Sample person",), range(1, 3))]
    return Attack(commands, folder, set(OUTPUTS))


def _spoiled_document(folder: Path, kit: Kit, chance: Random) -> Attack:
    members = _members(kit)
    name = chance.choice([name for name in members if name.endswith("document.json")])
    members[name] = spoil_json(members[name].decode(), chance, chance.choice([1, 1, 2, 4])).encode()
    _pack(folder / "odd.zip", members)
    return _attack(folder)


def _spoiled_manifest(folder: Path, kit: Kit, chance: Random) -> Attack:
    members = _members(kit)
    members["manifest.json"] = spoil_json(members["manifest.json"].decode(), chance).encode()
    with zipfile.ZipFile(folder / "odd.zip", "w") as out:
        for name, data in members.items():
            out.writestr(name, data)
    return _attack(folder)


def _every_document(change: Callable[[dict[str, Any]], None]) -> Make:
    def make(folder: Path, kit: Kit, _chance: Random) -> Attack:
        members = _members(kit)
        for name in [name for name in members if name.endswith("document.json")]:
            document = json.loads(members[name])
            change(document)
            members[name] = json.dumps(document).encode()
        _pack(folder / "odd.zip", members)
        return _attack(folder)

    return make


def _all_values(value: float) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        document["internal_rotation"] = {
            "value_deg": value, "ci95_deg": [value, value], "best_deg": value, "n_repetitions": 3}  # fmt: skip

    return change


def _curve(change: Callable[[dict[str, list[Any]]], None]) -> Callable[[dict[str, Any]], None]:
    return lambda document: change(document["curve"])


def _settings(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: document["provenance"]["settings"].update(values)


def _set(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: document.update(values)


_LENS = {"focal_px": 554.0, "focal_log_sd": 0.14, "cx_px": 270.0, "cy_px": 360.0, "distortion": [0.0] * 5}
_CHANGES: dict[str, Callable[[dict[str, Any]], None]] = {
    "values_nan": _all_values(float("nan")),
    "values_infinite": _all_values(float("inf")),
    "values_1e9": _all_values(1e9),
    "values_1e300": _all_values(1e300),
    "values_400": _all_values(400.0),
    "interval_turned_round": _set(
        internal_rotation={"value_deg": 30.0, "ci95_deg": [40.0, 20.0], "best_deg": 30.0, "n_repetitions": 3}
    ),
    "curve_nan": _curve(lambda c: c["hip_rotation_deg"].__setitem__(5, float("nan"))),
    "curve_1e9": _curve(lambda c: c["hip_rotation_deg"].__setitem__(5, 1e9)),
    "curve_short": _curve(lambda c: c["hip_rotation_deg"].pop()),
    "curve_no_sd": _curve(lambda c: c["sd_deg"].clear()),
    "curve_times_alike": _curve(lambda c: c.update(time_s=[1.0] * len(c["time_s"]))),
    "curve_backwards": _curve(lambda c: c["time_s"].reverse()),
    "curve_far": _curve(lambda c: c["time_s"].__setitem__(-1, 1e12)),
    "curve_empty": _curve(lambda c: [v.clear() for v in c.values()]),  # type: ignore[func-returns-value]
    "curve_one_point": _curve(lambda c: c.update({k: v[:1] for k, v in c.items()})),
    "curve_all_none": _curve(lambda c: c.update(hip_rotation_deg=[None] * len(c["time_s"]))),
    "no_repetitions": _set(repetitions=[]),
    "no_rotation": _set(internal_rotation=None, external_rotation=None),
    "refused_with_value": _set(status="refused"),
    "many_warnings": _set(warnings=["w" * 1000] * 3000),
    "long_warning": _set(warnings=["w" * 3_000_000]),
    "markup_warning": _set(warnings=["<b>[bold]*x*</b> <para> &amp; \u202e {0} %s"] * 3),
    "warnings_empty": _set(warnings=["", " ", "\n\n"]),
    "lens_text": _settings(lens="wide"),
    "lens_list": _settings(lens=[1, 2, 3]),
    "lens_zero": _settings(lens={**_LENS, "focal_px": 0}),
    "lens_nan": _settings(lens={**_LENS, "focal_px": float("nan")}),
    "lens_short_distortion": _settings(lens={**_LENS, "distortion": [0.1]}),
    "lens_text_distortion": _settings(lens={**_LENS, "distortion": "none"}),
    "lens_huge_distortion": _settings(lens={**_LENS, "distortion": [1e9] * 5}),
    "roll_text": _settings(roll_deg="level", roll_sd_deg="small"),
    "roll_huge": _settings(roll_deg=1e9, roll_sd_deg=1e9),
    "roll_none": _settings(roll_deg=None, roll_sd_deg=3.0, pitch_deg=None),
    "level_number": _settings(level=7),
    "pitch_90": _settings(pitch_deg=90.0),
    "settings_deep": _settings(more={"a": {"b": [[[[[[]]]]]]}}),
    "settings_huge": _settings(more="x" * 2_000_000),
    "legs_none": _settings(legs=None),
    "versions_odd": lambda d: d["provenance"].update(versions={"rom-vision": "", "x" * 1000: "y"}),
    "other_test": _set(test="squat"),
    "unknown_test": _set(test="handstand"),
    "schema_99": _set(schema=99),
    "repetition_ends_first": lambda d: [r.update(start_s=9.0, end_s=1.0) for r in d["repetitions"]],  # type: ignore[func-returns-value]
    "repetition_far": lambda d: [r.update(start_s=1e9, end_s=1e9 + 1) for r in d["repetitions"]],  # type: ignore[func-returns-value]
    "repetitions_many": lambda d: d.update(repetitions=d["repetitions"] * 3000),
}


def _spoiled_track(fault: str) -> Make:
    def make(folder: Path, kit: Kit, chance: Random) -> Attack:
        members = _members(kit)
        for name in [name for name in members if "/track-" in name]:
            members[name] = spoil_track(members[name], fault, chance)
        _pack(folder / "odd.zip", members)
        return _attack(folder)

    return make


def _in_manifest(change: Callable[[dict[str, Any]], None]) -> Make:
    def make(folder: Path, kit: Kit, _chance: Random) -> Attack:
        members = _members(kit)
        manifest = json.loads(members["manifest.json"])
        change(manifest)
        members["manifest.json"] = json.dumps(manifest).encode()
        _pack(folder / "odd.zip", members)
        return _attack(folder)

    return make


def _every_session(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda manifest: [s.update(values) for s in manifest["sessions"]]  # type: ignore[func-returns-value]


def _name(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda manifest: manifest["person"].update(name=name)


_MANIFEST_CHANGES: dict[str, Callable[[dict[str, Any]], None]] = {
    "year_9999": _every_session(taken_at="9999-12-31T23:59:59+00:00"),
    "year_9999_west": _every_session(taken_at="9999-12-31T23:59:59-14:00"),
    "year_1": _every_session(taken_at="0001-01-01T00:00:00+14:00"),
    "offset_23": _every_session(taken_at="2026-01-01T00:00:00+23:59"),
    "no_results": _every_session(results=[]),
    "no_sessions": lambda manifest: manifest.update(sessions=[]),
    "same_twice": lambda manifest: manifest.update(sessions=manifest["sessions"] * 2),
    "same_result_twice": lambda manifest: manifest["sessions"][0].update(
        results=manifest["sessions"][0]["results"] * 2
    ),
    "same_file_twice": lambda manifest: manifest["sessions"][0]["results"][0].update(
        attachments=manifest["sessions"][0]["results"][0]["attachments"] * 2
    ),
    "name_empty": _name(""),
    "name_long": _name("n" * 201),
    "name_control": _name("a\u0000b\n"),
    "name_surrogate": _name("\ud800"),
    "name_markup": _name("<b>[red]*x*"),
    "name_dash": _name("--help"),
    "born_1900": lambda manifest: manifest["person"].update(birth_year=1900, sex="male"),
    "born_2200": lambda manifest: manifest["person"].update(birth_year=2200),
    "exported_far": lambda manifest: manifest.update(exported_at="9999-12-31T23:59:59-23:00"),
}


def _bytes(change: Callable[[bytearray, Random], bytes]) -> Make:
    def make(folder: Path, kit: Kit, chance: Random) -> Attack:
        (folder / "odd.zip").write_bytes(change(bytearray(kit.archive.read_bytes()), chance))
        return _attack(folder)

    return make


def _flip(data: bytearray, chance: Random, count: int) -> bytes:
    for _ in range(count):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def _flip_end(data: bytearray, chance: Random) -> bytes:
    for _ in range(8):
        data[-chance.randrange(1, 1500)] ^= 1 << chance.randrange(8)
    return bytes(data)


def _encrypted(data: bytearray, _chance: Random) -> bytes:
    """The flag for encryption set in every header."""
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


def _method(number: int) -> Callable[[bytearray, Random], bytes]:
    """Another way of packing named in every header than was used."""

    def change(data: bytearray, _chance: Random) -> bytes:
        for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
            at = data.find(mark)
            while at >= 0:
                data[at + offset : at + offset + 2] = struct.pack("<H", number)
                at = data.find(mark, at + 4)
        return bytes(data)

    return change


def _bomb(_data: bytearray, _chance: Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b" " * 200_000_000)
    return out.getvalue()


_ARCHIVE_BYTES: dict[str, Callable[[bytearray, Random], bytes]] = {
    "bit": lambda data, chance: _flip(data, chance, 1),
    "bits": lambda data, chance: _flip(data, chance, 40),
    "bits_again": lambda data, chance: _flip(data, chance, 40),
    "bits_at_end": _flip_end,
    "bits_at_end_again": _flip_end,
    "cut": lambda data, chance: bytes(data[: chance.randrange(100, len(data) - 10)]),
    "headless": lambda data, chance: bytes(data[chance.randrange(1, 3000) :]),
    "encrypted": _encrypted,
    "says_lzma": _method(14),
    "says_bzip2": _method(12),
    "says_stored": _method(0),
    "says_99": _method(99),
    "bomb": _bomb,
    "empty": lambda data, chance: b"",
    "empty_zip": lambda data, chance: b"PK\x05\x06" + bytes(18),
}


def _joins_own(folder: Path, kit: Kit, chance: Random) -> Attack:
    """A spoiled archive of somebody who is here already: their own sessions stay as they are."""
    keep_people(folder, kit)
    attack = _spoiled_document(folder, kit, chance)
    attack.commands = [["sessions", "import", "odd.zip"], *look_at_all(("Sample person", "Ben"), range(1, 4))]
    return attack


def cases() -> Iterator[Case]:
    """Yield the attacks of this kind."""
    for n in range(_DOCUMENTS):
        yield Case(f"document/spoiled_{n}", _spoiled_document)
    for name, change in _CHANGES.items():
        yield Case(f"document/{name}", _every_document(change))
    for fault in TRACK_FAULTS:
        yield Case(f"track/{fault}", _spoiled_track(fault))
    for n in range(_MANIFESTS):
        yield Case(f"archive/manifest_{n}", _spoiled_manifest)
    for name, change in _MANIFEST_CHANGES.items():
        yield Case(f"archive/{name}", _in_manifest(change))
    for name, harm in _ARCHIVE_BYTES.items():
        yield Case(f"archive/bytes_{name}", _bytes(harm))
    for n in range(4):
        yield Case(f"archive/joins_{n}", _joins_own)
