"""Sozialräume beside each other: every two of them, and each with the rest of the district, from published figures.

Nothing here tells more than the tables do: the differences follow from rounded, protected shares, means and bases. Two
Sozialräume are independent samples, and so are two Großräume; the district contains both, so that one is compared with
the rest.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from analysis.areas import DISTRICT
from analysis.combine import PLAIN, Precision
from analysis.disclosure import Published
from analysis.display import share_step
from questionnaires.answers_of_release import AreaDifference, Differences
from questionnaires.handover import Cell, Group, Level, ReleaseTable

SIGNIFICANCE = 0.05
NORMAL = 1.959963984540054
"""half the width of a 95 % interval in standard errors"""
MEAN_STEP = 0.1
"""means are published with one decimal"""
MIN_REST = 20
"""respondents the rest of the district needs before a share of a place is held against it"""
NOTES = (
    "Verglichen werden nur Anteile und Mittelwerte, die in beiden Gebieten als Zahl veröffentlicht sind: Sozialräume "
    "untereinander und Großräume untereinander. Mit dem Kreis heißt: mit dem übrigen Kreis, denn der Kreis enthält das "
    "Gebiet. Mittelwerte werden mit dem ganzen Kreis verglichen; der Abstand ist dann eher zu klein.",
    "„Gesichert“ heißt: Der Unterschied bleibt nach der Korrektur von Holm über alle Antworten und alle Paare einer "
    "Tabelle bestehen (95 %), und zwar auch dann, wenn Runden ihn so klein wie möglich macht.",
    "„Hinweis“ heißt: nur ohne diese Korrektur. Unter vielen Vergleichen sind Hinweise auch durch Zufall zu erwarten.",
    "„Kein gesicherter Unterschied“ heißt nicht, dass es keinen gibt: Bei wenigen Antworten sind nur große erkennbar.",
)


@dataclass(frozen=True)
class _Side:
    """A share or a mean with its variance and what rounding may have added to it."""

    value: float
    variance: float
    rounding: float


@dataclass(frozen=True)
class _Pair:
    row: str
    here: str
    there: str
    gap: float
    """value here minus value there"""
    p: float


def area_comparisons(tables: Sequence[Published[ReleaseTable]], precision: Precision = PLAIN) -> Differences:
    """Compare every two Sozialräume, every two Großräume, and each with the rest of the district, in every table.

    Parameters
    ----------
    tables : sequence of Published[ReleaseTable]
        whose respondents count as independent of each other
    precision : Precision
        of the wave; where it is weighted the rest of the district does not follow from published bases, and the gap to
        the whole district, which is always smaller, is judged instead, as it is for means

    Returns
    -------
    Differences
        those that hold after Holm within a table („gesichert“) or only before („Hinweis“). A gap is first reduced by
        all that rounding may have added, so that p is rather too large

    Notes
    -----
    Holm's correction runs over all rows and pairs of a table, apart for the pairs of Sozialräume, those with the rest
    of the district, and the same for Großräume (S. Holm, Scandinavian Journal of Statistics 6 (1979) 65-70). The
    variance of a mean is taken from its published interval, which rounding has only widened.
    """
    found: list[AreaDifference] = []
    compared: dict[Level, list[str]] = {"area": [], "zone": []}
    for table in (one.value for one in tables):
        for level, ids in compared.items():
            families = [list(_with_rest(table, level, precision)), list(_with_each_other(table, level, precision))]
            if any(families):
                ids.append(table.id)
                found += [difference for pairs in families for difference in _judged(table.id, pairs)]
    return Differences(
        tables=tuple(compared["area"]), zone_tables=tuple(compared["zone"]), differences=tuple(found), notes=NOTES
    )


def _places(table: ReleaseTable, level: Level) -> list[tuple[int, Group]]:
    return [(j, group) for j, group in enumerate(table.groups) if group.level == level]


def _with_each_other(table: ReleaseTable, level: Level, precision: Precision) -> Iterator[_Pair]:
    for row, cells in zip(table.rows, table.cells, strict=True):
        for (i, here), (j, there) in combinations(_places(table, level), 2):
            one, other = _side(cells[i], here, table, precision), _side(cells[j], there, table, precision)
            if one is not None and other is not None:
                yield _pair(row.id, here.id, there.id, one, other)


def _with_rest(table: ReleaseTable, level: Level, precision: Precision) -> Iterator[_Pair]:
    whole = table.groups[0]
    if whole.id != DISTRICT:
        return
    for row, cells in zip(table.rows, table.cells, strict=True):
        for j, group in _places(table, level):
            one, rest = _side(cells[j], group, table, precision), _rest(table, cells[0], cells[j], group, precision)
            if one is not None and rest is not None:
                yield _pair(row.id, group.id, DISTRICT, one, rest)


def _side(cell: Cell, group: Group, table: ReleaseTable, precision: Precision) -> _Side | None:
    if cell.value is None:
        return None
    if table.measure == "mean":
        return _mean(cell)
    return _share(cell.value, group.base, share_step(group.base) / 200, precision) if group.base else None


def _share(share: float, n: float, rounding: float, precision: Precision) -> _Side:
    return _Side(share, precision.effect * share * (1 - share) / n, rounding)


def _mean(cell: Cell) -> _Side | None:
    if cell.value is None or cell.low is None or cell.high is None:
        return None
    return _Side(cell.value, ((cell.high - cell.low) / 2 / NORMAL) ** 2, MEAN_STEP / 2)


def _rest(table: ReleaseTable, whole: Cell, cell: Cell, group: Group, precision: Precision) -> _Side | None:
    """Return the district without the place; for means and with weights the whole district stands for it."""
    if table.measure == "mean":
        return _mean(whole)
    n_all, n = table.groups[0].base or 0, group.base or 0
    left = n_all - n
    if whole.value is None or cell.value is None or left < MIN_REST:
        return None
    if precision.weighted:
        return _share(whole.value, left, share_step(n_all) / 200, precision)
    share = min(max((whole.value * n_all - cell.value * n) / left, 0.0), 1.0)
    rounding = (share_step(n_all) / 200 * n_all + share_step(n) / 200 * n) / left
    return _share(share, left, rounding, precision)


def _pair(row: str, here: str, there: str, one: _Side, other: _Side) -> _Pair:
    gap = one.value - other.value
    sure = max(abs(gap) - one.rounding - other.rounding, 0.0)
    error = math.sqrt(one.variance + other.variance)
    p = math.erfc(sure / error / math.sqrt(2)) if error > 0 else 1.0
    return _Pair(row, here, there, gap, p)


def _judged(table: str, pairs: list[_Pair]) -> Iterator[AreaDifference]:
    """Yield what holds after Holm, then what holds only before."""
    ordered = sorted((pair for pair in pairs if pair.p < SIGNIFICANCE), key=lambda pair: (pair.p, pair.row))
    holds = True
    for i, pair in enumerate(ordered):
        holds = holds and (len(pairs) - i) * pair.p < SIGNIFICANCE
        yield AreaDifference(
            table=table, row=pair.row, here=pair.here, there=pair.there, more=pair.gap > 0,
            verdict="secured" if holds else "hint",
        )  # fmt: skip
