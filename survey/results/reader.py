"""Reads a release folder, whole or not at all: every file must be the one its manifest names."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeVar

from questionnaires.handover import Finding, Manifest, Quote, RankRange, ReleaseTable, TableEntry
from survey.records import Release
from survey.results.tables import TableView, view_table

MANIFEST = "manifest.json"
FINDINGS = "findings.json"
RANKS = "ranks.json"
QUOTES = "quotes.json"
#: A release's tables take a few megabytes once read.
MAX_CACHED = 12

Fault = Literal["missing", "changed", "unreadable"]
#: (modified [ns], bytes) of each file: tells without reading whether anything was touched since.
Stamp = tuple[tuple[int, int], ...]

T = TypeVar("T")


class ReleaseDamaged(Exception):
    """A file of a release is missing, was changed, or is in a form this version cannot read."""

    def __init__(self, file: str, fault: Fault) -> None:
        self.file, self.fault = file, fault
        super().__init__(f"{file}: {fault}")


@dataclass(frozen=True, eq=False)
class Content:
    """A release as it was read and found whole."""

    folder: Path
    manifest: Manifest
    tables: Mapping[str, ReleaseTable]
    """in the order of the questionnaire"""
    findings: tuple[Finding, ...]
    ranks: tuple[RankRange, ...]
    stamp: Stamp
    quotes: tuple[Quote, ...] = ()

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Every file of the release, for the look whether anything was touched."""
        return tuple(_paths(self.folder, self.manifest))

    @cached_property
    def entries(self) -> Mapping[str, TableEntry]:
        """What the manifest says of each table."""
        return {entry.id: entry for entry in self.manifest.tables}

    @cached_property
    def views(self) -> Mapping[str, TableView]:
        """Tables as pages show them; made once, because writing numbers the German way takes time."""
        rules = self.manifest.plan.filters
        filters = {rule.id: rule.title for rule in rules}
        # Schools have sheets of their own: no page puts them beside each other.
        apart = frozenset(rule.id for rule in rules if rule.kind_of_doors)
        return {table.id: view_table(table, filters, apart) for table in self.tables.values()}

    @cached_property
    def district_ranks(self) -> Mapping[str, str]:
        """Row of the table of needs → „1“ or „2–4“ in the district."""
        about = self.headline.district.columns[0].id if self.headline else ""
        found = (rank for rank in self.ranks if rank.table == self.manifest.headline_table and rank.group == about)
        return {r.row: str(r.best) if r.best == r.worst else f"{r.best}–{r.worst}" for r in found}

    @cached_property
    def headline(self) -> TableView | None:
        """The table of needs."""
        return self.views.get(self.manifest.headline_table or "")

    def has(self, file: str) -> bool:
        """Say whether the release holds this file."""
        return file in self.manifest.files

    def read(self, file: str) -> bytes:
        """Return a file the manifest names; raises ReleaseDamaged if it is no longer the same."""
        return _read(self.folder, file, self.manifest.files[file])


_cache: OrderedDict[tuple[Path, str], Content] = OrderedDict()
_lock = threading.Lock()


def read_release(releases: Path, release: Release) -> Content:
    """Return the release, from memory if none of its files was touched since it was read."""
    folder = releases / release.wave_id / str(release.number)
    key = folder, release.manifest_sha256
    known = _cache.get(key)
    if known is not None and _stamp(folder, known.paths) == known.stamp:
        return known
    content = _load(folder, release.manifest_sha256)
    with _lock:
        _cache[key] = content
        _cache.move_to_end(key)
        while len(_cache) > MAX_CACHED:
            _cache.popitem(last=False)
    return content


def _load(folder: Path, sha256: str) -> Content:
    manifest = _parse(_read(folder, MANIFEST, sha256), MANIFEST, Manifest.model_validate_json)
    stamp = _stamp(folder, _paths(folder, manifest))
    texts = {file: _read(folder, file, digest) for file, digest in manifest.files.items()}

    def parse(file: str, read: Callable[[bytes], T]) -> T:
        if file not in texts:
            raise ReleaseDamaged(file, "missing")
        return _parse(texts[file], file, read)

    tables = {entry.id: parse(f"tables/{entry.id}.json", ReleaseTable.model_validate_json) for entry in manifest.tables}
    quotes = parse(QUOTES, _quotes) if QUOTES in texts else ()
    return Content(folder, manifest, tables, parse(FINDINGS, _findings), parse(RANKS, _ranks), stamp, quotes)


def _findings(text: bytes) -> tuple[Finding, ...]:
    return tuple(Finding.model_validate(value) for value in json.loads(text))


def _ranks(text: bytes) -> tuple[RankRange, ...]:
    return tuple(RankRange.model_validate(value) for value in json.loads(text))


def _quotes(text: bytes) -> tuple[Quote, ...]:
    return tuple(Quote.model_validate(value) for value in json.loads(text))


def _parse(text: bytes, file: str, read: Callable[[bytes], T]) -> T:
    try:
        return read(text)
    except (ValueError, TypeError) as error:  # no JSON, or not the JSON this version knows
        raise ReleaseDamaged(file, "unreadable") from error


def _read(folder: Path, file: str, sha256: str) -> bytes:
    path = (folder / file).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ReleaseDamaged(file, "unreadable")
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ReleaseDamaged(file, "missing") from error
    if hashlib.sha256(text).hexdigest() != sha256:
        raise ReleaseDamaged(file, "changed")
    return text


def _paths(folder: Path, manifest: Manifest) -> Iterator[str]:
    return (os.path.join(folder, file) for file in (MANIFEST, *manifest.files))  # noqa: PTH118  a tenth of Path's time


def _stamp(folder: Path, paths: Iterable[str]) -> Stamp:
    found = []
    for path in paths:
        try:
            status = os.stat(path)  # noqa: PTH116  same
        except OSError as error:
            raise ReleaseDamaged(Path(path).relative_to(folder).as_posix(), "missing") from error
        found.append((status.st_mtime_ns, status.st_size))
    return tuple(found)
