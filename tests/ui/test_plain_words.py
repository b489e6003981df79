"""Whatever a page shows that it did not write itself goes through `plain`: read from the pages' own code."""

import ast
from pathlib import Path

UI = Path(__file__).parents[2] / "rom_vision" / "ui"
SHOWS_MARKDOWN = {
    "title", "header", "subheader", "markdown", "caption", "write", "error", "info", "warning", "success", "button",
    "checkbox", "toggle", "radio", "selectbox", "segmented_control", "expander", "popover", "download_button",
    "progress", "spinner", "form_submit_button", "text_input", "number_input", "file_uploader", "page_link", "tabs",
    "link_button", "toast", "metric", "text_area", "multiselect", "slider", "date_input", "time_input", "badge",
}  # fmt: skip
"""Streamlit's calls whose first argument is read as Markdown."""
TEXT_IN = {"progress": "text", "page_link": "label"}
"""Those whose text has another place."""
SAFE = {"plain", "len", "round", "abs", "min", "max", "title_of", "_left"}
"""What escapes, what gives a number, and what says how far something has come."""
OURS = {"t", "translated"}
"""Texts of our own; what goes into their places is looked at, too."""
NUMBERS = {
    "id", "number", "n", "count", "session", "sessions_added", "sessions_known", "width", "height", "size_mb",
    "limit_mb", "analysed_per_s", "waiting_s", "value", "results", "readings",
}  # fmt: skip
"""Names that hold numbers wherever the app uses them."""
REVIEWED = {
    ("frame.py", "label"): "callers of `link` give constants",
    ("upload.py", "label"): "callers of `_choice` give the words of the tests, through `plain`",
    ("base.py", "title"): "constants of its callers",
    ("base.py", "heading"): "constants of its callers",
    ("base.py", "caption"): "constants of its callers",
    ("edit.py", "day_label"): "constants of its callers",
    ("edit.py", "time_label"): "constants of its callers",
    ("live_ask.py", "label"): "constants of its callers",
    ("start.py", "title"): "constants of its callers",
    ("start.py", "text"): "constants of its callers",
    ("progress.py", "what"): "callers of `_confirm` give a name through `plain`",
    ("study.py", "label"): "constants of the function",
    ("train.py", "text"): "callers of `_entry` put it together through `plain`",
}


