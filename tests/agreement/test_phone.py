"""A phone on the shin: logs of somebody whose movement is known, with all that logs do."""

import numpy as np
import pytest
from phone_logs import HEADERS, PEAKS, logged, moved, rows_of, write
from synthetic import seated_states, track_of

from rom_vision.agreement.phone import compare_with_phone, lay_over, phone_chart
from rom_vision.agreement.phone_log import LogColumns, PhoneLog, preset_for, read_log
from rom_vision.errors import BadInputError
from rom_vision.pipeline.run import analyse


@pytest.mark.parametrize("offset_s", [0.0, 1.37, 9.03])
@pytest.mark.parametrize("drift", [0.0, 4e-4, -1e-3])
def test_offset_is_found_within_50_ms_whatever_the_clocks_do(offset_s, drift):
    t, ours = moved()
    ours = ours + np.random.default_rng(3).normal(0, 1.0, len(ours))
    _, offset, found, r = lay_over(t, ours, logged(offset_s=offset_s, drift=drift, noise_deg=1.0))
    for at in (t[0], t[-1]):  # where each moment of the recording lies in the log
        assert at * (1 + found) + offset == pytest.approx(at * (1 + drift) + offset_s, abs=0.05)
    assert r > 0.98


@pytest.mark.parametrize("mount", [(0, 0, 0), (0, 0, 180), (90, 0, 0), (35, -50, 20), (0, 90, 0)])
def test_the_phone_may_sit_on_the_shin_in_any_way(mount):
    t, ours = moved()
    phone, offset, _, _ = lay_over(t, ours, logged(mount=mount))
    assert offset == pytest.approx(4.0, abs=0.05)
    assert np.nanmax(np.abs(phone - ours)) < 4.0
    assert np.nanmean(phone - ours) == pytest.approx(0.0, abs=0.5)


def test_gaps_stay_gaps():
    t, ours = moved()
    ours = ours.copy()
    ours[40:55] = np.nan
    phone, offset, _, _ = lay_over(t, ours, logged(gap=(12.0, 13.5)))
    assert offset == pytest.approx(4.0, abs=0.05)
    lost = (t > 12.1 - 4) & (t < 13.4 - 4)
    assert np.isnan(phone[lost]).all()
    assert np.isfinite(phone[~((t > 11.5 - 4) & (t < 14 - 4))]).all()


def test_another_axis_is_refused():
    t, ours = moved()
    log = logged()
    still = np.random.default_rng(2).normal(0, 2.0, len(log.time_s)).cumsum() * 0.05
    with pytest.raises(BadInputError, match="does not follow the leg"):
        lay_over(t, ours, PhoneLog(log.time_s, angle_deg=still))
    swing = np.degrees(np.arctan2(log.gravity[:, 0], log.gravity[:, 1]))
    with pytest.raises(BadInputError, match="times as far: it is of another axis"):
        lay_over(t, ours, PhoneLog(log.time_s, angle_deg=0.3 * swing))
    right, _, _, _ = lay_over(t, ours, PhoneLog(log.time_s, angle_deg=-swing))  # the sign is found
    assert np.nanmean(np.abs(right - ours)) < 1.5


def test_another_recording_and_one_that_fits_twice_are_refused():
    t, ours = moved()
    with pytest.raises(BadInputError, match="does not follow"):
        lay_over(t, ours, logged(peaks=(10, -25, 8, -30, 40)))
    t, ours = moved((30.0,))
    with pytest.raises(BadInputError, match="several places"):
        lay_over(t, ours, logged(peaks=(30, 30, 30)))
    with pytest.raises(BadInputError, match="too short"):
        lay_over(*moved(), PhoneLog(np.arange(100) / 100, angle_deg=np.zeros(100)))


def test_each_repetition_is_compared_and_drawn():
    t, angle = moved()
    track = track_of(t, seated_states(angle), size=(1280, 720))
    done = analyse(track, "hip_rotation", {"position": "seated", "side": "left"})
    found = compare_with_phone(done.document, track, logged())
    assert [h.number for h in found.held] == [1, 2, 3]
    assert [h.phone_deg for h in found.held] == pytest.approx(PEAKS, abs=1.5)
    for h in found.held:
        assert h.ours_deg == pytest.approx(h.phone_deg, abs=5)
    assert found.reading_deg == pytest.approx(np.mean(PEAKS), abs=1.5)
    assert "phone" in phone_chart(found, done.document).label
    lying = done.document.model_copy(update={"options": {**done.document.options, "position": "supine"}})
    with pytest.raises(BadInputError, match="seated"):
        compare_with_phone(lying, track, logged())


@pytest.mark.parametrize("app", HEADERS)
def test_three_apps_are_read_as_they_write(tmp_path, app):
    log, path = logged(), tmp_path / "log.csv"
    write(path, HEADERS[app], rows_of(app, log))
    assert preset_for(HEADERS[app])[0] == app
    read = read_log(path)
    assert read.time_s == pytest.approx(log.time_s, abs=1e-6)
    scale = 9.81 if app == "Physics Toolbox" else 1.0
    assert read.gravity * scale == pytest.approx(log.gravity, abs=1e-4)


def test_columns_of_another_app_are_named(tmp_path):
    log, path = logged(), tmp_path / "log.csv"
    angle = np.degrees(np.arctan2(log.gravity[:, 0], log.gravity[:, 1]))
    rows = [[f"{1000 * t:.1f}".replace(".", ","), f"{a:.3f}".replace(".", ",")] for t, a in
            zip(log.time_s, angle, strict=True)]  # fmt: skip
    write(path, ["ms", "roll"], rows, ";")
    with pytest.raises(BadInputError, match="Say which column is the time"):
        read_log(path)
    read = read_log(path, LogColumns("ms", angle="roll"))
    assert read.time_s == pytest.approx(log.time_s, abs=1e-3)
    for columns, said in (
        (LogColumns("ms", angle="pitch"), "no column 'pitch'"),
        (LogColumns("ms"), "say which three"),
        (LogColumns("ms", ("ms", "ms", "roll")), "no gravity"),
        (LogColumns("roll", angle="ms"), "does not rise"),
    ):
        with pytest.raises(BadInputError, match=said):
            read_log(path, columns)


def test_what_is_no_log(tmp_path):
    for content, said in ((b"", "too few rows"), (b"\xff\xfe\x00", "cannot be read"), (b"a,b\n" * 100, "Say which")):
        (tmp_path / "log.csv").write_bytes(content)
        with pytest.raises(BadInputError, match=said):
            read_log(tmp_path / "log.csv")
    write(tmp_path / "log.csv", HEADERS["phyphox"], [["x", "y", "z", "w"]] * 100)
    with pytest.raises(BadInputError, match="no numbers"):
        read_log(tmp_path / "log.csv")
    with pytest.raises(BadInputError, match="cannot be read"):
        read_log(tmp_path / "not there.csv")
