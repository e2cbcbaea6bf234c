"""Say everything that is wrong with an extract, in German, without naming any answer.

Reads with the standard library, row by row: it runs only when something is wrong, and then line numbers
matter more than speed.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from questionnaires.handover import (
    FRAME_COLUMNS,
    NO_AREA,
    Codebook,
    Column,
    ExtractDistrict,
    Fieldwork,
    child_columns_of,
    columns_of,
)  # fmt: skip
from questionnaires.model import MISSING_CODES, Value
from questionnaires.problems import Malformed, Problem

V = TypeVar("V", bound=Value)

RESPONSES = "responses.csv"
SHOWN_PROBLEMS_PER_FILE = 100
WHOLE = re.compile(r"-?[0-9]{1,9}(\.0+)?")
"""some tools write whole numbers as 1.0; nothing is lost by reading them"""
DECIMAL_COMMA = re.compile(r"-?[0-9]+,[0-9]+")
FURTHEST_APART = 1e6
"""the largest weight by the smallest; beyond, one response would speak for all"""


def _in_file(file: str, code: str, place: str, message: str, line: int = 0) -> Problem:
    return Problem(code, place, message, file=file, line=line)


# ---------- codebook and fieldwork


def read_codebook(path: Path, problems: list[Problem]) -> Codebook | None:
    """Read and check ``codebook.json``.

    Parameters
    ----------
    path : Path
    problems : list
        what is wrong is added here

    Returns
    -------
    Codebook or None
        None if the file cannot be read as a codebook at all
    """
    codebook = _read_value(path, Codebook, problems)
    if codebook is None:
        return None
    if codebook.questionnaire_hash != codebook.questionnaire.hash:
        problems.append(_in_file(
            path.name, "wrong-hash", "questionnaire_hash",
            "Der Fragebogen im Codebuch passt nicht zu seiner Prüfsumme: Er wurde nach dem Auszug verändert. "
            "Bitte den Auszug neu erzeugen.",
        ))  # fmt: skip
    asked = (columns_of(codebook.questionnaire), child_columns_of(codebook.questionnaire))
    if (codebook.columns, codebook.child_columns) != asked:
        message = "Die Spalten im Codebuch passen nicht zum Fragebogen. Bitte den Auszug neu erzeugen."
        problems.append(_in_file(path.name, "wrong-columns", "columns", message))
    if codebook.missing_codes != MISSING_CODES:
        expected = ", ".join(f"{name} = {code}" for name, code in MISSING_CODES.items())
        message = f"Die Codes für fehlende Angaben sind andere als vereinbart. Erwartet: {expected}."
        problems.append(_in_file(path.name, "wrong-missing-codes", "missing_codes", message))
    problems += [_in_file(path.name, code, place, said) for code, place, said in _district_problems(codebook.district)]
    return codebook


def _district_problems(district: ExtractDistrict) -> Iterator[tuple[str, str, str]]:
    if not district.areas:
        yield "no-areas", "district.areas", "Im Codebuch steht kein Sozialraum. Bitte den Auszug neu erzeugen."
    for key, word, parts in (("areas", "Sozialraum", district.areas), ("zones", "Großraum", district.zones)):
        ids = [part.id for part in parts]
        for name in sorted({name for name in ids if ids.count(name) > 1}):
            text = f"Der {word} „{name}“ steht im Codebuch zweimal. Bitte einen löschen."
            yield "duplicate-id", f"district.{key}", text
    for name in sorted({area.zone for area in district.areas} - {zone.id for zone in district.zones}):
        text = f"Den Großraum „{name}“ gibt es nicht, aber Sozialräume darin. Bitte den Auszug neu erzeugen."
        yield "unknown-zone", "district.zones", text


def read_fieldwork(path: Path, problems: list[Problem]) -> Fieldwork | None:
    """Read ``fieldwork.json``; what is wrong is added to `problems`, None if it cannot be read."""
    fieldwork = _read_value(path, Fieldwork, problems)
    if fieldwork is not None and fieldwork.closes_on < fieldwork.opens_on:
        message = "Die Befragung endet („closes_on“), bevor sie beginnt („opens_on“). Bitte die Tage prüfen."
        problems.append(_in_file(path.name, "wrong-dates", "closes_on", message))
    return fieldwork


def _read_value(path: Path, kind: type[V], problems: list[Problem]) -> V | None:
    if not path.is_file():
        return None
    data = path.read_bytes()
    if problem := encoding_problem(path.name, data):
        problems.append(problem)
        return None
    try:
        return kind.model_validate_json(data)
    except Malformed as error:
        problems += [_json_problem(path.name, found) for found in error.errors()[:20]]
        return None


def _json_problem(file: str, found: Mapping[str, Any]) -> Problem:
    kind, where = str(found["type"]), ".".join(map(str, found["loc"]))
    if where == "format":
        message = "Die Datei hat ein anderes Format als vereinbart (Feld „format“). Bitte den Auszug neu erzeugen."
    elif kind == "json_invalid":
        message = "Die Datei ist kein gültiges JSON. Ist sie nur halb geschrieben? Bitte den Auszug neu erzeugen."
    elif not where:
        message = "In der Datei steht nicht, was vereinbart ist. Bitte den Auszug neu erzeugen."
    else:
        message = f"Das Feld „{where}“ {_said_of(kind, found.get('ctx', {}))}"
    return _in_file(file, "wrong-format" if where == "format" else f"json-{kind}", where, message)


def _said_of(kind: str, limits: Mapping[str, Any]) -> str:
    """Say what is wrong with a field, and what it may hold; never what it holds."""
    if kind in LIMITS:
        word, name = LIMITS[kind]
        limit = f"{limits[name]:,.10g}".replace(",", ".")
        return f"hat eine Zahl, die nicht sein kann; erlaubt ist {word} {limit}."
    if kind == "literal_error":
        return f"hat ein Wort, das es hier nicht gibt; möglich sind {', '.join(re.findall(WORD, limits['expected']))}."
    return next((said for start, said in FIELD_MESSAGES.items() if kind.startswith(start)), FIELD_MESSAGES[""])


LIMITS = {
    "greater_than_equal": ("mindestens", "ge"), "less_than_equal": ("höchstens", "le"),
    "greater_than": ("mehr als", "gt"), "less_than": ("weniger als", "lt"),
}  # fmt: skip
WORD = r"'([^']*)'"
FIELD_MESSAGES = {
    "missing": "fehlt. Bitte ergänzen oder den Auszug neu erzeugen.",
    "extra_forbidden": "ist nicht bekannt. Ist es verschrieben? Sonst bitte löschen.",
    "int_": "braucht eine ganze Zahl.",
    "float_": "braucht eine Zahl, mit Punkt statt Komma und ohne Anführungszeichen.",
    "finite_number": "braucht eine Zahl, die nicht unendlich ist.",
    "date_": "braucht einen Tag in der Form 2026-05-31.",
    "bool_": "braucht true (ja) oder false (nein).",
    "string_type": "braucht einen Text in Anführungszeichen.",
    "": "hat keinen erlaubten Inhalt. Bitte prüfen oder den Auszug neu erzeugen.",
}


# ---------- encoding and header


def encoding_problem(file: str, data: bytes) -> Problem | None:
    """Return what keeps a file from being read as UTF-8, None if nothing does."""
    if data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        message = "Am Anfang steht eine Byte-Reihenfolge-Marke (BOM). Bitte als UTF-8 ohne BOM speichern."
        return _in_file(file, "byte-order-mark", file, message, 1)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = (
            "Die Datei ist nicht in UTF-8 geschrieben, vermutlich in Windows-1252 (aus Excel). "
            "Bitte als „CSV UTF-8“ ohne BOM speichern."
        )
        return _in_file(file, "wrong-encoding", file, message, line)
    return None


def is_utf8(path: Path) -> bool:
    """Say whether a file is UTF-8 throughout; pandas does not look at columns that are not read."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def header_of(path: Path) -> list[str] | None:
    """Return the column names of a CSV file, or None if its first line cannot be read or has doublets.

    Only the first line is read; whether the file is UTF-8 throughout shows while it is decoded.
    """
    with path.open("rb") as file:
        first = file.readline()
    if encoding_problem(path.name, first):
        return None
    try:
        names = next(csv.reader([first.decode("utf-8")]), [])
    except csv.Error:  # a file without \n is one line
        return None
    return names if len(set(names)) == len(names) else None


