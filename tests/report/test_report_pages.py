import io
import re
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from made_results import finding, picture_jpeg, refused_document, rotation_document, squat_document
from pypdf import PdfReader

from rom_vision.meaning.norms import load_norms
from rom_vision.report.charts import rotation_chart, sides_chart, squat_chart
from rom_vision.report.content import make_report, session_report
from rom_vision.report.html import html_of
from rom_vision.report.pdf import pdf_of
from rom_vision.report.pdf_fonts import BOLD, drawable, marked_up
from rom_vision.report.shapes import Dot, Line, Rect, Text
from rom_vision.report.svg import svg_of
from rom_vision.sessions import NewResult, Picture, SessionStore

START = datetime(2026, 1, 5, 9, tzinfo=timezone(timedelta(hours=1)))
NASTY_NAMES = [
    'Zoë O\'Brien "the hip"',
    "<script>alert(1)</script>",
    "<b>&amp; {{ 7 * 7 }} %s",
    "=cmd|' /C calc'!A0",
    "👩🏽‍🦽",
    "王小明 ひろし 김철수",
    "دانا عبدالله",
    "יעל כהן (12)",
    "../../etc/passwd",
    "W" * 200,
]


@pytest.fixture
def report(tmp_path):
    """A session with everything: both sides, a squat, a refusal, a picture, and a history."""
    store = SessionStore(f"sqlite:///{tmp_path / 'a.db'}")
    store.add_person("Ana")
    for week, value in enumerate((24.0, 25.0, 36.0)):
        tests = [
            NewResult(rotation_document((value - 1, value), (40.0, 41.0)), None, (Picture("end", picture_jpeg()),)),
            NewResult(rotation_document((40.0, 41.0), (39.0, 41.0), side="right", pelvis=6.0)),
            NewResult(squat_document()),
            NewResult(refused_document("right")),
        ]
        number = store.save_session("Ana", tests, taken_at=START + timedelta(weeks=week))
    yield session_report(store, number)
    store.close()


