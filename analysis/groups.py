"""What groups hold, put together: sets of Sozialräume, sets of answers to the question of a filter, and both at once.

Groups of different tables and releases are compared by what they hold. Where these overlap, the parts nobody published
are groups as well, so that every group is a sum of parts without overlap and the district the sum of each family.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from analysis.areas import Relation
from analysis.attack import Counts
from questionnaires.handover import Group
from questionnaires.plan import Filter

Family = str
Members = frozenset[str]
Key = tuple[Family, Members]
"""what a group is: a set of Sozialräume or of answers"""

SPACE: Family = "~raum"
DOORS: Family = "~zugang"
EVERYBODY: Key = (SPACE, frozenset({"~"}))
REST = "~rest"
"""member of every family: those in no group"""
TIMES = "×"
"""stands between a Sozialraum and an answer, both in the names of families and of members, where a filter is crossed
with Großräume: such a group holds every pair of one of its Sozialräume and one of its answers"""


@dataclass(frozen=True)
class Frame:
    """The groups of all tables and the parts they have in common."""

    keys: tuple[Key, ...]
    """the first is the district"""
    relations: tuple[Relation, ...]
    k: Counts
    labels: Mapping[Key, str]
    crossings: Mapping[Family, Crossed] = field(default_factory=dict)
    """family of a filter → how it is crossed with Großräume"""

    def position(self, key: Key) -> int | None:
        """Return the position of a group."""
        return self.keys.index(key) if key in self.keys else None

    @cached_property
    def inside(self) -> Inside | None:
        """What is in a place and a group of a filter at once; None where no filter is crossed with Großräume."""
        return _pairs_inside(self)


@dataclass(frozen=True)
class Crossed:
    """A filter crossed with Großräume."""

    places: tuple[Members, ...]
    """sets of Sozialräume without overlap; the last is everybody else"""
    answers: tuple[Members, ...]
    """the same of answers to the question of the filter"""
    cells: Counts
    """(places, answers): positions among the keys"""


def key_of(group: Group, filters: Mapping[str, Filter], overlapping: set[str]) -> Key:
    """Return what a published group holds.

    Parameters
    ----------
    group : Group
    filters : mapping
        id → filter of the plan
    overlapping : set of str
        ids of filters whose groups do not exclude each other; each group is then a family of its own
    """
    if group.level == "district":
        return EVERYBODY
    if group.filter is None:
        return SPACE, frozenset(group.areas)
    rule, own = filters[group.filter], group.group or group.id
    codes: tuple[int | str, ...] = next((one.doors or one.codes for one in rule.groups if one.id == own), ())
    family = family_of(rule, own, overlapping)
    found = family, frozenset(str(code) for code in codes)
    return crossed((SPACE, frozenset(group.areas)), found) if group.level == "zone_filter" else found


def family_of(rule: Filter, group: str, overlapping: set[str]) -> Family:
    """Return the family of a filter's group."""
    family = rule.question or DOORS
    return f"{family}:{group}" if rule.id in overlapping else family


def crossed(place: Key, group: Key) -> Key:
    """Return what is in both a set of Sozialräume and a group of a filter."""
    return f"{SPACE}{TIMES}{group[0]}", frozenset(f"{a}{TIMES}{b}" for a in place[1] for b in group[1])


def halves(key: Key) -> tuple[Key, Key] | None:
    """Return what a key crosses, None where it crosses nothing."""
    if TIMES not in key[0]:
        return None
    places, answers = zip(*(member.split(TIMES) for member in key[1]), strict=True)
    return (SPACE, frozenset(places)), (key[0].split(TIMES)[1], frozenset(answers))


def question_of(family: Family) -> str:
    """Return the question whose answers make the groups of a family; empty for Sozialräume."""
    return "" if family == SPACE else family.split(TIMES)[-1].split(":")[0]


