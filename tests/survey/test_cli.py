"""The command line: German help for everything, its own exit codes, no tracebacks."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import click
import pytest

from survey.cli import BUG, MISCALLED, MISCONFIGURED, NO_DATABASE, REFUSED, cli, run
from survey.security import password_fits
from survey.services import utc_now
from survey.store import Store, districts, jobs, releases, users, waves
from survey.waves import local_day
from tests.survey import cast
from tests.survey.cast import AFTER, WAVE

SHIPPED = Path(__file__).parents[2] / "questionnaires"
ENGLISH = re.compile(r"\b(Usage|Options|Commands|Arguments|Show this|Error|required|default)\b")


@pytest.fixture(autouse=True)
def data(tmp_path: Path, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Commands work on the cast's store, as if it were the installation's."""
    monkeypatch.setenv("FAMILIENSTIMME_DATA", str(tmp_path))
    return tmp_path


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from commands(child, (*path, name))


EVERY = list(commands(cli))


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_every_command_has_german_help(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*path, "--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Aufruf: familienstimme")
    assert not ENGLISH.search(shown)
    listed = re.split(r"^(?:Optionen|Befehle):$", shown, flags=re.MULTILINE)
    assert len(listed[0].split("\n\n")[1].strip()) > 15  # what it does
    for row in listed[1:]:
        assert not re.search(r"^  [\w-]+$", row, re.MULTILINE), "an entry says nothing"


