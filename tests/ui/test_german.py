"""German: what the program says of real recordings, and every page with something on it, without English left."""

import ast
import html
import io
import json
import re
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from app_pages import app
from made_results import picture_jpeg, pose_track, rotation_document
from made_study import made_study
from pypdf import PdfReader
from trained import training

from rom_vision import language
from rom_vision.agreement.analysis import analyse_study
from rom_vision.agreement.pages import html_of_study, pdf_of_study
from rom_vision.agreement.told import told_of
from rom_vision.camera.defaults import LENSES
from rom_vision.drills.book import guided_drills
from rom_vision.drills.plan import due_on, plan_of
from rom_vision.drills.words import done_words, weeks_words
from rom_vision.errors import BadInputError
from rom_vision.meaning.advice import load_advice
from rom_vision.meaning.squat_answer import answers_of, finding_amount, overall
from rom_vision.pipeline.run import analyse
from rom_vision.pose.track import PoseTrack
from rom_vision.protocols.corrections import check_kinds
from rom_vision.protocols.registry import protocols
from rom_vision.report.content import make_report, session_report
from rom_vision.report.html import html_of
from rom_vision.report.ics import dose_words, ics_of
from rom_vision.report.pdf import pdf_of
from rom_vision.report.shapes import Chart, Text
from rom_vision.results.document import Document
from rom_vision.results.parts import Correction
from rom_vision.sessions import NewResult, Picture, SessionStore
from rom_vision.sessions.compare import compare
from rom_vision.sessions.correct import correct, repetition_correction
from rom_vision.sessions.dose import dose_beside
from rom_vision.sessions.glance import at_a_glance
from rom_vision.sessions.studies import note_shown, studies, trials
from rom_vision.sessions.training import save_plan, save_training
from rom_vision.ui.parts import space as spaces
from rom_vision.ui.parts import tongue
from rom_vision.ui.parts.samples import samples
from rom_vision.ui.parts.work import Finished

REPO = Path(__file__).parents[2]
PACKAGE = REPO / "rom_vision"
NOW = datetime.now().astimezone()
ENGLISH = re.compile(
    r"\b(?:the|and|is|are|of|with|not|from|for|this|your|you|were|has|have|its|repetitions?|knees?|hips?|men|women|right"
    r"|refused)\b"
)
"""Words that no German sentence holds."""
POINT = re.compile(r"(?<![\d.%])\d+\.\d+(?!\.?\d)")
"""The decimal point, where German has a comma; a version has two."""


def is_english(text):
    return ENGLISH.search(text) or POINT.search(text)


STUDY = "Effect of hip position and gender"
"""A title, which stays."""


def known_in_german(text):
    return all(there is not None for _, there in language._pieces(text, "de"))


def left_english(texts):
    """The pieces of some texts that the catalogue does not know, or whose German has English in it."""
    found = {}
    for text in texts:
        for piece, there in language._pieces(text, "de"):
            shown = there or language._listed(piece, "de")
            unknown = there is None and shown == piece and re.search(r"[A-Za-z]{3}", piece)
            if unknown or is_english(shown.replace(STUDY, "")):
                found[re.sub(r"\d+(\.\d+)?", "0", piece)] = None if unknown else shown
    return found


# -- sentences in the code --------------------------------------------------------------------------------------------

SENTENCE = re.compile(r"[A-Z“`{2][^\n]*[a-z)%”`][.!?]")
NOT_SHOWN = {
    "ui/gate.py": "answers to other programs", "ui/phone_gate.py": "before there is a page",
    "sessions/migrations.py": "databases that the app has not made", "pose/models.py": "a broken installation",
    "camera/board_pdf.py": "the printed board", "protocols/hip_rotation/cues.py": "`test_language` makes every cue",
}  # fmt: skip
FILLED_WITH = ("2", "left", "internal", "days", "back", "both buttocks", "the left hip", "3 March 2026")
"""What the places of an f-string may hold; one of them has to make a sentence that is known."""
PUT_TOGETHER = re.compile(
    r"The interval reaches from|The interval is wide: film|which this screen does not measure|Internal rotation of the"
    r"|That would count as a difference|: none found|in 2: 2 .from|must be in the picture|edge comes|2 corner of"
    r"|2 paper|The board was not found|^Good. Rest. 2|2 day2, 2 minutes|The pelvis 2 2|turns 22 further|repetition2;"
    r"|2 leg that"
    r"|At rest the shins|not in the picture. Step back|The person 2: this|looks like 2. Keep|Left out: 2 2|with 2 2 of"
    r"|The 2 leg cannot|sqlite:///path|which this result"
)
"""Sentences of which words are put together in more than one place; recordings and pages below have most of them."""


