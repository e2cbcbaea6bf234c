"""Ranks are ranges and sentences are said only where the published figures carry them."""

from collections.abc import Iterator

import pytest

from analysis import disclosure, display
from analysis.combine import Precision
from analysis.disclosure import Published
from analysis.findings import area_differences, write_findings
from analysis.german import answer_counts, listed, rules
from analysis.needs import leaders, rank_ranges, rank_rows
from questionnaires.handover import Group, ReleaseTable, Row
from questionnaires.plan import PublicationPlan
from tests.analysis.make_extract import miniature

GROUPS = (
    Group(id="kreis", label="Landkreis", level="district", base=1000),
    Group(id="a", label="Nord", level="area", base=200),
    Group(id="b", label="Süd", level="area", base=200),
)
OPEN = PublicationPlan()


def published(points: dict[str, tuple[int | None, ...]]) -> Published[ReleaseTable]:
    """A table from shares in points: district, Nord, Süd; None is hidden. Tests may use the gate's own key."""

    def cells(row: tuple[int | None, ...]) -> Iterator[object]:
        for share, group in zip(row, GROUPS, strict=True):
            yield display.HIDDEN if share is None else display.share_cell(share, group.base or 0)

    table = ReleaseTable(
        id="bedarf", question="bedarf", title="Was fehlt?", base_note="", measure="share_of_cases", k=5,
        rows=tuple(Row(id=key, label=key.upper()) for key in points), groups=GROUPS,
        cells=tuple(tuple(cells(row)) for row in points.values()),
    )  # fmt: skip
    return Published(table, disclosure._SEAL)


def test_rows_whose_intervals_meet_share_their_ranks() -> None:
    ranked = rank_rows(published({"a": (20, 1, 1), "b": (41, 1, 1), "c": (39, 1, 1), "d": (5, 1, 1)}), "kreis")
    assert [(r.row, r.best, r.worst) for r in ranked] == [("b", 1, 2), ("c", 1, 2), ("a", 3, 3), ("d", 4, 4)]


def test_hidden_rows_have_no_rank_and_stand_last_in_the_order_of_the_questionnaire() -> None:
    table = published({"z": (None, 1, 1), "a": (30, 1, 1), "b": (None, 1, 1)})
    assert [(r.row, r.best) for r in rank_rows(table, "kreis")] == [("a", 1), ("z", None), ("b", None)]
    assert [rank.row for rank in rank_ranges(table, "kreis")] == ["a"]


def test_nothing_leads_where_everything_overlaps() -> None:
    same = published({"a": (30, 1, 1), "b": (31, 1, 1)})
    assert leaders(rank_rows(same, "kreis")) == ()
    headlines = [f.headline for f in write_findings(same, [], OPEN)]
    assert headlines[0] == "Keine Antwort liegt gesichert vorn"


def test_the_headline_names_all_that_may_be_first() -> None:
    table = published({"a": (41, 40, 40), "b": (39, 40, 40), "c": (10, 10, 10)})
    top = write_findings(table, [], OPEN)[0]
    assert top.headline == "Am häufigsten genannt: „A“ und „B“"
    assert top.cells == (("a", "kreis"), ("b", "kreis"))
    assert "41\N{NO-BREAK SPACE}% (37 bis 45\N{NO-BREAK SPACE}%)" in top.sentence


def test_what_is_surely_in_the_upper_half_is_named_where_too_many_may_be_first() -> None:
    points = {"a": 31, "b": 29, "c": 26, "d": 25, "e": 25, "f": 22, "g": 14, "h": 14, "i": 13, "j": 4}
    table = published({key: (share, 20, 20) for key, share in points.items()})
    assert len(leaders(rank_rows(table, "kreis"))) == 5
    top = write_findings(table, [], OPEN)[0]
    assert top.headline == "Unter den häufigsten Antworten: „A“"
    assert top.cells == (("a", "kreis"),)


def test_a_large_difference_of_an_area_is_said_a_small_one_is_not() -> None:
    loud = write_findings(published({"a": (40, 70, 38), "b": (20, 20, 20)}), [], OPEN)[1]
    assert loud.headline == "Nord: „A“ häufiger als im übrigen Kreis"
    assert ("a", "a") in loud.cells
    quiet = write_findings(published({"a": (40, 44, 38), "b": (20, 20, 20)}), [], OPEN)[1]
    assert quiet.headline == "Zwischen den Sozialräumen ist kein Unterschied gesichert"
    assert "Das heißt nicht, dass es keine Unterschiede gibt" in quiet.sentence


