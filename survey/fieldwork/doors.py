"""Doors: links with QR codes and posters. The picture holds the address and nothing else."""

from __future__ import annotations

import io
import re
import unicodedata
from urllib.parse import quote

import segno
from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from questionnaires.model import text_in
from survey.errors import NotFound
from survey.fieldwork import blueprint
from survey.forms import Typed
from survey.records import Door, Wave
from survey.respond.simple import language_names
from survey.security import needs
from survey.services import services
from survey.store import districts, questionnaires, waves

#: Kinds survive when a door has few returns, so they are few and mean the same everywhere.
KINDS = (
    "Kita", "Schule", "Hort", "Praxis", "Beratungsstelle", "Jugendclub", "Familienzentrum", "Behörde", "Verein",
    "Jobcenter", "Veranstaltung", "Bücherei", "Brief", "Link", "Anderer Ort",
)  # fmt: skip


SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


@blueprint.get("/wellen/<wave_id>/zugaenge/neu")
@needs("coordinator")
def new_door(wave_id: str) -> ResponseReturnValue:
    """Show the form."""
    return _form(waves.get_wave(services().store, wave_id), Typed({}))


@blueprint.post("/wellen/<wave_id>/zugaenge/neu")
@needs("coordinator")
def add_door(wave_id: str) -> ResponseReturnValue:
    """Keep a new door."""
    store = services().store
    wave, form = waves.get_wave(store, wave_id), Typed(request.form)
    name = form.text("name", "Name", 80)
    kind = form.one_of("kind", "Art", set(KINDS))
    taken = {door.id for door in waves.list_doors(store, wave_id)}
    if form.errors:
        return _form(wave, form), 422
    waves.add_door(store, Door(wave_id, free_id(name, taken), name, kind))
    flash(f"Der Zugang „{name}“ ist angelegt.")
    return redirect(url_for("fieldwork.wave", wave_id=wave_id, _anchor="zugaenge"), 303)


@blueprint.get("/wellen/<wave_id>/plakat")
@blueprint.get("/wellen/<wave_id>/zugaenge/<door_id>/plakat")
@needs("coordinator", "administrator")
def poster(wave_id: str, door_id: str = "") -> ResponseReturnValue:
    """Show a poster to print on A4."""
    store = services().store
    wave, door = waves.get_wave(store, wave_id), _find_door(wave_id, door_id)
    asked = questionnaires.get_questionnaire(store, wave.questionnaire_hash)
    return render_template(
        "fieldwork/poster.html", wave=wave, door=door, legal_wave=wave,
        district=districts.get_district(store, wave.district_id), headline=text_in(asked.headline, "de")[0],
        minutes=asked.minutes, young=asked.audience == "young_people",
        languages=[language_names(asked)[language] for language in asked.languages],
        address=door_address(wave, door), short=door_address(wave, door).split("://", 1)[1],
    )  # fmt: skip


@blueprint.get("/wellen/<wave_id>/qr.svg")
@blueprint.get("/wellen/<wave_id>/zugaenge/<door_id>/qr.svg")
@needs("coordinator", "administrator")
def qr(wave_id: str, door_id: str = "") -> ResponseReturnValue:
    """Return the QR code of a door's address as SVG."""
    wave = waves.get_wave(services().store, wave_id)
    address = door_address(wave, _find_door(wave_id, door_id))
    picture = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        picture,
        kind="svg",
        scale=8,
        border=4,
        dark="#000",
        light="#fff",
        title=address,
        svgclass=None,
        lineclass=None,
    )
    return Response(picture.getvalue(), mimetype="image/svg+xml")


def door_address(wave: Wave, door: Door | None) -> str:
    """Return the address a poster shows."""
    base = services().settings.public_url or request.url_root.rstrip("/")
    return f"{base}/b/{wave.id}" + (f"?z={quote(door.id)}" if door else "")


def free_id(name: str, taken: set[str]) -> str:
    """Return a short id for a new door, made from its name: „Kita Löwenzahn“ → „kita-loewenzahn“."""
    spelled = name.casefold().translate(SPELLED)
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "zugang"
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(candidate for candidate in (stem, *numbered) if candidate not in taken)


def _find_door(wave_id: str, door_id: str) -> Door | None:
    if not door_id:
        return None
    for door in waves.list_doors(services().store, wave_id):
        if door.id == door_id:
            return door
    raise NotFound("Diesen Zugang gibt es bei dieser Welle nicht.")


def _form(wave: Wave, form: Typed) -> str:
    kinds = [("", "Bitte wählen")] + [(kind, kind) for kind in KINDS]
    return render_template("fieldwork/new_door.html", wave=wave, form=form, kinds=kinds, legal_wave=wave)
