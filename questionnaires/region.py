"""Districts, their Großräume and Sozialräume, and the places people know they live in."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from questionnaires.model import Value

Ags = Annotated[str, Field(pattern=r"^\d{8}$")]
"""official municipality key (Amtlicher Gemeindeschlüssel), eight digits; a string because of leading zeros"""
Postcode = Annotated[str, Field(pattern=r"^\d{5}$")]
Degrees = Annotated[float, Field(ge=-180, le=180)]

#: Answers to the place question that are no Sozialraum of the district.
ELSEWHERE, UNKNOWN_PLACE = "elsewhere", "unknown"


class Source(Value):
    """Where figures or names come from."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    text: str
    licence: str | None = None
    as_of: str | None = None


class Zone(Value):
    """A Großraum: two to four groups of Sozialräume, for figures that a Sozialraum cannot carry."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    name: str


class Area(Value):
    """A Sozialraum: the spatial unit results are published for."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    name: str
    zone: str
    provisional: bool = False
    """stands in for a division that is not published; called „vorläufig“ wherever it appears"""
    joins: str | None = None
    """the neighbouring Sozialraum it joins when too few answers come back"""
    source: str | None = None
    known_families: Annotated[int | None, Field(ge=0)] = None
    """families with children under 18, from the district's own register; None: not known"""
    known_children: Annotated[int | None, Field(ge=0)] = None


class Municipality(Value):
    """A Gemeinde with its official key."""

    ags: Ags
    name: str
    kind: str
    population: Annotated[int, Field(ge=0)]
    area: str
    """id of the Sozialraum; „“ where the municipality lies in several and only its Ortsteile decide"""
    postcodes: tuple[Postcode, ...] = ()
    at: tuple[Degrees, Degrees] | None = None
    """a point in it: longitude and latitude (EPSG:4326); for a rough map where no boundaries were imported"""
    source: str


class Locality(Value):
    """An Ort or Ortsteil below the municipality that people search for."""

    name: str
    ags: Ags
    area: str | None = None
    """only where it differs from the municipality's"""
    postcodes: tuple[Postcode, ...] = ()
    source: str


class ChildCount(Value):
    """Known number of children or young people of an age band in the whole district."""

    from_age: int
    to_age: int
    number: Annotated[int, Field(ge=0)]
    as_of: str
    source: str


class HelpContact(Value):
    """Who helps now; shown at the end and at sensitive pages."""

    name: str
    phone: str
    hours: str = ""
    audience: Literal["everyone", "parents", "young_people"] = "everyone"


class Place(Value):
    """One entry of the list from which people choose where they live.

    The list carries the Sozialraum with each Ort, so that a phone sends the Sozialraum and the Ort stays on the phone.
    """

    name: str
    municipality: str
    area: str

    @property
    def label(self) -> str:
        """Ortsteil with its municipality, or the municipality alone."""
        return self.name if self.name == self.municipality else f"{self.name} ({self.municipality})"


class District(Value):
    """A Landkreis: the tenant of an installation's surveys."""

    format: Literal["familienstimme-landkreis/1"] = "familienstimme-landkreis/1"
    id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    ags: Annotated[str, Field(pattern=r"^\d{5}$")]
    name: str
    division: str
    """one German sentence: which division this is and who decided it"""
    zones: Annotated[tuple[Zone, ...], Field(min_length=1)]
    areas: Annotated[tuple[Area, ...], Field(min_length=1)]
    municipalities: Annotated[tuple[Municipality, ...], Field(min_length=1)]
    localities: tuple[Locality, ...] = ()
    children: tuple[ChildCount, ...] = ()
    help_contacts: tuple[HelpContact, ...] = ()
    sources: tuple[Source, ...] = ()
    families_source: str | None = None
    """where `known_families` come from, and of which day; stands beside them in results"""

    @cached_property
    def area_by_id(self) -> dict[str, Area]:
        """Sozialräume by id."""
        return {area.id: area for area in self.areas}

    @cached_property
    def inhabitants(self) -> Mapping[str, int]:
        """People in the municipalities of each Sozialraum id; not where some Ortsteile belong to another one."""
        found = Counter[str]()
        for municipality in self.municipalities:
            found[municipality.area] += municipality.population
        home = {municipality.ags: municipality.area for municipality in self.municipalities}
        divided = {""} | {area for place in self.localities if place.area for area in (place.area, home[place.ags])}
        return {area: people for area, people in found.items() if area not in divided}

    @cached_property
    def zone_of(self) -> dict[str, str]:
        """Großraum id of each Sozialraum id."""
        return {area.id: area.zone for area in self.areas}

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """What people choose from, by municipality and then Ort, sorted as Germans sort names.

        An Ortsteil that shares its municipality's name is left out.
        """
        of_municipality = {m.ags: m for m in self.municipalities}
        found = [Place(name=m.name, municipality=m.name, area=m.area) for m in self.municipalities if m.area]
        for locality in self.localities:
            municipality = of_municipality[locality.ags]
            if locality.name != municipality.name or not municipality.area:
                area = locality.area or municipality.area
                found.append(Place(name=locality.name, municipality=municipality.name, area=area))
        return tuple(sorted(found, key=_place_order))


def _place_order(place: Place) -> tuple[str, bool, str]:
    return german_order(place.municipality), place.name != place.municipality, german_order(place.name)


def is_phone(text: str) -> bool:
    """Return whether this is a number people can dial: at least three digits, and what separates them."""
    return bool(re.fullmatch(r"\+?[0-9][0-9 /()-]*", text)) and sum(map(str.isdigit, text)) >= 3


def german_order(name: str) -> str:
    """Return the sort key of DIN 5007-1: ä like a, ß like ss, case ignored."""
    folded = name.casefold()
    return "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
