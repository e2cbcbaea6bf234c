"""The command `familienstimme`: everything an operator does, with German help and without tracebacks."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

import click

from survey.cli.german import Group, explain_usage
from survey.errors import SurveyError, log_safely
from survey.settings import SettingsError

#: 0 done · 1 refused, or problems found · 2 wrongly called · 3 wrong settings · 4 no database · 70 our own bug
REFUSED, MISCALLED, MISCONFIGURED, NO_DATABASE, BUG = 1, 2, 3, 4, 70


@click.group(
    cls=Group,
    help="Familienstimme: Befragungen von Familien und jungen Menschen im Landkreis.",
    epilog="Einstellungen stehen in Umgebungsvariablen, die mit FAMILIENSTIMME_ beginnen, und in PORT.",
)
def cli() -> None:
    """Nothing happens before a command is named."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and end with its exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    try:
        code = cli.main(arguments, prog_name="familienstimme", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.UsageError as error:
        return _refuse(explain_usage(error), MISCALLED)
    except (click.Abort, KeyboardInterrupt):
        return _refuse("Abgebrochen. Es wurde nichts verändert.", REFUSED)
    except SettingsError as error:
        return _refuse(
            "Einige Einstellungen stimmen nicht:\n" + "\n".join(f"  {p}" for p in error.problems),
            MISCONFIGURED,
        )
    except SurveyError as error:
        return _refuse(str(error), REFUSED)
    except OSError as error:
        name = f" ({error.filename})" if error.filename else ""
        return _refuse(f"Eine Datei oder ein Ordner lässt sich nicht lesen oder schreiben{name}.", REFUSED)
    except Exception as error:  # noqa: BLE001  whatever it is, its text may hold what nobody should read in a terminal
        if type(error).__name__ == "OperationalError":
            return _refuse("Die Datenbank ist nicht erreichbar. Stimmt FAMILIENSTIMME_DATABASE_URL?", NO_DATABASE)
        return _refuse(f"In unserem Programm ist ein Fehler. Kennzeichen: {log_safely(error, 'cli')}", BUG)


def _refuse(message: str, code: int) -> int:
    click.echo(message, err=True)
    return code


from survey.cli import accounts, basedata, content, operate, results, waves  # noqa: E402, F401  # register their commands
