"""The Sozialräume and Großräume of a release, as its tables name them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from questionnaires.handover import Cell, Group, ReleaseTable
from survey.errors import NotFound
from survey.results.reader import Content

DISTRICT = "kreis"
READABLE = frozenset({"number", "uncertain", "words"})


@dataclass(frozen=True)
class Places:
    """The spatial groups of a release, each once, in the order of its tables."""

    district: Group
    zones: tuple[Group, ...]
    areas: tuple[Group, ...]

    def find(self, name: str) -> Group | None:
        """Return the group with this id, or the one this Sozialraum was joined into."""
        every = (self.district, *self.zones, *self.areas)
        exact = next((group for group in every if group.id == name), None)
        return exact or next((group for group in self.areas if name in group.areas), None)

    def get_area(self, name: str) -> Group:
        """Return a Sozialraum, joined or not."""
        found = self.find(name)
        if found is None or found.level != "area":
            raise NotFound("Diesen Sozialraum gibt es in diesem Ergebnisstand nicht.")
        return found

    def zone_of(self, area: Group) -> Group | None:
        """Return the Großraum around a Sozialraum."""
        inside = set(area.areas)
        return next((zone for zone in self.zones if inside and inside <= set(zone.areas)), None)

    def levels(self, area: Group) -> tuple[Group, ...]:
        """Return a Sozialraum and what may stand for it: its Großraum, the district."""
        zone = self.zone_of(area)
        return (area, zone, self.district) if zone else (area, self.district)


_known: WeakKeyDictionary[Content, Places] = WeakKeyDictionary()


def places_of(content: Content) -> Places:
    """Return the spatial groups of a release; a release without tables has only the district."""
    if content not in _known:
        _known[content] = _collect(content)
    return _known[content]


def _collect(content: Content) -> Places:
    found: dict[str, Group] = {}
    for table in content.tables.values():
        for group in table.groups:
            if group.level != "filter":
                found.setdefault(group.id, group)
    every = found.values()
    district = next((group for group in every if group.level == "district"), None)
    return Places(
        district or Group(id=DISTRICT, label=content.manifest.district, level="district"),
        tuple(group for group in every if group.level == "zone"),
        tuple(group for group in every if group.level == "area"),
    )


def position(table: ReleaseTable, group_id: str) -> int | None:
    """Return the column of a group, None if the table has none."""
    return next((j for j, group in enumerate(table.groups) if group.id == group_id), None)


def column(table: ReleaseTable, group_id: str) -> Mapping[str, Cell]:
    """Return row id → cell of a group; nothing if the table has no such group."""
    j = position(table, group_id)
    return {} if j is None else {row.id: cells[j] for row, cells in zip(table.rows, table.cells, strict=True)}


def carrying(table: ReleaseTable, levels: tuple[Group, ...]) -> Iterator[Group]:
    """Yield the groups of which a table says something, in the order given."""
    for group in levels:
        if any(cell.state in READABLE for cell in column(table, group.id).values()):
            yield group
