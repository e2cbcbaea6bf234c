"""Addresses families left for a raffle or for the results: exported and deleted by an administrator, seen by nobody."""

from __future__ import annotations

import csv
import io

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from survey.cells import harmless
from survey.errors import NotFound
from survey.fieldwork import blueprint
from survey.forms import Typed
from survey.records import Wave
from survey.security import needs
from survey.services import services
from survey.store import contacts, waves


@blueprint.get("/wellen/<wave_id>/adressen")
@needs("administrator")
def addresses(wave_id: str) -> ResponseReturnValue:
    """Say how many there are and offer them as a file."""
    return _page(_wave(wave_id), Typed({}))


@blueprint.get("/wellen/<wave_id>/adressen.csv")
@needs("administrator")
def addresses_csv(wave_id: str) -> ResponseReturnValue:
    """Return the addresses for drawing or sending, in another random order each time."""
    wave = _wave(wave_id)
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(["adresse"])
    rows.writerows([harmless(address)] for address in contacts.list_addresses(services().store, wave.id))
    response = Response(text.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="adressen-{wave.id}.csv"'
    return response


@blueprint.post("/wellen/<wave_id>/adressen")
@needs("administrator")
def forget_address(wave_id: str) -> ResponseReturnValue:
    """Delete one address because its owner asks for it."""
    wave, form = _wave(wave_id), Typed(request.form)
    address = form.text("wanted", "Adresse", 120)
    if address and not contacts.forget_address(services().store, wave.id, address):
        form.refuse("wanted", "Diese Adresse ist hier nicht gespeichert. Bitte prüfen Sie die Schreibweise.")
    if form.errors:
        return _page(wave, form), 422
    flash("Die Adresse ist gelöscht.")
    return redirect(url_for("fieldwork.addresses", wave_id=wave_id), 303)


def _wave(wave_id: str) -> Wave:
    wave = waves.get_wave(services().store, wave_id)
    if not wave.contact:
        raise NotFound("Bei dieser Welle werden keine Adressen gesammelt.")
    return wave


def _page(wave: Wave, form: Typed) -> str:
    count = contacts.count_addresses(services().store, wave.id)
    return render_template("fieldwork/addresses.html", wave=wave, legal_wave=wave, form=form, count=count)
