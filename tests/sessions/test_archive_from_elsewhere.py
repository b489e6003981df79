"""Archives that were made, or damaged, to deceive: refused as a whole, with the member and the fault."""

import hashlib
import json
import random
import warnings
import zipfile

import pytest
from made_results import pose_track, rotation_document, squat_document
from test_archive import NOON, fill, rewrite

from rom_vision.errors import BadInputError
from rom_vision.sessions import NewResult
from rom_vision.sessions.archive import export_person, import_person
from rom_vision.sessions.compare import compare


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """Content of an archive with three sessions, by member."""
    from rom_vision.sessions import SessionStore

    folder = tmp_path_factory.mktemp("good")
    store = SessionStore(f"sqlite:///{folder / 'a.db'}")
    export_person(store, fill(store), folder / "all.zip")
    store.close()
    with zipfile.ZipFile(folder / "all.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def other(open_store, tmp_path):
    return open_store(f"sqlite:///{tmp_path / 'other.db'}")


def write(path, members, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def forged(good, edit=None, kind="document.json", content=None):
    """The archive with one member replaced, and a manifest that agrees with it."""
    members, manifest = dict(good), json.loads(good["manifest.json"])
    if content is not None:
        name = next(n for n in members if kind in n)
        members[name] = content
        for session in manifest["sessions"]:
            for result in session["results"]:
                for file in (result["document"], *result["attachments"]):
                    if file["path"] == name:
                        file |= {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    if edit is not None:
        edit(manifest)
    return members | {"manifest.json": json.dumps(manifest).encode()}


def document_with(**changes):
    return json.dumps(json.loads(rotation_document().to_json()) | changes).encode()


def first(manifest):
    return manifest["sessions"][0]


def more_results(manifest):
    first(manifest)["results"][0]["attachments"] *= 2


ODD_MANIFESTS = {
    "a session without a result": (lambda m: first(m).update(results=[]), "sessions.0.results"),
    "the year 9999": (lambda m: first(m).update(taken_at="9999-12-31T23:59:00-05:00"), "the year 9999"),
    "the year 1": (lambda m: first(m).update(taken_at="0001-01-01T00:00:00+05:00"), "cannot be right|taken_at"),
    "a person of the year 9999": (lambda m: m["person"].update(created_at="9999-01-01T00:00:00Z"), "created_at"),
    "no date": (lambda m: first(m).update(taken_at="yesterday"), "taken_at"),
    "one session twice": (lambda m: m["sessions"].append(first(m)), "named 2 times"),
    "one file twice": (more_results, "named 2 times"),
    "a size below nothing": (lambda m: first(m)["results"][0]["document"].update(size=-1), "size"),
    "a huge picture": (lambda m: first(m)["results"][0]["attachments"][1].update(size=10**12), "too many for a"),
    "a null byte": (lambda m: first(m)["results"][0]["attachments"][1].update(name="a\0b"), "no text"),
    "an identity that is none": (lambda m: first(m).update(uid="../" * 9), "uid"),
    "a long name": (lambda m: m["person"].update(name="x" * 10**6), "name"),
    "a name that is a list": (lambda m: m["person"].update(name=["x"]), "person.name"),
    "sessions that are none": (lambda m: m.update(sessions={"a": 1}), "sessions"),
}


@pytest.mark.parametrize("odd", ODD_MANIFESTS)
def test_manifest_that_cannot_be_is_refused_by_its_field(good, other, tmp_path, odd):
    edit, said = ODD_MANIFESTS[odd]
    path = tmp_path / "odd.zip"
    write(path, forged(good, edit))
    with pytest.raises(BadInputError, match=said) as caught:
        import_person(other, path)
    assert "odd.zip" in str(caught.value)
    assert len(str(caught.value)) < 600
    assert other.people() == []


@pytest.mark.parametrize(
    ("kind", "content", "said"),
    [
        ("document.json", document_with(rest_deg=1e300), "rest_deg"),
        ("document.json", document_with(rest_deg=float("nan")), "rest_deg"),
        ("document.json", document_with(warnings=["w" * 100_000] * 50), "all texts"),
        ("document.json", b"[" * 200_000, "recursion"),
        ("document.json", b"\xff\xfe\x00", "no text"),
        ("document.json", b"", "not a result document"),
        ("track-", b"PK\x03\x04", "not a landmark track"),
        ("track-", b"", "not a landmark track"),
        ("picture-", b"GIF89a", "neither JPEG nor PNG"),
        ("picture-", b"\xff\xd8\xff" + bytes(500), "damaged"),
        ("picture-", b"\x89PNG\r\n\x1a\n" + bytes(500), "damaged"),
    ],
)
def test_member_that_is_not_what_it_says_is_refused_by_its_name(good, other, tmp_path, kind, content, said):
    path = tmp_path / "odd.zip"
    write(path, forged(good, kind=kind, content=content))
    with pytest.raises(BadInputError, match=said) as caught:
        import_person(other, path)
    assert kind in str(caught.value)
    assert other.people() == []


def test_video_that_is_none_is_refused(open_store, other, tmp_path):
    store, clip = open_store(f"sqlite:///{tmp_path / 'a.db'}"), tmp_path / "clip.mp4"
    clip.write_bytes(b"moving picture")
    store.add_person("Ana")
    store.save_session("Ana", [NewResult(squat_document(), video=clip)], taken_at=NOON)
    export_person(store, "Ana", tmp_path / "all.zip")
    with pytest.raises(BadInputError, match="video-1: is no video"):
        import_person(other, tmp_path / "all.zip")


def test_picture_of_a_million_rows_is_not_unpacked(good, other, tmp_path):
    """A small file whose header asks for gigabytes."""
    import io
    import struct
    import zlib

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunks = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    chunks.seek(8)
    for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")):
        chunks.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))
    path = tmp_path / "odd.zip"
    write(path, forged(good, kind="picture-", content=chunks.getvalue()))
    with pytest.raises(BadInputError, match=r"picture-2: The picture"):
        import_person(other, path)


def test_archive_that_unpacks_to_far_more_than_it_is_is_refused(good, other, tmp_path):
    def swell(manifest):
        for session in manifest["sessions"]:
            for result in session["results"]:
                result["document"]["size"] = 250 * 2**20

    path = tmp_path / "bomb.zip"
    write(path, forged(good, swell))
    with pytest.raises(BadInputError, match="would unpack to"):
        import_person(other, path)


def test_member_that_is_in_it_twice_is_refused(good, other, tmp_path):
    path = tmp_path / "twice.zip"
    write(path, good)
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("manifest.json", b"{}")
    with pytest.raises(BadInputError, match=r"manifest.json is in it 2 times"):
        import_person(other, path)


def test_folder_and_missing_file_and_encrypted_member(good, other, tmp_path):
    with pytest.raises(BadInputError, match="no file"):
        import_person(other, tmp_path)
    with pytest.raises(BadInputError, match=r"none\.zip"):
        import_person(other, tmp_path / "none.zip")
    path = tmp_path / "locked.zip"
    write(path, good)
    content = bytearray(path.read_bytes())
    for at in range(len(content) - 4):
        if content[at : at + 4] == b"PK\x01\x02":
            content[at + 8] |= 1  # the flag of an encrypted member
        if content[at : at + 4] == b"PK\x03\x04":
            content[at + 6] |= 1
    path.write_bytes(content)
    with pytest.raises(BadInputError, match=r"manifest.json: damaged.*encrypted"):
        import_person(other, path)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_flipped_bytes_end_in_a_sentence_or_change_nothing(good, other, tmp_path, compression):
    path, chance, refused = tmp_path / "flipped.zip", random.Random(7), 0
    write(path, good, compression)
    whole = path.read_bytes()
    for _ in range(40):
        broken = bytearray(whole)
        at = chance.randrange(len(whole))
        for i in range(at, min(at + 6, len(whole))):
            broken[i] = chance.randrange(256)
        path.write_bytes(broken)
        try:
            import_person(other, path)
        except BadInputError as fault:
            assert "flipped.zip" in str(fault)  # noqa: PT017
            refused += 1
    assert refused > 30
    for person in other.people():
        assert other.unreadable(person.name) == {}


def test_result_of_another_session_is_not_taken_twice(good, other, tmp_path):
    path = tmp_path / "all.zip"
    write(path, good)
    import_person(other, path)
    rewrite(path, lambda m: m.update(forged(m, lambda manifest: first(manifest).update(uid="f" * 32))))
    with pytest.raises(BadInputError, match="already here"):
        import_person(other, path)


def test_export_leaves_out_what_an_import_would_refuse(open_store, other, tmp_path):
    from sqlalchemy import text

    store = open_store(f"sqlite:///{tmp_path / 'a.db'}")
    name = fill(store)
    with store.writing() as session:
        session.execute(text("UPDATE results SET document = '{}' WHERE session_id = 2"))
        session.execute(text("UPDATE attachments SET data = 'text' WHERE kind = 'picture'"))
        session.execute(text("UPDATE people SET sex = 'other', birth_year = 'long ago', created_at = 'once'"))
    assert export_person(store, name, tmp_path / "all.zip") == 2
    report = import_person(other, tmp_path / "all.zip")
    assert report.sessions_added == 2
    assert (other.person(name).sex, other.person(name).birth_year) == (None, None)
    assert compare(other, name) == compare(store, name)
    assert other.track(other.session(1).results[0].id).image_px.shape == pose_track().image_px.shape
