"""Two releases are compared in plain words, and a release says what changed since an earlier wave."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analysis.__main__ import main
from analysis.compare import compare_releases
from analysis.release import make_release, read_release
from tests.analysis.make_extract import SMALL_PLAN, draw_rows, small, write_extract

ASKED = small("bedarf")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two waves of the miniature two years apart; in the second the way hinders far more of them."""
    folder = tmp_path_factory.mktemp("waves")
    for n, (name, year) in enumerate((("erste", 2024), ("zweite", 2026)), start=1):
        write_extract(folder / f"e{n}", ASKED, rows_of(n), SMALL_PLAN, **_wave(name, year))
    make_release(folder / "e1", folder / "r1")
    assert main(["release", str(folder / "e2"), str(folder / "r2"), "--since", str(folder / "r1")]) == 0
    return folder


def rows_of(wave: int) -> list[dict[str, Any]]:
    rows = draw_rows(ASKED, 300, seed=wave)
    for row in rows[:150] if wave == 2 else ():
        row["huerden_1"] = max(row["huerden_1"], 1) if row["huerden_1"] >= 0 else -1
    return rows


def _wave(name: str, year: int) -> dict[str, Any]:
    return {"wave": name, "title": f"Welle {year}", "opens_on": date(year, 5, 4), "closes_on": date(year, 6, 12)}


def test_a_release_says_what_changed_since_an_earlier_one(folder: Path) -> None:
    manifest = read_release(folder / "r2")
    assert manifest.since is not None
    assert (manifest.since.wave, manifest.since.wave_title) == ("erste", "Welle 2024")
    changes = json.loads((folder / "r2/changes.json").read_text("utf-8"))
    secured = {(c["table"], c["row"]) for c in changes["changes"] if c["verdict"] == "secured"}
    assert ("huerden", "1") in secured
    headlines = {f["headline"] for f in json.loads((folder / "r2/findings.json").read_text("utf-8"))}
    assert any(line.startswith("Seit „Welle 2024“ häufiger: „Weg“") for line in headlines)
    assert "Was hat sich geändert" in (folder / "r2/changes.csv").read_text("utf-8-sig")


@pytest.mark.parametrize(("extract", "earlier"), [("e1", "r1"), ("e1", "r2")], ids=["same wave", "later wave"])
def test_a_release_is_compared_only_with_an_earlier_wave(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], extract: str, earlier: str
) -> None:
    assert main(["release", str(folder / extract), str(tmp_path / "r"), "--since", str(folder / earlier)]) == 9
    assert "verglichen wird nur mit einer" in capsys.readouterr().err
    assert not (tmp_path / "r").exists()


def test_a_damaged_earlier_release_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "kaputt").mkdir()
    assert main(["release", str(folder / "e2"), str(tmp_path / "r"), "--since", str(tmp_path / "kaputt")]) == 7


def test_the_same_release_twice_is_the_same(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(folder / "r1", tmp_path / "again")
    assert main(["compare", str(folder / "r1"), str(tmp_path / "again")]) == 0
    assert "Byte für Byte" in capsys.readouterr().out


def test_another_plan_is_named_with_what_it_changes(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = SMALL_PLAN.model_copy(update={"k": 8, "filters": ()})
    make_release(write_extract(tmp_path / "e", ASKED, rows_of(1), plan, **_wave("erste", 2024)), tmp_path / "r")
    assert main(["compare", str(folder / "r1"), str(tmp_path / "r")]) == 1
    said = capsys.readouterr().out
    assert "anders bei „Schutzgrenze“ (k): A 5, B 8" in said
    assert "„Filter“ (filters)" in said
    assert "„Was fehlt am meisten?“: " in said


def test_releases_with_the_same_figures_may_differ_in_their_reasons(folder: Path) -> None:
    one = read_release(folder / "r1")
    other = one.model_copy(update={"wave": "dritte", "wave_title": "Welle 2025", "analysis_version": "9.9"})
    found = compare_releases(folder / "r1", one, folder / "r1", other)
    assert (found.same_files, found.same_figures) == (False, True)
    assert any("verschiedene Wellen" in line for line in found.lines)
    assert any("andere Fassung: 0.1.0 und 9.9" in line for line in found.lines)
    assert found.lines[-1] == "  – Nichts."
