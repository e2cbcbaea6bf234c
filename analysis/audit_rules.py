"""What a release may not hold whatever an attacker can do with it: rounding, marks, files, every number in them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analysis import display
from analysis.published import Source
from questionnaires.handover import HIDDEN_MARK, Cell, Group, ReleaseTable

NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
HIDDEN = {"state": "hidden"}


def broken_rules(folder: Path, source: Source) -> Iterator[str]:
    """Yield what breaks the rules of a release, in German.

    Parameters
    ----------
    folder : Path
    source : Source
        its tables

    Yields
    ------
    str
        with table and group, never with the figure that is too much
    """
    yield from _files(folder, source)
    for table in source.tables.values():
        yield from (f"{table.id}: {problem}" for problem in _table(table))
        yield from (f"{table.id}: {problem}" for problem in _marks(folder, table))
        yield from (f"{table.id}: {problem}" for problem in _sheet(folder, table))
        yield from (f"{table.id}: {problem}" for problem in _picture(folder, table))


def _files(folder: Path, source: Source) -> Iterator[str]:
    named = source.manifest.files
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {"manifest.json"}
    yield from (f"Die Datei {name} gehört nicht zum Ergebnisstand." for name in sorted(there - set(named)))
    yield from (f"Die Datei {name} fehlt." for name in sorted(set(named) - there))
    for name in sorted(there & set(named)):
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != named[name]:
            yield f"Die Datei {name} wurde verändert."


def _table(table: ReleaseTable) -> Iterator[str]:
    minimum = display.minimum_base(3)
    for group, column in zip(table.groups, zip(*table.cells, strict=True), strict=True):
        where = f"„{group.label}“"
        if group.base is not None and (group.base % display.BASE_STEP or group.base < minimum):
            yield f"{where} nennt eine Zahl von Befragten, die nicht gerundet oder zu klein ist."
        if group.base is None and any(cell.state != "hidden" for cell in column):
            yield f"{where} zeigt Zahlen, obwohl die Gruppe zu klein ist."
        if any(_too_much(cell, group, table.measure) for cell in column):
            yield f"{where} zeigt eine Zahl, die genauer ist, als sie sein darf, oder 0 oder 100 Prozent."


def _too_much(cell: Cell, group: Group, measure: str) -> bool:
    """Say whether a cell holds more than the rules let it."""
    numbers = [n for n in (cell.value, cell.low, cell.high) if n is not None]
    if cell.state in {"hidden", "words"}:
        return bool(numbers) or (cell.state == "hidden" and cell.words is not None)
    unit, step = (10, 1) if measure == "mean" else (100, display.share_step(group.base or 0))
    whole = all(abs(n * unit - round(n * unit)) < 1e-9 for n in numbers)
    if measure == "mean":
        return not whole
    value = cell.value or 0.0
    return not whole or not 0 < value < 1 or round(value * 100) % step != 0


def _marks(folder: Path, table: ReleaseTable) -> Iterator[str]:
    """Yield where hidden cells differ from each other: two marks tell zero from few."""
    raw = json.loads((folder / "tables" / f"{table.id}.json").read_text("utf-8"))
    hidden = [cell for row in raw["cells"] for cell in row if cell.get("state") == "hidden"]
    if any(cell != HIDDEN for cell in hidden):
        yield "Geschützte Felder sehen verschieden aus."


def _sheet(folder: Path, table: ReleaseTable) -> Iterator[str]:
    path = folder / "tables" / f"{table.id}.csv"
    if not path.is_file():
        return
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter=";"))
    start = next((i + 1 for i, row in enumerate(rows) if row and row[0] == "Antwort"), len(rows))
    cells = [cell for row in table.cells for cell in row]
    bases = [group.base for _ in table.rows for group in table.groups]
    if len(rows) - start != len(cells):
        yield "Das Tabellenblatt hat andere Zeilen als die Tabelle."
        return
    for row, cell, base in zip(rows[start:], cells, bases, strict=True):
        if row[3] != (HIDDEN_MARK if base is None else str(base)) or _differs(row[4:7], cell, table.measure):
            yield "Das Tabellenblatt zeigt etwas anderes als die Tabelle."
            return


def _differs(figures: list[str], cell: Cell, measure: str) -> bool:
    if cell.state == "hidden":
        return figures != [HIDDEN_MARK] * 3
    if cell.state == "words":
        return figures != [cell.words or "", "", ""]
    if not all(NUMBER.fullmatch(figure) for figure in figures):
        return True
    unit = 1 if measure == "mean" else 100
    shown = [round((n or 0) * unit, 1) for n in (cell.value, cell.low, cell.high)]
    return [float(figure.replace(".", "").replace(",", ".")) for figure in figures] != shown


def _picture(folder: Path, table: ReleaseTable) -> Iterator[str]:
    """Yield if a picture, its axes and hover texts hold a number that is not published for the district."""
    allowed = {round(n * 100) for row in table.cells for c in row for n in (c.value, c.low, c.high) if n is not None}
    allowed |= {group.base for group in table.groups if group.base is not None}
    path = folder / "figures" / f"{table.id}.json"
    if path.is_file():
        data = json.loads(path.read_text("utf-8")).get("data", [])
        said = {n for trace in data for name in ("text", "hovertext", "customdata") for n in _numbers(trace.get(name))}
        labels = {float(n) for row in table.rows for n in _numbers(row.label)}
        if not said <= {float(n) for n in allowed} | labels:
            yield "Das Bild nennt eine Zahl, die nicht in der Tabelle steht."
    path = folder / "figures" / f"{table.id}.svg"
    if path.is_file():
        texts = re.findall(r'class="fs-value"[^>]*>([^<]*)<', path.read_text("utf-8"))
        if not {n for text in texts for n in _numbers(text)} <= {float(n) for n in allowed}:
            yield "Das Bild nennt eine Zahl, die nicht in der Tabelle steht."


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, str):
        yield from (float(found.replace(",", ".")) for found in NUMBER.findall(value))
    elif isinstance(value, list):
        for part in value:
            yield from _numbers(part)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield float(value)
