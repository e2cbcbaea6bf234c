"""Questionnaires and districts: check files, load them, list what is there."""

from __future__ import annotations

from pathlib import Path

import click

from questionnaires.check import check_path
from questionnaires.model import Questionnaire, text_in
from questionnaires.problems import Problem
from questionnaires.read import read_district, read_questionnaire
from questionnaires.region import District
from questionnaires.rules_plan import check_plan_file
from survey.boundaries import read_boundaries
from survey.cli import REFUSED, cli
from survey.cli.shared import columns, open_services
from survey.errors import SurveyError
from survey.records import Outlines
from survey.store import districts, outlines, questionnaires

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class FileBroken(SurveyError):
    """A file has problems; each with file and line."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


@cli.command()
@click.argument("files", metavar="DATEI…", nargs=-1, required=True, type=FILE)
@click.option("--questionnaire", "asked", type=FILE, metavar="DATEI", help="Fragebogen, zu dem ein Plan passen soll.")
@click.option("--district", "where", type=FILE, metavar="DATEI", help="Landkreis, zu dem ein Plan passen soll.")
def check(files: tuple[Path, ...], asked: Path | None, where: Path | None) -> int:
    """Fragebögen, Übersetzungen, Landkreise und Pläne prüfen. Jedes Problem steht mit Datei und Zeile da.

    Ein Veröffentlichungsplan wird mit --questionnaire und --district auch daran geprüft, ob es alles gibt, was er
    nennt. Endet mit 1, wenn etwas zu tun ist.
    """
    if (asked is None) != (where is None):
        raise click.UsageError("Bitte --questionnaire und --district zusammen angeben.")
    problems = [problem for file in files for problem in check_path(file)]
    if asked is not None and where is not None:
        problems += [problem for file in files for problem in check_plan_file(file, asked, where)]
    for problem in problems:
        click.echo(str(problem))
    if not problems:
        click.echo(f"In Ordnung: {', '.join(str(file) for file in files)}", err=True)
    return REFUSED if problems else 0


@cli.group()
def questionnaire() -> None:
    """Fragebögen laden und auflisten."""


@questionnaire.command("load")
@click.argument("file", metavar="DATEI", type=FILE)
def load_questionnaire(file: Path) -> None:
    """Einen Fragebogen prüfen und als neue Fassung aufnehmen. Frühere Fassungen bleiben."""
    found = read_questionnaire(file)
    problems = check_path(file)
    if problems or not isinstance(found, Questionnaire):
        raise FileBroken(problems)
    digest = questionnaires.save_questionnaire(open_services().store, found)
    click.echo(f"Aufgenommen: {found.id}, Fassung {digest[:8]}")


@questionnaire.command("list")
def list_questionnaires() -> None:
    """Alle Fassungen auflisten."""
    found = questionnaires.list_questionnaires(open_services().store)
    columns([(q.id, q.hash[:8], text_in(q.title, "de")[0], ", ".join(q.languages)) for q in found])


@cli.group()
def district() -> None:
    """Landkreise laden und auflisten."""


@district.command("load")
@click.argument("file", metavar="DATEI", type=FILE)
def load_district(file: Path) -> None:
    """Einen Landkreis mit Gemeinden und Sozialräumen aufnehmen oder ersetzen. Seine Angaben bleiben."""
    found = read_district(file)
    problems = check_path(file)
    if problems or not isinstance(found, District):
        raise FileBroken(problems)
    districts.save_district(open_services().store, found)
    click.echo(f"Aufgenommen: {found.name} mit {len(found.areas)} Sozialräumen")


@district.command("boundaries")
@click.argument("name", metavar="LANDKREIS")
@click.argument("file", metavar="DATEI", type=FILE)
@click.option("--source", metavar="TEXT", required=True, help="Wer die Grenzen gemacht hat; steht unter jeder Karte.")
def load_boundaries(name: str, file: Path, source: str) -> None:
    """Grenzen der Gemeinden (GeoJSON, EPSG:4326, mit AGS) aufnehmen und zu Sozialräumen vereinen, für die Karte."""
    store = open_services().store
    found = read_boundaries(file.read_bytes(), str(file), districts.get_district(store, name), source)
    if not isinstance(found, Outlines):
        raise FileBroken(found)
    outlines.save_outlines(store, name, found)
    click.echo(f"Aufgenommen: Grenzen von {len(found.shapes)} Sozialräumen")


@district.command("list")
def list_districts() -> None:
    """Alle Landkreise auflisten, mit der Zahl der Angaben, die noch fehlen."""
    store = open_services().store
    rows = []
    for found in districts.list_districts(store):
        missing = len(districts.empty_notices(districts.get_notices(store, found.id)))
        rows.append((found.id, found.name, f"{missing} Angaben fehlen" if missing else "Angaben vollständig"))
    columns(rows)
