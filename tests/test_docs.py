"""What the documents say is there, is there."""

import re
import subprocess
from pathlib import Path

import pytest

from survey.cli import cli

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PATH = re.compile(r"`([\w./-]+/[\w./*{},-]*|[\w-]+\.(?:py|yaml|md|toml))`|\]\(([\w./-]+)\)")


def named_paths() -> list[str]:
    return sorted({(code or link) for code, link in PATH.findall(README)} - {"var/", "/b/"})


def exists(name: str) -> bool:
    stem = re.sub(r"[*{<].*", "", name)
    places = [
        ROOT,
        *(ROOT / package for package in ("questionnaires", "survey", "analysis", "questionnaires/regions")),
    ]
    return any((place / stem).exists() for place in places)


@pytest.mark.parametrize("name", named_paths())
def test_every_file_the_readme_names_exists(name: str) -> None:
    assert exists(name)


def test_the_first_screen_shows_just_the_two_commands() -> None:
    block = README.split("```")[1]
    assert [line.split("#")[0].strip() for line in block.splitlines()[1:] if line] == ["make run", "make test"]
    assert README.index("make run") < 600


@pytest.mark.parametrize("target", ["run", "test", "bench", "proof", "check", "lock", "clean"])
def test_every_make_target_exists(target: str) -> None:
    asked = subprocess.run(
        ["make", "--dry-run", "--question", target], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "No rule to make target" not in asked.stderr


def test_every_command_in_the_readme_exists() -> None:
    named = set(re.findall(r"familienstimme (\w+)", README))
    assert named - {"läuft"} <= set(cli.commands)
    assert named


def test_the_manual_test_and_the_changelog_are_there() -> None:
    assert "screen reader" in (ROOT / "tests" / "MANUAL.md").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for reader in ("Families", "Coordinators", "Planners", "Operators"):
        assert f"### {reader}" in changelog
