"""Pages for everybody: the start page, what the law asks to be said, and whether the installation is well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from flask import Blueprint, current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from questionnaires.model import text_in
from questionnaires.region import District
from survey.records import Notices, Wave
from survey.respond.simple import language_names
from survey.services import Services, services
from survey.store import districts, follow_ups, jobs, questionnaires, releases, waves
from survey.waves import local_day, state, withdraw_until

blueprint = Blueprint("public", __name__)


@dataclass(frozen=True)
class Invitation:
    """An open wave on the start page."""

    wave: Wave
    district: District
    minutes: int
    languages: tuple[str, ...]
    href: str


@dataclass(frozen=True)
class Published:
    """A wave with a public release, or with an answer of the district to those who took part."""

    wave: Wave
    district: District
    href: str
    """the results; „“ while there are none"""
    follow_up: str
    """how „Das haben Sie gesagt. Das tun wir.“ begins"""


@dataclass(frozen=True)
class Dates:
    """What happens to the answers of a wave, and when."""

    withdraw_until: date
    anonymised_on: date | None
    archived_on: date | None


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """Show open waves and public results."""
    store, now = services().store, services().clock()
    known = {district.id: district for district in districts.list_districts(store)}
    every = waves.list_waves(store)
    return render_template(
        "public/home.html",
        invitations=[_invite(wave, known[wave.district_id]) for wave in every if state(wave, now) == "open"],
        planned=[wave for wave in reversed(every) if state(wave, now) == "planned"],
        results=[found for wave in every if (found := _published(wave, known[wave.district_id]))],
    )


def _published(wave: Wave, district: District) -> Published | None:
    store = services().store
    shown = releases.find_public(store, wave.id) is not None
    href = url_for("results.wave", wave_id=wave.id) if shown else ""
    text = follow_ups.get_follow_up(store, wave.id).get("de", "")
    return Published(wave, district, href, text.partition("\n")[0]) if href or text else None


@blueprint.app_template_global("has_follow_up")
def has_follow_up(wave: Wave) -> bool:
    """Say whether the district has told the families of a wave what follows."""
    return bool(follow_ups.get_follow_up(services().store, wave.id))


def _invite(wave: Wave, district: District) -> Invitation:
    asked = questionnaires.get_questionnaire(services().store, wave.questionnaire_hash)
    names = tuple(language_names(asked)[language] for language in asked.languages)
    return Invitation(wave, district, asked.minutes, names, url_for("respond.document", wave_id=wave.id))


# --- what the law asks to be said --------------------------------------------------------------------------


@blueprint.get("/datenschutz")
def privacy() -> ResponseReturnValue:
    """Datenschutzhinweise (Art. 13 GDPR) of a wave or a district."""
    return _legal("public/privacy.html")


@blueprint.get("/impressum")
def imprint() -> ResponseReturnValue:
    """Impressum of a district."""
    return _legal("public/imprint.html")


@blueprint.get("/barrierefreiheit")
def accessibility() -> ResponseReturnValue:
    """Erklärung zur Barrierefreiheit of a district."""
    return _legal("public/accessibility.html")


def _legal(template: str) -> str:
    """Fill a page for the wave or district in the address, for the only district, or let people choose."""
    store, now = services().store, services().clock()
    wave, district = _asked_for()
    notices = districts.get_notices(store, district.id) if district else Notices()
    return render_template(
        template, wave=wave, district=district, notices=notices, legal_wave=wave, legal_district=district,
        choices=[] if district else _choices(),
        waves=[] if wave or not district else _current_waves(district, now),
        legal_basis=_legal_basis(wave), dates=_dates(wave) if wave else None, young=_is_young(wave),
    )  # fmt: skip


def _asked_for() -> tuple[Wave | None, District | None]:
    store = services().store
    if "welle" in request.args:
        wave = waves.get_wave(store, request.args["welle"])
        return wave, districts.get_district(store, wave.district_id)
    if "landkreis" in request.args:
        return None, districts.get_district(store, request.args["landkreis"])
    every = districts.list_districts(store)
    asking = {wave.district_id for wave in waves.list_waves(store)}
    busy = [district for district in every if district.id in asking]
    return None, busy[0] if len(busy) == 1 else every[0] if len(every) == 1 else None


def _choices() -> list[tuple[str, str]]:
    endpoint = request.endpoint or ""
    every = districts.list_districts(services().store)
    return [(district.name, url_for(endpoint, landkreis=district.id)) for district in every]


def _current_waves(district: District, now: datetime) -> list[Wave]:
    every = waves.list_waves(services().store)
    return [wave for wave in every if wave.district_id == district.id and state(wave, now) != "archived"]


def _legal_basis(wave: Wave | None) -> str:
    if wave is None:
        return ""
    asked = questionnaires.get_questionnaire(services().store, wave.questionnaire_hash)
    return text_in(asked.legal_basis, "de")[0]


def _is_young(wave: Wave | None) -> bool:
    """Say whether those who are asked are addressed as „du“."""
    if wave is None:
        return False
    asked = questionnaires.get_questionnaire(services().store, wave.questionnaire_hash)
    return asked.audience == "young_people"


def _dates(wave: Wave) -> Dates:
    return Dates(
        withdraw_until=withdraw_until(wave),
        anonymised_on=local_day(wave.anonymised_at) if wave.anonymised_at else None,
        archived_on=local_day(wave.archived_at) if wave.archived_at else None,
    )


# --- health ------------------------------------------------------------------------------------------------


@blueprint.get("/healthz")
def health() -> ResponseReturnValue:
    """Answer 200 when database, templates and job process work, else 503 and what does not."""
    parts: dict[str, Callable[[Services], bool]] = {
        "database": _database_works, "templates": _templates_work, "jobs": _jobs_work,
    }  # fmt: skip
    works = {name: _quietly(check) for name, check in parts.items()}
    well = all(works.values())
    response = jsonify(status="ok" if well else "failing", works=works)
    response.headers["Cache-Control"] = "no-store"
    return response, 200 if well else 503


def _quietly(check: Callable[[Services], bool]) -> bool:
    try:
        return check(services())
    except Exception:  # noqa: BLE001  whatever it is, this part does not work
        return False


def _database_works(use: Services) -> bool:
    use.store.ping()
    return True


def _templates_work(_: Services) -> bool:
    return current_app.jinja_env.get_template("public/home.html") is not None


def _jobs_work(use: Services) -> bool:
    return jobs.worker_alive(use.store, use.clock())
