"""What a command does not need it does not load: counted in modules, since seconds depend on the machine."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
APP = {"streamlit", "streamlit_webrtc", "altair", "pandas", "pyarrow"}
PAPER = {"reportlab", "jinja2"}
DATABASE = {"sqlalchemy"}
UNUSED = {"matplotlib", "sounddevice", "torch"}
SLOW_NUMERICS = {"scipy.optimize", "scipy.ndimage", "scipy.stats"}

SCRIPT = """
import json, sys
from rom_vision.cli import main
try:
    main()
except SystemExit as end:
    code = end.code
print(json.dumps({"exit": code or 0, "modules": sorted(sys.modules)}))
"""


def loaded_by(*arguments):
    """Run a command in a process of its own; return the modules it has loaded at the end."""
    command = [sys.executable, "-c", SCRIPT, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["exit"] == 0, done.stderr
    return set(said["modules"])


@pytest.mark.parametrize("arguments", [("--help",), ("measure", "--help"), ("--version",)])
def test_help_loads_no_numerics_no_network_no_app(arguments):
    loaded = loaded_by(*arguments)
    heavy = {"numpy", "scipy", "cv2", "av", "mediapipe", "PIL"}
    assert not loaded & (heavy | APP | PAPER | DATABASE | UNUSED)


@pytest.mark.model
def test_a_measurement_loads_neither_app_nor_paper_nor_what_it_does_not_use():
    clip = ROOT / "sample_videos" / "seated_left.mp4"
    loaded = loaded_by("measure", clip, "--position", "seated", "--side", "left", "--model", "full")
    assert "mediapipe" in loaded
    assert not loaded & (APP | PAPER | DATABASE | UNUSED | SLOW_NUMERICS)


def test_what_mediapipe_did_without_is_there_for_others():
    script = (
        "import rom_vision.pose.mediapipe_estimator, sys; from mediapipe.tasks.python.vision import drawing_utils;"
        "assert 'matplotlib' not in sys.modules;"
        "import matplotlib; matplotlib.use('Agg'); import matplotlib.pyplot;"
        "assert drawing_utils.plt.figure is matplotlib.pyplot.figure;"
        "assert 'mediapipe.tasks.python.text' not in sys.modules;"
        "from mediapipe.tasks.python import text; assert text.TextClassifier;"
        "assert 'mediapipe.tasks.python.text' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=120)


def test_the_first_page_loads_neither_network_nor_video_nor_tables(tmp_path):
    script = (
        "import json, sys; from streamlit.testing.v1 import AppTest; import rom_vision.ui.server;"
        f"app = AppTest.from_file({str(ROOT / 'rom_vision' / 'ui' / 'served' / 'script.py')!r}, default_timeout=120);"
        "app.run(); assert not app.exception and not app.error and app.title[0].value.startswith('How far');"
        "print(json.dumps(sorted(sys.modules)))"
    )
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path), "ROM_VISION_DATABASE_URL": ""}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=300, env=environment, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    heavy = {"mediapipe", "av", "cv2", "aiortc", "streamlit_webrtc", "scipy", "altair", "pandas", "pyarrow"}
    assert not loaded & (heavy | PAPER | UNUSED)
