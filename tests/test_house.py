"""The shape of the house: imports point one way, no circle anywhere, rooms and functions of a size to be read."""

import ast
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[1]
ORDER = {
    "errors": 0, "legible": 0, "files": 0, "language": 0,
    "capture": 1, "camera": 2, "pose": 3, "body": 4, "results": 5, "protocols": 6, "meaning": 7, "drills": 8,
    "pipeline": 9, "sessions": 9, "batch": 10, "report": 10, "agreement": 11, "ui": 12, "cli": 12, "__main__": 13,
}  # fmt: skip
"""Rooms from left to right; imports point left or stay. `pipeline` and `sessions` stand side by side."""

MAX_FILE, MAX_FUNCTION, MAX_MEDIAN = 400, 60, 200


def modules(package):
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted((ROOT / package).rglob("*.py"))
    }


OWN, CHECKS = modules("rom_vision"), modules("validation")
ALL = OWN | CHECKS


def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(name, path, *, lazy):
    """Modules of ours that a module imports; only those at its top, unless ``lazy``."""
    tree = parsed(path)
    nodes = list(ast.walk(tree)) if lazy else list(_at_the_top(tree))
    found = set()
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {other for other in found if other in ALL and other != name}


def _at_the_top(tree):
    for node in tree.body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        yield from ast.walk(node) if isinstance(node, (ast.If, ast.Try)) else [node]


def room(name):
    return name.split(".")[1] if "." in name else ""


@pytest.mark.parametrize("name", OWN)
def test_imports_point_left(name):
    if room(name) not in ORDER:
        assert name in ("rom_vision",), f"{name} lies in no known room"
        return
    for other in imports(name, OWN[name], lazy=True) & set(OWN):
        if room(other):
            assert ORDER[room(other)] <= ORDER[room(name)], f"{name} imports {other}, which lies to its right"


def test_there_is_no_circle():
    """Imports at the top of modules only: those inside functions are there to load late."""
    graph = {name: imports(name, path, lazy=False) for name, path in ALL.items()}
    done, way = set(), []

    def visit(name):
        if name in way:
            pytest.fail(" -> ".join([*way[way.index(name) :], name]))
        if name in done:
            return
        way.append(name)
        for other in graph[name]:
            # A package that gathers its parts is no circle with them.
            if not (name.startswith(f"{other}.") or other.startswith(f"{name}.")):
                visit(other)
        way.pop()
        done.add(name)

    for name in graph:
        visit(name)


def test_rooms_and_functions_can_be_read():
    lengths, faults = [], []
    for path in ALL.values():
        text = path.read_text(encoding="utf-8")
        lengths.append(text.count("\n"))
        if lengths[-1] > MAX_FILE:
            faults.append(f"{path.relative_to(ROOT)}: {lengths[-1]} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MAX_FUNCTION:
                    faults.append(f"{path.relative_to(ROOT)}: {node.name} has {length} lines")
    assert not faults
    assert median(lengths) < MAX_MEDIAN


def test_nobody_asks_which_test_it_is_by_type():
    """What is special to a test is asked of one object per layer, never of a type."""
    for path in OWN.values():
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "isinstance":
                assert "Document" not in ast.dump(node) or path.parent.name == "results", f"{path}:{node.lineno}"
