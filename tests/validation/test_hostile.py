"""A tenth of the campaign of hostile inputs: nothing falls over, hangs, lies, or is lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from validation.hostile import guard
from validation.hostile.checks import KINDS
from validation.hostile.registry import all_cases

REPO = Path(__file__).parents[2]


def campaign(*arguments):
    command = [sys.executable, "-m", "validation.hostile", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(REPO)}
    return subprocess.run(command, capture_output=True, text=True, timeout=580, cwd=REPO, env=environment)


@pytest.mark.model
def test_a_tenth_of_the_attacks_finds_nothing():
    done = campaign("--quick")
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert ", ".join(f"{kind}: 0" for kind in KINDS) in done.stdout, said


def test_there_are_hundreds_of_attacks_of_every_kind_and_a_seed_makes_them_again():
    names = [case.name for case in all_cases()]
    assert len(names) >= 300
    kinds = {name.partition("/")[0] for name in names}
    assert kinds >= {"codec", "clock", "size", "matrix", "damage", "name", "input", "output", "setting", "profile"}
    assert kinds >= {"model", "document", "track", "archive", "row", "address", "database", "kill"}
    assert campaign("--list").stdout.split("\n")[:-1] == names


@pytest.mark.parametrize(
    "word", ["../outside.mp4", "/etc/hostname", "--json=/tmp/elsewhere.json", "--csv=../../x", "link", "/dev/null"]
)
def test_no_attack_leaves_its_folder(tmp_path, word):
    (tmp_path / "link").symlink_to("/etc/hostname")
    with pytest.raises(AssertionError):
        guard.assert_safe([["measure", word]], tmp_path, tmp_path)
    guard.assert_safe([["measure", "clip.mp4", "--json=out.json", "-"]], tmp_path, tmp_path)


def test_a_temporary_folder_is_asked_for():
    whole_disk = Path(REPO.anchor)
    with pytest.raises(AssertionError, match="no temporary folder"):
        guard.assert_safe([["measure", "clip.mp4"]], whole_disk, whole_disk)


_ESCAPES = [
    "open({out!r}, 'w')",
    "__import__('os').mkdir({out!r})",
    "__import__('os').rename(__file__, {out!r})",
    "__import__('os').symlink(__file__, {out!r})",
    "__import__('sqlite3').connect({out!r})",
    "__import__('socket').getaddrinfo('example.com', 80)",
]


@pytest.mark.parametrize("escape", _ESCAPES)
def test_a_process_that_writes_elsewhere_or_looks_for_others_is_ended(tmp_path, escape):
    inside, out = tmp_path / "inside", tmp_path / "out"
    inside.mkdir()
    script = inside / "escape.py"
    script.write_text(
        "import pathlib, sys; from validation.hostile import guard\n"
        f"guard.install(pathlib.Path({str(inside)!r}), lambda what: print(what, file=sys.stderr))\n"
        f"open({str(inside / 'fine')!r}, 'w').close()\n" + escape.format(out=str(out))
    )
    environment = {**os.environ, "PYTHONPATH": str(REPO), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, script], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == guard.OUTSIDE, done.stderr
    assert (inside / "fine").exists()
    assert not out.exists()