def sentences_of(path):
    """Whole sentences of a module that are no docstrings, each in several ways where it has places."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        ways = []
        if isinstance(node, ast.JoinedStr):
            silent |= {id(part) for part in node.values}
            ways = ["".join(p.value if isinstance(p, ast.Constant) else w for p in node.values) for w in FILLED_WITH]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            ways = [node.value]
        # A place that is a sentence of its own is looked at where it is made.
        ways = [re.sub(r"(?:(?<=[.!?] )|^)2 |(?<=[.!?]) 2$", "", way.strip()) for way in ways]
        if ways and SENTENCE.fullmatch(ways[0]):
            yield ways


@pytest.mark.parametrize(
    "room", ["agreement", "camera", "capture", "drills", "meaning", "pose", "protocols", "sessions", "ui"]
)
def test_every_sentence_of_the_program_has_its_german(room):
    count = 0
    for path in sorted((PACKAGE / room).rglob("*.py")):
        if path.relative_to(PACKAGE).as_posix() in NOT_SHOWN:
            continue
        told = [ways for ways in sentences_of(path) if not PUT_TOGETHER.search(ways[0])]
        missing = [ways[0] for ways in told if not any(map(known_in_german, ways))]
        assert missing == [], path.name
        count += len(told)
    assert count > 2


def test_every_word_of_the_data_files_has_its_german():
    book = load_advice()
    texts = [book.dose_note, book.no_diagnosis, book.safety_source, *book.stop_rules]
    texts += [text for d in book.drills for text in (d.name, d.kind, d.how, d.dose, d.stop, d.source)]
    texts += [text for q in book.safety_questions for text in (q.question, q.action)]
    texts += [sample.what for sample in samples()]
    texts += [lens.why for lens in LENSES.values()]
    for drill in guided_drills():
        texts += [drill.name, drill.instruction, drill.place, drill.unseen, drill.counts, drill.counts.capitalize()]
        texts += [drill.go, drill.go_label]
        texts += [text for cheat in drill.cheats for text in (cheat.words, cheat.label, cheat.sentence)]
    assert left_english(texts) == {}


def test_what_cannot_be_corrected_has_its_german():
    texts = [
        f"{who} cannot be measured so." for who in ("The left leg", "The right leg", "That person", "The recording")
    ]
    for test in protocols():
        for what in get_args(get_type_hints(Correction)["what"]):
            if what not in test.corrects:
                with pytest.raises(BadInputError) as fault:
                    check_kinds(test, [Correction(what, "why", "2026-03-03")])
                texts.append(str(fault.value))
    assert len(texts) > 6
    assert left_english(texts) == {}


# -- real recordings --------------------------------------------------------------------------------------------------


def first_of(kind):
    return sorted((REPO / "validation" / "tracks").glob(f"{kind}_*.npz"))[:2]


@pytest.fixture(scope="module")
def documents():
    """What the program makes of kept recordings, of each test and of recordings of another test."""
    made = []
    for kind in (
        "seated",
        "seated_both",
        "seated_hike",
        "seated_wide",
        "behind_head",
        "overhead",
        "side_on",
        "foot_end",
    ):
        for path in first_of(kind):
            truth = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            asked = {name: truth[name] for name in ("position", "side", "mode")}
            made.append(analyse(PoseTrack.load(path), "hip_rotation", asked).document)
    ranges = [*first_of("straight_leg_raise_near"), *first_of("toe_touch_side"), *first_of("toe_touch_bent_knees")]
    for path in (*ranges, *first_of("toe_touch_oblique"), *first_of("seated")):
        track = PoseTrack.load(path)
        for side in ("left", "right"):
            made.append(analyse(track, "straight_leg_raise", {"side": side, "mode": "active"}).document)
        made += [analyse(track, "toe_touch", {"stature": height}).document for height in (None, "175")]
        made.append(analyse(track, "squat", {"legs": "both"}).document)
    for path in sorted((REPO / "tests" / "data" / "squats").glob("*.npz")):
        made += [analyse(PoseTrack.load(path), "squat", {"legs": legs}).document for legs in ("both", "left")]
    assert {document.status for document in made} == {"measured", "refused"}
    return made


CODES = {
    "person", "colour", "topic", "provenance", "commands", "codes", "found", "book", "quantity", "unit", "norm",
    "error", "code", "serves", "source", "side", "style", "anchor", "test", "position", "mode", "setup", "way",
    "verdict",
}  # fmt: skip
"""Fields of a report that hold no words for people, or words that `test_every_word_of_the_data_files` looks at."""


def words_of(thing):
    """All texts of a report: of dataclasses, tuples, charts and documents inside."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, Chart):
        yield from (thing.label, *(shape.text for shape in thing.shapes if isinstance(shape, Text)))
    elif isinstance(thing, Document):
        yield from (*thing.reasons, *thing.warnings)
        for r in thing.repetitions:
            yield from (*r.flags, r.note, r.quantity.replace("_", " "))
            yield from (name.rpartition("_")[0].replace("_", " ").capitalize() for name in r.values)
        for f in thing.findings:
            yield from (f.sentence, finding_amount(f), f.code.replace("_", " "), f.source)
        for answer in answers_of(thing):
            yield from (answer.question, *answer.lines)
        yield overall(answers_of(thing))
    elif is_dataclass(thing):
        for field in fields(thing):
            if field.name not in CODES:
                yield from words_of(getattr(thing, field.name))
        if hasattr(thing, "summaries"):
            yield from words_of(thing.summaries)
    elif isinstance(thing, tuple | list):
        for part in thing:
            yield from words_of(part)


