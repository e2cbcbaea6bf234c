"""Boundaries a district brings: municipalities as GeoJSON, dissolved to its Sozialräume, kept as small shapes.

Nothing of the file itself is kept. Where there is none, circles show the rough position of each Sozialraum.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations
from typing import Any

from questionnaires.problems import Problem
from questionnaires.region import District
from survey.records import Outlines, Ring

#: A larger file is more than any map on a page needs [bytes].
MAX_FILE = 60_000_000
#: Units the longer side of a map has.
SIDE = 1000
#: Neighbouring municipalities may overlap by so much of the smaller one: rounded coordinates do.
OVERLAP = 0.01
#: Detail below this is left out [units of the map].
DETAIL = 1.5
#: Where Germany lies in EPSG:4326 [degrees]: west, south, east, north.
GERMANY = (5.5, 47.0, 15.5, 55.5)
AGS_NAMES = ("ags", "ags_0", "gemeindeschluessel", "schluessel", "gkz", "ars", "ars_0", "rs", "rs_0", "id")
SENTENCES = {
    "too-large": (
        "Die Datei hat {size} MB. Höchstens {most} MB sind möglich; für eine Karte reichen vereinfachte Grenzen, zum "
        "Beispiel VG250 statt ALKIS, nur für den Landkreis."
    ),
    "no-json": "Das ist keine GeoJSON-Datei (UTF-8). Bitte als GeoJSON mit EPSG:4326 ausgeben lassen.",
    "no-features": "In der Datei stehen keine Gemeinden: Es fehlt die Liste „features“ (FeatureCollection).",
    "no-ags": (
        "{number} Gebiete haben keinen amtlichen Gemeindeschlüssel (AGS, acht Ziffern). Bitte in den Eigenschaften als "
        "„ags“ angeben."
    ),
    "wrong-projection": (
        "{what} Gebraucht werden Längen- und Breitengrade (EPSG:4326). In QGIS: „Exportieren“, KBS „EPSG:4326“."
    ),
    "swapped": (
        "{name}: Länge und Breite sind vertauscht. In GeoJSON steht zuerst die Länge (etwa 10), dann die Breite "
        "(etwa 50)."
    ),
    "no-area": "{name}: Das Gebiet ist keine Fläche (Polygon).",
    "foreign": "Keine Gemeinde der Datei gehört zu {district}. Ist es die richtige Datei?",
    "missing": "Es fehlen {number} von {all} Gemeinden: {names}.",
    "overlap": "{name} und {other} überlappen sich. Sind beide vom selben Stand?",
}
#: One such problem explains all that follow.
ONCE = ("wrong-projection", "swapped")

Point = tuple[float, float]


@dataclass
class _Reading:
    """A file being read: what is wrong is collected."""

    district: District
    file: str
    problems: list[Problem] = field(default_factory=list)
    shapes: dict[str, Any] = field(default_factory=dict)
    """AGS → geometry in degrees"""

    @property
    def names(self) -> dict[str, str]:
        """AGS → name of the district's municipalities."""
        return {one.ags: one.name for one in self.district.municipalities}

    def refuse(self, code: str, place: str = "", **facts: Any) -> None:
        """Note a problem; of those that explain all that follow only the first."""
        if code not in ONCE or all(problem.code not in ONCE for problem in self.problems):
            self.problems.append(Problem(code, place, SENTENCES[code].format(**facts), self.file, 0))


def read_boundaries(data: bytes, file: str, district: District, source: str) -> Outlines | tuple[Problem, ...]:
    """Read municipalities and dissolve them to the district's Sozialräume.

    Parameters
    ----------
    data : bytes
        GeoJSON, EPSG:4326, a polygon per municipality with its AGS (eight digits) or ARS (twelve)
    file : str
        name of the file, for messages
    district : District
        its municipalities say to which Sozialraum they belong; others in the file are left out
    source : str
        who made the boundaries, shown below every map

    Returns
    -------
    Outlines or tuple of Problem
        what is wrong, in German, never half a map
    """
    reading = _Reading(district, file)
    features = _features(data, reading)
    for feature in features:
        _take(feature, reading)
    for check in (_check_complete, _check_overlaps):
        if not reading.problems:
            check(reading)
    return tuple(reading.problems) or _dissolve(reading, source)


# ---------- reading


