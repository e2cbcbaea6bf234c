"""What is wrong in a file, said so that its author can put it right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError

#: Raised where data do not have the form of one of our values; packages that know no pydantic catch it by this name.
Malformed = ValidationError

#: Where something stands in a file: keys and positions from the top, such as ``("pages", 0, "title", "de")``.
Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right. `code` is stable, `place` dotted; `line` is 0 where there is no file."""

    code: str
    place: str
    message: str
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Lines:
    """File and line of every place; texts of side files stand in files of their own."""

    file: str = ""
    at: Mapping[Place, tuple[str, int]] = field(default_factory=dict)

    def find(self, place: Place) -> tuple[str, int]:
        """Return file and line of a place, or of the nearest place around it that the file has.

        Parameters
        ----------
        place : tuple
            keys and positions from the top of the file

        Returns
        -------
        (str, int)
            file name as it was given, and line from 1; line 0 if nothing was read from a file
        """
        for end in range(len(place), -1, -1):
            if place[:end] in self.at:
                return self.at[place[:end]]
        return self.file, 0

    def problem(self, code: str, place: Place, message: str) -> Problem:
        """Return a problem at a place, with its file and line."""
        file, line = self.find(place)
        return Problem(code, ".".join(map(str, place)), message, file, line)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return each problem once, by file and line."""
    return tuple(sorted(set(problems), key=lambda p: (p.file, p.line, p.code, p.place, p.message)))
