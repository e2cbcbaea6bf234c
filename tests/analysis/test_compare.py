"""Two releases are compared in plain words, and a release says what changed since an earlier wave."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analysis.__main__ import main
from analysis.compare import compare_releases
from analysis.release import make_release, read_release
from tests.analysis.make_extract import PLAN, draw_rows, make_extract, miniature, write_extract


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two waves of the miniature a year apart; in the second far more want a meeting place."""
    folder = tmp_path_factory.mktemp("waves")
    make_release(make_extract(folder / "e1", 400, **_wave("erste", 2024)), folder / "r1")
    rows = draw_rows(miniature(), 400, seed=2)
    for row in rows[:300]:
        row["form"] = 2
    write_extract(folder / "e2", miniature(), rows, **_wave("zweite", 2026))
    return folder


def _wave(name: str, year: int) -> dict[str, Any]:
    return {"wave": name, "title": f"Welle {year}", "opens_on": date(year, 5, 4), "closes_on": date(year, 6, 12)}


def test_a_release_says_what_changed_since_an_earlier_one(folder: Path, tmp_path: Path) -> None:
    assert main(["release", str(folder / "e2"), str(tmp_path / "r2"), "--since", str(folder / "r1")]) == 0
    manifest = read_release(tmp_path / "r2")
    assert manifest.since is not None
    assert (manifest.since.wave, manifest.since.wave_title) == ("erste", "Welle 2024")
    changes = json.loads((tmp_path / "r2/changes.json").read_text("utf-8"))
    secured = {(c["table"], c["row"]) for c in changes["changes"] if c["verdict"] == "secured"}
    assert ("form", "2") in secured
    headlines = {f["headline"] for f in json.loads((tmp_path / "r2/findings.json").read_text("utf-8"))}
    assert any(line.startswith("Seit „Welle 2024“ häufiger: „allein“") for line in headlines)
    assert b"Was hat sich ge" in (tmp_path / "r2/changes.csv").read_bytes()


@pytest.mark.parametrize("which", ["e1", "e2"])
def test_a_release_is_compared_only_with_an_earlier_wave(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], which: str
) -> None:
    earlier = folder / "r1"
    if which == "e2":  # the same wave again, and a later one
        make_release(folder / "e2", tmp_path / "later")
        earlier = tmp_path / "later"
    assert main(["release", str(folder / which), str(tmp_path / "r"), "--since", str(earlier)]) == 9
    assert "verglichen wird nur mit einer" in capsys.readouterr().err
    assert not (tmp_path / "r").exists()


def test_a_damaged_earlier_release_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "kaputt").mkdir()
    assert main(["release", str(folder / "e2"), str(tmp_path / "r"), "--since", str(tmp_path / "kaputt")]) == 7


def test_the_same_release_twice_is_the_same(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_release(folder / "e1", tmp_path / "again")
    assert main(["compare", str(folder / "r1"), str(tmp_path / "again")]) == 0
    assert "Byte für Byte" in capsys.readouterr().out


def test_another_plan_is_named_with_what_it_changes(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = PLAN.model_copy(update={"k": 8, "filters": ()})
    make_release(make_extract(tmp_path / "e", 400, plan=plan, **_wave("erste", 2024)), tmp_path / "r")
    assert main(["compare", str(folder / "r1"), str(tmp_path / "r")]) == 1
    said = capsys.readouterr().out
    assert "anders bei „Schutzgrenze“ (k): A 5, B 8" in said
    assert "„Filter“ (filters)" in said
    assert "„Was fehlt am meisten?“" in said


def test_releases_with_the_same_figures_may_differ_in_their_reasons(folder: Path, tmp_path: Path) -> None:
    make_release(make_extract(tmp_path / "e", 400, **_wave("dritte", 2025)), tmp_path / "r")
    manifests = read_release(folder / "r1"), read_release(tmp_path / "r")
    found = compare_releases(folder / "r1", manifests[0], tmp_path / "r", manifests[1])
    assert (found.same_files, found.same_figures) == (False, True)
    assert any("verschiedene Wellen" in line for line in found.lines)
    assert found.lines[-1] == "  – Nichts."
