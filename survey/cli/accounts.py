"""Accounts of staff."""

from __future__ import annotations

import sys
from typing import get_args

import click

from survey.cli import cli
from survey.cli.shared import columns, open_services
from survey.errors import ROLE_NAMES, SurveyError
from survey.records import Role, User
from survey.security import LONGEST_PASSWORD, SHORTEST_PASSWORD, hash_password
from survey.store import users

ROLES = click.Choice(get_args(Role))


class PasswordUnsuitable(SurveyError):
    """Too short, or longer than the login reads."""

    def __init__(self) -> None:
        super().__init__(
            f"Das Passwort passt nicht. Gebraucht werden mindestens {SHORTEST_PASSWORD} Zeichen, etwa vier Wörter."
            f" Mehr als {LONGEST_PASSWORD} geht nicht."
        )


class NameUnsuitable(SurveyError):
    """A name somebody must be able to type and read aloud."""

    def __init__(self) -> None:
        super().__init__("Der Name braucht 2 bis 80 Zeichen und keine Leerzeichen am Rand.")


@cli.group()
def user() -> None:
    """Konten für Beschäftigte anlegen und verwalten."""


@user.command("add")
@click.argument("name", metavar="NAME")
@click.option("--role", "roles", type=ROLES, multiple=True, required=True, help=(
    "Aufgabe: coordinator (Koordination), planner (Planung), administrator (Verwaltung), reviewer (Lesen eigener "
    "Worte). Mehrfach möglich."
))  # fmt: skip
def add_user(name: str, roles: tuple[Role, ...]) -> None:
    """Ein Konto anlegen. Das Passwort wird abgefragt oder von der Standardeingabe gelesen."""
    if not 2 <= len(name.strip()) == len(name) <= 80:
        raise NameUnsuitable
    own = open_services()
    users.add_user(own.store, User(name, hash_password(_ask_password()), frozenset(roles)))
    click.echo(f"Das Konto „{name}“ ist angelegt.")


@user.command("list")
def list_users() -> None:
    """Alle Konten auflisten."""
    own = open_services()
    rows = []
    for found in users.list_users(own.store):
        names = ", ".join(sorted(ROLE_NAMES[role] for role in found.roles))
        locked = found.locked_until is not None and found.locked_until > own.clock()
        marks = [mark for mark, on in (("gesperrt", locked), ("Vorführung", found.demo)) if on]
        rows.append((found.name, names, ", ".join(marks)))
    columns(rows)


@user.command("password")
@click.argument("name", metavar="NAME")
def set_password(name: str) -> None:
    """Ein neues Passwort setzen. Die Person wird überall abgemeldet, eine Sperre endet."""
    own = open_services()
    users.get_user(own.store, name)
    users.set_password(own.store, name, hash_password(_ask_password()))
    click.echo(f"Das Passwort von „{name}“ ist geändert.")


@user.command("unlock")
@click.argument("name", metavar="NAME")
def unlock(name: str) -> None:
    """Eine Sperre nach Fehlversuchen aufheben."""
    own = open_services()
    users.note_login(own.store, name)
    click.echo(f"„{name}“ kann sich wieder anmelden.")


@user.command("remove")
@click.argument("name", metavar="NAME")
def remove_user(name: str) -> None:
    """Ein Konto löschen. Wer damit angemeldet ist, wird abgemeldet."""
    users.delete_user(open_services().store, name)
    click.echo(f"Das Konto „{name}“ ist gelöscht.")


def _ask_password() -> str:
    if sys.stdin.isatty():
        password: str = click.prompt("Passwort", hide_input=True, confirmation_prompt="Passwort noch einmal")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise PasswordUnsuitable
    return password