def _header_problems(names: list[str], wanted: list[str], known: set[str]) -> Iterator[Problem]:
    for sign, word in ((";", "Semikolon"), ("\t", "Tabulator")):
        if len(names) == 1 and sign in names[0]:
            message = f"Die Spalten sind mit {word} getrennt. Der Auszug braucht Kommas."
            yield _in_file(RESPONSES, "semicolon", "header", message, 1)
            return
    if missing := [name for name in wanted if name not in names]:
        message = f"Diese Spalten fehlen: {_listed(missing)}. Bitte den Auszug neu erzeugen."
        yield _in_file(RESPONSES, "missing-columns", "header", message, 1)
    if unknown := [name for name in names if name not in known]:
        message = f"Diese Spalten stehen nicht im Codebuch: {_listed(_safe(unknown))}. Bitte löschen."
        yield _in_file(RESPONSES, "unknown-columns", "header", message, 1)
    if doublets := [name for name, count in Counter(names).items() if count > 1]:
        message = f"Diese Spalten gibt es mehrfach: {_listed(_safe(doublets))}. Bitte jede nur einmal."
        yield _in_file(RESPONSES, "duplicate-columns", "header", message, 1)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:10]) + (f" und {len(names) - 10} weitere" if len(names) > 10 else "")


def _safe(names: list[str]) -> list[str]:
    """Where the header line is missing, its names are answers; only what looks like a name is repeated."""
    return [name if re.fullmatch(r"[A-Za-z][\w.-]{0,59}", name) else "(kein Spaltenname)" for name in names]


