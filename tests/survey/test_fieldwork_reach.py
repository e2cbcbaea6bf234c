"""A wave's page says what is missing to know whom it does not reach, and opens the release it names."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from survey.records import KnownFamilies
from survey.store import Store, districts, questionnaires, releases, responses, returns, waves
from tests.survey import cast
from tests.survey.cast import AFTER, DURING, WAVE
from tests.survey.desk_tools import page

MISSING = "Ohne diese Zahl sagt niemand, wen Sie nicht erreichen"
LogIn = Callable[[str], FlaskClient]


def test_a_wave_asks_for_the_families_of_its_areas_until_they_are_known(
    staff_client: FlaskClient, sqlite_store: Store
) -> None:
    district = cast.district()
    assert MISSING in page(staff_client.get(f"/wellen/{WAVE}")).text
    first, *others = district.areas
    districts.save_known_families(sqlite_store, district.id, KnownFamilies("Melderegister", {first.id: 900}))
    shown = page(staff_client.get(f"/wellen/{WAVE}")).text
    assert f"fehlt für {', '.join(area.name for area in others)}." in shown
    numbers = {area.id: 900 for area in district.areas}
    districts.save_known_families(sqlite_store, district.id, KnownFamilies("Melderegister", numbers))
    assert MISSING not in page(staff_client.get(f"/wellen/{WAVE}")).text


def test_only_the_administration_is_led_to_where_the_numbers_are_typed(app: Flask, log_in: LogIn) -> None:
    way = f"/angaben/{cast.district().id}/familien"
    assert page(log_in("administrator").get(f"/wellen/{WAVE}")).all("a", href=way)
    shown = page(log_in("coordinator").get(f"/wellen/{WAVE}"))
    assert "Die Verwaltung trägt sie unter „Angaben“ ein." in shown.text
    assert not shown.all("a", href=way)


def test_young_people_are_not_counted_in_families(staff_client: FlaskClient, sqlite_store: Store) -> None:
    asked = cast.questionnaire(id="kinder", audience="young_people", minimum_age=10)
    questionnaires.save_questionnaire(sqlite_store, asked)
    waves.create_wave(sqlite_store, cast.wave(id="schule", questionnaire_hash=asked.hash))
    assert MISSING not in page(staff_client.get("/wellen/schule")).text


def test_each_release_is_opened_by_its_own_link(staff_client: FlaskClient, sqlite_store: Store) -> None:
    for sha256 in ("a" * 64, "b" * 64):
        releases.add_release(sqlite_store, WAVE, sha256, AFTER)
    shown = page(staff_client.get(f"/wellen/{WAVE}"))
    for number in (1, 2):
        assert shown.all("a", href=f"/ergebnisse/{WAVE}?stand={number}")


def test_returns_stand_beside_the_families_they_come_from(staff_client: FlaskClient, sqlite_store: Store) -> None:
    for number in range(11):
        responses.submit(sqlite_store, cast.submission(number, area="nord-1"), DURING)
    returns.tally_returns(sqlite_store, WAVE, DURING)
    assert "je 100 Familien" not in page(staff_client.get(f"/wellen/{WAVE}")).text
    known = KnownFamilies("Melderegister", {"nord-1": 50})
    districts.save_known_families(sqlite_store, cast.district().id, known)
    words = page(staff_client.get(f"/wellen/{WAVE}")).text.split()
    place = words.index("Nord")
    assert words[place : place + 4] == ["Nord", "1", "10", "20"]
