"""A release is whole, reproducible, and holds nothing that was not published."""

import csv
import hashlib
import io
import json
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.errors import ExtractError, NotAnonymised, ProtectionFailed, ReleaseDamaged, ReleaseExists
from analysis.figures import plotly_of
from analysis.release import make_release, read_release
from questionnaires.handover import Finding, Manifest, RankRange, ReleaseTable
from tests.analysis.conftest import N, Whole
from tests.analysis.make_extract import (
    PLAN,
    SMALL_PLAN,
    draw_rows,
    make_extract,
    make_small,
    small,
    write_extract,
)  # fmt: skip


@pytest.fixture(scope="module")
def extract(whole: Whole) -> Path:
    return whole.extract


@pytest.fixture(scope="module")
def release(whole: Whole) -> Path:
    return whole.release


@pytest.fixture(scope="module")
def tables(release: Path) -> dict[str, ReleaseTable]:
    found = [ReleaseTable.model_validate_json(path.read_bytes()) for path in (release / "tables").glob("*.json")]
    return {table.id: table for table in found}


def files_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def sheet(release: Path, table_id: str) -> list[list[str]]:
    text = (release / f"tables/{table_id}.csv").read_bytes().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


# ---------- whole and reproducible


def test_the_same_extract_gives_the_same_bytes(tmp_path: Path) -> None:
    extract = make_small(tmp_path / "e")
    for place in ("1", "noch/einmal"):
        make_release(extract, tmp_path / place)
    assert files_of(tmp_path / "noch/einmal") == files_of(tmp_path / "1")


def test_the_order_of_the_rows_changes_nothing_but_the_hash_of_the_extract(
    extract: Path, release: Path, tmp_path: Path
) -> None:
    shutil.copytree(extract, tmp_path / "e")
    header, *rows = (extract / "responses.csv").read_text().splitlines(keepends=True)
    (tmp_path / "e/responses.csv").write_text("".join([header, *rows[::-1]]))
    make_release(tmp_path / "e", tmp_path / "r")
    a, b = files_of(release), files_of(tmp_path / "r")
    assert a.keys() == b.keys()
    assert [name for name in a if a[name] != b[name]] == ["manifest.json"]
    one, two = (json.loads(files["manifest.json"]) for files in (a, b))
    assert {name for name in one if one[name] != two[name]} == {"extract_sha256"}


def test_every_file_is_in_the_manifest_with_its_hash(release: Path) -> None:
    files = files_of(release)
    manifest = Manifest.model_validate_json(files.pop("manifest.json"))
    assert manifest.files == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    assert read_release(release) == manifest
    assert manifest.n_responses == N
    assert {entry.id for entry in manifest.tables} == {Path(n).stem for n in files if re.match(r"tables/.*json", n)}


def test_a_changed_missing_or_added_file_is_noticed(release: Path, tmp_path: Path) -> None:
    shutil.copytree(release, tmp_path / "r")
    (tmp_path / "r/findings.json").write_text("[]")
    (tmp_path / "r/tables/bedarf.csv").unlink()
    (tmp_path / "r/mehr.txt").write_text("x")
    with pytest.raises(ReleaseDamaged) as caught:
        read_release(tmp_path / "r")
    assert len(caught.value.problems) == 3


def test_an_existing_folder_is_never_overwritten(extract: Path, tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    with pytest.raises(ReleaseExists):
        make_release(extract, tmp_path / "r")
    assert list((tmp_path / "r").iterdir()) == []


def test_a_wave_that_is_not_anonymised_has_no_release(tmp_path: Path) -> None:
    folder = make_extract(tmp_path / "e", 60, anonymised=False)
    with pytest.raises(NotAnonymised, match="noch nicht anonymisiert"):
        make_release(folder, tmp_path / "r")
    assert [p.name for p in tmp_path.iterdir()] == ["e"]


@pytest.mark.parametrize("error", [ProtectionFailed("bedarf"), KeyboardInterrupt()])
def test_nothing_half_written_stays_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    extract = make_small(tmp_path / "e")

    def fail(_: int) -> None:
        raise error

    monkeypatch.setattr("analysis.release.os.fsync", fail)
    with pytest.raises(type(error)):
        make_release(extract, tmp_path / "r")
    assert list(tmp_path.iterdir()) == [extract]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"joins": {"nord": "mond"}}, "plan-unknown-area"),
        ({"sensitive": ("nichts", "orte.mond")}, "plan-unknown-question"),
        ({"coarse": {"froh": PLAN.coarse["froh"][:2]}}, "plan-coarse"),
        ({"filters": (PLAN.filters[0].model_copy(update={"question": "weg"}),)}, "plan-filter"),
        ({"k": 12}, "weaker-sensitive"),
        ({"filters": PLAN.filters * 2}, "duplicate-id"),
        ({"joins": {"nord": "nord"}}, "wrong-join"),
    ],
)
def test_a_plan_that_names_what_does_not_exist_is_refused(tmp_path: Path, change: dict[str, Any], code: str) -> None:
    folder = make_extract(tmp_path / "e", 60, plan=PLAN.model_copy(update=change))
    with pytest.raises(ExtractError) as caught:
        make_release(folder, tmp_path / "r")
    assert {p.code for p in caught.value.problems} == {code}


