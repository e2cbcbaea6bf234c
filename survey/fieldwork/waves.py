"""The list of waves and the page of one: state, dates, returns, what can be done now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from questionnaires.model import text_in
from questionnaires.region import District
from survey.fieldwork import blueprint
from survey.fieldwork.words import (
    CONTACT_NAMES,
    JOB_NAMES,
    JOB_STATES,
    RELEASE_STATES,
    STATE_NAMES,
    STATE_SENTENCES,
    Step,
)
from survey.records import Wave, WaveState
from survey.respond.words import LANGUAGE_NAMES
from survey.security import needs
from survey.services import services
from survey.store import codes, contacts, districts, follow_ups, jobs, questionnaires, releases, returns
from survey.store import waves as waves_store
from survey.store.anonymise import KIND_PREFIX, OTHERS
from survey.waves import Action, allowed, state, withdraw_until


@dataclass(frozen=True)
class WaveLine:
    """A wave as the list shows it."""

    wave: Wave
    district: District
    state: WaveState
    total: int


@dataclass(frozen=True)
class Dimension:
    """Rounded returns along one dimension; two are never crossed."""

    title: str
    rows: tuple[tuple[str, int], ...]
    families: Mapping[str, int]
    """name of a row → families that live there, where they are known"""


@blueprint.get("/wellen")
@needs("coordinator", "administrator")
def waves() -> ResponseReturnValue:
    """List all waves, the latest first."""
    store, now = services().store, services().clock()
    known = {district.id: district for district in districts.list_districts(store)}
    lines = [
        WaveLine(wave, known[wave.district_id], state(wave, now), returns.count(store, wave.id))
        for wave in waves_store.list_waves(store)
    ]
    return render_template("fieldwork/waves.html", lines=lines, state_names=STATE_NAMES)


@blueprint.get("/wellen/<wave_id>")
@needs("coordinator", "administrator")
def wave(wave_id: str) -> ResponseReturnValue:
    """Show one wave."""
    store, now = services().store, services().clock()
    found = waves_store.get_wave(store, wave_id)
    district = districts.get_district(store, found.district_id)
    current = state(found, now)
    counted = returns.get_returns(store, wave_id)
    asked = questionnaires.get_questionnaire(store, found.questionnaire_hash)
    return render_template(
        "fieldwork/wave.html",
        wave=found, district=district, legal_wave=found, state=current, returns=counted,
        state_name=STATE_NAMES[current], state_sentence=STATE_SENTENCES[current],
        questionnaire=text_in(asked.title, "de")[0], withdraw_until=withdraw_until(found),
        dimensions=_dimensions(found, district, asked.audience == "families"),
        doors=waves_store.list_doors(store, wave_id),
        jobs=jobs.list_jobs(store, wave_id), job_names=JOB_NAMES, job_states=JOB_STATES,
        releases=releases.list_releases(store, wave_id), release_states=RELEASE_STATES,
        codes_left=codes.count_codes(store, wave_id), n_addresses=contacts.count_addresses(store, wave_id),
        follow_up=bool(follow_ups.get_follow_up(store, wave_id)), contact_name=CONTACT_NAMES[found.contact],
        uncounted=_uncounted(district) if asked.audience == "families" and current != "archived" else [],
        can={step: allowed(current, action) for step, action in STEP_ACTIONS.items()},
    )  # fmt: skip


#: step in the address → action of survey.waves
STEP_ACTIONS: dict[Step, Action] = {
    "schliessen": "close_now", "abschliessen": "end_entry", "ergebnisstand": "release",
}  # fmt: skip


def _uncounted(district: District) -> list[str]:
    """Return the names of Sozialräume of which nobody has said how many families live there."""
    return [area.name for area in district.areas if area.known_families is None]


def _dimensions(wave: Wave, district: District, of_families: bool) -> list[Dimension]:
    store = services().store
    counted = returns.get_returns(store, wave.id)
    areas = {area.id: area.name for area in district.areas} | {"": "außerhalb oder nicht bekannt"}
    doors = _door_names(wave)
    named = (
        ("Sozialraum", counted.by_area, areas),
        ("Zugang", counted.by_door, doors),
        ("Sprache", counted.by_language, LANGUAGE_NAMES | {OTHERS: "andere Sprachen"}),
    )
    known = {area.name: area.known_families for area in district.areas if of_families and area.known_families}
    return [
        Dimension(title, _named(numbers, names), known if names is areas else {})
        for title, numbers, names in named
        if numbers
    ]


def _door_names(wave: Wave) -> dict[str, str]:
    """Return the names of doors, and of what few returns leave of them: their kind."""
    doors = waves_store.list_doors(services().store, wave.id)
    kinds = {KIND_PREFIX + door.kind: f"{door.kind} (mehrere)" for door in doors}
    return (
        kinds
        | {door.id: door.name for door in doors}
        | {"": "allgemeiner Link", KIND_PREFIX + OTHERS: "andere Zugänge"}
    )


def _named(numbers: dict[str, int], names: dict[str, str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(((names.get(key, key), n) for key, n in numbers.items()), key=lambda row: (-row[1], row[0])))
