import numpy as np
import pytest
from board_views import LAPTOP, projected

from calibration.render_views import BoardScene
from rom_vision.camera.board import BOARDS, BoardFinder
from rom_vision.camera.board_pdf import write_board_pdf
from rom_vision.errors import BadInputError


@pytest.mark.parametrize("paper", BOARDS)
def test_printed_page_shows_the_board_to_scale(paper, tmp_path):
    pdfium = pytest.importorskip("pypdfium2", reason="rasterises the PDF")
    board = BOARDS[paper]
    write_board_pdf(board, tmp_path / "board.pdf")
    page = pdfium.PdfDocument(tmp_path / "board.pdf")[0]
    np.testing.assert_allclose(np.array(page.get_size()) / 72 * 25.4, board.page_mm, atol=0.01)
    picture = np.ascontiguousarray(page.render(scale=200 / 72).to_numpy()[..., :3])
    view = BoardFinder(board).find(picture)
    assert len(view.corners_px) == board.n_corners
    on_page_mm = (view.corners_px + 0.5) * 25.4 / 200
    offset = on_page_mm - view.board_mm[:, :2]
    np.testing.assert_allclose(offset, np.broadcast_to(offset.mean(axis=0), offset.shape), atol=0.13)  # one dot
    text = page.get_textpage().get_text_range()
    assert "150 mm" in text
    assert "Print at 100 %" in text


@pytest.mark.parametrize("paper", BOARDS)
def test_committed_pdf_is_the_one_the_program_writes(paper, tmp_path, repo):
    pdfium = pytest.importorskip("pypdfium2", reason="rasterises the PDF")
    write_board_pdf(BOARDS[paper], tmp_path / "board.pdf")
    pages = [pdfium.PdfDocument(f)[0] for f in (repo / "calibration" / f"board_{paper}.pdf", tmp_path / "board.pdf")]
    np.testing.assert_array_equal(*(page.render(scale=1).to_numpy() for page in pages))


def test_pdf_into_a_missing_folder_is_refused_in_words(tmp_path):
    with pytest.raises(BadInputError, match="cannot be written"):
        write_board_pdf(BOARDS["a4"], tmp_path / "nowhere" / "board.pdf")


def test_every_rendered_picture_shows_the_board(laptop_pictures):
    finder = BoardFinder(BOARDS["a4"])
    assert all(finder.find(picture) is not None for picture in laptop_pictures)
    assert finder.n_pictures == len(laptop_pictures)


def test_grey_pictures_do_too(laptop_pictures):
    grey = BoardFinder(BOARDS["a4"]).find(laptop_pictures[0][..., 0])
    colour = BoardFinder(BOARDS["a4"]).find(laptop_pictures[0])
    np.testing.assert_allclose(grey.corners_px, colour.corners_px, atol=0.5)


def test_no_board_in_noise():
    noise = np.random.default_rng(0).integers(0, 255, (480, 640, 3), dtype=np.uint8)
    finder = BoardFinder(BOARDS["a4"])
    assert finder.find(noise) is None
    assert finder.n_strangers == 0


def test_the_other_paper_is_recognised(laptop_pictures):
    finder = BoardFinder(BOARDS["letter"])
    assert finder.find(laptop_pictures[0]) is None
    assert (finder.n_strangers, finder.stranger) == (1, "a4")


@pytest.mark.parametrize(("lean", "axis"), [((30, 0), "lean_x_deg"), ((0, 30), "lean_y_deg")])
@pytest.mark.parametrize("sign", [1, -1])
def test_leans_have_the_documented_sign_and_size(lean, axis, sign):
    pose = projected(LAPTOP, (sign * lean[0], sign * lean[1])).pose
    assert getattr(pose, axis) == pytest.approx(sign * 30, abs=6)  # the lens is only guessed
    assert pose.distance == pytest.approx(450 / 240, rel=0.15)


def test_a_board_that_faces_right_has_its_left_edge_nearer():
    view = BoardFinder(BOARDS["a4"]).find(BoardScene(LAPTOP, BOARDS["a4"]).picture(lean_x_deg=35, noise=0))
    assert view.pose.lean_x_deg > 20
    columns = {x: view.corners_px[view.board_mm[:, 0] == x][:, 1] for x in (30.0, 150.0)}
    assert np.ptp(columns[30.0]) > 1.1 * np.ptp(columns[150.0])
