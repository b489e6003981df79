"""Sound recordings in odd clothes: containers, codecs, sizes, clocks, rotation matrices. Their number must be right."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import av
import numpy as np

from validation.hostile.case import TRUTH_DEG, Attack, Case, Kit, Make, measure_args
from validation.hostile.kit import FPS, SIZE, Pictures, pictures, write_clip

__all__ = ["cases", "measured"]

_CODECS = [
    ("h264_444", "clip.mp4", {"pix_fmt": "yuv444p"}),
    ("h264_10bit", "clip.mp4", {"pix_fmt": "yuv420p10le"}),
    ("h264_grey", "clip.mkv", {"pix_fmt": "gray"}),
    ("h264_b_frames", "clip.mp4", {"options": {"bf": "8", "g": "250"}}),
    ("h264_intra", "clip.mov", {"options": {"g": "1"}}),
    ("h265", "clip.mp4", {"codec": "libx265"}),
    ("h265_10bit", "clip.mkv", {"codec": "libx265", "pix_fmt": "yuv420p10le"}),
    ("vp8", "clip.webm", {"codec": "libvpx", "options": {"deadline": "realtime", "cpu-used": "8"}}),
    ("vp9", "clip.webm", {"codec": "libvpx-vp9", "options": {"deadline": "realtime", "cpu-used": "8"}}),
    ("mpeg4_avi", "clip.avi", {"codec": "mpeg4"}),
    ("mpeg4_3gp", "clip.3gp", {"codec": "mpeg4"}),
    ("mpeg2_ts", "clip.ts", {"codec": "mpeg2video"}),
    ("mjpeg_avi", "clip.avi", {"codec": "mjpeg", "pix_fmt": "yuvj420p"}),
    ("mjpeg_mov", "clip.mov", {"codec": "mjpeg", "pix_fmt": "yuvj422p"}),
    ("ffv1", "clip.mkv", {"codec": "ffv1", "pix_fmt": "yuv422p"}),
    ("huffyuv", "clip.avi", {"codec": "huffyuv", "pix_fmt": "yuv422p"}),
    ("prores", "clip.mov", {"codec": "prores_ks", "pix_fmt": "yuv422p10le"}),
    ("rawvideo", "clip.avi", {"codec": "rawvideo", "pix_fmt": "yuv420p"}),
    ("png", "clip.mov", {"codec": "png", "pix_fmt": "rgb24"}),
    ("gif", "clip.gif", {"codec": "gif", "pix_fmt": "rgb8"}),
    ("flv", "clip.flv", {"codec": "flv"}),
    ("h264_raw", "clip.h264", {}),
    ("h264_ts", "clip.ts", {}),
    ("h264_mkv", "clip.mkv", {}),
    ("h264_avi", "clip.avi", {}),
    ("h264_named_avi", "clip.avi", {"container": "mp4"}),
    ("h264_named_txt", "clip.txt", {"container": "mp4"}),
    ("h264_fragmented", "clip.mp4", {"options": {"movflags": "frag_keyframe+empty_moov"}}),
]


def measured(folder: Path, clip: str, *more: str) -> Attack:
    """Return the attack that measures a clip by its pictures; a number it gives must be the sample's."""
    return Attack([measure_args(clip, *more)], folder, {"out.json"}, truth_deg=TRUTH_DEG, landmarks=False)


def _encoded(name: str, how: dict[str, Any]) -> Make:
    def make(folder: Path, kit: Kit, _chance: Random) -> Attack:
        write_clip(folder / name, pictures(kit.clip), **how)
        return measured(folder, name)

    return make


