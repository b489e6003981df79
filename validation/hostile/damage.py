"""Recordings damaged on their way: a number they still give must be the sample's, or there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import av
import numpy as np

from validation.hostile.case import Attack, Case, Kit, Make
from validation.hostile.clips import measured
from validation.hostile.kit import Pictures, pictures, write_clip

__all__ = ["cases"]

Bytes = Callable[[bytearray, Random], bytearray]


def _zeros(data: bytearray, chance: Random, share: float) -> bytearray:
    start = chance.randrange(len(data) // 10, len(data) * 9 // 10)
    stop = min(len(data), start + round(len(data) * share))
    data[start:stop] = bytes(stop - start)
    return data


def _bits(data: bytearray, chance: Random, count: int, first: float = 0.02) -> bytearray:
    for _ in range(count):
        data[chance.randrange(round(len(data) * first), len(data))] ^= 1 << chance.randrange(8)
    return data


def _noise(data: bytearray, chance: Random) -> bytearray:
    start = chance.randrange(len(data) // 10, len(data) // 2)
    data[start : start + len(data) // 6] = chance.randbytes(len(data) // 6)
    return data


def _cut(data: bytearray, chance: Random, low: float, high: float) -> bytearray:
    return data[: round(len(data) * chance.uniform(low, high))]


def _headless(data: bytearray, chance: Random) -> bytearray:
    return data[chance.randrange(1, 2000) :]


def _lost_block(data: bytearray, chance: Random) -> bytearray:
    start = chance.randrange(len(data) // 5, len(data) // 2)
    return data[:start] + data[start + len(data) // 7 :]


def _doubled_block(data: bytearray, chance: Random) -> bytearray:
    start = chance.randrange(len(data) // 5, len(data) // 2)
    return data[: start + 3000] + data[start:]


def _swapped(data: bytearray, chance: Random) -> bytearray:
    third = len(data) // 4
    start = chance.randrange(len(data) // 10, len(data) // 4)
    a, b = data[start : start + third], data[start + third : start + 2 * third]
    return data[:start] + b + a + data[start + 2 * third :]


_BYTES: dict[str, Bytes] = {
    "zeros_small": partial(_zeros, share=0.02),
    "zeros_large": partial(_zeros, share=0.25),
    "bits_few": partial(_bits, count=8),
    "bits_many": partial(_bits, count=200),
    "bits_in_header": lambda data, chance: data[:0] + _bits(data[:600], chance, 6, 0.0) + data[600:],
    "noise": _noise,
    "cut_early": partial(_cut, low=0.02, high=0.3),
    "cut_late": partial(_cut, low=0.5, high=0.98),
    "headless": _headless,
    "lost_block": _lost_block,
    "doubled_block": _doubled_block,
    "swapped_blocks": _swapped,
}
_FILES: dict[str, dict[str, Any]] = {
    "mp4": {},
    "mkv": {},
    "ts": {},
    "avi": {"codec": "mpeg4"},
}


def _damaged(ending: str, how: dict[str, Any], harm: Bytes) -> Make:
    def make(folder: Path, kit: Kit, chance: Random) -> Attack:
        clip = folder / f"clip.{ending}"
        write_clip(clip, pictures(kit.clip), **how)
        clip.write_bytes(harm(bytearray(clip.read_bytes()), chance))
        return measured(folder, clip.name)

    return make


def _without_packets(lost: Callable[[int, bool, Random], bool]) -> Make:
    """A recording from which the network lost packets; time stamps and file are whole."""

    def make(folder: Path, kit: Kit, chance: Random) -> Attack:
        write_clip(folder / "made.mkv", pictures(kit.clip), options={"g": "30"})
        with av.open(str(folder / "made.mkv")) as source, av.open(str(folder / "clip.mkv"), "w") as out:
            stream = out.add_stream_from_template(source.streams.video[0])
            for i, packet in enumerate(source.demux(video=0)):
                if packet.dts is not None and not lost(i, packet.is_keyframe, chance):
                    packet.stream = stream
                    out.mux(packet)
        (folder / "made.mkv").unlink()
        return measured(folder, "clip.mkv")

    return make


_LOST: dict[str, Callable[[int, bool, Random], bool]] = {
    "every_third": lambda i, key, chance: not key and i % 3 == 1,
    "at_random": lambda i, key, chance: chance.random() < 0.2,
    "keys": lambda i, key, chance: key and i > 0,
    "first": lambda i, key, chance: i < 5,
    "a_second": lambda i, key, chance: 25 <= i < 35,
    "all_but_keys": lambda i, key, chance: not key,
}


def _shown(change: Callable[[Pictures, Random], Pictures]) -> Make:
    """A file without a fault whose pictures are not what was in front of the camera."""

    def make(folder: Path, kit: Kit, chance: Random) -> Attack:
        write_clip(folder / "clip.mp4", change(pictures(kit.clip), chance))
        return measured(folder, "clip.mp4")

    return make


def _frozen(shown: Pictures, chance: Random, count: int) -> Pictures:
    start = chance.randrange(15, len(shown) - count - 5)
    shown = shown.copy()
    shown[start : start + count] = shown[start]
    return shown


def _filled(shown: Pictures, chance: Random, value: int | None) -> Pictures:
    start = chance.randrange(10, len(shown) - 30)
    shown = shown.copy()
    noise = np.random.default_rng(chance.randrange(2**31)).integers(0, 255, shown[start : start + 20].shape, np.uint8)
    shown[start : start + 20] = noise if value is None else value
    return shown


def _every_other_frozen(shown: Pictures, _chance: Random) -> Pictures:
    return shown[np.arange(len(shown)) // 3 * 3]


_PICTURES: dict[str, Callable[[Pictures, Random], Pictures]] = {
    "frozen_short": partial(_frozen, count=6),
    "frozen_long": partial(_frozen, count=30),
    "frozen_thirds": _every_other_frozen,
    "black": partial(_filled, value=0),
    "white": partial(_filled, value=255),
    "noise": partial(_filled, value=None),
    "all_black": lambda shown, _: np.zeros_like(shown),
    "backwards": lambda shown, _: shown[::-1],
    "shuffled": lambda shown, chance: shown[chance.sample(range(len(shown)), len(shown))],
    "one_for_ever": lambda shown, chance: np.repeat(shown[[chance.randrange(20, 60)]], 90, axis=0),
    "inverted": lambda shown, _: 255 - shown,
    "two_glued": lambda shown, chance: np.concatenate([shown[:50], shown[70:]]),
}


def cases() -> Iterator[Case]:
    """Yield the attacks of this kind."""
    for ending, how in _FILES.items():
        for name, harm in _BYTES.items():
            yield Case(f"damage/{name}_{ending}", _damaged(ending, how, harm))
    for name, lost in _LOST.items():
        yield Case(f"damage/lost_packets_{name}", _without_packets(lost))
    for name, change in _PICTURES.items():
        yield Case(f"damage/pictures_{name}", _shown(change))
