"""Logs of a phone on a shin whose movement is known, as three apps write them."""

import csv

import numpy as np
from scipy.spatial.transform import Rotation
from synthetic import swings

from rom_vision.agreement.phone_log import PhoneLog

PEAKS = (32.0, 30.0, 34.0)
HEADERS = {
    "Sensor Logger": ["time", "seconds_elapsed", "z", "y", "x"],
    "phyphox": ["Time (s)", "Gravity x (m/s^2)", "Gravity y (m/s^2)", "Gravity z (m/s^2)"],
    "Physics Toolbox": ["time", "gFx", "gFy", "gFz", "TgF"],
}


def moved(peaks=PEAKS, fps=15.0):
    """The movement as the camera saw it."""
    t, angle = swings(peaks, fps=200.0)
    at = np.arange(0, t[-1], 1 / fps)
    return at, np.interp(at, t, angle)


def logged(
    peaks=PEAKS, *, offset_s=4.0, drift=0.0, noise_deg=0.5, mount=(0, 0, 0), gap=None, rate_hz=100.0, curve=None
):
    """Time and gravity (m/s^2) of a phone on that shin: it starts ``offset_s`` before the recording and goes on."""
    chance = np.random.default_rng(1)
    t, angle = curve or swings(peaks, fps=200.0)
    log_t = np.arange(0, (t[-1] + offset_s + 6) * (1 + drift), 1 / rate_hz)
    a = np.interp(log_t / (1 + drift) - offset_s / (1 + drift), t, angle, left=angle[0], right=angle[-1])
    a = np.radians(a + chance.normal(0, noise_deg, len(a)))
    gravity = 9.81 * np.column_stack([np.sin(a), np.cos(a), 0.08 * np.ones(len(a))])
    gravity = Rotation.from_euler("xyz", mount, degrees=True).apply(gravity) + chance.normal(0, 0.03, (len(a), 3))
    keep = np.ones(len(a), bool) if gap is None else ~((log_t > gap[0]) & (log_t < gap[1]))
    return PhoneLog(log_t[keep], gravity=gravity[keep])


def write(path, header, rows, delimiter=","):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows([header, *rows])


def rows_of(app, log):
    for t, (x, y, z) in zip(log.time_s, log.gravity, strict=True):
        if app == "Sensor Logger":
            yield [int(1.7e18 + t * 1e9), t, z, y, x]
        elif app == "phyphox":
            yield [f"{t:E}", f"{x:E}", f"{y:E}", f"{z:E}"]
        else:
            yield [t, x / 9.81, y / 9.81, z / 9.81, 1.0]
