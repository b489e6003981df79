import json

import numpy as np
import pytest

from rom_vision.body import learned
from rom_vision.body.learned import learned_body, numbers_of, table
from rom_vision.errors import RomVisionError

PACKAGES = ["rom_vision.body", "rom_vision.protocols.hip_rotation", "rom_vision.protocols.squat"]


@pytest.fixture
def body_file(tmp_path, monkeypatch):
    """A copy of the numbers, in a place where they can be damaged."""
    kept = json.loads((learned.files("rom_vision.body") / "learned.json").read_text(encoding="utf-8"))
    monkeypatch.setattr(learned, "files", lambda _package: tmp_path)
    monkeypatch.setattr(learned, "learned_body", learned_body.__wrapped__)

    def write(text=None):
        (tmp_path / "learned.json").write_text(json.dumps(kept) if text is None else text, encoding="utf-8")
        return learned.learned_body

    return kept, write


@pytest.mark.parametrize("package", PACKAGES)
def test_every_number_says_what_it_is_and_where_it_comes_from(package):
    kept = json.loads((learned.files(package) / "learned.json").read_text(encoding="utf-8"))
    named = set()
    for name, value in numbers_of(package).items():
        known = {
            "people",
            "seeds",
            "n_people",
            "pose_model",
            "pose_model_sha256",
            "mediapipe",
            "command",
            "when",
            "note",
        }
        for part in [name] if name in kept["provenance"] else [f"{name}.{key}" for key in value]:
            assert set(kept["provenance"][part]) == known, part
        named |= {name} if name in kept["what"] else set(value)
    assert named == set(kept["what"])


def test_what_was_learned_is_read_once_and_cannot_be_changed_by_accident():
    body = learned_body()
    assert body is learned_body()
    with pytest.raises(ValueError, match="read-only"):
        body.seated.tested_m[0, 0] = 1.0


def _offsets_of_two_joints(kept):
    del kept["numbers"]["supine"]["offsets_m"]["other"]["knee"]


def _two_coordinates(kept):
    kept["numbers"]["seated"]["offsets_m"]["tested"]["hip"].pop()


def _no_number(kept):
    kept["numbers"]["lengths_m"]["thigh"] = "long"


def _not_finite(kept):
    kept["numbers"]["interval_scale"]["seated"] = float("nan")


def _nobody_knows_where_from(kept):
    del kept["provenance"]["supine"]


@pytest.mark.parametrize(
    "damage", [_offsets_of_two_joints, _two_coordinates, _no_number, _not_finite, _nobody_knows_where_from]
)
def test_damaged_numbers_are_refused_in_a_sentence(body_file, damage):
    kept, write = body_file
    damage(kept)
    with pytest.raises(RomVisionError, match="install rom_vision again"):
        write()()


@pytest.mark.parametrize("text", ["", "[]", '{"numbers": {}}', '{"numbers": 3, "provenance": {}}'])
def test_a_file_that_holds_something_else_is_refused_in_a_sentence(body_file, text):
    with pytest.raises(RomVisionError, match="install rom_vision again"):
        body_file[1](text)()


def test_a_table_is_finite_and_has_its_shape():
    np.testing.assert_array_equal(table({"a": [1, 2], "b": [3, 4]}, ("b", "a"), 2), [[3, 4], [1, 2]])
