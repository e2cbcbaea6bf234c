"""What was typed into a form of the desk, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

_WHOLE = re.compile(r"[0-9]{1,7}|[0-9]{1,3}(?:[.\s][0-9]{3}){1,2}")


@dataclass
class Typed:
    """Values of a form by field name. It collects problems, so that all are told at once."""

    values: Mapping[str, str]
    errors: list[tuple[str, str]] = field(default_factory=list)
    """(field name or „“, German sentence)"""

    def value(self, name: str) -> str:
        """Return what was typed, to be shown again."""
        return self.values.get(name, "")

    def error(self, name: str) -> str | None:
        """Return the first problem of a field."""
        return next((message for at, message in self.errors if at == name), None)

    def refuse(self, name: str, message: str) -> None:
        """Note a problem."""
        self.errors.append((name, message))

    def text(self, name: str, what: str, longest: int = 200) -> str:
        """Return a text that must not be empty."""
        text = " ".join(self.value(name).split())
        if not text:
            self.refuse(name, f"Bitte ausfüllen: {what}.")
        elif len(text) > longest:
            self.refuse(name, f"{what}: höchstens {longest} Zeichen, es sind {len(text)}.")
        return text

    def lines(self, name: str, what: str, longest: int = 4000) -> str:
        """Return a text of several lines that may be empty."""
        text = self.value(name).replace("\r\n", "\n").strip()
        if len(text) > longest:
            self.refuse(name, f"{what}: höchstens {longest} Zeichen, es sind {len(text)}.")
        return text

    def whole(self, name: str, what: str) -> int:
        """Return a number that is not negative; people and spreadsheets also write 1.250 and 1 250."""
        text = " ".join(self.value(name).split())
        if not _WHOLE.fullmatch(text):
            self.refuse(name, f"{what}: Bitte eine ganze Zahl wie 1.250 eingeben.")
            return 0
        return int("".join(filter(str.isdecimal, text)))

    def day(self, name: str, what: str) -> date | None:
        """Return a date; browsers send 2026-05-04, people without a date field also type 4.5.2026."""
        text = self.value(name).strip()
        try:
            if "." in text:
                day, month, year = (int(part) for part in text.split("."))
                return date(year, month, day)
            return date.fromisoformat(text)
        except ValueError:
            self.refuse(name, f"{what}: Bitte ein Datum wie 04.05.2026 eingeben.")
            return None

    def one_of(self, name: str, what: str, allowed: set[str]) -> str:
        """Return a choice."""
        if self.value(name) not in allowed:
            self.refuse(name, f"Bitte auswählen: {what}.")
        return self.value(name)
