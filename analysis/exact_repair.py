"""The exact attacker against a topic that is about to be published, and what is hidden until it finds nothing.

It is conceded more than a reader of the release has: the shares of figures given in words, the sizes of all groups
large enough to be shown, and of every group the limits of its weights.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from analysis import display
from analysis.areas import Column
from analysis.attack import Counts, Knowledge
from analysis.audit_frame import About, Known, Scale, Shown, Told, counted_by_bases, facts_of, known_sizes
from analysis.errors import ProtectionFailed
from analysis.exact import Tally, search, settle, without_weights
from analysis.exact_crossings import settle_crossings
from analysis.exact_inside import settle_inside
from analysis.exact_model import Contradiction, Facts
from analysis.groups import (
    EVERYBODY,
    REST,
    SPACE,
    Frame,
    Key,
    Members,
    crossed,
    halves,
    key_of,
    make_frame,
    question_of,
)  # fmt: skip
from analysis.known import follows, knowledge_of, risky, shown_shares
from analysis.programs import Floats
from analysis.repair import hidden_cells, hide, hide_for, hide_until_safe, safe_ones, show
from analysis.seeds import Seeds, seeds_of
from analysis.weighting import steps_around
from analysis.work import Work

MAX_ROUNDS = 60
ROUNDED = display.BASE_STEP // 2
SHOWN_AGAIN, LOOKS_AGAIN = 8, 2
"""figures of a topic that are tried again after the last round, and in how many looks of the exact attacker"""


@dataclass
class Beside:
    """What else is known when a topic is protected, and what the audit of a release has come to."""

    earlier: dict[str, list[Shown]] = field(default_factory=dict)
    """topic → tables of earlier releases of the wave"""
    n_earlier: int = 0
    names: tuple[str, ...] = ()
    """folders of the earlier releases"""
    tally: Tally = field(default_factory=Tally)
    rounds: int = 0
    """most rounds that any topic took"""
    seeds: dict[str, Seeds] = field(default_factory=dict)
    """topic → possible counts, for the audit of what is written"""
    told: Told | None = None
    """what a first attempt told of groups, if the attacker found something in it"""

    def add(self, other: Beside) -> None:
        """Add what the audit of more topics has come to."""
        self.tally.add(other.tally)
        self.rounds = max(self.rounds, other.rounds)
        self.seeds |= other.seeds


def secure(work: Work, beside: Beside | None = None) -> None:
    """Hide figures of a topic until the exact attacker finds nothing.

    Where no single figure of a weighted table helps any more, all its shares are hidden.

    Parameters
    ----------
    work : Work
        after :func:`analysis.hiding.decide`; its `shown` and `base_shown` are changed
    beside : Beside or None
        earlier releases, and where the audit's numbers are added

    Raises
    ------
    ProtectionFailed
        if something is still found when everything that helps is hidden
    """
    beside = beside or Beside()
    bridge = Bridge.of(work, beside)
    seen: list[Counts] = []
    for number in range(1, MAX_ROUNDS + 1):
        beside.rounds = max(beside.rounds, number)
        tally, found = bridge.look(seen)
        if not found:
            beside.tally.add(_show_again(work, bridge, seen) or tally if number > 1 else tally)
            beside.seeds[work.topic.id] = bridge.seeds(seen)
            return
        hidden = hide_for(work, found, follows(work))
        if not hidden and work.cube.weighted and work.shown.any():
            hidden = {(int(row), int(group)) for row, group in np.argwhere(work.shown)}
            hide(work, hidden)  # what weights tell beside bases no single figure may help against
        if not hidden:
            break
        bridge.hide_twins(hidden)
        hide_until_safe(work)
    raise ProtectionFailed(work.topic.id, bridge.blockers)


def _show_again(work: Work, bridge: Bridge, seen: list[Counts]) -> Tally | None:
    """Show figures again that the exact attacker learns nothing from; return the tally of the last look that counts."""
    last, waiting = None, [safe_ones(work, hidden_cells(work))[:SHOWN_AGAIN]]
    for _ in range(LOOKS_AGAIN):
        if not waiting:
            break
        options = waiting.pop()
        before = work.shown.copy()
        for option in options:
            show(work, option)
        tally, found = (None, [(0, 0)]) if not options or risky(work)[0].any() else bridge.look(seen)
        if not found:
            last = tally
            continue
        work.shown[:] = before
        if len(options) > 1:
            waiting += [options[len(options) // 2 :], options[: len(options) // 2]]
    return last


@dataclass(frozen=True)
class Bridge:
    """A topic's counts as hiding knows them (layout), and as the attacker does (frame)."""

    work: Work
    about: About
    frame: Frame
    place: tuple[tuple[int, ...], ...]
    """positions in the layout of each group of the frame"""
    keys: tuple[Key | None, ...]
    """of the layout's columns that are published"""
    earlier: tuple[Shown, ...]
    blockers: tuple[str, ...]
    """earlier releases that show this topic"""
    told: Told | None

    @staticmethod
    def of(work: Work, beside: Beside) -> Bridge:
        """Return the bridge for a topic and what earlier releases told of it."""
        keys = _keys(work)
        earlier = tuple(beside.earlier.get(work.topic.id, ()))
        labels = {key: "" for key in keys if key is not None}
        labels |= {key: "" for table in earlier for key in table.groups}
        own = work.topic.question
        labels = {key: label for key, label in labels.items() if question_of(key[0]) != own}
        k = {key: int(limit) for key, limit in zip(keys, work.k, strict=True) if key is not None}
        frame = make_frame(labels, k, int(work.k[0]))
        place = tuple(tuple(i for i, one in enumerate(_all_keys(work)) if one == key) for key in frame.keys)
        topic = work.topic
        about = About(topic.id, tuple(row.id for row in topic.rows), topic.one_of, topic.per_response)
        return Bridge(work, about, frame, place, keys, earlier, beside.names if earlier else (), beside.told)

    def look(self, seen: list[Counts]) -> tuple[Tally, list[tuple[int, int]]]:
        """Let the attacker look; findings are (row, group) of the layout.

        `seen` are the witnesses so far: whatever was possible stays possible when more is hidden.
        """
        for facts in self._readings():
            try:
                s = search(facts, seen or self._truth(facts))
            except Contradiction:
                raise ProtectionFailed(self.work.topic.id, self.blockers) from None
            rows = self._rows(facts)
            found = [(rows[row], self._group(group)) for row, group in settle(s)]
            if not found:
                s = without_weights(s)
                crossings = settle_crossings(s, [family for family, _ in self.frame.keys])
                crossings += settle_inside(s, self.frame.inside)
                found = [(rows[row], self._smaller(row, a, b, s.witnesses[0])) for row, a, b in crossings]
            seen[:] = s.witnesses
            if found:
                break
        return s.tally, list(dict.fromkeys(found))

    def seeds(self, seen: Sequence[Counts]) -> Seeds:
        """Keep what was found possible."""
        *_, last = self._readings()
        return seeds_of(self.about, self.frame, last, seen)

    def hide_twins(self, hidden: set[tuple[int, int]]) -> None:
        """Hide the same figures of groups that hold the same: a Großraum with one Sozialraum only."""
        for row, group in hidden:
            for other in next((found for found in self.place if group in found), ()):
                if row == self.work.system.base_row:
                    self.work.base_shown[other] = False
                    self.work.shown[:, other] = False
                self.work.shown[row, other] = False

    def _smaller(self, row: int, a: int, b: int, counts: Counts) -> int:
        return self._group(a if counts[row, a] <= counts[row, b] else b)

    def _group(self, group: int) -> int:
        return self.place[group][0] if self.place[group] else 0

    # --- layout → frame

    def _readings(self) -> Iterator[Facts]:
        """Yield what is known: with all that is conceded, as little as this topic's tables alone tell, and what a first
        attempt told altogether.

        All matter: that a count is 0, or exactly so many, is no finding, but that it is one of a few may be.
        """
        known = knowledge_of(self.work)
        if self.work.cube.weighted:
            told = shown_shares(self.work, self.work.shown)
            known.ratio_low[:], known.ratio_high[:] = told.low, told.high
        tables = [_shown(self.work, self.keys, known, self._conceded()), *self.earlier]
        yield facts_of(self.about, tables, self.frame, self._sizes(known), self._counted(known))
        _forget_words(self.work, known)
        tables[0] = _shown(self.work, self.keys, known, self._published_scale())
        everybody = int(known.high[-1, 0])
        plain = known_sizes(tables, self.frame, (everybody, everybody))
        yield facts_of(self.about, tables, self.frame, plain, ())
        if self.told is not None and self.about.per_response == 1:
            counted = counted_by_bases(self.told.frame, self.work.topic.question, self.told.sizes, self.about.answers)
            yield facts_of(self.about, tables, self.frame, self.told.of(self.frame.keys, everybody), counted)

    def _conceded(self) -> Scale | None:
        """Return what is conceded of weights; None where all count the same.

        Of every group the least and the greatest weight, and the mean of those with a valid answer: as closely as who
        knows all margins can work them out, but has numbers of people only as they are published, rounded. Of groups in
        which all count the same, that they do: the Sozialräume, where responses are weighted by these alone.
        """
        cube, keys = self.work.cube, _all_keys(self.work)
        if cube.spread is None:
            return None
        spread, nobody = cube.spread, cube.size.n == 0
        least = np.where(nobody, spread.least.min(), spread.least)
        most = np.where(nobody, spread.most.max(), spread.most)
        alike = frozenset(key for key, same in zip(keys, least == most, strict=True) if same)
        average, (least, most) = spread.average, _loosely(cube.size.n, least, most)
        for relation in self.work.layout.relations:  # nobody in a part counts less, or more, than anybody in the whole
            parts = list(relation.parts)
            least[parts] = np.maximum(least[parts], least[relation.total])
            most[parts] = np.minimum(most[parts], most[relation.total])
        means = _loosely(cube.base.n, *[cube.base.w / np.maximum(cube.base.n, 1)] * 2)
        limits = zip(keys, least / average, most / average, strict=True)
        each = {key: (float(low), float(high)) for key, low, high in limits}
        base = {key: (float(low) / average, float(high) / average) for key, low, high in zip(keys, *means, strict=True)}
        return Scale((0.0, np.inf), each, base, alike)

    def _published_scale(self) -> Scale | None:
        """Return what a release will say of weights: limits of all, in coarse steps."""
        spread = self.work.cube.spread
        if spread is None:
            return None
        low, high = spread.least[0] / spread.average, spread.most[0] / spread.average
        return Scale(steps_around(float(low), float(high))) if self.work.plan.margins else Scale()

    def _sizes(self, known: Knowledge) -> Known:
        low = np.zeros(len(self.place), np.int64)
        high = np.full(len(self.place), int(known.high[-1, 0]), np.int64)
        for i, found in enumerate(self.place):
            if found:
                low[i] = max(int(known.low[-1, j]) for j in found)
                high[i] = min(int(known.high[-1, j]) for j in found)
        return Known(low, high)

    def _counted(self, known: Knowledge) -> Iterator[tuple[int, Key, int, int]]:
        """Yield how often answers were given that a filter of the plan is made from: at least as often as the bases of
        its groups in other tables say. How many more there are, these do not tell: some gave no answer there."""
        answers = self.about.answers if self.about.per_response == 1 else ()
        for i, key in enumerate(_all_keys(self.work)):
            place, (family, members) = halves(key) or (EVERYBODY, key)
            if question_of(family) == self.work.topic.question and len(members) == 1 and members <= set(answers):
                yield answers.index(next(iter(members))), place, int(known.low[-1, i]), int(known.high[-1, 0])

    def _rows(self, facts: Facts) -> list[int]:
        """Return for each row of the attacker the one of the topic."""
        m, base = len(self.about.answers), self.work.system.base_row
        parts = [tuple(sorted(coarse.parts)) for coarse in self.work.topic.coarse]
        found = list(range(m))
        steps = [r.parts for r in facts.system.row_relations if m <= r.total < facts.system.base_row]
        found += [m + parts.index(step) if step in parts else step[0] for step in steps]
        left = facts.system.base_row - len(found)
        return [*found, *range(base - left, base), base, base + 1, base + 2]

    def _truth(self, facts: Facts) -> list[Counts]:
        if not all(self.place):
            return []
        columns = [found[0] for found in self.place]
        counts = self.work.truth[np.ix_(self._rows(facts), columns)]
        m = len(self.about.answers)
        for relation in facts.system.row_relations:  # steps of an earlier release
            if m <= relation.total < facts.system.base_row and self.about.one_of:
                counts[relation.total] = counts[list(relation.parts)].sum(0)
        return [counts]


