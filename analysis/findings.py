"""German sentences, written from published figures and only where these carry them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analysis.areas import DISTRICT
from analysis.disclosure import Published
from analysis.display import share_step
from analysis.german import OPEN_CAVEAT, listed, percent, percent_with_interval
from analysis.needs import leaders, rank_rows
from questionnaires.handover import Cell, Finding, Group, ReleaseTable, Row
from questionnaires.plan import PublicationPlan

SIGNIFICANCE = 0.05
MIN_REST = 20
MAX_LEADERS = 4
MAX_OTHER_FINDINGS = 3


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


def area_differences(table: Published[ReleaseTable], effect: float = 1.0) -> tuple[Difference, ...]:
    """Compare every Sozialraum with the rest of the district, from published figures only.

    Parameters
    ----------
    table : Published[ReleaseTable]
    effect : float
        the wave's design effect; divides the bases

    Returns
    -------
    tuple of Difference
        by rising p; the share of the rest follows from the published shares and bases of district and Sozialraum.
        The difference is first reduced by all that rounding may have added, so that p is rather too large

    Notes
    -----
    The district contains the area, so area and rest are the independent samples. Holm's correction runs over all
    rows and areas of the table (S. Holm, Scandinavian Journal of Statistics 6 (1979) 65-70).
    """
    source = table.value
    found: list[Difference] = []
    for row, cells in zip(source.rows, source.cells, strict=True):
        whole = cells[0]
        for group, cell in zip(source.groups, cells, strict=True):
            if group.level == "area" and cell.value is not None and whole.value is not None:
                found += _difference(row, source.groups[0], whole, group, cell, effect)
    return _holm(found)


def _difference(
    row: Row, district: Group, whole: Cell, group: Group, cell: Cell, effect: float
) -> Iterator[Difference]:
    n_all, n, here = district.base or 0, group.base or 0, cell.value or 0.0
    rest = n_all - n
    if rest < MIN_REST or not n:
        return
    there = min(max(((whole.value or 0.0) * n_all - here * n) / rest, 0.0), 1.0)
    rounding = share_step(n) / 200 + (share_step(n_all) / 200 * n_all + share_step(n) / 200 * n) / rest
    gap = max(abs(here - there) - rounding, 0.0)
    error = math.sqrt(effect * (here * (1 - here) / n + there * (1 - there) / rest))
    p = math.erfc(gap / error / math.sqrt(2)) if error > 0 else 1.0
    yield Difference(row, group, cell, whole, here > there, p)


def _holm(found: list[Difference]) -> tuple[Difference, ...]:
    ordered = sorted(found, key=lambda d: (d.p, d.row.id, d.group.id))
    adjusted, largest = [], 0.0
    for i, difference in enumerate(ordered):
        largest = max(largest, min(1.0, (len(ordered) - i) * difference.p))
        adjusted.append(Difference(**(vars(difference) | {"p": largest})))
    return tuple(adjusted)


def write_findings(
    headline: Published[ReleaseTable] | None,
    others: Sequence[Published[ReleaseTable]],
    plan: PublicationPlan,
    effect: float = 1.0,
) -> tuple[Finding, ...]:
    """Write what the figures say, loudest first.

    Parameters
    ----------
    headline : Published[ReleaseTable] or None
        the table of the headline question
    others : sequence of Published[ReleaseTable]
        further tables about needs and offers
    plan : PublicationPlan
        its access decides whether the caveat of open surveys is said
    effect : float
        the wave's design effect

    Returns
    -------
    tuple of Finding
        each with the cells of all numbers in its text
    """
    caveat = f" {OPEN_CAVEAT}" if plan.access == "open" else ""
    found: list[Finding] = []
    if headline is not None:
        found += _top(headline, caveat)
        found += _areas(headline, caveat, effect)
    secured = [(d, t) for t in others for d in area_differences(t, effect)[:1] if d.p < SIGNIFICANCE]
    for difference, table in sorted(secured, key=lambda pair: pair[0].p)[:MAX_OTHER_FINDINGS]:
        found.append(_area_finding(table, [difference], caveat))
    return tuple(found)


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
        cells=tuple((r.row, DISTRICT) for r in chosen),
    )  # fmt: skip


def _areas(table: Published[ReleaseTable], caveat: str, effect: float) -> Iterator[Finding]:
    differences = area_differences(table, effect)
    secured = [d for d in differences if d.p < SIGNIFICANCE]
    if secured:
        yield _area_finding(table, secured[:3], caveat)
    elif differences:
        yield Finding(
            id=f"{table.value.id}-gebiete",
            headline="Zwischen den Sozialräumen ist kein Unterschied gesichert",
            sentence="Das heißt nicht, dass es keine Unterschiede gibt: Bei dieser Zahl von Antworten je Sozialraum "
            f"sind nur große erkennbar.{caveat}",
            table=table.value.id,
        )


def _area_finding(table: Published[ReleaseTable], found: list[Difference], caveat: str) -> Finding:
    sentences = [
        f"{d.group.label}: {percent_with_interval(d.here)} für „{d.row.label}“, "
        f"im Kreis {percent(d.district.value or 0)}."
        for d in found
    ]
    first = found[0]
    headline = (
        f"{first.group.label}: „{first.row.label}“ {'häufiger' if first.more else 'seltener'} als im übrigen Kreis"
    )
    cells = [cell for d in found for cell in ((d.row.id, d.group.id), (d.row.id, DISTRICT))]
    question = f"Frage: „{table.value.title}“ "
    return Finding(
        id=f"{table.value.id}-gebiete",
        headline=headline,
        sentence=f"{question}{' '.join(sentences)} Gesichert (95 %, nach Holm über alle Vergleiche).{caveat}",
        table=table.value.id,
        cells=tuple(dict.fromkeys(cells)),
    )
