"""Real files through the real network, with the light model and few pictures."""

import csv
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path

import pytest

from rom_vision.batch import engines
from rom_vision.batch import run as batch_run
from rom_vision.batch.folder import OutFolder
from rom_vision.batch.plan import Request, read_plan
from rom_vision.batch.run import measure_many, run_batch
from rom_vision.batch.work import NotSeenError, Task, measure_file
from rom_vision.capture import VideoReader, VideoWriter, sha256_of
from rom_vision.errors import BadInputError
from rom_vision.sessions import SessionStore

pytestmark = pytest.mark.model

SAMPLES = Path(__file__).parents[2] / "sample_videos"
SEATED = Request("hip_rotation", {"position": "seated", "side": "left"}, "full")


def shortened(name, out, from_s, seconds):
    with VideoReader(SAMPLES / name, max_side_px=360) as video, VideoWriter(out, *video.size) as writer:
        for frame in video:
            if from_s <= frame.time_s < from_s + seconds:
                writer.write(frame.rgb, frame.time_s - from_s)
            if frame.time_s >= from_s + seconds:
                break


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    for k in range(3):
        shortened("seated_left.mp4", folder / f"clip_{k}.mp4", 2.0 + k / 4, 1.4)
    (folder / "broken.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(400))
    return folder


@pytest.fixture(scope="module")
def done(clips, tmp_path_factory):
    out = tmp_path_factory.mktemp("batch") / "out"
    told = []
    results = measure_many(clips, out, request=SEATED, jobs=2, on_progress=lambda *step: told.append(step))
    return out, results, told


def table(out):
    with (out / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def files(out):
    return {p.name: p.read_bytes() for folder in ("documents", "pictures") for p in (out / folder).iterdir()}


def test_every_file_has_its_row_and_a_broken_one_says_why(done):
    out, results, told = done
    rows = table(out)
    assert [row["file"] for row in rows] == ["broken.mp4", "clip_0.mp4", "clip_1.mp4", "clip_2.mp4"]
    assert [r.status for r in results] == [row["status"] for row in rows]
    assert rows[0]["status"] == "failed"
    assert "cut off" in rows[0]["reasons"]
    for row in rows[1:]:
        assert row["status"] in ("measured", "refused")
        assert row["status"] == "measured" or row["reasons"]
        assert (out / row["document"]).is_file()
        assert (out / row["picture"]).read_bytes().startswith(b"\xff\xd8")
    page = (out / "summary.html").read_text(encoding="utf-8")
    assert all(row["file"] in page for row in rows)
    assert page.count("<img") == 3
    assert told[-1] == (4, 4)


def test_what_is_done_is_not_measured_again(done, clips, monkeypatch):
    out, _, _ = done
    before = (out / "results.csv").read_bytes()

    def never(task, stop=None):
        raise AssertionError(task)

    monkeypatch.setattr(batch_run, "measure_file", never)
    measure_many(clips, out, request=SEATED, jobs=2)
    assert (out / "results.csv").read_bytes() == before
    again = measure_many(clips, out, request=Request("squat", {}, "full"), jobs=2)
    assert {d.status for d in again} == {"failed"}, "another question is another result"
    (out / "results.csv").write_bytes(before)


def test_a_batch_that_was_killed_goes_on_and_loses_nothing(done, clips, tmp_path):
    out = tmp_path / "out"
    command = [sys.executable, "-c", "from rom_vision.cli.root import main; main()", "batch", clips, "--out", out]
    command += ["--test", "hip-rotation", "--position", "seated", "--side", "left", "--model", "full", "--jobs", "1"]
    child = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 120
    while (time.monotonic() < until and not (out / "documents").is_dir()) or not list(
        (out / "documents").glob("*.json")
    ):
        assert child.poll() is None
        time.sleep(0.05)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    finished = subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=300)
    assert finished.returncode == 0, finished.stderr
    assert "4 recordings" in finished.stdout
    assert files(out) == files(done[0])
    assert (out / "results.csv").read_bytes() == (done[0] / "results.csv").read_bytes()


def test_results_are_kept_once_with_their_person(clips, tmp_path):
    plan = tmp_path / "plan.csv"
    plan.write_text("file,person,date\nclip_0.mp4,Ana,2026-01-31T18:30\n", encoding="utf-8")
    store = SessionStore(f"sqlite:///{tmp_path / 'people.db'}")
    store.add_person("Ana")
    out = tmp_path / "out"
    for _ in range(2):
        (only,) = measure_many(clips, out, plan=plan, request=SEATED, store=store)
        assert only.kept
        for record in (out / "done").iterdir():  # as if it had been killed before this was written
            record.unlink()
    (session,) = store.readable("Ana")
    assert len(session.results) == 1
    assert session.results[0].has_track
    store.close()


def test_a_cluster_gives_the_same_and_a_worker_that_dies_is_replaced(done, clips, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        address = cluster.scheduler_address.removeprefix("tcp://")
        killed = []

        def kill_one(n_done, _total):
            if not killed and n_done >= 1:
                with distributed.Client(cluster.scheduler_address, set_as_default=False) as client:
                    pids = client.run(os.getpid)
                killed.append(next(iter(pids.values())))
                os.kill(killed[0], signal.SIGKILL)

        out = tmp_path / "out"
        measure_many(clips, out, request=SEATED, executor=f"dask://{address}", on_progress=kill_one)
        assert killed
        monkeypatch.setattr(engines, "__version__", "0.0.1")
        with pytest.raises(BadInputError, match=r"has rom_vision .*, and this is 0\.0\.1"):
            measure_many(clips, tmp_path / "other", request=SEATED, executor=f"dask://{address}")
        assert not (tmp_path / "other").exists()
    assert files(out) == files(done[0])
    assert (out / "results.csv").read_bytes() == (done[0] / "results.csv").read_bytes()


class Elsewhere(Executor):
    """Runs the work here as a machine would that does not have our folders."""

    def __init__(self):
        self.shipped = []

    def submit(self, work, task):
        self.shipped.append((task.path.name, task.data is not None))
        done = Future()
        try:
            done.set_result(work(replace(task, path=Path("/another machine") / task.path.name)))
        except Exception as fault:
            done.set_exception(fault)
        return done


def test_a_file_that_the_worker_does_not_see_is_sent_there_and_gives_the_same(done, clips, tmp_path):
    recordings = read_plan(clips, None, SEATED, None)
    elsewhere, out = Elsewhere(), tmp_path / "out"
    run_batch(recordings, OutFolder(out), elsewhere, 1)
    assert sorted(elsewhere.shipped) == sorted((r.path.name, sent) for r in recordings for sent in (False, True))
    assert files(out) == files(done[0])
    assert (out / "results.csv").read_bytes() == (done[0] / "results.csv").read_bytes()


def test_another_file_under_the_same_path_is_not_taken_for_ours(clips, tmp_path):
    other = tmp_path / "clip_0.mp4"
    other.write_bytes((clips / "clip_1.mp4").read_bytes())
    with pytest.raises(NotSeenError, match="another file"):
        measure_file(Task(other, sha256_of(clips / "clip_0.mp4"), SEATED))


def test_a_worker_without_the_program_is_refused_in_one_sentence(clips, tmp_path):
    distributed = pytest.importorskip("distributed")
    without = "import sys; sys.modules['rom_vision'] = None; from distributed.cli.dask_worker import main; main()"
    out = tmp_path / "out"
    with distributed.LocalCluster(n_workers=0, dashboard_address=None, host="127.0.0.1") as cluster:
        address = cluster.scheduler_address
        command = [sys.executable, "-c", without, address, "--no-nanny", "--no-dashboard", "--nthreads", "1"]
        worker = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path)
        try:
            with distributed.Client(address, set_as_default=False) as client:
                client.wait_for_workers(1, timeout=60)
            asked = ["batch", clips, "--out", out, "--test", "hip-rotation", "--position", "seated", "--side", "left"]
            asked += ["--executor", address.replace("tcp", "dask")]
            command = [sys.executable, "-c", "from rom_vision.cli.root import main; main()", *map(str, asked)]
            refused = subprocess.run(command, capture_output=True, text=True, timeout=120)
        finally:
            worker.kill()
            worker.wait()
    assert refused.returncode == 2
    assert "has no rom_vision" in " ".join(refused.stderr.split())
    assert "Traceback" not in refused.stderr
    assert not out.exists()


@pytest.mark.parametrize(("executor", "said"), [("dask://127.0.0.1:9", "no dask scheduler"), ("ray://x", "is none of")])
def test_no_engine_at_that_address(clips, tmp_path, executor, said):
    if executor.startswith("dask"):
        pytest.importorskip("distributed")
    with pytest.raises(BadInputError, match=said):
        measure_many(clips, tmp_path / "out", request=SEATED, executor=executor)
    assert not (tmp_path / "out").exists()
