"""Settings come from the environment, once; everything wrong is told at once."""

import os
import stat
import subprocess
import sys
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from survey.settings import Settings, SettingsError, prepare_data, read_settings, secret_key_of


def problems(**environment: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read_settings(environment)
    return caught.value.problems


def test_without_any_setting_only_this_machine_is_served() -> None:
    settings = read_settings({})
    assert (settings.host, settings.port, settings.loopback) == ("127.0.0.1", 8000, True)
    assert settings.database_url == f"sqlite:///{Path('var').absolute() / 'familienstimme.sqlite3'}"


def test_everything_wrong_is_told_at_once() -> None:
    found = problems(
        PORT="0", FAMILIENSTIMME_DATABASE_URL="mysql://x", FAMILIENSTIMME_SECRET_KEY="kurz",
        FAMILIENSTIMME_PUBLIC_URL="befragung", FAMILIENSTIMME_THREADS="²", FAMILIENSTIMME_URL_PREFIX="/a b",
    )  # fmt: skip
    names = ("PORT", "DATABASE_URL", "SECRET_KEY", "PUBLIC_URL", "THREADS", "URL_PREFIX")
    assert len(found) == len(names)
    assert all(any(name in problem for problem in found) for name in names)


def test_a_misspelt_name_is_refused_with_the_nearest_one() -> None:
    assert problems(FAMILIENSTIMME_DATAA="x") == [
        "FAMILIENSTIMME_DATAA: Diese Einstellung gibt es nicht. Meinten Sie FAMILIENSTIMME_DATA?"
    ]


def test_names_of_tests_and_measurements_are_no_mistakes() -> None:
    assert read_settings({"FAMILIENSTIMME_PROOF": "1"}).port == 8000


def test_no_problem_repeats_the_secret() -> None:
    assert "geheim" not in " ".join(problems(FAMILIENSTIMME_SECRET_KEY="geheim", FAMILIENSTIMME_DATABASE_URL="geheim"))
    assert "geheim" not in repr(Settings(Path("var"), "sqlite:///x", secret_key="geheim" * 8))


def test_a_secret_can_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k" * 40 + "\n")
    assert read_settings({"FAMILIENSTIMME_SECRET_KEY_FILE": str(tmp_path / "key")}).secret_key == "k" * 40


def test_a_secret_named_twice_or_unreadable_is_told(tmp_path: Path) -> None:
    both = problems(FAMILIENSTIMME_SECRET_KEY="k" * 40, FAMILIENSTIMME_SECRET_KEY_FILE=str(tmp_path / "fehlt"))
    assert any("beide gesetzt" in problem for problem in both)
    assert any("lässt sich nicht lesen" in problem for problem in both)


def test_the_public_address_gives_prefix_and_https() -> None:
    settings = read_settings({"FAMILIENSTIMME_PUBLIC_URL": "https://kreis.example/familien/"})
    assert (settings.url_prefix, settings.https, settings.loopback) == ("/familien", True, False)


@pytest.mark.parametrize(("given", "kept"), [("familien", "/familien"), ("/a/b/", "/a/b"), ("/", ""), ("", "")])
def test_a_prefix_begins_with_a_slash_and_ends_without(given: str, kept: str) -> None:
    assert read_settings({"FAMILIENSTIMME_URL_PREFIX": given}).url_prefix == kept


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        read_settings({}).port = 1  # type: ignore[misc]


def test_the_secret_key_is_made_once_and_for_this_account_only(tmp_path: Path) -> None:
    settings = Settings(tmp_path, "sqlite:///x")
    first = secret_key_of(settings)
    assert len(first) >= 48
    assert secret_key_of(settings) == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]


#: Begin together: a process that first had to import would come too late to meet the others.
STARTERS = """
import os, sys
from pathlib import Path
from survey.settings import Settings, secret_key_of
begin, go = os.pipe()
for _ in range(8):
    if os.fork() == 0:
        os.close(go)
        os.read(begin, 1)
        os.write(1, secret_key_of(Settings(Path(sys.argv[1]), "sqlite:///x")).encode() + b"\\n")
        os._exit(0)
os.close(go)
"""


def test_two_starters_agree_on_one_secret_key(tmp_path: Path) -> None:
    run = subprocess.run([sys.executable, "-c", STARTERS, str(tmp_path)], stdout=subprocess.PIPE, check=True)
    keys = run.stdout.split()
    assert len(keys) == 8
    assert len(set(keys)) == 1


def test_what_is_written_can_be_read_by_this_account_only(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        prepare_data(Settings(tmp_path / "neu", "sqlite:///x"))
        (tmp_path / "neu" / "datei").write_text("x")
        assert stat.S_IMODE((tmp_path / "neu").stat().st_mode) == 0o700
        assert stat.S_IMODE((tmp_path / "neu" / "datei").stat().st_mode) == 0o600
    finally:
        os.umask(before)


def test_the_sample_unit_names_settings_that_exist_and_fit_together() -> None:
    unit = Path(__file__).parents[2] / "survey" / "deploy" / "familienstimme.service"
    lines = (line.removeprefix("Environment=") for line in unit.read_text().splitlines() if line[:12] == "Environment=")
    settings = read_settings(dict(line.split("=", 1) for line in lines))
    assert (settings.https, settings.url_prefix, settings.trusted_proxy) == (True, "/familien", "127.0.0.1")


def test_the_sample_proxy_writes_no_access_log_and_fits_the_unit() -> None:
    sample = (Path(__file__).parents[2] / "survey" / "deploy" / "nginx.conf").read_text()
    assert sample.count("access_log off;") == sample.count("\nserver {") == 2
    assert "location /familien/" in sample
    assert "proxy_pass http://127.0.0.1:8000;" in sample