class Reader:
    """Looks whether an expression is text of ours, numbers, or went through `plain`."""

    def __init__(self, path, tree):
        self.path = path
        self.constants = {
            target.id
            for node in tree.body
            if isinstance(node, (ast.Assign, ast.AnnAssign))
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        self.functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}

    def safe(self, node, function, depth=0):
        if depth > 6:
            return False
        inner = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
        if isinstance(node, ast.Constant):
            return True
        if isinstance(node, ast.FormattedValue):
            # A format makes a number or a date of it, or fails.
            return node.format_spec is not None or self.safe(node.value, function, depth)
        if isinstance(node, (ast.JoinedStr, ast.BinOp, ast.List, ast.Tuple, ast.Starred, ast.Compare)):
            return all(self.safe(part, function, depth) for part in inner)
        if isinstance(node, ast.IfExp):
            return self.safe(node.body, function, depth) and self.safe(node.orelse, function, depth)
        if isinstance(node, ast.BoolOp):
            return all(self.safe(part, function, depth) for part in node.values)
        if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
            return self.safe(node.elt, function, depth)
        if isinstance(node, ast.Attribute):
            return node.attr in NUMBERS
        if isinstance(node, ast.Subscript):
            return self.safe(node.value, function, depth)
        if isinstance(node, ast.Call):
            return self._call_is_safe(node, function, depth)
        if isinstance(node, ast.Dict):
            return all(self.safe(part, function, depth) for part in node.values)
        return isinstance(node, ast.Name) and self._name_is_safe(node.id, function, depth)

    def _call_is_safe(self, node, function, depth):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        values = [word.value for word in node.keywords]
        if name in SAFE:
            return True
        if name in OURS:
            return all(self.safe(value, function, depth) for value in [*node.args[1:], *values]) or name == "translated"
        if name == "join":
            return all(self.safe(part, function, depth) for part in node.args)
        if name == "map":
            return getattr(node.args[0], "id", "") in SAFE
        if name == "index":
            return True
        if name == "get" and isinstance(node.func.value, ast.Dict):
            return all(self.safe(part, function, depth) for part in [node.func.value, *node.args[1:]])
        if name in ("capitalize", "strip", "lower", "upper", "enumerate"):
            return self.safe(node.func.value, function, depth) if isinstance(node.func, ast.Attribute) else True
        made = self.functions.get(name)
        if made is not None:  # a function of this module that makes the text
            returned = [r.value for r in ast.walk(made) if isinstance(r, ast.Return) and r.value is not None]
            return bool(returned) and all(self.safe(value, made, depth + 1) for value in returned)
        return False

    def _name_is_safe(self, name, function, depth):
        if name.isupper() or name in self.constants or name in NUMBERS or (self.path.name, name) in REVIEWED:
            return True
        given = []
        for node in ast.walk(function) if function is not None else ():
            if isinstance(node, ast.Assign):
                given += [node.value for target in node.targets if isinstance(target, ast.Name) and target.id == name]
                for target in (target for target in node.targets if isinstance(target, ast.Tuple)):
                    values = getattr(node.value, "elts", [node.value] * len(target.elts))
                    pairs = zip(target.elts, values, strict=False)
                    given += [value for part, value in pairs if getattr(part, "id", "") == name]
            elif isinstance(node, ast.comprehension):
                given += [node.iter] if getattr(node.target, "id", "") == name else []
            elif isinstance(node, (ast.AugAssign, ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
                given += [node.value] if getattr(node.target, "id", "") == name else []
            elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("append", "extend"):
                given += node.args if getattr(node.func.value, "id", "") == name else []
        return bool(given) and all(self.safe(value, function, depth + 1) for value in given)


def shown_as_markdown(tree):
    """The calls of Streamlit that show Markdown, each with the function that holds it."""
    for function in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in SHOWS_MARKDOWN and node.args:
                elsewhere = TEXT_IN.get(node.func.attr)
                named = [word.value for word in node.keywords if word.arg == elsewhere]
                if elsewhere is None or named:
                    yield function, node, (named or node.args)[0]


def faults_of(path, text):
    tree = ast.parse(text)
    reader = Reader(path, tree)
    return [
        f"{path.name}:{node.lineno}: {ast.unparse(node)[:120]}"
        for function, node, text_of_it in shown_as_markdown(tree)
        if not reader.safe(text_of_it, function)
    ]


def test_every_text_that_a_page_did_not_write_goes_through_plain():
    paths = sorted(UI.rglob("*.py"))
    calls = sum(len(list(shown_as_markdown(ast.parse(path.read_text(encoding="utf-8"))))) for path in paths)
    assert calls > 150
    faults = [fault for path in paths for fault in faults_of(path, path.read_text(encoding="utf-8"))]
    assert faults == []


def test_the_reader_finds_what_it_is_for():
    for body, bad in (
        ("st.error(str(fault))", True),
        ("st.error(plain(str(fault)))", False),
        ("st.success(f'Kept for {person.name}')", True),
        ("st.success(f'Kept for {plain(person.name)}, session {session.id}')", False),
        ("name = person.name\n    st.title(name)", True),
        ("name = plain(person.name)\n    st.title(name)", False),
        ("st.info(t('Kept for {name}.', name=person.name))", True),
        ("st.info(t('Kept for {name}.', name=plain(person.name)))", False),
        ("lines = ['a']\n    lines.append(note)\n    st.markdown(' '.join(lines))", True),
        ("st.caption(f'{size:.1f} MB')", False),
    ):
        found = faults_of(Path("x.py"), f"def page(person, session, fault, note, size):\n    {body}\n")
        assert bool(found) is bad, body
