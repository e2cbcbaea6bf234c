"""Extracts and releases."""

from __future__ import annotations

from pathlib import Path

import click

from survey.cli import cli
from survey.cli.shared import columns, open_services
from survey.errors import NotNow
from survey.extract import write_extract
from survey.fieldwork.words import RELEASE_STATES
from survey.store import jobs, releases, waves
from survey.templating import instant
from survey.waves import allowed, state


@cli.command()
@click.argument("wave_id", metavar="KÜRZEL")
@click.argument("folder", metavar="ORDNER", type=click.Path(file_okay=False, path_type=Path))
def extract(wave_id: str, folder: Path) -> None:
    """Den Auszug einer anonymisierten Welle schreiben.

    Der Auszug enthält die einzelnen Antworten, das Codebuch und Angaben zur Feldarbeit.
    Er gehört nur der Person, die die Statistik verantwortet.
    """
    own = open_services()
    if folder.exists() and any(folder.iterdir()):
        raise NotNow(f"Der Ordner {folder} ist nicht leer. Bitte einen neuen nennen; überschrieben wird nichts.")
    n = write_extract(own.store, waves.get_wave(own.store, wave_id), folder)
    click.echo(f"{n} Bögen geschrieben nach {folder}")


@cli.group()
def release() -> None:
    """Ergebnisstände erstellen, veröffentlichen und zurückziehen."""


@release.command("list")
@click.argument("wave_id", metavar="KÜRZEL")
def list_releases(wave_id: str) -> None:
    """Die Ergebnisstände einer Welle auflisten."""
    own = open_services()
    waves.get_wave(own.store, wave_id)
    found = releases.list_releases(own.store, wave_id)
    columns([(str(r.number), RELEASE_STATES[r.state], instant(r.created_at), r.manifest_sha256[:12]) for r in found])


@release.command("make")
@click.argument("wave_id", metavar="KÜRZEL")
def make_release(wave_id: str) -> None:
    """Einen Ergebnisstand erstellen. Der Auftragsdienst rechnet, oder sofort „work --once“."""
    own = open_services()
    found = waves.get_wave(own.store, wave_id)
    if not allowed(state(found, own.clock()), "release"):
        raise NotNow("Ergebnisse gibt es, wenn die Welle anonymisiert ist, und nur solange ihre Antworten da sind.")
    click.echo(f"Auftrag {jobs.add_job(own.store, 'release', wave_id, own.clock())} ist vorgemerkt.")


@release.command("publish")
@click.argument("wave_id", metavar="KÜRZEL")
@click.argument("number", metavar="NUMMER", type=int)
def publish(wave_id: str, number: int) -> None:
    """Einen Ergebnisstand für alle sichtbar machen."""
    own = open_services()
    if releases.get_release(own.store, wave_id, number).state == "withdrawn":
        raise NotNow("Dieser Ergebnisstand ist zurückgezogen. Er kann nicht wieder veröffentlicht werden.")
    releases.publish(own.store, wave_id, number)
    click.echo(f"Ergebnisstand {number} ist öffentlich: /ergebnisse/{wave_id}")


@release.command("withdraw")
@click.argument("wave_id", metavar="KÜRZEL")
@click.argument("number", metavar="NUMMER", type=int)
def withdraw(wave_id: str, number: int) -> None:
    """Einen Ergebnisstand zurückziehen. Er bleibt im Verzeichnis, wird aber nicht mehr gezeigt."""
    releases.withdraw(open_services().store, wave_id, number)
    click.echo(f"Ergebnisstand {number} ist zurückgezogen.")
