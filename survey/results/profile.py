"""One page per Sozialraum: what is known of it, what it said, at the level that carries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from questionnaires.handover import Group
from survey.basedata import WHOLE, BaseFigure
from survey.results import blueprint
from survey.results import profile_parts as parts
from survey.results.access import Shown, get_shown_below
from survey.results.derived import derived_of
from survey.results.frame import page_frame
from survey.results.places import places_of
from survey.services import services
from survey.store import basedata, districts
from survey.templating import number

MAX_BASE_LINES = 8


@dataclass(frozen=True)
class BaseLine:
    """An indicator with its value in each Sozialraum of the profile and in the district."""

    indicator: str
    unit: str
    year: int
    source: str
    values: tuple[str, ...]
    """as text; „–“ where the file has none"""
    whole: str


@blueprint.get("/ergebnisse/<wave_id>/sozialraeume")
def profiles(wave_id: str) -> ResponseReturnValue:
    """List the Sozialräume of a release, by Großraum."""
    shown = get_shown_below(wave_id)
    places = places_of(shown.content)
    inside = {zone.id: [area for area in places.areas if places.zone_of(area) == zone] for zone in places.zones}
    known = {area.id for found in inside.values() for area in found}
    other = [area for area in places.areas if area.id not in known]
    return render_template("results/profiles.html", **page_frame(shown), places=places, inside=inside, other=other)


@blueprint.get("/ergebnisse/<wave_id>/sozialraum/<area_id>")
def profile(wave_id: str, area_id: str) -> ResponseReturnValue:
    """Show one Sozialraum, joined with its neighbour where the release joined it."""
    shown = get_shown_below(wave_id)
    content, places, derived = shown.content, places_of(shown.content), derived_of(shown)
    area = places.get_area(area_id)
    if area.id != area_id:
        return redirect(url_for("results.profile", wave_id=wave_id, area_id=area.id), 302)
    levels = places.levels(area)
    return render_template(
        "results/profile.html", **page_frame(shown), area=area, zone=places.zone_of(area), areas=places.areas,
        answered=parts.answered(content.manifest, content, area), coverage=parts.coverage(derived, area),
        strengths=parts.strengths(content, levels), needs=parts.needs(content, levels),
        situations=parts.situations(derived, area, places.zone_of(area)), offers=parts.offers(derived, levels),
        differences=parts.differences(content, derived, area), changes=parts.changes(derived, levels),
        quotes=content.quotes[: parts.MAX_QUOTES], base=tuple(_base(shown, area)), names=_names(shown, area),
        shares=parts.SHARES, derived=derived,
    )  # fmt: skip


def _names(shown: Shown, area: Group) -> tuple[str, ...]:
    """Return the names of the Sozialräume inside, in the order of their ids."""
    district = districts.get_district(services().store, shown.wave.district_id)
    return tuple(district.area_by_id[name].name for name in _inside(area) if name in district.area_by_id)


def _inside(area: Group) -> tuple[str, ...]:
    return area.areas or (area.id,)


def _base(shown: Shown, area: Group) -> Iterator[BaseLine]:
    """Yield the newest base data; figures of a registers, shown as they were brought."""
    kept = basedata.find_basedata(services().store, shown.wave.district_id)
    inside = _inside(area)
    if kept is None:
        return
    for n, (indicator, found) in enumerate(kept.newest((*inside, WHOLE))):
        if n == MAX_BASE_LINES:
            return
        first = next(iter(found.values()))
        values = tuple(_written(found.get(name)) for name in inside)
        yield BaseLine(indicator, first.unit, first.year, first.source, values, _written(found.get(WHOLE)))


def _written(figure: BaseFigure | None) -> str:
    return "–" if figure is None else number(figure.value, figure.places)
