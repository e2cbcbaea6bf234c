"""Every number of every file of a release is accounted for; whatever else is written there is seen."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.__main__ import main
from analysis.audit_files import loose_numbers
from analysis.final_audit import ReleaseUnsafe, check_written
from analysis.published import read_source
from tests.analysis.conftest import Whole

Json = Any


@pytest.fixture(scope="module")
def release(whole: Whole) -> Path:
    return whole.release


def numbers_in(value: Json) -> Iterator[float]:
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from numbers_in(part)
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield value


def test_every_number_of_every_file_is_accounted_for(release: Path, count: Callable[[str, int], None]) -> None:
    assert list(loose_numbers(release, read_source(release))) == []
    files = [path for path in release.rglob("*.json") if path.parent.name != "figures"]
    walked = sum(len(list(numbers_in(json.loads(path.read_text())))) for path in files)
    assert walked > 500
    count("numbers of a release accounted for", walked)


def test_every_kind_of_file_is_walked(release: Path) -> None:
    kinds = {(path.parent.name if path.parent != release else "", path.suffix) for path in release.rglob("*.*")}
    assert kinds == {("", ".json"), ("", ".csv"), ("tables", ".json"), ("tables", ".csv"), ("figures", ".json"),
                     ("figures", ".svg")}  # fmt: skip


def exact_returns(files: Json) -> None:
    next(row for row in files["coverage"]["rows"] if row["kind"] == "area" and row.get("returns"))["returns"] += 1


def exact_part(files: Json) -> None:
    files["coverage"]["rows"][1]["part_of_returns"] = 0.1234


def door_that_gives_away_another(files: Json) -> None:
    rows = [row for row in files["coverage"]["rows"] if row["kind"] == "door"]
    rows[2].pop("returns", None)
    rows[2].pop("part_of_returns", None)
    rows[0]["returns"], rows[1]["returns"] = 200, 200
    rows[0]["part_of_returns"] = rows[1]["part_of_returns"] = 0.5


def unknown_field(files: Json) -> None:
    files["quality"]["n_marked"] = 3


def share_in_a_sentence(files: Json) -> None:
    files["coverage"]["notes"] = ["Genau 1 % aller 99 % haben …", "98\N{NO-BREAK SPACE}% und 97 %"]


def rank_beyond_the_rows(files: Json) -> None:
    files["ranks"][0]["worst"] = 387


CHANGES = (exact_returns, exact_part, door_that_gives_away_another, unknown_field, share_in_a_sentence,
           rank_beyond_the_rows)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda c: c.__name__)
def test_a_number_that_follows_from_nothing_published_is_seen_and_not_repeated(
    release: Path, tmp_path: Path, change: Callable[[Json], None], capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(release, tmp_path / "r")
    paths = {path.stem: path for path in (tmp_path / "r").glob("*.json")}
    files = {name: json.loads(path.read_text()) for name, path in paths.items()}
    change(files)
    for name, path in paths.items():
        path.write_text(json.dumps(files[name], ensure_ascii=False))
    said = list(loose_numbers(tmp_path / "r", read_source(tmp_path / "r")))
    assert said
    assert not any("387" in line or "0.1234" in line for line in said)


def test_a_number_in_a_sheet_that_its_file_does_not_hold_is_seen(release: Path, tmp_path: Path) -> None:
    shutil.copytree(release, tmp_path / "r")
    sheet = tmp_path / "r/coverage.csv"
    sheet.write_text(sheet.read_text("utf-8-sig").replace("Zugang;A;200", "Zugang;A;203"), "utf-8-sig")
    assert any("coverage.csv" in line for line in loose_numbers(tmp_path / "r", read_source(tmp_path / "r")))


def test_the_command_and_the_last_step_of_making_see_the_same(
    release: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check_written(release, ()).cells > 0
    shutil.copytree(release, tmp_path / "r")
    value = json.loads((tmp_path / "r/coverage.json").read_text())
    exact_returns({"coverage": value})
    (tmp_path / "r/coverage.json").write_text(json.dumps(value, ensure_ascii=False))
    with pytest.raises(ReleaseUnsafe) as refused:
        check_written(tmp_path / "r", ())
    assert main(["audit", str(tmp_path / "r")]) == 1
    assert set(refused.value.found) == set(capsys.readouterr().out.splitlines())
