"""What is asked for each child: read with care, counted by child, protected by household."""

import csv
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.areas import make_layout
from analysis.effects import few_clusters
from analysis.errors import ExtractError
from analysis.estimates import share
from analysis.extract import Extract, extract_of_rows, read_extract
from analysis.release import make_release
from analysis.topics import Topic, count_topic, make_topics
from questionnaires.handover import CHILD_COLUMNS, ReleaseTable
from questionnaires.model import Questionnaire
from tests.analysis.make_extract import QUESTIONS, draw_rows, miniature, write_extract

Child = dict[str, Any]
OPTIONS = [{"code": i, "text": {"de": text}} for i, text in enumerate(("Verein", "Kurs", "nichts"), start=1)]
CLUB = {"id": "club", "kind": "single", "text": {"de": "Macht dieses Kind wo mit?"}, "options": OPTIONS}
BANDS = ("klein", "gross")


def of_children() -> Questionnaire:
    """The miniature, and a page that is asked for at most three children, two of a band."""
    raw = miniature().model_dump(mode="json", by_alias=True, exclude_defaults=True)
    raw["pages"] = [
        {"id": "alles", "title": {"de": "Alles"}, "questions": QUESTIONS},
        {"id": "kind", "title": {"de": "Kind"}, "repeat": {"over": "kinder", "at_most": 3}, "questions": [CLUB]},
    ]
    return Questionnaire.model_validate(raw)


def draw_children(rows: list[dict[str, Any]], seed: int = 1) -> list[Child]:
    """Children of each response, siblings nearly always alike."""
    random_, found = random.Random(seed), []
    for row in rows:
        there = [band for band in BANDS for _ in range(min(max(row[f"kinder_{band}"], 0), 2))][:3]
        club = random_.choices((1, 2, 3), (5, 2, 3))[0]
        for number, band in enumerate(there, start=1):
            own = club if random_.random() < 0.95 else random_.choice((1, 2, 3, -4))
            found.append({"row": row["row"], "child": number, "band": band, "club": own})
    return found


ROWS = [
    row | {"kinder_klein": (0, 1, 1, 2)[i % 4], "kinder_gross": i // 4 % 2}
    for i, row in enumerate(draw_rows(of_children(), 500))
]
CHILDREN = draw_children(ROWS)


def write(folder: Path, children: list[Child] | None = None) -> Path:
    write_extract(folder, of_children(), ROWS)
    write_children(folder, CHILDREN if children is None else children)
    return folder


def write_children(folder: Path, children: list[Child]) -> None:
    with (folder / "children.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*CHILD_COLUMNS, "club"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(children)


def club_of(extract: Extract) -> Topic:
    return next(topic for topic in make_topics(extract, extract.fieldwork.plan) if topic.id == "club")


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Extract:
    return read_extract(write(tmp_path_factory.mktemp("children") / "e"))


# ---------- reading


def test_every_child_finds_its_response(extract: Extract) -> None:
    assert extract.children is not None
    assert [ROWS[i]["row"] for i in extract.children.response] == [child["row"] for child in CHILDREN]
    assert extract.children.columns["club"].tolist() == [child["club"] for child in CHILDREN]


FIRST = next(i for i, child in enumerate(CHILDREN) if child["child"] == 1)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"row": "fremd"}, "foreign-row"),
        ({"child": 4}, "wrong-child"),
        ({"child": "1,0"}, "wrong-child"),
        ({"band": "riesig"}, "unknown-band"),
        ({"club": 7}, "foreign-code"),
        ({"club": ""}, "not-whole"),
    ],
)
def test_a_wrong_child_is_refused_with_its_line_and_without_the_answer(
    tmp_path: Path, change: Child, code: str
) -> None:
    children = [child | change if i == FIRST else child for i, child in enumerate(CHILDREN)]
    with pytest.raises(ExtractError) as caught:
        read_extract(write(tmp_path / "e", children))
    (problem,) = caught.value.problems
    assert (problem.code, problem.file, problem.line) == (code, "children.csv", FIRST + 2)
    assert "fremd" not in problem.message


def test_a_child_named_twice_and_one_the_family_does_not_have_are_refused(tmp_path: Path) -> None:
    rows = [child["row"] for child in CHILDREN]
    last = next(child for child in CHILDREN if rows.count(child["row"]) == 1)
    for extra, codes in ((last, {"duplicate-child", "child-beyond-roster"}), (last | {"child": 3}, None)):
        with pytest.raises(ExtractError) as caught:
            read_extract(write(tmp_path / f"e{codes is None}", [*CHILDREN, extra]))
        assert {problem.code for problem in caught.value.problems} == (codes or {"child-beyond-roster"})


