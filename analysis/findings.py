"""German sentences, written from published figures and only where these carry them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from analysis.areas import DISTRICT
from analysis.combine import PLAIN, Precision, Share, share_of
from analysis.contrast import SIGNIFICANCE, against_rest, holm
from analysis.disclosure import COARSE, Published
from analysis.german import caveat_of, listed, percent, percent_with_interval
from analysis.needs import leaders, rank_rows
from questionnaires.handover import Cell, CellRef, Certainty, Finding, Group, ReleaseTable, Row
from questionnaires.plan import PublicationPlan

MAX_LEADERS = 4
MAX_OF_HEADLINE = 3
MAX_OTHER_FINDINGS = 3
MAX_HINTS = 2
SURE = "Gesichert (95 %, nach Holm über alle Vergleiche dieser Frage)."
HINT = "Das ist ein Hinweis, nicht gesichert: Unter vielen Vergleichen sind solche auch durch Zufall zu erwarten."


@dataclass(frozen=True)
class Difference:
    """One Sozialraum against the rest of the district, for one row."""

    row: Row
    group: Group
    here: Cell
    district: Cell
    more: bool
    p: float
    """two-sided, after Holm within the table"""
    raw: float
    """before Holm"""

    @property
    def secured(self) -> bool:
        """Whether it holds after Holm's correction."""
        return self.p < SIGNIFICANCE


def area_differences(table: Published[ReleaseTable], precision: Precision = PLAIN) -> tuple[Difference, ...]:
    """Compare every Sozialraum with the rest of the district, from published figures only.

    Parameters
    ----------
    table : Published[ReleaseTable]
    precision : Precision
        of the wave

    Returns
    -------
    tuple of Difference
        by rising p, larger needs first; see :func:`analysis.contrast.against_rest`

    Notes
    -----
    The district contains the area, so area and rest are the independent samples. Holm's correction runs over all
    rows and areas of the table (S. Holm, Scandinavian Journal of Statistics 6 (1979) 65-70).
    """
    source = table.value
    found: list[Difference] = []
    for row, cells in zip(source.rows, source.cells, strict=True):
        whole = share_of(table, [row.id], DISTRICT) if cells and cells[0].value is not None else None
        for group, cell in zip(source.groups, cells, strict=True):
            if group.level == "area" and cell.value is not None and whole is not None:
                found += _difference(table, row, whole, cells[0], group, cell, precision)
    corrected = holm([one.raw for one in found])
    judged = [replace(one, p=p) for one, p in zip(found, corrected, strict=True)]
    return tuple(sorted(judged, key=lambda d: (d.p, d.raw, not d.more, d.row.id, d.group.id)))


def _difference(
    table: Published[ReleaseTable], row: Row, whole: Share, district: Cell, group: Group, cell: Cell,
    precision: Precision,
) -> Iterator[Difference]:  # fmt: skip
    here = share_of(table, [row.id], group.id)
    contrast = against_rest(here, whole, precision) if here else None
    if contrast is not None:
        yield Difference(row, group, cell, district, contrast.more, contrast.p, contrast.p)


def write_findings(
    headline: Published[ReleaseTable] | None,
    others: Sequence[Published[ReleaseTable]],
    plan: PublicationPlan,
    precision: Precision = PLAIN,
) -> tuple[Finding, ...]:
    """Write what the tables say: what matters most, and where it differs.

    Parameters
    ----------
    headline : Published[ReleaseTable] or None
        the table of the headline question
    others : sequence of Published[ReleaseTable]
        further tables about needs and offers
    plan : PublicationPlan
        its access decides whether the caveat of open surveys is said
    precision : Precision
        of the wave

    Returns
    -------
    tuple of Finding
        each with the cells of all numbers in its text
    """
    caveat = caveat_of(plan)
    found: list[Finding] = []
    if headline is not None:
        found += _top(headline, caveat)
        found += _areas(headline, caveat, precision)
    compared = [(table, area_differences(table, precision)) for table in others]
    secured = [(d[0], t) for t, d in compared if d and d[0].secured]
    for difference, table in sorted(secured, key=lambda pair: (pair[0].p, pair[0].raw))[:MAX_OTHER_FINDINGS]:
        found.append(_area_finding(table, [difference], caveat))
    found += _how_many(headline, [t for t, d in compared if d], secured, caveat)
    return tuple(found)


def _how_many(
    headline: Published[ReleaseTable] | None, compared: Sequence[Published[ReleaseTable]],
    secured: Sequence[tuple[Difference, Published[ReleaseTable]]], caveat: str,
) -> Iterator[Finding]:  # fmt: skip
    """Say in how many tables any Sozialraum differs: the quiet ones count as much as the loud."""
    n, m = len(compared), len(secured)
    if n < 2:
        return
    about = headline or compared[0]
    chance = max(round(n * SIGNIFICANCE), 1)
    said = f"Verglichen wurde jeder Sozialraum mit dem übrigen Kreis in {n} weiteren Tabellen. "
    if m:
        said += (
            f"In {m} davon ist ein Unterschied gesichert, in {n - m} nicht. Bei so vielen Tabellen ist etwa {chance} "
            "gesicherter Unterschied auch durch Zufall zu erwarten."
            if chance == 1
            else f"In {m} davon ist ein Unterschied gesichert, in {n - m} nicht. Bei so vielen Tabellen sind etwa "
            f"{chance} gesicherte Unterschiede auch durch Zufall zu erwarten."
        )
        headline_text = f"Bei {m} von {n} weiteren Fragen unterscheidet sich ein Sozialraum gesichert"
    else:
        said += "Das heißt nicht, dass es keine Unterschiede gibt: Nur große sind erkennbar."
        headline_text = f"Bei {n} weiteren Fragen ist kein Unterschied zwischen Sozialräumen gesichert"
    yield Finding(
        id="weitere-gebiete", headline=headline_text, sentence=f"{said}{caveat}", table=about.value.id,
        about="differences", certainty="described",
        rests_on=tuple(CellRef(table=t.value.id, row=d.row.id, group=d.group.id) for d, t in secured),
    )  # fmt: skip


