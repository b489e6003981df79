"""Where the sessions are kept: SQLite in the user's data folder, or the PostgreSQL that the environment names."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

from rom_vision.errors import BadInputError, RomVisionError

__all__ = ["DATABASE_VARIABLE", "database_url", "explained", "keep_no_statistics", "open_engine", "scrub", "writer_of"]

DATABASE_VARIABLE = "ROM_VISION_DATABASE_URL"
BUSY_TIMEOUT_S = 30
"""How long to wait for another program that holds the database, seconds."""
STATEMENT_TIMEOUT_S = 600
"""How long the server may work on one statement: far longer than any of ours takes."""
_PERSONAL = (
    ("people", "name"),
    ("people", "name_key"),
    ("results", "document"),
    ("attachments", "name"),
    ("plans", "document"),
    ("trainings", "document"),
    ("trials", "operator"),
    ("readings", "rater"),
)
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
        kind = parsed.get_backend_name()
        readable = "\0" not in f"{given}{parsed.database}{parsed.host}"
        given.encode()  # bytes that are no UTF-8 reach no database
    except (ArgumentError, ValueError):
        readable = False
    if not readable:
        # The text may hold a password: it is not repeated.
        raise BadInputError(
            f"{DATABASE_VARIABLE} is no database address; expected postgresql://user@host/name or sqlite:///path."
        )
    if kind in ("postgresql", "postgres"):
        if find_spec("psycopg") is None:
            raise BadInputError("PostgreSQL needs psycopg: pip install 'rom-vision[postgres]'.")
        return parsed.set(drivername="postgresql+psycopg")
    if kind == "sqlite" and parsed.query:
        raise BadInputError(
            f"{DATABASE_VARIABLE}: the part from ? on ({', '.join(sorted(parsed.query))[:100]}) is not known; give the "
            "path alone: sqlite:///path."
        )
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
        try:
            # psycopg refuses options that it does not know only when it connects, libpq when it reads them.
            engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": BUSY_TIMEOUT_S})
        except (SQLAlchemyError, TypeError, ValueError) as fault:
            raise BadInputError(f"{DATABASE_VARIABLE} holds options that cannot be used ({fault}).") from None
        event.listen(engine, "connect", _prepare_postgres)
        return engine
    path = Path(url.database or "")
    try:
        if path.exists() and not path.is_file():
            raise BadInputError(f"{path}: sessions cannot be kept there (it is no file).")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        place = path.stat()
    except (OSError, ValueError) as fault:
        raise BadInputError(
            f"{path}: sessions cannot be kept there ({getattr(fault, 'strerror', None) or fault})."
        ) from fault

    def check_place(_connection: Connection) -> None:
        """SQLite goes on with a file that has been deleted, and what it writes there is lost."""
        try:
            now = path.stat()
        except OSError:
            now = None
        if now is None or (now.st_dev, now.st_ino) != (place.st_dev, place.st_ino):
            raise RomVisionError(
                f"The session database {path} was deleted or replaced while it was in use, so nothing more was kept in "
                "it. Put the file back, or start again with a new one."
            )

    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", check_place)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "commit", check_place)
    return engine


def writer_of(engine: Engine) -> Engine:
    """Return the engine for transactions that write: on SQLite they take the write lock at once.

    A transaction that began as a reader and turns into a writer fails at once when another process has written in
    between, however long the busy timeout.
    """
    return engine.execution_options(rom_vision_writes=True)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's begin event says BEGIN, not the driver
    # One damaged byte in a text must not hide every other row.
    connection.text_factory = lambda data: data.decode(errors="replace")
    for pragma in (
        "auto_vacuum = INCREMENTAL",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _prepare_postgres(connection: Any, _record: Any) -> None:
    from psycopg import DataError
    from psycopg.types.datetime import TimestampLoader

    class Moments(TimestampLoader):
        """PostgreSQL keeps infinite dates and years beyond 9999, which Python does not know: they come as None."""

        def load(self, data: Any) -> Any:
            try:
                return super().load(data)
            except DataError:
                return None

    connection.adapters.register_loader("timestamp", Moments)
    earlier, connection.autocommit = connection.autocommit, True
    connection.execute(f"SET lock_timeout = '{BUSY_TIMEOUT_S}s'")
    connection.execute(f"SET statement_timeout = '{STATEMENT_TIMEOUT_S}s'")
    connection.autocommit = earlier


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
            emptied = _empty_log(cursor)
            cursor.close()
        except sqlite3.OperationalError as fault:  # locked by another program
            raise RomVisionError(_TRACES) from fault
        finally:
            raw.close()
        if not emptied:
            raise RomVisionError(_TRACES)
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        try:
            keep_no_statistics(connection)  # a database made by version 0.1.0 has none of this yet
            connection.exec_driver_sql(
                "VACUUM (FULL) people, sessions, results, attachments, plans, trainings, trials, readings"
            )
        except OperationalError as fault:
            raise RomVisionError(_TRACES) from fault


def keep_no_statistics(connection: Connection) -> None:
    """Have PostgreSQL keep no sample of what people wrote: its statistics would outlive the rows they came from."""
    there = set(inspect(connection).get_table_names())  # a migration of an older schema has not made all of them yet
    for table, column in (pair for pair in _PERSONAL if pair[0] in there):
        connection.exec_driver_sql(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS 0")


def _empty_log(cursor: DBAPICursor) -> bool:
    """Empty SQLite's write-ahead log; return whether that could be done in time.

    Beside another process that does the same SQLite gives up at once, whatever the busy timeout.
    """
    until = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy, *_ = cursor.fetchone() or (1,)
        if not busy or time.monotonic() > until:
            return not busy
        time.sleep(0.05)


_IN_USE = ("database is locked", "lock timeout", "database table is locked")


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Turn a failing database into a sentence: no statement, no content, no password in it.

    Parameters
    ----------
    where : the database's address without its password.
    """
    try:
        yield
    except SQLAlchemyError as fault:
        reason = next(iter(str(getattr(fault, "orig", None) or fault).splitlines()), type(fault).__name__)
        if any(words in reason for words in _IN_USE):
            raise RomVisionError(
                f"The session database {where} is in use: another program held it for {BUSY_TIMEOUT_S} seconds. "
                "Nothing was changed; try again when it has finished."
            ) from fault
        raise RomVisionError(f"The session database {where} failed: {reason}") from fault
    except OverflowError as fault:  # a number that no column can hold
        raise BadInputError(f"The session database {where} cannot hold a number as large as this one.") from fault
