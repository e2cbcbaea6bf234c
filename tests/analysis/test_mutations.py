"""Every way a release could say too much is caught: by the audit's rules, by the attacker, or by the sealed types."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.__main__ import main
from analysis.audit import Inferred, audit
from analysis.disclosure import Published
from analysis.figures import svg_of
from analysis.published import read_source
from analysis.sheets import csv_of
from questionnaires.handover import ReleaseTable
from tests.analysis.conftest import N, Whole
from tests.analysis.make_extract import draw_rows, miniature

Json = dict[str, Any]
Mutation = Callable[[Path], None]


@pytest.fixture(scope="module")
def release(whole: Whole) -> Path:
    return whole.release


def tables(folder: Path) -> Iterator[tuple[Path, Json]]:
    for path in sorted((folder / "tables").glob("*.json")):
        table = json.loads(path.read_text())
        if table["measure"] != "mean":
            yield path, table


def first(folder: Path, state: str) -> tuple[Path, Json, Json, int]:
    """A table with a cell of a state and, of numbers, a fine one; the cell; its group."""
    for path, table in tables(folder):
        for row in table["cells"]:
            for j, cell in enumerate(row):
                if cell["state"] == state:
                    return path, table, cell, j
    raise AssertionError(state)


def save(path: Path, table: Json) -> None:
    path.write_text(json.dumps(table, ensure_ascii=False))


def visible_zero(folder: Path) -> None:
    path, table, cell, _ = first(folder, "hidden")
    cell |= {"state": "number", "value": 0.0, "low": 0.0, "high": 0.1}
    save(path, table)


def two_marks(folder: Path) -> None:
    path, table, cell, _ = first(folder, "hidden")
    cell["words"] = "–"
    save(path, table)


def reason_for_hiding(folder: Path) -> None:
    path, table, cell, _ = first(folder, "hidden")
    cell["value"] = None
    save(path, table)


def other_mark_in_the_sheet(folder: Path) -> None:
    path = next(p for p, table in tables(folder) if any(c["state"] == "hidden" for row in table["cells"] for c in row))
    sheet = path.with_suffix(".csv")
    sheet.write_text(sheet.read_text("utf-8-sig").replace(";·;·;·;geschützt", ";–;–;–;geschützt", 1), "utf-8-sig")


def exact_n_in_a_hover_text(folder: Path) -> None:
    path = folder / "figures/bedarf.json"
    figure = json.loads(path.read_text())
    figure["data"][0]["text"][0] += " (n = 387)"
    save(path, figure)


def exact_n_as_base(folder: Path) -> None:
    path, table, _, j = first(folder, "number")
    table["groups"][j]["base"] += 1
    save(path, table)


def exact_live_count_by_area(folder: Path) -> None:
    (folder / "returns.json").write_text(json.dumps({"nord": 157, "mitte": 112}))


def one_decimal_more(folder: Path) -> None:
    path, table, cell, _ = first(folder, "number")
    cell["value"] = round(cell["value"] + 0.003, 3)
    save(path, table)


def exact_weighted_mean(folder: Path) -> None:
    path = folder / "tables/orte-mittel.json"
    table = json.loads(path.read_text())
    cell = next(cell for row in table["cells"] for cell in row if cell["state"] == "number")
    cell["value"] = cell["value"] + 0.0437
    save(path, table)


MUTATIONS: tuple[Mutation, ...] = (
    visible_zero, two_marks, reason_for_hiding, other_mark_in_the_sheet, exact_n_in_a_hover_text, exact_n_as_base,
    exact_live_count_by_area, one_decimal_more, exact_weighted_mean,
)  # fmt: skip


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.__name__)
def test_whatever_says_too_much_is_caught_also_with_a_manifest_made_to_fit(
    release: Path, tmp_path: Path, mutation: Mutation, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    shutil.copytree(release, tmp_path / "r")
    mutation(tmp_path / "r")
    monkeypatch.setattr("analysis.audit.audit", _nothing_inferred)  # the rules alone must see it
    monkeypatch.setattr("analysis.audit_rules._files", _only_foreign_files)
    assert main(["audit", str(tmp_path / "r")]) == 1
    said = capsys.readouterr().out
    assert said
    assert not {"387", "157"} & set(said.split())


def _nothing_inferred(*_: object) -> Any:
    from analysis.audit import Report
    from analysis.exact import Tally

    return Report((), (), Tally())


def _only_foreign_files(folder: Path, source: Any) -> Iterator[str]:
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {"manifest.json"}
    yield from (f"{name} gehört nicht dazu" for name in there - set(source.manifest.files))


def inferred(folder: Path) -> tuple[Inferred, ...]:
    """What the attacker alone works out; changed files and broken rules do not count."""
    return audit(read_source(folder)).inferred


def test_a_figure_shown_again_gives_its_hidden_relatives_away(release: Path, tmp_path: Path) -> None:
    """As it is, but for one: who needs a quarter of an hour in Nord, hidden because of the few who need hours."""
    shutil.copytree(release, tmp_path / "r")
    assert inferred(tmp_path / "r") == ()
    path = tmp_path / "r/tables/weg.json"
    table = json.loads(path.read_text())
    cell = table["cells"][0][[group["id"] for group in table["groups"]].index("nord")]
    minutes = [row["weg"] for row in draw_rows(miniature(), N) if row["area"] == "nord" and row["weg"] >= 0]
    assert cell == {"state": "hidden"}
    share = round(sum(value <= 15 for value in minutes) / len(minutes), 2)
    cell |= {"state": "number", "value": share, "low": share - 0.1, "high": share + 0.1}
    save(path, table)
    assert {one.table for one in inferred(tmp_path / "r")} == {"weg"}


def test_an_overlapping_filter_beside_the_first_is_caught(release: Path, tmp_path: Path) -> None:
    """Somebody adds a filter whose one group is another without a few: the difference is the few."""
    shutil.copytree(release, tmp_path / "r")
    manifest = json.loads((tmp_path / "r/manifest.json").read_text())
    rule = json.loads(json.dumps(manifest["plan"]["filters"][0]))
    rule["id"] = "weitere"
    rule["groups"] = [{"id": "weitere-1", "title": "beide Antworten", "codes": [1, 2]}]
    manifest["plan"]["filters"].append(rule)
    (tmp_path / "r/manifest.json").write_text(json.dumps(manifest))
    for path, table in tables(tmp_path / "r"):
        if table["question"] != "form" and table["groups"][0].get("base"):
            _add_group(table)
            save(path, table)
    assert inferred(tmp_path / "r")


def _add_group(table: Json) -> None:
    """A group of everybody but the few without an answer to the filter: with shares of its own."""
    table["groups"].append({"id": "weitere-1", "label": "beide", "level": "filter", "filter": "weitere",
                            "base": table["groups"][0]["base"] - 5})  # fmt: skip
    for row in table["cells"]:
        row.append(dict(row[0]))


def test_only_sealed_values_are_drawn_or_written(release: Path) -> None:
    table = ReleaseTable.model_validate_json((release / "tables/form.json").read_bytes())
    with pytest.raises(TypeError):
        Published(table, object())  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        svg_of(table)  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        csv_of(table, "Welle", simulated=False)  # type: ignore[arg-type]