# ---------- rows


@dataclass
class _Tally:
    """Problems of one kind in one column: how many rows, and where first."""

    rows: int = 0
    first_line: int = 0
    codes: set[str] = field(default_factory=set)


class _Collector:
    """Counts problems by kind and column while the rows go by."""

    def __init__(self) -> None:
        self.tallies: dict[tuple[str, str], _Tally] = {}

    def add(self, code: str, column: str, line: int, foreign: str = "") -> None:
        """Count a bad value; a few codes the questionnaire does not have are kept to be named."""
        tally = self.tallies.setdefault((code, column), _Tally(first_line=line))
        tally.rows += 1
        if foreign and len(tally.codes) < 5:
            tally.codes.add(foreign)

    def problems(self) -> list[Problem]:
        """Return one problem per kind and column, the first ones only."""
        found = [_row_problem(code, column, tally) for (code, column), tally in self.tallies.items()]
        return found[:SHOWN_PROBLEMS_PER_FILE]


ROW_MESSAGES = {
    "empty": "keine Angabe; fehlende Werte brauchen einen der Codes -1 bis -4",
    "decimal-comma": "eine Zahl mit Komma; erlaubt sind nur ganze Zahlen, bei Gewichten mit Punkt",
    "not-whole": "keine ganze Zahl",
    "foreign-code": "einen Code, den es nicht gibt",
    "out-of-range": "eine Zahl außerhalb der Grenzen im Codebuch",
    "not-a-mark": "weder 0 noch 1",
    "unknown-area": "einen Sozialraum, den es im Codebuch nicht gibt",
    "duplicate-row": "eine Kennung, die schon vorkam",
    "wrong-weight": "kein Gewicht größer als null",
    "ragged": "mehr oder weniger Felder als die Kopfzeile",
}


def _row_problem(code: str, column: str, tally: _Tally) -> Problem:
    rows = "1 Zeile hat" if tally.rows == 1 else f"{tally.rows} Zeilen haben"
    where = f"Spalte „{column}“: " if column else ""
    codes = f" ({', '.join(sorted(tally.codes))})" if tally.codes else ""
    message = f"{where}{rows} {ROW_MESSAGES[code]}{codes}. Zuerst in Zeile {tally.first_line}."
    return _in_file(RESPONSES, code, column or "rows", message, tally.first_line)


