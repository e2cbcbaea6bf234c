"""A backup is whole while families answer, and starts again as it was."""

import shutil
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from survey.backup import BackupRefused, back_up
from survey.cli import REFUSED, run
from survey.settings import Settings
from survey.store import Store, responses
from tests.survey.cast import DURING, WAVE, submission


@pytest.fixture
def kept(tmp_path: Path, sqlite_store: Store) -> Settings:
    data = tmp_path / "data"
    (data / "releases" / WAVE / "1").mkdir(parents=True)
    (data / "releases" / WAVE / "1" / "manifest.json").write_text("{}")
    (data / "secret_key").write_text("s" * 40)
    return Settings(data=data, database_url=f"sqlite:///{sqlite_store.path}", secret_key="s" * 40)


def test_a_backup_made_while_families_answer_holds_all_that_was_acknowledged_before(
    kept: Settings, sqlite_store: Store, tmp_path: Path
) -> None:
    acknowledged, stop = list[int](), threading.Event()

    def answer() -> None:
        for number in range(100_000):
            if stop.is_set():
                return
            responses.submit(sqlite_store, submission(number), DURING)
            acknowledged.append(number)

    family = threading.Thread(target=answer)
    family.start()
    while len(acknowledged) < 20:
        stop.wait(0.01)
    before = list(acknowledged)
    back_up(kept, tmp_path / "sicherung")
    stop.set()
    family.join()
    again = Store(f"sqlite:///{tmp_path / 'sicherung' / sqlite_store.path.name}")  # type: ignore[union-attr]
    assert {responses.submit(again, submission(number), DURING) for number in before} == {"repeated"}
    assert responses.submit(again, submission(200_000), DURING) == "stored"
    again.close()
    assert (tmp_path / "sicherung" / "releases" / WAVE / "1" / "manifest.json").is_file()


def test_only_the_owner_reads_a_backup_and_nothing_stays_beside_it(kept: Settings, tmp_path: Path) -> None:
    back_up(kept, tmp_path / "sicherung")
    assert stat.S_IMODE((tmp_path / "sicherung").stat().st_mode) == 0o700
    assert all(not stat.S_IMODE(f.stat().st_mode) & 0o077 for f in (tmp_path / "sicherung").glob("*.sqlite3"))
    assert not list(tmp_path.glob("*.unfertig"))


@pytest.mark.parametrize("trouble", ["exists", "no database", "postgres"])
def test_a_backup_that_cannot_be_made_writes_nothing(kept: Settings, tmp_path: Path, trouble: str) -> None:
    target = tmp_path / "sicherung"
    if trouble == "exists":
        target.mkdir()
    elif trouble == "no database":
        kept = replace(kept, database_url=f"sqlite:///{tmp_path / 'none.sqlite3'}")
    else:
        kept = replace(kept, database_url="postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(BackupRefused):
        back_up(kept, target)
    assert not target.exists() or not list(target.iterdir())
    assert not (tmp_path / "none.sqlite3").exists()


def test_a_backup_that_fails_in_the_middle_leaves_nothing(kept: Settings, tmp_path: Path) -> None:
    shutil.rmtree(kept.releases)
    with pytest.raises(FileNotFoundError):
        back_up(kept, tmp_path / "sicherung")
    assert not list(tmp_path.glob("sicherung*"))


def test_the_command_says_what_it_did_and_refuses_a_second_time(
    kept: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FAMILIENSTIMME_DATA", str(kept.data))
    monkeypatch.setenv("FAMILIENSTIMME_DATABASE_URL", kept.database_url)
    assert run(["backup", str(tmp_path / "sicherung")]) == 0
    assert "Gesichert in" in capsys.readouterr().out
    assert run(["backup", str(tmp_path / "sicherung")]) == REFUSED
    assert "gibt es schon" in capsys.readouterr().err