def test_a_missing_file_and_one_too_many_are_refused(tmp_path: Path) -> None:
    (write(tmp_path / "e") / "children.csv").unlink()
    with pytest.raises(ExtractError, match=r"children\.csv fehlt"):
        read_extract(tmp_path / "e")
    folder = write_extract(tmp_path / "f", miniature(), draw_rows(miniature(), 40))
    (folder / "children.csv").write_text("row,child,band\n")
    with pytest.raises(ExtractError, match="nichts für jedes Kind gefragt"):
        read_extract(folder)


def test_children_of_responses_that_are_left_out_are_left_out(extract: Extract) -> None:
    rest = extract_of_rows(extract, np.arange(extract.n) % 2 == 1)
    assert rest.children is not None
    kept = [child for child in CHILDREN if [r["row"] for r in ROWS].index(child["row"]) % 2 == 1]
    assert [ROWS[1::2][i]["row"] for i in rest.children.response] == [child["row"] for child in kept]
    assert rest.children.columns["club"].tolist() == [child["club"] for child in kept]


# ---------- counting


def test_children_are_counted_and_siblings_widen_the_interval(extract: Extract) -> None:
    layout = make_layout(extract, extract.fieldwork.plan)
    cube = count_topic(club_of(extract), extract, layout, None)
    valid = [child["club"] for child in CHILDREN if child["club"] > 0]
    assert cube.size.n[0] == len(CHILDREN)
    assert cube.base.n[0] == len(valid)
    expected = [valid.count(code) / len(valid) for code in (1, 2, 3)]
    assert share(cube.yes, type(cube.base)(*(v[:, None] for v in vars(cube.base).values())))[0] == pytest.approx(
        expected
    )
    assert cube.effect is not None
    assert cube.effect[0].min() > 1.2


def test_the_design_effect_is_that_of_households_as_clusters(extract: Extract) -> None:
    layout = make_layout(extract, extract.fieldwork.plan)
    cube = count_topic(club_of(extract), extract, layout, None)
    households: dict[str, list[int]] = {row["row"]: [] for row in ROWS}
    for child in CHILDREN:
        households[child["row"]] += [child["club"]] if child["club"] > 0 else []
    n = sum(map(len, households.values()))
    p = sum(h.count(1) for h in households.values()) / n
    z = np.array([(h.count(1) - p * len(h)) / n for h in households.values()])
    variance = len(z) / (len(z) - 1) * (z**2).sum()
    assert cube.effect is not None
    correction = few_clusters(n, sum(1 for children in households.values() if children))
    assert correction == pytest.approx(1, abs=0.01)
    assert cube.effect[0, 0] == pytest.approx(variance / (p * (1 - p) / n) / correction, rel=1e-12)


def test_without_siblings_a_child_is_a_response(extract: Extract) -> None:
    assert extract.children is not None
    n_all = len(extract.children.response)
    one = extract_of_rows(extract, np.bincount(extract.children.response, minlength=extract.n) <= 1)
    assert one.children is not None
    assert 100 < len(one.children.response) < n_all
    layout = make_layout(one, one.fieldwork.plan)
    cube = count_topic(club_of(one), one, layout, None)
    assert cube.effect is not None
    assert cube.effect[0] == pytest.approx([1.0] * 3, abs=0.02)


# ---------- in a release


def test_a_table_of_children_says_so_and_no_cell_rests_on_fewer_than_k_households(tmp_path: Path) -> None:
    make_release(write(tmp_path / "e"), tmp_path / "r")
    table = ReleaseTable.model_validate_json((tmp_path / "r/tables/club.json").read_bytes())
    assert table.base_note.startswith("Gezählt sind Kinder, nicht Haushalte")
    assert any("mindestens 5 Haushalten" in note for note in table.notes)
    area = {row["row"]: row["area"] for row in ROWS}
    for j, group in enumerate(table.groups):
        assert group.base is None or group.base % 5 == 0
        if group.level != "area":
            continue
        for i, row in enumerate(table.rows):
            here = {c["row"] for c in CHILDREN if area[c["row"]] in group.areas and c["club"] == int(row.id)}
            assert table.cells[i][j].state == "hidden" or len(here) >= 5
    assert table.cells[0][0].value is not None
    assert "club-mittel" not in json.loads((tmp_path / "r/manifest.json").read_text())["files"]
