"""Sozialräume beside each other: every two of them, and each with the rest of the district, from published figures.

Nothing here tells more than the tables do: the differences follow from rounded, protected shares and bases. Two
Sozialräume are independent samples; the district contains a Sozialraum, so that one is compared with the rest.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from analysis.areas import DISTRICT
from analysis.disclosure import Published
from analysis.display import share_step
from questionnaires.answers_of_release import AreaDifference, Differences
from questionnaires.handover import Cell, Group, ReleaseTable

SIGNIFICANCE = 0.05
MIN_REST = 20
"""respondents the rest of the district needs before a Sozialraum is held against it"""
NOTES = (
    "Verglichen werden nur Anteile, die in beiden Sozialräumen als Zahl veröffentlicht sind. Mit dem Kreis heißt: mit "
    "dem übrigen Kreis, denn der Kreis enthält den Sozialraum.",
    "„Gesichert“ heißt: Der Unterschied bleibt nach der Korrektur von Holm über alle Antworten und alle Paare einer "
    "Tabelle bestehen (95 %), und zwar auch dann, wenn Runden ihn so klein wie möglich macht.",
    "„Hinweis“ heißt: nur ohne diese Korrektur. Unter vielen Vergleichen sind Hinweise auch durch Zufall zu erwarten.",
    "„Kein gesicherter Unterschied“ heißt nicht, dass es keinen gibt: Bei wenigen Antworten sind nur große erkennbar.",
)


@dataclass(frozen=True)
class _Side:
    """A share with the respondents it is of and what rounding may have added to it."""

    share: float
    n: float
    rounding: float


@dataclass(frozen=True)
class _Pair:
    row: str
    here: str
    there: str
    gap: float
    """share here minus share there"""
    p: float


def area_comparisons(
    tables: Sequence[Published[ReleaseTable]], effect: float = 1.0, *, weighted: bool = False
) -> Differences:
    """Compare every two Sozialräume, and each with the rest of the district, in every table of shares.

    Parameters
    ----------
    tables : sequence of Published[ReleaseTable]
        whose respondents count as independent of each other
    effect : float
        the wave's design effect; divides the bases
    weighted : bool
        whether responses count differently; then the rest of the district does not follow from published bases, and
        the gap to the whole district, which is always smaller, is judged instead

    Returns
    -------
    Differences
        those that hold after Holm within a table („gesichert“) or only before („Hinweis“). A gap is first reduced by
        all that rounding may have added, so that p is rather too large

    Notes
    -----
    Holm's correction runs over all rows and pairs of a table, once for the pairs of Sozialräume and once for those with
    the rest of the district (S. Holm, Scandinavian Journal of Statistics 6 (1979) 65-70).
    """
    found: list[AreaDifference] = []
    compared: list[str] = []
    for table in (one.value for one in tables if one.value.measure != "mean"):
        with_rest, with_each_other = list(_with_rest(table, effect, weighted)), list(_with_each_other(table, effect))
        if with_rest or with_each_other:
            compared.append(table.id)
            found += [*_judged(table.id, with_rest), *_judged(table.id, with_each_other)]
    return Differences(tables=tuple(compared), differences=tuple(found), notes=NOTES)


def _areas(table: ReleaseTable) -> list[tuple[int, Group]]:
    return [(j, group) for j, group in enumerate(table.groups) if group.level == "area" and group.base]


def _with_each_other(table: ReleaseTable, effect: float) -> Iterator[_Pair]:
    for row, cells in zip(table.rows, table.cells, strict=True):
        for (i, here), (j, there) in combinations(_areas(table), 2):
            one, other = _side(cells[i], here), _side(cells[j], there)
            if one is not None and other is not None:
                yield _pair(row.id, here.id, there.id, one, other, effect)


def _with_rest(table: ReleaseTable, effect: float, weighted: bool) -> Iterator[_Pair]:
    whole = table.groups[0]
    if whole.id != DISTRICT:
        return
    for row, cells in zip(table.rows, table.cells, strict=True):
        for j, group in _areas(table):
            one, rest = _side(cells[j], group), _rest(cells[0], whole, cells[j], group, weighted)
            if one is not None and rest is not None:
                yield _pair(row.id, group.id, DISTRICT, one, rest, effect)


def _side(cell: Cell, group: Group) -> _Side | None:
    if cell.value is None or not group.base:
        return None
    return _Side(cell.value, group.base, share_step(group.base) / 200)


def _rest(whole: Cell, district: Group, cell: Cell, group: Group, weighted: bool) -> _Side | None:
    """Return the district without the Sozialraum; with weights the whole district's share stands for it."""
    n_all, n = district.base or 0, group.base or 0
    left = n_all - n
    if whole.value is None or cell.value is None or left < MIN_REST:
        return None
    if weighted:
        return _Side(whole.value, left, share_step(n_all) / 200)
    share = min(max((whole.value * n_all - cell.value * n) / left, 0.0), 1.0)
    rounding = (share_step(n_all) / 200 * n_all + share_step(n) / 200 * n) / left
    return _Side(share, left, rounding)


def _pair(row: str, here: str, there: str, one: _Side, other: _Side, effect: float) -> _Pair:
    gap = one.share - other.share
    sure = max(abs(gap) - one.rounding - other.rounding, 0.0)
    variance = one.share * (1 - one.share) / one.n + other.share * (1 - other.share) / other.n
    error = math.sqrt(effect * variance)
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
