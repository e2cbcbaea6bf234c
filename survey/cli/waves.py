"""Waves: list, create, close, doors and codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

import click

from questionnaires.plan import default_plan
from questionnaires.problems import Problem
from questionnaires.source import read_source
from questionnaires.write import write_plan
from survey.cli import REFUSED, cli
from survey.cli.shared import Day, columns, open_services, to_day
from survey.errors import NotFound, NotNow
from survey.fieldwork.settings import AGES, make_extras
from survey.fieldwork.words import STATE_NAMES
from survey.plans import plan_of, replace_plan
from survey.records import ContactKind, Door, Wave
from survey.services import Services
from survey.store import codes, districts, jobs, questionnaires, returns
from survey.store import waves as waves_store
from survey.waves import Action, allowed, state


@cli.group()
def wave() -> None:
    """Wellen anlegen, schließen und auflisten; Zugänge und Codes."""


@wave.command("list")
def list_waves() -> None:
    """Alle Wellen auflisten: Kürzel, Stand, Zeitraum, ausgefüllte Bögen."""
    own = open_services()
    columns([
        (w.id, STATE_NAMES[state(w, own.clock())], f"{w.opens_on} bis {w.closes_on}",
         f"{returns.count(own.store, w.id)} Bögen", w.title)
        for w in waves_store.list_waves(own.store)
    ])  # fmt: skip


@wave.command("create")
@click.argument("wave_id", metavar="KÜRZEL")
@click.option("--title", required=True, metavar="TEXT", help="Titel, wie Familien ihn lesen.")
@click.option("--district", "district_id", required=True, metavar="ID", help="Landkreis, siehe „district list“.")
@click.option("--questionnaire", "version", required=True, metavar="ID", help="Fragebogen oder Anfang seiner Fassung.")
@click.option("--opens", "opens_on", required=True, type=Day(), help="Erster Tag.")
@click.option("--closes", "closes_on", required=True, type=Day(), help="Letzter Tag, einschließlich.")
@click.option("--entry-until", type=Day(), help="Papierbögen erfassen bis; sonst drei Wochen nach dem letzten Tag.")
@click.option("--retention-until", type=Day(), help="Antworten löschen nach; sonst ein Jahr nach dem letzten Tag.")
@click.option("--grace-hours", default=48, type=click.IntRange(0, 336), help="Nachlauf für Handys ohne Netz (Stunden).")
@click.option("--codes", "code_required", is_flag=True, help="Nur mit Code aus einem Brief.")
@click.option("--minimum-age", type=click.IntRange(*AGES), help="Ab diesem Alter; sonst wie im Fragebogen.")
@click.option(
    "--parental-consent/--no-parental-consent", "consent", default=None,
    help="Eltern müssen zustimmen (dann nur mit Code); sonst wie im Fragebogen: unter 14 Jahren ja.",
)
@click.option("--contact", type=click.Choice(["raffle", "results"]), help="Adressen: Verlosung oder Ergebnis zusenden.")
@click.option("--contact-until", type=Day(), help="Adressen löschen nach; sonst 60 Tage nach dem letzten Tag.")
def create_wave(
    wave_id: str, title: str, district_id: str, version: str, opens_on: datetime, closes_on: datetime,
    entry_until: datetime | None, retention_until: datetime | None, grace_hours: int, code_required: bool,
    minimum_age: int | None, consent: bool | None, contact: ContactKind | None, contact_until: datetime | None,
) -> None:  # fmt: skip
    """Eine Welle anlegen. Vorher müssen alle Angaben des Landkreises ausgefüllt sein."""
    from survey.fieldwork.create import WAVE_ID

    own = open_services()
    if not WAVE_ID.fullmatch(wave_id):
        raise NotNow("Das Kürzel darf nur kleine Buchstaben, Ziffern und Bindestriche enthalten, etwa familien-2027.")
    digest = _version(own, version)
    asked = questionnaires.get_questionnaire(own.store, digest)
    plan = default_plan(asked, districts.get_district(own.store, district_id))
    last = to_day(closes_on)
    extras = make_extras(asked, last, minimum_age, consent, contact or "", contact_until and to_day(contact_until))
    value = Wave(
        id=wave_id, title=title, district_id=district_id, questionnaire_hash=digest,
        opens_on=to_day(opens_on), closes_on=last,
        entry_until=to_day(entry_until) if entry_until else last + timedelta(days=21),
        retention_until=to_day(retention_until) if retention_until else last + timedelta(days=365),
        plan_json=plan.model_dump_json(), grace_hours=grace_hours,
        code_required=code_required or extras.parental_consent, **asdict(extras),
    )  # fmt: skip
    if not value.opens_on <= value.closes_on <= value.entry_until < value.retention_until:
        raise NotNow("Die Tage passen nicht zusammen: erster ≤ letzter ≤ Ende der Erfassung < Löschen.")
    waves_store.create_wave(own.store, value)
    click.echo(f"Die Welle „{title}“ ist angelegt: /b/{wave_id}")


@wave.command("plan")
@click.argument("wave_id", metavar="KÜRZEL")
@click.argument("file", metavar="[DATEI]", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def plan_of_wave(wave_id: str, file: Path | None) -> int:
    """Den Veröffentlichungsplan einer Welle zeigen oder durch eine Datei ersetzen.

    Darin stehen Schwellen, Gruppen, Gewichte und was besonders geschützt ist. Geprüft wird er am Fragebogen und am
    Landkreis; bei Problemen bleibt der bisherige.
    """
    own = open_services()
    found = waves_store.get_wave(own.store, wave_id)
    if file is None:
        click.echo(write_plan(plan_of(found)), nl=False)
        return 0
    problems = _replace(own, found, file)
    for problem in problems:
        click.echo(str(problem), err=True)
    if not problems:
        click.echo("Der Plan gilt für alle Ergebnisstände, die jetzt noch entstehen.")
    return REFUSED if problems else 0


def _replace(own: Services, found: Wave, file: Path) -> Sequence[Problem]:
    unread = read_source(file).problems
    return unread or replace_plan(own, found, file.read_text("utf-8-sig"), file.name)


@wave.command("close")
@click.argument("wave_id", metavar="KÜRZEL")
def close_wave(wave_id: str) -> None:
    """Eine offene Welle jetzt schließen. Handys ohne Netz werden noch so lange angenommen wie geplant."""
    own = _require(wave_id, "close_now")
    waves_store.close_now(own.store, wave_id, own.clock())
    jobs.add_job(own.store, "maintain", wave_id, own.clock())
    click.echo("Die Welle ist geschlossen.")


@wave.command("finish")
@click.argument("wave_id", metavar="KÜRZEL")
@click.confirmation_option(
    "--yes", prompt="Danach ist kein Widerruf mehr möglich. Fortfahren?", help="Nicht nachfragen."
)
def finish_wave(wave_id: str) -> None:
    """Die Erfassung abschließen und anonymisieren lassen. Das lässt sich nicht rückgängig machen."""
    own = _require(wave_id, "end_entry")
    waves_store.end_entry(own.store, wave_id, own.clock())
    jobs.add_job(own.store, "anonymise", wave_id, own.clock())
    click.echo("Die Erfassung ist abgeschlossen, das Anonymisieren ist vorgemerkt.")


@wave.command("door")
@click.argument("wave_id", metavar="KÜRZEL")
@click.argument("door_id", metavar="ZUGANG")
@click.option("--name", required=True, metavar="TEXT", help="Name, etwa „Kita Löwenzahn, Eingang“.")
@click.option("--kind", required=True, metavar="ART", help="Art, etwa Kita, Schule, Praxis.")
def add_door(wave_id: str, door_id: str, name: str, kind: str) -> None:
    """Einen Zugang anlegen, zum Beispiel für ein Plakat."""
    from survey.fieldwork.create import WAVE_ID

    if not WAVE_ID.fullmatch(door_id):
        raise NotNow("Der Zugang darf nur kleine Buchstaben, Ziffern und Bindestriche enthalten.")
    waves_store.add_door(open_services().store, Door(wave_id, door_id, name, kind))
    click.echo(f"/b/{wave_id}?z={door_id}")


@wave.command("codes")
@click.argument("wave_id", metavar="KÜRZEL")
@click.argument("number", metavar="ANZAHL", type=click.IntRange(1, 100_000))
def make_codes(wave_id: str, number: int) -> None:
    """Einmal-Codes für Briefe erzeugen. Nur jetzt sind sie lesbar; gespeichert wird ein Prüfwert."""
    own = open_services()
    found = waves_store.get_wave(own.store, wave_id)
    if not found.code_required:
        raise NotNow("Diese Welle ist ohne Code offen. Codes gibt es nur bei Wellen, die sie verlangen.")
    if state(found, own.clock()) not in {"planned", "open"}:
        raise NotNow("Für diese Welle können keine Codes mehr erzeugt werden: Sie ist zu Ende.")
    for code in codes.make_codes(own.store, wave_id, number):
        click.echo(code)


def _require(wave_id: str, action: Action) -> Services:
    own = open_services()
    current = state(waves_store.get_wave(own.store, wave_id), own.clock())
    if not allowed(current, action):
        raise NotNow(f"Die Welle hat den Stand „{STATE_NAMES[current]}“. Dieser Schritt passt dazu nicht.")
    return own


def _version(own: Services, wanted: str) -> str:
    """Return the hash of a version named by its beginning, or of the only version of a questionnaire."""
    every = questionnaires.list_questionnaires(own.store)
    found = [v.hash for v in every if v.id == wanted or (len(wanted) >= 6 and v.hash.startswith(wanted))]
    if not found:
        raise NotFound(
            f"Den Fragebogen „{wanted}“ gibt es hier nicht. Was es gibt, zeigt: familienstimme questionnaire list"
        )
    if len(found) > 1:
        raise NotNow(f"Von „{wanted}“ gibt es {len(found)} Fassungen. Bitte nennen Sie den Anfang einer Fassung.")
    return found[0]
