import json
import os
import stat
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from made_results import picture_jpeg, pose_track, refused_document, rotation_document, squat_document
from sqlalchemy import create_engine, text

from rom_vision.camera import Camera
from rom_vision.camera.level import level_from_user
from rom_vision.errors import BadInputError, RomVisionError
from rom_vision.pipeline.run import analyse, measure_again
from rom_vision.pose.track import PoseTrack
from rom_vision.sessions import NewResult, Picture, SessionStore
from rom_vision.sessions.engine import DATABASE_VARIABLE, database_url

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone(timedelta(hours=1)))

NASTY_NAMES = [
    'Zoë O\'Brien "the hip"',
    "Robert'); DROP TABLE people;--",
    "<script>alert(1)</script> & co",
    "../../etc/passwd",
    '=HYPERLINK("x")',
    "👩🏽‍🦽 王小明",
    "دانا عبدالله",
    "יעל כהן",
    "%s {0} ${HOME} [red]x[/red]",
    "C:\\temp\\con",
]


def row_counts(url):
    engine = create_engine(database_url(url))
    try:
        with engine.connect() as connection:
            names = ("people", "sessions", "results", "attachments")
            return [connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in names]
    finally:
        engine.dispose()


def test_session_comes_back_as_it_was_saved(store):
    store.add_person("Ana", sex="female", birth_year=1984)
    track = pose_track()
    left, squat = rotation_document((30, 31, 32), (40, 41)), squat_document()
    picture = Picture("end range, repetition 2", picture_jpeg())
    number = store.save_session("ana", [NewResult(left, track, (picture,)), NewResult(squat)], taken_at=NOON)
    kept = store.session(number)
    assert [r.document for r in kept.results] == [left, squat]
    assert kept.taken_at == NOON
    assert kept.taken_at.utcoffset() == timedelta(hours=1)
    assert (kept.person.name, kept.person.sex, kept.person.age_years(NOON)) == ("Ana", "female", 42)
    assert [r.has_track for r in kept.results] == [True, False]
    again = store.track(kept.results[0].id)
    np.testing.assert_array_equal(again.time_s, track.time_s)
    np.testing.assert_allclose(again.image_px, track.image_px, atol=1e-3)
    np.testing.assert_allclose(again.world_m, track.world_m, atol=1e-6)
    assert store.pictures(kept.results[0].id) == (picture,)
    assert store.track(kept.results[1].id) is None
    assert store.video(kept.results[0].id) is None


def test_kept_landmarks_give_the_same_result_again(store):
    """Real landmarks of a filmed synthetic person: an old session can be measured again, by a better version, too."""
    path = Path(__file__).parents[2] / "validation" / "tracks" / "repeat_first_7005.npz"
    track, side = PoseTrack.load(path), json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["side"]
    lens = replace(Camera.from_hfov(track.width_px, track.height_px, 63.0), distortion=(0.05, 0.01, 0.0, 0.0, 0.0))
    lean = level_from_user(2.0)
    measured = analyse(track, "hip_rotation", {"position": "seated", "side": side}, lens=lens, level=lean).document
    store.add_person("Ana")
    number = store.save_session("Ana", [NewResult(measured, track)])
    kept = store.session(number).results[0]
    again = measure_again(kept.document, store.track(kept.id)).document
    assert kept.document == measured
    assert again.measure("internal_rotation").value == pytest.approx(
        measured.measure("internal_rotation").value, abs=0.01
    )
    assert again.provenance == measured.provenance
    assert "as stated" in again.provenance.settings["level"]
    older = measured.model_copy(update={"measures": ()})
    store.replace_document(kept.id, older)
    assert store.session(number).results[0].document == older
    with pytest.raises(BadInputError, match="no result 99"):
        store.replace_document(99, again)


def test_video_is_kept_only_when_asked_and_not_beyond_a_size(store, tmp_path, monkeypatch):
    clip = tmp_path / "left.mp4"
    clip.write_bytes(b"\0moving picture" * 100)
    store.add_person("Ana")
    number = store.save_result("Ana", NewResult(rotation_document(), video=clip))
    result = store.session(number).results[0]
    assert result.has_video
    assert store.video(result.id) == ("left.mp4", clip.read_bytes())
    monkeypatch.setattr("rom_vision.sessions.rows.MAX_VIDEO_BYTES", 100)
    with pytest.raises(BadInputError, match="too much to keep"):
        store.save_result("Ana", NewResult(rotation_document(), video=clip))
    assert len(store.sessions("Ana")) == 1


