"""An address for a raffle or the results: a page of its own after the thanks, which knows nothing of any answer."""

from __future__ import annotations

import re
from datetime import datetime

from flask import Response, request
from flask.typing import ResponseReturnValue

from survey.errors import NotFound
from survey.records import Wave
from survey.respond import RETRY_AFTER, blueprint, desk, instrument_of, language_of, not_open, page_response
from survey.respond.document import Instrument, render_page
from survey.services import services
from survey.store import contacts, waves
from survey.waves import allowed, state

LONGEST = 120
MAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"'.]+")
PHONE = re.compile(r"\+?[0-9][0-9 /().-]*")


@blueprint.get("/<wave_id>/kontakt")
def contact(wave_id: str) -> ResponseReturnValue:
    """Ask for an address."""
    wave, now = _wave(wave_id), services().clock()
    if not _takes_addresses(wave, now):
        return not_open(services(), wave, now)
    return _page(wave)


@blueprint.post("/<wave_id>/kontakt")
def leave_contact(wave_id: str) -> ResponseReturnValue:
    """Keep an address until the night, when it is mixed among the others."""
    own, wave = services(), _wave(wave_id)
    now, address = own.clock(), " ".join(request.form.get("address", "").split())
    if not _takes_addresses(wave, now):
        return not_open(own, wave, now)
    if desk().addresses.judge(request.remote_addr or "", now) == "refused":
        response = _page(wave, "contact_busy", address, 429)
        response.headers["Retry-After"] = RETRY_AFTER
        return response
    if not is_address(address, phones=wave.contact == "raffle"):
        return _page(wave, "contact_malformed", address, 422)
    contacts.leave_address(own.store, wave.id, address)
    instrument = _instrument(wave)
    title = instrument.words[f"contact_{wave.contact}"]
    return page_response(render_page(instrument, title, message=instrument.words["contact_done"]))


def is_address(text: str, *, phones: bool) -> bool:
    """Return whether this could be a mail address or, where wanted, a telephone number."""
    if len(text) > LONGEST or not text.isprintable():
        return False
    digits = sum(map(str.isdigit, text))
    return bool(MAIL.fullmatch(text)) or (phones and bool(PHONE.fullmatch(text)) and 6 <= digits <= 20)


def _wave(wave_id: str) -> Wave:
    wave = waves.get_wave(services().store, wave_id)
    if not wave.contact:
        raise NotFound("Bei dieser Befragung werden keine Adressen gesammelt.")
    return wave


def _takes_addresses(wave: Wave, now: datetime) -> bool:
    """Return whether families may come from their thanks now; late phones may, too."""
    current = state(wave, now)
    return allowed(current, "submit") or allowed(current, "submit_late")


def _instrument(wave: Wave) -> Instrument:
    return instrument_of(services(), wave, language_of(services(), wave)[0])


def _page(wave: Wave, problem: str = "", typed: str = "", status: int = 200) -> Response:
    instrument = _instrument(wave)
    w = instrument.words
    until = instrument.day(wave.contact_until) if wave.contact_until else ""
    page = render_page(
        instrument, w[f"contact_{wave.contact}"], lines=[w["contact_text"].format(date=until)], contact_form=True,
        address_label=w["contact_address" if wave.contact == "raffle" else "contact_mail"],
        problem=w[problem] if problem else "", typed=typed[:LONGEST], longest=LONGEST,
    )  # fmt: skip
    return page_response(page, status)
