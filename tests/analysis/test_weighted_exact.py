"""The exact attacker on weighted shares: against every table there can be, and against what bounds let through."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from analysis.audit_frame import Known, Scale, Shown, facts_of
from analysis.exact import search, settle
from analysis.exact_model import Facts
from analysis.exact_repair import Beside, Bridge, _all_keys, secure
from analysis.groups import EVERYBODY, REST, SPACE, Key, make_frame
from analysis.known import risky
from tests.analysis.test_exact import ABOUT, NORD, K, Tables, agrees, all_tables, drawn, findings_of, published, rows_of
from tests.analysis.test_weighted_protection import decided

ELSEWHERE: Key = (SPACE, frozenset({REST}))
N = 13
SPACES = np.concatenate([np.zeros((1, 6), np.int64), all_tables(N, 6)]).reshape(-1, 2, 3)
SHOWN = (8, 9, 12, 15, 20, 59, 76)
"""seeds of surveys of which a weighted share is published; some tell what counts alone do not"""
Points = npt.NDArray[np.float64]


def points(tables: Tables, lift: float) -> Points:
    """Weighted shares of the district in 5 points, (answers, ways): one in Nord counts `lift` times one elsewhere."""
    there, whole = tables[:, 1], tables[:, 0]
    weighted = (whole + (lift - 1) * there).astype(np.float64)
    return np.floor(np.round(weighted[:2] / np.maximum(weighted[2], 1e-9) * 20, 9) + 0.5) * 5


def one_lifted_space(seed: int, lift: float) -> tuple[Facts, Tables]:
    """A district of Nord and the rest, whose weighted shares are published; every table that agrees with them."""
    frame, cells = make_frame({NORD: "Nord"}, {NORD: K}, K), SPACES.copy()
    cells[0] = drawn(seed, N, 6).reshape(2, 3)
    tables = np.stack([rows_of(part) for part in (cells.sum(1), cells[:, 0], cells[:, 1])], axis=1)
    shown = published(tables[:, :2, 0], (EVERYBODY, NORD), ())
    told = points(tables[..., :1], lift)[:, 0]
    low, high = shown.low.copy(), shown.high.copy()
    low[:, 0] = np.where(shown.shown[:, 0], np.maximum(told - 2.5, 0) / 100, 0)
    high[:, 0] = np.where(shown.shown[:, 0], np.minimum(told + 2.5, 100) / 100, 1)
    scale = Scale(each={NORD: (lift, lift), ELSEWHERE: (1.0, 1.0)})
    facts = facts_of(ABOUT, [replace(shown, low=low, high=high, scale=scale)], frame,
                     Known(np.array([N, 0, 0]), np.array([N] * 3)))  # fmt: skip
    places = [frame.keys.index(key) for key in (EVERYBODY, NORD, ELSEWHERE)]
    return facts, tables[:, np.argsort(places)][..., fits(tables, shown, lift)]


def fits(tables: Tables, shown: Shown, lift: float) -> npt.NDArray[np.bool_]:
    """Which tables agree with bases, rules and the shares of Nord, and with the district's weighted ones."""
    hidden = shown.shown.copy()
    hidden[:, 0] = False
    found = agrees(tables[:, :2], replace(shown, shown=hidden), N)
    of_district, told = shown.shown[:, 0], points(tables[..., :1], lift)
    for row in np.flatnonzero(of_district):
        whole = tables[2, 0]
        found &= (tables[row, 0] >= K) & (whole - tables[row, 0] >= K) & (points(tables, lift)[row] == told[row, 0])
    return np.asarray(found)


@pytest.mark.parametrize("lift", [0.613, 2.417])
@pytest.mark.parametrize("seed", SHOWN)
def test_of_weighted_shares_the_attacker_finds_what_all_possible_tables_have_in_common(seed: int, lift: float) -> None:
    facts, possible = one_lifted_space(seed, lift)
    assert facts.weights
    s = search(facts)
    assert set(settle(s)) == set(findings_of(possible, facts))
    assert (s.outer.low <= possible.min(2)).all()
    assert (s.outer.high >= possible.max(2)).all()
    assert (s.low >= possible.min(2)).all()
    assert (s.high <= possible.max(2)).all()


@pytest.mark.parametrize("seed", [5])
def test_what_bounds_let_through_and_weighted_shares_give_away_is_hidden(seed: int) -> None:
    """A lifted Sozialraum: its Großraum's weighted share tells a count that neither bounds nor counts alone tell."""
    work, _ = decided(seed)
    assert not risky(work)[0].any()
    bridge = Bridge.of(work, Beside())
    facts = next(bridge._readings())
    assert settle(search(facts, bridge._truth(facts)))
    assert not settle(search(replace(facts, weights=()), bridge._truth(facts)))
    before = int(work.shown.sum())
    secure(work)
    facts = next(bridge._readings())
    assert settle(search(facts, bridge._truth(facts))) == []
    assert 0 < int(work.shown.sum()) < before


@pytest.mark.parametrize("seed", range(4))
def test_nothing_conceded_of_weights_contradicts_the_truth(seed: int) -> None:
    work, _ = decided(seed)
    bridge = Bridge.of(work, Beside())
    for facts in bridge._readings():
        [truth] = bridge._truth(facts)
        assert search(facts, [truth]).witnesses[0].tolist() == truth.tolist()


def test_where_all_in_a_group_count_the_same_its_weighted_shares_are_shares_of_counts() -> None:
    frame = make_frame({NORD: "Nord"}, {NORD: K}, K)
    shown = published(rows_of(np.array([[40, 23, 2], [25, 9, 0]])), (EVERYBODY, NORD), ())
    sizes = Known(np.array([65, 0, 0]), np.array([65] * 3))
    scale = Scale(each={NORD: (1.9, 2.1)}, alike=frozenset({NORD}))
    plain, weighted = (facts_of(ABOUT, [replace(shown, scale=one)], frame, sizes) for one in (None, scale))
    nord = frame.keys.index(NORD)
    for end in ("ratio_low", "ratio_high"):
        counts, lifted = (getattr(facts.known, end) for facts in (plain, weighted))
        assert counts[:, nord].tolist() == lifted[:, nord].tolist()
        assert counts[:2, 0].tolist() != lifted[:2, 0].tolist()


def test_it_is_conceded_who_counts_the_same_and_no_part_counts_more_than_its_whole() -> None:
    work, _ = decided(3)
    scale = Bridge.of(work, Beside())._conceded()
    assert scale is not None
    keys = _all_keys(work)
    assert scale.alike == {(SPACE, frozenset({area})) for area in ("nord", "mitte", "ost")}
    for relation in work.layout.relations:
        low, high = scale.each[keys[relation.total]]
        assert all(low <= scale.each[keys[part]][0] <= scale.each[keys[part]][1] <= high for part in relation.parts)


def test_programs_with_weights_known_exactly_are_not_simplified_before_they_are_solved() -> None:
    """HiGHS was seen to simplify one of these without end, where nothing can be cancelled either."""
    facts, _ = one_lifted_space(SHOWN[0], 2.417)
    [exact] = facts.weights
    closely = replace(exact, least=exact.least * 0.99)
    settings = [search(replace(facts, weights=w)).model._whole_program(np.zeros(facts.known.low.shape))
                .getOptionValue("presolve")[1] for w in ((exact,), (closely,), ())]  # fmt: skip
    assert settings == ["off", "choose", "choose"]
