"""Rows of the database that somebody else has changed: one that cannot be read must not hide the others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from validation.hostile.archives import OUTPUTS, look_at_all
from validation.hostile.case import Attack, Case, Kit, Make
from validation.hostile.kills import new_schema
from validation.hostile.outputs import keep_people
from validation.hostile.spoil import spoil_json

__all__ = ["cases", "postgres_people"]

_CHANGES: dict[str, tuple[str, str, Any]] = {
    "document_empty": ("results", "document", ""),
    "document_text": ("results", "document", "hello"),
    "document_list": ("results", "document", "[]"),
    "document_null": ("results", "document", "null"),
    "document_nan": ("results", "document", '{"test": "hip_rotation", "rest_deg": NaN}'),
    "document_deep": ("results", "document", "[" * 50_000),
    "document_other": ("results", "document", '{"test": "handstand"}'),
    "summary_empty": ("results", "summary", ""),
    "summary_text": ("results", "summary", "hello"),
    "summary_object": ("results", "summary", "{}"),
    "summary_numbers": ("results", "summary", "[1, 2, 3]"),
    "summary_nan": ("results", "summary", '[{"measure": "internal_rotation", "value_deg": NaN}]'),
    "setup_empty": ("results", "setup", ""),
    "setup_text": ("results", "setup", "{"),
    "setup_list": ("results", "setup", "[[]]"),
    "status_odd": ("results", "status", "perhaps"),
    "side_odd": ("results", "side", "middle"),
    "test_odd": ("results", "test", "handstand"),
    "position_none": ("results", "position", None),
    "offset_huge": ("sessions", "utc_offset_min", 10**9),
    "offset_day": ("sessions", "utc_offset_min", 1440),
    "year_9999": ("sessions", "taken_at", "9999-12-31 23:59:59.000000"),
    "year_1": ("sessions", "taken_at", "0001-01-01 00:00:00.000000"),
    "born_huge": ("people", "birth_year", 10**9),
    "born_negative": ("people", "birth_year", -5),
    "sex_odd": ("people", "sex", "other"),
    "kind_odd": ("attachments", "kind", "song"),
    "track_empty": ("attachments", "data", b""),
    "track_text": ("attachments", "data", b"hello"),
    "digest_odd": ("attachments", "sha256", "f" * 64),
    "media_odd": ("attachments", "media_type", "text/html"),
}
_SQLITE_ONLY: dict[str, tuple[str, str, Any]] = {
    "document_number": ("results", "document", 7),
    "document_bytes": ("results", "document", b"\xff\xfe"),
    "summary_bytes": ("results", "summary", b"\xff\xfe"),
    "summary_number": ("results", "summary", 7),
    "setup_number": ("results", "setup", 1.5),
    "date_text": ("sessions", "taken_at", "yesterday"),
    "date_number": ("sessions", "taken_at", 7),
    "offset_text": ("sessions", "utc_offset_min", "east"),
    "offset_infinite": ("sessions", "utc_offset_min", float("inf")),
    "born_text": ("people", "birth_year", "long ago"),
    "name_bytes": ("people", "name", b"\xff"),
    "name_number": ("people", "name", 7),
    "created_text": ("people", "created_at", "once"),
    "pinch_text": ("results", "pinch", "much"),
    "data_text": ("attachments", "data", "text"),
    "data_number": ("attachments", "data", 7),
    "person_gone": ("sessions", "person_id", 99),
    "session_gone": ("results", "session_id", 99),
}
_SPOILED = 16


def postgres_people(kit: Kit) -> str:
    """Return the address of a schema of its own on the server, with the kit's person and somebody else."""
    from rom_vision.sessions import SessionStore
    from rom_vision.sessions.archive import import_person

    address = new_schema(kit.postgres)
    store = SessionStore(address)
    import_person(store, kit.archive)
    import_person(store, kit.folder / "ben.zip")
    store.close()
    return address


def _attack(folder: Path, kit: Kit, address: str, table: str = "results") -> Attack:
    attack = Attack(look_at_all(("Sample person", "Ben"), range(1, 4)), folder, set(OUTPUTS))
    attack.environment["ROM_VISION_DATABASE_URL"] = address
    attack.commands = [["sessions", "show", "3"], ["sessions", "show", "2"], *attack.commands]
    attack.must_work = {0} if table == "people" else {0, 1}  # nobody touched the rows of these
    attack.commands += [["sessions", "delete", "1"], ["person", "delete", "Sample person"], ["person", "list"]]
    return attack


def _in_sqlite(table: str, column: str, value: Any) -> Make:
    def make(folder: Path, kit: Kit, _chance: Random) -> Attack:
        import sqlite3

        keep_people(folder, kit)
        with sqlite3.connect(folder / "data" / "rom_vision" / "sessions.db") as connection:
            connection.execute(f"UPDATE {table} SET {column} = ? WHERE id = 1", (value,))  # our own words
        connection.close()
        return _attack(folder, kit, "", table)

    return make


def _in_postgres(table: str, column: str, value: Any) -> Make:
    def make(folder: Path, kit: Kit, _chance: Random) -> Attack:
        import psycopg

        address = postgres_people(kit)
        with psycopg.connect(address) as connection:
            connection.execute(f"UPDATE {table} SET {column} = %s WHERE id = 1", (value,))  # type: ignore[arg-type]
        return _attack(folder, kit, address, table)

    return make


def _spoiled(folder: Path, kit: Kit, chance: Random) -> Attack:
    import sqlite3

    keep_people(folder, kit)
    column = chance.choice(("document", "document", "summary", "setup"))
    with sqlite3.connect(folder / "data" / "rom_vision" / "sessions.db") as connection:
        (text,) = connection.execute(f"SELECT {column} FROM results WHERE id = 1").fetchone()
        connection.execute(f"UPDATE results SET {column} = ? WHERE id = 1", (spoil_json(text, chance),))
    connection.close()
    return _attack(folder, kit, "")


def cases() -> Iterator[Case]:
    """Yield the attacks of this kind."""
    for name, change in {**_CHANGES, **_SQLITE_ONLY}.items():
        yield Case(f"row/{name}", _in_sqlite(*change))
    for n in range(_SPOILED):
        yield Case(f"row/spoiled_{n}", _spoiled)
    for name, change in _CHANGES.items():
        yield Case(f"row/postgres_{name}", _in_postgres(*change), needs_server=True)
