"""Films for the browser's camera that the documentation does not need."""

import numpy as np

from docs.camera_film import frames_of, landscape

SLOW_FPS = 15


def squat_film(name="squat_good.mp4"):
    """Return a squatting person as a webcam of 640 by 480 shows them."""
    frames, length_s = frames_of(name)
    return [(t, landscape(rgb)) for t, rgb in frames], length_s


def slowed(film, times, still_s=3.0):
    """Return the film so many times slower, after some seconds of its first picture.

    Every picture is a new one, as those of a camera are: one that is repeated would count as a line that is stuck.
    """
    frames, length_s = film
    rng = np.random.default_rng(1)
    starts = np.array([still_s + times * t for t, _ in frames])
    end_s = still_s + times * length_s
    shown = []
    for t in np.arange(0.0, end_s, 1 / SLOW_FPS):
        k = max(int(np.searchsorted(starts, t, side="right")) - 1, 0)
        following = min(k + 1, len(frames) - 1)
        share = float(np.clip((t - starts[k]) / max(starts[following] - starts[k], 1e-6), 0, 1))
        mixed = (1 - share) * frames[k][1].astype(np.float32) + share * frames[following][1]
        shown.append((float(t), np.clip(mixed + rng.normal(0, 2, mixed.shape), 0, 255).astype(np.uint8)))
    return shown, end_s
