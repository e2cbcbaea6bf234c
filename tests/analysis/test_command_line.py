"""The command line says what happened, in German, with an exit code of its own and no traceback."""

import re
from pathlib import Path

import pytest

from analysis.__main__ import main
from tests.analysis.make_extract import SMALL_PLAN, make_small


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    return make_small(tmp_path / "auszug", 80)


def test_a_release_is_made_with_visible_progress(
    extract: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["release", str(extract), str(tmp_path / "stand"), "--progress"]) == 0
    lines = capsys.readouterr().out.splitlines()
    steps = [float(found[1]) for line in lines if (found := re.fullmatch(r"progress (\d\.\d\d) \S.+", line))]
    assert steps == sorted(steps)
    assert (steps[0], steps[-1], len(steps)) == (0.0, 1.0, len(lines) - 1)
    assert main(["show", str(tmp_path / "stand")]) == 0
    assert "80 Bögen" in capsys.readouterr().out


def test_an_extract_is_checked(extract: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(extract)]) == 0
    assert "in Ordnung: 80 Bögen" in capsys.readouterr().out


def test_every_own_error_has_its_code_and_a_german_reason(
    extract: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    early = make_small(tmp_path / "frueh", 60, anonymised=False)
    lost = make_small(tmp_path / "ohne", 60, plan=SMALL_PLAN.model_copy(update={"sensitive": ("mond",)}))
    (tmp_path / "da").mkdir()
    cases = [
        (["check", str(tmp_path / "nichts")], 3, "Die Datei codebook.json fehlt"),
        (["release", str(lost), str(tmp_path / "r")], 3, "fieldwork.json, plan.sensitive.0: Veröffentlichungsplan"),
        (["release", str(lost), str(tmp_path / "r")], 3, "Bitte die genannten Stellen berichtigen"),
        (["release", str(early), str(tmp_path / "r")], 4, "noch nicht anonymisiert"),
        (["release", str(extract), str(tmp_path / "da")], 5, "nie überschrieben"),
        (["show", str(extract)], 7, "kein Ergebnisstand"),
        (["release", str(extract), str(extract / "codebook.json" / "r")], 8, "Lesen oder Schreiben ging nicht"),
    ]
    for arguments, code, reason in cases:
        assert main(arguments) == code
        said = capsys.readouterr().err
        assert reason in said
        assert "Traceback" not in said
    assert not (tmp_path / "r").exists()


def test_a_wrong_call_ends_with_two_and_help_knows_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["release"])
    assert caught.value.code == 2
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    assert all(re.search(rf"^ +{code}  ", said, re.MULTILINE) for code in (0, *range(2, 11)))
    assert "\n130  abgebrochen" in said
