import json
import zipfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from made_results import picture_jpeg, pose_track, refused_document, rotation_document, squat_document

from rom_vision.errors import BadInputError
from rom_vision.sessions import NewResult, Picture
from rom_vision.sessions.archive import export_person, import_person
from rom_vision.sessions.compare import compare

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone(timedelta(hours=-5)))


def fill(store, name="Zoë ../ <b>"):
    store.add_person(name, sex="female", birth_year=1990)
    for week in range(3):
        tests = [
            NewResult(rotation_document((30.0 + week,)), pose_track(), (Picture('../end "range"', picture_jpeg()),)),
            NewResult(squat_document()),
            NewResult(refused_document("right")),
        ]
        store.save_session(name, tests, taken_at=NOON + timedelta(weeks=week))
    return name


def everything(store, name):
    """All that a person has, without the numbers that differ from machine to machine."""
    person = store.person(name)
    content = [(person.name, person.sex, person.birth_year, person.created_at)]
    for line in store.sessions(name):
        session = store.session(line.id)
        content.append((line.taken_at.isoformat(), line.tests))
        for result in session.results:
            track = store.track(result.id)
            landmarks = None if track is None else (track.image_px.tobytes(), track.world_m.tobytes(), track.source)
            content.append(
                (
                    *(result.document, result.setup, result.pinch, landmarks),
                    *(store.pictures(result.id), store.video(result.id)),
                )
            )
    return content


def test_round_trip_to_another_machine_loses_nothing(store, new_url, open_store, tmp_path):
    name = fill(store)
    clip = Path(__file__).parents[2] / "sample_videos" / "seated_left_low.mp4"
    store.save_session(name, [NewResult(rotation_document(side="right"), video=clip, pinch=True)], taken_at=NOON)
    path = tmp_path / "all.zip"
    assert export_person(store, name, path) == 4
    other = open_store(new_url())
    report = import_person(other, path)
    assert (report.person, report.renamed_from, report.sessions_added, report.sessions_known) == (name, None, 4, 0)
    assert everything(other, name) == everything(store, name)
    assert compare(other, name) == compare(store, name)


@pytest.mark.postgres
def test_sqlite_opens_what_postgresql_exported_and_the_other_way_round(new_postgres, open_store, tmp_path):
    stores = [open_store(new_postgres()), open_store(f"sqlite:///{tmp_path / 'a.db'}"), open_store(new_postgres())]
    name = fill(stores[0])
    for source, target in ((stores[0], stores[1]), (stores[1], stores[2])):
        export_person(source, name, tmp_path / "all.zip")
        import_person(target, tmp_path / "all.zip")
        assert everything(target, name) == everything(source, name)


def test_importing_twice_doubles_nothing_and_adds_what_is_new(store, new_url, open_store, tmp_path):
    name, path = fill(store), tmp_path / "all.zip"
    export_person(store, name, path)
    assert import_person(store, path).sessions_known == 3
    other = open_store(new_url())
    import_person(other, path)
    store.save_session(name, [NewResult(squat_document())], taken_at=NOON + timedelta(weeks=9))
    export_person(store, name, path)
    report = import_person(other, path)
    assert (report.sessions_added, report.sessions_known) == (1, 3)
    assert everything(other, name) == everything(store, name)
    other.delete_person(name)
    assert import_person(other, path).sessions_added == 4


def test_somebody_else_of_the_same_name_is_never_mixed_in(store, new_url, open_store, tmp_path):
    name, path = fill(store), tmp_path / "all.zip"
    export_person(store, name, path)
    other = open_store(new_url())
    other.add_person(name)
    report = import_person(other, path)
    assert (report.person, report.renamed_from) == (f"{name} (2)", name)
    assert other.sessions(name) == []
    assert len(other.sessions(f"{name} (2)")) == 3
    assert import_person(other, path).sessions_added == 0


def test_longest_name_makes_room_for_its_number(open_store, tmp_path):
    store, other = (open_store(f"sqlite:///{tmp_path / name}") for name in ("a.db", "b.db"))
    name = fill(store, "é" * 200)
    export_person(store, name, tmp_path / "all.zip")
    other.add_person(name)
    assert import_person(other, tmp_path / "all.zip").person == "é" * 196 + " (2)"


