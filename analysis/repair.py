"""Hide what lets others work out too much: as little as helps, what costs readers most last.

Every figure that could help is tried, all at once, and what removes most of the risk for what it costs is hidden.
Hiding goes step by step, so that in the end figures are shown again that need not have been hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.areas import Relation
from analysis.attack import Counts, Knowledge, Mask, cells_to_hide
from analysis.errors import ProtectionFailed
from analysis.known import follows, risky
from analysis.work import Work

Floats = npt.NDArray[np.float64]
Cell = tuple[int, int]
"""row and group; the row of the base stands for the whole group"""

WORTH = {"district": 4.0, "area": 1.0, "zone": 0.7, "filter": 0.7}
"""what a figure is worth to who plans; a Sozialraum's is asked for first, the district's is not given up easily"""
ORDER = {"district": 0, "area": 1, "zone": 2, "filter": 3}
"""of showing figures again"""
AT_ONCE = 32
"""possibilities thought of at once"""


@dataclass
class Possible:
    """What could be shown: each possibility along the last axis."""

    shown: Mask
    base_shown: Mask

    @staticmethod
    def like(work: Work, n: int) -> Possible:
        """Return `n` times what is shown now."""
        return Possible(np.repeat(work.shown[:, :, None], n, 2), np.repeat(work.base_shown[:, None], n, 1))


# ---------- hiding


def hide_until_safe(work: Work) -> None:
    """Let the attacker look, hide what helps most against what was found, and repeat until there is nothing.

    Raises
    ------
    ProtectionFailed
        if the attacker still learns something when everything that helps is hidden
    """
    while True:
        risk, found = risky(work)
        cells = [(int(row), int(group)) for row, group in np.argwhere(risk)]
        if not cells:
            return
        if not hide_for(work, cells, found):
            raise ProtectionFailed(work.topic.id)


def hide_for(work: Work, cells: Sequence[Cell], found: Knowledge) -> set[Cell]:
    """Hide what helps against findings.

    Parameters
    ----------
    work : Work
        changed in place
    cells : sequence of (row, group)
        counts that say too much
    found : Knowledge
        what follows from what is shown

    Returns
    -------
    set of (row, group)
        what was hidden; empty if there was nothing left that helps
    """
    options = list(dict.fromkeys(option for cell in cells for option in _options(work, found, cell)))
    if not options:
        return _hide_something(work, cells, found)
    gains = _gains(work, options, cells, found)
    worth = np.array([_worth(work, option) for option in options])
    hidden, helped = set[Cell](), np.zeros(len(cells), dtype=np.bool_)
    for i in np.argsort(-gains.sum(0) / worth, kind="stable"):
        if (gains[~helped, i] > 0).any():
            hide(work, options[i])
            hidden |= options[i]
            helped |= gains[:, i] > 0
    return hidden or _hide_something(work, cells, found)


def hide(work: Work, cells: Iterable[Cell]) -> None:
    """Hide figures, or (the row of the base) whole groups."""
    for row, group in cells:
        if row == work.system.base_row:
            work.base_shown[group] = False
            work.shown[:, group] = False
        else:
            work.shown[row, group] = False


def _options(work: Work, found: Knowledge, cell: Cell) -> Iterator[frozenset[Cell]]:
    """Yield what could be hidden for a count: figures in a sum with it, or groups if there are none."""
    cells = [one for choice in cells_to_hide(work.system, found, cell, work.shown) for one in choice]
    if cells:
        yield from (_with_twins(work, one) for one in cells)
        return
    bound = {cell[1]} | {g for r in _relations_of(work, cell[1]) for g in (r.total, *r.parts)}
    yield from (_with_twins(work, (work.system.base_row, g)) for g in sorted(bound) if work.base_shown[g])


def _relations_of(work: Work, group: int) -> list[Relation]:
    return [r for r in work.layout.relations if group in (r.total, *r.parts)]


def _with_twins(work: Work, cell: Cell) -> frozenset[Cell]:
    """Return a figure with those of groups that hold the same: a Großraum with one Sozialraum only."""
    row, group = cell
    there = work.base_shown if row == work.system.base_row else work.shown[row]
    return frozenset((row, g) for g in _twins(work, group) if there[g])


def _twins(work: Work, group: int) -> list[int]:
    same = {g for r in _relations_of(work, group) if len(r.parts) == 1 for g in (r.total, *r.parts)} | {group}
    return sorted(same)


def _worth(work: Work, option: Iterable[Cell]) -> float:
    found = 0.0
    for row, group in option:
        n = 1 + int(work.shown[:, group].sum()) if row == work.system.base_row else 1
        found += n * WORTH[work.layout.columns[group].group.level]
    return found


def _gains(work: Work, options: Sequence[frozenset[Cell]], cells: Sequence[Cell], found: Knowledge) -> Floats:
    """Return by how many values counts become less certain, (cells, options), as far as they need it."""
    before, k = _width(found, cells)[:, None], work.k[[group for _, group in cells], None]
    needed = np.where(before < k - 1, k - 1, before + k)
    parts = [options[i : i + AT_ONCE] for i in range(0, len(options), AT_ONCE)]
    after = np.concatenate([_width(_without(work, part), cells) for part in parts], 1)
    return np.asarray(np.minimum(after, needed) - before, np.float64).clip(0)


def _without(work: Work, options: Sequence[frozenset[Cell]]) -> Knowledge:
    """Return what follows with each of the options hidden."""
    could = Possible.like(work, len(options))
    for i, option in enumerate(options):
        for row, group in option:
            if row == work.system.base_row:
                could.base_shown[group, i] = False
                could.shown[:, group, i] = False
            could.shown[row, group, i] = False
    return follows(work, could.shown, could.base_shown)


def _width(found: Knowledge, cells: Sequence[Cell]) -> Counts:
    rows, groups = ([cell[axis] for cell in cells] for axis in (0, 1))
    return found.high[rows, groups] - found.low[rows, groups]


def _hide_something(work: Work, cells: Sequence[Cell], found: Knowledge) -> set[Cell]:
    """Hide the smallest figure that stands in a sum with a count, where none alone makes it less certain."""
    hidden = set[Cell]()
    for cell in cells:
        options = list(_options(work, found, cell))
        if not options:
            groups = np.flatnonzero(work.shown[work.system.owner[cell[0]]])
            options = [_with_twins(work, (work.system.owner[cell[0]], int(g))) for g in groups]
        if options and not any(option & hidden for option in options):
            chosen = min(options, key=lambda option: (_worth(work, option), _people(work, option), sorted(option)))
            hide(work, chosen)
            hidden |= chosen
    return hidden


def _people(work: Work, option: Iterable[Cell]) -> int:
    return sum(int(work.truth[cell]) for cell in option)


# ---------- showing again


def show_again(work: Work) -> None:
    """Show figures again that need not be hidden after all, those of Sozialräume and large ones first; in place."""
    _show_safe(work, _hidden_groups(work, whole=True))
    _show_safe(work, _hidden_groups(work, whole=False))
    _show_safe(work, hidden_cells(work))


def show(work: Work, option: Iterable[Cell]) -> None:
    """Show figures, or (the row of the base) the bases of groups."""
    for row, group in option:
        if row == work.system.base_row:
            work.base_shown[group] = True
        else:
            work.shown[row, group] = True


def hidden_cells(work: Work) -> list[frozenset[Cell]]:
    """Return figures that are hidden although they are large enough, with their twins."""
    cells = np.argwhere(work.wanted & ~work.shown & work.base_shown)
    options = {_with_hidden_twins(work, (int(row), int(group))) for row, group in cells}
    return sorted(options, key=lambda option: min((*_order(work, g), -work.truth[r, g], r) for r, g in option))


def _hidden_groups(work: Work, *, whole: bool) -> list[frozenset[Cell]]:
    """Return groups that are hidden although they are large enough, with all their figures or with the base only."""
    base, options = work.system.base_row, set[frozenset[Cell]]()
    for group in np.flatnonzero(work.open_groups & ~work.base_shown):
        twins = [g for g in _twins(work, int(group)) if work.open_groups[g]]
        cells = [(int(r), g) for g in twins for r in np.flatnonzero(work.wanted[:, g])] if whole else []
        options.add(frozenset([(base, g) for g in twins] + cells))
    return sorted(options, key=lambda option: min(_order(work, g) for _, g in option))


def _order(work: Work, group: int) -> tuple[int, int, int]:
    return ORDER[work.layout.columns[group].group.level], -int(work.truth[-1, group]), group


def _with_hidden_twins(work: Work, cell: Cell) -> frozenset[Cell]:
    row, group = cell
    return frozenset((row, g) for g in _twins(work, group) if work.wanted[row, g] and work.base_shown[g])


def safe_ones(work: Work, options: Sequence[frozenset[Cell]]) -> list[frozenset[Cell]]:
    """Return options that could be shown one by one without telling too much."""
    found = list[frozenset[Cell]]()
    for i in range(0, len(options), AT_ONCE):
        part = options[i : i + AT_ONCE]
        found += [option for option, safe in zip(part, _safe(work, part, together=False), strict=True) if safe]
    return found


def _show_safe(work: Work, options: list[frozenset[Cell]]) -> None:
    """Show as many options as are safe together, from the first on."""
    left = safe_ones(work, options)
    while left:
        part = left[:AT_ONCE]
        safe = _safe(work, part, together=True)
        n = len(part) if all(safe) else safe.index(False)
        for option in part[:n]:
            show(work, option)
        left = left[n + 1 :] if n < len(part) else left[n:]


def _safe(work: Work, options: Sequence[frozenset[Cell]], *, together: bool) -> list[bool]:
    """Say of each option whether it could be shown, by itself or with all before it."""
    could = Possible.like(work, len(options))
    for i, option in enumerate(options):
        where = np.s_[i:] if together else np.s_[i : i + 1]
        for row, group in option:
            if row == work.system.base_row:
                could.base_shown[group, where] = True
            else:
                could.shown[row, group, where] = True
    risk, _ = risky(work, could.shown, could.base_shown)
    return (~np.asarray(risk.any((0, 1)))).tolist()  # type: ignore[no-any-return]
