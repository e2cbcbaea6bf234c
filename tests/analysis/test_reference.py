"""The documented examples of R's `survey` package, figure by figure; golden/make_golden.R says where they come from."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from analysis.effects import few_clusters
from analysis.estimates import add_up, cross, korn_graubard, mean, mean_variance, share, share_variance
from analysis.variance import Design, Moments, make_design, ratio, ratio_variance, variance_of_sum
from analysis.weights import Target, rake

Floats = npt.NDArray[np.float64]

GOLDEN = Path(__file__).parent / "golden"
R: dict[str, Any] = json.loads((GOLDEN / "survey.json").read_text())
SCHOOLS, CLUSTERS = pd.read_csv(GOLDEN / "apisrs.csv"), pd.read_csv(GOLDEN / "apiclus1.csv")
N, POPULATION, DISTRICTS = len(SCHOOLS), 6194, 757
TYPES, WIDE = np.array([4421.0, 755, 1018]), np.array([1072.0, 5122])
SE, WEIGHTS = 1e-9, 1e-8
ONES = np.ones(N)


def targets(data: pd.DataFrame) -> list[Target]:
    return [Target(data["stype"].to_numpy() - 1, TYPES), Target(data["sch_wide"].to_numpy() - 1, WIDE)]


def marks(data: pd.DataFrame, name: str) -> list[Floats]:
    """A 0/1 column for every value."""
    return [(data[name] == value).to_numpy(dtype=np.float64) for value in sorted(data[name].unique())]


def figures(name: str) -> list[tuple[float, float]]:
    return list(zip(R[name]["estimate"], R[name]["se"], strict=True))


def ratios(design: Design, ys: list[Floats], bases: list[Floats]) -> list[tuple[float, float]]:
    """Estimate and standard error of ratios."""
    each = [Moments.of_values(design, y, base) for y, base in zip(ys, bases, strict=True)]
    return [(float(ratio(m, design)), float(ratio_variance(m, design)) ** 0.5) for m in each]


def total(design: Design, y: Floats) -> list[tuple[float, float]]:
    moments = Moments.of_values(design, y, np.ones(len(y)))
    variance = variance_of_sum(moments, design, np.array(1.0), np.array(0.0))
    return [(float(moments.y @ design.weight), float(variance) ** 0.5)]


def agree(found: list[tuple[float, float]], name: str, relative: float = SE) -> None:
    assert len(found) == len(figures(name))
    for (estimate, error), (expected, expected_error) in zip(found, figures(name), strict=True):
        assert estimate == pytest.approx(expected, rel=relative)
        assert error == pytest.approx(expected_error, rel=relative)


# ---------- a simple random sample of schools

API, ENROLLED = SCHOOLS["api00"].to_numpy(np.float64), SCHOOLS["enroll"].to_numpy(np.float64)
FREE = make_design(N)
FINITE = make_design(N, weight=ONES * POPULATION / N, left=ONES * (1 - N / POPULATION))


def test_three_sums_give_the_shares_and_errors_of_svymean_and_svyby() -> None:
    kind, wide = SCHOOLS["stype"].to_numpy() - 1, SCHOOLS["sch_wide"].to_numpy() - 1
    cells = cross(np.zeros(N, np.int64), 1, kind, 3)
    base = cells.over_answers()
    base = type(base)(base.n[:, None], base.w[:, None], base.w2[:, None])
    found = list(zip(share(cells, base)[0], share_variance(cells, base, N)[0] ** 0.5, strict=True))
    agree(found, "srs_share_stype_without_fpc")
    by_type = cross(kind, 3, 1 - wide, 2)
    base = by_type.over_answers()
    yes = type(base)(by_type.n[:, 0], by_type.w[:, 0], by_type.w2[:, 0])
    errors = share_variance(yes, base, N) ** 0.5
    agree(list(zip(share(yes, base), errors, strict=True)), "srs_domain_share_sch_wide")


def test_three_sums_give_the_means_and_errors_of_svymean_and_svyby() -> None:
    values, code = np.unique(API, return_inverse=True)
    cells = cross(np.zeros(N, np.int64), 1, code, len(values))
    found = [(mean(values, cells)[0], mean_variance(values, cells, N)[0] ** 0.5)]
    agree(found, "srs_mean_api00_without_fpc")
    by_type = cross(SCHOOLS["stype"].to_numpy() - 1, 3, code, len(values))
    errors = mean_variance(values, by_type, N) ** 0.5
    agree(list(zip(mean(values, by_type), errors, strict=True)), "srs_domain_mean_api00")


def test_the_finite_population_correction_is_that_of_svydesign() -> None:
    agree(ratios(FINITE, [API], [ONES]), "srs_mean_api00")
    agree(ratios(FINITE, marks(SCHOOLS, "stype"), [ONES] * 3), "srs_share_stype")
    agree(total(FINITE, ENROLLED), "srs_total_enroll")


def test_domains_of_the_full_design_are_those_of_svyby() -> None:
    kinds = marks(SCHOOLS, "stype")
    agree(ratios(FREE, [API * kind for kind in kinds], kinds), "srs_domain_mean_api00")


def test_the_interval_is_that_of_svyciprop_with_the_beta_method() -> None:
    no = add_up((SCHOOLS["sch_wide"] != 1).to_numpy(np.int64), 2)
    yes, base = type(no)(no.n[:1], no.w[:1], no.w2[:1]), add_up(np.zeros(N, np.int64), 1)
    p = share(yes, base)
    low, high = korn_graubard(p, p * (1 - p) / share_variance(yes, base, N))
    assert [float(low[0]), float(high[0])] == pytest.approx(R["srs_interval_sch_wide"]["interval"], rel=SE)


# ---------- clusters: districts with several schools, as households with several children

_, OF = np.unique(CLUSTERS["dnum"], return_inverse=True)
N_CLUSTERS = int(OF.max()) + 1
CLUSTERED = make_design(
    N_CLUSTERS, weight=np.full(N_CLUSTERS, R["clus_weight"]["estimate"][0]),
    left=np.full(N_CLUSTERS, 1 - N_CLUSTERS / DISTRICTS),
)  # fmt: skip


def summed(values: Any) -> Floats:
    return np.bincount(OF, weights=np.asarray(values, dtype=np.float64))


EACH = summed(np.ones(len(CLUSTERS)))


def test_clusters_have_the_errors_of_svymean_svytotal_and_svyby() -> None:
    agree(ratios(CLUSTERED, [summed(CLUSTERS["api00"])], [EACH]), "clus_mean_api00")
    kinds = marks(CLUSTERS, "stype")
    agree(ratios(CLUSTERED, [summed(kind) for kind in kinds], [EACH] * 3), "clus_share_stype")
    agree(total(CLUSTERED, summed(CLUSTERS["enroll"])), "clus_total_enroll")
    domains = [summed(CLUSTERS["api00"] * kind) for kind in kinds]
    agree(ratios(CLUSTERED, domains, [summed(kind) for kind in kinds]), "clus_domain_mean_api00")


def test_the_interval_of_a_clustered_share_is_that_of_svyciprop_after_its_correction_for_few_clusters() -> None:
    ((p, error),) = ratios(CLUSTERED, [summed(CLUSTERS["ell"] == 0)], [EACH])
    correction = few_clusters(len(CLUSTERS), N_CLUSTERS)
    low, high = korn_graubard(np.array(p), np.array(p * (1 - p) / error**2 * correction))
    assert [float(low), float(high)] == pytest.approx(R["clus_interval_ell"]["interval"], rel=SE)


# ---------- known margins


def test_post_stratification_gives_the_weights_and_errors_of_postStratify() -> None:  # noqa: N802 (R's name)
    one = targets(SCHOOLS)[:1]
    weight = rake(one).weight
    assert weight == pytest.approx(R["post_weights"]["estimate"], rel=WEIGHTS)
    design = make_design(N, one, weight=weight)
    wide = marks(SCHOOLS, "sch_wide")
    agree(ratios(design, [API], [ONES]), "post_mean_api00")
    agree(ratios(design, wide, [ONES] * 2), "post_share_sch_wide")
    agree(total(design, ENROLLED), "post_total_enroll")
    agree(ratios(design, [API * mark for mark in wide], wide), "post_domain_mean_api00")


@pytest.mark.parametrize(("data", "name"), [(SCHOOLS, "raked_weights"), (CLUSTERS, "clus_raked_weights")])
def test_raking_gives_the_weights_of_rake(data: pd.DataFrame, name: str) -> None:
    assert rake(targets(data)).weight == pytest.approx(R[name]["estimate"], rel=WEIGHTS)


def test_errors_after_raking_are_those_of_svymean_and_svytotal() -> None:
    both = targets(SCHOOLS)
    design = make_design(N, both, weight=rake(both).weight)
    agree(ratios(design, [API], [ONES]), "raked_mean_api00")
    agree(total(design, ENROLLED), "raked_total_enroll")


def test_raking_narrows_what_the_margins_explain() -> None:
    one = targets(SCHOOLS)[:1]
    weight = rake(one).weight
    kinds = marks(SCHOOLS, "stype")
    fixed = ratios(make_design(N, weight=weight), kinds, [ONES] * 3)
    known = ratios(make_design(N, one, weight=weight), kinds, [ONES] * 3)
    assert all(error > 0.02 for _, error in fixed)
    assert all(error < 1e-9 for _, error in known)
