"""Rules about districts and publication plans: one small function each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from questionnaires.messages import perhaps
from questionnaires.plan import PublicationPlan
from questionnaires.problems import Place
from questionnaires.region import District, is_phone
from questionnaires.rules import Found, repeated

DistrictRule: TypeAlias = Callable[[District], Found]
PlanRule: TypeAlias = Callable[[PublicationPlan], Found]

#: Fewest and most Großräume.
ZONES = (2, 4)


def duplicate_ids(district: District) -> Found:
    """Ids of Großräume, Sozialräume and sources."""
    for key, word in (("zones", "Großraum"), ("areas", "Sozialraum"), ("sources", "Quelle")):
        parts = getattr(district, key)
        for place, name in repeated(((key, i, "id"), part.id) for i, part in enumerate(parts)):
            yield place, f"Die Kennung „{name}“ ({word}) kommt schon vorher vor. Bitte anders nennen."


def duplicate_ags(district: District) -> Found:
    """Each municipality comes once."""
    keys = ((("municipalities", i, "ags"), m.ags) for i, m in enumerate(district.municipalities))
    for place, ags in repeated(keys):
        yield place, f"Der Gemeindeschlüssel {ags} kommt schon vorher vor. Bitte prüfen."


def foreign_ags(district: District) -> Found:
    """A municipality's key begins with its district's."""
    for i, municipality in enumerate(district.municipalities):
        if not municipality.ags.startswith(district.ags):
            message = f"Der Schlüssel {municipality.ags} ({municipality.name}) beginnt nicht mit {district.ags}"
            yield ("municipalities", i, "ags"), f"{message}, dem Schlüssel des Landkreises."


def unknown_ags(district: District) -> Found:
    """Localities lie in one of the municipalities."""
    known = {municipality.ags for municipality in district.municipalities}
    for i, locality in enumerate(district.localities):
        if locality.ags not in known:
            message = f"Die Gemeinde {locality.ags} von „{locality.name}“ fehlt unter „municipalities“."
            yield ("localities", i, "ags"), message


def number_of_zones(district: District) -> Found:
    """Two to four Großräume."""
    least, most = ZONES
    if not least <= len(district.zones) <= most:
        message = f"Ein Landkreis hat {least} bis {most} Großräume, hier sind es {len(district.zones)}."
        yield ("zones",), message


def unknown_zones(district: District) -> Found:
    """Each Sozialraum lies in a Großraum."""
    known = {zone.id for zone in district.zones}
    for i, area in enumerate(district.areas):
        if area.zone not in known:
            message = f"Den Großraum „{area.zone}“ gibt es nicht.{perhaps(area.zone, known)}"
            yield ("areas", i, "zone"), message


def empty_zones(district: District) -> Found:
    """A Großraum consists of Sozialräume."""
    used = {area.zone for area in district.areas}
    for i, zone in enumerate(district.zones):
        if zone.id not in used:
            yield ("zones", i), f"Zum Großraum „{zone.id}“ gehört kein Sozialraum."


def unknown_areas(district: District) -> Found:
    """Municipalities and localities lie in Sozialräume that exist."""
    for place, area in _areas_named(district):
        if area not in district.area_by_id:
            yield place, f"Den Sozialraum „{area}“ gibt es nicht.{perhaps(area, district.area_by_id)}"


def _areas_named(district: District) -> Iterator[tuple[Place, str]]:
    for i, municipality in enumerate(district.municipalities):
        if municipality.area:
            yield ("municipalities", i, "area"), municipality.area
    for i, locality in enumerate(district.localities):
        if locality.area is not None:
            yield ("localities", i, "area"), locality.area


def empty_areas(district: District) -> Found:
    """A Sozialraum without an Ort can never be chosen."""
    used = {area for _, area in _areas_named(district)}
    for i, area in enumerate(district.areas):
        if area.id not in used:
            yield ("areas", i), f"Im Sozialraum „{area.id}“ liegt keine Gemeinde und kein Ort."


def places_without_area(district: District) -> Found:
    """Where a municipality lies in several Sozialräume, each of its localities says in which it lies."""
    split = {m.ags: m.name for m in district.municipalities if not m.area}
    for i, municipality in enumerate(district.municipalities):
        if not municipality.area and all(x.ags != municipality.ags for x in district.localities):
            message = f"Die Gemeinde „{municipality.name}“ hat keinen Sozialraum und keine Ortsteile mit einem."
            yield ("municipalities", i, "area"), message
    for i, locality in enumerate(district.localities):
        if locality.ags in split and not locality.area:
            message = f"„{locality.name}“ braucht einen Sozialraum, denn {split[locality.ags]} hat mehrere."
            yield ("localities", i), message


def wrong_joins(district: District) -> Found:
    """A small Sozialraum joins another one that exists."""
    for i, area in enumerate(district.areas):
        if area.joins == area.id:
            yield (
                ("areas", i, "joins"),
                f"Der Sozialraum „{area.id}“ kann sich nicht mit sich selbst verbinden.",
            )
        elif area.joins is not None and area.joins not in district.area_by_id:
            hint = perhaps(area.joins, district.area_by_id)
            yield ("areas", i, "joins"), f"Den Sozialraum „{area.joins}“ gibt es nicht.{hint}"


def unknown_sources(district: District) -> Found:
    """Every figure names a source that is listed."""
    known = {source.id for source in district.sources}
    for key in ("areas", "municipalities", "localities", "children"):
        for i, part in enumerate(getattr(district, key)):
            if part.source and part.source not in known:
                hint = perhaps(part.source, known)
                yield (key, i, "source"), f"Die Quelle „{part.source}“ steht nicht unter „sources“.{hint}"


def wrong_child_counts(district: District) -> Found:
    """Age bands of known children do not end before they begin."""
    for i, count in enumerate(district.children):
        if count.from_age > count.to_age:
            message = f"Die Altersgruppe {count.from_age} bis {count.to_age} endet, bevor sie beginnt."
            yield ("children", i), message


def no_help(district: District) -> Found:
    """Families and young people each find somebody who helps now."""
    reached = {contact.audience for contact in district.help_contacts}
    for audience, word in (("parents", "Eltern"), ("young_people", "junge Menschen")):
        if not reached & {"everyone", audience}:
            yield (
                ("help_contacts",),
                f"Für {word} fehlt eine Stelle, die hilft. Bitte „help_contacts“ ergänzen.",
            )


def wrong_phones(district: District) -> Found:
    """A number people can dial."""
    for i, contact in enumerate(district.help_contacts):
        if not is_phone(contact.phone):
            yield ("help_contacts", i, "phone"), f"„{contact.phone}“ ist keine Telefonnummer."


# --- publication plans ---------------------------------------------------------------------------------


def overlapping_filters(plan: PublicationPlan) -> Found:
    """The groups of a filter share no code: otherwise subtracting them gives people away."""
    for i, one in enumerate(plan.filters):
        codes = (
            (("filters", i, "groups", j, "codes"), code) for j, group in enumerate(one.groups) for code in group.codes
        )
        for place, code in repeated(codes):
            yield place, f"Der Code {code} steht im Filter „{one.id}“ schon in einer anderen Gruppe."
        doors = (
            (("filters", i, "groups", j, "doors"), door) for j, group in enumerate(one.groups) for door in group.doors
        )
        for place, door in repeated(doors):
            yield place, f"Der Zugang „{door}“ steht im Filter „{one.id}“ schon in einer anderen Gruppe."


def duplicate_plan_ids(plan: PublicationPlan) -> Found:
    """Ids of filters and of their groups."""
    for place, name in repeated((("filters", i, "id"), one.id) for i, one in enumerate(plan.filters)):
        yield place, f"Den Filter „{name}“ gibt es schon. Bitte anders nennen."
    for i, one in enumerate(plan.filters):
        groups = ((("filters", i, "groups", j, "id"), group.id) for j, group in enumerate(one.groups))
        for place, name in repeated(groups):
            yield place, f"Die Gruppe „{name}“ gibt es im Filter „{one.id}“ schon. Bitte anders nennen."


def weaker_sensitive(plan: PublicationPlan) -> Found:
    """Sensitive items are protected at least as well as others."""
    if plan.k_sensitive < plan.k:
        message = f"„k_sensitive: {plan.k_sensitive}“ schützt schwächer als „k: {plan.k}“. Bitte erhöhen."
        yield ("k_sensitive",), message


def self_joins(plan: PublicationPlan) -> Found:
    """A Sozialraum joins another one."""
    for area, neighbour in plan.joins.items():
        if area == neighbour:
            yield ("joins", area), f"Der Sozialraum „{area}“ kann sich nicht mit sich selbst verbinden."