def test_whatever_is_said_of_a_recording_has_its_german(documents):
    for sex in (None, "female", "male"):
        reports = [make_report([(document, ())], taken_at=NOW, sex=sex) for document in documents]
        texts = [text for report in reports for text in words_of(report) if report.statements or text]
        assert left_english(dict.fromkeys(texts)) == {}


def test_whatever_is_said_of_a_session_has_its_german(documents):
    hips = [d for d in documents if d.test == "hip_rotation" and d.status == "measured"]
    squats = [d for d in documents if d.test == "squat" and d.status == "measured"]
    pairs = [(rotation_document(a, side="left"), rotation_document(b, side="right")) for a, b in PAIRS]
    for session in (*pairs, (hips[0], squats[0]), (hips[0], squats[1])):
        report = make_report([(document, ()) for document in session], taken_at=NOW)
        assert left_english(dict.fromkeys(words_of(report))) == {}


PAIRS = (
    ((30.0, 31.0, 32.0), (31.0, 32.0, 33.0)),
    ((20.0, 21.0, 22.0), (31.0, 32.0, 33.0)),
    ((12.0, 13.0, 14.0), (40.0, 41.0, 42.0)),
)


# -- time, training, studies ------------------------------------------------------------------------------------------


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("ROM_VISION_DATABASE_URL", raising=False)
    monkeypatch.setenv(tongue.LANGUAGE, "de")
    store = SessionStore()
    store.add_person("Ana", sex="female", birth_year=1990)
    yield store
    store.close()


