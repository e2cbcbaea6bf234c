"""Base data of a district: indicators by Sozialraum from registers, read from the CSV files German offices have.

They never come from a survey and never go into a release; pages show them beside it, marked as what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from questionnaires.problems import Problem
from questionnaires.region import District
from survey.cells import read_table

#: Area of figures for the whole district.
WHOLE = ""
COLUMNS = ("indicator", "area", "year", "value", "unit", "source")
#: What columns may be called; „jahr“ and „Jahr “ are the same.
NAMES: dict[str, str] = {
    "indikator": "indicator", "indicator": "indicator", "kennzahl": "indicator", "merkmal": "indicator",
    "sozialraum": "area", "gebiet": "area", "area": "area", "raum": "area",
    "jahr": "year", "year": "year", "wert": "value", "value": "value", "zahl": "value",
    "einheit": "unit", "unit": "unit", "quelle": "source", "source": "source",
}  # fmt: skip
TITLES = {
    "indicator": "Indikator", "area": "Sozialraum", "year": "Jahr", "value": "Wert", "unit": "Einheit",
    "source": "Quelle",
}  # fmt: skip
LONGEST = {"indicator": 80, "unit": 20, "source": 200}
MAX_ROWS, MAX_PROBLEMS = 20_000, 20
WHOLE_NAMES = frozenset({"kreis", "landkreis", "gesamt", "insgesamt"})


@dataclass(frozen=True)
class BaseFigure:
    """One value of one indicator, in one Sozialraum or the district, in one year."""

    indicator: str
    area: str
    """Sozialraum id, or „“ for the whole district"""
    year: int
    value: float
    places: int
    """decimals as in the file"""
    unit: str
    source: str


@dataclass(frozen=True)
class BaseData:
    """All base data of a district."""

    figures: tuple[BaseFigure, ...] = ()
    indicators: tuple[str, ...] = field(init=False)
    """in the order of the file"""

    def __post_init__(self) -> None:
        object.__setattr__(self, "indicators", tuple(dict.fromkeys(one.indicator for one in self.figures)))

    def newest(self, areas: Sequence[str]) -> Iterator[tuple[str, dict[str, BaseFigure]]]:
        """Yield indicator and area → figure of the newest year that one of these areas has."""
        for indicator in self.indicators:
            found = [one for one in self.figures if one.indicator == indicator and one.area in areas]
            year = max((one.year for one in found if one.area != WHOLE), default=None)
            if year is not None:
                yield indicator, {one.area: one for one in found if one.year == year}


# --- reading ---------------------------------------------------------------------------------------------------


def read_basedata(data: bytes, place: str, district: District) -> BaseData | tuple[Problem, ...]:
    """Return the figures of a CSV file, or everything that is wrong with it, by line."""
    lines = read_table(data)
    if lines is None:
        message = (
            "Das ist keine CSV-Datei. Speichern Sie die Tabelle in Excel oder LibreOffice mit „Speichern unter“ als "
            "„CSV UTF-8“ und nehmen Sie diese Datei."
        )
        return (Problem("basedata.no_text", "", message, place, 1),)
    heads = [NAMES.get(" ".join(cell.casefold().split()), "") for cell in lines[0][1]] if lines else []
    missing = [TITLES[name] for name in COLUMNS if heads.count(name) != 1]
    if missing:
        message = (
            f"In der ersten Zeile müssen die Spalten {', '.join(TITLES.values())} stehen, jede einmal. Es fehlt oder "
            f"steht doppelt: {', '.join(missing)}."
        )
        return (Problem("basedata.columns", "", message, place, 1),)
    return _parse(place, heads, lines[1:], district)


def _parse(
    place: str, heads: list[str], lines: list[tuple[int, list[str]]], district: District
) -> BaseData | tuple[Problem, ...]:
    reading = _Reading(place, _areas(district), _has_commas(heads, lines))
    if len(lines) > MAX_ROWS:
        message = f"Die Datei hat {len(lines)} Zeilen, höchstens {MAX_ROWS} sind möglich."
        return (Problem("basedata.too_many", "", message, place, 1),)
    for number, cells in lines:
        reading.take(number, heads, cells)
    if not lines:
        reading.refuse(1, "empty", "Unter den Überschriften stehen keine Zahlen.")
    problems = reading.problems
    if len(problems) > MAX_PROBLEMS:
        rest = len(problems) - MAX_PROBLEMS
        message = f"Und {rest} weitere Hinweise dieser Art."
        return (*problems[:MAX_PROBLEMS], Problem("basedata.more", "", message, place, problems[MAX_PROBLEMS].line))
    return tuple(problems) or BaseData(tuple(reading.figures.values()))


def _areas(district: District) -> Mapping[str, str]:
    """Return what a Sozialraum may be called → its id."""
    whole = {*WHOLE_NAMES, district.id, district.name.casefold(), district.ags}
    return {
        **{name: WHOLE for name in whole},
        **{" ".join(area.name.casefold().split()): area.id for area in district.areas},
        **{area.id: area.id for area in district.areas},
    }


def _has_commas(heads: list[str], lines: list[tuple[int, list[str]]]) -> bool:
    """Say whether some value of the file can only be read with a decimal comma."""
    j = heads.index("value")
    return any(len(cells) > j and _GERMAN.fullmatch(cells[j]) for _, cells in lines)


#: A comma after which there are not exactly three digits, or after dots between groups of three.
_GERMAN = re.compile(r"-?(?:\d{1,3}(?:\.\d{3})+|\d+),(?:\d{1,2}|\d{4,})|-?\d{1,3}(?:\.\d{3})+,\d+")
_PLAIN = re.compile(r"-?\d+")
_COMMA = re.compile(r"-?(?:\d{1,3}(?:[. '’\u00a0\u202f]\d{3})+|\d+)(?:,\d+)?")
_POINT = re.compile(r"-?\d+\.\d+")
_UNCLEAR = re.compile(r"-?\d{1,3}[.,]\d{3}")


class _Reading:
    """What was read so far and what was wrong."""

    def __init__(self, place: str, areas: Mapping[str, str], commas: bool) -> None:
        self.place, self.areas, self.commas = place, areas, commas
        self.problems: list[Problem] = []
        self.figures: dict[tuple[str, str, int], BaseFigure] = {}
        self.lines: dict[tuple[str, str, int], int] = {}

    def refuse(self, line: int, code: str, message: str) -> None:
        self.problems.append(Problem(f"basedata.{code}", "", message, self.place, line))

    def take(self, line: int, heads: list[str], cells: list[str]) -> None:
        """Read one line; it is kept only if nothing is wrong with it."""
        before = len(self.problems)
        if len(cells) < len(heads) or any(cells[len(heads) :]):
            self.refuse(line, "cells", f"Hier stehen {len(cells)} Angaben, die erste Zeile hat {len(heads)} Spalten.")
            return
        named = {name: cell for name, cell in zip(heads, cells, strict=False) if name}
        texts = {name: self._text(line, name, named[name]) for name in LONGEST}
        area, year, value = self._area(line, named["area"]), self._year(line, named["year"]), named["value"]
        number = self._number(line, value)
        if len(self.problems) > before or number is None:
            return
        key = texts["indicator"], area, year
        if key in self.figures:
            self.refuse(line, "twice", f"Derselbe Indikator, Sozialraum und dasselbe Jahr stehen in Zeile "
                        f"{self.lines[key]} schon einmal.")  # fmt: skip
            return
        places = len(value.rpartition("," if "," in value else ".")[2]) if number != int(number) else 0
        figure = BaseFigure(texts["indicator"], area, year, number, places, texts["unit"], texts["source"])
        self.figures[key], self.lines[key] = figure, line

    def _text(self, line: int, name: str, cell: str) -> str:
        text = " ".join(cell.split())
        if not text and name != "unit":
            self.refuse(line, "empty_cell", f"{TITLES[name]} fehlt.")
        elif len(text) > LONGEST[name]:
            self.refuse(line, "too_long", f"{TITLES[name]}: höchstens {LONGEST[name]} Zeichen, es sind {len(text)}.")
        return text

    def _area(self, line: int, cell: str) -> str:
        found = self.areas.get(" ".join(cell.casefold().split())) if cell else None
        if found is None:
            self.refuse(line, "area", f"„{cell[:60]}“ ist kein Sozialraum dieses Landkreises. Bitte Namen oder Kürzel "
                        "wie auf der Seite „Basisdaten“ schreiben, oder „Kreis“.")  # fmt: skip
        return found or WHOLE

    def _year(self, line: int, cell: str) -> int:
        if re.fullmatch(r"(?:19|20)\d\d", cell):
            return int(cell)
        self.refuse(line, "year", f"„{cell[:20]}“ ist kein Jahr wie 2025.")
        return 0

    def _number(self, line: int, cell: str) -> float | None:
        grouped = bool(_UNCLEAR.fullmatch(cell)) and not cell.lstrip("-").startswith("0")
        if grouped and not self.commas:
            message = (
                f"„{cell}“ kann zweierlei heißen: mit Nachkommastellen oder mit Tausenderpunkt. Bitte ohne "
                "Tausenderzeichen oder mit weniger Nachkommastellen schreiben."
            )
            self.refuse(line, "unclear", message)
            return None
        if _POINT.fullmatch(cell) and not grouped:
            return float(cell)
        if _PLAIN.fullmatch(cell) or _COMMA.fullmatch(cell):
            return float(re.sub(r"[. '’\u00a0\u202f]", "", cell).replace(",", "."))
        self.refuse(line, "number", f"„{cell[:20]}“ ist keine Zahl wie 1234 oder 12,5. Einheiten gehören in ihre "
                    "eigene Spalte; Zeilen ohne Wert bitte weglassen.")  # fmt: skip
        return None
