"""Own words in an extract: themes and what a person released, never anything else."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.extract_check import encoding_problem
from questionnaires.handover import TEXT_COLUMNS, Codebook
from questionnaires.problems import Problem

IntArray = npt.NDArray[np.integer[Any]]

TEXTS = "texts.csv"
OTHER = ".other"
"""ending of the questions „Andere, nämlich“"""

# The apostrophe an extract puts before what a spreadsheet would take for a formula.
_GUARD = re.compile(r"(^|[;\t\r\n])'(?=\s*[=+\-@＝＋－＠\t\r])")

_MESSAGES = {
    "duplicate-text": "mit einer Kennung, die es schon gibt",
    "ragged": "mit zu vielen oder zu wenigen Feldern",
    "unknown-question": "zu einer Frage, die der Fragebogen nicht hat",
    "unknown-zone": "mit einem Großraum, den es nicht gibt",
    "unknown-theme": "mit einem Thema, das nicht im Codebuch steht",
    "not-a-mark": "in der Spalte „counted“ mit etwas anderem als 0 oder 1",
    "no-quote": "mit einer Übersetzung, aber ohne freigegebenes Zitat",
}
_TOO_MANY = (
    "Jeder Bogen hat zu einer Frage höchstens einen Text: Hier steht ein Text doppelt, oder einer gehört nicht zu "
    "dieser Welle. Bitte den Auszug neu erzeugen."
)


@dataclass(frozen=True)
class TextRow:
    """An answer in own words, without the words unless a person released them."""

    question: str
    """question id, or with the ending of :data:`OTHER`"""
    language: str
    """„“ where it is not told"""
    zone: str
    """Großraum, or „“"""
    counted: bool
    themes: tuple[str, ...]
    quote: str
    translation: str

    @property
    def asked(self) -> str:
        """Id of the question the words belong to."""
        return self.question.removesuffix(OTHER)


def read_texts(path: Path, codebook: Codebook | None, problems: list[Problem]) -> tuple[TextRow, ...]:
    """Read and check ``texts.csv``.

    Parameters
    ----------
    path : Path
        may be missing, because own words may stay behind
    codebook : Codebook or None
        which questions, Großräume and themes there are; None: nothing is read
    problems : list
        what is wrong is added here, with the number of rows and the first line; words are never named

    Returns
    -------
    tuple of TextRow
        in the order of the file; empty if there is no file
    """
    if codebook is None or not path.is_file():
        return ()
    data = path.read_bytes()
    if problem := encoding_problem(TEXTS, data):
        problems.append(problem)
        return ()
    lines = csv.reader(data.decode("utf-8").splitlines(keepends=True))
    try:
        rows = list(lines)
    except csv.Error:
        message = "Die Anführungszeichen gehen nicht auf. Bitte die Zeile prüfen oder den Auszug neu erzeugen."
        problems.append(Problem("unreadable", "rows", message, TEXTS, lines.line_num))
        return ()
    if not rows or tuple(rows[0]) != TEXT_COLUMNS:
        message = f"Die Datei braucht genau diese Spalten: {', '.join(TEXT_COLUMNS)}."
        problems.append(Problem("missing-columns", "header", message, TEXTS, 1))
        return ()
    found = [(row, _fault(row, codebook)) for row in rows[1:]]
    faults = [(fault, number) for number, (_, fault) in enumerate(found, start=1) if fault]
    faults += _doublets(rows[1:])
    problems += _problems(faults)
    return tuple(_text(row) for row, fault in found if not fault)


def _fault(row: list[str], codebook: Codebook) -> str:
    if len(row) != len(TEXT_COLUMNS):
        return "ragged"
    _, question, _, zone, counted, themes, quote, translation = row
    faults = {
        "unknown-question": question.removesuffix(OTHER) not in codebook.questionnaire.questions,
        "unknown-zone": zone not in {"", *(found.id for found in codebook.district.zones)},
        "not-a-mark": counted not in {"0", "1"},
        "unknown-theme": not set(themes.split()) <= {theme.id for theme in codebook.themes},
        "no-quote": bool(translation and not quote),
    }
    return next((code for code, found in faults.items() if found), "")


def _doublets(rows: list[list[str]]) -> Iterator[tuple[str, int]]:
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        if row and row[0] in seen:
            yield "duplicate-text", number
        seen.update(row[:1])


def _problems(faults: list[tuple[str, int]]) -> Iterator[Problem]:
    for code, n in Counter(code for code, _ in faults).items():
        first = min(number for found, number in faults if found == code)
        texts = "1 Text" if n == 1 else f"{n} Texte"
        yield Problem(code, "rows", f"{texts} {_MESSAGES[code]}. Zuerst der {first}. Text.", TEXTS, first + 1)


def _text(row: list[str]) -> TextRow:
    _, question, language, zone, counted, themes, quote, translation = row
    words = [_GUARD.sub(r"\1", text) for text in (quote, translation)]
    return TextRow(question, language, zone, counted == "1", tuple(themes.split()), *words)


def excess_of_texts(texts: tuple[TextRow, ...], codebook: Codebook, area: IntArray) -> Iterator[Problem]:
    """Yield the questions with more texts than there are responses, in all or from a Großraum.

    No row leads from a text to its response, so only numbers tell that one stands there twice or belongs elsewhere.

    Parameters
    ----------
    texts : tuple of TextRow
        all rows of ``texts.csv``
    codebook : Codebook
    area : (n,) integer array
        position of each response's Sozialraum, -1 for none

    Yields
    ------
    Problem
        one per question and group; the first text too many is named by its line, no number of people in a Großraum
    """
    areas, responses = codebook.district.areas, Counter({"": len(area)})
    for one, n in zip(areas, np.bincount(area[area >= 0], minlength=len(areas)).tolist(), strict=True):
        responses[one.zone] += n
    names = {zone.id: f" aus dem Großraum „{zone.name}“" for zone in codebook.district.zones}
    written: Counter[tuple[str, str]] = Counter()
    for number, text in enumerate(texts, start=1):
        for zone in dict.fromkeys(("", text.zone)):
            written[text.question, zone] += 1
            if written[text.question, zone] == responses[zone] + 1:
                message = (
                    f"Zur Frage „{text.question}“ gibt es{names.get(zone, '')} mehr Texte als Bögen; "
                    f"der {number}. Text ist einer zu viel. {_TOO_MANY}"
                )
                yield Problem("more-texts-than-responses", text.question, message, TEXTS, number + 1)


def text_counts(texts: tuple[TextRow, ...], codebook: Codebook | None) -> dict[str, int]:
    """Count the answers to open questions; words to „Andere, nämlich“ are no answers of their own.

    Parameters
    ----------
    texts : tuple of TextRow
    codebook : Codebook or None

    Returns
    -------
    dict
        question id → number of texts
    """
    known = codebook.questionnaire.questions if codebook else {}
    return dict(Counter(text.question for text in texts if text.question in known))