def rewrite(path, change):
    """Rewrite an archive: ``change`` edits the mapping of member names to contents."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def edit_manifest(edit):
    def change(members):
        manifest = json.loads(members["manifest.json"])
        edit(manifest)
        members["manifest.json"] = json.dumps(manifest)

    return change


def replace_one(kind, data):
    def change(members):
        name = next(n for n in members if kind in n)
        members[name] = data if data is not None else members[name][:-1] + b"?"

    return change


def forge_document(members):
    """Replace a document and correct its checksum: what lies inside is checked too."""
    import hashlib

    forged = b'{"test": "hip_rotation", "schema": 1}'
    manifest = json.loads(members["manifest.json"])
    file = manifest["sessions"][1]["results"][0]["document"]
    members[file["path"]] = forged
    file |= {"size": len(forged), "sha256": hashlib.sha256(forged).hexdigest()}
    members["manifest.json"] = json.dumps(manifest)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (replace_one("document.json", None), "does not match its checksum"),
        (replace_one("track", b""), "does not match its checksum"),
        (replace_one("picture", b"x" * 10_000_000), "larger than it says"),
        (lambda m: m.pop(next(n for n in m if "track" in n)), "is missing"),
        (lambda m: m.pop("manifest.json"), "has no manifest"),
        (lambda m: m.update({"manifest.json": b"{}"}), "manifest cannot be used"),
        (edit_manifest(lambda m: m.update(version=2)), "manifest cannot be used"),
        (edit_manifest(lambda m: m["person"].update(name="a\nb")), "control characters"),
        (edit_manifest(lambda m: m["sessions"][0].update(taken_at="2026-03-01T12:00:00")), "taken_at"),
        (
            edit_manifest(lambda m: m["sessions"][0]["results"][0]["document"].update(path="../../etc/passwd")),
            "is missing",
        ),
        (forge_document, "not a result document"),
    ],
)
def test_damaged_archive_is_refused_as_a_whole(open_store, tmp_path, change, said):
    store = open_store(f"sqlite:///{tmp_path / 'a.db'}")
    path = tmp_path / "all.zip"
    export_person(store, fill(store), path)
    rewrite(path, change)
    other = open_store(f"sqlite:///{tmp_path / 'b.db'}")
    with pytest.raises(BadInputError, match=said) as caught:
        import_person(other, path)
    assert str(path) in str(caught.value) or "name" in str(caught.value)
    assert other.people() == []


def test_member_that_climbs_out_of_the_folder_is_not_written_anywhere(open_store, tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'a.db'}")
    path = tmp_path / "all.zip"
    export_person(store, fill(store), path)
    rewrite(path, lambda m: m.update({"../climbed.txt": b"out"}))
    import_person(open_store(f"sqlite:///{tmp_path / 'b.db'}"), path)
    assert not list(tmp_path.parent.glob("climbed.txt"))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"a letter"])
def test_file_that_is_no_archive(open_store, tmp_path, content):
    store = open_store(f"sqlite:///{tmp_path / 'a.db'}")
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(BadInputError, match=r"x\.zip"):
        import_person(store, path)
    with pytest.raises(BadInputError, match="cannot be read"):
        import_person(store, tmp_path / "none.zip")
    with pytest.raises(BadInputError, match="cannot be read"):
        import_person(store, tmp_path)


def test_cut_off_archive_is_refused_at_every_length(open_store, tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'a.db'}")
    path = tmp_path / "all.zip"
    export_person(store, fill(store), path)
    whole = path.read_bytes()
    other = open_store(f"sqlite:///{tmp_path / 'b.db'}")
    for share in (0.1, 0.5, 0.9, 0.999):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(BadInputError):
            import_person(other, path)
    assert other.people() == []


def test_export_that_fails_leaves_nothing_behind(open_store, tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'a.db'}")
    (tmp_path / "out").mkdir()
    with pytest.raises(BadInputError, match="nobody called Bob"):
        export_person(store, "Bob", tmp_path / "out" / "all.zip")
    assert list((tmp_path / "out").iterdir()) == []
    store.add_person("Bob")
    with pytest.raises(BadInputError, match="cannot be written"):
        export_person(store, "Bob", tmp_path / "none" / "all.zip")