def _features(data: bytes, reading: _Reading) -> list[Any]:
    if len(data) > MAX_FILE:
        reading.refuse("too-large", size=len(data) // 1_000_000, most=MAX_FILE // 1_000_000)
        return []
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        reading.refuse("no-json")
        return []
    features = value.get("features") if isinstance(value, dict) else None
    if not isinstance(features, list) or not features:
        reading.refuse("no-features")
        return []
    if (crs := _foreign_crs(value)) is not None:
        reading.refuse("wrong-projection", what=f"Die Datei nennt „{crs}“.")
        return []
    if nameless := sum(_ags_of(feature) is None for feature in features):
        reading.refuse("no-ags", number=nameless)
    return features


def _foreign_crs(value: Mapping[str, Any]) -> str | None:
    crs = value.get("crs")
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str):
        return None
    return None if "CRS84" in name or name.endswith(("4326", ":WGS84")) else name[:60]


def _take(feature: Any, reading: _Reading) -> None:
    """Keep the geometry of a municipality of this district."""
    from shapely import make_valid
    from shapely.errors import ShapelyError
    from shapely.geometry import shape

    ags, names = _ags_of(feature), reading.names
    if ags is None or ags not in names:
        return
    try:
        found = shape(feature["geometry"])
    except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError):
        found = None
    if found is None or found.is_empty or found.geom_type not in {"Polygon", "MultiPolygon"}:
        reading.refuse("no-area", ags, name=names[ags])
    elif _in_germany(found.bounds, names[ags], reading):
        found = make_valid(found)
        reading.shapes[ags] = reading.shapes[ags].union(found) if ags in reading.shapes else found


def _ags_of(feature: Any) -> str | None:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        return None
    values = {str(name).casefold(): value for name, value in properties.items()}
    for name in AGS_NAMES:
        digits = str(values.get(name, "")).strip().replace(" ", "")
        if digits.isdigit() and len(digits) in {7, 8}:
            return digits.zfill(8)  # read as a number, the leading zero was lost
        if digits.isdigit() and len(digits) in {11, 12}:
            digits = digits.zfill(12)
            return digits[:5] + digits[9:]  # a Regionalschlüssel has the Gemeindeverband in its middle
    return None


def _in_germany(bounds: tuple[float, float, float, float], name: str, reading: _Reading) -> bool:
    west, south, east, north = bounds
    if _inside(bounds):
        return True
    if _inside((south, west, north, east)):
        reading.refuse("swapped", name=name)
        return False
    metres = max(map(abs, bounds)) > 180
    where = "Das sind Meter, etwa UTM (EPSG:25832)." if metres else "Das ist nicht in Deutschland."
    reading.refuse("wrong-projection", what=f"{name} hat Koordinaten wie {west:.0f} und {south:.0f}: {where}")
    return False


def _inside(bounds: tuple[float, float, float, float]) -> bool:
    west, south, east, north = bounds
    return GERMANY[0] <= west and GERMANY[1] <= south and east <= GERMANY[2] and north <= GERMANY[3]


# ---------- checks


def _check_complete(reading: _Reading) -> None:
    missing = [name for ags, name in reading.names.items() if ags not in reading.shapes]
    if len(missing) == len(reading.names):
        reading.refuse("foreign", district=reading.district.name)
    elif missing:
        names = ", ".join(missing[:8]) + (f" und {len(missing) - 8} weitere" if len(missing) > 8 else "")
        reading.refuse("missing", number=len(missing), all=len(reading.names), names=names)


def _check_overlaps(reading: _Reading) -> None:
    """Refuse municipalities that lie on each other: then one of them is in the file in an older form."""
    from shapely import STRtree

    names, keys = reading.names, list(reading.shapes)
    tree = STRtree([reading.shapes[key] for key in keys])
    for i, key in enumerate(keys):
        for j in sorted(int(j) for j in tree.query(reading.shapes[key]) if j > i):
            one, other = reading.shapes[key], reading.shapes[keys[j]]
            if one.intersection(other).area > OVERLAP * min(one.area, other.area):
                reading.refuse("overlap", key, name=names[key], other=names[keys[j]])


# ---------- dissolving and drawing


def _dissolve(reading: _Reading, source: str) -> Outlines:
    from shapely import coverage_simplify, set_precision, transform, union_all

    of_area: dict[str, list[Any]] = defaultdict(list)
    for municipality in reading.district.municipalities:
        of_area[municipality.area].append(reading.shapes[municipality.ags])
    plane = _plane([shape.bounds for shape in reading.shapes.values()])
    names = sorted(of_area)
    whole = [set_precision(transform(union_all(of_area[name]), plane.many), 0.01) for name in names]
    simple = coverage_simplify(whole, DETAIL)
    shapes = {name: tuple(_rings(shape)) for name, shape in zip(names, simple, strict=True)}
    labels = {name: _label(shape) for name, shape in zip(names, simple, strict=True)}
    return Outlines(plane.width, plane.height, shapes, labels, source, schematic=False)


