"""The extract: what leaves the store once a wave is anonymised, as in :mod:`questionnaires.handover`."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from questionnaires.codebook import ThemeBook
from questionnaires.flow import roster, visible
from questionnaires.handover import (
    CHILD_COLUMNS,
    FRAME_COLUMNS,
    TEXT_COLUMNS,
    Codebook,
    Column,
    DoorReturns,
    ExtractDistrict,
    Fieldwork,
    child_columns_of,
    columns_of,
)
from questionnaires.model import MISSING_CODES, Questionnaire, Value, choices
from questionnaires.plan import CountedDoor, with_doors
from survey.cells import harmless
from survey.errors import NotNow
from survey.own_words import SMALLEST_GROUP, themes_of
from survey.plans import plan_of
from survey.records import StoredResponse, Wave
from survey.store import Store
from survey.store.anonymise import KIND_PREFIX
from survey.store.districts import get_district
from survey.store.questionnaires import get_questionnaire
from survey.store.responses import read_responses
from survey.store.revisions import list_revisions
from survey.store.texts import fixed_at, get_themes, list_texts, make_sure
from survey.store.waves import list_doors
from survey.waves import last_day_of

NO_ANSWER, NOT_ASKED = MISSING_CODES["no_answer"], MISSING_CODES["not_asked"]

_FILES = ("responses.csv", "children.csv", "texts.csv", "fieldwork.json", "codebook.json")
_MERGED_DOOR = "weitere Zugänge"


class NotAnonymised(NotNow):
    """An extract exists only once nothing links answers to families any more."""

    def __init__(self, wave_id: str, title: str) -> None:
        self.wave_id, self.title = wave_id, title
        super().__init__(f"Einen Auszug von „{title}“ gibt es erst, wenn die Antworten anonymisiert sind.")


class AnswersDeleted(NotNow):
    """The wave is archived: its releases stay, the answers are gone."""

    def __init__(self, wave_id: str, title: str) -> None:
        self.wave_id, self.title = wave_id, title
        super().__init__(
            f"Die einzelnen Antworten von „{title}“ sind gelöscht, weil ihre Aufbewahrung endete. "
            "Die Ergebnisse sind noch da."
        )


def write_extract(store: Store, wave: Wave, folder: Path) -> int:
    """Write the extract of an anonymised wave into a folder, row by row, and return the number of responses.

    The codebook is written last: an extract without it is one that was interrupted.
    """
    if wave.archived_at is not None:
        raise AnswersDeleted(wave.id, wave.title)
    if wave.anonymised_at is None:
        raise NotAnonymised(wave.id, wave.title)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    make_sure(store, wave)
    for name in _FILES:
        (folder / name).unlink(missing_ok=True)
    asked = get_questionnaire(store, wave.questionnaire_hash)
    returns = _write_rows(store, wave, asked, folder)
    _write_texts(store, wave, folder)
    _write_json(folder / "fieldwork.json", _fieldwork(store, wave, returns))
    _write_json(folder / "codebook.json", _codebook(store, wave, asked))
    return sum(returns.values())


def _write_rows(store: Store, wave: Wave, asked: Questionnaire, folder: Path) -> dict[str, int]:
    """Write all rows; return how many responses came through each door."""
    columns = _Columns(columns_of(asked), child_columns_of(asked))
    versions: dict[str, _Version] = {}
    returns: dict[str, int] = {}
    with ExitStack() as files:
        write_row = _table(files, folder / "responses.csv", FRAME_COLUMNS, columns.of_response)
        write_child = None
        if asked.repeating is not None:
            write_child = _table(files, folder / "children.csv", CHILD_COLUMNS, columns.of_child)
        for response in read_responses(store, wave.id):
            version = versions.get(response.questionnaire_hash)
            if version is None:
                found = get_questionnaire(store, response.questionnaire_hash)
                version = versions[response.questionnaire_hash] = _Version(found, columns)
            write_row([*_frame(response), *version.values(response)])
            if write_child is not None:
                for child in version.children(response):
                    write_child(child)
            returns[response.door] = returns.get(response.door, 0) + 1
    return returns


def _write_texts(store: Store, wave: Wave, folder: Path) -> None:
    """Write themes and released quotes; what nobody released does not leave the store."""
    book = _themes(store, wave)
    texts = sorted(list_texts(store, wave.id), key=lambda text: text.id)
    languages = Counter((text.question, text.language) for text in texts)
    with ExitStack() as files:
        write = _table(files, folder / "texts.csv", TEXT_COLUMNS)
        for text in texts:
            told = languages[text.question, text.language] >= SMALLEST_GROUP
            counted = bool(book.themes) and text.decision != "unused"
            quote = text.version if text.decision == "quote" and text.marked_at is None else ""
            write([
                text.id, text.question, text.language if told else "", text.zone, int(counted),
                " ".join(themes_of(text, book)) if counted else "",
                harmless(quote), harmless(text.translation) if quote else "",
            ])  # fmt: skip


def _themes(store: Store, wave: Wave) -> ThemeBook:
    """Return the themes that count; none before somebody fixed them."""
    return get_themes(store, wave.id) if fixed_at(store, wave.id) else ThemeBook(name="", themes=())


def _table(
    files: ExitStack, path: Path, frame: tuple[str, ...], columns: tuple[Column, ...] = ()
) -> Callable[[Iterable[Any]], Any]:
    """Begin a table with its header; return what writes a row."""
    writer = csv.writer(files.enter_context(_private(path)), lineterminator="\n")
    writer.writerow([*frame, *(column.name for column in columns)])
    return writer.writerow


@contextmanager
def _private(path: Path) -> Iterator[TextIOWrapper]:
    """Open a new file that only this account can read, whatever the umask."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        yield file


