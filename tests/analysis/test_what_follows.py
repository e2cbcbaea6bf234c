"""Gaps, lighthouses, Lebenslagen and changes follow from published figures and say only what these carry."""

from datetime import date
from typing import Any

import pytest

from analysis.changes import EarlierRelease, changes_since, two_sided
from analysis.combine import PLAIN, Precision, Reading, Share, cell_of, difference_of, share_of
from analysis.contrast import against_rest, holm
from analysis.disclosure import Published
from analysis.gaps import gaps_of
from analysis.situations import situations_of
from questionnaires.handover import Group, Manifest, Protection, ReleaseTable, TableEntry
from questionnaires.hardships import proposed_hardships
from questionnaires.model import Questionnaire
from questionnaires.plan import PublicationPlan
from tests.analysis.make_extract import QUESTIONS, STEPS, miniature
from tests.analysis.make_funnels import published

GROUPS = (
    Group(id="kreis", label="Landkreis", level="district", base=1000),
    Group(id="nord", label="Nord", level="area", base=200, areas=("nord",)),
    Group(id="ost", label="Ost", level="area", base=200, areas=("ost",)),
    Group(id="tal", label="Tal", level="area", base=25, areas=("tal",)),
)
OFFER_STEPS = [{"code": i, "text": {"de": t}} for i, t in enumerate(("kenne nicht", "kenne", "brauche", "nutze"), 1)]


def asked() -> Questionnaire:
    """Two items of satisfaction and an offer, in one field, all social."""
    items = [{"id": name, "text": {"de": name}, "field": "Wohnen", "dimension": "social"} for name in ("kita", "bus")]
    offer = [{"id": "treff", "text": {"de": "Treff"}, "field": "Wohnen", "life_phase": ["alle"], "offer": "treff"}]
    questions = [*QUESTIONS[:2], {"id": "orte", "kind": "battery", "text": {"de": "Zufrieden?"}, "steps": STEPS,
                                  "items": items},
                 {"id": "angebote", "kind": "battery", "text": {"de": "Nutzen?"}, "steps": OFFER_STEPS,
                  "items": offer}]  # fmt: skip
    steps = [{"id": step, "reached_if": {"question": "angebote", "item": "treff", "is": codes}}
             for step, codes in (("known", [2, 3, 4]), ("needed", [3, 4]), ("used", [4]))]  # fmt: skip
    data = miniature(questions).model_dump(by_alias=True)
    return Questionnaire.model_validate(
        {**data, "funnels": [{"id": "treff", "title": {"de": "Treff"}, "steps": steps}]}
    )


PLAN = PublicationPlan(hardships={"orte.kita": (1, 2), "orte.bus": (1, 2)})


def offer(*columns: tuple[int, int, int, int]) -> Published[ReleaseTable]:
    return published("angebote.treff", {str(i): [c[i - 1] for c in columns] for i in range(1, 5)}, GROUPS)


def orte(item: str, *low: int | None) -> Published[ReleaseTable]:
    """Shares of „gar nicht“; one in ten says „wenig“, all others „sehr“. None: hidden."""
    rest = [None if share is None else 90 - share for share in low]
    rows = {"1": low, "2": [None if s is None else 10 for s in low], "5": rest}
    return published(f"orte.{item}", rows, GROUPS[: len(low)])


def follow(*tables: Published[ReleaseTable]) -> dict[str, Published[ReleaseTable]]:
    return {table.value.id: table for table in tables}


# ---------- shares


def test_a_sum_is_known_at_least_as_well_as_what_is_left_over() -> None:
    table = published("a", {"1": [30], "2": [None], "3": [50]}, GROUPS[:1])
    share = share_of(table, ["1", "2"], "kreis")
    assert share is not None
    assert (round(share.low, 3), round(share.high, 3)) == (0.495, 0.505)


def test_what_stays_open_is_never_said() -> None:
    assert cell_of(Share(0.1, 0.6, 500)).state == "hidden"
    assert cell_of(Share(0.0, 0.0, 500)).words == "fast niemand"
    assert cell_of(None).state == "hidden"


def test_a_derived_interval_holds_all_that_is_possible() -> None:
    share = difference_of(Share(0.39, 0.41, 400), Share(0.09, 0.11, 400))
    cell = cell_of(share)
    assert cell.value == pytest.approx(0.3)
    assert (cell.low or 1) < 0.28 - 0.03
    assert (cell.high or 0) > 0.32 + 0.03


# ---------- against the rest


def test_a_group_is_compared_with_the_rest_and_rounding_counts_against_it() -> None:
    whole = Share(0.3, 0.3, 1000)
    exact, rounded = (against_rest(Share(0.4 - r, 0.4 + r, 200), whole) for r in (0.0, 0.025))
    assert exact is not None
    assert rounded is not None
    assert exact.more
    assert exact.p < rounded.p
    assert against_rest(Share(0.4, 0.4, 990), whole) is None


def test_weighted_groups_are_compared_more_carefully() -> None:
    whole, here = Share(0.3, 0.3, 1000), Share(0.4, 0.4, 400)
    plain, weighted = against_rest(here, whole), against_rest(here, whole, Precision(weighted=True))
    assert plain is not None
    assert weighted is not None
    assert plain.p < weighted.p


def test_holm_never_falls() -> None:
    assert holm([0.03, 0.01, 0.5]) == pytest.approx([0.06, 0.03, 0.5])
    assert holm([]) == []


# ---------- gaps and lighthouses


def test_a_gap_is_who_needs_an_offer_and_does_not_use_it() -> None:
    gap = gaps_of(Reading(asked(), follow(offer((40, 30, 20, 10), *[(40, 30, 20, 10)] * 3)), PLAN)).gaps[0]
    assert (gap.needed and gap.needed.value, gap.used and gap.used.value) == (0.3, 0.1)
    assert gap.unmet is not None
    assert gap.unmet.value == pytest.approx(0.2)
    assert gap.said.endswith("Bei 20\N{NO-BREAK SPACE}% ist der Bedarf ungedeckt.")


