"""Theme books as YAML files: reading with file and line of every problem, writing, and those that ship."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from questionnaires.codebook import ThemeBook, find_faults
from questionnaires.problems import Lines, Problem, in_order
from questionnaires.read import load_theme_book
from questionnaires.source import Source, read_source

FOLDER = Path(__file__).parent / "codebooks"


def read_theme_book(path: str | Path) -> ThemeBook | tuple[Problem, ...]:
    """Read a theme book.

    Parameters
    ----------
    path : str or Path
        YAML file

    Returns
    -------
    ThemeBook or tuple of Problem
        the book; or everything that is wrong with the file, each with its line
    """
    return _checked(read_source(path))


def parse_theme_book(text: str, name: str) -> ThemeBook | tuple[Problem, ...]:
    """Read a theme book from text; `name` is what problems call the file."""
    return _checked(Source(text, name))


def _checked(source: Source) -> ThemeBook | tuple[Problem, ...]:
    loaded = load_theme_book(source)
    if loaded.value is None:
        return loaded.problems
    return check_theme_book(loaded.value, source.lines) or loaded.value


def check_theme_book(book: ThemeBook, lines: Lines) -> tuple[Problem, ...]:
    """Return what is wrong with a theme book that is well-formed; `lines` says where each place stands."""
    return in_order(lines.problem(*fault) for fault in find_faults(book))


def write_theme_book(book: ThemeBook) -> str:
    """Return a theme book as a YAML file that :func:`parse_theme_book` reads back as the same value."""
    lines = [f"format: {book.format}", f"name: {_quoted(book.name)}"]
    lines += [f"questionnaires: [{', '.join(map(_quoted, book.questionnaires))}]"] if book.questionnaires else []
    lines += ["themes:"] if book.themes else ["themes: []"]
    for theme in book.themes:
        lines += ["", f"  - id: {theme.id}", f"    name: {_quoted(theme.name)}"]
        lines += ["    stems:", *(f"      - {_quoted(stem)}" for stem in theme.stems)] if theme.stems else []
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


@cache
def shipped_books() -> tuple[ThemeBook, ...]:
    """Return the theme books that ship, in the order of their file names; a broken one would not pass the tests."""
    found = [read_theme_book(path) for path in sorted(FOLDER.glob("*.yaml"))]
    return tuple(book for book in found if isinstance(book, ThemeBook))