@pytest.mark.parametrize("n", [1, 2, 9])
def test_a_tiny_wave_gives_an_honest_empty_release(tmp_path: Path, n: int) -> None:
    manifest = make_release(make_extract(tmp_path / "e", n), tmp_path / "r")
    assert manifest.protection.n_hidden == manifest.protection.n_cells
    assert json.loads((tmp_path / "r/findings.json").read_text()) == []


def test_a_question_nobody_answered_and_one_area_only_are_no_problem(tmp_path: Path) -> None:
    asked = small("weg")
    rows = [row | {"form": -1, "weg": -2, "area": "nord"} for row in draw_rows(asked, 80)]
    make_release(write_extract(tmp_path / "e", asked, rows, SMALL_PLAN), tmp_path / "r")
    table = ReleaseTable.model_validate_json((tmp_path / "r/tables/form.json").read_bytes())
    assert {cell.state for row in table.cells for cell in row} == {"hidden"}


def test_weights_change_shares_and_are_named(tmp_path: Path) -> None:
    rows = [row | {"weight": 3.0 if row["form"] == 1 else 0.5} for row in draw_rows(small(), 400)]
    manifest = make_release(write_extract(tmp_path / "e", small(), rows, SMALL_PLAN), tmp_path / "r")
    assert manifest.weighted
    assert manifest.design_effect is not None
    assert manifest.design_effect > 1.2
    assert manifest.n_eff is not None
    assert manifest.n_eff % 10 == 0
    table = ReleaseTable.model_validate_json((tmp_path / "r/tables/form.json").read_bytes())
    plain = sum(row["form"] == 1 for row in rows) / sum(row["form"] > 0 for row in rows)
    assert (table.cells[0][0].value or 0) > plain + 0.1


# ---------- nothing that was not published


def test_hidden_cells_are_the_same_bytes_everywhere(release: Path, tables: dict[str, ReleaseTable]) -> None:
    n_hidden = 0
    for name, table in tables.items():
        raw = json.loads((release / f"tables/{name}.json").read_text())
        hidden = [cell for row in raw["cells"] for cell in row if cell["state"] == "hidden"]
        assert all(cell == {"state": "hidden"} for cell in hidden)
        rows = [row for row in sheet(release, name) if len(row) > 7 and row[7] == "geschützt"]
        assert [row[4:8] for row in rows] == [["·", "·", "·", "geschützt"]] * len(hidden)
        n_hidden += len(hidden)
        if table.measure != "mean":
            svg = (release / f"figures/{name}.svg").read_text()
            marks = re.findall(r'<text class="fs-hidden" x="(\d+)" y="\d+" font-size="24">(.*?)</text>', svg)
            assert set(marks) <= {("278", "·")}
            assert len(marks) == sum(row[0].state == "hidden" for row in table.cells)
    assert n_hidden > 10


