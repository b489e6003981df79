"""Writing files: whole or not at all, the old one kept until then, and never over what is no file."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from rom_vision import files
from rom_vision.errors import BadInputError
from rom_vision.files import open_channel, placing, write_bytes


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def file_size_limit(size: int):
    """As on a full disk, writing past ``size`` bytes fails."""
    import resource  # not on Windows

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_new_file_has_the_usual_mode_and_an_old_one_keeps_its_own(tmp_path):
    umask = os.umask(0o027)
    try:
        write_bytes(tmp_path / "new", b"1")
    finally:
        os.umask(umask)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
    (tmp_path / "new").chmod(0o604)
    write_bytes(tmp_path / "new", b"2")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o604
    assert (tmp_path / "new").read_bytes() == b"2"
    assert names(tmp_path) == ["new"]


@pytest.mark.parametrize("fault", [KeyError(), KeyboardInterrupt()])
def test_the_old_file_stays_until_the_new_one_is_whole(tmp_path, fault):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with pytest.raises(type(fault)), placing(path) as draft:  # noqa: PT012
        draft.write_bytes(b"half")
        assert path.read_bytes() == b"old"
        raise fault
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_a_full_disk_is_one_sentence_and_leaves_the_old_file(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with file_size_limit(1000), pytest.raises(BadInputError, match=r"a: cannot be written \(file too large\)\.$"):
        write_bytes(path, bytes(5000))
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_links_are_followed_and_stay(tmp_path):
    (tmp_path / "there").mkdir()
    target, link, dangling = tmp_path / "there" / "a", tmp_path / "link", tmp_path / "dangling"
    target.write_bytes(b"old")
    link.symlink_to("there/a")
    dangling.symlink_to(tmp_path / "there" / "b")
    write_bytes(link, b"new")
    write_bytes(dangling, b"made")
    assert link.is_symlink()
    assert dangling.is_symlink()
    assert target.read_bytes() == b"new"
    assert (tmp_path / "there" / "b").read_bytes() == b"made"
    circle = tmp_path / "circle"
    circle.symlink_to(circle)
    with pytest.raises(BadInputError, match="circle"):
        write_bytes(circle, b"")


@pytest.mark.parametrize("where", ["none/a", "there", "a\0b", "x" * 300])
def test_a_place_that_cannot_be(tmp_path, where):
    (tmp_path / "there").mkdir()
    with pytest.raises(BadInputError):
        write_bytes(tmp_path / where, b"")


def test_a_pipe_is_written_through_and_stays_a_pipe(tmp_path):
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe, 0o640)
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    data = bytes(range(256)) * 2000  # more than a pipe holds
    write_bytes(pipe, data)
    reader.join(10)
    assert got == [data]
    assert pipe.is_fifo()
    assert stat.S_IMODE(pipe.stat().st_mode) == 0o640
    assert names(tmp_path) == ["pipe"]


def test_nobody_waits_for_ever_on_a_pipe(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "READER_S", 0.1)
    monkeypatch.setattr(files, "STALL_S", 0.1)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(BadInputError, match="nobody reads"):
        write_bytes(pipe, b"x")
    lazy = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(BadInputError, match="stopped reading"):
            write_bytes(pipe, bytes(10**6))
    finally:
        os.close(lazy)
    channel = open_channel_with_a_reader_that_goes(pipe)
    with pytest.raises(BadInputError, match="broken pipe"), placing(pipe, channel) as draft:
        draft.write_bytes(b"x")
    assert pipe.is_fifo()


def open_channel_with_a_reader_that_goes(pipe):
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    channel = open_channel(pipe)
    os.close(reader)
    return channel


def test_a_socket_is_refused_and_stays(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a socket's name must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        with pytest.raises(BadInputError, match="socket"):
            write_bytes("s", b"x")
        assert stat.S_ISSOCK(Path("s").stat().st_mode)


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link"])
def test_standard_output_is_written_through_wherever_it_goes(tmp_path, name):
    (tmp_path / "link").symlink_to("/dev/stdout")
    code = (
        "import sys; from rom_vision.files import write_bytes; print('before', flush=True);"
        "write_bytes(sys.argv[1], b'data'); print('after')"
    )
    out = tmp_path / "out"
    with out.open("wb") as file:
        inode = out.stat().st_ino
        subprocess.run([sys.executable, "-c", code, name], stdout=file, check=True, cwd=tmp_path)
    assert out.read_bytes() == b"before\ndataafter\n"
    assert out.stat().st_ino == inode
    assert names(tmp_path) == ["link", "out"]


def test_what_turns_into_a_pipe_meanwhile_is_left_alone(tmp_path):
    path = tmp_path / "a"
    with pytest.raises(BadInputError, match="something else"), placing(path) as draft:  # noqa: PT012
        draft.write_bytes(b"x")
        os.mkfifo(path)
    assert path.is_fifo()
    assert names(tmp_path) == ["a"]


_HOLD = """
import sys, time
from rom_vision.files import placing, temporary_folder
with temporary_folder() as folder, placing(sys.argv[1]) as draft:
    (folder / "recording.mp4").write_bytes(b"somebody")
    draft.write_bytes(b"half")
    print(folder, flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be locked there")
def test_what_a_killed_process_left_goes_with_the_next_and_what_is_in_use_stays(tmp_path, monkeypatch):
    temporary, target = tmp_path / "temporary", tmp_path / "out.json"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.setattr(files, "_YOUNG_S", 0.0)
    started = [sys.executable, "-c", _HOLD, str(target)]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    killed, living = (
        subprocess.Popen(started, stdout=subprocess.PIPE, text=True, env=environment, cwd=Path(__file__).parents[1])
        for _ in range(2)
    )
    try:
        left, used = (Path(process.stdout.readline().strip()) for process in (killed, living))
        drafts = names(tmp_path)
        killed.kill()
        killed.wait()
        (temporary / "rom_vision-own-link").symlink_to(tmp_path)
        write_bytes(target, b"whole")
        with files.temporary_folder() as folder:
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            assert not left.exists()
            assert (used / "recording.mp4").exists()
        assert not folder.exists()
        assert len(drafts) == 3  # two drafts and the temporary folder
        assert len([name for name in names(tmp_path) if name.endswith(".part")]) == 1
        assert target.read_bytes() == b"whole"
    finally:
        for process in (killed, living):
            process.kill()
            process.wait()
            process.stdout.close()


_ENDS = """
import os, signal, sys
from rom_vision.files import process_folder
folder = process_folder()
(folder / "recording.mp4").write_bytes(b"somebody")
folder.rename(sys.argv[1])  # somebody tidies
again = process_folder()
print(folder != again == process_folder(), again.is_dir(), again, flush=True)
if sys.argv[2] == "interrupted":
    os.kill(os.getpid(), signal.SIGINT)
"""


@pytest.mark.parametrize("how", ["by itself", "interrupted"])
def test_the_folder_of_a_process_ends_with_it(tmp_path, how):
    command = [sys.executable, "-c", _ENDS, str(tmp_path / "moved"), how]
    run = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "TMPDIR": str(tmp_path)})
    *said, folder = run.stdout.split()
    assert said == ["True", "True"], run.stderr
    assert not Path(folder).exists()
