"""What must not change a figure does not: the order of rows and options, splitting the data, merging Sozialräume."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.areas import Layout, make_layout
from analysis.disclosure import protect
from analysis.errors import ExtractError
from analysis.extract import Extract, extract_of_rows
from analysis.release import make_release
from analysis.topics import Cube, count_topic, make_topics
from analysis.weighting import prepare
from questionnaires.plan import Margin, MarginCategory
from tests.analysis.make_extract import PLAN, QUESTIONS, draw_rows, extract_of, miniature, small, write_extract

EXAMPLES = 40 if os.environ.get("FAMILIENSTIMME_PROOF") == "1" else 3
FEW = settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
FORM = Margin(
    id="form", title="Haushalt", question="form", missing="own", source="Zensus",
    categories=(MarginCategory(title="zu zweit", codes=(1,), number=700),
                MarginCategory(title="allein", codes=(2,), number=300)),
)  # fmt: skip
WEIGHTED = PLAN.model_copy(update={"margins": (FORM,)})


def weighted_extract(n: int, seed: int) -> Extract:
    return prepare(extract_of(miniature(), draw_rows(miniature(), n, seed), WEIGHTED), WEIGHTED).extract


def of_rows(layout: Layout, rows: npt.NDArray[np.bool_]) -> Layout:
    """The same groups, of some responses only."""
    return replace(layout, splits=tuple(replace(split, atom=split.atom[rows]) for split in layout.splits))


@FEW
@given(st.integers(80, 250), st.integers(0, 10**6))
def test_splitting_the_data_and_adding_the_cubes_gives_the_same_bytes(n: int, seed: int) -> None:
    extract = weighted_extract(n, seed)
    layout, first = make_layout(extract, WEIGHTED), np.random.default_rng(seed).random(n) < 0.4
    for topic in make_topics(extract, WEIGHTED)[1:4]:
        whole = count_topic(topic, extract, layout, extract.weight)
        cubes = []
        for rows in (first, ~first):
            part = extract_of_rows(extract, rows)
            cubes.append(count_topic(topic, part, of_rows(layout, rows), part.weight))
        a, b = cubes
        assert a.spread
        assert b.spread
        added = Cube(a.yes + b.yes, a.base + b.base, a.size + b.size, weighted=True, spread=a.spread + b.spread)
        np.testing.assert_array_equal(whole.yes.w, added.yes.w)
        tables = [protect(topic, cube, layout, WEIGHTED) for cube in (whole, added)]
        one, two = ([table.value.model_dump_json() for table in found] for found in tables)
        assert one == two


@FEW
@given(st.integers(80, 250), st.integers(0, 10**6))
def test_areas_of_a_grossraum_add_up_to_it_with_weights_as_well(n: int, seed: int) -> None:
    extract = weighted_extract(n, seed)
    layout = make_layout(extract, WEIGHTED)
    topic = next(topic for topic in make_topics(extract, WEIGHTED) if topic.id == "mobil")
    yes = count_topic(topic, extract, layout, extract.weight).yes
    for relation in layout.relations[:3]:
        for name in ("n", "w", "w2"):
            sums = getattr(yes, name)
            np.testing.assert_allclose(sums[list(relation.parts)].sum(0), sums[relation.total], rtol=1e-12)


def cells_of(folder: Path) -> dict[str, Any]:
    files = {path.name: path.read_bytes() for path in (folder / "tables").glob("*.json")}
    return {**files, "ranks": (folder / "ranks.json").read_bytes(), "findings": (folder / "findings.json").read_bytes()}


def test_the_order_of_the_rows_changes_no_byte_of_a_weighted_release(tmp_path: Path) -> None:
    asked = small("froh", "bedarf")
    plan, rows = WEIGHTED.model_copy(update={"coarse": {"froh": PLAN.coarse["froh"]}}), draw_rows(asked, 200)
    for name, order in (("a", rows), ("b", rows[::-1])):
        make_release(write_extract(tmp_path / f"e{name}", asked, order, plan), tmp_path / name)
    assert cells_of(tmp_path / "a") == cells_of(tmp_path / "b")


def test_the_order_of_the_options_changes_no_cell(tmp_path: Path) -> None:
    turned = [q | {"options": q["options"][::-1]} if q["id"] in {"mobil", "huerden"} else q for q in QUESTIONS]
    rows = draw_rows(miniature(), 300)
    found = []
    for questions in (QUESTIONS, turned):
        asked = miniature(questions)
        extract = extract_of(asked, rows)
        layout = make_layout(extract, PLAN)
        tables = [
            protect(topic, count_topic(topic, extract, layout, None), layout, PLAN)[0].value
            for topic in make_topics(extract, PLAN)
            if topic.id in {"mobil", "huerden"}
        ]
        found.append([{r.id: c for r, c in zip(t.rows, t.cells, strict=True)} for t in tables])
    assert found[0] == found[1]


def test_a_column_that_stands_twice_in_the_codebook_is_refused(tmp_path: Path) -> None:
    extract = write_extract(tmp_path / "x", miniature(), draw_rows(miniature(), 40))
    codebook = json.loads((extract / "codebook.json").read_text(encoding="utf-8"))
    codebook["columns"].append(codebook["columns"][5])
    (extract / "codebook.json").write_text(json.dumps(codebook), encoding="utf-8")
    with pytest.raises(ExtractError, match="Spalten im Codebuch passen nicht"):
        make_release(extract, tmp_path / "1")
