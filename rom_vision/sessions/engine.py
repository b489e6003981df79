"""Where the sessions are kept: SQLite in the user's data folder, or the PostgreSQL that the environment names."""

from __future__ import annotations

import os
import sqlite3
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from rom_vision.errors import BadInputError, RomVisionError

__all__ = ["DATABASE_VARIABLE", "database_url", "open_engine", "scrub", "writer_of"]

DATABASE_VARIABLE = "ROM_VISION_DATABASE_URL"
BUSY_TIMEOUT_S = 30
_TRACES = (
    "Deleted, but another program was reading the database all the while: traces stay in its files until the next "
    "deletion."
)


def database_url(url: str | None = None) -> URL:
    """Return the address of the database: ``url``, else the environment's, else SQLite in the user's data folder.

    Raises
    ------
    BadInputError
        If the address is of no kind that the store can use.
    """
    given = url or os.environ.get(DATABASE_VARIABLE, "")
    if not given:
        return URL.create("sqlite", database=str(user_data_path("rom_vision", appauthor=False) / "sessions.db"))
    try:
        parsed = make_url(given)
    except ArgumentError:
        # The text may hold a password: it is not repeated.
        raise BadInputError(
            f"{DATABASE_VARIABLE} is no database address; expected postgresql://user@host/name or sqlite:///path."
        ) from None
    kind = parsed.get_backend_name()
    if kind in ("postgresql", "postgres"):
        if find_spec("psycopg") is None:
            raise BadInputError("PostgreSQL needs psycopg: pip install 'rom-vision[postgres]'.")
        return parsed.set(drivername="postgresql+psycopg")
    if kind == "sqlite" and parsed.database and parsed.database != ":memory:":
        return parsed.set(drivername="sqlite")
    raise BadInputError(
        f"{DATABASE_VARIABLE}: {parsed.render_as_string(hide_password=True)} cannot be used; expected "
        "postgresql://user@host/name or sqlite:///path."
    )


def open_engine(url: URL) -> Engine:
    """Return an engine; a new SQLite file and its folder are readable by their owner only.

    Raises
    ------
    BadInputError
        If the folder of the SQLite file cannot be made.
    """
    if url.get_backend_name() == "postgresql":
        return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": BUSY_TIMEOUT_S})
    path = Path(url.database or "")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as fault:
        raise BadInputError(f"{path}: sessions cannot be kept there ({fault.strerror or fault}).") from fault
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def writer_of(engine: Engine) -> Engine:
    """Return the engine for transactions that write: on SQLite they take the write lock at once.

    A transaction that began as a reader and turns into a writer fails at once when another process has written in
    between, however long the busy timeout.
    """
    return engine.execution_options(rom_vision_writes=True)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's begin event says BEGIN, not the driver
    for pragma in (
        "auto_vacuum = INCREMENTAL",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("rom_vision_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def scrub(engine: Engine) -> None:
    """Let nothing of deleted rows stay behind in the database's own files.

    On SQLite deleted content has been overwritten with zeros (``secure_delete``); the write-ahead log is emptied and
    the file shrunk. On PostgreSQL the tables are written anew (a plain VACUUM leaves the bytes of a picture in their
    pages), which others wait for; its own log and backups are the server's affair.

    Raises
    ------
    RomVisionError
        If another program kept reading for so long that this could not be done.
    """
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute("PRAGMA incremental_vacuum").fetchall()
            busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            cursor.close()
        finally:
            raw.close()
        if busy:
            raise RomVisionError(_TRACES)
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"SET lock_timeout = '{BUSY_TIMEOUT_S}s'")
        try:
            connection.exec_driver_sql("VACUUM (FULL) people, sessions, results, attachments")
        except OperationalError as fault:
            raise RomVisionError(_TRACES) from fault
        finally:
            connection.exec_driver_sql("RESET lock_timeout")
