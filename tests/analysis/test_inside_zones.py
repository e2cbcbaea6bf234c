"""Groups of filters inside Großräume: given where they carry, audited with everything else, never at others' cost."""

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis import release as release_module
from analysis.areas import Layout, make_layout, with_crossings
from analysis.audit_frame import About, Known, facts_of
from analysis.exact import search, settle
from analysis.exact_inside import settle_inside
from analysis.exact_repair import Bridge
from analysis.final_audit import ReleaseUnsafe
from analysis.groups import EVERYBODY, REST, SPACE, Frame, Key, crossed, make_frame
from analysis.published import read_source
from analysis.release import make_release
from questionnaires.handover import ReleaseTable
from tests.analysis.make_extract import SMALL_PLAN, draw_rows, extract_of, make_extract, small, write_extract

ASKED = small("bedarf")
CROSSED = SMALL_PLAN.model_copy(update={"crossed": ("bedarf",)})
OBEN, UNTEN = ((SPACE, frozenset(areas)) for areas in ({"nord", "mitte"}, {"ost"}))
NORD, MITTE = ((SPACE, frozenset({area})) for area in ("nord", "mitte"))
ZWEIT, ALLEIN = (("form", frozenset({code})) for code in ("1", "2"))
PLAIN: tuple[Key, ...] = (EVERYBODY, OBEN, UNTEN, NORD, MITTE, ZWEIT, ALLEIN)
CELLS = tuple(crossed(place, group) for place in (OBEN, UNTEN) for group in (ZWEIT, ALLEIN))


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stand")
    make_release(write_extract(folder / "x", ASKED, draw_rows(ASKED, 600), CROSSED), folder / "r")
    return folder / "r"


def layout_of(n: int) -> tuple[Layout, Any]:
    extract = extract_of(ASKED, draw_rows(ASKED, n), CROSSED)
    return with_crossings(make_layout(extract, CROSSED), CROSSED), extract


def test_groups_inside_grossraeume_are_given_for_the_questions_the_plan_names(release: Path) -> None:
    source = read_source(release)
    inside = {name: [g for g in t.groups if g.level == "zone_filter"] for name, t in source.tables.items()}
    assert {name for name, groups in inside.items() if groups} == {"bedarf"}
    first = inside["bedarf"][0]
    assert (first.id, first.label) == ("zone-oben.form-1", "Oben: zu zweit")
    assert (first.filter, first.group, first.areas) == ("form", "form-1", ("nord", "mitte"))
    assert (first.base or 0) % 5 == 0
    assert "Großraum und Gruppe;Oben: zu zweit;" in (release / "tables/bedarf.csv").read_text("utf-8-sig")


def test_nothing_else_is_hidden_for_groups_inside_grossraeume(release: Path, tmp_path: Path) -> None:
    make_release(write_extract(tmp_path / "x", ASKED, draw_rows(ASKED, 600), SMALL_PLAN), tmp_path / "r")
    plain, wide = (read_source(folder).tables["bedarf"] for folder in (tmp_path / "r", release))
    n = len(plain.groups)
    assert wide.groups[:n] == plain.groups
    states = [[cell.state for cell in row[:n] if cell.state != "words"] for row in wide.cells]
    assert states == [[cell.state for cell in row if cell.state != "words"] for row in plain.cells]
    readable = [cell.state != "hidden" for row in wide.cells for cell in row[n:]]
    assert sum(readable) / len(readable) >= 0.5


def test_cells_add_up_to_grossraeume_and_groups_and_nobody_is_lost() -> None:
    layout, _ = layout_of(600)
    sizes = np.concatenate([s.groups @ np.bincount(s.atom, minlength=s.n_atoms) for s in layout.splits])
    assert len(sizes) == len(layout.columns)
    for relation in layout.relations:
        assert sizes[relation.total] == sizes[list(relation.parts)].sum()
    cells = [i for i, column in enumerate(layout.columns) if column.crossing]
    assert sizes[cells].sum() == 600


def test_a_group_is_given_in_a_grossraum_only_where_enough_are_expected() -> None:
    assert not [c for c in layout_of(90)[0].columns if c.crossing]
    shown = [c.group.id for c in layout_of(250)[0].columns if c.crossing and c.shown]
    assert "zone-oben.form-1" in shown
    assert "zone-unten.form-2" not in shown


# ---------- what an attacker knows of Sozialraum × group × answer


def frame_of() -> Frame:
    keys = (*PLAIN, *CELLS)
    return make_frame(dict.fromkeys(keys, ""), dict.fromkeys(keys, 5), 5)


def columns(joint: np.ndarray[Any, Any], frame: Frame) -> np.ndarray[Any, Any]:
    """Counts of all groups from those by area (nord, mitte, ost, elsewhere) and group (1, 2, none)."""
    areas, groups = ("nord", "mitte", "ost", "~rest"), ("1", "2", "~rest")
    found = []
    for family, members in frame.keys:
        holds = [
            [(a in members or g in members or f"{a}×{g}" in members or (family, members) == EVERYBODY) for g in groups]
            for a in areas
        ]
        if family == SPACE and (family, members) != EVERYBODY:
            holds = [[a in members] * 3 for a in areas]
        elif family == "form":
            holds = [[g in members for g in groups] for _ in areas]
        found.append(int(joint[np.array(holds)].sum()))
    return np.array([found])


