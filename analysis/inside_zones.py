"""Groups of filters inside Großräume: shown beside what is shown anyway, as far as the exact attacker lets them be.

They are added last. Nothing else is hidden for them: where they would tell something, they go themselves, the smallest
first, and where that does not help, all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.areas import Layout
from analysis.attack import Counts
from analysis.exact_repair import Beside, Bridge
from analysis.topics import Cube
from analysis.work import Work, prepare

MAX_ROUNDS = 40


def show_inside_zones(work: Work, cube: Cube, layout: Layout, beside: Beside) -> Work:
    """Add the groups of filters inside Großräume to what is shown of a topic.

    Parameters
    ----------
    work : Work
        protected without them; stays as it is
    cube : Cube
        the topic's sums for `layout`
    layout : Layout
        of :func:`analysis.areas.with_crossings`: the groups of `work`, and these after them
    beside : Beside
        earlier releases, and where the audit's numbers are added

    Returns
    -------
    Work
        with what can be shown inside Großräume; the given one where that is nothing
    """
    wide = _Wide(prepare(work.topic, cube, layout, work.plan, work.thin), len(work.layout.columns))
    wide.start_from(work)
    bridge, seen = Bridge.of(wide.work, beside), list[Counts]()
    for number in range(1, MAX_ROUNDS + 1):
        if not wide.shows_anything:
            break
        tally, found = bridge.look(seen)
        beside.rounds = max(beside.rounds, number)
        if not found:
            beside.tally.add(tally)
            beside.seeds[work.topic.id] = bridge.seeds(seen)
            return wide.work
        wide.hide_for(found)
    return work


@dataclass(frozen=True)
class _Wide:
    """A topic with its groups inside Großräume, which begin at `start`."""

    work: Work
    start: int

    @property
    def shows_anything(self) -> bool:
        """Whether a figure inside a Großraum is left."""
        return bool(self.work.shown[:, self.start :].any())

    def start_from(self, protected: Work) -> None:
        """Show what is shown already and, inside Großräume, the kind of answers (single, coarse) Großräume show."""
        work, m = self.work, len(self.work.topic.rows)
        work.shown[:, : self.start], work.base_shown[: self.start] = protected.shown, protected.base_shown
        zones = [i for i, column in enumerate(work.layout.columns) if column.group.level == "zone"]
        coarse = bool(protected.shown[m:, zones].any())
        work.shown[:m, self.start :] &= not coarse
        work.shown[m:, self.start :] &= coarse
        work.start()

    def hide_for(self, found: list[tuple[int, int]]) -> None:
        """Hide a figure inside a Großraum for each finding: the smallest of the row, or of any; with the last figure of
        a group its base."""
        for row, group in found:
            owner = self.work.system.owner[row]
            for cells in ([owner], range(len(self.work.shown))):
                choices = [(r, int(g)) for r in cells for g in np.flatnonzero(self._shown_near(r, group))]
                if choices:
                    self.work.shown[min(choices, key=lambda cell: (self.work.truth[cell], cell))] = False
                    break
        last = np.arange(len(self.work.base_shown)) >= self.start
        self.work.base_shown[last & ~self.work.shown.any(0)] = False

    def _shown_near(self, row: int, group: int) -> Counts:
        """Return where a row is shown inside Großräume: in sums with a group, if in any of these."""
        shown = self.work.shown[row].copy()
        shown[: self.start] = False
        near = {g for r in self.work.layout.relations if group in (r.total, *r.parts) for g in (r.total, *r.parts)}
        beside = shown & np.isin(np.arange(len(shown)), list(near))
        return np.asarray(beside if beside.any() else shown)
