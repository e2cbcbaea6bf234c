"""Boundaries a district brings become shapes of its Sozialräume, or a sentence that says what is wrong."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from questionnaires.region import District
from survey.boundaries import SENTENCES, read_boundaries, schematic
from survey.fieldwork.boundaries import MAX_UPLOAD
from survey.records import Outlines
from survey.services import Services
from survey.store import Store, outlines
from survey.store.districts import save_district
from tests.bench_stage import shipped_districts
from tests.survey import cast
from tests.survey.desk_tools import page
from tests.survey.results_tools import HOME, Shelf, cells, html, numbers, text_of
from tests.survey.test_fieldwork_settings import LogIn

REGIONS = Path(__file__).parents[3] / "shared" / "regions"
GRENZEN = "/angaben/musterkreis/grenzen"
Pairs = list[list[float]]


def square(west: float, south: float, size: float = 0.1) -> Pairs:
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(ags: Any, ring: Pairs, name: str = "ags") -> dict[str, Any]:
    return {"type": "Feature", "properties": {name: ags}, "geometry": {"type": "Polygon", "coordinates": [ring]}}


NORTH, SOUTH = feature("16999001", square(10.4, 50.6)), feature("16999002", square(10.4, 50.5))


def geojson(*features: Any, **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more}).encode()


def read(data: bytes, district: District | None = None) -> Outlines | tuple[str, ...]:
    found = read_boundaries(data, "grenzen.geojson", district or cast.district(), "Vermessungsamt")
    return found if isinstance(found, Outlines) else tuple(problem.code for problem in found)


def test_municipalities_become_the_shapes_of_their_sozialraeume_north_up() -> None:
    found = read(geojson(NORTH, SOUTH, feature("16000000", square(8, 48))))
    assert isinstance(found, Outlines)
    assert set(found.shapes) == {"nord-1", "sued-1"}
    assert found.labels["nord-1"][1] < found.labels["sued-1"][1]
    assert found.height == 1000
    assert found.width == pytest.approx(1000 * 0.5 * 0.6353, abs=2)  # a degree of longitude is shorter there


def test_municipalities_of_one_sozialraum_lose_the_line_between_them() -> None:
    places = [one.model_copy(update={"area": "nord-1"}) for one in cast.district().municipalities]
    found = read(geojson(NORTH, SOUTH), cast.district().model_copy(update={"municipalities": tuple(places)}))
    assert isinstance(found, Outlines)
    [[ring]] = found.shapes.values()
    assert len(ring) <= 7  # a rectangle, perhaps with the two corners where they met


WRONG: dict[str, bytes] = {
    "no-json": b"{ nicht fertig",
    "no-features": b'{"type": "Polygon"}',
    "no-ags": geojson(NORTH, feature("Nordstadt", square(10.4, 50.5))),
    "wrong-projection": geojson(feature("16999001", square(597_000, 5_600_000, 9_000))),
    "swapped": geojson(feature("16999001", [[y, x] for x, y in square(10.4, 50.6)]), SOUTH),
    "no-area": geojson(NORTH, SOUTH | {"geometry": {"type": "Point", "coordinates": [10.4, 50.5]}}),
    "foreign": geojson(feature("06636001", square(9.9, 51.2))),
    "missing": geojson(NORTH),
    "overlap": geojson(NORTH, feature("16999002", square(10.45, 50.6))),
    "too-large": b" " * 60_000_001,
}


@pytest.mark.parametrize("code", SENTENCES)
def test_what_is_wrong_with_a_file_is_said(code: str) -> None:
    assert read(WRONG[code]) == (code,)


def test_a_projection_that_is_named_is_refused_before_any_coordinate_is_looked_at() -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25832"}}
    assert read(geojson(NORTH, SOUTH, crs=crs)) == ("wrong-projection",)
    usual = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert isinstance(read(geojson(NORTH, SOUTH, crs=usual)), Outlines)


@pytest.mark.parametrize(("name", "key"), [("AGS", "16999001"), ("ARS", "169995001001"), ("ags", 16999001)])
def test_keys_are_known_in_the_forms_offices_use(name: str, key: object) -> None:
    assert isinstance(read(geojson(feature(key, square(10.4, 50.6), name), SOUTH)), Outlines)


@pytest.mark.parametrize("name", ["schmalkalden-meiningen", "wartburgkreis", "werra-meissner-kreis"])
def test_real_boundaries_become_maps_of_the_shipped_districts(name: str) -> None:
    district = shipped_districts()[name]
    files = list(REGIONS.glob(f"gemeinden_{district.ags}_*.geojson"))
    if not files:
        assert schematic(district) is not None
        return
    found = read(files[0].read_bytes(), district)
    assert isinstance(found, Outlines)
    assert set(found.shapes) == {area.id for area in district.areas}
    assert sum(len(ring) for rings in found.shapes.values() for ring in rings) < 4000


@pytest.mark.parametrize("name", shipped_districts())
def test_circles_stand_apart_where_there_are_no_boundaries(name: str) -> None:
    found = schematic(shipped_districts()[name])
    assert found is not None
    spots = sorted(found.labels.values())
    radius = max(x for x, _ in found.shapes[min(found.shapes)][0]) - found.labels[min(found.shapes)][0]
    gaps = [((a - c) ** 2 + (b - d) ** 2) ** 0.5 for i, (a, b) in enumerate(spots) for c, d in spots[:i]]
    assert min(gaps) > 1.9 * radius


# --- on pages ------------------------------------------------------------------------------------------------


@pytest.fixture
def store(app: Flask) -> Store:
    own: Services = app.extensions["familienstimme"]
    return own.store


def upload(desk: FlaskClient, data: bytes, source: str = "© Vermessungsamt") -> Any:
    token = page(desk.get(GRENZEN)).forms[-1][1]["csrf_token"]
    file = FileStorage(io.BytesIO(data), "grenzen.geojson")
    fields = {"csrf_token": token, "source": source, "file": file}
    boundary, body = encode_multipart(fields)
    return desk.post(GRENZEN, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def test_boundaries_are_uploaded_shown_and_deleted(log_in: LogIn, store: Store) -> None:
    desk = log_in("administrator")
    assert upload(desk, geojson(NORTH, SOUTH)).status_code == 303
    assert "© Vermessungsamt" in page(desk.get(GRENZEN)).text
    token = page(desk.get(GRENZEN)).forms[-1][1]["csrf_token"]
    assert desk.post(f"{GRENZEN}/loeschen", data={"csrf_token": token}).status_code == 303
    assert outlines.find_outlines(store, "musterkreis") is None


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [(WRONG["overlap"], 422, "überlappen"), (b" " * (MAX_UPLOAD + 1), 413, "mehr als 1 MB"), (b"", 422, "GeoJSON")],
)
def test_a_file_that_will_not_do_changes_nothing(
    log_in: LogIn, store: Store, data: bytes, status: int, said: str
) -> None:
    desk = log_in("administrator")
    upload(desk, geojson(NORTH, SOUTH))
    answer = upload(desk, data)
    assert answer.status_code == status
    assert said in page(answer).text
    assert outlines.find_outlines(store, "musterkreis") is not None


def test_a_file_of_almost_a_megabyte_is_taken(log_in: LogIn, store: Store) -> None:
    assert upload(log_in("administrator"), geojson(NORTH, SOUTH, note="x" * 900_000)).status_code == 303
    assert outlines.find_outlines(store, "musterkreis") is not None


def test_only_administrators_bring_boundaries(log_in: LogIn) -> None:
    assert log_in("planner").get(GRENZEN).status_code == 403


@pytest.fixture
def reader(app: Flask, sqlite_store: Store, client: FlaskClient) -> FlaskClient:
    Shelf(sqlite_store, app.extensions["familienstimme"].settings.releases).add()
    return client


def test_the_map_shows_what_the_table_shows_and_no_more(reader: FlaskClient, store: Store) -> None:
    found = read(geojson(NORTH, SOUTH))
    assert isinstance(found, Outlines)
    outlines.save_outlines(store, "musterkreis", found)
    shown = html(reader, f"{HOME}/karte")
    svg = shown[shown.index("<svg class=\"map\"") : shown.index("</svg>")]
    assert "2 Süd 1: geschützt" in text_of(svg)
    assert "Vermessungsamt" in shown
    words = numbers([text_of(svg)])
    assert words - {"1", "2"} <= numbers(text_of(cell) for cell in cells(shown))
    assert words


def test_without_boundaries_and_places_there_is_the_table_alone(reader: FlaskClient) -> None:
    shown = html(reader, f"{HOME}/karte?frage=angebote.bus")
    assert "<svg class=\"map\"" not in shown
    assert "fehlen die Grenzen" in shown
    assert "Nord 1" in shown


def test_circles_stand_in_for_boundaries(reader: FlaskClient, store: Store) -> None:
    known = enumerate(cast.district().municipalities)
    places = tuple(one.model_copy(update={"at": (10.4, 50.6 - i / 9)}) for i, one in known)
    save_district(store, cast.district().model_copy(update={"municipalities": places}))
    assert "Schematische Karte" in html(reader, f"{HOME}/karte")


def test_a_question_without_figures_by_sozialraum_is_not_offered(reader: FlaskClient) -> None:
    assert html(reader, f"{HOME}/karte?frage=zufrieden", 404)
    assert 'value="zufrieden"' not in html(reader, f"{HOME}/karte")
