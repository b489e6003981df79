"""The shipped clips and what `truth.json` says of them belong together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rom_vision.capture import probe

FOLDER = Path(__file__).parents[2] / "sample_videos"
TRUTH = json.loads((FOLDER / "truth.json").read_text(encoding="utf-8"))


def test_every_clip_has_its_truth_and_is_small():
    clips = {p.name: p.stat().st_size for p in FOLDER.glob("*.mp4")}
    assert set(clips) == {row["file"] for row in TRUTH}
    assert max(clips.values()) < 300_000


@pytest.mark.parametrize("row", TRUTH, ids=lambda row: row["file"])
def test_clip_is_what_its_truth_says(row):
    info = probe(FOLDER / row["file"])
    assert (info.width_px, info.height_px) == (row["camera"]["width_px"], row["camera"]["height_px"])
    assert info.codec == "h264"
    if row["test"] == "hip_rotation":
        assert info.duration_s == pytest.approx(row["duration_s"], abs=0.2)
        holds = [r["rotation_deg"] for r in row["repetitions"] if r["direction"] == "internal"]
        assert row["internal_rotation_deg"] == pytest.approx(sum(holds) / len(holds), abs=0.01)
