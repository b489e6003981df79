"""Spoil a JSON document or a track in one place, chosen by chance, with a value that should not be there."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from random import Random
from typing import Any

import numpy as np

__all__ = ["NASTY", "TRACK_FAULTS", "places", "spoil_json", "spoil_track"]

NASTY: tuple[Any, ...] = (
    None,
    True,
    "",
    "x" * 100_000,
    "\u0000",
    "\ud800",
    "<script>alert(1)</script>[bold]",
    float("nan"),
    float("inf"),
    float("-inf"),
    1e9,
    -1e9,
    1e300,
    10**30,
    -1,
    0,
    0.5,
    [],
    {},
    [None],
    [1, "two"],
    "2026-13-45T99:99:99Z",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
)
"""Values that do not belong where they are put."""

Way = tuple[str | int, ...]


def places(document: Any, way: Way = ()) -> Iterator[Way]:
    """Yield the way to every value of a JSON document; of a long list only to the first, middle and last."""
    if isinstance(document, dict):
        for key, inner in document.items():
            yield (*way, key)
            yield from places(inner, (*way, key))
    elif isinstance(document, list):
        for i in sorted({0, len(document) // 2, len(document) - 1}) if document else ():
            yield (*way, i)
            yield from places(document[i], (*way, i))


def spoil_json(text: str, chance: Random, count: int = 1) -> str:
    """Return the document with ``count`` values replaced, lists emptied or doubled, or names taken away."""
    document = json.loads(text)
    for _ in range(count):
        way = chance.choice(list(places(document)))
        inner = document
        for step in way[:-1]:
            inner = inner[step]
        old = inner[way[-1]]
        if isinstance(old, list) and old and chance.random() < 0.5:
            inner[way[-1]] = chance.choice([old[:-1], old * 2, old[::-1], [old[0]] * len(old)])
        elif isinstance(inner, dict) and chance.random() < 0.15:
            del inner[way[-1]]
        else:
            inner[way[-1]] = chance.choice(NASTY)
    return json.dumps(document)


TRACK_FAULTS = (
    "nan_time",
    "inf_time",
    "backwards",
    "alike",
    "huge_time",
    "tiny_time",
    "no_frames",
    "one_frame",
    "few_landmarks",
    "flat",
    "text",
    "objects",
    "huge_px",
    "inf_px",
    "all_nan",
    "all_alike",
    "zero_px",
    "half_nan_frame",
    "nan_visibility",
    "visibility_2",
    "huge_world",
    "complex",
    "size_zero",
    "size_negative",
    "size_huge",
    "size_text",
    "size_float",
    "no_meta",
    "meta_text",
    "meta_list",
    "warnings_text",
    "warnings_many",
    "warnings_numbers",
    "source_missing",
    "source_more",
    "source_number",
    "format_2",
    "many_frames",
    "cut",
    "bits",
    "empty",
    "rotation_45",
)


def spoil_track(data: bytes, fault: str, chance: Random) -> bytes:
    """Return a track with one of `TRACK_FAULTS`."""
    if fault in ("cut", "bits", "empty"):
        return _spoil_bytes(data, fault, chance)
    with np.load(io.BytesIO(data), allow_pickle=False) as source:
        arrays: dict[str, Any] = {name: source[name] for name in source.files}
    meta = json.loads(str(arrays.pop("meta")))
    _spoil_arrays(arrays, fault, chance)
    kept: Any = _spoil_meta(meta, fault)
    if kept is not None:
        arrays["meta"] = np.array(kept if isinstance(kept, str) else json.dumps(kept))
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


def _spoil_bytes(data: bytes, fault: str, chance: Random) -> bytes:
    if fault == "empty":
        return b""
    if fault == "cut":
        return data[: chance.randrange(10, len(data))]
    spoiled = bytearray(data)
    for _ in range(20):
        spoiled[chance.randrange(len(spoiled))] ^= 1 << chance.randrange(8)
    return bytes(spoiled)


def _spoil_arrays(arrays: dict[str, Any], fault: str, chance: Random) -> None:
    n = len(arrays["time_s"])
    here = chance.randrange(1, n)
    time_s, px = arrays["time_s"], arrays["image_px"]
    every = ("time_s", "image_px", "visibility", "world_m")
    if fault in ("nan_time", "inf_time", "huge_time"):
        time_s[here if fault != "huge_time" else slice(here, None)] += {
            "nan_time": np.nan, "inf_time": np.inf, "huge_time": 1e12}[fault]  # fmt: skip
    elif fault in ("backwards", "alike", "tiny_time"):
        arrays["time_s"] = {"backwards": time_s[::-1], "alike": time_s * 0, "tiny_time": time_s * 1e-9}[fault]
    elif fault in ("no_frames", "one_frame", "many_frames"):
        count = {"no_frames": 0, "one_frame": 1, "many_frames": 4000}[fault]
        arrays.update(
            {name: np.resize(arrays[name], (count, *arrays[name].shape[1:])) for name in every if name in arrays}
        )
        arrays["time_s"] = np.arange(count) / 10
    elif fault in ("few_landmarks", "flat"):
        arrays["image_px"] = px[:, :20] if fault == "few_landmarks" else px.reshape(n, -1)
    elif fault in ("text", "objects"):
        arrays["time_s"] = time_s.astype(str if fault == "text" else object)
    elif fault in ("huge_px", "inf_px", "all_nan", "zero_px", "half_nan_frame"):
        where: Any = slice(None) if fault in ("huge_px", "all_nan", "zero_px") else (here, slice(0, 15))
        px[where] = {"huge_px": 1e30, "inf_px": np.inf, "all_nan": np.nan, "zero_px": 0.0}.get(fault, np.nan)
    elif fault == "all_alike":
        px[:] = px[0]
    elif fault in ("nan_visibility", "visibility_2"):
        arrays["visibility"][here] = np.nan if fault == "nan_visibility" else 2.0
    elif fault == "huge_world":
        arrays["world_m"][here] = 1e30
    elif fault == "complex":
        arrays["image_px"] = px.astype(complex)


def _spoil_meta(meta: dict[str, Any], fault: str) -> Any:
    if fault == "no_meta":
        return None
    if fault in ("meta_text", "meta_list"):
        return "hello" if fault == "meta_text" else [1, 2]
    sizes: dict[str, Any] = {"size_zero": 0, "size_negative": -390, "size_huge": 10**12, "size_text": "wide",
                             "size_float": 390.7}  # fmt: skip
    if fault in sizes:
        meta["width_px"] = sizes[fault]
    elif fault.startswith("warnings"):
        meta["warnings"] = {"warnings_text": "one", "warnings_many": ["x" * 1000] * 5000}.get(fault, [1, None])
    elif fault == "source_missing":
        del meta["source"]
    elif fault == "source_more":
        meta["source"]["more"] = 1
    elif fault == "source_number":
        meta["source"]["video_name"] = 7
    elif fault == "rotation_45":
        meta["source"]["inference_rotation_deg"] = 45
    elif fault == "format_2":
        meta["format"] = 2
    return meta
