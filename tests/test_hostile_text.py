"""Text of a user or of a file stays text: on a terminal, on pages, on paper and in files for other programs."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import datetime, timezone
from html.parser import HTMLParser
from itertools import cycle

import numpy as np
import pytest
from hostile_text import HOSTILE, NAMES
from made_results import picture_jpeg, pose_track, rotation_document, squat_document
from pypdf import PdfReader
from typer.main import get_command
from typer.testing import CliRunner

from rom_vision.capture import VideoWriter, probe
from rom_vision.cli import doctor
from rom_vision.cli.doctor import Finding
from rom_vision.cli.root import app
from rom_vision.cli.say import say
from rom_vision.errors import BadInputError
from rom_vision.files import write_bytes
from rom_vision.legible import DIRECTION_MARKS, legible, shown
from rom_vision.report.content import make_report
from rom_vision.report.fhir import fhir_of
from rom_vision.report.html import html_of
from rom_vision.report.opensim_files import mot_of, trc_of
from rom_vision.report.pdf import pdf_of
from rom_vision.report.tables import csv_of
from rom_vision.sessions import Picture

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
WRITABLE = [text for text in HOSTILE if text.isascii() or text.encode("utf-8", "ignore").decode() == text]


def documents(texts):
    """Return results in which everything that is text reads one of ``texts``, and all of them come up."""
    squat, (first, *_) = squat_document(), texts
    told = tuple(replace(f, sentence=text, source=text) for f, text in zip(squat.findings, cycle(texts), strict=False))
    made = squat.provenance.model_copy(update={"video": first, "model": first, "subject": first})
    said = {"warnings": tuple(texts), "provenance": made}
    return squat.model_copy(update={**said, "findings": told}), rotation_document().model_copy(update=said)


def report_of(texts):
    squat, rotation = documents(texts)
    pictures = tuple(Picture(text, picture_jpeg()) for text in texts[:6])
    return make_report([(squat, pictures), (rotation, ())], taken_at=NOW, person=texts[0])


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_said_commands_no_terminal(text, capsys):
    say(text)
    out = capsys.readouterr().out.removesuffix("\n")
    assert out == legible(text)
    assert all(c.isprintable() or c == "\n" for c in out.replace("\u200d", "")), ascii(out)
    assert not DIRECTION_MARKS & set(out)
    assert "\n" not in shown(text)
    assert text in out or text not in NAMES


def test_doctor_prints_brackets_and_signs_as_they_are(monkeypatch):
    findings = [Finding(text, good=False, needed=False, mend=f'pip install "{text}"') for text in NAMES]
    findings += [Finding("x", False, False, 'pip install "rom-vision[validation]"')]
    monkeypatch.setattr(doctor, "examine", lambda: findings)
    out = CliRunner().invoke(app, ["doctor"]).output
    for text in NAMES:
        assert f"absent  {text}\n" in out
        assert f'        pip install "{text}"\n' in out
    assert 'pip install "rom-vision[validation]"' in out


class Text(HTMLParser):
    """The text of a page, and the tags in its body."""

    def __init__(self):
        super().__init__()
        self.tags, self.text = set(), ""

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)

    def handle_data(self, data):
        self.text += data


def test_a_page_shows_it_and_grows_no_tags():
    usual, page = Text(), Text()
    usual.feed(html_of(report_of(["quiet"] * len(WRITABLE))))
    page.feed(html_of(report_of(WRITABLE)))
    assert page.tags <= usual.tags  # less where a name fits no command that would make the result again
    for text in WRITABLE:
        assert page.text.count(text[:1000].rstrip()) >= 2  # a report shortens what nobody reads


def test_paper_shows_it_and_goes_on_on_the_next_page():
    pages = PdfReader(io.BytesIO(pdf_of(report_of(WRITABLE)))).pages
    assert len(pages) > 4
    read = "".join("".join(page.extract_text().split()) for page in pages)
    for text in NAMES:
        if text.isascii():
            assert "".join(text.split()) in read


@pytest.mark.parametrize("text", WRITABLE)
def test_files_for_other_programs_keep_their_shape(text):
    squat, rotation = documents([text])
    rows = list(csv.DictReader(io.StringIO(csv_of((squat, rotation), person=text, taken_at=NOW), newline="")))
    assert {row["person"].removeprefix("'") for row in rows} == {text}
    assert not any(str(cell).startswith(("=", "+", "@")) for row in rows for cell in row.values())
    bundle = json.loads(fhir_of((squat, rotation), person=text, taken_at=NOW))
    assert bundle["entry"][0]["resource"]["name"][0]["text"] == text
    if len(text) < 200:
        assert mot_of(rotation, text).splitlines()[1] == "version=1"
        assert trc_of(pose_track(), text).splitlines()[1].startswith("DataRate\t")


@pytest.mark.parametrize("date", ["0001-01-01", "1899-12-31", "9999-12-31"])
def test_a_date_before_film_or_to_come_is_refused_before_the_work(date):
    words = ("measure", "nowhere.mp4", "--position", "seated", "--side", "left", "--save", "--person", "Ann")
    result = CliRunner().invoke(app, [*words, "--date", date])
    assert isinstance(result.exception, BadInputError)
    assert "date" in str(result.exception)


def test_a_film_whose_name_is_no_utf_8_is_read_and_named(tmp_path):
    path = tmp_path / "me\udcff\n.mp4"
    with VideoWriter(path, 64, 48) as out:
        for i in range(3):
            out.write(np.full((48, 64, 3), 60 * i, np.uint8), i / 30)
    assert probe(path).name == "me\ufffd\ufffd.mp4"
    write_bytes(tmp_path / "o\udcfe.json", b"{}")
    assert (tmp_path / "o\udcfe.json").read_bytes() == b"{}"
    with pytest.raises(BadInputError) as fault:
        probe(tmp_path / "none\udcff.mp4")
    assert "none\ufffd.mp4" in legible(str(fault.value))


def commands(command, words=()):
    """Yield every command of the program with the words that call it."""
    yield words, command
    for name, more in getattr(command, "commands", {}).items():
        yield from commands(more, (*words, name))


@pytest.mark.parametrize(("words", "command"), list(commands(get_command(app))))
def test_help_shows_brackets_instead_of_taking_them_for_markup(words, command):
    out = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "400", "TERMINAL_WIDTH": "400"}).output
    shown = " ".join(out.replace("│", " ").split())
    for option in command.params:
        assert " ".join((getattr(option, "help", None) or "").split()) in shown
