import pytest
from hypothesis import settings

# Machines are noisy: a slow example is no failure.
settings.register_profile("rom_vision", deadline=None, max_examples=50)
settings.load_profile("rom_vision")

LIVE = tuple(f"tests/ui/test_{name}_browser.py" for name in ("selftest", "training", "camera"))
"""A camera's film runs on while the machine is busy: one of these at a time."""


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist
def pytest_xdist_make_scheduler(config, log):
    """The tests of a file stay in one process: they share what they have measured."""
    from xdist.scheduler import LoadFileScheduling

    class Files(LoadFileScheduling):
        def _split_scope(self, nodeid):
            file = super()._split_scope(nodeid)
            return "live" if file in LIVE else file

    return Files(config, log)
