"""What is measured on: the shipped questionnaires in open waves, in a district whose list has 300 places."""

import random
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import questionnaires as content
from questionnaires.model import Questionnaire
from questionnaires.plan import default_plan
from questionnaires.read import read_district, read_questionnaire
from questionnaires.region import District, Locality
from survey.demo import FAMILY_DOORS, YOUTH_DOORS, demo_notices
from survey.records import Door, Wave
from survey.services import utc_now
from survey.simulate import simulate
from survey.store import Store, districts, questionnaires, waves
from survey.waves import local_day

CONTENT = Path(content.__file__).parent
N_PLACES = 300


@cache
def shipped_questionnaires() -> dict[str, Questionnaire]:
    found = {path.stem: read_questionnaire(path) for path in sorted(CONTENT.glob("*.yaml"))}
    return {name: asked for name, asked in found.items() if isinstance(asked, Questionnaire)}


@cache
def shipped_districts() -> dict[str, District]:
    found = {path.stem: read_district(path) for path in sorted((CONTENT / "regions").glob("*.yaml"))}
    return {name: district for name, district in found.items() if isinstance(district, District)}


@cache
def large_district(n_places: int = N_PLACES) -> District:
    """A shipped district with as many Orte as asked for.

    Names are those of all shipped districts; the rest are made of their halves (Schmal|kalden + Wasun|gen →
    Schmalgen), which compress no better than real ones.
    """
    home = shipped_districts()["schmalkalden-meiningen"]
    known = {place.name for place in home.places}
    names = [name for name in _names(n_places * 2) if name not in known][: n_places - len(home.places)]
    towns = sorted(home.municipalities, key=lambda m: -m.population)
    more = tuple(
        Locality(name=name, ags=towns[i % len(towns)].ags, source=home.localities[0].source)
        for i, name in enumerate(names)
    )
    large = District.model_validate(home.model_dump() | {"localities": (*home.localities, *more)})
    assert len(large.places) == n_places
    return large


def _names(n: int) -> list[str]:
    real = sorted({place.name for district in shipped_districts().values() for place in district.places})
    rng = random.Random(300)
    names = dict.fromkeys(real)
    whole = [name for name in real if name.isalpha() and len(name) > 5]
    while len(names) < n:
        first, last = rng.sample(whole, 2)
        names[first[: len(first) // 2] + last[len(last) // 2 :]] = None
    return list(names)


def set_stage(database_url: str) -> None:
    """Migrate a database and open a wave of every shipped questionnaire; the wave has the questionnaire's name."""
    store = Store(database_url)
    store.migrate()
    district = large_district()
    districts.save_district(store, district)
    districts.save_notices(store, district.id, demo_notices(district))
    for name, asked in shipped_questionnaires().items():
        questionnaires.save_questionnaire(store, asked)
        waves.create_wave(store, _open_wave(name, asked, district))
        for door_id, title, kind in FAMILY_DOORS if asked.audience == "families" else YOUTH_DOORS:
            waves.add_door(store, Door(name, door_id, title, kind))
    store.close()


def _open_wave(name: str, asked: Questionnaire, district: District) -> Wave:
    today = local_day(utc_now())
    return Wave(
        id=name, title=asked.title["de"], district_id=district.id, questionnaire_hash=asked.hash,
        opens_on=today - timedelta(days=1), closes_on=today + timedelta(days=30),
        entry_until=today + timedelta(days=40), retention_until=today + timedelta(days=400),
        plan_json=default_plan(asked, district).model_dump_json(),
    )  # fmt: skip


@dataclass(frozen=True)
class FilledForm:
    """A fully answered form of the wave „familien“; `with_key` makes it another family's."""

    fields: tuple[tuple[str, str], ...]

    def with_key(self, key: str) -> "FilledForm":
        return replace(self, fields=(("_key", key), *(f for f in self.fields if f[0] != "_key")))

    @property
    def body(self) -> bytes:
        return urlencode(self.fields).encode()


@cache
def filled_forms(n: int = 100) -> tuple[FilledForm, ...]:
    """The fullest of many simulated forms: realistic answers, as good as none skipped."""
    asked = shipped_questionnaires()["familien"]
    forms = sorted(simulate(asked, large_district(), 6 * n, seed=11), key=lambda one: -len(one.form))
    return tuple(
        FilledForm((
            *((name, value) for name, values in one.form.items() for value in values),
            ("_hash", asked.hash), ("_lang", one.language), ("_door", FAMILY_DOORS[i % len(FAMILY_DOORS)][0]),
        ))
        for i, one in enumerate(forms[:n])
    )  # fmt: skip
