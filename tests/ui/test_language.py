"""German: everything that a translated page shows or says is in the catalogue, and stands in its places."""

import ast
import inspect
import io
import itertools
import re
from dataclasses import fields, is_dataclass
from gettext import GNUTranslations
from importlib import import_module
from pathlib import Path
from typing import get_args

import pytest
from app_pages import app

from rom_vision import language
from rom_vision.cli import root
from rom_vision.drills.book import guided_drills
from rom_vision.language import LANGUAGES, figures, fill, translated
from rom_vision.meaning.advice import load_advice
from rom_vision.protocols import coaching
from rom_vision.protocols.hip_rotation import setup_check
from rom_vision.protocols.hip_rotation.cues import Script
from rom_vision.protocols.registry import protocols
from rom_vision.protocols.squat import coach as squat_coach
from rom_vision.protocols.squat import rules
from rom_vision.protocols.straight_leg_raise import coach as leg_raise_coach
from rom_vision.ui.live import far, hold_guide, webcam
from rom_vision.ui.pages import selftest, start
from rom_vision.ui.parts import camera_choice, live_ask, people, tongue

PACKAGE = Path(language.__file__).parent
OTHERS = [name for name in LANGUAGES if name != "en"]
PLACE = re.compile(r"\{(\w+)\}")
UI = sorted(path.relative_to(PACKAGE).as_posix() for path in (PACKAGE / "ui").rglob("*.py"))
CUES_OF = (
    "protocols/hip_rotation/setup_check.py", "protocols/squat/coach.py", "protocols/coaching.py",
    "protocols/parts_coach.py", "protocols/hold_coach.py", "protocols/straight_leg_raise/coach.py",
    "protocols/toe_touch/coach.py",
)  # fmt: skip


def tree(name):
    return ast.parse((PACKAGE / name).read_text(encoding="utf-8"))