def numbers_in(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from numbers_in(part)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield float(value)


def shares(table: ReleaseTable, column: int | None = None) -> set[int]:
    """Published values and limits in points: of one group, or of all."""
    cells = [cell for row in table.cells for j, cell in enumerate(row) if column in (None, j)]
    return {round(n * 100) for c in cells for n in (c.value, c.low, c.high) if n is not None}


def test_tables_hold_rounded_numbers_only(tables: dict[str, ReleaseTable]) -> None:
    for table in tables.values():
        for group in table.groups:
            assert group.base is None or group.base % 5 == 0
        unit = 10 if table.measure == "mean" else 100
        cells = [cell.model_dump(exclude={"words"}) for row in table.cells for cell in row]
        assert all(abs(n * unit - round(n * unit)) < 1e-9 for n in numbers_in(cells))


def test_every_number_in_a_sheet_is_in_its_table(release: Path, tables: dict[str, ReleaseTable]) -> None:
    for name, table in tables.items():
        rows = sheet(release, name)
        start = next(i for i, row in enumerate(rows) if row and row[0] == "Antwort") + 1
        bases = {str(group.base) for group in table.groups} | {"·"}
        known = {f"{n / 10:.1f}".replace(".", ",") for n in range(2000)} if table.measure == "mean" else set()
        known |= {str(n) for n in shares(table)} | {"", "·"} | {c.words or "" for row in table.cells for c in row}
        assert {row[3] for row in rows[start:]} <= bases
        assert {cell for row in rows[start:] for cell in row[4:7]} <= known


def test_every_number_in_a_picture_is_published(release: Path, tables: dict[str, ReleaseTable]) -> None:
    for name, table in tables.items():
        if table.measure == "mean":
            continue
        known = shares(table, 0)
        root = ET.fromstring((release / f"figures/{name}.svg").read_text())
        texts = {
            kind: [e.text or "" for e in root.iter() if e.get("class") == kind] for kind in ("fs-value", "fs-axis")
        }
        assert {int(n) for text in texts["fs-value"] for n in re.findall(r"\d+", text)} <= known
        assert all(int(text.split("\N{NO-BREAK SPACE}")[0]) % 10 == 0 for text in texts["fs-axis"])
        (trace,) = json.loads((release / f"figures/{name}.json").read_text())["data"]
        arms = zip(trace["x"], trace["error_x"]["array"], trace["error_x"]["arrayminus"], strict=True)
        assert {n for x, up, down in arms for n in (x, x + up, x - down)} <= known
        assert {int(n) for text in trace["text"] for n in re.findall(r"\d+", text)} <= known


def test_every_number_in_a_finding_is_in_its_cells(release: Path, tables: dict[str, ReleaseTable]) -> None:
    findings = [Finding(**found) for found in json.loads((release / "findings.json").read_text())]
    assert findings
    for finding in (one for one in findings if one.about in {"needs", "differences"}):
        table = tables[finding.table]
        at = [([r.id for r in table.rows].index(r), [g.id for g in table.groups].index(g)) for r, g in finding.cells]
        cells = [table.cells[i][j] for i, j in at]
        known = {round(n * 100) for c in cells for n in (c.value, c.low, c.high) if n is not None} | {95}
        assert {int(n) for n in re.findall(r"(\d+)\N{NO-BREAK SPACE}?%?", finding.sentence)} <= known


ANSWERS = ("funnels", "gaps", "coverage", "situations", "quality")


def test_every_share_in_a_derived_finding_stands_in_the_answers_of_the_release(release: Path) -> None:
    findings = [Finding(**found) for found in json.loads((release / "findings.json").read_text())]
    derived = [one for one in findings if one.about not in {"needs", "differences"}]
    answers = [json.loads((release / f"{name}.json").read_text()) for name in ANSWERS]
    known = {round(number * 100) for answer in answers for number in numbers_in(answer)}
    assert derived
    for finding in derived:
        said = f"{finding.headline} {finding.sentence}"
        assert {int(n) for n in re.findall(r"(\d+)\N{NO-BREAK SPACE}%", said)} <= known | {95}


def test_every_finding_names_published_figures_it_rests_on(release: Path, tables: dict[str, ReleaseTable]) -> None:
    findings = [Finding(**found) for found in json.loads((release / "findings.json").read_text())]
    assert {one.certainty for one in findings if one.rests_on} >= {"described"}
    for finding in findings:
        assert "fehlt darin" in finding.sentence
        for ref in finding.rests_on:
            table = tables[ref.table]
            assert ref.row in {row.id for row in table.rows}
            assert ref.group in {group.id for group in table.groups}


def test_ranks_are_given_for_shown_needs_only(release: Path, tables: dict[str, ReleaseTable]) -> None:
    ranks = [RankRange(**found) for found in json.loads((release / "ranks.json").read_text())]
    assert ranks
    table = tables["bedarf"]
    for rank in ranks:
        i = [r.id for r in table.rows].index(rank.row)
        j = [g.id for g in table.groups].index(rank.group)
        assert table.cells[i][j].value is not None
        assert 1 <= rank.best <= rank.worst <= len(table.rows)


def test_own_words_places_and_row_ids_are_nowhere(extract: Path, release: Path) -> None:
    rows = [line.split(",")[0] for line in (extract / "responses.csv").read_text().splitlines()[1:]]
    everything = b"\n".join(files_of(release).values()).decode("utf-8")
    assert "geheim" not in everything
    assert not any(row in everything for row in rows)
    assert "„Ihr Wunsch“: Rund 45 haben in eigenen Worten geantwortet." in everything


def test_no_cell_of_a_sheet_starts_a_formula(release: Path) -> None:
    cells = [cell for path in (release / "tables").glob("*.csv") for row in sheet(release, path.stem) for cell in row]
    assert "'=SUMME(A1)" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_simulated_data_say_so_in_every_sheet(release: Path, tmp_path: Path) -> None:
    assert all(sheet(release, p.stem)[0][0].startswith("Simulierte Daten") for p in (release / "tables").glob("*.csv"))
    make_release(make_small(tmp_path / "e", 60, simulated=False), tmp_path / "r")
    assert "imuliert" not in (tmp_path / "r/tables/mobil.csv").read_text(encoding="utf-8-sig")


def test_pictures_are_accessible_and_reach_nowhere(release: Path) -> None:
    for path in (release / "figures").glob("*.svg"):
        text = path.read_text()
        root = ET.fromstring(text)
        assert root.get("role") == "img"
        assert root.get("aria-labelledby") == " ".join(e.get("id", "") for e in list(root)[:2])
        assert not re.search(r"<script|<style|style=|href|url\(|on\w+=", text.replace("http://www.w3.org/2000/svg", ""))


def test_pictures_and_means_come_from_published_tables_only(tables: dict[str, ReleaseTable]) -> None:
    with pytest.raises(AttributeError):
        plotly_of(tables["bedarf"])  # type: ignore[arg-type]
    means = tables["orte-mittel"]
    assert [row.id for row in means.rows] == ["kita", "bus"]
    assert all((group.base or 0) >= 100 for group in means.groups)
