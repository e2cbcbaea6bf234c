"""The exact attacker against every table there can be: small ones, all of them written down."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest

from analysis import display
from analysis.audit_frame import About, Known, Shown, facts_of
from analysis.exact import audited, search, settle, wholes
from analysis.exact_crossings import _is_finding, _Seen, settle_crossings
from analysis.exact_model import Contradiction, Facts
from analysis.groups import EVERYBODY, SPACE, Frame, Key, make_frame

Tables = npt.NDArray[np.int64]
K = 3
NORD: Key = (SPACE, frozenset({"nord"}))
FORM: Key = ("form", frozenset({"1"}))
ABOUT = About("frage", ("1", "2"), one_of=True)


def all_tables(n: int, n_cells: int) -> Tables:
    """Every way to put n people into cells: (ways, cells)."""
    bars = np.array(list(combinations(range(n + n_cells - 1), n_cells - 1)))
    edges = np.hstack([np.full((len(bars), 1), -1), bars, np.full((len(bars), 1), n + n_cells - 1)])
    return np.diff(edges, axis=1) - 1


def rows_of(cells: Tables) -> Tables:
    """Answers, base, missing, everybody of (…, 3): the rows the attacker knows, last axis first."""
    base = cells[..., 0] + cells[..., 1]
    return np.stack([cells[..., 0], cells[..., 1], base, cells[..., 2], base + cells[..., 2]])


def published(truth: Tables, groups: tuple[Key, ...], hidden: tuple[tuple[int, int], ...]) -> Shown:
    """(rows, groups) → bases and shares, rounded; small ones and those named are hidden."""
    base = truth[2]
    shown = (truth[:2] >= K) & (base - truth[:2] >= K) & (base >= display.minimum_base(K))
    for cell in hidden:
        shown[cell] = False
    points = [[display.rounded_points(x / max(b, 1), 5) for x, b in zip(row, base, strict=True)] for row in truth[:2]]
    low, high = ((np.array(points) + side) / 100 for side in (-2.5, 2.5))
    told = np.where(truth[3] < K, truth[4], base)  # fewer than k missing answers count as none
    bases = tuple(
        display.rounded_base(int(t)) if b >= display.minimum_base(K) else None for t, b in zip(told, base, strict=True)
    )
    return Shown(
        (frozenset({"1"}), frozenset({"2"})), groups, bases, shown,
        np.where(shown, np.maximum(low, 0), 0), np.where(shown, np.minimum(high, 1), 1), (K,) * len(groups),
    )  # fmt: skip


def agrees(tables: Tables, shown: Shown, n: int) -> npt.NDArray[np.bool_]:
    """Which tables (rows, groups, ways) somebody who knows the rules takes for possible."""
    ok = tables[4, 0] == n
    for j, base in enumerate(shown.base):
        if base is not None:
            some_missing = j == 0 and base + 2 < n  # else the base might be everybody's number
            least = base - 2 - (0 if some_missing else K - 1)
            ok &= (tables[2, j] >= max(least, display.minimum_base(K))) & (tables[2, j] <= base + 2)
            ok &= tables[3, j] >= (K if some_missing else 0)
        for i in range(2):
            if shown.shown[i, j]:
                x, whole = tables[i, j], tables[2, j]
                points = np.floor(np.round(x / np.maximum(whole, 1) * 20, 9) + 0.5) * 5
                published_points = round((shown.low[i, j] + shown.high[i, j]) * 50)
                ok &= (points == published_points) & (x >= K) & (whole - x >= K)
    return ok


def said_too_much(values: Tables, of: Tables, unpublished: bool) -> bool:
    """Rule 6 word by word; of a group nobody publishes it may be known that few gave an answer, not that some did."""
    low, high = values.min(), values.max()
    if low == 0 and (unpublished or high == of.max()):
        return False
    exact, few = low == high and 1 <= low < K, low >= 1 and high < K
    narrow = high >= 1 and low < K and high - low < K - 1
    return bool(exact or few or narrow)


def drawn(seed: int, n: int, n_cells: int) -> Tables:
    random = np.random.default_rng(seed)
    return random.multinomial(n, random.dirichlet(np.ones(n_cells))).astype(np.int64)


def one_space(seed: int, n: int = 13) -> tuple[Facts, Frame, Tables, Shown]:
    """A district of one Sozialraum and the rest; every table of it."""
    frame = make_frame({NORD: "Nord"}, {NORD: K}, K)
    cells = np.concatenate([drawn(seed, n, 6)[None], all_tables(n, 6)]).reshape(-1, 2, 3)
    tables = np.stack([rows_of(part) for part in (cells.sum(1), cells[:, 0], cells[:, 1])], axis=1)
    hidden = ((seed % 2, seed // 2 % 2),) if seed % 3 else ()
    shown = published(tables[:, :2, 0], (EVERYBODY, NORD), hidden)
    order = [frame.keys.index(key) for key in (EVERYBODY, NORD)]
    sizes = Known(np.array([n, 0, 0]), np.array([n, n, n]))
    facts = facts_of(ABOUT, [shown], frame, sizes)
    assert order == [0, 1] or frame.keys[2] == NORD
    tables = tables if order == [0, 1] else tables[:, [0, 2, 1]]
    return facts, frame, tables, shown


def findings_of(tables: Tables, facts: Facts) -> Iterator[tuple[int, int]]:
    whole, asked = wholes(facts), audited(facts)
    for row, group in np.argwhere(asked):
        values, of = tables[row, group], tables[whole[row], group]
        full = row < 2 and of.min() >= 1 and (values == of).all()
        if said_too_much(values, of, bool(facts.unpublished[group])) or full:
            yield int(row), int(group)


@pytest.mark.parametrize("seed", range(24))
def test_the_attacker_finds_what_every_possible_table_has_in_common_and_nothing_else(seed: int) -> None:
    facts, frame, tables, shown = one_space(seed)
    places = [frame.keys.index(EVERYBODY), frame.keys.index(NORD)]
    possible = tables[:, :, agrees(tables[:, places], shown, 13)]
    assert possible.shape[2] >= 1
    s = search(facts)
    assert set(settle(s)) == set(findings_of(possible, facts))
    assert (s.outer.low <= possible.min(2)).all()
    assert (s.outer.high >= possible.max(2)).all()
    assert (s.low >= possible.min(2)).all()
    assert (s.high <= possible.max(2)).all()


@pytest.mark.parametrize("seed", range(4))
def test_crossings_are_as_free_as_every_possible_joint_table_makes_them(seed: int) -> None:
    n = 11
    frame = make_frame({NORD: "Nord", FORM: "allein"}, {NORD: K, FORM: K}, K)
    truth = drawn(seed, n, 8).reshape(2, 2, 2)
    cells = all_tables(n, 8).reshape(-1, 2, 2, 2)  # Sozialraum or not, alone or not, answers; nobody is missing
    cells, truth = (np.concatenate([c, np.zeros((*c.shape[:-1], 1), np.int64)], -1) for c in (cells, truth))
    sums = {EVERYBODY: (1, 2), NORD: (2,), FORM: (1,)}
    tables = np.stack([rows_of(c.sum(s) if len(s) > 1 else c.sum(s[0])[:, 0]) for c, s in ((cells, s) for s in
                       sums.values())], axis=1)  # fmt: skip
    real = np.stack([rows_of(truth.sum((0, 1))), rows_of(truth[0].sum(0)), rows_of(truth[:, 0].sum(0))], axis=1)
    shown = published(real, tuple(sums), ())
    possible = agrees(tables, shown, n)
    sizes = Known(np.array([n] + [0] * (len(frame.keys) - 1)), np.full(len(frame.keys), n))
    s = search(facts_of(ABOUT, [shown], frame, sizes))
    settle(s)
    found = {(row, *sorted((a, b))) for row, a, b in settle_crossings(s, [family for family, _ in frame.keys])}
    places = sorted((frame.keys.index(NORD), frame.keys.index(FORM)))
    for row in range(2):
        values = cells[possible][:, 0, 0, row]
        # The joint tables written down have no missing answers, the attacker cannot know that: he is less sure.
        assert ((row, *places) in found) <= said_too_much(values, tables[2, 1:, possible].min(-1), False)


def test_a_crossing_that_no_program_could_settle_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where nobody can be in it, but without the proof."""
    frame = make_frame({NORD: "Nord", FORM: "allein"}, {NORD: K, FORM: K}, K)
    s = search(facts_of(ABOUT, [], frame, Known(np.array([40] + [0] * 4), np.full(5, 40))))
    families, pair = [family for family, _ in frame.keys], (frame.keys.index(NORD), frame.keys.index(FORM))
    seen = _Seen.of(s, families)
    monkeypatch.setattr(s.model, "reaches", lambda _: None)
    assert not _is_finding(seen, 0, *pair)
    s.model.gave_up = True
    assert _is_finding(seen, 0, *pair)


def test_figures_that_cannot_all_be_true_are_noticed() -> None:
    frame = make_frame({}, {}, K)
    shares = np.array([[0.8], [0.7]])
    shown = Shown(
        (frozenset({"1"}), frozenset({"2"})), (EVERYBODY,), (40,), np.ones((2, 1), np.bool_), shares - 0.025,
        shares + 0.025, (K,),
    )  # fmt: skip
    with pytest.raises(Contradiction):
        search(facts_of(ABOUT, [shown], frame, Known(np.array([40]), np.array([40]))))