def lived(store, documents):
    """A person's months: hips that change, a squat, something refused, training, a plan, a correction."""
    squat = next(d for d in documents if d.test == "squat" and d.status == "measured" and d.findings)
    refused = next(d for d in documents if d.test == "hip_rotation" and d.status == "refused")
    reach = next(d for d in documents if d.test == "toe_touch" and d.status == "measured")
    left = [
        (20.0, 21.0, 22.0),
        (21.0, 21.5, 22.0),
        (25.0, 26.0, 27.0),
        (33.0, 34.0, 35.0),
        (36.0, 37.0, 38.0),
        (38.0, 39.0),
    ]
    numbers = []
    for weeks, peaks in zip(range(12, 0, -2), left, strict=True):
        at = NOW - timedelta(weeks=weeks)
        hips = [rotation_document(peaks, side="left"), rotation_document((30.0, 31.0 + weeks / 9, 30.5), side="right")]
        picture = Picture("End of internal rotation, left hip, repetition 1: 20.0°", picture_jpeg())
        made = [NewResult(hips[0], pose_track(peaks), (picture,)), NewResult(hips[1])]
        made += [NewResult(squat), NewResult(refused), NewResult(reach)] if weeks == 2 else []
        numbers.append(store.save_session("Ana", made, taken_at=at))
        save_training(store, "Ana", training("clamshell", at=at + timedelta(days=1), spoiled={"feet": 3}, pain=2))
    first = store.session(numbers[0]).results[0]
    correct(store, first.id, repetition_correction(first.document, 2, counts=False, reason="cough"))
    save_plan(store, "Ana", plan_of(["clamshell", "hip_cars", "supine_passive_rotation"]))
    return numbers


def test_time_training_and_studies_have_their_german(store, documents):
    numbers = lived(store, documents)
    series = [s for more in (False, True) for s in compare(store, "Ana", incomplete=more).series]
    texts = [text for number in numbers for text in words_of(session_report(store, number))]
    texts += [s.sentence for s in series] + [at_a_glance([s]) for s in series]
    done = [
        training("clamshell", at=NOW, spoiled={"feet": 3, "fast": 1}, pain=6),
        training("hip_cars", counted=1, at=NOW),
    ]
    texts += [dose_beside(s, done) for s in series] + [done_words(t) for t in done] + [weeks_words(done, NOW.date())]
    plan = plan_of([drill.code for drill in guided_drills()])
    texts += [dose_words(drill) for drill in plan.drills]
    days = [NOW.date() + timedelta(days=n) for n in range(7)]
    texts += [due_on(plan, some, day).note for some in ((), done, done[1:]) for day in days]
    made_study(store, people=4, sides=("left", "right"))
    for study in studies(store):
        note_shown(store, study.name)
        found = trials(store, study.name)
        for some in (found, found[:1]):
            told = told_of(analyse_study(study, some))
            texts += [told.kind, told.made, told.lead, *(row[1] for s in told.sections for row in s.rows)]
            texts += [text for s in told.sections for text in (s.title, *s.texts, *(row[0] for row in s.rows))]
            texts += [text for s in told.sections for chart in s.charts for text in words_of(chart)]
    assert left_english(dict.fromkeys(text for text in texts if "The shank is only" not in text)) == {}


# -- pages ------------------------------------------------------------------------------------------------------------


def titles_in(chart):
    """Titles of a chart's specification, and the words of its data."""
    for name, part in chart.items() if isinstance(chart, dict) else enumerate(chart):
        if isinstance(part, dict | list):
            yield from titles_in(part)
        elif name in ("title", "side", "text", "week") and isinstance(part, str):
            yield part


def words_in(data):
    """All texts of what a part that runs in the browser is given."""
    for part in data.values() if isinstance(data, dict) else data:
        if isinstance(part, dict | list):
            yield from words_in(part)
        elif isinstance(part, str):
            yield part


NO_WORDS = {
    "id", "key", "js", "css", "url", "form_id", "icon", "arrow_data", "css_content", "js_content", "selection_mode",
}  # fmt: skip


def strings_in(message):
    """All texts of what a page sends to the browser."""
    for field, value in message.ListFields():
        several = value if not isinstance(value, str) and hasattr(value, "__len__") else [value]
        if field.name in NO_WORDS:
            continue
        for one in several:
            if hasattr(one, "ListFields"):
                yield from strings_in(one)
            elif isinstance(one, str) and one.startswith('{"'):
                yield from (titles_in if field.name == "spec" else words_in)(json.loads(one))
            elif isinstance(one, str):
                yield one


