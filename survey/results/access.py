"""Who may see which release: public ones everybody, internal ones staff, withdrawn ones nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, request

from questionnaires.model import Questionnaire
from survey.errors import LoginNeeded, NotFound
from survey.records import Release, User, Wave
from survey.results.reader import Content, ReleaseDamaged, read_release
from survey.security import current_staff
from survey.services import services
from survey.store import questionnaires, releases, waves

#: In the address: the number of a release that is not the newest.
NUMBER = "stand"


class NothingToShow(NotFound):
    """The wave has no release this visitor may see."""

    def __init__(self, wave: Wave, user: User | None) -> None:
        self.wave, self.user = wave, user
        super().__init__("Zu dieser Befragung gibt es noch keine Ergebnisse.")


class ReleaseRefused(Exception):
    """The release is damaged: nothing of it is shown."""

    def __init__(self, wave: Wave, release: Release, damage: ReleaseDamaged, user: User | None) -> None:
        self.wave, self.release, self.damage, self.user = wave, release, damage, user
        super().__init__(str(damage))


@dataclass(frozen=True)
class Shown:
    """The release a page shows."""

    wave: Wave
    release: Release
    content: Content
    user: User | None

    def read(self, file: str) -> bytes:
        """Return a file of the release as it was written."""
        try:
            return self.content.read(file)
        except ReleaseDamaged as damage:
            raise ReleaseRefused(self.wave, self.release, damage, self.user) from damage

    @property
    def questionnaire(self) -> Questionnaire | None:
        """What was asked, for titles of its pages; no figure comes from it."""
        return questionnaires.find_questionnaire(services().store, self.content.manifest.questionnaire_hash)


def visitor() -> User | None:
    """Return who is logged in. Without our cookie the session is not even looked at."""
    if current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        return None
    return current_staff()


def may_see(user: User | None, release: Release) -> bool:
    """Say whether the visitor may see a release."""
    return release.state == "public" or (release.state == "internal" and user is not None)


def get_shown(wave_id: str) -> Shown:
    """Return the newest release the visitor may see, or the one the address names."""
    store, user = services().store, visitor()
    wave = waves.get_wave(store, wave_id)
    release = _choose(releases.list_releases(store, wave_id), user, wave)
    try:
        content = read_release(services().settings.releases, release)
    except ReleaseDamaged as damage:
        raise ReleaseRefused(wave, release, damage, user) from damage
    return Shown(wave, release, content, user)


def get_shown_below(wave_id: str) -> Shown:
    """Return the same for pages below a wave's own; staff whose login ended are asked for it again."""
    try:
        return get_shown(wave_id)
    except NothingToShow as nothing:
        every = releases.list_releases(services().store, wave_id)
        if nothing.user is None and any(release.state == "internal" for release in every):
            raise LoginNeeded from nothing
        raise


def _choose(every: Sequence[Release], user: User | None, wave: Wave) -> Release:
    wanted = request.args.getlist(NUMBER)
    if not wanted:
        found = next((release for release in every if may_see(user, release)), None)
        if found is None:
            raise NothingToShow(wave, user)
        return found
    named = next((release for release in every if wanted == [str(release.number)]), None)
    if named is None or named.state == "withdrawn":
        raise NotFound("Diesen Ergebnisstand gibt es nicht, oder er wurde zurückgezogen.")
    if not may_see(user, named):
        raise LoginNeeded
    return named
