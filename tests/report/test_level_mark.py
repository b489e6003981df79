"""How the camera leaned is drawn: a mark in the corner, references of a squat that lean along, a leg that stays put."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from made_results import finding
from synthetic import seated_states, swings, track_of

from rom_vision.camera import Camera
from rom_vision.camera.level import level_from_scene, level_from_user
from rom_vision.pipeline.run import analyse
from rom_vision.pose.landmarks import Landmark
from rom_vision.report.overlay import LegOverlay
from rom_vision.report.presenters.squat_pictures import draw_finding
from rom_vision.report.strokes import CLEAR, INK

GREY = np.full((480, 640, 3), 90, np.uint8)


def overlay(level):
    return LegOverlay(np.zeros(1), np.full((1, 8, 2), 100.0), np.zeros(1), np.ones(1), "left", level)


def plumb_line(level):
    """Slope of the mark's plumb line against the picture's vertical, degrees, or None without one."""
    corner = overlay(level).draw(GREY, 0)[:80, 400:]
    y, x = np.nonzero(np.abs(corner.astype(int) - CLEAR).max(axis=-1) < 60)
    if len(x) < 10:
        return None
    return float(np.degrees(np.arctan(np.polyfit(y, x, 1)[0])))


@pytest.mark.parametrize("roll_deg", [-15.0, 0.0, 15.0])
def test_the_mark_shows_where_plumb_is(roll_deg):
    # A camera that leans clockwise (+) shows plumb lines from the upper left to the lower right.
    assert plumb_line(level_from_user(roll_deg)) == pytest.approx(roll_deg, abs=4)


def test_an_unknown_lean_has_words_and_no_plumb_line():
    unknown = level_from_scene([], Camera.from_hfov(640, 480))
    assert plumb_line(unknown) is None
    drawn = [overlay(level).draw(GREY, 0)[:80, 400:] for level in (unknown, None)]
    assert (np.abs(drawn[0].astype(int) - INK).max(axis=-1) < 40).sum() > 50
    assert (drawn[1] == GREY[:80, 400:]).all()


def test_the_leg_is_drawn_where_the_picture_shows_it():
    t, rotation = swings([30.0, 31.0, 32.0])
    track = track_of(t, seated_states(rotation))
    leaning = replace(Camera.from_hfov(track.width_px, track.height_px), roll_deg=8.0)
    seen = replace(track, image_px=leaning.picture_px(track.image_px))
    made = analyse(seen, "hip_rotation", {"position": "seated", "side": "left"}, level=level_from_user(8.0))
    drawing = LegOverlay.from_states(made.states, made.document, made.camera, "left", made.level)
    for point, mark in ((4, Landmark.LEFT_KNEE), (7, Landmark.RIGHT_ANKLE)):
        away = np.linalg.norm(drawing.points_px[:, point] - seen.image_px[:, mark], axis=-1)
        assert np.median(away) < 12, "not where the straight picture would show it"


def test_references_of_a_squat_lean_as_the_camera_did():
    points = np.tile([320.0, 240.0], (33, 1))
    for side, x in (("LEFT", 360.0), ("RIGHT", 280.0)):
        for joint, y in (("SHOULDER", 120.0), ("HIP", 240.0), ("KNEE", 320.0), ("ANKLE", 400.0)):
            points[Landmark[f"{side}_{joint}"]] = (x, y)
    bend = finding("trunk_side_bend", side="left")

    def top_of_reference(level):
        drawn = draw_finding(GREY, points, bend, level)[90:160, :480]
        white = cv2.inRange(drawn, (235, 235, 235), (255, 255, 255)) > 0
        return np.nonzero(white[:60])[1].mean()

    assert top_of_reference(level_from_user(10.0)) < 320 - 10
    assert top_of_reference(level_from_user(-10.0)) > 320 + 10
