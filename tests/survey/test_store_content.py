"""Districts, questionnaires, waves, accounts and releases come back as they were kept."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from survey.records import User
from survey.store import Store, districts, questionnaires, releases, responses, returns, users, waves
from survey.store.errors import (
    AlreadyThere,
    DistrictUnknown,
    NoticesEmpty,
    QuestionnaireUnknown,
    ReleaseUnknown,
    UserUnknown,
    WaveUnknown,
)
from tests.survey.cast import DURING, WAVE, district, door, key, notices, questionnaire, submission, wave

# --- districts and questionnaires ----------------------------------------------------------------------------


def test_a_district_comes_back_as_it_was_also_after_a_change(store: Store) -> None:
    assert districts.get_district(store, "musterkreis") == district()
    renamed = district().model_copy(update={"name": "Anderer Kreis"})
    districts.save_district(store, renamed)
    assert districts.get_district(store, "musterkreis") == renamed
    assert districts.list_districts(store) == (renamed,)
    assert districts.get_notices(store, "musterkreis") == notices()


def test_unknown_things_are_named_in_the_error(store: Store) -> None:
    with pytest.raises(DistrictUnknown) as no_district:
        districts.get_district(store, "mond")
    with pytest.raises(QuestionnaireUnknown):
        questionnaires.get_questionnaire(store, "0" * 64)
    with pytest.raises(WaveUnknown) as no_wave:
        waves.get_wave(store, "mond")
    assert (no_district.value.district_id, no_wave.value.wave_id) == ("mond", "mond")


def test_a_questionnaire_keeps_its_hash_and_is_read_once(store: Store) -> None:
    first = questionnaires.get_questionnaire(store, questionnaire().hash)
    assert first.hash == questionnaire().hash
    assert questionnaires.get_questionnaire(store, questionnaire().hash) is first
    assert questionnaires.save_questionnaire(store, questionnaire()) == first.hash


def test_forms_of_an_earlier_version_stay_valid(store: Store) -> None:
    second = questionnaire(minutes=6)
    questionnaires.save_questionnaire(store, second)
    waves.publish_version(store, WAVE, second.hash)
    assert waves.get_wave(store, WAVE).questionnaire_hash == second.hash
    assert waves.versions_of(store, WAVE) == {questionnaire().hash, second.hash}


# --- waves ---------------------------------------------------------------------------------------------------


def test_a_wave_waits_until_every_notice_is_filled_in(store: Store) -> None:
    districts.save_notices(store, "musterkreis", notices(imprint="  ", controller=""))
    with pytest.raises(NoticesEmpty) as raised:
        waves.create_wave(store, wave(id="zweite"))
    assert raised.value.empty == ("controller", "imprint")
    assert raised.value.titles == ("Verantwortliche Stelle", "Impressum")
    assert waves.find_wave(store, "zweite") is None


def test_a_wave_comes_back_as_it_was(store: Store) -> None:
    assert waves.get_wave(store, WAVE) == wave()
    later = wave(id="zweite", opens_on=date(2026, 3, 2), simulated=True, code_required=True)
    waves.create_wave(store, later)
    assert waves.list_waves(store) == (later, wave())


def test_nothing_is_overwritten_by_a_second_wave_or_door_of_the_same_name(store: Store) -> None:
    with pytest.raises(AlreadyThere):
        waves.create_wave(store, wave(title="Fälschung"))
    with pytest.raises(AlreadyThere) as raised:
        waves.add_door(store, door(name="Fälschung"))
    assert (raised.value.what, raised.value.name) == ("Zugang", "kita-sonne")
    assert waves.get_wave(store, WAVE).title == wave().title
    assert waves.list_doors(store, WAVE) == (door(),)


def test_closing_twice_keeps_the_first_instant(store: Store) -> None:
    for delay in (0, 60):
        waves.close_now(store, WAVE, DURING + timedelta(minutes=delay))
        waves.end_entry(store, WAVE, DURING + timedelta(hours=1, minutes=delay))
    expected = replace(wave(), closed_at=DURING, entry_ended_at=DURING + timedelta(hours=1))
    assert waves.get_wave(store, WAVE) == expected


# --- returns -------------------------------------------------------------------------------------------------


def test_returns_are_rounded_along_one_dimension_and_the_total_is_exact(store: Store) -> None:
    for number in range(13):
        area = "nord-1" if number < 11 else "sued-1"
        responses.submit(store, submission(number, area=area), DURING)
    assert returns.get_returns(store, WAVE).by_area == {}
    returns.tally_returns(store, WAVE, DURING)
    found = returns.get_returns(store, WAVE)
    assert (found.total, found.as_of, found.by_area) == (13, DURING, {"nord-1": 10, "sued-1": 0})
    assert (found.by_door, found.by_language) == ({"kita-sonne": 15}, {"de": 15})


def test_totals_are_kept_by_the_day_of_the_district(store: Store) -> None:
    before_midnight = datetime(2026, 3, 10, 22, 59, tzinfo=UTC)
    for minutes, n in ((0, 4), (0, 7), (1, 11)):
        responses.submit_many(store, map(submission, range(n)), DURING)
        returns.tally_returns(store, WAVE, before_midnight + timedelta(minutes=minutes))
    assert returns.totals_by_day(store, WAVE) == {date(2026, 3, 10): 5, date(2026, 3, 11): 10}
    responses.withdraw(store, WAVE, key(0))
    assert returns.count(store, WAVE) == 10


@pytest.mark.parametrize(("n", "expected"), [(0, 0), (2, 0), (3, 5), (7, 5), (8, 10), (1202, 1200)])
def test_rounding_is_to_the_nearest_five(n: int, expected: int) -> None:
    assert returns.rounded(n) == expected


# --- accounts ------------------------------------------------------------------------------------------------


@pytest.fixture
def anna() -> User:
    return User("anna", "hash", frozenset({"planner", "coordinator"}))


def test_an_account_comes_back_as_it_was(store: Store, anna: User) -> None:
    demo = User("demo", "hash", frozenset({"administrator"}), demo=True)
    users.add_user(store, anna)
    assert not users.has_demo_users(store)
    users.add_user(store, demo)
    assert users.list_users(store) == (anna, demo)
    assert users.has_demo_users(store)
    with pytest.raises(AlreadyThere):
        users.add_user(store, anna)


def test_failures_are_counted_until_a_login_or_a_new_password(store: Store, anna: User) -> None:
    users.add_user(store, anna)
    assert [users.note_failed_login(store, "anna") for _ in range(3)] == [1, 2, 3]
    users.note_failed_login(store, "anna", DURING)
    assert users.get_user(store, "anna") == replace(anna, failed_logins=4, locked_until=DURING)
    users.note_login(store, "anna")
    assert users.get_user(store, "anna") == anna


def test_a_new_password_ends_all_sessions(store: Store, anna: User) -> None:
    users.add_user(store, replace(anna, failed_logins=9, locked_until=DURING))
    users.set_password(store, "anna", "neu")
    assert users.get_user(store, "anna") == replace(anna, password_hash="neu", session_version=2)
    users.end_sessions(store, "anna")
    assert users.get_user(store, "anna").session_version == 3


def test_changing_an_unknown_account_is_an_error(store: Store) -> None:
    with pytest.raises(UserUnknown) as raised:
        users.set_roles(store, "niemand", frozenset())
    assert raised.value.name == "niemand"
    with pytest.raises(UserUnknown):
        users.delete_user(store, "niemand")


# --- releases ------------------------------------------------------------------------------------------------


def test_releases_are_numbered_per_wave_and_only_the_newest_public_one_is_shown(store: Store) -> None:
    waves.create_wave(store, wave(id="zweite"))
    numbers = [releases.add_release(store, name, "a" * 64, DURING).number for name in (WAVE, WAVE, WAVE, "zweite")]
    assert numbers == [1, 2, 3, 1]
    assert releases.find_public(store, WAVE) is None
    for number in (1, 2, 3):
        releases.publish(store, WAVE, number)
    releases.withdraw(store, WAVE, 3)
    found = releases.find_public(store, WAVE)
    assert found == replace(releases.get_release(store, WAVE, 1), number=2)
    assert [release.state for release in releases.list_releases(store, WAVE)] == ["withdrawn", "public", "public"]


def test_an_unknown_release_is_an_error(store: Store) -> None:
    with pytest.raises(ReleaseUnknown) as raised:
        releases.publish(store, WAVE, 7)
    assert (raised.value.wave_id, raised.value.number) == (WAVE, 7)
    with pytest.raises(WaveUnknown):
        releases.add_release(store, "mond", "a" * 64, DURING)
