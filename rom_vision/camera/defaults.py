"""What to assume about a lens nobody has calibrated, and how far that may be wrong.

Fields of view are along the picture's longer side, in video mode. The central values follow from what makers state
(diagonal field of view of webcams; focal length as 35 mm equivalent of phones, long side of a 4:3 sensor = 34.6 mm);
phones cut 10 to 15 % off the picture for video stabilisation. The spread between models is our own heuristic.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["LENSES", "Lens"]


@dataclass(frozen=True)
class Lens:
    """A kind of camera: field of view along the longer side (degrees) and standard deviation of log(focal length)."""

    label: str
    fov_deg: float
    focal_log_sd: float
    why: str


LENSES = {
    "unknown": Lens(
        "an unknown camera", 66.0, 0.14, "laptop webcams and phone main cameras lie at about 55 to 78 degrees"
    ),
    "laptop": Lens("a laptop's built-in webcam", 67.0, 0.10, "stated as 70 to 80 degrees diagonal: 63 to 72 at 16:9"),
    "webcam": Lens(
        "a separate webcam", 66.0, 0.16, "55 (Logitech C270) to 90 degrees diagonal (Logitech Brio, widest): 49 to 82"
    ),
    "phone": Lens(
        "a phone's main camera",
        62.0,
        0.10,
        "24 to 28 mm equivalent: 63 to 72 degrees uncut, 55 to 68 after the cut",
    ),
    "phone-ultrawide": Lens(
        "a phone's ultra-wide camera", 98.0, 0.12, "13 to 14 mm equivalent: 102 to 106 degrees, less the cut"
    ),
    "phone-front": Lens("a phone's front camera", 65.0, 0.13, "23 to 32 mm equivalent: 57 to 74 degrees, less the cut"),
}
