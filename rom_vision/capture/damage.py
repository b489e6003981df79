"""What a decoder could not restore: lost and damaged packets, and every picture that was built upon them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Damage"]

_ZEROS = bytes(32)
"""Packed pictures never hold as many zeros in a row (at most 8 in fifty clips); lost blocks of a disk read as zeros."""
_PACKED = ("h264", "hevc", "mpeg4", "mjpeg", "vp8", "vp9", "av1", "libdav1d")
_UNCHECKED = ("hevc", "vp8", "vp9", "av1", "libdav1d", "gif")
"""Formats without a check of their own, whose pictures build upon each other: most flipped bits go unnoticed. Where two
places of such a file are known to be damaged, others are that nobody knows of, and none of it is believed."""
_APART = 4
"""Damaged packets with more sound ones between them are two places (our own heuristic)."""


@dataclass
class _Packet:
    """One packet in decoding order, and what became of it. ``order`` is its picture's place among those shown."""

    pts: int | None
    clean: bool
    order: int | None = None
    key: bool = False
    failed: bool = False
    mended: bool = False


@dataclass
class Damage:
    """What went wrong on the way through a file, packet by packet.

    A decoder marks a picture that it had to mend, but not the pictures that are predicted from it: they decode without
    an error and carry the smear on, until a picture that needs no other (a key frame) comes.

    Attributes
    ----------
    codec : the decoder's name.
    cut_off : the file ends in the middle of something.
    """

    codec: str = ""
    cut_off: bool = False
    _packets: list[_Packet] = field(default_factory=list)
    _n_shown: int = 0

    def packet(self, packet: Any) -> None:
        """Note a packet that goes to the decoder, and number it: decoders hand the number on as the picture's time."""
        blank = self.codec in _PACKED and _ZEROS in bytes(packet)
        self._packets.append(_Packet(packet.pts, clean=not (packet.is_corrupt or blank)))
        packet.pts = len(self._packets) - 1

    def failure(self) -> None:
        """Note that the decoder complained of the last packet; it works on one at a time."""
        if self._packets:
            self._packets[-1].failed = True
            self._packets[-1].clean = False

    def frame(self, frame: Any) -> int:
        """Note a picture, give it its own time stamp back, and return its number; -1 where that is not known."""
        number, frame.pts = frame.pts, None
        if number is None or not 0 <= number < len(self._packets):
            return -1
        packet = self._packets[number]
        packet.mended = bool(frame.is_corrupt)
        packet.clean = packet.clean and not packet.mended
        packet.key = bool(frame.key_frame)
        packet.order = self._n_shown
        self._n_shown += 1
        frame.pts = packet.pts
        return number

    @property
    def none(self) -> bool:
        """Whether every packet so far was sound."""
        return not self.cut_off and all(packet.clean for packet in self._packets)

    @property
    def n_lost(self) -> int:
        """Pictures that could not be decoded at all, or only in part."""
        return sum(p.mended or (p.failed and p.order is None) for p in self._packets)

    def spoiled(self, numbers: list[int]) -> npt.NDArray[np.bool_]:
        """Tell which pictures are damaged, or rest upon damage; ``numbers`` as `frame` gave them, in any order."""
        bad = np.zeros(len(self._packets) + 1, dtype=bool)  # the last one is that of number -1
        if self.codec in _UNCHECKED and self._places() > 1:
            bad[:-1] = True
            return bad[numbers]
        broken, before, key_order = False, False, -1
        for k, packet in enumerate(self._packets):
            if packet.key and packet.clean and packet.order is not None:
                broken, before, key_order = False, broken, packet.order
            broken = broken or not packet.clean
            # Shown before the key frame, decoded after it: built upon what was there before.
            leading = packet.order is not None and packet.order < key_order
            bad[k] = broken or (leading and before)
        return bad[numbers]

    def _places(self) -> int:
        """In how many places, apart from each other, packets are damaged."""
        hurt = np.flatnonzero([not packet.clean for packet in self._packets])
        return 1 + int((np.diff(hurt) > _APART).sum()) if len(hurt) else 0
