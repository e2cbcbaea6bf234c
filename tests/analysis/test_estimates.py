"""Shares, variances and intervals against brute force, known values and each other."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from analysis.areas import make_layout
from analysis.estimates import (
    Sums,
    add_up,
    cross,
    design_effect,
    kish_n_eff,
    korn_graubard,
    mean,
    mean_variance,
    n_effective,
    share,
    share_variance,
)  # fmt: skip
from analysis.topics import count_topic, make_topics, number_limits
from tests.analysis.make_extract import PLAN, draw_rows, extract_of, miniature

Floats = npt.NDArray[np.float64]


def sums(yes: Floats, weight: Floats, domain: npt.NDArray[np.bool_]) -> tuple[Sums, Sums]:
    """Numerator and base of a domain, one cell each."""
    found = cross(np.where(domain, 0, 1), 2, np.where(yes > 0, 0, 1), 2, weight)
    both = found.over_answers()
    return Sums(found.n[:1, :1], found.w[:1, :1], found.w2[:1, :1]), Sums(both.n[:1], both.w[:1], both.w2[:1])


def drawn(n: int, seed: int) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    random = np.random.default_rng(seed)
    return (random.random(n) < 0.3).astype(float), random.uniform(0.3, 4, n), random.random(n) < 0.4


def linearised(values: Floats, weight: Floats, domain: npt.NDArray[np.bool_]) -> float:
    """Variance of a domain mean by brute force: the sample variance of the linearised values of ALL rows."""
    w = np.where(domain, weight, 0)
    z = w * (values - (w * values).sum() / w.sum()) / w.sum()
    return float(len(z) / (len(z) - 1) * ((z - z.mean()) ** 2).sum())


@pytest.mark.parametrize("seed", range(8))
def test_the_key_formula_is_the_linearised_variance_of_a_domain_of_the_full_design(seed: int) -> None:
    yes, weight, domain = drawn(60, seed)
    top, base = sums(yes, weight, domain)
    assert share_variance(top, base, 60)[0, 0] == pytest.approx(linearised(yes, weight, domain), rel=1e-12)


def test_filtering_the_rows_first_would_give_another_error() -> None:
    yes, weight, domain = drawn(60, 3)
    top, base = sums(yes, weight, domain)
    inside = linearised(yes[domain], weight[domain], domain[domain])
    assert share_variance(top, base, 60)[0, 0] != pytest.approx(inside, rel=1e-3)
    assert share_variance(top, base, int(domain.sum()))[0, 0] == pytest.approx(inside, rel=1e-12)


def test_without_weights_the_variance_is_that_of_a_simple_random_sample() -> None:
    # v(p) = pq/(n−1): Cochran, Sampling Techniques, 3rd ed. (Wiley 1977), eq. 3.8, without finite correction
    top, base = add_up(np.zeros(30, dtype=np.int64), 1), add_up(np.zeros(120, dtype=np.int64), 1)
    assert share(top, base)[0] == 0.25
    assert share_variance(top, base, 120)[0] == pytest.approx(0.25 * 0.75 / 119, rel=1e-12)
    assert n_effective(top, base, 120)[0] == pytest.approx(119)


@pytest.mark.parametrize("seed", range(4))
def test_means_agree_with_brute_force(seed: int) -> None:
    random = np.random.default_rng(seed)
    values, weight = random.integers(0, 5, 50).astype(float), random.uniform(0.5, 3, 50)
    cells = cross(np.zeros(50, dtype=np.int64), 1, values.astype(np.int64), 5, weight)
    steps = np.arange(5.0)
    assert mean(steps, cells)[0] == pytest.approx(np.average(values, weights=weight), rel=1e-12)
    everybody = np.ones(50, dtype=np.bool_)
    assert mean_variance(steps, cells, 50)[0] == pytest.approx(linearised(values, weight, everybody), rel=1e-12)


@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [
        # binom.test(682, 925) of R's documentation, after Conover, Practical Nonparametric Statistics (1971) p. 97
        (682, 925, 0.7076683, 0.7654066),
        (1, 10, 0.002528579, 0.445016117),  # binom.test(1, 10) of R
        (0, 10, 0.0, 1 - 0.025**0.1),  # closed form at zero: Clopper & Pearson, Biometrika 26 (1934) 404
        (10, 10, 0.025**0.1, 1.0),
    ],
)
def test_korn_graubard_is_clopper_pearson_where_every_case_counts_fully(
    x: int, n: int, low: float, high: float
) -> None:
    found = korn_graubard(np.array(x / n), np.array(float(n)))
    assert (float(found[0]), float(found[1])) == pytest.approx((low, high), abs=1e-7)


def test_korn_graubard_covers_where_wald_fails() -> None:
    counts = np.arange(34)
    n_eff = np.where((counts > 0) & (counts < 33), 32.0, 33.0)  # p(1−p)/V of a simple random sample is n − 1
    low, high = korn_graubard(counts / 33, n_eff)
    p, chances = 0.05, binom.pmf(counts, 33, 0.05)
    half = 1.96 * np.sqrt(counts / 33 * (1 - counts / 33) / 33)
    assert chances[(low <= p) & (p <= high)].sum() > 0.97
    assert chances[np.abs(counts / 33 - p) <= half].sum() < 0.82


def test_an_interval_is_never_of_zero_width_and_never_of_one_case() -> None:
    low, high = korn_graubard(np.array([0.0, 1.0, 0.5, 0.3]), np.array([5.0, 5.0, 0.0, 1.0]))
    assert (high - low > 0.3).all()
    assert (low[2], high[2]) == (0.0, 1.0)
    one = Sums(np.array([1]), np.array([1.0]), np.array([1.0]))
    assert np.isnan(share_variance(one, one, 1)).all()


def test_unequal_weights_never_count_more_than_the_cases_there_are() -> None:
    yes, weight, domain = drawn(80, 5)
    top, base = sums(yes, weight, domain)
    assert n_effective(top, base, 80)[0, 0] <= base.n[0]
    assert design_effect(top, base, 80)[0, 0] >= 1
    w = weight[domain]
    assert kish_n_eff(base)[0] == pytest.approx(w.sum() ** 2 / (w**2).sum())


def test_a_missing_answer_counts_in_neither_numerator_nor_base() -> None:
    atom, weight = np.zeros(6, dtype=np.int64), np.ones(6)
    with_missing = cross(atom, 1, np.array([0, 0, 1, 2, 2, 2]), 2, weight)
    without = cross(atom[:3], 1, np.array([0, 0, 1]), 2, weight[:3])
    assert with_missing.over_answers().n.tolist() == [3]
    assert share(with_missing, with_missing.over_answers()).tolist() == share(without, without.over_answers()).tolist()


@given(st.integers(1, 60), st.integers(0, 10**6))
def test_shares_sum_to_one_and_parts_of_the_data_add_up(n: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    atom, answer = random.integers(0, 3, n), random.integers(0, 5, n)
    weight = random.integers(1, 9, n) / 4
    whole = cross(atom, 3, answer, 4, weight)
    cut = int(random.integers(0, n + 1))
    parts = cross(atom[:cut], 3, answer[:cut], 4, weight[:cut]) + cross(atom[cut:], 3, answer[cut:], 4, weight[cut:])
    assert [a.tobytes() for a in vars(whole).values()] == [a.tobytes() for a in vars(parts).values()]
    base = whole.over_answers()
    shares = share(whole, Sums(base.n[:, None], base.w[:, None], base.w2[:, None])).sum(1)
    assert shares[base.n > 0] == pytest.approx(1.0)


def test_counts_of_areas_add_up_to_the_district() -> None:
    extract = extract_of(miniature(), draw_rows(miniature(), 200))
    layout = make_layout(extract, PLAN)
    for topic in make_topics(extract, PLAN):
        cube = count_topic(topic, extract, layout, None)
        for relation in layout.relations:
            parts = list(relation.parts)
            assert (cube.yes.n[relation.total] == cube.yes.n[parts].sum(0)).all()
            assert cube.base.n[relation.total] == cube.base.n[parts].sum()


def test_rows_of_a_number_depend_on_the_question_only() -> None:
    assert number_limits(0, 240) == (15, 30, 60, 120, 240)
    assert number_limits(0, 3) == (0, 1, 2, 3)
    assert number_limits(1, 20)[-1] == 20