def filled(node):
    """The text of a constant or of an f-string, whose places hold a number; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "2" for part in node.values)
    return None


def asked_for():
    """What the pages ask the catalogue for by its words."""
    for name in UI:
        for node in ast.walk(tree(name)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("t", "translated") and node.args:
                if isinstance(node.args[0], ast.Constant):
                    yield node.args[0].value, {word.arg for word in node.keywords}
                elif isinstance(node.args[0], ast.IfExp):
                    ways = (node.args[0].body, node.args[0].orelse)
                    yield from ((way.value, set()) for way in ways if isinstance(way, ast.Constant))


def texts_of(thing):
    if isinstance(thing, str):
        yield thing
    elif is_dataclass(thing):
        for field in fields(thing):
            yield from texts_of(getattr(thing, field.name))
    elif isinstance(thing, (tuple, list)):
        for part in thing:
            yield from texts_of(part)
    elif isinstance(thing, dict):
        for part in thing.values():
            yield from texts_of(part)


def kept_as_data():
    book = load_advice()
    yield from texts_of(start.VIEWS)
    yield from texts_of([q.question for q in book.safety_questions] + [q.action for q in book.safety_questions])
    yield from texts_of([book.stop_rules, book.safety_source, book.no_diagnosis])
    yield from texts_of([live_ask.TESTS, live_ask.PLACES, list(live_ask.SIDES), list(live_ask.WAYS)])
    yield from texts_of([list(live_ask.MODES), list(live_ask.VIEWS), list(people._SEX), people._WHO])
    yield from texts_of([camera_choice._KINDS, webcam._FAULTS, webcam._START, webcam._STOP, webcam._NAME])
    yield webcam._FAULT.format(name="OddError")
    yield from texts_of([far.PART_NAMES, selftest._ALLOW, [part.capitalize() for part in far.PART_NAMES]])
    yield from ("seated", "supine", "active", "passive", "internal rotation", "external rotation")
    yield from ("straight leg raise", "fingertips over the floor")
    yield from (drill.name for drill in guided_drills())
    for kind in hold_guide.HOLDS.values():
        yield from leg_raise_coach._GO.values()
        yield from (kind.place, *kind.task(("left", "right"), {}).parts.values())
    for test in protocols():
        for option in test.options:
            yield from (option.words, option.help, *(choice.words for choice in option.choices))
    yield from texts_of([title for title, _ in import_module("rom_vision.ui.main")._PAGES.values()])
    for name, word in (("ui/pages/selftest.py", "say"), ("ui/pages/start.py", "_way")):
        for node in ast.walk(tree(name)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == word:
                yield from (arg.value for arg in node.args[:2] if isinstance(arg, ast.Constant) and " " in arg.value)


def cues():
    """Every cue of every coach, with all that it may have to name."""
    choices = {
        "to": ("left", "right", None), "more": (True, False), "standing": (True, False), "number": (2,), "good": (2,),
        "of": (3,), "direction": ("internal", "external"), "following": ("left", "right"),
        "fault": ("unheld", "hike", "lean", "knee", "unclear", "lost", "differs"),
    }  # fmt: skip
    for made in itertools.product(("seated", "supine"), ("left", "right"), ("active", "passive")):
        script = Script(*made)
        for name, method in inspect.getmembers(script, inspect.ismethod):
            if name.startswith("_"):
                continue
            wanted = inspect.signature(method).parameters
            for values in itertools.product(*(choices[parameter] for parameter in wanted)):
                yield method(**dict(zip(wanted, values, strict=True)))
    for module in (coaching, squat_coach, setup_check):
        yield from (thing for thing in vars(module).values() if isinstance(thing, coaching.Cue))


def said():
    for cue in cues():
        yield from (cue.label, cue.sentence)
    for name in CUES_OF:
        for node in ast.walk(tree(name)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Cue":
                yield from filter(None, map(filled, node.args[1:3]))
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("sentence", "stuck"):
                yield filled(node.value)
    yield from ("Left leg", "Right leg", *squat_coach._TITLES.values())


ALL = sorted({*(text for text, _ in asked_for()), *kept_as_data(), *said()})


@pytest.mark.parametrize("into", OTHERS)
def test_every_text_of_the_translated_pages_is_in_the_catalogue(into):
    missing = [text for text in ALL if re.search(r"[A-Za-z]{2}", text) and not knows(text, into)]
    assert missing == []


def knows(text, into):
    return all(there is not None for _, there in language._pieces(text, into))


def filled_in(name, functions):
    """What some functions of a module add to a result: whole sentences, their places holding a number."""
    for function in ast.walk(tree(name)):
        if isinstance(function, ast.FunctionDef) and function.name in functions:
            for node in ast.walk(function):
                added = isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "append"
                listed = isinstance(node, ast.Return) and isinstance(node.value, ast.List) and node.value.elts
                text = filled(node.args[0]) if added else filled(node.value.elts[0]) if listed else None
                if text and " " in text:
                    yield text


HIP = ("_posture_refusals", "_refusals", "_warnings", "_no_value", "_too_wide", "_rejections")


@pytest.mark.parametrize("into", OTHERS)
def test_whatever_a_hip_test_refuses_or_warns_of_is_in_the_catalogue(into):
    texts = set(filled_in("protocols/hip_rotation/measure.py", HIP))
    assert len(texts) > 12
    assert [text for text in texts if not knows(text, into)] == []


@pytest.mark.parametrize("into", OTHERS)
def test_whatever_a_squat_shows_is_in_the_catalogue(into):
    subjects = {
        "knee_valgus": "knee", "knee_varus": "knee", "knee_asymmetry": "knee", "knee_hyperextension": "knee",
        "foot_turnout": "foot", "heel_rise": "heel", "pelvic_obliquity": "The pelvis, to the left,",
        "lateral_shift": "The pelvis, to the left,", "trunk_side_bend": "The trunk, to the left,",
        "forward_lean": "The trunk", "shallow_depth": "The thigh", "arms_fall": "The arms",
    }  # fmt: skip
    for rule in [*rules.RULES.values(), *rules.SINGLE_LEG_RULES.values()]:
        subject = subjects[rule.code]
        subject = subject if " " in subject else f"The left {subject}"
        for severity, numbers in (("mild", (2,)), ("marked", (1, 3))):
            told = rules._sentence(rule, "left", severity, subject, 14.0, (9.0, 19.0), numbers, 1.0)
            there = translated(told, into)
            assert there != told
            for kept in ("14", "9", "19", *map(str, numbers)):
                assert kept in there
            assert not re.search(r"\b(repetition|mild|marked|by|stance|the)\b", there)


@pytest.mark.parametrize("into", OTHERS)
def test_places_are_kept(into):
    for text, there in language._catalogue(into).items():
        asked = set(PLACE.findall(text))
        assert set(PLACE.findall(there)) <= asked, text
        if not text.startswith(language._SAID):
            assert set(PLACE.findall(there)) == asked, text
    wanted = {text: places for text, places in asked_for() if places}
    assert {text: set(PLACE.findall(text)) for text in wanted} == wanted


@pytest.mark.parametrize("into", OTHERS)
def test_the_compiled_catalogue_is_that_of_the_texts(into):
    mofile, pofile = (pytest.importorskip(f"babel.messages.{name}") for name in ("mofile", "pofile"))
    source = PACKAGE / "locale" / into / "LC_MESSAGES" / "rom_vision.po"
    with source.open("rb") as texts:
        catalogue = pofile.read_po(texts)
    compiled = io.BytesIO()
    mofile.write_mo(compiled, catalogue)
    kept, now = (
        # But for the head, which names the version of the compiler.
        {words: text for words, text in GNUTranslations(io.BytesIO(data))._catalog.items() if words}
        for data in (source.with_suffix(".mo").read_bytes(), compiled.getvalue())
    )
    assert kept == now, "run `make catalogue`"
    assert not [message.id for message in catalogue if message.id and (message.fuzzy or not message.string)]


def test_what_stands_in_the_places_is_translated_or_left():
    assert translated("Good, that is 2 of 3. Again.", "de") == "Gut, das waren 2 von 3. Noch einmal."
    flags = "trunk leaned by 9 degrees: keep it still; the person was lost from view during the repetition"
    there = translated(f"No repetition could be scored: {flags}.", "de")
    assert "Rumpf um 9 Grad" in there
    assert "nicht zu sehen" in there
    assert translated("There is already somebody called {x}.", "de").endswith("dem Namen {x}.")
    assert translated("Nobody ever wrote this sentence.", "de") == "Nobody ever wrote this sentence."
    assert translated("Hold.", "en") == "Hold."


def test_figures_are_written_as_in_the_language():
    assert translated("31.4° to 33.0°", "de") == "31,4° bis 33,0°"
    assert translated("31.4° to 33.0°", "en") == "31.4° to 33.0°"
    assert fill("{value}; {n}; {name}; {path}", "de", value="+1.5 cm", n=2.25, name="12.5", path="1.5") == (
        "+1,5 cm; 2,25; 12.5; 1.5"
    ), "what somebody else wrote stays as it is"
    for other in ("0.2.0", "3.4.2026", "12:30", "P12.5", "Krause 2015"):
        assert figures(other, "de") == other
    assert set(language.DECIMAL_MARK) == set(LANGUAGES)


def test_the_command_line_offers_the_same_languages():
    wanted = inspect.signature(root.run_app, eval_str=True).parameters["language"].annotation
    assert set(get_args(get_args(get_args(wanted)[0])[0])) == set(LANGUAGES)


@pytest.fixture
def german(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("ROM_VISION_DATABASE_URL", raising=False)
    monkeypatch.setenv(tongue.LANGUAGE, "de")


def shown_on(page):
    test = app(page, owner=False).run()
    assert not test.exception
    parts = [*test.title, *test.header, *test.markdown, *test.caption, *test.info, *test.warning, *test.error]
    labels = [*test.button, *test.radio, *test.selectbox, *test.checkbox, *test.text_input, *test.expander]
    return "\n".join([*(str(part.value) for part in parts), *(box.label for box in labels)])


def test_without_a_wish_the_app_is_english(german, monkeypatch):
    monkeypatch.delenv(tongue.LANGUAGE)
    assert "How far do your hips turn?" in shown_on("start")
