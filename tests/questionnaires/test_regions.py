"""The districts that ship: complete, adding up, and honest about what is provisional."""

import csv
import json
from collections import Counter, defaultdict
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from questionnaires.read import read_district
from questionnaires.region import District

ROOT = Path(__file__).parents[2]
REGIONS = ROOT / "questionnaires" / "regions"
SHARED = ROOT.parent / "shared" / "regions"

#: Municipalities and inhabitants on 31.12.2023 in the boundaries of 01.01.2024 (BKG VG250-EW).
DISTRICTS = {
    "schmalkalden-meiningen": ("16066", 38, 123_274),
    "wartburgkreis": ("16063", 30, 159_028),
    "werra-meissner-kreis": ("06636", 16, 100_215),
}
#: What is published: press release Werra-Meißner-Kreis, 25.06.2024; Thüringer Allgemeine id240885214.
DOCUMENTED = {
    ("werra-meissner-kreis", "wmk-ost"): (
        "Berkatal, Eschwege, Meinhard, Meißner, Waldkappel, Wanfried, Wehretal, Weißenborn"
    ),
    ("wartburgkreis", "wak-pr1"): (
        "Amt Creuzburg, Berka v.d.Hainich, Bischofroda, Hörselberg-Hainich, Krauthausen, Lauterbach, Nazza, "
        "Treffurt"
    ),
    ("wartburgkreis", "wak-pr2"): "Eisenach",
    ("wartburgkreis", "wak-pr3"): "Ruhla, Seebach, Wutha-Farnroda",
    ("wartburgkreis", "wak-pr4"): "Gerstungen, Werra-Suhl-Tal",
}
#: Children under 18 on 31.12.2024, Zensus 2022 (Regionaldatenbank 12411-02-03-4).
UNDER_18 = {"schmalkalden-meiningen": 17_514, "wartburgkreis": 23_785, "werra-meissner-kreis": 14_996}


@cache
def read(name: str) -> District:
    found = read_district(REGIONS / f"{name}.yaml")
    assert isinstance(found, District), found
    return found


@pytest.fixture(scope="module", params=DISTRICTS)
def district(request: pytest.FixtureRequest) -> District:
    return read(request.param)


def test_every_district_that_ships_is_tested_here() -> None:
    assert {path.stem for path in REGIONS.glob("*.yaml")} == set(DISTRICTS)


def test_no_municipality_is_missing_and_their_inhabitants_add_up(district: District) -> None:
    ags, n_municipalities, inhabitants = DISTRICTS[district.id]
    keys = {m.ags for m in district.municipalities}
    assert district.ags == ags
    assert len(keys) == len(district.municipalities) == n_municipalities
    assert all(key.startswith(ags) for key in keys)
    assert sum(m.population for m in district.municipalities) == inhabitants
    # nobody lives in the Gutsbezirk Kaufunger Wald, so nobody may choose it
    assert all(m.population > 0 for m in district.municipalities)


def test_every_municipality_has_a_sozialraum_and_every_sozialraum_a_municipality(district: District) -> None:
    assert {m.area for m in district.municipalities} == set(district.area_by_id)
    assert len(district.area_by_id) == len(district.areas)


def test_every_municipality_can_be_found_by_postcode(district: District) -> None:
    assert [m.name for m in district.municipalities if not m.postcodes] == []


def test_no_place_is_offered_twice(district: District) -> None:
    assert [label for label, n in Counter(place.label for place in district.places).items() if n > 1] == []
    assert all(place.area in district.area_by_id for place in district.places)


def test_every_ortsteil_belongs_to_a_municipality_of_the_district(district: District) -> None:
    assert {locality.ags for locality in district.localities} <= {m.ags for m in district.municipalities}


def test_two_to_four_grossraeume_hold_all_areas(district: District) -> None:
    assert 2 <= len(district.zones) <= 4
    assert {area.zone for area in district.areas} == {zone.id for zone in district.zones}


def test_an_area_joins_a_neighbour_of_its_own_grossraum(district: District) -> None:
    for area in district.areas:
        assert area.joins is not None
        assert area.joins != area.id
        assert district.zone_of[area.joins] == area.zone


@pytest.mark.parametrize(("name", "area"), DOCUMENTED)
def test_a_documented_sozialraum_holds_exactly_the_published_municipalities(name: str, area: str) -> None:
    district = read(name)
    members = sorted(m.name for m in district.municipalities if m.area == area)
    assert ", ".join(members) == DOCUMENTED[name, area]


