"""What is not a readable video is refused with its name, the reason and what to do."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from rom_vision.capture import VideoReader, frames_at, probe, source
from rom_vision.errors import BadInputError


def sound_only(path: Path) -> None:
    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.rate, frame.pts = 44100, 0
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def picture(path: Path) -> None:
    Image.new("RGB", (64, 48), (200, 10, 10)).save(path)


def huge_gif(path: Path) -> None:
    frames = [Image.new("P", (8, 8), colour) for colour in (1, 2, 3)]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    data = bytearray(path.read_bytes())
    data[6:10] = b"\xff\xff\xff\xff"  # 65535 x 65535
    path.write_bytes(data)


HEADLESS = b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41" + b"\0\0\x40\0mdat" + bytes(range(256)) * 16

BAD = [
    ("empty.mp4", lambda path: path.touch(), "is empty"),
    ("folder.mp4", lambda path: path.mkdir(), "is a folder"),
    ("missing.mp4", lambda path: None, "no such file"),
    (
        "text.mp4",
        lambda path: path.write_text("Tuesday: knee sore, hip stiff. Ümläut ×\n" * 200, "utf-8"),
        "holds text",
    ),
    ("playlist.mp4", lambda path: path.write_text("#EXTM3U\n#EXTINF:1,\nhttp://localhost/a.ts\n"), "holds text"),
    ("noise.mp4", lambda path: path.write_bytes(np.random.default_rng(1).bytes(9000)), "not a video that can be read"),
    ("headless.mp4", lambda path: path.write_bytes(HEADLESS), "table of contents is missing"),
    ("sound.m4a", sound_only, "holds no pictures"),
    ("photo.jpg", picture, "is a picture"),
    ("photo.png", picture, "is a picture"),
    ("still.gif", picture, "a single picture"),
    (
        "renamed.mp4",
        lambda path: (picture(path.with_suffix(".png")), path.with_suffix(".png").rename(path)),
        "is a picture",
    ),
    ("huge.gif", huge_gif, "no picture of this gif video"),
]


@pytest.mark.parametrize(("name", "make", "reason"), BAD, ids=[row[0] for row in BAD])
def test_bad_input_is_named_and_explained(tmp_path, name, make, reason):
    path = tmp_path / name
    make(path)
    for look in (probe, VideoReader, lambda file: frames_at(file, [0.0])):
        with pytest.raises(BadInputError, match=reason) as caught:
            look(path)
        message = str(caught.value)
        assert name in message
        assert re.search(r"Choose|Copy|Check|Export|record again", message)
        assert "\n" not in message


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_missing_permission(make_video):
    path = make_video("private.mp4")
    path.chmod(0)
    as_root = os.geteuid() == 0
    if as_root:
        os.seteuid(65534)
    try:
        with pytest.raises(BadInputError, match=r"private\.mp4.*permission"):
            probe(path)
    finally:
        if as_root:
            os.seteuid(0)


@pytest.mark.parametrize("name", ["a:b.mp4", "100%03d.mp4", "Übung  links.mp4", "-y.mp4"])
def test_names_are_only_names(make_video, name):
    if sys.platform == "win32" and ":" in name:
        pytest.skip("not a file name here")
    assert probe(make_video("plain.mp4").rename(make_video("plain.mp4").with_name(name))).name == name


def test_what_is_known_beforehand(make_video):
    info = probe(make_video("known.mp4"))
    assert (info.width_px, info.height_px, info.rotation_deg, info.codec) == (320, 240, 0, "h264")
    assert info.duration_s == pytest.approx(20 / 30, abs=0.05)
    assert info.n_frames_estimate == 20
    assert info.mean_fps == pytest.approx(30, rel=0.01)


def test_a_picture_that_would_fill_the_memory(make_video, monkeypatch):
    path = make_video("large.mp4")
    monkeypatch.setattr(source, "MAX_PIXELS", 320 * 240 - 1)
    with pytest.raises(BadInputError, match="320 x 240 pixels"):
        probe(path)