def _top(table: Published[ReleaseTable], caveat: str) -> Iterator[Finding]:
    source = table.value
    ranked = rank_rows(table, DISTRICT)
    numbers = [row for row in ranked if row.worst is not None]
    if not numbers:
        return
    first, upper = leaders(ranked), [row for row in numbers if (row.worst or 0) <= (len(numbers) + 1) // 2]
    if 0 < len(first) <= MAX_LEADERS:
        headline, chosen = f"Am häufigsten genannt: {listed([f'„{r.label}“' for r in first])}", list(first)
        order = "" if len(first) == 1 else " Was davon ganz vorn liegt, ist nicht gesichert."
    elif 0 < len(upper) <= MAX_LEADERS:
        headline, chosen = f"Unter den häufigsten Antworten: {listed([f'„{r.label}“' for r in upper])}", upper
        order = " Sie liegen sicher in der oberen Hälfte; eine genaue Reihenfolge ist nicht gesichert."
    else:
        headline, chosen = "Keine Antwort liegt gesichert vorn", []
        order = "Die Vertrauensbereiche der häufigsten Antworten überschneiden sich."
    parts = [f"„{r.label}“ {percent_with_interval(r.cell)}" for r in chosen]
    said = f"Von allen, die geantwortet haben, nennen {listed(parts)}." if chosen else ""
    yield Finding(
        id=f"{source.id}-vorn", headline=headline, sentence=f"{said}{order}{caveat}", table=source.id,
        cells=tuple((r.row, DISTRICT) for r in chosen), about="needs", certainty="secured" if chosen else "described",
        rests_on=tuple(CellRef(table=source.id, row=r.row, group=DISTRICT) for r in chosen),
    )  # fmt: skip


def _areas(table: Published[ReleaseTable], caveat: str, precision: Precision) -> Iterator[Finding]:
    differences = area_differences(table, precision)
    secured = sorted((d for d in differences if d.secured), key=lambda d: (not d.more, d.p, d.raw))
    if secured:
        yield _area_finding(table, secured[:MAX_OF_HEADLINE], caveat)
    elif differences:
        hints = [d for d in differences if d.raw < SIGNIFICANCE and d.more][:MAX_HINTS]
        said = (
            "Das heißt nicht, dass es keine Unterschiede gibt: Bei dieser Zahl von Antworten je Sozialraum sind nur "
            "große erkennbar."
        )
        if hints:
            said += f" Auffällig ist: {' '.join(_compared(d, table.value) for d in hints)} {HINT}"
        yield Finding(
            id=f"{table.value.id}-gebiete", headline="Zwischen den Sozialräumen ist kein Unterschied gesichert",
            sentence=f"{said}{caveat}", table=table.value.id, about="differences",
            certainty="hint" if hints else "described", **_evidence(table.value, hints),
        )  # fmt: skip


def _area_finding(table: Published[ReleaseTable], found: list[Difference], caveat: str) -> Finding:
    source = table.value
    said = " ".join(_compared(difference, source) for difference in found)
    certainty: Certainty = "secured"
    return Finding(
        id=f"{source.id}-gebiete", headline=_headline(found[0], source),
        sentence=f"Frage: „{_question(source)}“ {said} {SURE}{caveat}", table=source.id, about="differences",
        certainty=certainty, **_evidence(source, found),
    )  # fmt: skip


def _evidence(table: ReleaseTable, found: Sequence[Difference]) -> dict[str, tuple[object, ...]]:
    cells = dict.fromkeys(cell for d in found for cell in ((d.row.id, d.group.id), (d.row.id, DISTRICT)))
    return {"cells": tuple(cells), "rests_on": tuple(CellRef(table=table.id, row=r, group=g) for r, g in cells)}


def _question(table: ReleaseTable) -> str:
    return table.title.removesuffix(" (zusammengefasst)") if table.id.endswith(COARSE) else table.title


def _headline(difference: Difference, table: ReleaseTable) -> str:
    """Say who differs in what: of an item of a battery its own words, not only the step."""
    place, answer = difference.group.label, f"„{difference.row.label}“"
    if table.item:
        item = _question(table).split(" – ")[-1]
        amount = "mehr" if difference.more else "weniger"
        return f"{place}: Zu „{item}“ antworten {amount} Befragte {answer} als im übrigen Kreis"
    often = "häufiger" if difference.more else "seltener"
    return f"{place}: {answer} {often} als im übrigen Kreis"


def _compared(difference: Difference, table: ReleaseTable) -> str:
    verb = "nennen" if table.measure == "share_of_cases" else "antworten"
    here = percent_with_interval(difference.here)
    return (
        f"{difference.group.label}: {here} {verb} „{difference.row.label}“, im Kreis "
        f"{percent(difference.district.value or 0)}."
    )
