"""Sample clips as pictures in memory, and as the film that Chromium shows instead of a camera."""

import json
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
import numpy as np

SAMPLES = Path(__file__).parents[1] / "sample_videos"
CLIP, OTHER_SIDE = "seated_left.mp4", "seated_right.mp4"
CAMERA_FPS = 30
# Rows and columns with the person in the middle, as near as the program asks for.
WEBCAM = {CLIP: (slice(60, 680), slice(15, 453)), OTHER_SIDE: (slice(60, 680), slice(102, 540))}
STILL_S, REST_S = 2.0, 10.0


def truth_of(name):
    """Return what is known of a sample."""
    rows = json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))
    return next(row for row in rows if row["file"] == name)


def frames_of(name):
    """Return [(time_s, rgb)] and the clip's length in seconds."""
    with av.open(str(SAMPLES / name)) as clip:
        frames = [(f.time, f.to_ndarray(format="rgb24")) for f in clip.decode(video=0)]
    return frames, frames[-1][0] + frames[1][0] - frames[0][0]


def landscape(rgb, width=640, height=480):
    """Put a portrait picture in the middle of a landscape one, as a webcam sees it."""
    wide = np.full((rgb.shape[0], rgb.shape[0] * width // height, 3), 110, np.uint8)
    left = (wide.shape[1] - rgb.shape[1]) // 2
    wide[:, left : left + rgb.shape[1]] = rgb
    frame = av.VideoFrame.from_ndarray(wide, "rgb24")
    return frame.reformat(width, height, "rgb24", interpolation="AREA").to_ndarray()


def webcam_film(name=CLIP):
    """Return the clip as a webcam of 640 by 480 would show it."""
    frames, length_s = frames_of(name)
    return [(t, landscape(rgb[WEBCAM[name]])) for t, rgb in frames], length_s


def both_sides_film():
    """Return a person who sits still, tests the left leg, rests, and tests the right one."""
    left, left_s = webcam_film()
    right, right_s = webcam_film(OTHER_SIDE)
    rest_s = STILL_S + left_s
    shown = [(0.0, left[0][1]), *((STILL_S + t, rgb) for t, rgb in left), (rest_s, right[0][1])]
    return [*shown, *((rest_s + REST_S + t, rgb) for t, rgb in right)], rest_s + REST_S + right_s


def write_mjpeg(film, path):
    """Write a film as the MJPEG that Chromium plays as a camera, in a loop, always at 30 pictures a second."""
    frames, length_s = film
    times = np.array([t for t, _ in frames])
    moments = (k / CAMERA_FPS + 1e-6 for k in range(round(length_s * CAMERA_FPS)))
    return write_camera((frames[int(np.searchsorted(times, t, side="right")) - 1][1] for t in moments), path)


def write_camera(pictures, path):
    """Write pictures as the MJPEG that Chromium plays as a camera, 30 a second."""
    pictures = iter(pictures)
    first = next(pictures)
    with av.open(str(path), "w", format="mjpeg") as out:
        stream = out.add_stream("mjpeg", rate=CAMERA_FPS)
        stream.height, stream.width = first.shape[:2]
        stream.pix_fmt = "yuvj420p"
        stream.codec_context.qmin = stream.codec_context.qmax = 3
        for k, rgb in enumerate(chain([first], pictures)):
            picture = av.VideoFrame.from_ndarray(rgb, "rgb24")
            picture.pts, picture.time_base = k, Fraction(1, CAMERA_FPS)
            out.mux(stream.encode(picture))
        out.mux(stream.encode(None))
    return path
