"""Films for the browser's camera that the documentation does not need."""

from docs.camera_film import frames_of, landscape


def squat_film(name="squat_good.mp4"):
    """Return a squatting person as a webcam of 640 by 480 shows them."""
    frames, length_s = frames_of(name)
    return [(t, landscape(rgb)) for t, rgb in frames], length_s


def slowed(film, times):
    """Return the film so many times slower, with two seconds of its first picture before it."""
    frames, length_s = film
    first = frames[0][1]
    return [(0.0, first), *((2.0 + times * t, rgb) for t, rgb in frames)], 2.0 + times * length_s