LIGHT = ((40, 20, 20, 20), (20, 20, 15, 45), (40, 15, 40, 5), (40, 20, 20, 20))


def test_a_lighthouse_names_where_an_offer_shines_and_where_the_need_stands_without_it() -> None:
    (light,) = gaps_of(Reading(asked(), follow(offer(*LIGHT)), PLAN)).lighthouses
    assert (light.shines_in, light.needed_in, light.certainty) == (("Nord",), ("Ost",), "secured")


def test_no_single_offer_is_named_below_a_base_of_30() -> None:
    tal = ((40, 20, 20, 20), (40, 20, 20, 20), (40, 20, 20, 20), (0, 0, 0, 100))
    assert gaps_of(Reading(asked(), follow(offer(*tal)), PLAN)).lighthouses == ()


def test_an_offer_does_not_shine_where_its_field_is_liked_less() -> None:
    worse = orte("kita", 10, 60, 5, 10)
    assert gaps_of(Reading(asked(), follow(offer(*LIGHT), worse), PLAN)).lighthouses == ()


# ---------- Lebenslagen


def test_an_index_is_the_mean_of_its_published_shares() -> None:
    found = situations_of(Reading(asked(), follow(orte("kita", 10, 30, 10), orte("bus", 20, 50, 20)), PLAN))
    (index,) = found.indices
    assert (index.dimension, index.level) == ("social", "area")
    assert [cell.value for cell in index.cells] == pytest.approx([0.25, 0.5, 0.25])
    assert index.said == "Sicher über dem Kreis (25\N{NO-BREAK SPACE}%) liegt Nord."


def test_an_item_that_a_group_does_not_show_is_in_no_index_of_its_level() -> None:
    tables = follow(orte("kita", 10, None, 10), orte("bus", 20, 50, 20))
    assert situations_of(Reading(asked(), tables, PLAN)).indices == ()


def test_hardships_are_proposed_only_for_answers_that_exist() -> None:
    assert proposed_hardships(asked()) == {}
    assert proposed_hardships(asked().model_copy(update={"id": "familien"})) == {}


# ---------- changes


def earlier(*tables: Published[ReleaseTable], **changes: Any) -> EarlierRelease:
    manifest = Manifest(**({
        "wave": "damals", "wave_title": "Damals", "district": "Landkreis Muster", "questionnaire": "Mini",
        "questionnaire_hash": "0", "extract_sha256": "0", "analysis_version": "0", "opens_on": date(2024, 1, 1),
        "closes_on": date(2024, 2, 1), "simulated": True, "weighted": False, "n_responses": 1000, "division": "",
        "provisional_areas": False, "plan": PublicationPlan(), "headline_table": None,
        "tables": tuple(entry(table) for table in tables), "rules": (), "files": {},
        "protection": Protection(n_cells=0, n_number=0, n_uncertain=0, n_words=0, n_hidden=0),
    } | changes))  # fmt: skip
    return EarlierRelease(manifest, {table.value.id: table.value for table in tables}, "f" * 64)


def entry(table: Published[ReleaseTable], kind: str = "single") -> TableEntry:
    one = table.value
    return TableEntry(id=one.id, question=one.question, title=one.title, kind=kind, page="p", n_groups=4)


def test_a_large_change_is_secured_a_small_one_a_hint_or_nothing() -> None:
    was = published("a", {"1": [20, 20], "2": [30, 30], "3": [25, 25], "4": [25, 25]}, GROUPS[:2])
    now = published("a", {"1": [35, 20], "2": [25, 30], "3": [20, 25], "4": [20, 25]}, GROUPS[:2])
    found = changes_since(earlier(was), [entry(now)], {"a": now}, PLAIN, "register")
    assert found.n_compared == 4
    assert [c.row for c in found.changes] == ["1", "2", "3", "4"]
    assert [c.verdict for c in found.changes] == ["secured", "hint", "hint", "hint"]


def test_what_was_asked_differently_is_named_and_not_compared() -> None:
    was = published("a", {"1": [20], "2": [80]}, GROUPS[:1])
    for changed, reason in (
        (published("a", {"1": [50], "2": [50]}, GROUPS[:1], title="Anders"), "anderer Wortlaut"),
        (published("a", {"1": [50], "3": [50]}, GROUPS[:1]), "andere Antwortmöglichkeiten"),
        (published("b", {"1": [50], "2": [50]}, GROUPS[:1]), "nicht gefragt"),
        (published("a", {"1": [50], "2": [50]}, GROUPS[:1], base_note="Nur Väter."), "anders gezählt"),
    ):
        found = changes_since(earlier(was), [entry(changed)], {changed.value.id: changed}, PLAIN, "register")
        assert found.changes == ()
        assert reason in found.not_comparable[0]


def test_open_waves_are_compared_with_a_caveat() -> None:
    table = published("a", {"1": [20], "2": [80]}, GROUPS[:1])
    said = " ".join(changes_since(earlier(table), [entry(table)], {"a": table}, PLAIN, "open").notes)
    assert "andere mitgemacht" in said


def test_two_shares_differ_as_in_the_textbook() -> None:
    """Physicians' Health Study as in A. Agresti, Categorical Data Analysis: 189/11034 against 104/11037, z = 5.00."""
    assert two_sided(189 / 11034, 11034, 104 / 11037, 11037, 0.0) == pytest.approx(5.7e-7, rel=0.05)
    assert two_sided(0.5, 100, 0.5, 100, 0.0) == 1.0
