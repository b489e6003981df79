"""``python -m validation.hostile``: attack the program in every way we know, and count what should not happen."""

from __future__ import annotations

import argparse
import contextlib
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import typer

from validation.hostile.campaign import Outcome, forks, run_cases
from validation.hostile.case import Case, Kit
from validation.hostile.checks import KINDS
from validation.hostile.kit import make_kit
from validation.hostile.postgres import find_server
from validation.hostile.registry import all_cases

_QUICK_SHARE, _QUICK_LIMIT_S = 10, 60.0
"""One attack in so many, of those that take no longer: none that waits for locks, none that kills (see the tests)."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m validation.hostile", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="of the random attacks (default 1)")
    parser.add_argument(
        "--only", metavar="NAME", help="attacks whose name begins so, or with one of several after commas"
    )
    parser.add_argument("--quick", action="store_true", help="a tenth, without PostgreSQL and without kills")
    parser.add_argument("--at-once", type=int, default=2, metavar="N", help="processes (default 2)")
    parser.add_argument("--list", action="store_true", help="print the names, run nothing")
    parser.add_argument("--keep", action="store_true", help="leave the temporary folder, to look at")
    parser.add_argument("--verbose", action="store_true", help="print what the program said")
    parser.add_argument("--no-postgres", action="store_true", help="leave PostgreSQL out")
    return parser.parse_args()


def _chosen(asked: argparse.Namespace, *, server: bool) -> list[Case]:
    cases = [case for case in all_cases() if not asked.only or case.name.startswith(tuple(asked.only.split(",")))]
    cases = [case for case in cases if server or not case.needs_server]
    if asked.quick:
        swift = [case for case in cases if not case.needs_server and case.limit_s <= _QUICK_LIMIT_S]
        return swift[asked.seed % _QUICK_SHARE :: _QUICK_SHARE]
    return cases


def _tell(outcome: Outcome, *, verbose: bool) -> None:
    for fault in outcome.faults:
        typer.echo(f"{fault.kind.upper()}  {outcome.case.name}: {fault.what}")
    if verbose:
        typer.echo(f"--- {outcome.case.name}, {outcome.took_s:.1f} s")
        for run in outcome.runs:
            typer.echo(f"exit status {run.status}\n{run.out[:2000]}{run.err[:2000]}{run.traceback}")


def main() -> int:
    """Run the campaign; return 0 when nothing was found, 1 otherwise."""
    asked = _arguments()
    if asked.list:
        typer.echo("\n".join(case.name for case in _chosen(asked, server=True)))
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers are stopped and folders removed
    root = Path(tempfile.mkdtemp(prefix="rom-vision-hostile-")).resolve()
    root.chmod(0o755)
    began = time.monotonic()
    try:
        with contextlib.nullcontext("") if asked.no_postgres or asked.quick else find_server() as server:
            (root / "kit").mkdir()
            maker = forks().Process(target=make_kit, args=(root / "kit", root / "kit.log"))
            maker.start()
            maker.join()
            if maker.exitcode:
                typer.echo("The sample clip could not be prepared; see above.", err=True)
                return 1
            kit = Kit(root / "kit", server)
            cases = _chosen(asked, server=bool(server))
            counts: Counter[str] = Counter()
            failed = []
            for outcome in run_cases(cases, kit, root, seed=asked.seed, at_once=asked.at_once, keep=asked.keep):
                _tell(outcome, verbose=asked.verbose)
                counts.update({fault.kind for fault in outcome.faults})
                failed += [outcome.case.name] if outcome.faults else []
    finally:
        if asked.keep:
            typer.echo(f"Kept: {root}")
        else:
            shutil.rmtree(root, ignore_errors=True)
    if not server and not asked.quick:
        typer.echo("PostgreSQL: no server to be had, its attacks were left out.")
    said = ", ".join(f"{kind}: {counts[kind]}" for kind in KINDS)
    typer.echo(f"{len(cases)} attacks, seed {asked.seed}, {time.monotonic() - began:.0f} s: {said}")
    for name in failed:
        typer.echo(f"  again with: python -m validation.hostile --seed {asked.seed} --only {name}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
