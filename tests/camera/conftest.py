from pathlib import Path

import pytest
from board_views import LAPTOP

from calibration.render_views import BoardScene
from rom_vision.camera.board import BOARDS


@pytest.fixture(scope="session")
def laptop_pictures():
    """What a laptop's camera sees of somebody who follows the guide."""
    return list(BoardScene(LAPTOP, BOARDS["a4"]).session(16, seed=3))


@pytest.fixture(scope="session")
def repo():
    return Path(__file__).parents[2]
