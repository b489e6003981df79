"""Writing: H.264 that plays anywhere, whole or not at all."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import av
import numpy as np
import pytest

from rom_vision.capture import VideoReader, VideoWriter
from rom_vision.errors import BadInputError

TIMES_S = [0.0, 0.033, 0.1, 0.2, 0.21, 0.5]
COLOURS = [(200, 30, 30), (30, 200, 30), (30, 30, 200), (220, 220, 220), (128, 64, 0), (0, 0, 0)]


def write_sample(path: Path, width: int = 321, height: int = 243) -> None:
    with VideoWriter(path, width, height) as out:
        for time_s, colour in zip(TIMES_S, COLOURS, strict=True):
            out.write(np.full((height, width, 3), colour, np.uint8), time_s)


def test_what_is_written_is_read_back(tmp_path):
    path = tmp_path / "out.mp4"
    write_sample(path)

    with VideoReader(path) as video:
        frames = list(video)
    assert video.size == (320, 242)
    assert video.info.duration_s == pytest.approx(0.5 + 1 / 30, abs=0.01)
    assert [frame.time_s for frame in frames] == pytest.approx(TIMES_S, abs=1e-4)
    for frame, colour in zip(frames, COLOURS, strict=True):
        assert frame.rgb.mean((0, 1)) == pytest.approx(colour, abs=3)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_nothing_is_left_after_an_exception_and_the_old_file_stays(tmp_path):
    path = tmp_path / "out.mp4"
    path.write_bytes(b"the old one")
    with pytest.raises(KeyError), VideoWriter(path, 64, 48) as out:  # noqa: PT012
        out.write(np.zeros((48, 64, 3), np.uint8), 0.0)
        raise KeyError
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == b"the old one"


@pytest.mark.parametrize(
    ("pictures", "reason"),
    [
        ([], "no picture was written"),
        ([((48, 64, 3), 0.0), ((48, 64, 3), 0.0)], "must increase"),
        ([((48, 64, 3), -0.1)], "must increase"),
        ([((64, 48, 3), 0.0)], "shape"),
    ],
)
def test_misuse_is_refused(tmp_path, pictures, reason):
    with pytest.raises(ValueError, match=reason), VideoWriter(tmp_path / "out.mp4", 64, 48) as out:  # noqa: PT012
        for shape, time_s in pictures:
            out.write(np.zeros(shape, np.uint8), time_s)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written(tmp_path):
    with pytest.raises(BadInputError, match=r"nowhere.*cannot be written"):
        VideoWriter(tmp_path / "nowhere" / "out.mp4", 64, 48)
    with pytest.raises(BadInputError, match="is a folder"):
        VideoWriter(tmp_path, 64, 48)


def test_a_full_disk(tmp_path):
    import resource  # not on Windows

    path = tmp_path / "out.mp4"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        with pytest.raises(BadInputError, match="not be written"), VideoWriter(path, 320, 240) as out:  # noqa: PT012
            for i in range(60):
                out.write(np.random.default_rng(i).integers(0, 255, (240, 320, 3), np.uint8), i / 30)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.browser
def test_a_browser_plays_it(tmp_path):
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no Chromium on this machine")
    write_sample(tmp_path / "out.mp4")
    # The page counts as loaded once the video shows its picture at 0.3 s.
    (tmp_path / "page.html").write_text(
        """<body><video muted preload="auto" src="out.mp4#t=0.3"></video><p>waiting</p><script>
        const video = document.querySelector("video"), told = document.querySelector("p");
        window.onload = () => told.textContent = video.error ? video.error.message :
            `state ${video.readyState} ${video.videoWidth}x${video.videoHeight} ${video.currentTime} ${video.duration}`;
        </script></body>"""
    )
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom"]
    page = (tmp_path / "page.html").as_uri()
    done = subprocess.run([browser, *options, page], capture_output=True, text=True, timeout=60)
    told = re.search(r"<p>(.*)</p>", done.stdout)
    assert told, done.stderr
    _, state, size, shown_s, duration_s = told[1].split()
    assert int(state) >= 2, "HAVE_CURRENT_DATA"
    assert size == "320x242"
    assert float(shown_s) == pytest.approx(0.3)
    assert float(duration_s) == pytest.approx(0.5 + 1 / 30, abs=0.01)