def _loosely(n: Counts, least: Floats, most: Floats) -> tuple[Floats, Floats]:
    """Return limits of weights of groups that are known by their sums, and by numbers of people that are rounded."""
    some = n > ROUNDED
    return least * n / (n + ROUNDED), np.where(some, most * n / np.where(some, n - ROUNDED, 1), np.inf)


def _forget_words(work: Work, known: Knowledge) -> None:
    """Take the shares of figures given in words out of what is known, in place; „fast niemand“ and „fast alle“ stay."""
    for row, group in np.argwhere(work.shown[: len(work.topic.rows) + len(work.topic.coarse)]):
        base = int(work.base[group])
        points = round(50 * (known.ratio_low[row, group] + known.ratio_high[row, group]))
        inside = known.ratio_low[row, group] > 0 and known.ratio_high[row, group] < 1
        if inside and display.share_cell(min(max(points, 1), 99), base).state == "words":
            known.ratio_low[row, group], known.ratio_high[row, group] = 0.0, 1.0


def _keys(work: Work) -> tuple[Key | None, ...]:
    """Return what each published column holds; None for columns nobody publishes."""
    columns = work.layout.columns
    return tuple(key if column.shown else None for key, column in zip(_all_keys(work), columns, strict=True))


def _all_keys(work: Work) -> tuple[Key, ...]:
    overlapping, found = set(_overlapping(work)), list[Key]()
    for column in work.layout.columns:
        found.append(_key(column, found, overlapping, work))
    return tuple(found)