def make_frame(groups: Mapping[Key, str], k: Mapping[Key, int], least: int) -> Frame:
    """Put groups together.

    Parameters
    ----------
    groups : mapping
        group → label; the district need not be among them
    k : mapping
        group → threshold
    least : int
        threshold of all others

    Returns
    -------
    Frame
        with columns for parts nobody published, so that every group is a sum of parts, and the district the sum of
        each family
    """
    keys, relations = [EVERYBODY], list[Relation]()
    wanted = _wanted(groups)
    for family in sorted(family for family in wanted if TIMES not in family):
        found = _with_parts(wanted[family])
        keys += [(family, members) for members in found if members != EVERYBODY[1]]
        place = {members: keys.index((family, members)) for members in found if members != EVERYBODY[1]}
        place[EVERYBODY[1]] = 0
        for members, parts in found.items():
            if parts:
                relations.append(Relation(place[members], tuple(place[part] for part in parts)))
    both = [family for family in sorted(wanted) if TIMES in family]
    crossings = {family.split(TIMES)[1]: _cross(wanted, family, keys, relations) for family in both}
    thresholds = np.array([k.get(key, max((k[o] for o in k if o[0] == key[0]), default=least)) for key in keys])
    return Frame(tuple(keys), tuple(relations), thresholds.astype(np.int64), groups, crossings)


def _wanted(groups: Iterable[Key]) -> dict[Family, set[Members]]:
    """Return the sets of every family, and those that crossings are made of."""
    wanted: dict[Family, set[Members]] = {}
    for key in groups:
        for family, members in (key, *(halves(key) or ())):
            if members != EVERYBODY[1]:
                wanted.setdefault(family, set()).add(members)
    for family in [name for name in wanted if TIMES in name]:
        places, answers = _sides(wanted, family)
        wanted[SPACE] |= set(places[:-1])
        wanted[family.split(TIMES)[1]] |= set(answers[:-1])
    return wanted


def _sides(wanted: Mapping[Family, set[Members]], family: Family) -> tuple[tuple[Members, ...], tuple[Members, ...]]:
    """Return which Großräume and which groups of a filter are crossed."""
    crossings = [found for members in wanted[family] if (found := halves((family, members)))]
    places, answers = (_atoms({found[side][1] for found in crossings}) for side in (0, 1))
    return places, answers


def _atoms(wanted: set[Members]) -> tuple[Members, ...]:
    """Return the smallest sets that those wanted are made of; everybody else is the last."""
    rest = frozenset({REST})
    found = [one for one, parts in _with_parts(wanted).items() if not parts and one != rest]
    return (*sorted(found, key=sorted), rest)


def _cross(
    wanted: Mapping[Family, set[Members]], family: Family, keys: list[Key], relations: list[Relation]
) -> Crossed:
    """Add the cells of a filter's crossing to keys and relations, in place."""
    (places, answers), of, start = _sides(wanted, family), family.split(TIMES)[1], len(keys)
    keys += [crossed((SPACE, place), (of, answer)) for place in places for answer in answers]
    cells = np.arange(start, len(keys)).reshape(len(places), len(answers))
    lines = [(EVERYBODY, cells.ravel()), *(((SPACE, place), cells[i]) for i, place in enumerate(places[:-1]))]
    lines += [((of, answer), cells[:, i]) for i, answer in enumerate(answers[:-1])]
    relations += [Relation(keys.index(total), tuple(map(int, parts))) for total, parts in lines]
    for members in sorted(wanted[family], key=sorted):
        if (family, members) not in keys:
            keys.append((family, members))
            inside = [int(cell) for cell in cells.ravel() if keys[cell][1] <= members]
            relations.append(Relation(len(keys) - 1, tuple(inside)))
    return Crossed(places, answers, cells)


def _with_parts(wanted: set[Members]) -> dict[Members, tuple[Members, ...]]:
    """Return all sets, whole and parts, and what each is the sum of (nothing: it is a part itself)."""
    elements = frozenset().union(*wanted) if wanted else frozenset()
    if not elements:
        return {}
    atoms: dict[Members, set[str]] = {}
    for element in elements:
        signature = frozenset(str(i) for i, one in enumerate(sorted(wanted, key=sorted)) if element in one)
        atoms.setdefault(signature, set()).add(element)
    parts = {frozenset(atom) for atom in atoms.values()} | {frozenset({REST})}
    found: dict[Members, tuple[Members, ...]] = {}
    ordered = sorted(wanted | parts, key=lambda one: (len(one), sorted(one)))
    for one in ordered:
        smaller = [other for other in ordered if other < one]
        found[one] = _covered(one, smaller, parts)
    found[EVERYBODY[1]] = _covered(elements | {REST}, ordered, parts)
    return found


def _covered(whole: Members, smaller: Sequence[Members], parts: set[Members]) -> tuple[Members, ...]:
    """Return sets without overlap that together are the whole: the largest there are."""
    left, chosen = set(whole), []
    for one in sorted(smaller, key=lambda s: (-len(s), sorted(s))):
        if one <= left and one != whole:
            chosen.append(one)
            left -= one
    return tuple(chosen) if whole not in parts else ()