class Page(HTMLParser):
    """Tags, the text a reader sees, and every address of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.addresses, self.text = set(), [], ""
        self._silent = 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self._silent += tag == "style"
        self.addresses += [value for name, value in attrs if name in ("src", "href", "xlink:href", "action")]

    def handle_endtag(self, tag):
        self._silent -= tag == "style"

    def handle_data(self, data):
        self.text += "" if self._silent else data


def test_page_says_everything_and_loads_nothing(report):
    text = html_of(report)
    page = Page(text)
    for said in (
        "Left hip rotation, seated, active: internal rotation 35.5° (95 % interval 31.5° to 39.5°)",
        "reference band 30–45°",
        "Total arc",
        "not measured. The shank is only 60 pixels long",
        "The pelvis rose clearly on the tested side, by 6.0°",
        "+11.5°: more than noise explains 19 times in 20",
        "what noise alone explains",
        "Not assessable from this view",
        "This is a measurement and no diagnosis.",
        "Do not stretch more",
        "seated left.mp4",
        "19 January 2026",
    ):
        assert said in page.text, said
    assert "script" not in page.tags
    assert all(a.startswith("data:image/jpeg;base64,") for a in page.addresses)
    assert not re.search(r"https?://|@import|url\(", text)
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


@pytest.mark.parametrize("name", NASTY_NAMES)
def test_names_are_only_names_on_page_and_paper(name):
    report = make_report([(rotation_document(), [Picture(name, picture_jpeg())])], taken_at=START, person=name)
    page = Page(html_of(report))
    assert name in page.text
    assert "script" not in page.tags
    paper = PdfReader(io.BytesIO(pdf_of(report)))
    text = "".join(p.extract_text() for p in paper.pages)
    if name.isascii():
        assert re.sub(r"\s", "", name) in re.sub(r"\s", "", text)


def test_paper_says_what_the_page_says(report):
    paper = PdfReader(io.BytesIO(pdf_of(report)))
    text = re.sub(r"\s+", " ", " ".join(p.extract_text() for p in paper.pages))
    for statement in [s for t in report.tests for s in t.statements] + list(report.statements):
        assert statement.text in text
    for item in report.series:
        assert item.series.sentence in text
    assert report.book.no_diagnosis in text
    assert sum(len(p.images) for p in paper.pages) == 1
    fonts = {f for p in paper.pages for f in p["/Resources"]["/Font"].values()}
    names = {f.get_object()["/BaseFont"] for f in fonts}
    assert any("DejaVuSans" in n for n in names)
    embedded = [f.get_object() for f in fonts if "DejaVu" in f.get_object()["/BaseFont"]]
    assert all("/FontFile2" in f["/FontDescriptor"] for f in embedded)


def test_emoji_are_drawn_and_what_only_changes_its_neighbours_is_left_out():
    assert drawable("👩🏽‍🦽 🙂️ Zoë") == "👩🦽 🙂 Zoë"
    assert marked_up("🙂 <b>", BOLD) == '<font name="NotoEmoji">🙂</font> &lt;b&gt;'
    assert drawable("सीता") == "□"  # no font, no shaping: a box, never a wrong letter
    report = make_report([(rotation_document(), [])], taken_at=START, person="👩🏽‍🦽 Zoë")
    fonts = PdfReader(io.BytesIO(pdf_of(report))).pages[0]["/Resources"]["/Font"].values()
    assert any("NotoEmoji" in font.get_object()["/BaseFont"] for font in fonts)


def test_report_of_nothing_but_a_refusal():
    report = make_report([(refused_document(), [])], taken_at=START)
    page = html_of(report)
    assert "not measured" in page
    assert "Nothing was measured: film it again." in page
    assert "at most once a week" not in page
    assert pdf_of(report).startswith(b"%PDF")
    curve = rotation_document((30.0,)).curve
    with_curve = refused_document().model_copy(update={"curve": curve})
    assert make_report([(with_curve, [])], taken_at=START).tests[0].charts == ()


def test_top_of_the_report_holds_every_result(report):
    tops = [(s.what, s.value, s.word) for test in report.tests for s in test.summaries]
    assert tops == [
        ("Left hip rotation, seated, active: internal rotation", "35.5°", "as in healthy adults"),
        ("Left hip rotation, seated, active: external rotation", "40.5°", ""),
        ("Right hip rotation, seated, active: internal rotation", "40.5°", "as in healthy adults"),
        ("Right hip rotation, seated, active: external rotation", "40.0°", ""),
        ("Squat: knee valgus, left", "14.0°", "marked"),
        ("Right hip rotation, seated, active", "not measured", ""),
    ]
    clean = make_report([(squat_document([finding("knee_valgus", "left", "none", 1.0)]), [])], taken_at=START)
    assert clean.tests[0].summaries[0].value == "nothing found"


def test_series_say_what_has_become_of_them_and_first_measurements_share_a_sentence(report, tmp_path):
    assert report.first_time == ""
    assert report.series[0].heading == "Internal rotation, left, seated, active: +11.5°, likely a real change"
    assert report.series[0].heading in html_of(report)
    assert report.when == ("19 January 2026", "09:00, UTC+01:00")
    store = SessionStore(f"sqlite:///{tmp_path / 'once.db'}")
    store.add_person("Ben")
    store.save_session("Ben", [NewResult(rotation_document(camera="first"))], taken_at=START)
    number = store.save_session("Ben", [NewResult(squat_document()), NewResult(rotation_document(side="right"))])
    once = session_report(store, number)
    assert once.series == ()
    assert "internal rotation, right, seated, active (8.5°)" in once.first_time
    assert once.first_time in html_of(once)
    moved = store.save_session("Ben", [NewResult(rotation_document(camera="second"))])
    (item,) = session_report(store, moved).series
    store.close()
    assert item.heading == "Internal rotation, left, seated, active: a new series"
    assert "The camera set-up changed" in item.series.sentence


def test_damaged_picture_does_not_stop_the_report():
    report = make_report([(squat_document(), [Picture("worst", b"\xff\xd8\xff broken")])], taken_at=START)
    text = "".join(p.extract_text() for p in PdfReader(io.BytesIO(pdf_of(report))).pages)
    assert "this picture is damaged" in text
    assert "data:image/jpeg" in html_of(report)


def test_published_means_are_said_once_for_both_sides(report):
    published = [s.text for t in report.tests for s in t.statements if s.topic == "published"]
    assert len(published) == len(set(published)) == 2


def test_every_chart_is_well_formed_and_inside_its_frame(report):
    charts = [c for t in report.tests for c in t.charts] + list(report.sides) + [s.chart for s in report.series]
    assert len([c for c in charts if c]) >= 7
    for chart in filter(None, charts):
        ElementTree.fromstring(str(svg_of(chart)))
        for shape in chart.shapes:
            if isinstance(shape, Line):
                assert all(0 <= x <= chart.width and 0 <= y <= chart.height for x, y in shape.points)
            if isinstance(shape, (Rect, Text)):
                assert 0 <= shape.x <= chart.width
                assert 0 <= shape.y <= chart.height


def test_curve_does_not_bridge_a_gap():
    document = rotation_document((30.0,))
    chart = rotation_chart(document, load_norms().band("seated"))
    lines = [s for s in chart.shapes if isinstance(s, Line) and s.style == "curve"]
    assert len(lines) == 2  # frames 40 and 41 are lost
    assert sum(len(s.points) for s in lines) == len(document.time_s) - 2


def test_charts_of_what_is_not_there():
    band = load_norms().band("seated")
    assert rotation_chart(refused_document(), band) is None
    assert squat_chart(squat_document().model_copy(update={"series": {}})) is None
    assert sides_chart(rotation_document((30.0,)), rotation_document((), (40.0,), side="right")) is None


def test_markup_in_a_finding_is_text():
    document = squat_document([finding("knee_valgus", "left", "marked", 14.0, sentence="<img src=x onerror=1> & more")])
    page = Page(html_of(make_report([(document, [])], taken_at=START)))
    assert "<img src=x onerror=1> & more" in page.text
    assert "img" not in page.tags


def test_importing_the_report_pages_brings_no_network_model():
    code = "import sys, rom_vision.report.pdf, rom_vision.report.html; sys.exit('mediapipe' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_both_sides_share_one_chart_over_time(tmp_path):
    store = SessionStore(f"sqlite:///{tmp_path / 'a.db'}")
    store.add_person("Ana")
    for week, (left, right) in enumerate(((24, 33), (30, 34), (36, 33))):
        results = [
            NewResult(rotation_document((value - 1, value, value + 1), side=side))
            for side, value in (("left", left), ("right", right))
        ]
        number = store.save_session("Ana", results, taken_at=START + timedelta(weeks=week))
    report = session_report(store, number)
    assert [s.series.side for s in report.series] == ["left", "right"]
    chart, none = (s.chart for s in report.series)
    assert none is None
    dots = [shape for shape in chart.shapes if isinstance(shape, Dot) and shape.radius > 4]
    assert [dot.style for dot in dots] == ["left"] * 3 + ["right"] * 3
    words = [shape.text for shape in chart.shapes if isinstance(shape, Text)]
    assert {"left", "right"} <= set(words)
    assert chart.label.count("no change") + chart.label.count("real change") == 2
    assert sum(word.startswith("2026-") for word in words) == 3  # a date for each session, once
