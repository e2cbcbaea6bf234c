"""A new wave: asked for in a form that keeps what was typed."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from questionnaires.model import Questionnaire, text_in
from questionnaires.plan import default_plan
from survey.fieldwork import blueprint
from survey.fieldwork.settings import parse_extras, usual_extras
from survey.forms import Typed
from survey.records import Wave
from survey.security import needs
from survey.services import services
from survey.store import districts, questionnaires, waves
from survey.store.districts import NOTICE_TITLES
from survey.waves import local_day

WAVE_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
#: Answers are kept no longer than this after the wave [days].
LONGEST_RETENTION = 3 * 366
LONGEST_GRACE = 336


@blueprint.get("/wellen/neu")
@needs("coordinator")
def new_wave() -> ResponseReturnValue:
    """Show the form with usual dates."""
    today = local_day(services().clock())
    opens = today + timedelta(days=14)
    usual = {
        "opens_on": opens, "closes_on": opens + timedelta(days=41), "entry_until": opens + timedelta(days=62),
        "retention_until": opens + timedelta(days=365),
    }  # fmt: skip
    days = {name: day.isoformat() for name, day in usual.items()}
    return _form(Typed(days | {"grace_hours": "48", "access": "open"} | usual_extras(usual["closes_on"])))


@blueprint.post("/wellen/neu")
@needs("coordinator")
def create_wave() -> ResponseReturnValue:
    """Keep the wave, or say everything that is still in the way."""
    form = Typed(request.form)
    wave = _parse(form)
    if wave is None:
        return _form(form), 422
    waves.create_wave(services().store, wave)
    flash(f"Die Welle „{wave.title}“ ist angelegt. Als Nächstes: {_next_step(wave)}.")
    return redirect(url_for("fieldwork.wave", wave_id=wave.id), 303)


def _next_step(wave: Wave) -> str:
    if wave.parental_consent:
        return "Codes drucken und der Schule geben. Ohne Code kommt niemand hinein, weil Eltern zustimmen müssen"
    return "Codes drucken" if wave.code_required else "Zugänge anlegen und Plakate drucken"


def _parse(form: Typed) -> Wave | None:
    """Return the wave, or None; then the form knows every problem."""
    store = services().store
    versions = {version.hash: version for version in questionnaires.list_questionnaires(store)}
    known = {district.id: district for district in districts.list_districts(store)}
    title, wave_id = form.text("title", "Titel", 120), _wave_id(form)
    district_id = form.one_of("district", "Landkreis", set(known))
    chosen = form.one_of("questionnaire", "Fragebogen", set(versions))
    access = form.one_of("access", "Wie Familien hineinkommen", {"open", "codes"})
    grace = _grace(form)
    days = _days(form)
    extras = parse_extras(form, versions.get(chosen), days.get("closes_on"))
    if district_id in known:
        _require_notices(form, district_id)
    if form.errors or extras is None:
        return None
    plan = default_plan(versions[chosen], known[district_id])
    return Wave(
        id=wave_id, title=title, district_id=district_id, questionnaire_hash=chosen,
        opens_on=days["opens_on"], closes_on=days["closes_on"], entry_until=days["entry_until"],
        retention_until=days["retention_until"],
        plan_json=plan.model_dump_json(), grace_hours=grace,
        code_required=access == "codes" or extras.parental_consent, **asdict(extras),
    )  # fmt: skip


def _wave_id(form: Typed) -> str:
    wave_id = form.text("id", "Kürzel", 40)
    if wave_id and not WAVE_ID.fullmatch(wave_id):
        form.refuse("id", "Kürzel: nur kleine Buchstaben ohne Umlaute, Ziffern und Bindestriche, etwa familien-2027.")
    elif wave_id == "neu" or waves.find_wave(services().store, wave_id) is not None:
        form.refuse("id", "Dieses Kürzel ist schon vergeben. Bitte ein anderes wählen.")
    return wave_id


def _grace(form: Typed) -> int:
    text = form.value("grace_hours").strip()
    if not (text.isascii() and text.isdigit() and int(text) <= LONGEST_GRACE):
        form.refuse("grace_hours", f"Nachlauf: Bitte eine Zahl von 0 bis {LONGEST_GRACE} eingeben (Stunden).")
        return 0
    return int(text)


def _days(form: Typed) -> dict[str, date]:
    titles = {
        "opens_on": "Erster Tag", "closes_on": "Letzter Tag", "entry_until": "Papierbögen erfassen bis",
        "retention_until": "Einzelne Antworten löschen nach",
    }  # fmt: skip
    found = {name: form.day(name, title) for name, title in titles.items()}
    days = {name: day for name, day in found.items() if day is not None}
    if len(days) == len(titles):
        _check_order(form, days)
    return days


def _check_order(form: Typed, days: dict[str, date]) -> None:
    if days["opens_on"] < local_day(services().clock()):
        form.refuse("opens_on", "Erster Tag: Dieser Tag ist schon vorbei.")
    if days["closes_on"] < days["opens_on"]:
        form.refuse("closes_on", "Letzter Tag: Er liegt vor dem ersten Tag.")
    if days["entry_until"] < days["closes_on"]:
        form.refuse("entry_until", "Papierbögen erfassen bis: Dieser Tag liegt vor dem letzten Tag der Befragung.")
    if days["retention_until"] <= days["entry_until"]:
        form.refuse("retention_until", "Löschen nach: Dieser Tag muss nach dem Ende der Erfassung liegen.")
    elif days["retention_until"] > days["closes_on"] + timedelta(days=LONGEST_RETENTION):
        form.refuse("retention_until", "Löschen nach: höchstens drei Jahre nach dem letzten Tag der Befragung.")


def _require_notices(form: Typed, district_id: str) -> None:
    missing = districts.empty_notices(districts.get_notices(services().store, district_id))
    if missing:
        titles = ", ".join(NOTICE_TITLES[name] for name in missing)
        form.refuse("district", f"Für diesen Landkreis fehlen noch Pflichtangaben: {titles}.")


def _form(form: Typed) -> str:
    store = services().store
    every = districts.list_districts(store)
    incomplete = [d for d in every if districts.empty_notices(districts.get_notices(store, d.id))]
    return render_template(
        "fieldwork/new_wave.html", form=form, incomplete=incomplete,
        districts=[("", "Bitte wählen")] + [(d.id, d.name) for d in every],
        questionnaires=[("", "Bitte wählen")] + [(q.hash, _name(q)) for q in questionnaires.list_questionnaires(store)],
    )  # fmt: skip


def _name(version: Questionnaire) -> str:
    title = text_in(version.title, "de")[0]
    return f"{title} ({len(version.questions)} Fragen, {version.minutes} Minuten, Fassung {version.hash[:8]})"
