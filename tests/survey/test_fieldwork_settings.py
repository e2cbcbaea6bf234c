"""The desk beyond dates: young people, codes on paper, addresses, who helps, what follows, asking aloud."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey.records import StoredResponse
from survey.services import Services
from survey.store import Store, codes, contacts, districts, follow_ups, questionnaires, responses, waves
from tests.survey import cast
from tests.survey.cast import AFTER, DURING, WAVE
from tests.survey.desk_tools import Clock, page, submit
from tests.survey.test_fieldwork import wave_fields

SCHOOL = "schule"
HOME = f"/wellen/{SCHOOL}"
HOSTILE = '<script>alert("x")</script>'
LogIn = Callable[[str], FlaskClient]


@pytest.fixture
def store(app: Flask) -> Store:
    """With the wave of a school: codes, parents who must agree, a raffle."""
    own: Services = app.extensions["familienstimme"]
    asked = cast.questionnaire(id="kinder", audience="young_people", minimum_age=10)
    questionnaires.save_questionnaire(own.store, asked)
    waves.create_wave(own.store, cast.wave(
        id=SCHOOL, questionnaire_hash=asked.hash, minimum_age=11, parental_consent=True, contact="raffle",
        contact_until=date(2026, 5, 1),
    ))  # fmt: skip
    return own.store


# --- settings of a new wave ----------------------------------------------------------------------------------


def new_wave(client: FlaskClient, store: Store, young: bool = True, **fields: str) -> Any:
    version = waves.get_wave(store, SCHOOL if young else WAVE).questionnaire_hash
    more = {"questionnaire": version, "access": "open", "id": "neu-27", "contact_until": "2027-05-01"}
    return submit(client, "/wellen/neu", **(wave_fields(**more) | fields))


def test_below_14_parents_agree_and_a_code_is_needed_unless_somebody_decides_otherwise(
    staff_client: FlaskClient, store: Store
) -> None:
    new_wave(staff_client, store)
    made = waves.get_wave(store, "neu-27")
    assert (made.minimum_age, made.parental_consent, made.code_required) == (10, True, True)
    assert "Codes drucken und der Schule geben" in page(staff_client.get("/wellen/neu-27")).text
    new_wave(staff_client, store, id="anders-27", consent="no", minimum_age="16")
    other = waves.get_wave(store, "anders-27")
    assert (other.minimum_age, other.parental_consent, other.code_required) == (16, False, False)


def test_families_are_asked_without_age_consent_or_address(staff_client: FlaskClient, store: Store) -> None:
    new_wave(staff_client, store, young=False)
    made = waves.get_wave(store, "neu-27")
    assert (made.minimum_age, made.parental_consent, made.code_required) == (None, False, False)
    assert (made.contact, made.contact_until) == ("", None)


def test_a_raffle_has_a_day_on_which_its_addresses_go(staff_client: FlaskClient, store: Store) -> None:
    new_wave(staff_client, store, contact="raffle")
    made = waves.get_wave(store, "neu-27")
    assert (made.contact, made.contact_until) == ("raffle", date(2027, 5, 1))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("minimum_age", "9"), ("minimum_age", "28"), ("minimum_age", "zehn"), ("minimum_age", "9" * 400),
        ("consent", ""), ("consent", HOSTILE), ("contact", "lotto"), ("contact_until", ""),
        ("contact_until", "2027-03-30"), ("contact_until", "2029-01-01"),
    ],
)  # fmt: skip
def test_a_setting_that_does_not_fit_is_said_at_its_field(
    staff_client: FlaskClient, store: Store, field: str, value: str
) -> None:
    answer = new_wave(staff_client, store, **({"contact": "raffle"} | {field: value}))
    assert answer.status_code == 422
    assert page(answer).all("a", href=f"#f-{field}")
    assert waves.find_wave(store, "neu-27") is None


def test_the_page_of_a_wave_shows_its_settings(log_in: LogIn, store: Store) -> None:
    text = page(log_in("administrator").get(HOME)).text
    for part in ("ab 11 Jahren", "müssen zustimmen", "für eine Verlosung", "Unbenutzt: 0", "0 Adressen"):
        assert part in text
    assert "Tablet im Warteraum" in text
    links = [a["href"] for a in page(log_in("coordinator").get(f"/wellen/{WAVE}")).all("a")]
    assert f"/b/{WAVE}?z=kita-sonne&kiosk=1" in links
    assert f"/wellen/{WAVE}/codes" not in links


# --- codes on paper ------------------------------------------------------------------------------------------


def printed_codes(response: Any) -> list[str]:
    return re.findall(r'class="slip-code">([^<]+)<', response.get_data(as_text=True))


def test_codes_are_printed_once_and_kept_as_hashes(staff_client: FlaskClient, store: Store) -> None:
    sheet = submit(staff_client, f"{HOME}/codes", number="12")
    made = printed_codes(sheet)
    assert len(set(made)) == codes.count_codes(store, SCHOOL) == 12
    assert sheet.headers["Cache-Control"] == "no-store"
    assert "Die Unterschrift bleibt in der Schule" in page(sheet).text
    assert not set(made) & set(re.findall(r"[A-Z0-9]{4}-[A-Z0-9]{4}", staff_client.get(HOME).get_data(as_text=True)))
    assert store.path is not None
    assert not [code for code in made if code.replace("-", "").encode() in store.path.read_bytes()]


@pytest.mark.parametrize("number", ["0", "501", "viele", "", "-1", "1.5", "９"])
def test_a_wrong_number_of_codes_makes_none(staff_client: FlaskClient, store: Store, number: str) -> None:
    assert submit(staff_client, f"{HOME}/codes", number=number).status_code == 422
    assert codes.count_codes(store, SCHOOL) == 0


def test_codes_are_only_for_waves_that_ask_for_them_and_only_until_their_end(
    log_in: LogIn, store: Store, clock: Clock
) -> None:
    client = log_in("coordinator")
    assert client.get(f"/wellen/{WAVE}/codes").status_code == 409
    clock.now = AFTER
    assert log_in("coordinator").get(f"{HOME}/codes").status_code == 409


def test_only_a_coordinator_prints_codes(log_in: LogIn, store: Store) -> None:
    assert log_in("planner").get(f"{HOME}/codes").status_code == 403


def test_the_poster_says_that_parents_must_agree(staff_client: FlaskClient, store: Store) -> None:
    text = page(staff_client.get(f"{HOME}/plakat")).text
    assert "Deine Eltern müssen zustimmen." in text
    assert "ab 11 Jahren" in text
    assert "zustimmen" not in page(staff_client.get(f"/wellen/{WAVE}/plakat")).text


# --- addresses -----------------------------------------------------------------------------------------------


def leave(store: Store, *addresses: str) -> None:
    for address in addresses:
        contacts.leave_address(store, SCHOOL, address)
    contacts.mix(store, SCHOOL)


def test_addresses_leave_as_a_table_without_formulas(log_in: LogIn, store: Store) -> None:
    leave(store, "+49 171 23456", "=cmd@b.de", "lea@b.de", "-1;=2@b.de")
    answer = log_in("administrator").get(f"{HOME}/adressen.csv")
    rows = [row[0] for row in csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))]
    assert rows[0] == "adresse"
    assert sorted(rows[1:]) == ["'+49 171 23456", "'-1;'=2@b.de", "'=cmd@b.de", "lea@b.de"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("role", ["coordinator", "planner"])
def test_addresses_are_for_administrators_alone(log_in: LogIn, store: Store, role: str) -> None:
    leave(store, "lea@b.de")
    for path in ("adressen", "adressen.csv"):
        assert log_in(role).get(f"{HOME}/{path}").status_code == 403


def test_an_address_is_deleted_on_demand_and_no_page_shows_one(log_in: LogIn, store: Store) -> None:
    leave(store, "lea@b.de", "tim@b.de")
    client = log_in("administrator")
    assert "@b.de" not in client.get(f"{HOME}/adressen").get_data(as_text=True)
    assert submit(client, f"{HOME}/adressen", wanted=" LEA@b.de ").status_code == 303
    assert contacts.list_addresses(store, SCHOOL) == ["tim@b.de"]
    again = submit(client, f"{HOME}/adressen", wanted=f"lea@b.de{HOSTILE}")
    assert again.status_code == 422
    assert HOSTILE not in again.get_data(as_text=True)


def test_a_wave_without_addresses_has_no_such_page(log_in: LogIn, store: Store) -> None:
    assert log_in("administrator").get(f"/wellen/{WAVE}/adressen").status_code == 404


# --- who helps -----------------------------------------------------------------------------------------------

HELP = "/angaben/musterkreis/hilfe"
ROW = {"name-1": f"Beratung {HOSTILE}", "phone-1": "03683 / 1234", "hours-1": "dienstags", "audience-1": "young_people"}


def test_a_district_names_who_helps_and_can_go_back(log_in: LogIn, client: FlaskClient, store: Store) -> None:
    desk = log_in("administrator")
    assert submit(desk, HELP, **ROW).status_code == 303
    found = districts.get_district(store, "musterkreis").help_contacts
    assert [(c.phone, c.hours, c.audience) for c in found] == [("03683 / 1234", "dienstags", "young_people")]
    asked, [code] = waves.get_wave(store, SCHOOL).questionnaire_hash, codes.make_codes(store, SCHOOL, 1)
    form = {"_key": cast.key(1), "_hash": asked, "_code": code}
    html = client.post(f"/b/{SCHOOL}", data=form, headers={"Accept": "text/html"}).get_data(as_text=True)
    assert "03683 / 1234" in html
    assert HOSTILE not in html
    assert submit(desk, HELP, **dict.fromkeys(ROW, "")).status_code == 303
    assert districts.get_district(store, "musterkreis") == cast.district()


@pytest.mark.parametrize(
    "changes", [{"name-1": ""}, {"phone-1": "ruf an"}, {"phone-1": ""}, {"audience-1": "alle"}, {"hours-1": "x" * 121}]
)
def test_a_contact_nobody_can_call_is_not_saved(log_in: LogIn, store: Store, changes: dict[str, str]) -> None:
    answer = submit(log_in("administrator"), HELP, **(ROW | changes))
    assert answer.status_code == 422
    assert page(answer).all("a", href=f"#f-{next(iter(changes))}")
    assert districts.get_district(store, "musterkreis") == cast.district()


# --- families per Sozialraum ---------------------------------------------------------------------------------

FAMILIES = "/angaben/musterkreis/familien"


def test_numbers_of_families_are_kept_with_their_source_and_can_be_taken_back(log_in: LogIn, store: Store) -> None:
    desk, [first, *others] = log_in("administrator"), cast.district().areas
    place = f"families-{first.id}"
    typed = {place: "1.0 00", "source": "x"} | {f"families-{area.id}": "" for area in others}
    assert submit(desk, FAMILIES, **typed).status_code == 422
    assert submit(desk, FAMILIES, **(typed | {place: "0.850", "source": f"Register {HOSTILE}"})).status_code == 303
    found = districts.get_district(store, "musterkreis")
    assert [area.known_families for area in found.areas] == [850, *(None for _ in others)]
    shown = desk.get(FAMILIES).get_data(as_text=True)
    assert 'value="850"' in shown
    assert HOSTILE not in shown
    districts.save_district(store, cast.district())
    assert districts.get_district(store, "musterkreis").areas == found.areas
    assert submit(desk, FAMILIES, **dict.fromkeys(typed, "")).status_code == 303
    assert districts.get_district(store, "musterkreis") == cast.district()


IMPOSSIBLE = [("viele", "x"), ("-3", "x"), ("12,5", "x"), ("9999999", "x"), ("90", "")]


@pytest.mark.parametrize(("number", "source"), IMPOSSIBLE)
def test_a_number_that_cannot_be_is_not_kept_and_not_lost(
    log_in: LogIn, store: Store, number: str, source: str
) -> None:
    area = f"families-{cast.district().areas[0].id}"
    answer = submit(log_in("administrator"), FAMILIES, **{area: number, "source": source})
    assert answer.status_code == 422
    assert page(answer).all("a", href=f"#f-{area if source else 'source'}")
    assert f'value="{number}"' in answer.get_data(as_text=True)
    assert districts.get_district(store, "musterkreis") == cast.district()


# --- what follows --------------------------------------------------------------------------------------------


def test_what_follows_is_written_after_the_wave_and_needs_german(log_in: LogIn, store: Store, clock: Clock) -> None:
    path = f"/wellen/{WAVE}/danach"
    assert log_in("coordinator").get(path).status_code == 409
    clock.now = AFTER
    client = log_in("coordinator")
    assert submit(client, path, **{"text-de": " Mehr Busse.\r\nUnd Hort."}).status_code == 303
    assert follow_ups.get_follow_up(store, WAVE) == {"de": "Mehr Busse.\nUnd Hort."}
    assert submit(client, path, **{"text-de": "x" * 4001}).status_code == 422
    assert "Der Text steht auf der Seite der Befragung" in page(client.get(f"/wellen/{WAVE}")).text


def test_other_languages_need_the_german_text(log_in: LogIn, store: Store, clock: Clock) -> None:
    asked = cast.questionnaire(languages=("de", "uk"))
    questionnaires.save_questionnaire(store, asked)
    waves.publish_version(store, WAVE, asked.hash)
    clock.now = AFTER
    answer = submit(log_in("coordinator"), f"/wellen/{WAVE}/danach", **{"text-uk": "Так", "text-tlh": "HIja'"})
    assert answer.status_code == 422
    assert follow_ups.get_follow_up(store, WAVE) == {}


# --- asked aloud ---------------------------------------------------------------------------------------------


def start(client: FlaskClient, wave_id: str = WAVE, **fields: str) -> str:
    """Start as staff and return the address of the document."""
    answer = submit(client, f"/wellen/{wave_id}/vorlesen", **({"language": "de", "door": ""} | fields))
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def hidden(client: FlaskClient, address: str, name: str) -> str:
    html = client.get(address).get_data(as_text=True)
    return page_input(html, name)


def page_input(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    return found[1] if found else ""


def send(client: FlaskClient, token: str, number: int = 1, wave_id: str = WAVE, **fields: str) -> Any:
    asked = waves.get_wave(client.application.extensions["familienstimme"].store, wave_id).questionnaire_hash
    form = {"_key": cast.key(number), "_hash": asked, "_lang": "de", "_code": token} | fields
    return client.post(f"/b/{wave_id}", data=form, headers={"Accept": "application/json"}).json["state"]


def stored(store: Store, wave_id: str = WAVE) -> list[StoredResponse]:
    return list(responses.read_responses(store, wave_id))


def test_asking_aloud_is_marked_and_the_document_needs_no_login(
    staff_client: FlaskClient, client: FlaskClient, store: Store
) -> None:
    address = start(staff_client, door="kita-sonne")
    shown = client.get(address)
    assert shown.status_code == 200
    assert "Set-Cookie" not in shown.headers
    assert "Das Gerät geht jetzt an die befragte Person." in shown.get_data(as_text=True)
    assert "Das Gerät geht jetzt" not in client.get(f"/b/{WAVE}").get_data(as_text=True)
    assert send(client, hidden(client, address, "_code"), zufrieden="2") == "stored"
    assert [(r.mode, r.answers) for r in stored(store)] == [("assisted", {"zufrieden": 2})]


def test_in_a_wave_with_codes_a_start_lets_in_one_response_however_often_it_is_sent(
    staff_client: FlaskClient, client: FlaskClient, store: Store
) -> None:
    token = hidden(client, start(staff_client, SCHOOL), "_code")
    states = [send(client, token, number, SCHOOL) for number in (1, 1, 2)]
    assert states == ["stored", "repeated", "code"]
    assert [r.mode for r in stored(store, SCHOOL)] == ["assisted"]
    assert 'name="_code" autocapitalize' not in client.get(start(staff_client, SCHOOL)).get_data(as_text=True)


def test_forged_old_and_foreign_passes_mark_nothing(
    log_in: LogIn, client: FlaskClient, store: Store, clock: Clock
) -> None:
    desk = log_in("coordinator")
    token = hidden(client, start(desk), "_code")
    foreign = hidden(client, start(desk, SCHOOL), "_code")
    forged = token[:-2] + ("AA" if not token.endswith("AA") else "BB")
    for number, wrong in enumerate((foreign, forged, token + "x", "." * 5, "a.b", HOSTILE, "x" * 9000)):
        assert send(client, wrong, number) == "stored"
        assert client.get(f"/b/{WAVE}", query_string={"a": wrong}).status_code == 409
    clock.now = DURING + timedelta(days=22)
    assert send(client, token, 99) == "stored"
    assert {r.mode for r in stored(store)} == {"web"}


def test_a_link_opens_for_12_hours_and_its_form_may_wait_longer(
    staff_client: FlaskClient, client: FlaskClient, store: Store, clock: Clock
) -> None:
    address = start(staff_client)
    token = hidden(client, address, "_code")
    clock.now = DURING + timedelta(hours=13)
    assert client.get(address).status_code == 409
    assert "Bitte öffnen Sie ihn neu" in page(client.get(address)).text
    assert send(client, token) == "stored"
    assert [r.mode for r in stored(store)] == ["assisted"]


def test_without_script_a_form_with_problems_stays_assisted(staff_client: FlaskClient, client: FlaskClient) -> None:
    token = hidden(client, start(staff_client), "_code")
    asked = cast.questionnaire().hash
    fields = {"_key": cast.key(1), "_hash": asked, "_code": token, "zufrieden": "9"}
    again = client.post(f"/b/{WAVE}", data=fields, headers={"Accept": "text/html"})
    assert again.status_code == 422
    assert page_input(again.get_data(as_text=True), "_code") == token


@pytest.mark.parametrize("fields", [{"door": "gibt-es-nicht"}, {"language": "tlh"}])
def test_a_forged_door_or_language_starts_nothing(
    staff_client: FlaskClient, store: Store, fields: dict[str, str]
) -> None:
    answer = submit(staff_client, f"{HOME}/vorlesen", **({"language": "de", "door": ""} | fields))
    assert answer.status_code == 422
    assert codes.count_codes(store, SCHOOL) == 0


def test_nobody_from_outside_starts_the_mode(client: FlaskClient, log_in: LogIn, store: Store, clock: Clock) -> None:
    assert client.get(f"/wellen/{WAVE}/vorlesen").status_code == 303
    assert log_in("planner").get(f"/wellen/{WAVE}/vorlesen").status_code == 403
    clock.now = AFTER
    assert log_in("coordinator").get(f"/wellen/{WAVE}/vorlesen").status_code == 409
