"""A published table as CSV that a German Excel opens by double click.

UTF-8 with a byte order mark (without it Excel reads Umlaute wrong), semicolons and decimal commas, CRLF. One row per
answer and group, so that it can be filtered; what a table is about stands above it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from analysis.derived import shares_of_mentions, totals
from analysis.disclosure import Published
from analysis.german import decimal
from questionnaires.handover import HIDDEN_MARK, Cell, ReleaseTable, Weighting

SIMULATED = "Simulierte Daten: ausgedacht, keine Befragung"
LEVELS = {"district": "Kreis", "zone": "Großraum", "area": "Sozialraum", "filter": "Gruppe",
          "zone_filter": "Großraum und Gruppe"}  # fmt: skip
STATES = {"number": "Zahl", "uncertain": "unsicher", "words": "nur in Worten", "hidden": "geschützt"}
MENTIONS = ("Anteil an allen Nennungen in %",)
TOTALS = ("Familien (hochgerechnet)", "Familien von", "Familien bis")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_of(table: Published[ReleaseTable], wave_title: str, *, simulated: bool, of_mentions: bool = False) -> bytes:
    """Return a table as CSV.

    Parameters
    ----------
    table : Published[ReleaseTable]
    wave_title : str
    simulated : bool
        adds a line that says so
    of_mentions : bool
        adds the share among all answers given, for questions with several answers

    Returns
    -------
    bytes
        with totals where groups have `known` families; hidden cells hold the neutral mark in all columns of figures;
        no cell starts a formula
    """
    source = table.value
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for line in [*([SIMULATED] if simulated else []), wave_title, source.title, source.base_note, *source.notes]:
        writer.writerow([_safe(line)])
    writer.writerow([])
    value = "Mittelwert" if source.measure == "mean" else "Anteil in %"
    more = [*(MENTIONS if of_mentions else ()), *(TOTALS if _has_totals(source) else ())]
    writer.writerow(["Antwort", "Ebene", "Gruppe", "Befragte (gerundet)", value, "von", "bis", "Darstellung", *more])
    mentions = _mentions(source) if of_mentions else {}
    writer.writerows([_safe(cell) for cell in row] for row in _rows(source, mentions))
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def weights_csv_of(weighting: Weighting, wave_title: str, *, simulated: bool) -> bytes:
    """Return what was weighted as CSV.

    Parameters
    ----------
    weighting : Weighting
    wave_title : str
    simulated : bool
        adds a line that says so

    Returns
    -------
    bytes
        a row per group: its part among all families, among the responses, and how much a response of it counts
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for line in [*([SIMULATED] if simulated else []), wave_title, "Gewichtung"]:
        writer.writerow([_safe(line)])
    writer.writerow([])
    writer.writerow(["Randverteilung", "Quelle", "Gruppe", "bekannt in %", "unter den Bögen in %", "zählt …-fach"])
    for margin in weighting.margins:
        for group in margin.groups:
            here = HIDDEN_MARK if group.answered is None else str(round(group.answered * 100))
            factor = HIDDEN_MARK if group.factor is None else decimal(group.factor)
            known = decimal(group.known * 100)
            writer.writerow([_safe(cell) for cell in (margin.title, margin.source, group.label, known, here, factor)])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def sheet_of(
    title: str, notes: Sequence[str], header: Sequence[str], rows: Iterable[Sequence[str]], wave_title: str, *,
    simulated: bool,
) -> bytes:  # fmt: skip
    """Return any sheet as CSV in the same form as a table's.

    Parameters
    ----------
    title : str
    notes : sequence of str
        stand above the figures
    header : sequence of str
    rows : iterable of sequences of str
    wave_title : str
    simulated : bool
        adds a line that says so

    Returns
    -------
    bytes
        no cell starts a formula
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for line in [*([SIMULATED] if simulated else []), wave_title, title, *notes]:
        writer.writerow([_safe(line)])
    writer.writerow([])
    writer.writerow(header)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def figures_of(cell: Cell | None) -> list[str]:
    """Return a share as columns: value, from, to [percent] and how it is shown; the neutral mark where it is hidden."""
    if cell is None:
        return ["", "", "", ""]
    return [*_figures(cell, mean=False), STATES[cell.state]]


def _has_totals(table: ReleaseTable) -> bool:
    return table.measure != "mean" and any(group.known is not None for group in table.groups)


def _mentions(table: ReleaseTable) -> dict[tuple[int, int], str]:
    """Return the shares of mentions by row and group."""
    found = {(i, j): HIDDEN_MARK for i in range(len(table.rows)) for j in range(len(table.groups))}
    for j in range(len(table.groups)):
        shares = shares_of_mentions([cells[j] for cells in table.cells])
        found |= {(i, j): str(round(share * 100)) for i, share in enumerate(shares or ())}
    return found


def _rows(table: ReleaseTable, mentions: dict[tuple[int, int], str]) -> Iterator[list[str]]:
    for i, (row, cells) in enumerate(zip(table.rows, table.cells, strict=True)):
        for j, (group, cell) in enumerate(zip(table.groups, cells, strict=True)):
            base = HIDDEN_MARK if group.base is None else str(group.base)
            label = group.label + (" (vorläufig)" if group.provisional else "")
            figures = _figures(cell, mean=table.measure == "mean")
            more = [mentions[i, j]] if mentions else []
            if _has_totals(table):
                found = totals(cell, group)
                more += [str(number) for number in found] if found else [HIDDEN_MARK] * 3
            yield [row.label, LEVELS[group.level], label, base, *figures, STATES[cell.state], *more]


def _figures(cell: Cell, *, mean: bool) -> list[str]:
    if cell.value is None or cell.low is None or cell.high is None:
        return [cell.words, "", ""] if cell.words else [HIDDEN_MARK] * 3
    numbers = (cell.value, cell.low, cell.high)
    return [decimal(number) if mean else str(round(number * 100)) for number in numbers]


def _safe(cell: str) -> str:
    """Keep spreadsheets from taking a text for a formula (CWE-1236)."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
