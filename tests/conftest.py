import sys
from functools import cache

import pytest
from hypothesis import settings

# Machines are noisy: a slow example is no failure.
settings.register_profile("rom_vision", deadline=None, max_examples=50)
settings.load_profile("rom_vision")
_MAIN = sys.modules["__main__"]


def pytest_runtest_setup():
    """Give the process its main program back: `AppTest` leaves a page in its place, which every child would run."""
    sys.modules["__main__"] = _MAIN


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist
def pytest_xdist_make_scheduler(config, log):
    """The tests of a file stay in one process, as they share what they have measured; so do all live tests.

    A camera's film runs on while the machine is busy: one test at a time can follow it.
    """
    from xdist.scheduler import LoadFileScheduling

    @cache
    def is_live(file):
        path = config.rootpath / file
        return path.is_file() and "--use-file-for-fake-video-capture" in path.read_text(encoding="utf-8")

    class Files(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file = super()._split_scope(nodeid)
            return "live" if is_live(file) else file

    return Files(config, log)
