import cv2
import numpy as np
import pytest
import typer
from board_views import LAPTOP
from typer.testing import CliRunner

import rom_vision.camera.profile
from rom_vision.camera.profile import load_profile
from rom_vision.capture import VideoWriter
from rom_vision.cli import camera as cli_camera

app = typer.Typer()
app.command()(cli_camera.calibrate)
app.command()(cli_camera.board)


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setattr(rom_vision.camera.profile, "profile_folder", lambda: tmp_path / "profiles")
    return lambda *args: CliRunner().invoke(app, [str(a) for a in args])


@pytest.fixture(scope="session")
def board_video(tmp_path_factory, laptop_pictures):
    path = tmp_path_factory.mktemp("video") / "board.mp4"
    with VideoWriter(path, LAPTOP.width_px, LAPTOP.height_px) as video:
        for k, picture in enumerate(laptop_pictures):
            video.write(picture, 0.3 * k)
    return path


def test_a_video_of_the_board_becomes_a_profile(run, board_video, tmp_path):
    done = run("calibrate", board_video, "--board", "a4", "--name", "my-laptop")
    assert done.exit_code == 0, done.output
    profile = load_profile("my-laptop", tmp_path / "profiles")
    assert profile.focal_px == pytest.approx(LAPTOP.focal_px, rel=0.01)
    assert "board.mp4" in profile.how
    assert f"{profile.hfov_deg:.1f} degrees" in done.output
    assert cv2.imread(str(tmp_path / "profiles" / "my-laptop-coverage.png")).shape == (480, 640, 3)


def test_pictures_that_do_not_suffice_are_refused_and_the_profile_stays(run, laptop_pictures, board_video, tmp_path):
    run("calibrate", board_video, "--name", "my-laptop")
    before = (tmp_path / "profiles" / "my-laptop.json").read_bytes()
    stills = [tmp_path / f"{k}.png" for k in range(3)]
    for path, picture in zip(stills, laptop_pictures, strict=False):
        cv2.imwrite(str(path), picture)
    done = run("calibrate", *stills, "--name", "my-laptop")
    assert done.exit_code == 3
    assert "Only 3 different views" in done.output
    assert (tmp_path / "profiles" / "my-laptop.json").read_bytes() == before


def test_the_wrong_paper_is_refused(run, laptop_pictures, tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), laptop_pictures[0])
    done = run("calibrate", tmp_path / "a.png", "--board", "letter", "--name", "x")
    assert done.exit_code == 3
    assert "a4 paper" in done.output


@pytest.mark.parametrize(
    ("file", "content"), [("a.jpg", b""), ("a.jpg", b"no picture"), ("a.mp4", b"no video"), ("b.png", None)]
)
def test_files_that_cannot_be_read_are_bad_input(run, tmp_path, file, content):
    if content is not None:
        (tmp_path / file).write_bytes(content)
    done = run("calibrate", tmp_path / file, "--name", "x")
    assert done.exit_code == 2
    assert file in done.output


def test_a_name_with_a_path_is_bad_input(run, board_video):
    done = run("calibrate", board_video, "--name", "../x")
    assert done.exit_code == 2
    assert "my-laptop" in done.output


def test_large_stills_are_looked_at_in_the_size_of_analysed_video(run, laptop_pictures, tmp_path):
    big = cv2.resize(laptop_pictures[0], (2560, 1920), interpolation=cv2.INTER_CUBIC)
    cv2.imwrite(str(tmp_path / "big.jpg"), np.ascontiguousarray(big))
    done = run("calibrate", tmp_path / "big.jpg", "--name", "x")
    assert "Only 1 different views" in done.output


def test_the_board_is_written(run, tmp_path):
    done = run("board", tmp_path / "b.pdf", "--paper", "letter")
    assert done.exit_code == 0
    assert (tmp_path / "b.pdf").read_bytes().startswith(b"%PDF")
    assert "folder does not exist" in str(run("board", tmp_path / "nowhere" / "b.pdf").exception)
