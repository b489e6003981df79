"""Logs and plans as a person has them."""

from datetime import datetime, timedelta, timezone

from rom_vision.drills.training import SetDone, Training

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=timezone(timedelta(hours=1)))  # a Monday


def training(drill="clamshell", *, at=NOON, counted=8, spoiled=None, active_s=60.0, **more):
    done = SetDone(
        side="left", counted=counted, spoiled=spoiled or {}, active_s=active_s, held_s=9.0, ranges=(20.0,) * counted
    )
    return Training(drill=drill, began_at=at, seen="live", sets=(done,), **more)
