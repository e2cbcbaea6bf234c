"""Every number of every file of a release beside its tables and pictures: each one follows from them, or breaks a rule.

What a file may hold is told by the names of its fields. A field this module does not know counts as a broken rule, so
that nothing new is published before somebody has said why it may be.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis import display
from analysis.published import Source

Json = Any
PERCENT = re.compile(r"(\d+)[\s\N{NO-BREAK SPACE}]?%")
WHOLE = re.compile(r"\d+")
CERTAINTY = 95
"""per cent; stands in texts about intervals"""


@dataclass(frozen=True)
class _Published:
    """What the tables and the manifest of a release tell."""

    source: Source
    bases: frozenset[int]
    parts: frozenset[float]
    """parts of groups in the report of weights"""
    n_rows: int
    n_cells: int

    @staticmethod
    def of(source: Source) -> _Published:
        """Return what the tables of a release publish."""
        tables, weighting = source.tables.values(), source.manifest.weighting
        bases = frozenset(group.base for table in tables for group in table.groups if group.base is not None)
        groups = [group for margin in (weighting.margins if weighting else ()) for group in margin.groups]
        parts = frozenset(part for group in groups for part in (group.known, group.answered) if part is not None)
        n_cells = sum(len(table.rows) * len(table.groups) for table in tables)
        return _Published(source, bases, parts, max((len(table.rows) for table in tables), default=0), n_cells)


def loose_numbers(folder: Path, source: Source) -> Iterator[str]:
    """Yield files that hold a number nobody accounts for, in German and without the number.

    Parameters
    ----------
    folder : Path
    source : Source
        its tables

    Yields
    ------
    str
        file and field
    """
    told, points = _Published.of(source), _points_of_tables(source)
    contents = {path: json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))}
    contents = {path: value for path, value in contents.items() if path.name != "manifest.json"}
    for path, value in contents.items():
        for field in dict.fromkeys(_unaccounted(value, told)):
            yield f"{path.name}: Die Zahl im Feld „{field}“ folgt nicht aus den Tabellen."
        points |= {round(number * 100) for number in _numbers(value)}
    for path, value in contents.items():
        if any(int(found) not in points for text in _texts(value) for found in PERCENT.findall(text)):
            yield f"{path.name}: Ein Satz nennt einen Anteil, der nirgends veröffentlicht ist."
        yield from _sheet(path.with_suffix(".csv"), value)
    yield from _doors(source)


def _unaccounted(value: Json, told: _Published) -> Iterator[str]:
    if isinstance(value, list):
        for part in value:
            yield from _unaccounted(part, told)
    if not isinstance(value, dict):
        return
    for field, inner in value.items():
        if isinstance(inner, int | float) and not isinstance(inner, bool):
            rule = _points if "state" in value else RULES.get(field)
            if rule is None or not rule(inner, value, told):
                yield field
        else:
            yield from _unaccounted(inner, told)


# ---------- what a field may hold


def _points(number: float, _: Mapping[str, Json], __: _Published) -> bool:
    """Say whether it is a share of whole points: of rounded shares, rounded again."""
    return abs(number * 100 - round(number * 100)) < 1e-6 and 0 <= number <= 1


def _base(number: float, _: Mapping[str, Json], told: _Published) -> bool:
    return number in told.bases


def _rounded(number: float, row: Mapping[str, Json], told: _Published) -> bool:
    whole = row.get("kind") == "district" and number == told.source.manifest.n_responses
    return whole or (number % display.BASE_STEP == 0 and number >= display.minimum_base(3))


def _reached(number: float, row: Mapping[str, Json], told: _Published) -> bool:
    if row.get("kind") == "children":  # from published mean counts, which are not weighted
        return _points(min(number, 1.0), row, told) and not told.source.manifest.weighted
    return bool(row.get("returns") and row.get("known")) and number == round(min(row["returns"] / row["known"], 1.0), 2)


def _part(number: float, row: Mapping[str, Json], told: _Published) -> bool:
    if row.get("kind") == "group":
        return number in told.parts
    return "returns" in row and number == round(row["returns"] / told.source.manifest.n_responses, 2)


def _anything(_: float, __: Mapping[str, Json], ___: _Published) -> bool:
    """Known before anybody answered: families and children of a register."""
    return True


def _whole(number: float, _: Mapping[str, Json], told: _Published) -> bool:
    return number == int(number) and 0 <= number <= told.n_cells


Rule = Callable[[float, Mapping[str, Json], _Published], bool]
RULES: Mapping[str, Rule] = {
    "base": _base, "known": _anything, "returns": _rounded, "reached": _reached, "part_of_known": _part,
    "part_of_returns": _part, "least": _points, "most": _points, "plausible_least": _points, "plausible_most": _points,
    "count": _rounded, "left_out": _rounded, "n_compared": _whole,
    "best": lambda n, _, told: 1 <= n <= told.n_rows, "worst": lambda n, _, told: 1 <= n <= told.n_rows,
    "p": lambda n, _, __: 0 <= n <= 1,
}  # fmt: skip
"""`p` is computed from published shares and their intervals"""


# ---------- texts, sheets, doors


def _points_of_tables(source: Source) -> set[int]:
    cells = [cell for table in source.tables.values() for row in table.cells for cell in row]
    return {CERTAINTY} | {round(n * 100) for c in cells for n in (c.value, c.low, c.high) if n is not None}


def _numbers(value: Json) -> Iterator[float]:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _numbers(part)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield float(value)


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
    elif isinstance(value, str):
        yield value


def _sheet(path: Path, value: Json) -> Iterator[str]:
    """Yield if a sheet has a cell that is a number and not in the file it shows."""
    if not path.is_file():
        return
    numbers = set(_numbers(value))
    known = {str(round(n * scale)) for n in numbers for scale in (1, 100)}
    rows = csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter=";")
    if any(WHOLE.fullmatch(cell) and cell not in known for row in rows for cell in row):
        yield f"{path.name}: Das Tabellenblatt nennt eine Zahl, die nicht in {path.stem}.json steht."


def _doors(source: Source) -> Iterator[str]:
    """Yield if the returns of all doors but few tell how few came through these."""
    doors = [row for row in source.coverage if row.kind == "door"]
    told = [row.returns for row in doors if row.returns is not None]
    if not told or len(told) == len(doors):
        return
    left = source.manifest.n_responses - sum(told)
    slack, k = display.BASE_STEP // 2 * len(told), source.manifest.plan.k
    low, high = max(left - slack, 0), left + slack
    if low < k and not (low == 0 and high >= k - 1):
        yield "coverage.json: Aus den Bögen der übrigen Zugänge folgt, wie wenige durch die geschützten kamen."