def _sizes() -> Iterator[Case]:
    def resized(width: int, height: int) -> Callable[[Pictures], Pictures]:
        def resize(shown: Pictures) -> Pictures:
            frames = (av.VideoFrame.from_ndarray(p, "rgb24").reformat(width, height).to_ndarray() for p in shown[:40])
            return np.stack(list(frames))

        return resize

    for width, height in ((16, 16), (2, 2), (8, 720), (720, 8), (64, 48), (2000, 16), (271, 361), (33, 2000)):
        change = resized(width, height)

        def make(folder: Path, kit: Kit, _chance: Random, change: Callable[[Pictures], Pictures] = change) -> Attack:
            write_clip(folder / "clip.mkv", change(pictures(kit.clip)), codec="ffv1", pix_fmt="yuv444p")
            attack = measured(folder, "clip.mkv")
            attack.truth_deg = None  # pictures that are squeezed show another angle
            return attack

        yield Case(f"size/{width}x{height}", make)
    for name, aspect, size in (("wide", Fraction(SIZE[0], 196), (196, SIZE[1])), ("tall", Fraction(1, 2), SIZE)):

        def stretch(
            folder: Path, kit: Kit, _chance: Random, aspect: Fraction = aspect, size: tuple[int, int] = size
        ) -> Attack:
            shown = pictures(kit.clip, (size[0], size[1] if aspect > 1 else size[1] // 2))
            write_clip(folder / "clip.mp4", shown, aspect=aspect)
            return measured(folder, "clip.mp4")

        yield Case(f"size/pixels_{name}", stretch)


def _seconds(clock: Callable[[np.ndarray, Random], np.ndarray], name: str = "clip.mkv") -> Make:
    def make(folder: Path, kit: Kit, chance: Random) -> Attack:
        shown = pictures(kit.clip)
        times_s = clock(np.arange(len(shown)) / FPS, chance)
        write_clip(folder / name, shown[: len(times_s)], times_s=list(times_s))
        return measured(folder, name)

    return make


def _jumps(size_s: float) -> Callable[[np.ndarray, Random], np.ndarray]:
    return lambda t, chance: t + size_s * (np.arange(len(t)) > chance.randrange(20, len(t) - 20))


_CLOCKS: dict[str, Callable[[np.ndarray, Random], np.ndarray]] = {
    "jump_2s": _jumps(2.0),
    "jump_1000s": _jumps(1e3),
    "jump_1e6s": _jumps(1e6),
    "starts_late": lambda t, _: t + 5000.0,
    "starts_at_1e8s": lambda t, _: t + 1e8,
    "starts_before_zero": lambda t, _: t - 3.0,
    "jitter": lambda t, chance: t + np.array([chance.uniform(0, 0.08) for _ in t]),
    "variable": lambda t, _: np.cumsum(np.where(np.arange(len(t)) % 2, 0.15, 0.05)),
    "slow": lambda t, _: t * 8,
    "fast": lambda t, _: t / 30,
    "one_picture": lambda t, _: t[:1],
    "two_pictures": lambda t, _: t[:2],
    "one_an_hour": lambda t, _: t * 36_000,
    "long_last": lambda t, _: np.append(t[:-1], 1e5),
}


def _packet_clock(change: Callable[[int], int], name: str) -> Make:
    """Time stamps that no encoder writes: changed in the packets."""

    def make(folder: Path, kit: Kit, _chance: Random) -> Attack:
        write_clip(folder / "made.mkv", pictures(kit.clip), options={"bf": "0"})
        with av.open(str(folder / "made.mkv")) as source, av.open(str(folder / name), "w") as out:
            stream = out.add_stream_from_template(source.streams.video[0])
            for i, packet in enumerate(source.demux(video=0)):
                if packet.dts is None:
                    continue
                packet.stream = stream
                packet.pts = packet.dts = change(i)
                try:
                    out.mux(packet)
                except (av.error.FFmpegError, ValueError):
                    continue  # the writer itself refuses some
        (folder / "made.mkv").unlink()
        return measured(folder, name)

    return make


_PACKET_CLOCKS: dict[str, Callable[[int], int]] = {
    "all_alike": lambda i: 0,
    "in_pairs": lambda i: i // 2 * 200,
    "stands_still": lambda i: min(i, 40) * 100,
    "huge": lambda i: i * 10**13,
    "one_huge": lambda i: i * 100 if i != 50 else 10**11,
}


def _matrix(values: tuple[float, ...], turns: int = 0, mirrored: bool = False) -> Make:
    """A display matrix written over that of the file; the pictures are turned so that it puts them right."""

    def make(folder: Path, kit: Kit, _chance: Random) -> Attack:
        shown = np.rot90(pictures(kit.clip), turns, axes=(1, 2))
        write_clip(folder / "clip.mp4", shown)
        data = bytearray((folder / "clip.mp4").read_bytes())
        header = data.index(b"tkhd") + 4
        start = header + 40 + (12 if data[header] == 1 else 0)
        ones = [round(v * (1 << (30 if i % 3 == 2 else 16))) for i, v in enumerate(values)]
        data[start : start + 36] = struct.pack(">9i", *(max(-(2**31), min(2**31 - 1, v)) for v in ones))
        (folder / "clip.mp4").write_bytes(data)
        attack = measured(folder, "clip.mp4")
        if mirrored:
            attack.truth_deg = None  # a mirror exchanges left and right: the named leg is the resting one
        return attack

    return make


_MATRICES: dict[str, tuple[tuple[float, ...], int, bool]] = {
    "quarter": ((0, 1, 0, -1, 0, 0, 0, 0, 1), 1, False),
    "half": ((-1, 0, 0, 0, -1, 0, 0, 0, 1), 2, False),
    "three_quarters": ((0, -1, 0, 1, 0, 0, 0, 0, 1), 3, False),
    "zero": ((0,) * 9, 0, False),
    "mirror": ((-1, 0, 0, 0, 1, 0, 0, 0, 1), 0, True),
    "upside_mirror": ((1, 0, 0, 0, -1, 0, 0, 0, 1), 0, True),
    "lean_45": ((0.7071, 0.7071, 0, -0.7071, 0.7071, 0, 0, 0, 1), 0, True),
    "lean_3": ((0.9986, 0.0523, 0, -0.0523, 0.9986, 0, 0, 0, 1), 0, True),
    "scaled": ((4, 0, 0, 0, 4, 0, 0, 0, 1), 0, False),
    "squeezed": ((4, 0, 0, 0, 0.25, 0, 0, 0, 1), 0, True),
    "sheared": ((1, 1, 0, 0, 1, 0, 0, 0, 1), 0, True),
    "perspective": ((1, 0, 0.5, 0, 1, 0.5, 0, 0, 1), 0, True),
    "huge": ((32767, 32767, 1, -32768, 32767, 1, 32767, 32767, 1), 0, True),
}


def cases() -> Iterator[Case]:
    """Yield the attacks of this kind."""
    for name, file, how in _CODECS:
        yield Case(f"codec/{name}", _encoded(file, how))
    yield from _sizes()
    for name, clock in _CLOCKS.items():
        yield Case(f"clock/{name}", _seconds(clock))
    for name in ("starts_late", "jitter", "jump_2s"):
        yield Case(f"clock/{name}_mp4", _seconds(_CLOCKS[name], "clip.mp4"))
    for name, change in _PACKET_CLOCKS.items():
        yield Case(f"clock/packets_{name}", _packet_clock(change, "clip.mkv"))
        yield Case(f"clock/packets_{name}_avi", _packet_clock(change, "clip.avi"))
    for name, (values, turns, mirrored) in _MATRICES.items():
        yield Case(f"matrix/{name}", _matrix(values, turns, mirrored))
