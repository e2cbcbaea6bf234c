"""Read children.csv: one row for each child a family was asked about, checked against its response."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.extract_check import WHOLE, encoding_problem
from questionnaires.children import by_age, over_of
from questionnaires.handover import CHILD_COLUMNS, Codebook, Column
from questionnaires.model import Counts, Repeat
from questionnaires.problems import Problem

CHILDREN = "children.csv"

IntArray = npt.NDArray[np.integer[Any]]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ChildRows:
    """Checked rows of children.csv; every array has one entry per child."""

    response: IntArray
    """position of the child's response"""
    columns: Mapping[str, IntArray]


MESSAGES = {
    "foreign-row": "gehören zu keinem Bogen in responses.csv",
    "duplicate-child": "nennen ein Kind eines Bogens zum zweiten Mal",
    "wrong-child": "haben keine Nummer von 1 bis zur Höchstzahl der Kinder eines Bogens",
    "unknown-band": "haben eine Altersgruppe, die es nicht gibt",
    "child-beyond-roster": "nennen mehr Kinder einer Altersgruppe, als der Bogen angibt oder gefragt werden",
    "not-whole": "haben keine ganze Zahl",
    "foreign-code": "haben einen Wert, den es nicht gibt",
}


def read_children(
    path: Path, codebook: Codebook, rows: Sequence[str], columns: Mapping[str, IntArray], top: int
) -> ChildRows | list[Problem] | None:
    """Read what was asked for each child.

    Parameters
    ----------
    path : Path
        ``children.csv``
    codebook : Codebook
    rows : sequence of str
        `row` of every response, in order
    columns : mapping
        columns of responses.csv; the counts say how many children of an age band there are
    top : int
        counts from here on were kept as this number

    Returns
    -------
    ChildRows, list of Problem or None
        None: nothing was asked for each child. Problems name columns, numbers of rows and the first line, no answer
    """
    page, over = codebook.questionnaire.repeating, over_of(codebook.questionnaire)
    if page is None or page.repeat is None or over is None:
        text = "Die Datei gehört nicht dazu: In diesem Fragebogen wird nichts für jedes Kind gefragt."
        return [_problem("unknown-file", text)] if path.is_file() else None
    if not path.is_file():
        return [_problem("missing-file", f"Die Datei {CHILDREN} fehlt im Auszug.")]
    data = path.read_bytes()
    if problem := encoding_problem(CHILDREN, data):
        return [problem]
    names = [*CHILD_COLUMNS, *(column.name for column in codebook.child_columns)]
    table = _table(data, names)
    if table is None:
        return [_problem("missing-columns", f"Die Datei braucht genau diese Spalten: {', '.join(names)}.", 1)]
    checks = _Checks(table, codebook, [])
    response = checks.responses(rows)
    checks.children(response, page.repeat, over, columns, top)
    codes = {column.name: checks.codes(column) for column in codebook.child_columns}
    return checks.problems or ChildRows(response, codes)


def _problem(code: str, message: str, line: int = 0, place: str = CHILDREN) -> Problem:
    return Problem(code, place, message, file=CHILDREN, line=line)


def _table(data: bytes, names: list[str]) -> pd.DataFrame | None:
    try:
        table = pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False, encoding="utf-8", on_bad_lines="error")
    except ValueError:
        return None
    return table.fillna("") if list(table.columns) == names and isinstance(table.index, pd.RangeIndex) else None


@dataclass(frozen=True)
class _Checks:
    table: pd.DataFrame
    codebook: Codebook
    problems: list[Problem]

    def _refuse(self, code: str, name: str, wrong: Mask) -> None:
        if wrong.any():
            line = int(wrong.argmax()) + 2
            text = f"Spalte „{name}“: {int(wrong.sum())} Zeilen {MESSAGES[code]}. Zuerst in Zeile {line}."
            self.problems.append(_problem(code, text, line, name))

    def _numbers(self, name: str) -> tuple[IntArray, Mask]:
        """Return whole numbers, 0 where a cell is none, and which are."""
        cells = self.table[name]
        whole = cells.str.fullmatch(WHOLE).to_numpy(dtype=np.bool_)
        return pd.to_numeric(cells.where(whole, "0")).to_numpy(dtype=np.int64), whole

    def responses(self, rows: Sequence[str]) -> IntArray:
        """Return the position of each child's response, -1 if there is none."""
        found = pd.Index(rows).get_indexer(pd.Index(self.table["row"]))
        self._refuse("foreign-row", "row", found < 0)
        return found.astype(np.int64)

    def children(
        self, response: IntArray, repeat: Repeat, over: Counts, columns: Mapping[str, IntArray], top: int
    ) -> None:
        """Check numbers and bands of children against the counts of their response."""
        number, whole = self._numbers("child")
        self._refuse("wrong-child", "child", ~whole | (number < 1) | (number > repeat.at_most))
        pairs = pd.DataFrame({"response": response, "child": number})
        self._refuse("duplicate-child", "child", pairs.duplicated().to_numpy() & (response >= 0))
        bands = [band.id for band in by_age(over)]
        band = pd.Index(bands).get_indexer(pd.Index(self.table["band"]))
        self._refuse("unknown-band", "band", band < 0)
        there = np.stack([columns[f"{over.id}_{name}"] for name in bands], axis=1)[response, band]
        most = np.where(there >= top, repeat.per_band, np.minimum(there, repeat.per_band))
        nth = pd.DataFrame({"response": response, "band": band}).groupby(["response", "band"]).cumcount().to_numpy()
        self._refuse("child-beyond-roster", "band", (nth >= most) & (response >= 0) & (band >= 0))

    def codes(self, column: Column) -> IntArray:
        """Return the codes of a column."""
        found, whole = self._numbers(column.name)
        self._refuse("not-whole", column.name, ~whole)
        allowed = np.isin(found, [*column.codes, *self.codebook.missing_codes.values()])
        if column.minimum is not None and column.maximum is not None:
            allowed |= (found >= column.minimum) & (found <= column.maximum)
        self._refuse("foreign-code", column.name, whole & ~allowed)
        return found.astype(np.int32)
