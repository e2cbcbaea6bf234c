"""Weights meet what is known, or are refused with a reason and a way out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import ExtractError
from analysis.margins import check_margins
from analysis.release import make_release
from analysis.weighting import prepare
from analysis.weights import CapTooLow, MarginMissed, Target, rake
from questionnaires.handover import Manifest
from questionnaires.plan import Margin, MarginCategory
from tests.analysis.make_extract import PLAN, SMALL_PLAN, codebook_of, draw_rows, extract_of, make_small, miniature

Rows = list[dict[str, Any]]
ROWS = draw_rows(miniature(), 600)
#: Far from the 8 : 6 : 4 : 2 : 1 of the responses; „Tal“ has less than the 30 responses it needs to stand alone.
KNOWN = {"nord": 300, "mitte": 500, "ost": 600, "west": 400, "tal": 200}


def by_area(missing: Any = "own", **numbers: float) -> Margin:
    """Known families by Sozialraum, those of „Tal“ with „West“."""
    known = {**KNOWN, **numbers}
    together = {"west": ("west", "tal")}
    categories = tuple(
        MarginCategory(title=area.title(), areas=together.get(area, (area,)),
                       number=sum(known[a] for a in together.get(area, (area,))))
        for area in known if area != "tal"
    )  # fmt: skip
    return Margin(id="gebiet", title="Sozialraum", categories=categories, missing=missing, source="Melderegister")


def by_form(*numbers: float, missing: Any = "own", codes: Sequence[tuple[int, ...]] = ((1,), (2,))) -> Margin:
    categories = tuple(
        MarginCategory(title=f"Form {c}", codes=c, number=n) for c, n in zip(codes, numbers, strict=True)
    )
    return Margin(id="form", title="Haushalt", question="form", categories=categories, missing=missing, source="Zensus")


def by_band(*numbers: float) -> Margin:
    categories = tuple(MarginCategory(title=f"klein {i}", codes=(i,), number=n) for i, n in enumerate(numbers))
    return Margin(id="klein", title="Kind unter 6", question="kinder", item="klein", categories=categories,
                  missing="exclude", source="Jugendamt")  # fmt: skip


def refusals(*margins: Margin, rows: Rows = ROWS, **plan: Any) -> dict[str, str]:
    """Code → message of everything wrong with margins, whether seen in the plan or in the responses."""
    whole = PLAN.model_copy(update={"margins": margins, **plan})
    found = list(check_margins(whole, codebook_of(miniature())))
    if not found:
        with pytest.raises(ExtractError) as caught:
            prepare(extract_of(miniature(), rows, whole), whole)
        found = list(caught.value.problems)
    assert all(p.file == "fieldwork.json" and p.place.startswith("plan.margins.") for p in found)
    return {problem.code: problem.message for problem in found}


# ---------- every row of the table of situations


def test_known_families_nobody_answered_for_are_refused_with_a_proposal() -> None:
    rows = [row for row in ROWS if row["area"] not in {"west", "tal"}]
    message = refusals(by_area(), rows=rows)["margin-category-empty"]
    assert "Für „West“ (600 bekannte Familien) gibt es keinen einzigen Bogen." in message
    assert "Vorschlag: „West“ und „Ost“ im Plan zu einer Gruppe zusammenfassen." in message


def test_a_category_with_a_handful_of_responses_is_refused_as_well() -> None:
    rows = [row for row in ROWS if row["form"] != 2] + [row for row in ROWS if row["form"] == 2][:7]
    message = refusals(by_form(1500, 500), rows=rows)["margin-category-small"]
    assert "nur wenige Bögen (unter 10)" in message
    assert "„Form (2,)“ und „Form (1,)“" in message


def test_an_answer_the_margin_does_not_know_is_named() -> None:
    message = refusals(by_form(2000, codes=((1,),)))["margin-category-missing"]
    assert "„allein“ kommt in den Bögen vor, steht aber in keiner Gruppe" in message


def test_a_category_of_nobody_that_answered_is_named() -> None:
    assert "„Form (2,)“ hat die Zahl null" in refusals(by_form(2000, 0))["margin-category-of-nobody"]


def test_margins_of_different_sums_are_refused() -> None:
    message = refusals(by_area(), by_form(1500, 540))["margin-totals-differ"]
    assert "Die Summe ist 2.040, bei „gebiet“ aber 2.000." in message
    assert "dieselben Familien zum selben Stichtag" in message


def test_shares_beside_counts_are_recognised() -> None:
    assert "Anteilen neben Anzahlen" in refusals(by_area(), by_form(0.75, 0.25))["margin-totals-differ"]
    assert "Anteilen neben Anzahlen" in refusals(by_area(), by_form(75, 25))["margin-totals-differ"]


@pytest.mark.parametrize("numbers", [(0.75, 0.25), (75, 25)])
def test_shares_instead_of_numbers_are_refused(numbers: tuple[float, float]) -> None:
    assert set(refusals(by_form(*numbers))) == {"margin-shares"}


def test_more_responses_than_known_families_are_refused() -> None:
    assert "mehr Bögen, als Familien bekannt sind (200)" in refusals(by_form(140, 60))["margin-fewer-than-responses"]


def test_a_category_in_thousands_is_refused() -> None:
    message = refusals(by_area(ost=0.6))["margin-category-other-unit"]
    assert "„Ost“ hat die Zahl 0,6" in message
    assert "Sind es Tausend?" in message


def test_margins_without_common_solution_are_refused_and_the_worst_is_named() -> None:
    rows = [row | {"form": 1 if row["area"] in {"nord", "mitte"} else 2} for row in ROWS if row["area"]]
    message = refusals(by_area(), by_form(500, 1500), rows=rows)["margin-no-solution"]
    assert "„Sozialraum“ und „Haushalt“ lassen sich nicht gemeinsam einhalten" in message
    assert "Am weitesten daneben bleibt „" in message


def test_a_cap_that_cannot_be_kept_says_which_would_do() -> None:
    message = refusals(by_area(), weight_cap=1.2)["margin-cap"]
    assert "Mit der Obergrenze 1,2 lässt sich „West“ nicht erreichen." in message
    least = float(message.split("mindestens ")[1].split(" ")[0].replace(",", "."))
    plan = PLAN.model_copy(update={"margins": (by_area(),), "weight_cap": least})
    assert prepare(extract_of(miniature(), ROWS, plan), plan).weighted is not None


@pytest.mark.parametrize(
    ("margin", "code"),
    [
        (by_form(1, 1).model_copy(update={"question": "mond"}), "margin-variable"),
        (by_form(1, 1).model_copy(update={"question": "huerden"}), "margin-variable"),
        (by_band(1, 1).model_copy(update={"item": "mond"}), "margin-variable"),
        (by_form(1, 1, codes=((1,), (7,))), "margin-unknown-category"),
        (by_form(1, 1, codes=((1, 2), (2,))), "margin-category-twice"),
        (by_form(1, 1, codes=((1,), ())), "margin-category-of-nothing"),
        (by_form(0, 0), "margin-of-nobody"),
        (by_area().model_copy(update={"categories": ()}), "margin-unknown-numbers"),
    ],
)
def test_a_margin_without_sense_is_refused(margin: Margin, code: str) -> None:
    assert set(refusals(margin)) == {code}


def test_two_margins_of_one_name_are_refused() -> None:
    assert "margin-duplicate" in refusals(by_area(), by_area())


# ---------- missing values


def test_who_gave_no_answer_keeps_the_part_they_have_or_is_left_out_as_the_plan_says() -> None:
    rows = [row | ({"form": -1} if i % 10 == 0 else {"form": 1 + i % 2}) for i, row in enumerate(ROWS)]
    for missing, n in (("own", 600), ("exclude", 540)):
        plan = PLAN.model_copy(update={"margins": (by_form(1500, 500, missing=missing),)})
        ready = prepare(extract_of(miniature(), rows, plan), plan).extract
        assert ready.n == n
        assert ready.weight is not None
        form = ready.columns["form"]
        shares = [ready.weight[form == code].sum() / ready.weight.sum() for code in (-1, 1, 2)]
        silent = 0.1 if missing == "own" else 0
        assert shares == pytest.approx([silent, 0.75 * (1 - silent), 0.25 * (1 - silent)], rel=1e-9)


# ---------- properties


@st.composite
def surveys(draw: st.DrawFn) -> list[Target]:
    """Categories of up to three variables and margins that some positive weights meet."""
    n = draw(st.integers(30, 120))
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    hidden = random.uniform(0.2, 5, n)
    found = []
    for _ in range(draw(st.integers(1, 3))):
        k = draw(st.integers(1, 5))
        category = np.concatenate([np.arange(k), random.integers(0, k, n - k)])
        found.append(Target(category, np.bincount(category, weights=hidden)))
    return found


@given(surveys())
def test_raked_weights_meet_all_margins(targets: list[Target]) -> None:
    raked = rake(targets)
    assert (raked.weight > 0).all()
    for target in targets:
        assert np.bincount(target.category, weights=raked.weight) == pytest.approx(target.total, rel=1e-9)


@given(surveys(), st.randoms())
def test_the_order_of_the_responses_changes_no_weight(targets: list[Target], random: Any) -> None:
    order = list(range(len(targets[0].category)))
    random.shuffle(order)
    mixed = rake([Target(target.category[order], target.total) for target in targets])
    assert mixed.weight.tolist() == rake(targets).weight[order].tolist()


@given(surveys(), st.floats(1.5, 6))
def test_a_cap_is_kept_and_so_are_the_margins(targets: list[Target], cap: float) -> None:
    try:
        raked = rake(targets, cap=cap)
    except (CapTooLow, MarginMissed):
        return
    assert raked.weight.max() <= cap * raked.weight.mean() * (1 + 1e-9)
    for target in targets:
        assert np.bincount(target.category, weights=raked.weight) == pytest.approx(target.total, rel=1e-9)


def test_a_generous_cap_changes_nothing_and_a_narrow_one_is_used() -> None:
    category = np.repeat([0, 1, 2], [50, 30, 20])
    other = np.tile([0, 1], 50)
    targets = [Target(category, np.array([40.0, 30, 30])), Target(other, np.array([30.0, 70]))]
    free = rake(targets)
    assert rake(targets, cap=100).weight == pytest.approx(free.weight, rel=1e-12)
    capped = rake(targets, cap=float(free.weight.max()) * 0.98)
    assert 0 < capped.n_capped < 100
    assert np.bincount(category, weights=capped.weight) == pytest.approx([40, 30, 30], rel=1e-9)


def test_weights_the_extract_brought_along_are_where_raking_starts() -> None:
    start = np.tile([1.0, 3.0], 50)
    raked = rake([Target(np.repeat([0, 1], 50), np.array([10.0, 30]))], start)
    assert raked.weight[1] / raked.weight[0] == pytest.approx(3)
    assert raked.weight[:50].sum() == pytest.approx(10)


# ---------- in a release


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weighted")
    plan = SMALL_PLAN.model_copy(update={"margins": (by_area(), by_form(1500, 500))})
    make_release(make_small(folder / "e", 600, plan=plan), folder / "r")
    return folder / "r"


def test_a_release_tells_who_was_lifted_by_how_much_and_at_what_cost(released: Path) -> None:
    manifest = Manifest.model_validate_json((released / "manifest.json").read_bytes())
    assert manifest.weighting is not None
    west = next(g for g in manifest.weighting.margins[0].groups if g.label == "West")
    assert (west.known, west.answered, west.factor) == (0.3, None, None) or west.factor == pytest.approx(
        west.known / (west.answered or 1), abs=0.05
    )
    everything = " ".join(manifest.rules)
    assert "Schwächer zählen, weil von dort mehr Bögen kamen: „Nord“ 0,4-fach" in everything
    assert "sagen so viel wie rund" in everything
    assert "Sozialraum (Melderegister) und Haushalt (Zensus)" in everything
    assert "Randverteilung;Quelle;Gruppe" in (released / "weights.csv").read_text(encoding="utf-8-sig")


def test_a_weighted_release_shows_the_known_shares_and_no_exact_weight(released: Path) -> None:
    manifest = Manifest.model_validate_json((released / "manifest.json").read_bytes())
    assert manifest.weighted
    assert manifest.weighting is not None
    assert (manifest.weighting.least, manifest.weighting.most) == (0.2, 3.0)
    form = (released / "tables/form.json").read_text()
    assert '"value": 0.75' in form


def test_without_margins_every_response_counts_the_same_and_the_release_says_so(tmp_path: Path) -> None:
    make_release(make_small(tmp_path / "e", 60), tmp_path / "r")
    manifest = Manifest.model_validate_json((tmp_path / "r/manifest.json").read_bytes())
    assert manifest.weighting is None
    assert "Die Antworten sind nicht gewichtet: Jeder ausgefüllte Bogen zählt gleich." in manifest.rules