def _write_json(path: Path, value: Value) -> None:
    with _private(path) as file:
        file.write(value.model_dump_json(by_alias=True, indent=1))


def _frame(response: StoredResponse) -> list[str | int]:
    return [
        response.row, response.area, response.door, response.language, response.mode,
        int(response.late), int(response.doubtful),
    ]  # fmt: skip


# --- values -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Columns:
    of_response: tuple[Column, ...]
    of_child: tuple[Column, ...]


@dataclass(frozen=True)
class _Version:
    """How responses to one version of the questionnaire fill the columns of the version asked last."""

    questionnaire: Questionnaire
    columns: _Columns

    def values(self, response: StoredResponse) -> Iterator[int]:
        """Yield the value of every column of responses.csv."""
        shown = visible(self.questionnaire, response.answers, response.area)
        for column, value_of in self._readers:
            yield _value(value_of, column.question, shown, response.answers)

    def children(self, response: StoredResponse) -> Iterator[list[str | int]]:
        """Yield the rows of children.csv."""
        children = roster(self.questionnaire, response.answers, response.area)
        shown = visible(self.questionnaire, response.answers, response.area) if children else frozenset()
        for number, child in enumerate(children, start=1):
            own = (
                _value(value_of, f"{column.question}-{child.key}", shown, response.answers)
                for column, value_of in self._child_readers
            )
            yield [response.row, number, child.band, *own]

    @cached_property
    def _readers(self) -> list[tuple[Column, Callable[[Any], int] | None]]:
        return self._readers_of(self.columns.of_response, columns_of(self.questionnaire))

    @cached_property
    def _child_readers(self) -> list[tuple[Column, Callable[[Any], int] | None]]:
        return self._readers_of(self.columns.of_child, child_columns_of(self.questionnaire))

    def _readers_of(
        self, columns: tuple[Column, ...], own: tuple[Column, ...]
    ) -> list[tuple[Column, Callable[[Any], int] | None]]:
        """Return columns with how their value is read; None for a column this version did not have."""
        by_name = {column.name: column for column in own}
        return [
            (column, self._reader(column) if _same(by_name.get(column.name), column) else None) for column in columns
        ]

    def _reader(self, column: Column) -> Callable[[Any], int]:
        question = self.questionnaire.questions[column.question]
        missing = {o.code: MISSING_CODES[o.missing] for o in choices(question) if o.missing is not None}
        return _Reader(column, missing)


