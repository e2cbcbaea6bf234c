"""Sozialräume beside each other: what is called secured, what a hint, and what is left unsaid."""

from collections.abc import Sequence

import pytest

from analysis import disclosure
from analysis.combine import Precision
from analysis.comparisons import area_comparisons
from analysis.disclosure import Published
from analysis.display import HIDDEN
from questionnaires.answers_of_release import AreaDifference, Differences
from questionnaires.handover import Cell, Group
from tests.analysis.make_funnels import published


def groups(*bases: int | None) -> tuple[Group, ...]:
    district = Group(id="kreis", label="Kreis", level="district", base=1000)
    return (district, *(Group(id=f"a{i}", label=f"A{i}", level="area", base=base) for i, base in enumerate(bases)))


def found(shares: Sequence[int | None], bases: Sequence[int | None], effect: float = 1.0) -> dict[str, AreaDifference]:
    table = published("frage", {"1": list(shares)}, groups(*bases))
    return {f"{d.here}-{d.there}": d for d in area_comparisons([table], Precision(effect)).differences}


def test_a_large_gap_between_two_sozialraeume_is_secured_and_says_where_it_is_more() -> None:
    both = found([40, 20, 60], [200, 200])["a0-a1"]
    assert (both.verdict, both.more) == ("secured", False)
    assert found([40, 60, 20], [200, 200])["a0-a1"].more


def test_a_gap_that_rounding_could_have_made_is_no_difference() -> None:
    assert "a0-a1" not in found([40, 38, 43], [100, 100])


def test_one_of_many_gaps_is_only_a_hint_where_holm_does_not_carry_it() -> None:
    shares = [40, 30, 43, *[36] * 18]
    alone = found(shares[:3], [260, 260])["a0-a1"]
    among_many = found(shares, [260] * 20)["a0-a1"]
    assert (alone.verdict, among_many.verdict) == ("secured", "hint")


def test_weights_make_the_same_gap_less_sure() -> None:
    assert found([40, 30, 44], [200, 200])["a0-a1"].verdict == "secured"
    assert "a0-a1" not in found([40, 30, 44], [200, 200], effect=3.0)


def test_with_weights_the_smaller_gap_to_the_whole_district_is_judged() -> None:
    table = published("frage", {"1": [40, 47]}, groups(300))
    assert area_comparisons([table]).differences
    assert not area_comparisons([table], Precision(weighted=True)).differences


@pytest.mark.parametrize(("share", "base"), [(None, 200), (60, None)])
def test_what_is_not_shown_as_a_number_is_not_compared(share: int | None, base: int | None) -> None:
    assert found([40, 20, share], [200, base]).keys() == {"a0-kreis"}


def test_a_sozialraum_that_is_almost_the_whole_district_is_not_held_against_its_rest() -> None:
    assert found([40, 60], [985]) == {}
    assert found([40, 60], [300])["a0-kreis"].more


def test_tables_without_places_are_left_out() -> None:
    assert area_comparisons([published("frage", {"1": [40]}, groups())]).tables == ()


def test_grossraeume_are_compared_with_each_other_never_with_sozialraeume() -> None:
    places = (
        *groups(200), Group(id="z0", label="Z0", level="zone", base=400),
        Group(id="z1", label="Z1", level="zone", base=400),
    )  # fmt: skip
    made = area_comparisons([published("frage", {"1": [40, 30, 60, 20]}, places)])
    assert made.zone_tables == ("frage",)
    assert {(d.here, d.there, d.more) for d in made.differences} == {
        ("a0", "kreis", False), ("z0", "kreis", True), ("z1", "kreis", False), ("z0", "z1", True),
    }  # fmt: skip


def means(*values: tuple[float, float] | None) -> Differences:
    """Means with half the width of their intervals: the district first, then Sozialräume without a base."""
    cells = [
        Cell(state="number", value=v[0], low=round(v[0] - v[1], 1), high=round(v[0] + v[1], 1)) if v else HIDDEN
        for v in values
    ]
    table = published("frage", {"1": [None] * len(values)}, groups(*[None] * (len(values) - 1)), measure="mean")
    return area_comparisons([Published(table.value.model_copy(update={"cells": (tuple(cells),)}), disclosure._SEAL)])


def test_means_are_compared_by_their_published_intervals() -> None:
    made = means((3.0, 0.1), (3.6, 0.2), (3.0, 0.2), None)
    assert made.tables == ("frage",)
    assert {(d.here, d.there): d.verdict for d in made.differences} == {
        ("a0", "kreis"): "secured", ("a0", "a1"): "secured"
    }  # fmt: skip


def test_means_that_rounding_could_have_parted_are_not_called_different() -> None:
    assert means((3.0, 0.05), (3.1, 0.05)).differences == ()
