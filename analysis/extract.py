"""Read an extract: the documented contract of :mod:`questionnaires.handover`, checked before anyone counts.

The quick way lets pandas decode whole numbers in chunks. Whenever it stumbles, :mod:`analysis.extract_check`
reads the file again slowly and says everything that is wrong, by column, number of rows and first line.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.errors import ExtractError
from analysis.extract_check import FURTHEST_APART, find_problems, header_of, is_utf8, read_codebook, read_fieldwork
from analysis.extract_children import CHILDREN, ChildRows, read_children
from analysis.extract_texts import TEXTS, TextRow, excess_of_texts, read_texts, text_counts
from questionnaires.handover import NO_AREA, Codebook, Column, Fieldwork
from questionnaires.plan import PublicationPlan
from questionnaires.problems import Problem

IntArray = npt.NDArray[np.integer[Any]]
FloatArray = npt.NDArray[np.float64]

CHUNK_ROWS = 50_000
FILES = ("codebook.json", "fieldwork.json", "responses.csv")


@dataclass(frozen=True)
class Extract:
    """A checked extract; every array has one entry per response, in the order of the file."""

    codebook: Codebook
    fieldwork: Fieldwork
    columns: Mapping[str, IntArray] = field(repr=False)
    """column name → codes as int16 or int32; missing values are the negative codes of the codebook"""
    area: IntArray = field(repr=False)
    """position in ``codebook.district.areas``; -1: outside the district or not known"""
    weight: FloatArray | None = field(repr=False)
    """None where the extract has no column `weight`"""
    n_texts: Mapping[str, int]
    """question → responses with own words; empty where texts.csv stayed behind"""
    sha256: str
    """of the files the figures rest on"""
    children: ChildRows | None = field(default=None, repr=False)
    """None where nothing was asked for each child"""
    texts: tuple[TextRow, ...] = field(default=(), repr=False)
    """answers in own words, as far as people let them out; empty where texts.csv stayed behind"""
    doubtful: IntArray | None = field(default=None, repr=False)
    """1 for responses that fieldwork marked as doubtful; None where no file was read"""
    door: IntArray | None = field(default=None, repr=False)
    """position in :func:`grouped_doors` of the plan, -1 for other doors; None where no filter is by doors"""

    @property
    def n(self) -> int:
        """Number of responses."""
        return len(self.area)


def read_extract(folder: Path) -> Extract:
    """Read and check an extract folder.

    Parameters
    ----------
    folder : Path
        holds ``responses.csv``, ``codebook.json``, ``fieldwork.json`` and perhaps ``children.csv`` and ``texts.csv``

    Returns
    -------
    Extract
        codes as small whole numbers; missing values stay the negative codes they are

    Raises
    ------
    ExtractError
        with all problems: missing files or columns, foreign codes, decimal commas, wrong encoding, a codebook
        that was changed by hand, an empty wave … Messages name columns, counts and lines,
        never an answer
    """
    problems = [_missing_file(name) for name in FILES if not (folder / name).is_file()]
    codebook = read_codebook(folder / "codebook.json", problems)
    fieldwork = read_fieldwork(folder / "fieldwork.json", problems)
    texts = read_texts(folder / TEXTS, codebook, problems)
    responses = folder / "responses.csv"
    if problems or codebook is None or fieldwork is None:
        if codebook is not None and responses.is_file():
            problems += find_problems(responses, codebook, fieldwork)
        raise ExtractError(problems)
    found = _read_quickly(responses, codebook, fieldwork)
    if found is None:
        raise ExtractError(find_problems(responses, codebook, fieldwork) or [_unreadable()])
    columns, area, weight, rows, doubtful, door = found
    problems += weights_far_apart(weight)
    path = folder / CHILDREN
    children = read_children(path, codebook, rows, columns, fieldwork.plan.top_code_counts)
    problems += excess_of_texts(texts, codebook, area)
    if isinstance(children, list):
        raise ExtractError([*children, *problems])
    if problems:
        raise ExtractError(problems)
    files = (*FILES, *(name for name in (CHILDREN, TEXTS) if _rests_on(folder, name, children)))
    counts = text_counts(texts, codebook)
    digest = _sha256(folder, files)
    return Extract(codebook, fieldwork, columns, area, weight, counts, digest, children, texts, doubtful, door)


def weights_far_apart(weight: FloatArray | None) -> Iterator[Problem]:
    """Yield a problem where one response would count a million times as much as another.

    Parameters
    ----------
    weight : (n,) float array or None
        positive
    """
    if weight is not None and weight.max() > FURTHEST_APART * weight.min():
        message = (
            "Spalte „weight“: Das größte Gewicht ist mehr als eine Million mal so groß wie das kleinste. Bitte prüfen, "
            "ob alle dieselbe Einheit haben."
        )
        yield Problem("weights-far-apart", "weight", message, file="responses.csv", line=1)


def grouped_doors(plan: PublicationPlan) -> tuple[str, ...]:
    """Return the doors that the plan's filters group by, sorted.

    Parameters
    ----------
    plan : PublicationPlan

    Returns
    -------
    tuple of str
    """
    return tuple(sorted({door for rule in plan.filters for group in rule.groups for door in group.doors}))


def _rests_on(folder: Path, name: str, children: ChildRows | None) -> bool:
    return children is not None if name == CHILDREN else (folder / name).is_file()


def extract_of_rows(extract: Extract, rows: npt.NDArray[np.bool_]) -> Extract:
    """Return an extract with some of its responses.

    Parameters
    ----------
    extract : Extract
    rows : (n,) bool array
        which responses stay

    Returns
    -------
    Extract
        its `fieldwork` still tells of the whole wave
    """
    columns = {name: codes[rows] for name, codes in extract.columns.items()}
    weight = None if extract.weight is None else extract.weight[rows]
    children = None if extract.children is None else _children_of_rows(extract.children, rows)
    doubtful = None if extract.doubtful is None else extract.doubtful[rows]
    door = None if extract.door is None else extract.door[rows]
    area = extract.area[rows]
    return replace(
        extract, columns=columns, area=area, weight=weight, children=children, doubtful=doubtful, door=door
    )


def _children_of_rows(children: ChildRows, rows: npt.NDArray[np.bool_]) -> ChildRows:
    stay = rows[children.response]
    response = (np.cumsum(rows) - 1)[children.response[stay]]
    return ChildRows(response, {name: codes[stay] for name, codes in children.columns.items()})


def _missing_file(name: str) -> Problem:
    return Problem("missing-file", name, f"Die Datei {name} fehlt im Auszug.", file=name)


def _unreadable() -> Problem:
    message = "Die Datei lässt sich nicht als Tabelle lesen. Bitte den Auszug neu erzeugen."
    return Problem("unreadable", "responses.csv", message, file="responses.csv")


def _sha256(folder: Path, files: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for name in files:
        digest.update(f"{name}\0".encode())
        with (folder / name).open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
        digest.update(b"\0")
    return digest.hexdigest()


def code_type(column: Column) -> type[np.int16] | type[np.int32]:
    """Return the smallest type that holds a column: int16, or int32 for large numbers."""
    largest = max((*column.codes, column.maximum or 0, abs(column.minimum or 0)))
    return np.int32 if largest > np.iinfo(np.int16).max else np.int16


Decoded = tuple[dict[str, IntArray], IntArray, FloatArray | None, list[str], IntArray, IntArray | None]


def _read_quickly(path: Path, codebook: Codebook, fieldwork: Fieldwork) -> Decoded | None:
    """Return the decoded columns, or None if anything at all is not as the contract says."""
    header = header_of(path) if is_utf8(path) else None
    if header is None:
        return None
    types: dict[str, Any] = {column.name: code_type(column) for column in codebook.columns}
    types |= {"row": str, "area": str, "late": np.int16, "doubtful": np.int16, "weight": np.float64}
    doors = grouped_doors(fieldwork.plan)
    types |= {"door": str} if doors else {}
    wanted = [name for name in header if name in types]
    try:
        frames = pd.read_csv(
            path, usecols=wanted, dtype={n: types[n] for n in wanted}, chunksize=CHUNK_ROWS, encoding="utf-8",
            keep_default_na=False, na_values={}, on_bad_lines="error",
        )  # fmt: skip
        with frames, np.errstate(invalid="ignore"):  # an endless number is refused, numpy need not speak of it as well
            chunks = [_checked_chunk(frame, codebook, doors) for frame in frames]
    except (ValueError, TypeError, KeyError, OverflowError):
        return None  # pandas names values in its messages; the slow check says what is wrong without them
    rows = [row for chunk in chunks for row in chunk.pop("row")]
    n = len(rows)
    if not n or n != fieldwork.n_responses or not pd.Index(rows).is_unique:
        return None
    columns = {c.name: _joined(chunks, c.name) for c in codebook.columns}
    weight = _joined(chunks, "weight") if "weight" in header else None
    door = _joined(chunks, "door") if doors else None
    return columns, _joined(chunks, "area"), weight, rows, _joined(chunks, "doubtful"), door


def _joined(chunks: list[dict[str, Any]], name: str) -> Any:
    """Return a column whole; its parts go, so that no more than one column is there twice."""
    return np.concatenate([chunk.pop(name) for chunk in chunks])


def _checked_chunk(frame: pd.DataFrame, codebook: Codebook, doors: Sequence[str] = ()) -> dict[str, Any]:
    if not isinstance(frame.index, pd.RangeIndex):
        raise ValueError("rows are longer than the header")
    found: dict[str, Any] = {"row": frame["row"].tolist(), "area": _area_index(frame["area"], codebook)}
    for column in codebook.columns:
        codes = frame[column.name].to_numpy()
        if not valid_codes(codes, column, codebook.missing_codes).all():
            raise ValueError("foreign codes")
        found[column.name] = codes
    if not (frame[["late", "doubtful"]].isin((0, 1)).all(axis=None)):
        raise ValueError("marks are 0 or 1")
    found["doubtful"] = frame["doubtful"].to_numpy()
    if doors:
        found["door"] = pd.Index(doors).get_indexer(pd.Index(frame["door"])).astype(np.int16)
    if "weight" in frame:
        found["weight"] = frame["weight"].to_numpy()
        if not (np.isfinite(found["weight"]).all() and (found["weight"] > 0).all()):
            raise ValueError("weights are positive")
    return found


def _area_index(names: pd.Series[str], codebook: Codebook) -> IntArray:
    position = {area.id: i for i, area in enumerate(codebook.district.areas)} | {NO_AREA: -1}
    categories = pd.Categorical(names)
    unknown = [name for name in categories.categories if name not in position]
    if unknown or (categories.codes < 0).any():
        raise ValueError("unknown area")
    lookup = np.array([position[name] for name in categories.categories], dtype=np.int16)
    return np.asarray(lookup[categories.codes])


def valid_codes(codes: IntArray, column: Column, missing: Mapping[str, int]) -> npt.NDArray[np.bool_]:
    """Say which entries are a code of the column or one of the missing codes.

    Parameters
    ----------
    codes : (n,) integer array
    column : Column
        its `codes`, or `minimum` and `maximum`
    missing : mapping
        name → negative code

    Returns
    -------
    (n,) bool array
    """
    allowed = np.isin(codes, [*column.codes, *missing.values()])
    if column.minimum is not None and column.maximum is not None:
        allowed |= (codes >= column.minimum) & (codes <= column.maximum)
    return allowed
