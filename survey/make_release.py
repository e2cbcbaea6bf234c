"""Computing a release in a child process and keeping what it wrote."""

from __future__ import annotations

import hashlib
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from survey.child import start_child, stop_child
from survey.errors import SurveyError
from survey.plans import plan_of
from survey.records import Release, Wave
from survey.services import Services
from survey.settings import Settings
from survey.store import questionnaires, releases, waves
from survey.waves import last_day_of

PROGRESS = re.compile(r"progress ([01](?:\.\d+)?) (.{1,200})")
LOOK_SECONDS = 0.1
#: The analysis ends with these codes when it says itself, in German and without answers, what is wrong.
OWN_ERRORS = frozenset({1, 3, 4, 5, 6, 7, 8, 9, 10})

#: Makes the arguments for Python that compute a release of an extract; tests put their own program here.
Command = Callable[[Path, Path], list[str]]


class ReleaseFailed(SurveyError):
    """The computation ended without a release."""


def release_command(extract: Path, target: Path) -> list[str]:
    """Return what computes a release."""
    return ["-m", "analysis", "release", str(extract), str(target), "--progress"]


def compute(arguments: list[str], folder: Path) -> Iterator[tuple[float, str]]:
    """Run the computation; yield progress (0…1) and step several times a second, no step if nothing is new.

    Whoever stops asking, for whatever reason, ends the computation and all it started.
    """
    said, problem = folder / "said.txt", folder / "problem.txt"
    with said.open("wb") as out, problem.open("wb") as err:
        child = start_child(["-u", *arguments], stdout=out, stderr=err)
    try:
        last = (0.0, "")
        while child.poll() is None:
            now = last_progress(said.read_text("utf-8", "replace"))
            yield now if now != last else (now[0], "")
            last = now
            time.sleep(LOOK_SECONDS)
    finally:
        code = stop_child(child)
    if code != 0:
        raise ReleaseFailed(explain(code, problem.read_text("utf-8", "replace")))


def last_progress(said: str) -> tuple[float, str]:
    """Return the last complete line ``progress 0.42 Text`` of what the computation said."""
    found = [match for line in said.split("\n")[:-1] if (match := PROGRESS.fullmatch(line.strip()))]
    return (min(float(found[-1][1]), 1.0), found[-1][2]) if found else (0.0, "")


def explain(code: int, problem: str) -> str:
    """Return why there is no release: the computation's own words, never a traceback."""
    lines = [line.strip() for line in problem.splitlines() if line.strip()]
    if code in OWN_ERRORS and lines and "Traceback (most recent call last):" not in lines:
        return " ".join(lines)[:1000]
    return f"Die Berechnung ist mit einem Fehler abgebrochen (Code {code}). Frühere Ergebnisstände sind unverändert."


def find_published(own: Services, wave_id: str) -> list[Path]:
    """Return the folders of a wave's releases, withdrawn ones too: whoever saw one still knows it."""
    made = releases.list_releases(own.store, wave_id)
    folders = (own.settings.releases / wave_id / str(release.number) for release in reversed(made))
    return [folder for folder in folders if (folder / "manifest.json").is_file()]


def find_earlier(own: Services, wave: Wave) -> Path | None:
    """Return the release of the earlier wave that changes are measured from, None if there is none.

    The plan may name the wave. Otherwise it is the newest one of this district with the same questionnaire that was
    over before this one began. Of its releases the newest public one counts, else the newest that nobody withdrew.
    """
    wanted = plan_of(wave).compare_with
    earlier = sorted((w for w in waves.list_waves(own.store) if _before(own, w, wave)), key=lambda w: w.closes_on)
    if wanted is not None:
        earlier = [w for w in earlier if w.id == wanted]
    for candidate in reversed(earlier):
        standing = [r for r in releases.list_releases(own.store, candidate.id) if r.state != "withdrawn"]
        chosen = next((r for r in standing if r.state == "public"), next(iter(standing), None))
        folder = own.settings.releases / candidate.id / str(chosen.number) if chosen else None
        if folder is not None and folder.is_dir():
            return folder
    return None


def _before(own: Services, candidate: Wave, wave: Wave) -> bool:
    if candidate.district_id != wave.district_id or last_day_of(candidate) >= wave.opens_on:
        return False
    ids = {questionnaires.get_questionnaire(own.store, w.questionnaire_hash).id for w in (candidate, wave)}
    return len(ids) == 1


def keep_release(own: Services, wave_id: str, folder: Path) -> Release:
    """Move a computed release to its place and register it.

    The folder comes first: a crash in between leaves a folder without a row, which the next release replaces,
    and never a row without its folder.
    """
    digest = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    home = own.settings.releases / wave_id
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = home / str(releases.next_number(own.store, wave_id))
    if place.exists():
        shutil.rmtree(place)
    folder.rename(place)
    release = releases.add_release(own.store, wave_id, digest, own.clock())
    if place.name != str(release.number):  # another machine on the same database was quicker
        place.rename(home / str(release.number))
    return release


@contextmanager
def private_folder(settings: Settings, prefix: str) -> Iterator[Path]:
    """Yield a folder only this account can read; it is gone afterwards, or at the next start after a crash."""
    folder = Path(mkdtemp(prefix=prefix, dir=settings.temporary))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear(folder: Path) -> None:
    """Remove what a crash left behind."""
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
