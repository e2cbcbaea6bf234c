"""A published table as a spreadsheet: cells are copied as they stand in the release, none is computed.

Texts are written as texts, so that none becomes a formula or a link; the same table gives the same bytes.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import xlsxwriter

from questionnaires.handover import HIDDEN_MARK, Cell, Level, Manifest, ReleaseTable, State
from survey.templating import day

LEVELS: dict[Level, str] = {"district": "Kreis", "zone": "Großraum", "area": "Sozialraum", "filter": "Gruppe",
    "zone_filter": "Großraum und Gruppe",
}  # fmt: skip
STATES: dict[State, str] = {
    "number": "Zahl", "uncertain": "unsicher", "words": "nur in Worten", "hidden": "geschützt",
}  # fmt: skip
SIMULATED = "Simulierte Daten: ausgedacht, keine Befragung"
HEADS = ("Antwort", "Ebene", "Gruppe", "Befragte (gerundet)")
#: Fixed, so that nothing tells when somebody downloaded a table.
MADE = datetime(2000, 1, 1, tzinfo=UTC)
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
SHARE, MEAN = "0%", "0.0"
#: What is a number in a CSV of a release; everything else stays a text.
WHOLE = re.compile(r"\d{1,9}")


class _Origin(NamedTuple):
    """Where a table comes from; `address` leads back to its page."""

    manifest: Manifest
    number: int
    address: str


def xlsx_of(table: ReleaseTable, manifest: Manifest, number: int, address: str) -> bytes:
    """Return a workbook with the table and a sheet that says what it is; `address` leads back to its page."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        book.set_properties({"created": MADE.replace(tzinfo=None), "title": table.title[:200]})
        _figures(book, table)
        _about(book, (table.title, table.base_note, *table.notes), _Origin(manifest, number, address))
    return out.getvalue()


def xlsx_of_csv(text: str, manifest: Manifest, number: int, address: str) -> bytes:
    """Return a workbook with what a table of the release holds as CSV: notes, an empty line, heads, rows."""
    lines = list(csv.reader(io.StringIO(text), delimiter=";"))
    empty = next((i for i, line in enumerate(lines) if not any(line)), -1)
    notes = [" ".join(line) for line in lines[: max(empty, 0)]]
    # Whether it is simulated and of which wave the sheet of notes says itself.
    said = [note for note in notes if note not in {SIMULATED, manifest.wave_title}] or [manifest.wave_title]
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        book.set_properties({"created": MADE.replace(tzinfo=None), "title": said[0][:200]})
        _rows(book, lines[empty + 1 :])
        _about(book, said, _Origin(manifest, number, address))
    return out.getvalue()


def _rows(book: Any, lines: list[list[str]]) -> None:
    heads, rows = (lines[0], lines[1:]) if lines else ([], [])
    sheet = book.add_worksheet("Tabelle")
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
    for j, text in enumerate(heads):
        sheet.write_string(0, j, text, head)
        sheet.set_column(j, j, min(44, max(8, len(text) // 2, *(len(row[j]) for row in rows if j < len(row)))))
    for i, row in enumerate(rows, start=1):
        for j, cell in enumerate(row):
            if WHOLE.fullmatch(cell):
                sheet.write_number(i, j, int(cell))
            else:
                sheet.write_string(i, j, cell)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(rows), 1), max(len(heads) - 1, 0))
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _figures(book: Any, table: ReleaseTable) -> None:
    sheet = book.add_worksheet("Tabelle")
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
    value = "Mittelwert" if table.measure == "mean" else "Anteil"
    for j, text in enumerate((*HEADS, value, "von", "bis", "Darstellung")):
        sheet.write_string(0, j, text, head)
    figures = book.add_format({"num_format": MEAN if table.measure == "mean" else SHARE})
    for i, line in enumerate(_lines(table), start=1):
        for j, cell in enumerate(line):
            if isinstance(cell, str):
                sheet.write_string(i, j, cell)
            else:
                sheet.write_number(i, j, cell, figures if j > 3 else None)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(table.rows) * len(table.groups), 1), 7)
    for j, width in enumerate((44, 12, 36, 12, 12, 8, 8, 14)):
        sheet.set_column(j, j, width)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _lines(table: ReleaseTable) -> Iterator[tuple[str | float, ...]]:
    for row, cells in zip(table.rows, table.cells, strict=True):
        for group, cell in zip(table.groups, cells, strict=True):
            base: str | float = HIDDEN_MARK if group.base is None else group.base
            label = group.label + (" (vorläufig)" if group.provisional else "")
            yield row.label, LEVELS[group.level], label, base, *_cell(cell), STATES[cell.state]


def _cell(cell: Cell) -> tuple[str | float, str | float, str | float]:
    if cell.state == "words" and cell.words:
        return cell.words, "", ""
    if cell.state == "hidden" or cell.value is None or cell.low is None or cell.high is None:
        return HIDDEN_MARK, HIDDEN_MARK, HIDDEN_MARK
    return cell.value, cell.low, cell.high


def _about(book: Any, texts: Sequence[str], origin: _Origin) -> None:
    sheet = book.add_worksheet("Hinweise")
    wrap, bold = book.add_format({"text_wrap": True, "valign": "top"}), book.add_format({"bold": True})
    sheet.set_column(0, 0, 100)
    manifest = origin.manifest
    lines = [
        *texts,
        *([SIMULATED] if manifest.simulated else []),
        f"{manifest.wave_title}, {manifest.district}, {day(manifest.opens_on)} bis {day(manifest.closes_on)}",
        f"Ergebnisstand {origin.number}, Auszug {manifest.extract_sha256[:16]}, Auswertung {manifest.analysis_version}",
        f"Diese Ansicht: {origin.address}",
        "", "So sind die Befragten geschützt, so wurde gerechnet:", *manifest.rules,
    ]  # fmt: skip
    for i, line in enumerate(lines):
        sheet.write_string(i, 0, line, bold if i == 0 else wrap)
