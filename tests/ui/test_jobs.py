import threading
import time

import pytest

from rom_vision.errors import BadInputError
from rom_vision.ui.parts.jobs import JobRunner, Question


@pytest.fixture
def runner():
    runner = JobRunner()
    yield runner
    runner.close()


def wait(job, state, timeout_s=5.0):
    end = time.monotonic() + timeout_s
    while job.state != state and time.monotonic() < end:
        time.sleep(0.01)
    assert job.state == state


def started(runner, work, space="mine"):
    job = runner.new(space, "clip.mp4")
    runner.start(job, work)
    return job


def test_a_job_reports_and_ends_with_its_outcome(runner):
    halfway, go_on = threading.Event(), threading.Event()

    def work(report):
        report("Measuring", 0.5)
        halfway.set()
        go_on.wait(5)
        return 42

    job = started(runner, work)
    assert halfway.wait(5)
    assert (job.state, job.phase, job.share) == ("running", "Measuring", 0.5)
    assert job.left_s is not None
    go_on.set()
    wait(job, "done")
    assert job.outcome == 42
    assert job.folder.is_dir()
    runner.remove(job)
    assert not job.folder.exists()


def test_cancelling_stops_a_running_job_and_deletes_its_files(runner):
    running = threading.Event()

    def work(report):
        while True:
            report("Working", 0.1)
            running.set()
            time.sleep(0.005)

    job = started(runner, work)
    assert running.wait(5)
    waiting = started(runner, lambda _: 1)
    assert runner.ahead(waiting) == 1
    runner.cancel(waiting)
    assert waiting.state == "cancelled"
    runner.cancel(job)
    wait(job, "cancelled")
    assert not job.folder.exists()


def test_a_bad_recording_ends_with_its_sentence_and_without_our_folder(runner):
    def work(_):
        raise BadInputError(f"{job.folder / 'clip.mp4'}: not a video.")

    job = runner.new("mine", "clip.mp4")
    runner.start(job, work)
    wait(job, "failed")
    assert job.message == "clip.mp4: not a video."


def test_a_fault_of_ours_is_told_without_a_traceback(runner, caplog):
    job = started(runner, lambda _: 1 / 0)
    wait(job, "failed")
    assert "our fault" in job.message
    assert "ZeroDivisionError" not in job.message
    assert started(runner, lambda _: 7).id != job.id


def test_a_job_is_found_only_from_its_own_space(runner):
    job = runner.new("mine", "clip.mp4")
    assert runner.get(job.id, "mine") is job
    assert runner.get(job.id, "theirs") is None
    assert runner.get("guess", "mine") is None
    assert runner.of("theirs") == []
    assert len(job.id) >= 32


def test_old_results_of_a_space_make_room(runner):
    jobs = [started(runner, lambda _: None) for _ in range(9)]
    for job in jobs:
        wait(job, "done")
    runner.new("mine", "one more")
    assert runner.get(jobs[0].id, "mine") is None
    assert not jobs[0].folder.exists()
    assert runner.get(jobs[-1].id, "mine") is jobs[-1]


def test_a_job_that_asks_waits_and_goes_on_with_the_answer(runner, tmp_path):
    class Which(Question):
        pass

    job = started(runner, lambda report: Which())
    wait(job, "done")
    assert job.asks
    assert not job.active
    job.recording = tmp_path / "me.mp4"
    job.recording.write_bytes(b"x")
    runner.leave("mine", "")
    assert job.recording.is_file(), "it is needed for the answer"
    runner.start(job, lambda report: 42)
    wait(job, "done")
    assert (job.asks, job.outcome) == (False, 42)
    runner.leave("mine", "")
    assert job.recording is None