def test_whatever_is_not_documented_is_provisional_and_the_division_says_so(district: District) -> None:
    documented = {area for name, area in DOCUMENTED if name == district.id}
    assert {area.id for area in district.areas if not area.provisional} == documented
    assert "vorläufig" in district.division.casefold()
    assert "veröffentlicht" in district.division


def test_every_figure_and_name_tells_its_source(district: District) -> None:
    told = {source.id for source in district.sources}
    used = [*district.areas, *district.municipalities, *district.localities, *district.children]
    assert {entry.source for entry in used} <= told
    licences = {source.id: f"{source.text} {source.licence}" for source in district.sources}
    assert all(word in licences["geonames"] for word in ("GeoNames", "verändert", "CC BY 4.0"))
    assert all(word in licences["einwohner"] for word in ("GeoBasis-DE / BKG", "verändert", "dl-de/by-2-0"))


def test_children_are_counted_on_one_basis_and_bands_do_not_overlap(district: District) -> None:
    bands = sorted(district.children, key=lambda band: band.from_age)
    assert [band.from_age for band in bands] == [0, *(band.to_age + 1 for band in bands[:-1])]
    assert {band.as_of for band in bands} == {"2024-12-31"}
    assert sum(band.number for band in bands if band.to_age < 18) == UNDER_18[district.id]


def test_known_families_are_left_out_until_a_district_adds_them(district: District) -> None:
    assert {(area.known_families, area.known_children) for area in district.areas} == {(None, None)}


def test_help_is_named_for_parents_young_people_and_everyone(district: District) -> None:
    assert {contact.audience for contact in district.help_contacts} == {"everyone", "parents", "young_people"}


def test_the_place_list_stays_small_enough_for_one_document(district: District) -> None:
    assert len(district.municipalities) <= len(district.places) <= 300


# The collected regional data lie beside a checkout during development only; the tests above hold everywhere.
if SHARED.is_dir():

    @pytest.mark.parametrize("name", DISTRICTS)
    def test_names_kinds_and_inhabitants_are_those_of_the_collected_data(name: str) -> None:
        with (SHARED / f"gemeinden_{DISTRICTS[name][0]}_{name}.csv").open(encoding="utf-8") as file:
            rows = [r for r in csv.DictReader(file) if r["population"] != "0"]
        wanted = {(r["ags"], r["name"], r["kind"], int(r["population"])) for r in rows}
        assert {(m.ags, m.name, m.kind, m.population) for m in read(name).municipalities} == wanted

    @pytest.mark.parametrize("name", DISTRICTS)
    def test_ortsteile_and_postcodes_come_from_rows_without_doubt(name: str) -> None:
        with (SHARED / "orte_plz_geonames.csv").open(encoding="utf-8") as file:
            rows = [r for r in csv.DictReader(file) if r["kreis_ags_geonames"] == DISTRICTS[name][0]]
        sure = {(r["ort"], r["plz"]) for r in rows if r["kreis_stimmt_ueberein"] == "ja"}
        district = read(name)
        assert {(entry.name, code) for entry in district.localities for code in entry.postcodes} <= sure
        assert {code for m in district.municipalities for code in m.postcodes} <= {code for _, code in sure}

    def neighbours(district: District) -> set[frozenset[str]]:
        """Pairs of Sozialräume that share a piece of border, by the boundaries of their municipalities."""
        path = SHARED / f"gemeinden_{DISTRICTS[district.id][0]}_{district.id}.geojson"
        area_of = {m.ags: m.area for m in district.municipalities}
        beside: dict[frozenset[tuple[float, float]], set[str]] = defaultdict(set)
        for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
            shape, ags = feature["geometry"], feature["properties"]["ags"]
            polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
            for start, end in (edge for rings in polygons for ring in rings for edge in pairwise(ring)):
                if ags in area_of:
                    beside[frozenset((tuple(start), tuple(end)))].add(area_of[ags])
        return {frozenset(areas) for areas in beside.values() if len(areas) == 2}

    @pytest.mark.parametrize("name", DISTRICTS)
    def test_an_area_joins_one_it_shares_a_border_with(name: str) -> None:
        district = read(name)
        pairs = neighbours(district)
        assert [a.id for a in district.areas if frozenset((a.id, str(a.joins))) not in pairs] == []
