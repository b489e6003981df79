from datetime import datetime, timezone

import av
import numpy as np
import pytest

from rom_vision.capture.taken import date_in_name, filmed_at
from rom_vision.errors import BadInputError


def video(path, **metadata):
    with av.open(str(path), "w", options={"movflags": "use_metadata_tags"}) as out:
        out.metadata.update(metadata)
        stream = out.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(2):
            for packet in stream.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), "rgb24")):
                out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)
    return path


def test_the_file_says_when(tmp_path):
    found = filmed_at(video(tmp_path / "IMG_20200101_000000.mp4", creation_time="2026-01-05T11:34:56.000000Z"))
    assert found.moment == datetime(2026, 1, 5, 11, 34, 56, tzinfo=timezone.utc)
    assert found.source == "file"


def test_a_phone_that_writes_its_zone_keeps_it(tmp_path):
    said = {"com.apple.quicktime.creationdate": "2026-01-05T12:34:56+0300", "creation_time": "2026-01-06T00:00:00Z"}
    found = filmed_at(video(tmp_path / "a.mp4", **said))
    assert found.moment.isoformat() == "2026-01-05T12:34:56+03:00"


@pytest.mark.parametrize("nonsense", ["1904-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2199-01-01T00:00:00Z"])
def test_a_clock_that_was_never_set_says_nothing(tmp_path, nonsense):
    assert filmed_at(video(tmp_path / "a.mp4", creation_time=nonsense)) is None


def test_the_name_is_taken_where_the_file_is_silent(tmp_path):
    path = video(tmp_path / "upload.mp4")
    found = filmed_at(path, "VID-20260105-WA0001.mp4")
    assert (found.moment.date().isoformat(), found.source) == ("2026-01-05", "name")
    assert filmed_at(path, "me.mp4") is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("PXL_20260105_123456789.mp4", "2026-01-05T12:34:56"),
        ("2026-01-05 12.34.56.mov", "2026-01-05T12:34:56"),
        ("Screen 2026-01-05 at 09.08.07.mp4", "2026-01-05T09:08:07"),
        ("20260105.mp4", "2026-01-05T12:00:00"),
        ("VID_20260231_120000.mp4", None),
        ("clip_1234.mp4", None),
        ("99992026010512.mp4", None),
        ("2199-01-05.mp4", None),
    ],
)
def test_names(name, expected):
    found = date_in_name(name)
    assert (found and found.replace(tzinfo=None).isoformat()) == expected


def test_no_video_is_told(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"no video")
    with pytest.raises(BadInputError):
        filmed_at(tmp_path / "a.mp4")
