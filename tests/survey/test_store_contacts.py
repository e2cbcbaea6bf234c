"""Addresses apart from answers, codes given back, and what a district says itself: on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text

from questionnaires.region import HelpContact
from survey.records import ContactKind
from survey.store import Store, codes, contacts, districts, follow_ups, responses, waves
from survey.store.rewrite import rewrite
from survey.store.tables import contact, contact_waiting, response
from tests.survey.cast import DURING, WAVE, district, key, submission, wave

MANY = [f"familie-{number:03d}@beispiel.de" for number in range(60)]


def _leave(store: Store, *addresses: str) -> None:
    for address in addresses:
        contacts.leave_address(store, WAVE, address)


# --- addresses -----------------------------------------------------------------------------------------------


def test_an_address_is_seen_by_nobody_before_the_night(store: Store) -> None:
    _leave(store, *MANY[:3])
    assert contacts.list_addresses(store, WAVE) == []
    assert contacts.mix(store, WAVE) == 3
    assert sorted(contacts.list_addresses(store, WAVE)) == MANY[:3]
    assert contacts.mix(store, WAVE) == 0


def test_the_tables_of_addresses_have_nothing_in_common_with_answers() -> None:
    for table in (contact, contact_waiting):
        assert {column.name for column in table.c} == {"wave_id", "id", "address"}
    assert {column.name for column in response.c} & {"id", "address"} == set()


def test_where_an_address_lies_says_nothing_about_when_it_came(store: Store) -> None:
    for day in (MANY[:30], MANY[30:]):
        _leave(store, *day)
        contacts.mix(store, WAVE)
    rewrite(store)
    place = "ctid" if not store.is_sqlite else "id"
    with store.read() as connection:
        found = list(connection.execute(text(f"SELECT address FROM contact ORDER BY {place}")).scalars())
        ids = list(connection.execute(text(f"SELECT id FROM contact ORDER BY {place}")).scalars())
    assert sorted(found) == MANY
    assert [bytes(i) for i in ids] == sorted(bytes(i) for i in ids)
    assert found != MANY
    early = sum(found.index(address) for address in MANY[:30]) / 30
    assert abs(early - 29.5) < 12  # 5 standard deviations: the first day is not in front


@pytest.mark.postgres
def test_after_the_rewriting_all_addresses_have_one_transaction(postgres_store: Store) -> None:
    for address in MANY[:5]:
        _leave(postgres_store, address)
        contacts.mix(postgres_store, WAVE)
    rewrite(postgres_store)
    with postgres_store.read() as connection:
        assert connection.execute(text("SELECT count(DISTINCT xmin::text) FROM contact")).scalar_one() == 1


def test_one_address_takes_part_once_however_it_is_spelled(store: Store) -> None:
    _leave(store, "Meier@Beispiel.de", " meier@beispiel.DE", "0171 / 23 45 67", "0171 234567")
    contacts.mix(store, WAVE)
    _leave(store, "MEIER@beispiel.de")
    contacts.mix(store, WAVE)
    assert contacts.count_addresses(store, WAVE) == 2


def test_nothing_is_lost_when_families_write_while_the_night_moves(store: Store) -> None:
    with ThreadPoolExecutor(6) as pool:
        left = [pool.submit(_leave, store, address) for address in MANY]
        moved = [pool.submit(contacts.mix, store, WAVE) for _ in range(4)]
        for future in [*left, *moved]:
            future.result()
    contacts.mix(store, WAVE)
    assert sorted(contacts.list_addresses(store, WAVE)) == MANY


def test_an_address_is_deleted_when_its_owner_asks_also_before_the_night(store: Store) -> None:
    _leave(store, "a@b.de")
    contacts.mix(store, WAVE)
    _leave(store, "c@d.de")
    assert contacts.forget_address(store, WAVE, " A@B.de")
    assert contacts.forget_address(store, WAVE, "c@d.de")
    assert not contacts.forget_address(store, WAVE, "c@d.de")
    contacts.mix(store, WAVE)
    assert contacts.count_addresses(store, WAVE) == 0


def test_all_addresses_of_a_wave_go_and_those_of_others_stay(store: Store) -> None:
    waves.create_wave(store, wave(id="andere"))
    _leave(store, "a@b.de")
    contacts.mix(store, WAVE)
    _leave(store, "c@d.de")
    contacts.leave_address(store, "andere", "a@b.de")
    assert contacts.forget_all(store, WAVE) == 2
    assert contacts.mix(store, "andere") == 1


def test_a_deleted_address_leaves_no_byte_behind(sqlite_store: Store) -> None:
    _leave(sqlite_store, "geheim@beispiel.de", "bleibt@beispiel.de")
    contacts.mix(sqlite_store, WAVE)
    contacts.forget_address(sqlite_store, WAVE, "geheim@beispiel.de")
    rewrite(sqlite_store)
    assert sqlite_store.path is not None
    content = sqlite_store.path.read_bytes()
    assert b"geheim@" not in content
    assert b"bleibt@" in content


# --- a code for a code ---------------------------------------------------------------------------------------


@pytest.fixture
def school(store: Store) -> Store:
    """A wave with codes in which one response used up the only one."""
    waves.create_wave(store, wave(id="schule", code_required=True))
    code = codes.make_codes(store, "schule", 1)[0]
    responses.submit(store, submission(wave_id="schule", access_code=code), DURING)
    return store


def test_withdrawing_gives_one_fresh_code_that_lets_in_once(school: Store) -> None:
    code = responses.exchange(school, "schule", key(1), renew=True)
    assert code
    again = [submission(n, wave_id="schule", access_code=code) for n in (2, 3)]
    assert [responses.submit(school, one, DURING) for one in again] == ["stored", "code_unknown"]


def test_a_second_withdrawal_of_the_same_key_gives_no_code(school: Store) -> None:
    first, second = (responses.exchange(school, "schule", key(1), renew=True) for _ in range(2))
    assert (bool(first), second) == (True, "")
    assert codes.count_codes(school, "schule") == 1


def test_withdrawals_at_once_give_one_code(school: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda _: responses.exchange(school, "schule", key(1), renew=True), range(12)))
    assert len([code for code in given if code]) == 1
    assert codes.count_codes(school, "schule") == 1


@pytest.mark.parametrize("changes", [{"mode": "paper"}, {"mode": "assisted"}])
def test_what_came_without_a_code_gives_none(school: Store, changes: dict[str, str]) -> None:
    responses.submit(school, replace(submission(5, wave_id="schule"), **changes), DURING)  # type: ignore[arg-type]
    assert responses.exchange(school, "schule", key(5), renew=True) == ""
    assert responses.exchange(school, "schule", key(6), renew=True) is None
    assert codes.count_codes(school, "schule") == 0


def test_a_withdrawn_response_is_bare_and_holds_nothing_of_the_new_code(school: Store) -> None:
    code = responses.exchange(school, "schule", key(1), renew=True) or ""
    with school.read() as connection:
        row = connection.execute(text("SELECT * FROM response WHERE wave_id = 'schule'")).mappings().one()
        kept = connection.execute(text("SELECT code_hash FROM access_code")).scalars().all()
    assert {name for name, value in row.items() if value is not None} == {"wave_id", "key_hash"}
    assert [bytes(value) for value in kept] == [codes.hash_code("schule", code)]


# --- settings of a wave, words of a district -----------------------------------------------------------------


def test_a_wave_keeps_its_settings(store: Store) -> None:
    raffle: ContactKind = "raffle"
    value = wave(id="neu", minimum_age=10, parental_consent=True, contact=raffle, contact_until=wave().entry_until)
    waves.create_wave(store, value)
    assert waves.get_wave(store, "neu") == replace(value, code_required=True)  # a slip unlocks a code


def test_a_district_replaces_the_help_that_ships_and_can_go_back(store: Store) -> None:
    own = (HelpContact(name="Beratung <b>", phone="03683 1", hours="dienstags", audience="young_people"),)
    districts.save_help_contacts(store, "musterkreis", own)
    districts.save_district(store, district())
    assert districts.get_district(store, "musterkreis").help_contacts == own
    assert districts.list_districts(store)[0].help_contacts == own
    districts.save_help_contacts(store, "musterkreis", None)
    assert districts.get_district(store, "musterkreis") == district()


def test_what_a_district_does_is_kept_by_language(store: Store) -> None:
    follow_ups.save_follow_up(store, WAVE, {"de": " Wir bauen.\n\nBald. ", "uk": "Так", "tr": "  "})
    assert follow_ups.get_follow_up(store, WAVE) == {"de": "Wir bauen.\n\nBald.", "uk": "Так"}
    follow_ups.save_follow_up(store, WAVE, {"de": "Anders."})
    assert follow_ups.get_follow_up(store, WAVE) == {"de": "Anders."}
    follow_ups.save_follow_up(store, WAVE, {})
    assert follow_ups.get_follow_up(store, WAVE) == {}
