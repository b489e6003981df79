"""What was learned of the hip rotation test; the numbers, with where they come from, are in ``learned.json`` here.

``python -m validation.learn intervals`` writes that file.
"""

from __future__ import annotations

from rom_vision.body.learned import numbers_of, table

__all__ = ["PELVIS_NOISE_DEG", "REST_ALIKE"]

PELVIS_NOISE_DEG: float
"""Scale of the list that the landmarks show of a still pelvis during a swing, of Student's distribution, degrees."""
REST_ALIKE: float
"""Share of the error's variance at the end of a swing that is the same at rest."""

PELVIS_NOISE_DEG, REST_ALIKE = table(numbers_of(__package__), ("pelvis_noise_deg", "rest_alike")).tolist()