def _value(
    value_of: Callable[[Any], int] | None, name: str, shown: frozenset[str], answers: dict[str, Any]
) -> int:
    return NOT_ASKED if value_of is None or name not in shown else value_of(answers.get(name))


def _same(one: Column | None, other: Column) -> bool:
    return one is not None and (one.role, one.question, one.option, one.item) == (
        other.role, other.question, other.option, other.item,
    )  # fmt: skip


@dataclass(frozen=True)
class _Reader:
    """Reads the value of one column out of a question's answer."""

    column: Column
    missing: dict[int, int]
    """codes that stand for a missing value → how an extract writes it"""

    def __call__(self, answer: Any) -> int:
        """Return the value; `answer` is None where a question that was shown was left out."""
        role = self.column.role
        if role == "flag":
            return int(bool(answer))
        if answer is None:
            return NO_ANSWER
        if role in {"member", "rank"}:
            return self._chosen(answer)
        if role in {"step", "count"}:
            answer = answer.get(self.column.item)
        return NO_ANSWER if answer is None else self._valid(answer)

    def _chosen(self, codes: list[int]) -> int:
        for code in codes:
            if code in self.missing:
                return self.missing[code]
        if self.column.option not in codes:
            return 0
        return 1 if self.column.role == "member" else codes.index(self.column.option) + 1

    def _valid(self, value: int) -> int:
        if self.column.role in {"number", "count"}:
            return value
        if value in self.missing:
            return self.missing[value]
        # An option the last version no longer has: this answer fits none of those it offers.
        return value if value in self.column.codes else NO_ANSWER


# --- what goes with it ------------------------------------------------------------------------------------


def _codebook(store: Store, wave: Wave, asked: Questionnaire) -> Codebook:
    district = get_district(store, wave.district_id)
    return Codebook(
        questionnaire=asked,
        questionnaire_hash=asked.hash,
        district=ExtractDistrict(
            id=district.id,
            name=district.name,
            division=district.division,
            zones=district.zones,
            areas=district.areas,
            children=district.children,
            families_source=district.families_source,
        ),
        columns=columns_of(asked),
        child_columns=child_columns_of(asked),
        missing_codes=MISSING_CODES,
        themes=_themes(store, wave).themes,
    )


def _fieldwork(store: Store, wave: Wave, returns: dict[str, int]) -> Fieldwork:
    doors = tuple(_counted_doors(store, wave, returns))
    return Fieldwork(
        wave=wave.id,
        title=wave.title,
        opens_on=wave.opens_on,
        closes_on=last_day_of(wave),
        simulated=wave.simulated,
        anonymised=wave.anonymised_at is not None,
        n_responses=sum(returns.values()),
        doors=tuple(DoorReturns(kind=door.kind, name=door.name, returns=door.returns) for door in doors),
        plan=with_doors(plan_of(wave), doors),
        revisions=list_revisions(store, wave.id),
    )


def _counted_doors(store: Store, wave: Wave, returns: dict[str, int]) -> Iterator[CountedDoor]:
    doors = {door.id: door for door in list_doors(store, wave.id)}
    for name, n in sorted(returns.items()):
        if name in doors:
            yield CountedDoor(id=name, name=doors[name].name, kind=doors[name].kind, returns=n)
        elif name:
            kind = name.removeprefix(KIND_PREFIX)
            yield CountedDoor(id=name, name=_MERGED_DOOR, kind=kind, returns=n, named=False)
