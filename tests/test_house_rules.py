"""The rules the three packages live by: who may import what, and how large things may get."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("questionnaires", "survey", "analysis")
FILE_LINES, FUNCTION_LINES = 450, 60

# package → module → where in the package it may be imported
FLASK_FAMILY = ("flask", "flask_wtf", "wtforms", "werkzeug", "jinja2", "markupsafe", "itsdangerous", "click")
ALLOWED: dict[str, dict[str, str]] = {
    # pydantic_core: where pydantic keeps the types of its error details
    "questionnaires": dict.fromkeys(("pydantic", "pydantic_core", "ruamel"), "questionnaires/"),
    "analysis": {
        **dict.fromkeys(("questionnaires", "numpy", "pandas", "scipy", "highspy"), "analysis/"),
        "plotly": "analysis/figures.py",
    },
    "survey": {
        **dict.fromkeys(("questionnaires", *FLASK_FAMILY, "babel", "argon2", "segno", "waitress"), "survey/"),
        **dict.fromkeys(("brotli", "minify"), "survey/respond/"),
        **dict.fromkeys(("sqlalchemy", "alembic"), "survey/store/"),
        "shapely": "survey/boundaries.py",
        "xlsxwriter": "survey/results/sheets.py",
    },
}

# Bracketed letters, so that the pattern does not find itself; in small letters the marks are ordinary words.
UNFINISHED = re.compile(
    r"\b(?:TO[D]O|FIX[M]E|X[X]X|NotImplemented[E]rror)\b"
    r"|(?i:lorem [i]psum|coming [s]oon|not (?:yet )?implemente[d]|noch nicht (?:umgesetz[t]|implementier[t]))"
)
TEXTS = {".css", ".html", ".js", ".json", ".md", ".po", ".py", ".sh", ".svg", ".toml", ".yaml", ".yml", ""}
NOT_OURS = {"var", "build", "dist", "vendor", "node_modules", "__pycache__", "LICENSE", "CHANGELOG.md"}

Functions = Iterator[ast.FunctionDef | ast.AsyncFunctionDef]
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def _imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and name of every absolute import: at the top or in a function, as a statement or by name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.lineno, node.module
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            yield from ((node.lineno, str(a.value)) for a in node.args[:1] if isinstance(a, ast.Constant))


def import_problems(place: str, tree: ast.Module) -> list[str]:
    """`place` is the file's path in the checkout, such as "survey/store/tables.py"."""
    package = place.partition("/")[0]
    found = []
    for line, name in _imported(tree):
        module = name.partition(".")[0]
        where = ALLOWED[package].get(module)
        if module in sys.stdlib_module_names or module == package or (where and place.startswith(where)):
            continue
        found.append(f"{place}:{line} imports {name}" + (f", allowed in {where} only" if where else ""))
    return found


def size_problems(place: str, tree: ast.Module, n_lines: int) -> list[str]:
    if "/migrations/" in place:  # a migration is a record of what was done, never reworked
        return []
    found = [f"{place}: {n_lines} lines"] if n_lines > FILE_LINES else []
    functions = [node for node in ast.walk(tree) if isinstance(node, FUNCTION)]
    sizes = [(node, (node.end_lineno or 0) - node.lineno + 1) for node in functions]
    return found + [f"{place}:{f.lineno} {f.name}: {n} lines" for f, n in sizes if n > FUNCTION_LINES]


def _public_functions(tree: ast.Module) -> Functions:
    """Every function with a public name, wherever it stands."""
    return (node for node in ast.walk(tree) if isinstance(node, FUNCTION) and not node.name.startswith("_"))


def docstring_problems(place: str, tree: ast.Module) -> list[str]:
    if not place.startswith(("questionnaires/", "analysis/")):
        return []
    return [
        f"{place}:{node.lineno} {node.name} has no docstring"
        for node in _public_functions(tree)
        if not ast.get_docstring(node) and "overload" not in map(ast.unparse, node.decorator_list)
    ]


def unfinished_problems(place: str, text: str) -> list[str]:
    lines = enumerate(text.splitlines(), start=1)
    return [f"{place}:{n} {match[0]}" for n, line in lines if (match := UNFINISHED.search(line))]


# ---------- the checkout


