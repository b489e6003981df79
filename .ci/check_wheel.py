"""Build the wheel, install it into a new environment elsewhere, and use it there.

As somebody would who has no copy of the repository: version, help, a measurement of a clip, the files that it writes.

Usage: python .ci/check_wheel.py [CONSTRAINTS]
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CLIP = ROOT / "sample_videos" / "seated_left.mp4"


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command away from the repository; return its standard output, leave with what it says if it fails."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    environment["ROM_VISION_DATABASE_URL"] = f"sqlite:///{(cwd / 'sessions.db').as_posix()}"
    done = subprocess.run([str(c) for c in command], cwd=cwd, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def main(constraints: Path) -> None:
    """Check the wheel of the repository this file lies in."""
    with tempfile.TemporaryDirectory(prefix="wheel-") as name:
        away = Path(name)
        run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", away, ROOT, cwd=away)
        wheel = next(away.glob("rom_vision-*.whl"))
        venv.create(away / "venv", with_pip=True)
        bin_ = away / "venv" / ("Scripts" if os.name == "nt" else "bin")
        pip = (bin_ / "python", "-m", "pip", "install", "--quiet", "--no-compile")
        run(*pip, "--constraint", constraints, wheel, cwd=away)

        program = bin_ / "rom-vision"
        version = run(program, "--version", cwd=away).split()[-1]
        if f"-{version}-" not in wheel.name:
            raise SystemExit(f"{wheel.name} says that it is version {version}.")
        run(program, "--help", cwd=away)
        json.loads(run(program, "schema", cwd=away))
        arguments = ("--position", "seated", "--side", "left", "--model", "full")
        run(program, "measure", CLIP, *arguments, "--json", "measured.json", "--overlay", "measured.mp4", cwd=away)
        document = json.loads((away / "measured.json").read_text(encoding="utf-8"))
        if document["status"] != "measured" or not (away / "measured.mp4").stat().st_size:
            raise SystemExit(f"The installed program did not measure {CLIP.name}: {document['status']}.")
        print(f"{wheel.name}: installed elsewhere, measures {CLIP.name}.")  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "constraints.txt").resolve())