def _key(column: Column, before: Sequence[Key], overlapping: set[str], work: Work) -> Key:
    filters = {rule.id: rule for rule in work.plan.filters}
    group, crossing = column.group, column.crossing
    if group.id == "~outside":
        return SPACE, frozenset({REST})
    if crossing is not None:
        place = (SPACE, frozenset({REST})) if crossing.place is None else before[crossing.place]
        return crossed(place, before[crossing.rest if crossing.group is None else crossing.group])
    if group.id.startswith("~"):
        return before[-1][0], frozenset({REST})
    return key_of(group, filters, overlapping)


def _overlapping(work: Work) -> Iterator[str]:
    """Yield filters whose groups are no partition: several groups of everybody, each with all others."""
    of = [column.group.filter for column in work.layout.columns]
    for rule in work.plan.filters:
        if sum(1 for r in work.layout.relations if r.total == 0 and of[r.parts[0]] == rule.id) > 1:
            yield rule.id


def _shown(work: Work, keys: Sequence[Key | None], known: Knowledge, scale: Scale | None) -> Shown:
    """Return what the tables of a topic say, words as their shares."""
    groups = [i for i, key in enumerate(keys) if key is not None]
    m, c = len(work.topic.rows), len(work.topic.coarse)
    rows: list[Members] = [frozenset({row.id}) for row in work.topic.rows]
    rows += [frozenset(work.topic.rows[part].id for part in coarse.parts) for coarse in work.topic.coarse]
    cells = np.ix_(range(m + c), groups)
    return Shown(
        rows=tuple(rows), groups=tuple(key for key in keys if key is not None),
        base=tuple(int(work.base[i]) if work.base_shown[i] else None for i in groups),
        shown=work.shown[: m + c][:, groups], low=known.ratio_low[cells], high=known.ratio_high[cells],
        k=tuple(int(work.k[i]) for i in groups), scale=scale,
    )  # fmt: skip
