import os
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path

import pytest

from rom_vision.sessions import SessionStore

_NUMBER = count(1)


def _program(name):
    """A PostgreSQL server program: on the path, or where Debian keeps it."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(debian[-1]) if debian else None)


@pytest.fixture(scope="session")
def postgres_server():
    """URL of a throw-away server's database 'postgres', reached through a socket in a folder of its own."""
    import pwd  # not on Windows

    psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed")
    initdb, pg_ctl = _program("initdb"), _program("pg_ctl")
    if initdb is None or pg_ctl is None:
        pytest.skip("no PostgreSQL server is installed (initdb, pg_ctl)")
    folder = Path(tempfile.mkdtemp(prefix="rv-pg-", dir="/tmp"))  # a socket's path must stay short
    as_user = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        names = {entry.pw_name for entry in pwd.getpwall()}
        user = next((name for name in ("postgres", "nobody") if name in names), None)
        if user is None:
            pytest.skip("running as root and there is no other user to run PostgreSQL as")
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        as_user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "cwd": folder}
    data, log = folder / "data", folder / "log"
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
    try:
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


@pytest.fixture
def new_postgres(postgres_server):
    """A function that returns the address of an empty schema, which is made faster than a database."""
    import psycopg

    def make():
        name = f"test_{next(_NUMBER)}"
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return f"{postgres_server}&options=-csearch_path%3D{name}"

    return make


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def new_url(request, tmp_path):
    """A function that returns the address of an empty database, of both kinds in turn."""
    if request.param == "postgresql":
        return request.getfixturevalue("new_postgres")
    return lambda: f"sqlite:///{tmp_path / f'store-{next(_NUMBER)}.db'}"


@pytest.fixture
def url(new_url):
    return new_url()


@pytest.fixture
def open_store():
    """A function that opens a store, closed at the end of the test."""
    opened = []

    def make(url):
        opened.append(SessionStore(url))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def store(url, open_store):
    return open_store(url)