def test_an_area_is_compared_with_the_rest_and_corrected_for_all_comparisons() -> None:
    found = area_differences(published({"a": (40, 50, 38), "b": (20, 20, 20)}))
    alone = area_differences(published({"a": (40, 50, None)}))
    assert found[0].group.id == alone[0].group.id == "a"
    assert found[0].p == pytest.approx(4 * alone[0].p, rel=1e-9)


def test_hidden_cells_are_in_no_comparison() -> None:
    assert area_differences(published({"a": (40, None, None), "b": (None, 70, 70)})) == ()


def test_for_open_access_every_finding_carries_its_caveat() -> None:
    table = published({"a": (41, 70, 40), "b": (20, 20, 20)})
    assert all("wer nicht mitmacht, fehlt darin" in f.sentence for f in write_findings(table, [], OPEN))
    register = OPEN.model_copy(update={"access": "register"})
    assert not any("fehlt darin" in f.sentence for f in write_findings(table, [], register))


def test_rules_name_thresholds_weighting_and_the_dot() -> None:
    text = " ".join(rules(OPEN, weighted=False))
    for part in ("weniger als 5", "weniger als 10", "„·“", "nicht gewichtet", "auf 5 gerundet", "Korn und Graubard"):
        assert part in text
    assert "gewichtet;" in " ".join(rules(OPEN, weighted=True))


def test_what_the_plan_leaves_out_stands_among_the_rules() -> None:
    said = " ".join(rules(OPEN.model_copy(update={"exclude": ("doubtful", "identical")}), weighted=False))
    assert "Der Plan lässt Bögen aus, die in der Feldarbeit als zweifelhaft vermerkt sind und die einen anderen" in said
    assert "lässt Bögen aus" not in " ".join(rules(OPEN, weighted=False))


def test_own_words_are_counted_rounded_and_not_where_few_or_nearly_all_wrote() -> None:
    def said(n: int) -> tuple[str, ...]:
        return answer_counts(miniature(), {"wunsch": n}, everybody=100, k=5)

    assert said(43) == ("„Ihr Wunsch“: Rund 45 haben in eigenen Worten geantwortet.",)
    assert said(9) == said(97) == ()


def test_lists_are_written_as_germans_do() -> None:
    assert (listed([]), listed(["a"]), listed(["a", "b", "c"])) == ("", "a", "a, b und c")


def test_a_difference_that_holds_only_before_the_correction_is_a_hint() -> None:
    found = write_findings(published({"a": (40, 49, 38), "b": (20, 20, 20), "c": (30, 30, 30)}), [], OPEN)[1]
    assert (found.headline, found.certainty) == ("Zwischen den Sozialräumen ist kein Unterschied gesichert", "hint")
    assert "Auffällig ist: Nord: 49" in found.sentence
    assert "auch durch Zufall zu erwarten" in found.sentence
    assert [(ref.row, ref.group) for ref in found.rests_on] == [("a", "a"), ("a", "kreis")]


def test_quiet_tables_are_counted_as_well_as_the_loud() -> None:
    def other(name: str, north: int) -> Published[ReleaseTable]:
        table = published({"a": (40, north, 40), "b": (60, 100 - north, 60)}).value
        return Published(table.model_copy(update={"id": name, "question": name}), disclosure._SEAL)

    loud = write_findings(None, [other("x", 70), other("y", 40), other("z", 41)], OPEN)
    assert loud[-1].headline == "Bei 1 von 3 weiteren Fragen unterscheidet sich ein Sozialraum gesichert"
    assert loud[-1].rests_on[0].table == "x"
    quiet = write_findings(None, [other("y", 40), other("z", 41)], OPEN)
    assert [f.headline for f in quiet] == ["Bei 2 weiteren Fragen ist kein Unterschied zwischen Sozialräumen gesichert"]


def test_an_item_of_a_battery_is_named_in_the_headline() -> None:
    table = published({"g1": (40, 70, 38), "g2": (60, None, None)}).value
    changes = {"id": "orte.bus-grob", "item": "bus", "title": "Zufrieden? – Bus und Bahn (zusammengefasst)"}
    found = write_findings(None, [Published(table.model_copy(update=changes), disclosure._SEAL)], OPEN)[0]
    assert found.headline == "Nord: Zu „Bus und Bahn“ antworten mehr Befragte „G1“ als im übrigen Kreis"
    assert found.sentence.startswith("Frage: „Zufrieden? – Bus und Bahn“ Nord: 70")


def test_weighted_sozialraeume_are_judged_more_carefully() -> None:
    table = published({"a": (40, 48, 38), "b": (20, 20, 20)})
    plain, weighted = area_differences(table)[0], area_differences(table, Precision(weighted=True))[0]
    assert plain.raw < weighted.raw
