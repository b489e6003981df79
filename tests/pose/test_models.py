import zipfile

import pytest

from rom_vision.errors import BadInputError
from rom_vision.pose import resolve_model
from rom_vision.pose.models import SHIPPED_SHA256


@pytest.mark.parametrize("name", ["full", "heavy"])
def test_shipped_bundles_are_the_documented_ones(name):
    bundle = resolve_model(name)
    assert bundle.name == name
    assert bundle.sha256 == SHIPPED_SHA256[name]
    assert bundle.sha256 in (bundle.path.parent / "README.md").read_text(encoding="utf-8")
    assert (bundle.path.parent / "NOTICE").stat().st_size > 0


def test_a_bundle_of_ones_own_is_taken_by_path(tmp_path):
    own = tmp_path / "my model.task"
    own.write_bytes(resolve_model("full").path.read_bytes())
    bundle = resolve_model(str(own))
    assert (bundle.name, bundle.path, bundle.sha256) == ("my model.task", own, SHIPPED_SHA256["full"])


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("empty.task", b"", "empty"),
        ("text.task", b"hello, I am text", "not a MediaPipe bundle"),
        ("network.tflite", b"\0\0\0\0TFL3" + bytes(64), r"bare \.tflite network"),
        ("cut.task", b"PK\x03\x04" + bytes(100), "not a MediaPipe bundle"),
    ],
)
def test_wrong_files_are_refused_with_the_reason(tmp_path, file, content, says):
    (tmp_path / file).write_bytes(content)
    with pytest.raises(BadInputError, match=says) as refusal:
        resolve_model(tmp_path / file)
    assert file in str(refusal.value)


def test_another_bundle_is_refused_naming_what_it_lacks(tmp_path):
    path = tmp_path / "hand_landmarker.task"
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr("hand_detector.tflite", b"")
        bundle.writestr("pose_detector.tflite", b"")
    with pytest.raises(BadInputError, match=r"lacks pose_landmarks_detector\.tflite"):
        resolve_model(path)


@pytest.mark.parametrize("model", ["lite", "", "nowhere/pose.task", "."])
def test_names_that_mean_nothing_say_what_does(model):
    with pytest.raises(BadInputError, match="'full', 'heavy' or the path"):
        resolve_model(model)
