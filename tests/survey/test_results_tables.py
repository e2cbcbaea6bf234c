"""How release tables become text: shades, order, blocks; and that every shade can be read."""

import re
from pathlib import Path

import pytest

from questionnaires.handover import HIDDEN_MARK, Cell
from survey.results.tables import HIDDEN, LineView, view_cell, view_table
from tests.survey.make_release import CELLS, GROUPS, share, table, words

CSS = (Path(__file__).parents[2] / "static" / "css" / "results.css").read_text(encoding="utf-8")
BASE = (Path(__file__).parents[2] / "static" / "css" / "base.css").read_text(encoding="utf-8")


def _schemes() -> list[dict[str, str]]:
    """Colours in the light and in the dark scheme."""
    light, dark = (re.findall(r"--(s\d(?:-ink)?): (#\w{6})", part) for part in _parts(CSS))
    return [dict(light), dict(dark)]


def _parts(css: str) -> list[str]:
    before, _, after = css.partition("(prefers-color-scheme: dark)")
    return [before, after.partition("\n}\n")[0]]


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1])
@pytest.mark.parametrize("shade", ["s1", "s2", "s3", "s4", "s5"])
def test_numbers_can_be_read_on_every_shade(scheme: int, shade: str) -> None:
    colours = _schemes()[scheme]
    dark, light = sorted((_luminance(colours[shade]), _luminance(colours[f"{shade}-ink"])))
    assert (light + 0.05) / (dark + 0.05) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1])
def test_shades_rise_in_one_direction(scheme: int) -> None:
    found = [_luminance(_schemes()[scheme][f"s{i}"]) for i in range(1, 6)]
    assert found == sorted(found, reverse=scheme == 0)
    assert len(set(found)) == 5


@pytest.mark.parametrize(
    ("points", "shade"), [(1, 1), (9, 1), (10, 2), (29, 3), (30, 4), (39, 4), (40, 5), (57, 5), (60, 5)]
)
def test_shades_change_at_the_tens_they_name(points: int, shade: int) -> None:
    assert view_cell(share(points), table("x", "x"), 0.1).shade == shade


def test_large_shares_get_wider_shades() -> None:
    high = ((share(85), *CELLS[0][1:]), *CELLS[1:])
    assert view_table(table("x", "x"), {}).shades[-1] == "ab 40 %"
    assert view_table(table("x", "x", cells=high), {}).shades[-1] == "ab 80 %"


@pytest.mark.parametrize("cell", [Cell(state="hidden"), Cell(state="hidden", words="geheim"), Cell(state="words")])
def test_whatever_hides_a_cell_it_becomes_the_one_mark(cell: Cell) -> None:
    assert view_cell(cell, table("x", "x")) is HIDDEN
    assert (HIDDEN.text, HIDDEN.interval, HIDDEN.shade, HIDDEN.range) == (HIDDEN_MARK, "", 0, None)


def test_a_scale_keeps_its_order_and_needs_are_ranked() -> None:
    assert [row.label for row in view_table(table("x", "x"), {}).district.rows] == ["Zeit", "Geld", "Ruhe"]
    needs = view_table(table("x", "x", measure="share_of_cases"), {})
    assert [row.label for row in needs.district.rows] == ["Geld", "Zeit", "Ruhe"]
    assert [row.label for row in needs.areas.rows] == ["Geld", "Zeit", "Ruhe"]  # type: ignore[union-attr]


def test_rows_in_words_come_before_hidden_ones_and_both_keep_their_order() -> None:
    first = (Cell(state="hidden"), words("fast niemand"), share(3))
    ranked = view_table(
        table("x", "x", measure="share_of_cases", groups=GROUPS[:1], cells=tuple((c,) for c in first)), {}
    )
    assert [row.cells[0].state for row in ranked.district.rows] == ["number", "words", "hidden"]


def test_each_level_is_a_block_of_its_own() -> None:
    view = view_table(table("x", "x"), {"allein": "Erziehen Sie allein?"})
    assert [c.id for c in view.zones.columns] == ["kreis", "zone-nord"]
    assert [c.id for c in view.areas.columns] == ["nord-1", "sued-1"]  # type: ignore[union-attr]
    assert [c.id for c in view.filters["allein"].columns] == ["allein-1", "allein-2"]
    assert view.filters["allein"].title == "Erziehen Sie allein?"


def test_the_line_of_a_share_lies_within_its_axis() -> None:
    view = view_table(table("x", "x"), {})
    [first, second, hidden] = [row.cells[0].range for row in view.district.rows]
    assert second == LineView("68.3%", "78.3%", "88.3%")
    assert first
    assert not hidden