def _modules() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def _own_texts() -> Iterator[tuple[str, str]]:
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") and part != ".ci" for part in parts)
        if hidden or NOT_OURS & set(parts) or path.suffix not in TEXTS or not path.is_file():
            continue
        yield "/".join(parts), path.read_text(encoding="utf-8")


def test_every_package_is_looked_at() -> None:
    assert {place.partition("/")[0] for place, _ in _modules()} == set(PACKAGES)


def test_packages_import_only_what_their_room_allows() -> None:
    assert [p for place, text in _modules() for p in import_problems(place, ast.parse(text))] == []


def test_files_and_functions_stay_small() -> None:
    found = [p for place, text in _modules() for p in size_problems(place, ast.parse(text), text.count("\n"))]
    assert found == []


def test_public_functions_of_the_cores_explain_themselves() -> None:
    assert [p for place, text in _modules() for p in docstring_problems(place, ast.parse(text))] == []


def test_nothing_is_marked_as_unfinished() -> None:
    assert [p for place, text in _own_texts() for p in unfinished_problems(place, text)] == []


# ---------- the checker itself


@pytest.mark.parametrize(
    ("place", "source", "n_problems"),
    [
        ("survey/results/views.py", "import pandas as pd", 1),
        ("survey/results/views.py", "def view():\n    from plotly import io", 1),
        ("survey/results/views.py", "from analysis.release import write", 1),
        ("survey/results/views.py", "import importlib\nimportlib.import_module('analysis')", 1),
        ("survey/results/views.py", "from sqlalchemy.orm import Session", 1),
        ("survey/store/tables.py", "from sqlalchemy.orm import Session", 0),
        ("survey/results/views.py", "from flask import abort\nfrom survey.store import reads\nimport csv", 0),
        ("analysis/weights.py", "import numpy as np, plotly.graph_objects", 1),
        ("analysis/figures.py", "import plotly.graph_objects as go", 0),
        ("analysis/extract.py", "from survey import settings", 1),
        ("analysis/extract.py", "from questionnaires.handover import Codebook", 0),
        ("questionnaires/read.py", "from ruamel.yaml import YAML\nimport pydantic", 0),
        ("questionnaires/read.py", "import numpy", 1),
        ("questionnaires/read.py", "from analysis import weights", 1),
    ],
)
def test_an_import_in_the_wrong_room_is_found(place: str, source: str, n_problems: int) -> None:
    assert len(import_problems(place, ast.parse(source))) == n_problems


def _function(name: str, n_lines: int) -> str:
    return f"def {name}():\n" + "    x = 1\n" * (n_lines - 1)


@pytest.mark.parametrize(
    ("n_lines", "n_problems"), [(FUNCTION_LINES, 0), (FUNCTION_LINES + 1, 1), (FILE_LINES + 1, 2)]
)
def test_what_is_too_long_is_found(n_lines: int, n_problems: int) -> None:
    source = _function("long", n_lines)
    assert len(size_problems("analysis/x.py", ast.parse(source), source.count("\n"))) == n_problems


@pytest.mark.parametrize(
    ("place", "source", "n_problems"),
    [
        ("analysis/x.py", "def share(): pass", 1),
        ("analysis/x.py", "def share():\n    '''Why.'''", 0),
        ("analysis/x.py", "def _share(): pass", 0),
        ("analysis/x.py", "class Table:\n  def rows(self): pass\nclass _Hidden:\n  def rows(self): pass", 2),
        ("analysis/x.py", "def _share():\n  def inner(): pass", 1),
        ("survey/x.py", "def view(): pass", 0),
    ],
)
def test_a_public_function_without_a_docstring_is_found(place: str, source: str, n_problems: int) -> None:
    assert len(docstring_problems(place, ast.parse(source))) == n_problems


@pytest.mark.parametrize("mark", ["# TO_DO: later", "raise NotImplemented_Error", "noch nicht um_gesetzt"])
def test_a_mark_of_unfinished_work_is_found(mark: str) -> None:
    assert len(unfinished_problems("base.html", "<h1>Befragung</h1>\n" + mark.replace("_", ""))) == 1
    assert unfinished_problems("base.html", "Methode, Methodologie, Exxon") == []