def english_on(test):
    """Sentences and labels of a page that hold English words, without marks, style sheets, code and addresses."""
    assert not test.exception
    found = []
    for element in test._tree:
        proto = getattr(element, "proto", None)
        if type(proto).__name__ == "MultiSelect" and not proto.placeholder:
            found.append(f"{proto.label}: without a placeholder of ours Streamlit shows its own")
        for text in strings_in(proto) if proto is not None else ():
            plain = re.sub(r"<(style|script)>.*?</\1>|`[^`]*`|<[^>]*>|data:\S+", " ", text, flags=re.DOTALL)
            plain = re.sub(r"\S*/\S*", " ", plain.replace("\\", "")).replace(STUDY, "")  # addresses and folders
            if is_english(html.unescape(plain)):
                found.append(plain.strip()[:200])
    return found


@pytest.mark.parametrize(
    "page", ["start", "selftest", "upload", "train", "result", "progress", "camera", "study", "privacy"]
)
def test_a_page_has_no_english_left_before_anything_is_there(store, page):
    assert english_on(app(page).run()) == []


@pytest.mark.parametrize("page", ["start", "selftest", "train", "progress", "study", "privacy"])
def test_a_page_has_no_english_left_with_months_of_somebody(store, documents, page):
    lived(store, documents)
    made_study(store, people=4)
    assert english_on(app(page).run()) == []


def test_kept_sessions_have_no_english_left(store, documents):
    numbers = lived(store, documents)
    for number in (numbers[0], numbers[-2]):
        assert english_on(app("result", session=str(number)).run()) == []


def test_fresh_results_have_no_english_left(store, documents):
    first = app("result").run()
    space = spaces.hashlib.sha256(first.session_state["space_key"].encode()).hexdigest()[:32]
    for test in ("hip_rotation", "squat", "straight_leg_raise", "toe_touch"):
        for status in ("measured", "refused"):
            document = next(d for d in documents if (d.test, d.status) == (test, status))
            job = spaces.runner().new(space, "film.mp4")
            job.state, job.outcome = "done", Finished(document, pose_track(), (), None)
            assert english_on(app("result", job=job.id).run()) == [], (test, status)


# -- reports ----------------------------------------------------------------------------------------------------------


def english_in(text):
    text = re.sub(
        r"<style>.*?</style>|<code>.*?</code>|data:[^\"]+|class=\"[^\"]*\"|<[^>]*>", " ", text, flags=re.DOTALL
    )
    lines = [line for line in html.unescape(text).replace(STUDY, "").splitlines() if "rom-vision" not in line]
    return [line.strip() for line in lines if is_english(line)]


def test_reports_made_in_german_have_no_english_left(store, documents):
    numbers = lived(store, documents)
    for number in numbers[-2:]:
        report = session_report(store, number)
        page, paper = html_of(report, "de"), pdf_of(report, "de")
        assert '<html lang="de">' in page
        assert english_in(page) == []
        pages = [sheet.extract_text() for sheet in PdfReader(io.BytesIO(paper)).pages]
        assert "BEWEGUNGSBERICHT" in pages[0]
        assert english_in("\n".join(pages).replace(STUDY.replace(" ", "\n"), "")) == []
        assert "Movement report" in html_of(report)


def test_the_report_of_a_study_and_the_calendar_are_german(store):
    made_study(store, people=4)
    (study,) = studies(store)
    told = told_of(analyse_study(study, trials(store, study.name)))
    assert (
        english_in(
            html_of_study(told, "de").replace("The shank is only 60 pixels long: come closer to the camera.", "")
        )
        == []
    )
    assert pdf_of_study(told, "de").startswith(b"%PDF")
    plan = plan_of([drill.code for drill in guided_drills()])
    calendar = ics_of(plan, person_uid="0" * 32, language="de").decode()
    assert "Hüfttraining" in calendar
    assert not ENGLISH.search(calendar.replace("\r\n ", ""))
