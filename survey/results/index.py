"""The list of waves with what has been released of each."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from questionnaires.region import District
from survey.records import Release, Wave, WaveState
from survey.results import blueprint
from survey.results.access import may_see, visitor
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


@blueprint.get("/ergebnisse")
def index() -> ResponseReturnValue:
    """List waves that have results, for staff also those that wait for them."""
    store, now, user = services().store, services().clock(), visitor()
    known = {district.id: district for district in districts.list_districts(store)}
    entries = [
        WaveEntry(
            wave, known[wave.district_id], state(wave, now),
            tuple(value for value in releases.list_releases(store, wave.id) if may_see(user, value)),
        )
        for wave in waves.list_waves(store)
    ]  # fmt: skip
    shown = [entry for entry in entries if entry.releases or user]
    return render_template("results/index.html", entries=shown)