def test_tests_of_one_sitting_share_a_session_and_a_repeated_one_begins_the_next(store):
    store.add_person("Ana")
    minutes = timedelta(minutes=1)

    def save(document, after):
        return store.save_result("Ana", NewResult(document), taken_at=NOON + after * minutes)

    first = save(refused_document(), 0)
    assert save(rotation_document(), 3) == first  # the refused try does not count
    assert save(rotation_document(side="right"), 10) == first
    assert save(squat_document(), 20) == first
    second = save(rotation_document(), 30)
    assert second != first
    third = save(rotation_document(side="right"), 30 + 121)
    assert third not in (first, second)
    lines = store.sessions("Ana")
    assert [line.id for line in lines] == [first, second, third]
    assert lines[0].tests == (
        "hip rotation, seated, active, left (refused)",
        "hip rotation, seated, active, left",
        "hip rotation, seated, active, right",
        "squat",
    )


def database_files(url, tmp_path):
    """All bytes of the database's files; of PostgreSQL without its log, which is the server's affair."""
    if url.startswith("sqlite"):
        return b"".join(path.read_bytes() for path in tmp_path.glob("store-*"))
    engine = create_engine(database_url(url), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CHECKPOINT"))
    engine.dispose()
    folder = Path(url.partition("host=")[2].partition("&")[0]) / "data" / "base"
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_deleted_means_deleted(store, url, tmp_path):
    noise, kept_noise = os.urandom(60_000), os.urandom(60_000)
    store.add_person("Ana")
    store.add_person("Ben")
    secret = picture_jpeg() + noise
    document = rotation_document(camera="lens of the vanished phone")
    number = store.save_session("Ana", [NewResult(document, pose_track(), (Picture("face", secret),))])
    kept_picture = Picture("legs", picture_jpeg() + kept_noise)
    other = store.save_session("Ben", [NewResult(squat_document(), pictures=(kept_picture,))])
    store.delete_session(number)
    with pytest.raises(BadInputError, match=f"no session {number}"):
        store.session(number)
    with pytest.raises(BadInputError, match=f"no session {number}"):
        store.delete_session(number)
    assert row_counts(url) == [2, 1, 1, 1]
    store.save_session("Ana", [NewResult(document, pose_track(), (Picture("face", secret),))])
    store.delete_person("Ana")
    assert row_counts(url) == [1, 1, 1, 1]
    assert store.session(other).results[0].document == squat_document()
    left_behind = database_files(url, tmp_path)
    assert noise[20_000:20_040] not in left_behind
    assert b"vanished phone" not in left_behind
    assert kept_noise[20_000:20_040] in left_behind  # the check can see what is kept


def test_deleting_beside_a_long_reader_says_what_is_left(url, open_store, monkeypatch):
    monkeypatch.setattr("rom_vision.sessions.engine.BUSY_TIMEOUT_S", 1)
    store, other = open_store(url), open_store(url)
    store.add_person("Ana")
    number = store.save_session("Ana", [NewResult(squat_document())])
    with other.reading() as session:
        session.execute(text("SELECT count(*) FROM sessions")).scalar_one()
        with pytest.raises(RomVisionError, match="Deleted, but another program"):
            store.delete_session(number)
    assert store.sessions("Ana") == []
    store.delete_person("Ana")


def test_number_of_a_deleted_session_is_not_given_again(store):
    store.add_person("Ana")
    number = store.save_session("Ana", [NewResult(squat_document())])
    store.delete_session(number)
    assert store.save_session("Ana", [NewResult(squat_document())]) > number


@pytest.mark.parametrize("name", NASTY_NAMES)
def test_nasty_names_are_only_names(store, name):
    person = store.add_person(name)
    assert store.person(name) == person
    store.save_result(name, NewResult(squat_document()))
    assert len(store.sessions(name)) == 1
    assert store.people() == [person]


def test_names_differ_only_where_people_see_a_difference(store):
    store.add_person("  José   Núñez ")
    assert store.person("jose\u0301 nu\u0301n\u0303ez").name == "José Núñez"
    for same in ("JOSÉ NÚÑEZ", "José\u202e Núñez"):
        with pytest.raises(BadInputError, match="already somebody"):
            store.add_person(same)


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "a\x00b", "x" * 201, "bad \udcff bytes", "\u202e"])
def test_unusable_names_are_refused(tmp_path, open_store, name):
    store = open_store(f"sqlite:///{tmp_path / 'a.db'}")
    with pytest.raises(BadInputError):
        store.add_person(name)


def test_unknown_person_gets_a_hint(store):
    store.add_person("Katharina")
    with pytest.raises(BadInputError, match="Did you mean Katharina"):
        store.sessions("Katarina")
    with pytest.raises(BadInputError, match='person add "Bob"'):
        store.save_result("Bob", NewResult(squat_document()))