@dataclass(frozen=True)
class _Plane:
    """Degrees → units of the map, north up; within a Landkreis the Earth is flat."""

    west: float
    north: float
    scale: float
    narrow: float
    width: int
    height: int

    def one(self, lon: float, lat: float) -> Point:
        return (lon - self.west) * self.narrow * self.scale, (self.north - lat) * self.scale

    def many(self, points: Any) -> Any:
        """Do the same for an array of points, (n, 2)."""
        moved = points.copy()
        moved[:, 0], moved[:, 1] = self.one(points[:, 0], points[:, 1])
        return moved


def _plane(boxes: Sequence[tuple[float, float, float, float]]) -> _Plane:
    west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
    east, north = max(box[2] for box in boxes), max(box[3] for box in boxes)
    narrow = math.cos(math.radians((south + north) / 2))
    wide, high = max((east - west) * narrow, 1e-6), max(north - south, 1e-6)
    scale = SIDE / max(wide, high)
    return _Plane(west, north, scale, narrow, math.ceil(wide * scale), math.ceil(high * scale))


def _rings(shape: Any) -> Iterator[Ring]:
    for polygon in getattr(shape, "geoms", [shape]):
        if polygon.geom_type == "Polygon":
            for ring in (polygon.exterior, *polygon.interiors):
                yield tuple((round(x), round(y)) for x, y in ring.coords)


def _label(shape: Any) -> tuple[int, int]:
    """Return a point well inside the largest part."""
    from shapely import maximum_inscribed_circle

    largest = max(getattr(shape, "geoms", [shape]), key=lambda part: part.area)
    x, y = maximum_inscribed_circle(largest, tolerance=2.0).coords[0]
    return round(x), round(y)


# ---------- without boundaries

N_CORNERS = 72
ROUNDS = 200


def schematic(district: District) -> Outlines | None:
    """Return circles where the Sozialräume lie, None where no coordinates of municipalities are known.

    A circle stands at the mean of its municipalities, those with many people counting more; circles that would lie on
    each other push each other away, so positions are rough.
    """
    of_area: dict[str, list[tuple[Point, int]]] = defaultdict(list)
    for one in district.municipalities:
        if one.at is not None and one.area:
            of_area[one.area].append((one.at, max(one.population, 1)))
    if set(of_area) != {area.id for area in district.areas}:
        return None
    names = sorted(of_area)
    middle = [_mean(of_area[name]) for name in names]
    plane = _plane([(lon, lat, lon, lat) for lon, lat in middle])
    radius = SIDE / (1.6 * math.sqrt(len(names)) + 2)
    places = list(_apart(tuple(plane.one(*point) for point in middle), 2.1 * radius))
    left, top = min(x for x, _ in places) - radius, min(y for _, y in places) - radius
    places = [(x - left, y - top) for x, y in places]
    width, height = (math.ceil(max(p[i] for p in places) + radius) for i in (0, 1))
    shapes = {name: (tuple(_circle(place, radius)),) for name, place in zip(names, places, strict=True)}
    labels = {name: (round(x), round(y)) for name, (x, y) in zip(names, places, strict=True)}
    return Outlines(width, height, shapes, labels, "", schematic=True)


def _mean(points: Iterable[tuple[Point, int]]) -> Point:
    found = list(points)
    total = sum(number for _, number in found)
    return sum(at[0] * n for at, n in found) / total, sum(at[1] * n for at, n in found) / total


@lru_cache(maxsize=32)
def _apart(places: tuple[Point, ...], least: float) -> tuple[Point, ...]:
    """Push pairs that are too near apart along the line between them, the same way every time."""
    moved = [list(place) for place in places]
    for _ in range(ROUNDS):
        for i, j in combinations(range(len(moved)), 2):
            dx, dy = moved[j][0] - moved[i][0], moved[j][1] - moved[i][1]
            away = math.hypot(dx, dy)
            if away < least:
                dx, dy = (dx / away, dy / away) if away > 1e-9 else (1.0, 0.0)
                step = (least - away) / 2
                for k, sign in ((i, -1), (j, 1)):
                    moved[k][0] += sign * dx * step
                    moved[k][1] += sign * dy * step
    return tuple((x, y) for x, y in moved)


def _circle(middle: Point, radius: float) -> Iterator[tuple[int, int]]:
    for i in range(N_CORNERS + 1):
        angle = 2 * math.pi * i / N_CORNERS
        yield round(middle[0] + radius * math.cos(angle)), round(middle[1] + radius * math.sin(angle))
