"""Base data of a district."""

from __future__ import annotations

from pathlib import Path

import click

from survey.basedata import BaseData, read_basedata
from survey.cli import cli
from survey.cli.content import FILE, FileBroken
from survey.cli.shared import open_services
from survey.store import basedata, districts


@cli.command("basedata")
@click.argument("name", metavar="LANDKREIS")
@click.argument("file", metavar="DATEI", type=FILE)
def load_basedata(name: str, file: Path) -> None:
    """Basisdaten (CSV: Indikator; Sozialraum; Jahr; Wert; Einheit; Quelle) für die Sozialraumprofile aufnehmen.

    Die Datei ersetzt alle Basisdaten des Landkreises.
    """
    store = open_services().store
    found = read_basedata(file.read_bytes(), str(file), districts.get_district(store, name))
    if not isinstance(found, BaseData):
        raise FileBroken(found)
    basedata.save_basedata(store, name, found)
    click.echo(f"Aufgenommen: {len(found.figures)} Zahlen zu {len(found.indicators)} Indikatoren")
