"""A PostgreSQL server of our own, thrown away afterwards, reached through a socket in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

__all__ = ["NoServerError", "find_server", "postgres_server"]


class NoServerError(Exception):
    """There is no PostgreSQL to be had here; the text says what is missing."""


def _program(name: str) -> str | None:
    """A PostgreSQL server program: on the path, or where Debian keeps it."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(debian[-1]) if debian else None)


def _user(folder: Path) -> dict[str, Any]:
    """Who runs the server: it refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = next((name for name in ("postgres", "nobody") if name in names), None)
    if user is None:
        raise NoServerError("running as root and there is no other user to run PostgreSQL as")
    entry = pwd.getpwnam(user)
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "cwd": folder}


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """Start a server and give the address of its database 'postgres'.

    Raises
    ------
    NoServerError
        If psycopg or the server's programs are missing.
    """
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    if find_spec("psycopg") is None:
        raise NoServerError("psycopg is not installed")
    if initdb is None or pg_ctl is None:
        raise NoServerError("no PostgreSQL server is installed (initdb, pg_ctl)")
    import psycopg

    folder = Path(tempfile.mkdtemp(prefix="rv-pg-", dir="/tmp"))  # a socket's path must stay short
    data, log = folder / "data", folder / "log"
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
    try:
        as_user = _user(folder)
        subprocess.run(
            [initdb, "-D", data, "-A", "trust", "-U", "rom", "-E", "UTF8", "--locale=C", "--no-sync"],
            check=True,
            capture_output=True,
            timeout=120,
            **as_user,
        )
        start = [pg_ctl, "-D", data, "-l", log, "-o", options, "-w", "-t", "60", "start"]
        subprocess.run(start, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=90, **as_user)
        try:
            address = f"postgresql://rom@/postgres?host={folder}"
            psycopg.connect(address).close()
            yield address
        finally:
            stop = [pg_ctl, "-D", data, "-m", "immediate", "-w", "stop"]
            subprocess.run(stop, check=True, capture_output=True, timeout=60, **as_user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def find_server() -> Iterator[str]:
    """Give the address of a server, empty where none can be had."""
    with contextlib.ExitStack() as stack:
        try:
            address = stack.enter_context(postgres_server())
        except NoServerError:
            address = ""
        yield address
