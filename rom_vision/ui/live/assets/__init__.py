"""The parts of the live test that run in the browser: plain files without a build step."""

from __future__ import annotations

from functools import cache
from importlib import resources

__all__ = ["asset"]


@cache
def asset(name: str) -> str:
    """Return the text of a file beside this one."""
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")
