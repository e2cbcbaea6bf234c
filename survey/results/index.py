"""The list of waves with what has been released of each."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from questionnaires.region import District
from survey.fieldwork.words import RELEASE_STATES, STATE_NAMES
from survey.records import Release, Wave, WaveState
from survey.results import blueprint
from survey.results.access import may_see, visitor
from survey.results.words import what_comes_next
from survey.services import services
from survey.store import districts, releases, waves
from survey.waves import state


@dataclass(frozen=True)
class WaveEntry:
    """A wave and the releases this visitor may see, the newest first."""

    wave: Wave
    district: District
    state: WaveState
    releases: tuple[Release, ...]
    next: str
    """what happens before there are results"""


@blueprint.get("/ergebnisse")
def index() -> ResponseReturnValue:
    """List waves that have results, for staff also those that wait for them."""
    store, now, user = services().store, services().clock(), visitor()
    known = {district.id: district for district in districts.list_districts(store)}
    entries = []
    for wave in waves.list_waves(store):
        current = state(wave, now)
        seen = tuple(value for value in releases.list_releases(store, wave.id) if may_see(user, value))
        entries.append(WaveEntry(wave, known[wave.district_id], current, seen, what_comes_next(wave, current)))
    return render_template(
        "results/index.html",
        ready=[entry for entry in entries if entry.releases],
        waiting=[entry for entry in entries if not entry.releases],
        state_names=STATE_NAMES, release_states=RELEASE_STATES,
    )  # fmt: skip
