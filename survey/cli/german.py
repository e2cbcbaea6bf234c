"""Click in German: headings, usage, and what is wrong with a call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import click

HEADINGS = {
    "Options": "Optionen",
    "Commands": "Befehle",
    "Positional arguments": "Angaben",
    "Arguments": "Angaben",
}
HELP = "Diese Hilfe zeigen."


class Formatter(click.HelpFormatter):
    """Writes headings in German."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or "Aufruf: ")

    def write_dl(self, rows: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().write_dl([(name, _in_german(words)) for name, words in rows], *args, **kwargs)

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        with super().section(HEADINGS.get(name, name)):
            yield


def _in_german(words: str) -> str:
    return words.replace("[required]", "[nötig]").replace("[default: ", "[sonst: ")


class Context(click.Context):
    """Uses our formatter for help pages."""

    formatter_class = Formatter


class Command(click.Command):
    """A command with German help."""

    context_class = Context

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"options_metavar": "[OPTIONEN]"} | kwargs))

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = HELP
        return option


class Group(click.Group):
    """A group of commands with German help."""

    context_class = Context
    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        german: dict[str, Any] = {
            "options_metavar": "[OPTIONEN]",
            "subcommand_metavar": "BEFEHL …",
            "no_args_is_help": True,
        }
        super().__init__(*args, **(german | kwargs))

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = HELP
        return option


Group.group_class = Group


def explain_usage(error: click.UsageError) -> str:
    """Return what is wrong with a call, and where its help is."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error.ctx.get_help()
    path = error.ctx.command_path if error.ctx else "familienstimme"
    return f"{_what(error)}\nHilfe: {path} --help"


def _what(error: click.UsageError) -> str:
    match error:
        case click.MissingParameter():
            return f"Es fehlt: {_name(error.param)}."
        case click.NoSuchOption():
            near = f" Meinten Sie {', '.join(error.possibilities)}?" if error.possibilities else ""
            return f"Die Option {error.option_name} gibt es nicht.{near}"
        case click.BadParameter():
            return f"Diese Angabe passt nicht: {_name(error.param)}.{_allowed(error.param)}"
        case click.BadOptionUsage():
            return f"Zur Option {error.option_name} fehlt der Wert."
        case _ if "No such command" in error.message:
            return "Diesen Befehl gibt es nicht."
        case _ if "unexpected extra argument" in error.message:
            return "Das sind zu viele Angaben."
        case _:
            return "Dieser Aufruf ist nicht vollständig oder passt nicht zusammen."


def _name(param: click.Parameter | None) -> str:
    if param is None:
        return "eine Angabe"
    return param.opts[0] if isinstance(param, click.Option) else param.human_readable_name


def _allowed(param: click.Parameter | None) -> str:
    kind = param.type if param else None
    match kind:
        case click.Choice():
            return f" Möglich sind: {', '.join(map(str, kind.choices))}."
        case click.IntRange():
            return f" Möglich sind ganze Zahlen von {kind.min} bis {kind.max}."
        case click.DateTime():
            return " Gebraucht wird ein Datum wie 2027-05-04."
        case click.Path():
            return " Diese Datei oder diesen Ordner gibt es nicht."
        case _:
            return ""
