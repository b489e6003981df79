"""What users read ties no value to a disease and sends nobody to a clinician because of a number.

Every text of the package is looked through: string constants that are no docstrings, data files, templates. (After the
guidance on general wellness of the FDA, January 2026, and MDCG 2019-11 rev. 1.)
"""

import ast
import gettext
import json
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "rom_vision"
NEVER = re.compile(
    r"femoral version|(?:ante|retro)version|arthritis|arthrosis|impinge|dysplasia|labr(?:um|al) tear|syndrome|patholog"
    r"|abnormal|disorder|symptom of|sign of a|treat(?:s|ment)\b|therapy for|\bcure\b|at risk|injury risk",
    re.IGNORECASE,
)
SENDS_AWAY = re.compile(r"clinician|doctor|physician|surgeon|have (?:it|the hip) looked at", re.IGNORECASE)
BECAUSE_OF = re.compile(
    r"pain|hurt|pinch|numb|fever|bladder|fracture|dislocation|operation|necrosis|growth plate|pregnan|limp|fall,"
    r"|no diagnosis|disease of the bone|consent|locks|has a doctor told you|^Do not test|midwife",
    re.IGNORECASE,
)
GERMAN = {
    "never": re.compile(
        r"femoral|(?:ante|retro)(?:torsion|version)|arthrose|arthritis|impingement|dysplasie|labrum|syndrom|pathologi"
        r"|krankhaft|abnorm|störung|anzeichen|symptom|behandl|therapie (?:für|gegen|bei)|\bheil|gefährdet"
        r"|verletzungsrisiko",
        re.IGNORECASE,
    ),
    "sends": re.compile(r"ärzt|\barzt|operateur|fachperson|lassen sie die hüfte ansehen", re.IGNORECASE),
    "because": re.compile(
        r"schmerz|zwick|taub|fieber|blase|bruch|frakt|ausgerenkt|luxation|operation|operier|nekrose|wachstumsfuge"
        r"|schwanger|hink|sturz|keine diagnose|osteoporose|einverständnis|zustimmung|blockier|hebamme"
        r"|nach ärztlichem rat|^machen sie diesen test|^nicht testen|^testen sie nicht|^kein test",
        re.IGNORECASE,
    ),
}
"""The same lists for German: `never`, and who is sent to somebody only `because` of something."""
NUMBER_SENDS = re.compile(r"(?:value|number|degrees?|°|low|high|difference)[^.]*\b(?:see|show|worth showing)[^.]*"
                          r"(?:clinician|doctor|physician|physiotherapist)", re.IGNORECASE)  # fmt: skip


def constants(path):
    """The text constants of a module without its docstrings; the parts of one f-string as one text."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            silent.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            yield "".join(p.value if isinstance(p, ast.Constant) else "0" for p in node.values)
            silent.update(id(p) for p in node.values)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
            yield node.value


def texts_in(data):
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for part in data.values() if isinstance(data, dict) else data:
            yield from texts_in(part)


def texts():
    for path in sorted(PACKAGE.rglob("*.py")):
        yield from ((path.name, text) for text in constants(path))
    for path in sorted(PACKAGE.rglob("*.json")):
        yield from ((path.name, text) for text in texts_in(json.loads(path.read_text(encoding="utf-8"))))
    for suffix in ("*.html", "*.j2"):
        for path in sorted(PACKAGE.rglob(suffix)):
            yield path.name, path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def everything():
    found = [(name, text) for name, text in texts() if " " in text]
    assert len(found) > 1000
    return found


def test_no_text_names_what_a_value_could_be_taken_for(everything):
    assert [(name, m.group(), text[:90]) for name, text in everything if (m := NEVER.search(text))] == []


def test_nobody_is_sent_to_a_clinician_because_of_a_number(everything):
    assert [(name, text[:160]) for name, text in everything if NUMBER_SENDS.search(text)] == []
    sent = [(name, text[:160]) for name, text in everything if SENDS_AWAY.search(text) and not BECAUSE_OF.search(text)]
    assert sent == []


def test_german_is_as_careful():
    told = gettext.translation("rom_vision", str(PACKAGE / "locale"), ["de"])._catalog.items()
    texts = [there for text, there in told if text]
    assert len(texts) > 1000
    assert [(m.group(), text[:90]) for text in texts if (m := GERMAN["never"].search(text))] == []
    sent = [text[:160] for text in texts if GERMAN["sends"].search(text) and not GERMAN["because"].search(text)]
    assert sent == []


@pytest.mark.parametrize(
    "text",
    [
        "Das kann eine Arthrose sein.",
        "Ein so niedriger Wert ist ein Anzeichen.",
    ],
)
def test_the_german_list_catches_what_it_is_for(text):
    assert GERMAN["never"].search(text)


@pytest.mark.parametrize(
    "text",
    [
        "A value this low is worth showing to a clinician.",
        "This may be osteoarthritis.",
        "Femoral version.",
    ],
)
def test_the_lists_catch_what_they_are_for(text):
    assert NEVER.search(text) or NUMBER_SENDS.search(text)
