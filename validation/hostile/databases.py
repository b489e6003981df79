"""Databases that are elsewhere, broken, locked, read-only, full or gone."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from validation.hostile.case import Attack, Case, Kit, Make, measure_args
from validation.hostile.outputs import keep_people
from validation.hostile.rows import postgres_people

__all__ = ["cases"]

_READ = [["person", "list"], ["sessions", "list", "--person", "Ben"], ["sessions", "show", "1"]]
_WRITE = [["person", "add", "Zoe"], ["sessions", "import", "more.zip"], ["sessions", "delete", "2"]]

_ADDRESSES = {
    "odd_option": "sqlite:///a.db?timeout=long",
    "odd_options": "sqlite:///a.db?isolation_level=x&check_same_thread=maybe&cached_statements=-1",
    "unknown_option": "sqlite:///a.db?colour=red",
    "memory": "sqlite://",
    "memory_named": "sqlite:///:memory:",
    "uri": "sqlite:///file:a.db?mode=ro&uri=true",
    "uri_memory": "sqlite:///file::memory:?cache=shared&uri=true",
    "folder": "sqlite:///.",
    "in_file": "sqlite:///clip.mp4/a.db",
    "other_file": "sqlite:///clip.mp4",
    "pipe": "sqlite:///pipe",
    "link_to_pipe": "sqlite:///link",
    "loop": "sqlite:///loop",
    "line_break": "sqlite:///a\nb.db",
    "long": "sqlite:///" + "n" * 300,
    "other_driver": "sqlite+pysqlcipher:///a.db",
    "mysql": "mysql://root:secret@127.0.0.1/x",
    "words": "my database",
    "only_scheme": "postgresql",
    "port": "postgresql://rom:secret@127.0.0.1:99999/x",
    "port_text": "postgresql://rom:secret@127.0.0.1:port/x",
    "nobody_there": "postgresql://rom:secret@127.0.0.1:9/x",
    "no_socket": "postgresql://rom:secret@/x?host=/nowhere",
    "postgres_option": "postgresql://rom:secret@127.0.0.1:9/x?colour=red",
    "postgres_odd": "postgresql://rom:secret@127.0.0.1:9/x?connect_timeout=long&sslmode=perhaps",
    "postgres_driver": "postgresql+asyncpg://rom:secret@127.0.0.1:9/x",
    "unicode": "sqlite:///größe 名.db",
    "percent": "sqlite:///a%00b%zz.db",
    "surrogate": "sqlite:///" + os.fsdecode(b"caf\xe9.db"),
    "brackets": "postgresql://[::1/x",
}


def _address(address: str) -> Make:
    def make(folder: Path, kit: Kit, _chance: Random) -> Attack:
        shutil.copy(kit.clip, folder / "clip.mp4")
        shutil.copy(kit.archive, folder / "more.zip")
        os.mkfifo(folder / "pipe")
        (folder / "link").symlink_to("pipe")
        (folder / "loop").symlink_to("loop")
        made = {"a.db", "größe 名.db", "n" * 300, "a\nb.db", "file:a.db", "file::memory:", "a%00b%zz.db"}
        made |= {os.fsdecode(b"caf\xe9.db"), ":memory:"}
        made |= {name + end for name in made for end in ("-wal", "-shm")}
        attack = Attack([["person", "add", "Zoe"], *_READ[:2]], folder, made)
        attack.environment["ROM_VISION_DATABASE_URL"] = address
        return attack

    return make


State = Callable[[Path, Path, Random], None]


def _in_state(state: State, *, as_nobody: bool = False, sound: bool = False) -> Make:
    """The kit's database, brought into a state; nothing that can be read from it may get lost."""

    def make(folder: Path, kit: Kit, chance: Random) -> Attack:
        keep_people(folder, kit)
        shutil.copy(kit.archive, folder / "more.zip")
        shutil.copy(kit.clip, folder / "clip.mp4")
        database = folder / "data" / "rom_vision" / "sessions.db"
        save = measure_args("clip.mp4", "--save", "--person", "Ben", json="")
        if as_nobody:
            for path in (folder, folder.parent / "tmp", folder.parent / "logs", *folder.rglob("*")):
                shutil.chown(path, "nobody")
        state(folder, database, chance)
        attack = Attack([*_READ, *_WRITE, save, *_READ], folder, as_nobody=as_nobody, allowed=(0, 1, 2, 3))
        if sound:
            attack.keeps = lambda: _lost(database)
        return attack

    return make


