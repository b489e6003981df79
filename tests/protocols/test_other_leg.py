import pytest
from made_results import pose_track

from rom_vision.pipeline.run import analyse
from rom_vision.protocols.hip_rotation.other_leg import moved_instead


@pytest.mark.parametrize(("moved", "asked"), [("left", "right"), ("right", "left")])
def test_the_wrong_side_is_told_as_such(moved, asked):
    track = pose_track((30.0, 31.0, 32.0), moved)
    assert moved_instead(track, asked) == moved
    assert moved_instead(track, moved) is None
    document = analyse(track, "hip_rotation", {"position": "seated", "side": asked}).document
    assert document.status == "refused"
    assert document.reasons[0].startswith(f"It was the {moved} leg that moved")


def test_a_leg_that_hardly_moves_is_no_other_leg():
    assert moved_instead(pose_track((4.0,), "left"), "right") is None