# ---------- what is in two groups at once


@dataclass(frozen=True)
class Inside:
    """What more is known of a place and a group of a filter at once where filters are crossed with Großräume: of
    Sozialräume, and of groups of another filter inside a Großraum.

    A crossing of a and b within P people holds at least a + b - P and at most the smaller of both (Fréchet). In a
    Großraum that is crossed with the filter of b, P is everybody there and those like b elsewhere: (all cells of the
    Großraum) + (the cells of b in other places), and no crossing holds more than the cell of the Großraum and b. Like b
    are, where b is not crossed by itself, all groups that are taken together with it.
    """

    first: Counts
    second: Counts
    within: Counts
    """a column that holds both, or the first once more"""
    whole: Counts
    """position of P among `wholes`"""
    wholes: tuple[tuple[int, ...], ...]
    """groups whose sum P is"""
    together: tuple[tuple[int, ...], ...] = ()
    """pairs in all places, one set for each two groups of two filters: these have in common what the pairs hold
    together"""

    def least(self, counts: Counts) -> Counts:
        """Return the least there can be in each pair, (rows, pairs), given counts (rows, groups)."""
        sums = np.stack([counts[:, list(whole)].sum(1) for whole in self.wholes], axis=1)
        found: Counts = np.maximum(counts[:, self.first] + counts[:, self.second] - sums[:, self.whole], 0)
        return found

    def most(self, counts: Counts) -> Counts:
        """Return the most there can be."""
        both = np.minimum(counts[:, self.first], counts[:, self.second])
        return np.asarray(np.minimum(both, counts[:, self.within]))


_Pair = tuple[int, int, int, tuple[int, ...]]


def _pairs_inside(frame: Frame) -> Inside | None:
    places = range(1, len(frame.keys)) if frame.crossings else ()
    found = [pair for a in places for b in places if (pair := _pair(frame, a, b))]
    if not found:
        return None
    wholes = tuple(dict.fromkeys(pair[3] for pair in found))
    place = {whole: i for i, whole in enumerate(wholes)}
    first, second, within = (np.array([pair[part] for pair in found], np.int64) for part in range(3))
    whole = np.array([place[pair[3]] for pair in found], np.int64)
    return Inside(first, second, within, whole, wholes, tuple(_everywhere(frame, found)))


def _everywhere(frame: Frame, pairs: Sequence[_Pair]) -> Iterator[tuple[int, ...]]:
    """Yield the pairs of a filter's group in each place with the same group of another filter."""
    found: dict[tuple[Key, int], dict[Members, int]] = {}
    for i, (a, b, *_) in enumerate(pairs):
        own = halves(frame.keys[a])
        if own:
            found.setdefault((own[1], b), {})[own[0][1]] = i
    for ((family, answers), _), places in found.items():
        if set(frame.crossings[family].places) <= set(places) and REST not in answers:
            yield tuple(places[place] for place in frame.crossings[family].places)


def _pair(frame: Frame, a: int, b: int) -> _Pair | None:
    """Return two groups, a column that holds what is in both, and what both are parts of: without overlap."""
    (family, _), (other, answers) = frame.keys[a], frame.keys[b]
    own, crossing = halves(frame.keys[a]), frame.crossings.get(other)
    of = own[1][0] if own else family
    if of == other or (of != SPACE and own is None) or TIMES in other or other == SPACE:
        return None
    place = _place_of(frame.keys[a], crossing) if crossing else None
    if crossing is None or place is None:
        return (a, b, a, (0,)) if own else None
    j = next((j for j, one in enumerate(crossing.answers) if answers <= one), len(crossing.answers) - 1)
    cell = int(crossing.cells[place, j])
    held = frame.keys[a] == (SPACE, crossing.places[place])
    twice = own is not None and of > other and REST not in own[1][1]  # the other way round says the same
    if answers == crossing.answers[j] and REST not in answers and (held or twice):
        return None
    return a, b, cell, (*map(int, crossing.cells[place]), *map(int, np.delete(crossing.cells[:, j], place)))


def _place_of(key: Key, crossing: Crossed) -> int | None:
    """Return in which of the crossed places a group lies."""
    (_, members), _ = halves(key) or (key, key)
    return next((i for i, place in enumerate(crossing.places[:-1]) if members <= place), None)