@pytest.mark.parametrize("seed", range(12))
def test_frechet_limits_inside_a_grossraum_are_those_of_every_possible_table(seed: int) -> None:
    """All tables of two Sozialräume and three groups with the same margins: what the two can have in common."""
    frame, joint = frame_of(), np.random.default_rng(seed).integers(0, 4, (4, 3))
    assert frame.inside is not None
    told = columns(joint, frame)
    pair = next(i for i, (a, b) in enumerate(zip(frame.inside.first, frame.inside.second, strict=True))
                if (frame.keys[a], frame.keys[b]) == (NORD, ALLEIN))  # fmt: skip
    possible = []
    for x in product(range(10), repeat=2):
        other = joint.copy()
        other[0] = [x[0], x[1], joint[0].sum() - x[0] - x[1]]
        other[1] = joint[0] + joint[1] - other[0]
        if (other >= 0).all():
            assert (columns(other, frame) == told).all()
            possible.append(other[0, 1])
    assert frame.inside.least(told)[0, pair] == min(possible)
    assert frame.inside.most(told)[0, pair] == max(possible)


@pytest.mark.parametrize(("nord", "mitte", "found"), [((20, 2), (0, 1), True), ((20, 0), (30, 3), False)])
def test_a_crossing_known_to_hold_a_few_is_a_finding_and_one_that_may_be_empty_is_none(
    nord: tuple[int, int], mitte: tuple[int, int], *, found: bool
) -> None:
    """Somebody knows the answer's count in every published group exactly; at least 2 and at most 3, or none to 3."""
    frame, joint = frame_of(), np.array([[*nord, 0], [*mitte, 0], [40, 20, 0], [5, 5, 0]])
    told, n = columns(joint, frame)[0], 1000
    facts = facts_of(About("q", ("1", "2"), one_of=True), [], frame, Known(np.zeros_like(told), np.full_like(told, n)))
    facts.known.low[0] = facts.known.high[0] = told
    s = search(facts)
    settle(s)
    pairs = {(frame.keys[a], frame.keys[b]) for row, a, b in settle_inside(s, frame.inside) if row == 0}
    assert ((NORD, ALLEIN) in pairs) is found


BUS: Key = ("mobil", frozenset({"2"}))


def two_filters(alone: tuple[int, int], by_bus: tuple[int, int]) -> tuple[Frame, Any]:
    """Three people in Oben and three in Unten; how many in each live alone, and how many go by bus."""
    cells = [crossed(place, group) for place in (OBEN, UNTEN) for group in (ALLEIN, BUS)]
    groups: list[Key] = [EVERYBODY, OBEN, UNTEN, ALLEIN, BUS, *cells]
    frame = make_frame(dict.fromkeys(groups, ""), dict.fromkeys(groups, 5), 5)
    told = np.zeros((1, len(frame.keys)), np.int64)
    told[0, 0] = 6
    for group, numbers in ((ALLEIN, alone), (BUS, by_bus)):
        told[0, frame.keys.index(group)] = sum(numbers)
        for place, n in zip((OBEN, UNTEN), numbers, strict=True):
            rest = crossed(place, (group[0], frozenset({REST})))
            told[0, [frame.keys.index(crossed(place, group)), frame.keys.index(rest)]] = n, 3 - n
    return frame, told


def test_of_two_filters_it_is_noticed_that_somebody_is_in_one_grossraum_or_the_other() -> None:
    """Nobody can say of Oben that somebody there lives alone and goes by bus, nor of Unten, but of one of them."""
    frame, told = two_filters((2, 2), (2, 1))
    _, else_told = two_filters((2, 2), (1, 2))
    assert frame.inside is not None
    keys = [(frame.keys[a], frame.keys[b]) for a, b in zip(frame.inside.first, frame.inside.second, strict=True)]
    [parts] = [list(p) for p in frame.inside.together if keys[p[0]] == (crossed(OBEN, ALLEIN), BUS)]
    least, otherwise = (frame.inside.least(counts)[0, parts] for counts in (told, else_told))
    assert np.minimum(least, otherwise).tolist() == [0, 0, 0]
    assert (least.sum(), otherwise.sum()) == (1, 1)


# ---------- what happens if they cannot be kept


@pytest.mark.slow
def test_a_release_is_made_without_them_if_the_last_audit_finds_something(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def refuse_once(folder: Path, *_: object) -> None:
        tried.append(folder)
        if len(tried) == 1:
            raise ReleaseUnsafe(["bedarf"])

    monkeypatch.setattr(release_module, "check_written", refuse_once)
    make_release(make_extract(tmp_path / "x", 300, plan=CROSSED), tmp_path / "r")
    table = ReleaseTable.model_validate_json((tmp_path / "r/tables/bedarf.json").read_bytes())
    assert {group.level for group in table.groups} == {"district", "zone", "area", "filter"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r", "x"]


@pytest.mark.slow
def test_if_they_tell_too_much_they_go_and_everything_else_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Bridge.look

    def always(self: Bridge, seen: Any) -> Any:
        tally, found = look(self, seen)
        return tally, found or ([(0, len(self.work.layout.columns) - 1)] if self.frame.crossings else [])

    monkeypatch.setattr(Bridge, "look", always)
    make_release(make_extract(tmp_path / "x", 300, plan=CROSSED), tmp_path / "r")
    table = ReleaseTable.model_validate_json((tmp_path / "r/tables/bedarf.json").read_bytes())
    assert {group.level for group in table.groups} == {"district", "zone", "area", "filter"}
