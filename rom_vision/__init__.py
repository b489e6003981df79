"""rom_vision: hip internal rotation and squat screening from one camera.

>>> import rom_vision
>>> [test.name for test in rom_vision.all_protocols()][:2]
['hip_rotation', 'squat']
>>> analysis = rom_vision.measure("me.mp4", "hip_rotation", position="seated", side="left")  # doctest: +SKIP
>>> analysis.document.measure("internal_rotation").value  # doctest: +SKIP
31.4
"""

from importlib import import_module
from typing import Any

__version__ = "0.2.0"
__all__ = [
    "all_protocols",
    "analyse",
    "compare",
    "load_result",
    "measure",
    "measure_again",
    "measure_many",
    "open_store",
]

_PUBLIC = {
    "analyse": ("rom_vision.pipeline.run", "analyse"),
    "compare": ("rom_vision.sessions.compare", "compare"),
    "load_result": ("rom_vision.results.document", "load_document"),
    "measure": ("rom_vision.pipeline.run", "measure"),
    "measure_again": ("rom_vision.pipeline.run", "measure_again"),
    "measure_many": ("rom_vision.batch.run", "measure_many"),
    "open_store": ("rom_vision.sessions.store", "SessionStore"),
    "all_protocols": ("rom_vision.protocols.registry", "protocols"),
}


def __getattr__(name: str) -> Any:
    """Load a part of the public API when it is first asked for: importing the package stays light."""
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _PUBLIC[name]
    return getattr(import_module(module), attribute)