def test_dates_across_time_zones_keep_their_local_day_and_their_true_order(store):
    store.add_person("Ana")
    moments = [
        datetime(2026, 3, 2, 0, 30, tzinfo=timezone(timedelta(hours=14))),  # 1 March, 10:30 UTC
        datetime(2026, 3, 1, 1, 0, tzinfo=timezone(-timedelta(hours=11))),  # 1 March, 12:00 UTC
        datetime(2026, 3, 1, 17, 15, tzinfo=timezone(timedelta(hours=5, minutes=45))),  # 1 March, 11:30 UTC
    ]
    for moment in moments:
        store.save_session("Ana", [NewResult(rotation_document())], taken_at=moment)
    kept = [line.taken_at for line in store.sessions("Ana")]
    assert kept == sorted(moments)
    assert [m.isoformat() for m in kept] == [m.isoformat() for m in sorted(moments)]


def test_picture_that_is_none_and_session_without_test_are_refused(store):
    store.add_person("Ana")
    with pytest.raises(BadInputError, match="neither JPEG nor PNG"):
        store.save_result("Ana", NewResult(squat_document(), pictures=(Picture("x", b"GIF89a"),)))
    with pytest.raises(BadInputError, match="without a test"):
        store.save_session("Ana", [])
    with pytest.raises(BadInputError, match="year of birth"):
        store.add_person("Old", birth_year=1766)


def test_ten_thousand_sessions(store, url):
    """Saving, listing, comparing and reporting work beside ten thousand sessions, half of them of one person."""
    import time

    from sqlalchemy import insert

    from rom_vision.report.content import session_report
    from rom_vision.report.html import html_of
    from rom_vision.sessions.compare import compare
    from rom_vision.sessions.models import ResultRow, SessionRow
    from rom_vision.sessions.store import document_row

    for i in range(20):
        store.add_person(f"Person {i}")
    people = {p.name: p.id for p in store.people()}
    document = rotation_document((30, 31, 32)).model_copy(update={"series": {}})
    row = document_row(document, document.to_json())
    names = ("test", "position", "mode", "side", "status", "document", "setup", "summary")
    columns = {name: getattr(row, name) for name in names}
    with store.writing() as session:
        ids = session.scalars(
            insert(SessionRow).returning(SessionRow.id),
            [
                # every second session is of Person 0
                {
                    "person_id": people[f"Person {0 if i % 2 else i % 20}"],
                    "taken_at": NOON + timedelta(hours=6 * i),
                    "utc_offset_min": 60,
                }
                for i in range(10_000)
            ],
        ).all()
        session.execute(insert(ResultRow), [{**columns, "session_id": i} for i in ids])
    began = time.process_time()
    lines = store.sessions("Person 0")
    series = compare(store, "Person 0").series[0]
    number = store.save_result("Person 0", NewResult(document))
    assert store.session(number).results[0].document == document
    assert len(lines) == len(series.values) == 5500
    report = session_report(store, number)
    assert series.sentence.partition(":")[0] in html_of(report)
    store.delete_person("Person 0")
    assert sum(len(store.sessions(f"Person {i}")) for i in range(1, 20)) == 4500
    print(f"{url.split(':')[0]}: {time.process_time() - began:.1f} s of processor time")  # noqa: T201


def test_default_place_is_the_users_data_folder_and_private(tmp_path, monkeypatch):
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setattr("rom_vision.sessions.engine.user_data_path", lambda name, appauthor: tmp_path / "data" / name)
    store = SessionStore()
    store.close()
    path = tmp_path / "data" / "rom_vision" / "sessions.db"
    assert path.is_file()
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_environment_names_the_database(tmp_path, monkeypatch):
    monkeypatch.setenv(DATABASE_VARIABLE, f"sqlite:///{tmp_path / 'clinic.db'}")
    SessionStore().close()
    assert (tmp_path / "clinic.db").is_file()


@pytest.mark.parametrize("url", ["nonsense", "mysql://u:geheim@host/x", "sqlite://", "sqlite:///:memory:"])
def test_wrong_addresses_are_explained_without_the_password(url):
    with pytest.raises(BadInputError, match="postgresql://") as caught:
        SessionStore(url)
    assert "geheim" not in str(caught.value)


def test_database_that_cannot_be_used_is_explained(tmp_path):
    (tmp_path / "text.db").write_text("this is a letter, not a database " * 100)
    with pytest.raises(RomVisionError, match="not a database"):
        SessionStore(f"sqlite:///{tmp_path / 'text.db'}")
    with pytest.raises(BadInputError, match="cannot be kept there"):
        SessionStore(f"sqlite:///{tmp_path / 'text.db' / 'below.db'}")
    with pytest.raises(RomVisionError) as caught:
        SessionStore(f"postgresql://ana:geheim@/db?host={tmp_path}")
    assert "geheim" not in str(caught.value)