def find_problems(path: Path, codebook: Codebook, fieldwork: Fieldwork | None) -> list[Problem]:
    """Read ``responses.csv`` row by row and return everything that is wrong with it.

    Parameters
    ----------
    path : Path
    codebook : Codebook
        which columns and codes there may be
    fieldwork : Fieldwork or None
        how many responses there should be

    Returns
    -------
    list of Problem
        one per kind and column, with the number of rows and the first line; codes that no option has are
        named, words never
    """
    data = path.read_bytes()
    if problem := encoding_problem(RESPONSES, data):
        return [problem]
    if b"\r" in data and b"\n" not in data:
        message = "Die Zeilen enden wie auf sehr alten Rechnern (nur CR). Bitte mit üblichen Zeilenenden speichern."
        return [_in_file(RESPONSES, "line-ends", "rows", message, 1)]
    lines = csv.reader(data.decode("utf-8").splitlines(keepends=True))
    try:
        return list(_table_problems(lines, codebook, fieldwork))
    except csv.Error:
        message = "Die Anführungszeichen gehen nicht auf. Bitte die Zeile prüfen oder den Auszug neu erzeugen."
        return [_in_file(RESPONSES, "unreadable", "rows", message, lines.line_num)]


def _table_problems(lines: Iterator[list[str]], codebook: Codebook, fieldwork: Fieldwork | None) -> Iterator[Problem]:
    names = next(lines, [])
    wanted = [*FRAME_COLUMNS, *(column.name for column in codebook.columns)]
    yield from _header_problems(names, wanted, {*wanted, "weight"})
    if len(names) < 2:
        return
    collector = _Collector()
    n = _check_rows(lines, names, codebook, collector)
    yield from collector.problems()
    if not n:
        message = "In diesem Auszug steht keine einzige Antwort. Ist es die richtige Welle? Bitte neu erzeugen."
        yield _in_file(RESPONSES, "empty-wave", "rows", message, 1)
    elif fieldwork and n != fieldwork.n_responses:
        message = (
            f"Der Auszug hat {n} Zeilen; laut fieldwork.json sind es {fieldwork.n_responses}. Wurden Zeilen gelöscht "
            "oder ergänzt? Bitte den Auszug neu erzeugen."
        )
        yield _in_file(RESPONSES, "wrong-total", "rows", message, 1)


def _check_rows(lines: Iterator[list[str]], names: list[str], codebook: Codebook, collector: _Collector) -> int:
    columns = {column.name: column for column in codebook.columns if names.count(column.name) == 1}
    areas = {area.id for area in codebook.district.areas} | {NO_AREA}
    seen: set[str] = set()
    n = 0
    for line, cells in enumerate(lines, start=2):
        n += 1
        if len(cells) != len(names):
            collector.add("ragged", "", line)
            continue
        for name, cell in zip(names, cells, strict=True):
            if name in columns:
                _check_code(cell, columns[name], codebook.missing_codes, line, collector)
            else:
                _check_frame(name, cell, areas, seen, line, collector)
    return n


def _check_code(cell: str, column: Column, missing: Mapping[str, int], line: int, collector: _Collector) -> None:
    if not cell.strip():
        collector.add("empty", column.name, line)
    elif DECIMAL_COMMA.fullmatch(cell):
        collector.add("decimal-comma", column.name, line)
    elif not WHOLE.fullmatch(cell):
        collector.add("not-whole", column.name, line)
    elif column.codes and int(float(cell)) not in {*column.codes, *missing.values()}:
        collector.add("foreign-code", column.name, line, foreign=cell)
    elif not column.codes and not _in_range(int(float(cell)), column, missing):
        collector.add("out-of-range", column.name, line)


def _in_range(number: int, column: Column, missing: Mapping[str, int]) -> bool:
    low, high = column.minimum, column.maximum
    return number in missing.values() or (low is not None and high is not None and low <= number <= high)


def _check_frame(name: str, cell: str, areas: set[str], seen: set[str], line: int, collector: _Collector) -> None:
    if name == "row":
        if cell in seen:
            collector.add("duplicate-row", name, line)
        seen.add(cell)
    elif name == "area" and cell not in areas:
        collector.add("unknown-area", name, line)
    elif name in {"late", "doubtful"} and cell not in {"0", "1"}:
        collector.add("not-a-mark", name, line)
    elif name == "weight":
        _check_weight(cell, line, collector)


def _check_weight(cell: str, line: int, collector: _Collector) -> None:
    if DECIMAL_COMMA.fullmatch(cell):
        collector.add("decimal-comma", "weight", line)
    elif not re.fullmatch(r"[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]{1,2})?", cell) or float(cell) <= 0:
        collector.add("wrong-weight", "weight", line)
