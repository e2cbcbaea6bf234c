"""Headlines never contradict their figures: read back from the German alone and held against the published table."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.comparisons import area_comparisons
from analysis.disclosure import Published
from analysis.findings import write_findings
from questionnaires.handover import Cell, Finding, ReleaseTable
from tests.analysis.test_needs_and_findings import OPEN, published

QUOTED = re.compile(r"„([^“]+)“")
PLACE = re.compile(r"^(?P<place>[^:]+): „(?P<answer>[^“]+)“ (?P<often>häufiger|seltener) als im übrigen Kreis$")
FIGURE = re.compile(r"(\d+)(?: bis (\d+))?\s%")
NOTHING_LEADS, NO_DIFFERENCE = "Keine Antwort liegt gesichert vorn", "Zwischen den Sozialräumen ist kein Unterschied"


@st.composite
def tables(draw: st.DrawFn) -> Published[ReleaseTable]:
    """A district and two of its Sozialräume; the rest of the district is what is left of its share."""
    share = st.integers(1, 99)
    hidden = st.sampled_from([False, False, False, False, True])
    rows: dict[str, tuple[int | None, ...]] = {}
    for name in "abcdefgh"[: draw(st.integers(2, 8))]:
        north, south, rest = draw(share), draw(share), draw(share)
        whole = min(max(round((north + south + 3 * rest) / 5), 1), 99)
        rows[name] = tuple(None if draw(hidden) else points for points in (whole, north, south))
    return published(rows)


def contradictions(finding: Finding, table: ReleaseTable) -> Iterator[str]:
    """What a reader with the table in hand would object to."""
    yield from _figures(finding, table)
    every = {row.label: cells[0] for row, cells in zip(table.rows, table.cells, strict=True)}
    whole = {name: cell for name, cell in every.items() if cell.low is not None}
    head, _, names = finding.headline.partition(": ")
    if head == "Am häufigsten genannt":
        named = {name: whole[name] for name in QUOTED.findall(names)}
        yield from _leading(named, {name: cell for name, cell in whole.items() if name not in named})
    elif head == "Unter den häufigsten Antworten":
        for name in QUOTED.findall(names):
            above = sum(_high(cell) >= _low(whole[name]) for other, cell in whole.items() if other != name)
            if above > (len(whole) + 1) // 2 - 1:
                yield f"{name} may lie in the lower half"
    elif finding.headline == NOTHING_LEADS:
        for name, cell in whole.items():
            if all(_low(cell) > _high(other) for label, other in whole.items() if label != name):
                yield f"{name} leads"
    elif found := PLACE.match(finding.headline):
        yield from _place(found, table)


def _leading(named: dict[str, Cell], others: dict[str, Cell]) -> Iterator[str]:
    for name, cell in others.items():
        if not any(_low(first) > _high(cell) for first in named.values()):
            yield f"{name} may be first and is not named"
        if any(_low(cell) > _high(first) for first in named.values()):
            yield f"{name} is surely named more often"


def _place(found: re.Match[str], table: ReleaseTable) -> Iterator[str]:
    column = next(j for j, group in enumerate(table.groups) if group.label == found["place"])
    cells = next(cells for row, cells in zip(table.rows, table.cells, strict=True) if row.label == found["answer"])
    gap = (cells[column].value or 0) - (cells[0].value or 0)
    if gap <= 0 if found["often"] == "häufiger" else gap >= 0:
        yield f"{found[0]}: but the gap is {gap}"


def _figures(finding: Finding, table: ReleaseTable) -> Iterator[str]:
    """Every percentage is one of a cell the finding names."""
    rows, groups = [row.id for row in table.rows], [group.id for group in table.groups]
    cells = [table.cells[rows.index(row)][groups.index(group)] for row, group in finding.cells]
    told = {round(100 * number) for c in cells for number in (c.value, c.low, c.high) if number is not None}
    for found in FIGURE.finditer(finding.sentence.replace("(95\N{NO-BREAK SPACE}%", "").replace("(95 %", "")):
        if not {int(number) for number in found.groups() if number} <= told:
            yield f"{found[0]} is no figure of the finding"


def _low(cell: Cell) -> float:
    return cell.low if cell.low is not None else 0.0


def _high(cell: Cell) -> float:
    return cell.high if cell.high is not None else 1.0


@settings(max_examples=80, deadline=None)
@given(tables())
def test_no_headline_contradicts_its_figures(table: Published[ReleaseTable]) -> None:
    for finding in write_findings(table, [], OPEN):
        assert list(contradictions(finding, table.value)) == [], (finding.headline, table.value.cells)


@settings(max_examples=50, deadline=None)
@given(tables())
def test_what_the_comparison_of_places_calls_secured_is_never_said_not_to_differ(
    table: Published[ReleaseTable],
) -> None:
    found = area_comparisons([table]).differences
    secured = [one for one in found if one.there == "kreis" and one.verdict == "secured"]
    if any(finding.headline.startswith(NO_DIFFERENCE) for finding in write_findings(table, [], OPEN)):
        assert secured == []


LOUD = {"a": (40, 70, 38), "b": (20, 20, 20), "c": (8, 9, 10)}


@pytest.mark.parametrize(
    ("number", "said", "instead"),
    [
        (1, "häufiger als", "seltener als"),
        (1, "70\N{NO-BREAK SPACE}%", "71\N{NO-BREAK SPACE}%"),
        (0, "„A“", "„B“"),
        (0, "Am häufigsten genannt: „A“", NOTHING_LEADS),
    ],
)
def test_the_reader_sees_a_contradiction(number: int, said: str, instead: str) -> None:
    table = published(LOUD)
    right = write_findings(table, [], OPEN)[number]
    wrong = {name: getattr(right, name).replace(said, instead) for name in ("headline", "sentence")}
    assert list(contradictions(right, table.value)) == []
    assert list(contradictions(right.model_copy(update=wrong), table.value)) != []
