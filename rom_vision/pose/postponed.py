"""Put off what a library imports and nobody needs: it is loaded when it is used."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

__all__ = ["postponed"]


class _Postponed(ModuleType):
    """Stands where a module is expected; the first use of anything in it loads the module."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


@contextmanager
def postponed(*names: str) -> Iterator[None]:
    """Let what is imported inside the block take these modules without loading them.

    Modules that are loaded already stay as they are; after the block the others can be imported by anybody as usual.

    Parameters
    ----------
    names : full names, a package before the modules in it.

    Examples
    --------
    >>> with postponed("turtle"):
    ...     import turtle
    >>> "turtle" in sys.modules
    False
    """
    placed = {name: _Postponed(name) for name in names if name not in sys.modules}
    for name, module in placed.items():
        sys.modules[name] = module
        package, _, last = name.rpartition(".")
        if package in placed:
            setattr(placed[package], last, module)
    try:
        yield
    finally:
        for name, module in placed.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