def test_all_the_promised_commands_are_there() -> None:
    promised = {"serve", "work", "tick", "migrate", "backup", "demo"}
    promised |= {"check", "extract", "user", "wave", "district", "release"}
    assert promised <= {path[0] for path in EVERY if path}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["gibtsnicht"], "Diesen Befehl gibt es nicht."), (["serve", "--falsch"], "Die Option --falsch gibt es nicht."),
        (["user", "add", "x"], "Es fehlt: --role."), (["extract"], "Es fehlt: KÜRZEL."),
        (["user", "add", "x", "--role", "chef"], "Möglich sind: coordinator, planner, administrator, reviewer."),
        (["check", "gibt-es-nicht.yaml"], "Diese Datei oder diesen Ordner gibt es nicht."),
        (["wave", "codes", WAVE, "0"], "Möglich sind ganze Zahlen von 1 bis 100000."),
        (["tick", "zuviel"], "Das sind zu viele Angaben."), (["user", "add", "x", "--role"], "fehlt der Wert"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_explained_in_german(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == MISCALLED
    shown = capsys.readouterr().err
    assert says in shown
    assert "--help" in shown
    assert not ENGLISH.search(shown)


def test_wrong_settings_are_listed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PORT", "viele")
    monkeypatch.setenv("FAMILIENSTIMME_FALSCH", "1")
    assert run(["migrate"]) == MISCONFIGURED
    shown = capsys.readouterr().err
    assert "PORT" in shown
    assert "FAMILIENSTIMME_FALSCH" in shown


def test_a_database_out_of_reach_is_said_without_its_address(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FAMILIENSTIMME_DATABASE_URL", "postgresql://jemand:geheim@127.0.0.1:9/x")
    assert run(["wave", "list"]) == NO_DATABASE
    assert "geheim" not in capsys.readouterr().err


def test_a_bug_gives_a_reference_and_no_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("Familie Meier")

    monkeypatch.setattr("survey.store.waves.list_waves", broken)
    assert run(["wave", "list"]) == BUG
    shown = capsys.readouterr().err
    assert "Kennzeichen" in shown
    assert "Meier" not in shown


def test_our_own_errors_say_their_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["release", "list", "gibt-es-nicht"]) == REFUSED
    assert capsys.readouterr().err == "Diese Welle gibt es nicht.\n"


# --- check and load ----------------------------------------------------------------------------------------


def test_files_that_ship_are_in_order() -> None:
    assert run(["check", str(SHIPPED / "jugend.yaml")]) == 0


def test_problems_are_printed_with_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "kaputt.yaml"
    file.write_text("format: familienstimme-fragebogen/1\nid: x\n")
    assert run(["check", str(file)]) == REFUSED
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 3
    assert all(re.match(rf"{re.escape(str(file))}:\d+: ", line) for line in lines)


def test_a_broken_file_is_not_loaded(tmp_path: Path, sqlite_store: Store) -> None:
    file = tmp_path / "kaputt.yaml"
    file.write_text("format: familienstimme-landkreis/1\nid: x\n")
    assert run(["district", "load", str(file)]) == REFUSED
    assert len(districts.list_districts(sqlite_store)) == 1


def test_districts_and_questionnaires_are_loaded_and_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["district", "load", str(SHIPPED / "regions" / "wartburgkreis.yaml")]) == 0
    assert run(["questionnaire", "load", str(SHIPPED / "jugend.yaml")]) == 0
    assert run(["district", "list"]) == run(["questionnaire", "list"]) == 0
    shown = capsys.readouterr().out
    assert "7 Angaben fehlen" in shown
    assert "Angaben vollständig" in shown
    assert "jugend" in shown


# --- accounts ----------------------------------------------------------------------------------------------


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_an_account_is_made_changed_unlocked_and_removed(
    monkeypatch: pytest.MonkeyPatch, sqlite_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(monkeypatch, "ein langes Passwort\n")
    assert run(["user", "add", "jana", "--role", "coordinator", "--role", "planner"]) == 0
    assert password_fits(users.get_user(sqlite_store, "jana"), "ein langes Passwort")
    type_in(monkeypatch, "ein anderes Passwort\n")
    assert run(["user", "password", "jana"]) == run(["user", "unlock", "jana"]) == run(["user", "list"]) == 0
    assert "Koordination, Planung" in capsys.readouterr().out
    assert password_fits(users.get_user(sqlite_store, "jana"), "ein anderes Passwort")
    assert run(["user", "remove", "jana"]) == 0
    assert users.find_user(sqlite_store, "jana") is None


LONG = "lang genug ist es"


@pytest.mark.parametrize(("name", "password"), [("jana", "kurz"), (" jana", LONG), ("j", LONG)])
def test_unsuitable_names_and_short_passwords_are_refused(
    monkeypatch: pytest.MonkeyPatch, sqlite_store: Store, name: str, password: str
) -> None:
    type_in(monkeypatch, password)
    assert run(["user", "add", name, "--role", "planner"]) == REFUSED
    assert users.list_users(sqlite_store) == ()


# --- waves, codes, releases --------------------------------------------------------------------------------


def create(*more: str) -> int:
    return run(["wave", "create", "neu-27", "--title", "Neu", "--district", "musterkreis", "--questionnaire",
                "familien", "--opens", "2099-03-01", "--closes", "31.03.2099", *more])  # fmt: skip


def test_a_wave_is_created_with_usual_days(sqlite_store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert create("--codes") == 0
    wave = waves.get_wave(sqlite_store, "neu-27")
    assert (wave.entry_until.isoformat(), wave.retention_until.isoformat()) == ("2099-04-21", "2100-03-31")
    assert run(["wave", "list"]) == 0
    assert "geplant" in capsys.readouterr().out


def test_a_wave_is_created_with_age_consent_and_addresses(sqlite_store: Store) -> None:
    assert create("--minimum-age", "12", "--parental-consent", "--contact", "raffle") == 0
    wave = waves.get_wave(sqlite_store, "neu-27")
    assert (wave.minimum_age, wave.parental_consent, wave.code_required) == (12, True, True)
    assert (wave.contact, wave.contact_until) == ("raffle", wave.closes_on + timedelta(days=60))


@pytest.mark.parametrize("day", ["2099-03-30", "2100-05-01"])
def test_addresses_are_kept_neither_shorter_than_the_wave_nor_for_years(sqlite_store: Store, day: str) -> None:
    assert create("--contact", "results", "--contact-until", day) == REFUSED
    assert waves.find_wave(sqlite_store, "neu-27") is None


def test_a_wave_whose_days_do_not_fit_is_refused(sqlite_store: Store) -> None:
    assert create("--entry-until", "2099-03-01") == REFUSED
    assert waves.find_wave(sqlite_store, "neu-27") is None


def test_a_wave_is_refused_while_notices_are_empty(sqlite_store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    districts.save_notices(sqlite_store, "musterkreis", cast.notices(imprint=""))
    assert create() == REFUSED
    assert "Impressum" in capsys.readouterr().err


def test_codes_are_given_once_and_only_to_waves_that_ask_for_them(capsys: pytest.CaptureFixture[str]) -> None:
    create("--codes")
    capsys.readouterr()
    assert run(["wave", "codes", "neu-27", "5"]) == 0
    codes = capsys.readouterr().out.split()
    assert len(set(codes)) == 5
    assert all(re.fullmatch(r"[A-Z0-9]{4}-[A-Z0-9]{4}", code) for code in codes)
    assert run(["wave", "codes", WAVE, "5"]) == REFUSED


def test_an_open_wave_is_closed_and_finished(sqlite_store: Store) -> None:
    today = local_day(utc_now())
    waves.create_wave(sqlite_store, cast.wave(
        id="heute", opens_on=today, closes_on=today, entry_until=today, retention_until=today + timedelta(days=300)
    ))  # fmt: skip
    assert run(["wave", "finish", "heute", "--yes"]) == REFUSED
    assert run(["wave", "close", "heute"]) == 0
    assert run(["wave", "finish", "heute", "--yes"]) == 0
    assert run(["work", "--once"]) == 0
    assert waves.get_wave(sqlite_store, "heute").anonymised_at is not None


def test_an_extract_never_overwrites_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "auszug"
    folder.mkdir()
    (folder / "wichtig.txt").write_text("x")
    assert run(["extract", WAVE, str(folder)]) == REFUSED
    assert "nicht leer" in capsys.readouterr().err


def test_an_open_wave_gives_no_extract(tmp_path: Path) -> None:
    assert run(["extract", WAVE, str(tmp_path / "auszug")]) == REFUSED
    assert not (tmp_path / "auszug").exists()


def test_a_release_is_listed_published_and_withdrawn(sqlite_store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    releases.add_release(sqlite_store, WAVE, "0" * 64, AFTER)
    assert run(["release", "publish", WAVE, "1"]) == run(["release", "list", WAVE]) == 0
    assert "öffentlich" in capsys.readouterr().out
    assert run(["release", "withdraw", WAVE, "1"]) == 0
    assert run(["release", "publish", WAVE, "1"]) == REFUSED


def test_a_release_of_an_open_wave_is_refused(sqlite_store: Store) -> None:
    assert run(["release", "make", WAVE]) == REFUSED
    assert jobs.list_jobs(sqlite_store) == ()


def test_tick_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["tick"]) == 0
    assert WAVE in capsys.readouterr().out
