"""Running the installation: serve, work, tick, migrate, demo."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import click

from survey.cli import cli
from survey.cli.shared import open_services
from survey.settings import read_settings


@cli.command()
def serve() -> None:
    """Alles starten: Webserver und Auftragsdienst. Die Datenbank wird vorher auf den neuen Stand gebracht."""
    from survey.serve import serve as run_server

    signal.signal(signal.SIGTERM, _end)
    run_server(read_settings(), click.echo)


def _end(*_: object) -> None:
    raise SystemExit(0)


@cli.command()
@click.option("--once", is_flag=True, help="Nur erledigen, was jetzt wartet, dann enden.")
def work(once: bool) -> None:
    """Den Auftragsdienst allein starten. „serve“ startet ihn sonst selbst."""
    from survey.work import Worker

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    worker = Worker(open_services(), stop=stop)
    if once:
        click.echo(f"Erledigt: {worker.run_waiting()}")
    else:
        worker.run()


@cli.command()
def tick() -> None:
    """Erledigen, was nach Datum fällig ist. Der Auftragsdienst tut das jede Minute.

    Gezählt wird jede Nacht, anonymisiert nach dem Ende der Erfassung, gelöscht nach der Aufbewahrung.
    """
    from survey.tick import tick as do_tick

    own = open_services()
    for sentence in do_tick(own, own.clock()) or ["Nichts ist fällig."]:
        click.echo(sentence)


@cli.command()
def migrate() -> None:
    """Die Datenbank anlegen oder auf den neuen Stand bringen. Daten bleiben erhalten."""
    open_services()
    click.echo("Die Datenbank ist auf dem neuen Stand.")


@cli.command()
@click.argument("folder", metavar="ORDNER", type=click.Path(path_type=Path))
def backup(folder: Path) -> None:
    """Alles sichern, auch während der Server läuft: Datenbank, Ergebnisstände, Schlüssel.

    Der Ordner ist danach wie der Datenordner aufgebaut. Zurückspielen: Server anhalten, den Datenordner weglegen, die
    Sicherung an seine Stelle kopieren, Server starten. Einzelne Dateien zu kopieren genügt nicht, solange der Server
    läuft. Während einer Befragung höchstens einen Tag aufheben: Was Familien widerrufen, steht noch darin.
    """
    from survey.backup import back_up

    back_up(read_settings(), folder)
    click.echo(f"Gesichert in „{folder}“.")


@cli.command()
def demo() -> None:
    """Die Vorführung einrichten. Was schon da ist, bleibt.

    Dazu gehören Landkreise, Fragebögen, simulierte Wellen mit Ergebnissen und Konten mit bekannten Passwörtern.
    """
    from survey.demo import seed_demo
    from survey.work import work_off

    own = open_services()
    seed_demo(own.store, own.clock(), work=lambda: work_off(own), say=click.echo)
    click.echo("Die Vorführung ist eingerichtet. Weiter mit: familienstimme serve")