def _lost(database: Path) -> list[str]:
    """Return what is wrong with a database that should hold Ben's session as ever; it may still be locked."""
    copy = database.parent / "looked at"
    for end in ("", "-wal"):
        if (part := database.with_name(database.name + end)).exists():
            shutil.copy(part, copy.with_name(copy.name + end))
    with sqlite3.connect(copy) as connection:
        (told,) = connection.execute("PRAGMA integrity_check").fetchone()
        (count,) = connection.execute(
            "SELECT count(*) FROM sessions JOIN people ON people.id = person_id WHERE name = 'Ben'"
        ).fetchone()
    connection.close()
    return ([] if told == "ok" else [f"the database is damaged: {told}"]) + ([] if count else ["Ben's session is gone"])


def _beside(script: Callable[[], None]) -> None:
    """Do something in another process until the attack ends; it belongs to the attack's group and ends with it."""
    reads, writes = os.pipe()
    if os.fork() == 0:
        script()
        os.write(writes, b"x")
        time.sleep(600)
        os._exit(0)
    os.read(reads, 1)


def _locked(_folder: Path, database: Path, _chance: Random) -> None:
    def hold() -> None:
        connection = sqlite3.connect(database, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        hold.kept = connection  # type: ignore[attr-defined]

    _beside(hold)


def _locked_whole(_folder: Path, database: Path, _chance: Random) -> None:
    def hold() -> None:
        connection = sqlite3.connect(database, isolation_level=None)
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("UPDATE people SET sex = sex")
        hold.kept = connection  # type: ignore[attr-defined]

    _beside(hold)


def _read_only(_folder: Path, database: Path, _chance: Random) -> None:
    database.chmod(0o444)


def _read_only_folder(_folder: Path, database: Path, _chance: Random) -> None:
    database.chmod(0o444)
    database.parent.chmod(0o555)


def _no_rights(_folder: Path, database: Path, _chance: Random) -> None:
    database.chmod(0)


def _text(_folder: Path, database: Path, _chance: Random) -> None:
    database.write_text("Dear diary\n" * 1000)


def _empty(_folder: Path, database: Path, _chance: Random) -> None:
    database.write_bytes(b"")


def _cut(_folder: Path, database: Path, chance: Random) -> None:
    data = database.read_bytes()
    database.write_bytes(data[: chance.randrange(100, len(data))])


def _bits(_folder: Path, database: Path, chance: Random) -> None:
    data = bytearray(database.read_bytes())
    for _ in range(60):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    database.write_bytes(data)


def _header(_folder: Path, database: Path, chance: Random) -> None:
    data = bytearray(database.read_bytes())
    data[16:100] = chance.randbytes(84)
    database.write_bytes(data)


def _page(_folder: Path, database: Path, chance: Random) -> None:
    data = bytearray(database.read_bytes())
    at = chance.randrange(1, 12) * 4096
    data[at : at + 4096] = chance.randbytes(4096)
    database.write_bytes(data)


def _odd_log(_folder: Path, database: Path, chance: Random) -> None:
    database.with_name("sessions.db-wal").write_bytes(chance.randbytes(50_000))


def _sql(*statements: str) -> State:
    def state(_folder: Path, database: Path, _chance: Random) -> None:
        with sqlite3.connect(database) as connection:
            for statement in statements:
                connection.execute(statement)
        connection.close()

    return state


def _is_folder(_folder: Path, database: Path, _chance: Random) -> None:
    database.unlink()
    database.mkdir()


def _is_pipe(_folder: Path, database: Path, _chance: Random) -> None:
    database.unlink()
    os.mkfifo(database)


def _folder_is_file(_folder: Path, database: Path, _chance: Random) -> None:
    shutil.rmtree(database.parent)
    database.parent.write_text("mine")


def _gone(folder: Path, _database: Path, _chance: Random) -> None:
    shutil.rmtree(folder / "data")


_STATES: dict[str, tuple[State, bool, bool]] = {
    "sound": (lambda *_: None, False, True),
    "locked": (_locked, False, True),
    "locked_whole": (_locked_whole, False, True),
    "read_only": (_read_only, True, True),
    "read_only_folder": (_read_only_folder, True, True),
    "no_rights": (_no_rights, True, False),
    "text": (_text, False, False),
    "empty": (_empty, False, False),
    **{f"cut_{n}": (_cut, False, False) for n in range(4)},
    **{f"bits_{n}": (_bits, False, False) for n in range(6)},
    **{f"page_{n}": (_page, False, False) for n in range(6)},
    "header": (_header, False, False),
    "odd_log": (_odd_log, False, True),
    "newer": (_sql("UPDATE schema_version SET version = 99"), False, True),
    "version_text": (_sql("UPDATE schema_version SET version = 'four'"), False, True),
    "version_negative": (_sql("UPDATE schema_version SET version = -1"), False, True),
    "version_none": (_sql("DELETE FROM schema_version"), False, True),
    "version_two": (_sql("INSERT INTO schema_version (version) VALUES (1)"), False, True),
    "no_version": (_sql("DROP TABLE schema_version"), False, True),
    "no_results": (_sql("DROP TABLE attachments", "DROP TABLE results"), False, False),
    "no_column": (_sql("ALTER TABLE results RENAME COLUMN summary TO other"), False, True),
    "view": (_sql("DROP TABLE attachments", "CREATE VIEW attachments AS SELECT 1 AS id"), False, False),
    "trigger": (
        _sql("CREATE TRIGGER t BEFORE INSERT ON results BEGIN SELECT RAISE(ABORT, 'no'); END"),
        False,
        True,
    ),
    "is_folder": (_is_folder, False, False),
    "is_pipe": (_is_pipe, False, False),
    "folder_is_file": (_folder_is_file, False, False),
    "gone": (_gone, False, False),
}


def _full(limit_share: float) -> Make:
    """The disk fills while a session is saved: nothing half, and what was there stays."""

    def make(folder: Path, kit: Kit, _chance: Random) -> Attack:
        keep_people(folder, kit)
        shutil.copy(kit.archive, folder / "more.zip")
        shutil.copy(kit.clip, folder / "clip.mp4")
        database = folder / "data" / "rom_vision" / "sessions.db"
        save = measure_args("clip.mp4", "--save", "--person", "Ben", "--keep-video", json="")
        limit = round(database.stat().st_size * limit_share)
        attack = Attack([["sessions", "import", "more.zip"], save, ["person", "add", "Zoe"]], folder, file_limit=limit)
        attack.keeps = lambda: _lost(database)
        return attack

    return make


def _postgres_locked(folder: Path, kit: Kit, _chance: Random) -> Attack:
    """A table that somebody else holds: a sentence after a while, not for ever."""
    import psycopg

    address = postgres_people(kit)

    def hold() -> None:
        connection = psycopg.connect(address)
        connection.execute("LOCK TABLE results, sessions, people IN ACCESS EXCLUSIVE MODE")
        hold.kept = connection  # type: ignore[attr-defined]

    _beside(hold)
    attack = Attack([["sessions", "list", "--person", "Ben"]], folder, allowed=(2,))
    attack.environment["ROM_VISION_DATABASE_URL"] = address
    return attack


def _postgres_sql(*statements: str) -> Make:
    def make(folder: Path, kit: Kit, _chance: Random) -> Attack:
        import psycopg

        address = postgres_people(kit)
        with psycopg.connect(address) as connection:
            for statement in statements:
                connection.execute(statement)  # type: ignore[arg-type]
        attack = Attack([*_READ, ["person", "add", "Zoe"], ["sessions", "delete", "2"]], folder, allowed=(0, 1, 2, 3))
        attack.environment["ROM_VISION_DATABASE_URL"] = address
        return attack

    return make


_POSTGRES = {
    "newer": _postgres_sql("UPDATE schema_version SET version = 99"),
    "no_results": _postgres_sql("DROP TABLE attachments, results CASCADE"),
    "no_version": _postgres_sql("DROP TABLE schema_version"),
    "version_none": _postgres_sql("DELETE FROM schema_version"),
    "no_column": _postgres_sql("ALTER TABLE results RENAME COLUMN summary TO other"),
}


def cases() -> Iterator[Case]:
    """Yield the attacks of this kind."""
    for name, address in _ADDRESSES.items():
        yield Case(f"address/{name}", _address(address), limit_s=120)
    for name, (state, as_nobody, sound) in _STATES.items():
        limit_s = 420 if name.startswith("locked") else 90
        yield Case(f"database/{name}", _in_state(state, as_nobody=as_nobody, sound=sound), limit_s)
    for i, share in enumerate((0.02, 0.5, 0.95, 1.02, 1.3, 1.6)):
        yield Case(f"database/full_{i}", _full(share))
    yield Case("database/postgres_locked", _postgres_locked, 90, needs_server=True)
    for name, make in _POSTGRES.items():
        yield Case(f"database/postgres_{name}", make, needs_server=True)
