"""A release exists only if the attacker finds nothing; any release, also one changed by hand, can be attacked."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis import disclosure
from analysis import release as release_module
from analysis.__main__ import main
from analysis.audit import audit
from analysis.errors import OtherResponses
from analysis.final_audit import ReleaseUnsafe
from analysis.published import read_source
from analysis.release import make_release, read_release
from questionnaires.handover import FRAME_COLUMNS, columns_of
from questionnaires.plan import PublicationPlan
from tests.analysis.conftest import N, Whole
from tests.analysis.make_extract import SMALL_PLAN, draw_rows, make_extract, miniature, small, write_extract

Change = Callable[[Any], None]


@pytest.fixture(scope="module")
def extract(whole: Whole) -> Path:
    return whole.extract


@pytest.fixture(scope="module")
def release(whole: Whole) -> Path:
    return whole.release


def same_people(folder: Path, n: int = N, plan: PublicationPlan = SMALL_PLAN, **weights: float) -> Path:
    """Some answers of the responses that `release` rests on; of those who live alone perhaps with a weight."""
    kept = {*FRAME_COLUMNS, *(column.name for column in columns_of(small()))}
    rows = [{name: value for name, value in row.items() if name in kept} for row in draw_rows(miniature(), N)[:n]]
    if weights:
        rows = [row | {"weight": weights["together"] if row["form"] == 1 else weights["alone"]} for row in rows]
    return write_extract(folder, small(), rows, plan)


def changed(release: Path, target: Path, file: str, change: Change) -> Path:
    """A copy of a release with one file changed by hand, and its hash in the manifest made to fit."""
    shutil.copytree(release, target)
    value = json.loads((target / file).read_text())
    change(value)
    (target / file).write_text(json.dumps(value, ensure_ascii=False))
    manifest = json.loads((target / "manifest.json").read_text())
    manifest["files"].pop(file, None)
    (target / "manifest.json").write_text(json.dumps(manifest))
    return target


def files_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


# ---------- what the product makes


def test_nothing_is_found_in_a_release_and_the_command_says_so(
    release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", str(release)]) == 0
    assert re.match(r"Der Angreifer hat nichts gefunden: \d+ Tabellen, \d+ Felder", capsys.readouterr().out)


def test_the_manifest_says_what_the_audit_did_and_what_it_cost(release: Path) -> None:
    manifest = read_release(release)
    assert manifest.audit is not None
    assert manifest.audit.cells >= manifest.audit.by_bounds + manifest.audit.by_witness
    assert (manifest.audit.findings, manifest.audit.earlier) == (0, 0)
    assert manifest.audit.costliest in {entry.id for entry in manifest.tables}
    assert manifest.audit.rounds >= 1


@pytest.mark.slow
def test_without_the_exact_attacker_counts_could_be_worked_out_and_none_is_named(
    extract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(disclosure, "secure", lambda work, beside: None)
    with pytest.raises(ReleaseUnsafe, match="deshalb wurde nichts geschrieben"):
        make_release(extract, tmp_path / "r")
    assert not any(tmp_path.iterdir())
    monkeypatch.setattr(release_module, "check_written", lambda *_: None)
    make_release(extract, tmp_path / "r")
    monkeypatch.undo()
    assert main(["audit", str(tmp_path / "r")]) == 1
    lines = [line for line in capsys.readouterr().out.splitlines() if "eingrenzen" in line]
    assert lines
    assert all("Aus den veröffentlichten Zahlen lässt sich eingrenzen" in line for line in lines)
    assert {type(found.groups) for found in audit(read_source(tmp_path / "r")).inferred} == {tuple}


def test_a_damaged_release_has_codes_of_its_own(
    release: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", str(tmp_path)]) == 7
    shutil.copytree(release, tmp_path / "r")
    (tmp_path / "r/tables/form.json").unlink()
    assert main(["audit", str(tmp_path / "r")]) == 7
    assert "Die Datei tables/form.json fehlt" in capsys.readouterr().err


# ---------- earlier releases


@pytest.mark.slow
def test_an_unchanged_release_beside_an_earlier_one_has_the_same_bytes(
    extract: Path, release: Path, tmp_path: Path
) -> None:
    make_release(extract, tmp_path / "2", published=[release])
    assert files_of(tmp_path / "2") == files_of(release)


def test_a_second_release_with_other_weights_and_filters_is_attacked_beside_the_first(
    release: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = SMALL_PLAN.model_copy(update={"filters": ()})
    second = same_people(tmp_path / "e2", plan=plan, together=2.0, alone=0.7)
    manifest = make_release(second, tmp_path / "2", published=[release])
    assert manifest.audit is not None
    assert manifest.audit.earlier == 1
    assert main(["audit", str(tmp_path / "2"), "--earlier", str(release)]) == 0
    assert "1 frühere Ergebnisstände" in capsys.readouterr().out


def test_releases_of_a_wave_that_count_different_responses_are_refused(
    release: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    panel = same_people(tmp_path / "panel", 300)
    with pytest.raises(OtherResponses):
        make_release(panel, tmp_path / "2", published=[release])
    assert not (tmp_path / "2").exists()
    make_release(panel, tmp_path / "3")
    assert main(["audit", str(tmp_path / "3"), "--earlier", str(release)]) == 10
    assert "zählt andere Bögen" in capsys.readouterr().err


@pytest.mark.slow
def test_a_release_of_another_wave_is_about_other_people(release: Path, tmp_path: Path) -> None:
    other = make_extract(tmp_path / "e", 120, wave="mini-2020")
    manifest = make_release(other, tmp_path / "r", published=[release])
    assert manifest.audit is not None
    assert manifest.audit.earlier == 0


@pytest.mark.slow
def test_what_an_earlier_release_gave_away_is_said_with_place_and_remedy(
    extract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The earlier one was made when nobody attacked it exactly: nothing that is hidden now takes back what it told."""
    with monkeypatch.context() as before:
        before.setattr(disclosure, "secure", lambda work, beside: None)
        before.setattr(release_module, "check_written", lambda *_: None)
        make_release(extract, tmp_path / "stand-1")
    assert main(["release", str(extract), str(tmp_path / "stand-2"), "--published", str(tmp_path / "stand-1")]) == 6
    said = capsys.readouterr().err
    assert "Frühere Ergebnisstände dieser Welle („stand-1“) zeigen dieselbe Tabelle" in said
    assert "Bitte den Veröffentlichungsplan des früheren Ergebnisstands verwenden" in said
    assert not (tmp_path / "stand-2").exists()
