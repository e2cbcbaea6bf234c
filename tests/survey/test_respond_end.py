"""What comes after the last question: codes, thanks, withdrawal, an address, and what the district does."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from questionnaires.region import HelpContact
from survey.respond.contact import is_address
from survey.services import Services
from survey.settings import Settings
from survey.store import Store, codes, contacts, districts, follow_ups, questionnaires, responses, waves
from survey.tick import tick
from tests.survey.cast import AFTER, DURING, WAVE, key, questionnaire, wave
from tests.survey.desk_tools import Clock, page

SCHOOL = "schule"
HOSTILE = '<script>alert("x")</script>'


@pytest.fixture
def posts_per_source() -> int:
    return 3


@pytest.fixture
def school(sqlite_store: Store) -> Store:
    """A wave of children for which parents must agree."""
    asked = questionnaire(id="kinder", audience="young_people", minimum_age=10)
    questionnaires.save_questionnaire(sqlite_store, asked)
    waves.create_wave(sqlite_store, wave(
        id=SCHOOL, questionnaire_hash=asked.hash, minimum_age=11, parental_consent=True,
        contact="raffle", contact_until=wave().entry_until,
    ))  # fmt: skip
    return sqlite_store


def post(client: FlaskClient, wave_id: str = SCHOOL, number: int = 1, **fields: Any) -> Any:
    asked = waves.get_wave(client.application.extensions["familienstimme"].store, wave_id).questionnaire_hash
    form = {"_key": key(number), "_hash": asked, "_lang": "de"} | fields
    return client.post(f"/b/{wave_id}", data=form, headers={"Accept": "application/json"})


def thanks(school: Store, client: FlaskClient) -> str:
    """What a child sees once the answers have arrived."""
    [code] = codes.make_codes(school, SCHOOL, 1)
    return str(post(client, number=99, _code=code).json["thanks"])


def text_of(response: Any) -> str:
    return page(response).text


# --- young people ----------------------------------------------------------------------------------------------


def test_the_start_says_calmly_that_parents_must_agree_and_from_which_age(school: Store, family: FlaskClient) -> None:
    text = text_of(family.get(f"/b/{SCHOOL}"))
    assert "Deine Eltern müssen zustimmen. Den Code bekommst du dann in der Schule." in text
    assert "Ab 11 Jahren." in text
    other = text_of(family.get(f"/b/{WAVE}"))
    assert "zustimmen" not in other
    assert "Ab " not in other


def test_sensitive_pages_of_young_people_say_who_helps_and_no_other_page_does(
    school: Store, family: FlaskClient
) -> None:
    own = HelpContact(name="Beratung Süd", phone="03683 100", hours="dienstags", audience="young_people")
    everybody = HelpContact(name="Telefonseelsorge", phone="0800 111 0 111")
    districts.save_help_contacts(school, "musterkreis", (everybody, own))
    pages = questionnaire().model_dump(mode="json", by_alias=True)["pages"]
    pages[1]["questions"][4]["sensitive"] = "health"
    asked = questionnaire().model_validate(
        questionnaire(audience="young_people").model_dump(by_alias=True) | {"pages": pages}
    )
    questionnaires.save_questionnaire(school, asked)
    waves.publish_version(school, SCHOOL, asked.hash)
    form, end = family.get(f"/b/{SCHOOL}").get_data(as_text=True), thanks(school, family)
    first, _, second = form.partition('id="p-zwei"' if 'id="p-zwei"' in form else "id=p-zwei")
    assert "Beratung Süd" in second
    assert "(dienstags)" in second
    assert "Beratung Süd" not in first
    assert "Telefonseelsorge" not in form  # one short line
    assert "Beratung Süd" in end
    assert "dienstags" in end
    assert "Telefonseelsorge" in end


def test_adults_get_no_such_line(sqlite_store: Store, family: FlaskClient) -> None:
    districts.save_help_contacts(sqlite_store, "musterkreis", (HelpContact(name="Hilfe", phone="110"),))
    assert "110" not in text_of(family.get(f"/b/{WAVE}"))
    assert "110" in post(family, WAVE).json["thanks"]


# --- codes -----------------------------------------------------------------------------------------------------


def test_used_unknown_and_foreign_codes_get_the_same_answer(school: Store, family: FlaskClient) -> None:
    used = codes.make_codes(school, SCHOOL, 1)[0]
    waves.create_wave(school, wave(id="andere", code_required=True))
    foreign = codes.make_codes(school, "andere", 1)[0]
    assert post(family, number=1, _code=used).json["state"] == "stored"
    tried = (used, "AAAA-AAAA", foreign, "", HOSTILE, "x" * 5000, "a.b.c")
    answers = [post(family, number=n, _code=code) for n, code in enumerate(tried, start=2)]
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.get_data() for answer in answers}) == 1
    assert "Deine Antworten bleiben hier" in answers[0].json["message"]
    assert responses.count_responses(school, SCHOOL) == 1


def test_a_replay_with_its_used_code_is_success_again(school: Store, family: FlaskClient) -> None:
    code = codes.make_codes(school, SCHOOL, 1)[0]
    assert [post(family, _code=code).json["state"] for _ in range(2)] == ["stored", "repeated"]


# --- withdrawal ------------------------------------------------------------------------------------------------


def fresh_code(response: Any) -> str:
    found = re.search(r"<code[^>]*>([A-Z0-9]{4}-[A-Z0-9]{4})</code>", response.get_data(as_text=True))
    return found[1] if found else ""


def test_the_withdrawal_page_says_until_when_the_code_works(family: FlaskClient) -> None:
    assert "Bis zum 14. April 2026 ist das möglich." in text_of(family.get(f"/b/{WAVE}/widerruf"))


def test_withdrawing_where_codes_are_needed_shows_a_fresh_one_once(school: Store, family: FlaskClient) -> None:
    code = codes.make_codes(school, SCHOOL, 1)[0]
    post(family, _code=code)
    first, second = (family.post(f"/b/{SCHOOL}/widerruf", data={"key": key(1)}) for _ in range(2))
    assert fresh_code(first) not in ("", code)
    assert fresh_code(second) == ""
    assert "Code" in text_of(first)
    assert "steht nur jetzt hier" in text_of(first)
    assert post(family, number=2, _code=fresh_code(first)).json["state"] == "stored"
    assert post(family, number=1, _code=code).json["state"] == "withdrawn"


def test_a_fresh_code_has_its_own_script_and_no_other_page_has_one(school: Store, family: FlaskClient) -> None:
    post(family, _code=codes.make_codes(school, SCHOOL, 1)[0])
    with_code = family.post(f"/b/{SCHOOL}/widerruf", data={"key": key(1)})
    assert "script-src 'sha256-" in with_code.headers["Content-Security-Policy"]
    assert "script-src 'none'" in family.get(f"/b/{SCHOOL}/widerruf").headers["Content-Security-Policy"]


def test_an_open_wave_gives_no_code_and_after_its_end_none_does(
    school: Store, family: FlaskClient, clock: Clock
) -> None:
    post(family, WAVE)
    post(family, _code=codes.make_codes(school, SCHOOL, 1)[0])
    assert fresh_code(family.post(f"/b/{WAVE}/widerruf", data={"key": key(1)})) == ""
    clock.now = datetime(2026, 4, 1, 12, tzinfo=UTC)
    late = family.post(f"/b/{SCHOOL}/widerruf", data={"key": key(1)})
    assert fresh_code(late) == ""
    assert "Erledigt" in text_of(late)
    assert codes.count_codes(school, SCHOOL) == 0


def test_a_key_of_another_wave_deletes_nothing(school: Store, family: FlaskClient) -> None:
    post(family, WAVE)
    answer = family.post(f"/b/{SCHOOL}/widerruf", data={"key": key(1)})
    assert fresh_code(answer) == ""
    assert responses.count_responses(school, WAVE) == 1


# --- an address ------------------------------------------------------------------------------------------------

CONTACT = f"/b/{SCHOOL}/kontakt"


def addresses(store: Store) -> list[str]:
    contacts.mix(store, SCHOOL)
    return sorted(contacts.list_addresses(store, SCHOOL))


def test_an_address_is_asked_for_after_the_thanks_and_never_in_the_questionnaire(
    school: Store, family: FlaskClient
) -> None:
    assert "kontakt" not in family.get(f"/b/{SCHOOL}").get_data(as_text=True)
    assert "kontakt" in thanks(school, family)
    assert "kontakt" not in post(family, WAVE).json["thanks"]
    assert family.get(f"/b/{WAVE}/kontakt").status_code == 404
    shown = family.get(CONTACT)
    assert "Nach dem 14. April 2026 löschen wir sie." in text_of(shown)
    assert [a["name"] for a in page(shown).all("input")] == ["address"]
    assert "Set-Cookie" not in shown.headers


def test_an_address_is_kept_and_thanked_for(school: Store, family: FlaskClient) -> None:
    assert "angekommen" in text_of(family.post(CONTACT, data={"address": " lea@beispiel.de "}))
    family.post(CONTACT, data={"address": "+49 171 2345678"})
    assert addresses(school) == ["+49 171 2345678", "lea@beispiel.de"]


@pytest.mark.parametrize(
    "wrong",
    ["", "lea", "a@b", "12345", HOSTILE, f"{HOSTILE}@b.de", "=1+1", "a@b.de\x00", "x" * 150 + "@b.de", "1" * 21],
)  # fmt: skip
def test_what_is_no_address_is_shown_as_text_and_not_kept(school: Store, family: FlaskClient, wrong: str) -> None:
    answer = family.post(CONTACT, data={"address": wrong})
    assert answer.status_code == 422
    assert "nicht vollständig" in text_of(answer)
    assert page(answer).all("script") == []
    assert page(answer).all("input")[0].get("value", "").startswith(wrong[:6])
    assert addresses(school) == []


def test_results_are_sent_to_mail_addresses_only() -> None:
    assert is_address("0171 234567", phones=True)
    assert not is_address("0171 234567", phones=False)
    assert is_address("lea+x@post.beispiel.de", phones=False)


def test_a_flood_of_addresses_is_stopped_and_counts_for_itself(
    school: Store, family: FlaskClient, clock: Clock
) -> None:
    sent = [family.post(CONTACT, data={"address": f"n{n}@b.de"}).status_code for n in range(15)]
    assert sent == [200] * 12 + [429] * 3
    assert post(family, WAVE).json["state"] == "stored"
    clock.now += timedelta(minutes=11)
    assert family.post(CONTACT, data={"address": "spaet@b.de"}).status_code == 200


@pytest.mark.parametrize("now", [datetime(2026, 2, 1, tzinfo=UTC), AFTER])
def test_outside_the_wave_no_address_is_taken(school: Store, family: FlaskClient, clock: Clock, now: datetime) -> None:
    clock.now = now
    assert family.get(CONTACT).status_code in {404, 410}
    assert family.post(CONTACT, data={"address": "a@b.de"}).status_code in {404, 410}
    assert addresses(school) == []


def test_the_night_mixes_once_and_deletes_on_the_promised_day(school: Store, tmp_path: Path) -> None:
    own = Services(Settings(tmp_path, f"sqlite:///{school.path}"), school)
    tick(own, DURING)
    contacts.leave_address(school, SCHOOL, "a@b.de")
    tick(own, DURING + timedelta(hours=2))
    assert contacts.count_addresses(school, SCHOOL) == 0  # in the middle of the day nothing moves
    assert f"{SCHOOL}: Neue Adressen wurden untergemischt." in tick(own, DURING + timedelta(days=1))
    assert contacts.list_addresses(school, SCHOOL) == ["a@b.de"]
    last_day = datetime(2026, 4, 14, 12, tzinfo=UTC)
    tick(own, last_day)
    assert contacts.count_addresses(school, SCHOOL) == 1
    assert f"{SCHOOL}: Die Adressen sind gelöscht, wie zugesagt." in tick(own, last_day + timedelta(days=1))
    assert contacts.count_addresses(school, SCHOOL) == 0


def test_logs_hold_no_address_and_no_code(school: Store, family: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    code = codes.make_codes(school, SCHOOL, 1)[0]
    post(family, _code=code)
    given = fresh_code(family.post(f"/b/{SCHOOL}/widerruf", data={"key": key(1)}))
    family.post(CONTACT, data={"address": "geheim@beispiel.de"})
    family.post(CONTACT, data={"address": "geheim@"})
    for secret in (code, given, "geheim@", "127.0.0.1"):
        assert secret not in caplog.text


# --- what the district does ------------------------------------------------------------------------------------


def test_the_closed_page_says_what_the_district_does(sqlite_store: Store, family: FlaskClient, clock: Clock) -> None:
    clock.now = AFTER
    assert "Das tun wir" not in text_of(family.get(f"/b/{WAVE}"))
    follow_ups.save_follow_up(sqlite_store, WAVE, {"de": f"Mehr Busse.\n\nAb Mai {HOSTILE}."})
    shown = family.get(f"/b/{WAVE}")
    assert shown.status_code == 410
    assert "Das haben Sie gesagt. Das tun wir. Mehr Busse. Ab Mai <script>" in text_of(shown)
    assert HOSTILE not in shown.get_data(as_text=True)
    assert page(shown).all("h2", id="danach")


def test_a_missing_language_falls_back_to_german_and_is_marked(
    sqlite_store: Store, family: FlaskClient, clock: Clock
) -> None:
    asked = questionnaire(languages=("de", "uk"))
    questionnaires.save_questionnaire(sqlite_store, asked)
    waves.publish_version(sqlite_store, WAVE, asked.hash)
    clock.now = AFTER
    follow_ups.save_follow_up(sqlite_store, WAVE, {"de": "Mehr Busse."})
    assert re.search(
        r'<span lang="?de"? dir="?ltr"?>Mehr Busse', family.get(f"/b/{WAVE}?lang=uk").get_data(as_text=True)
    )
    follow_ups.save_follow_up(sqlite_store, WAVE, {"de": "Mehr Busse.", "uk": "Більше"})
    assert "Більше" in text_of(family.get(f"/b/{WAVE}?lang=uk"))


def test_the_start_page_shows_how_the_answer_begins(sqlite_store: Store, family: FlaskClient) -> None:
    follow_ups.save_follow_up(sqlite_store, WAVE, {"de": f"Mehr Busse. {HOSTILE}\nUnd mehr."})
    shown = family.get("/")
    assert "Das tun wir: Mehr Busse." in text_of(shown)
    assert "Und mehr" not in text_of(shown)
    assert HOSTILE not in shown.get_data(as_text=True)
    assert page(shown).all("a", href=f"/b/{WAVE}#danach")


@pytest.mark.parametrize("path", ["datenschutz", "barrierefreiheit", "impressum"])
def test_legal_pages_speak_to_young_people_as_the_questionnaire_does(
    school: Store, family: FlaskClient, path: str
) -> None:
    polite = r"\b(Ihnen|Ihr\w*)\b|\b(haben|können|bekommen|leben|auswählen|ausfüllen|[Ss]agen|Schreiben|Rufen) Sie\b"
    young, adult = (text_of(family.get(f"/{path}?welle={wave_id}")) for wave_id in (SCHOOL, WAVE))
    assert re.findall(polite, young) == []
    assert re.findall(r"\b(du|dich|dir|dein\w*)\b", adult, re.IGNORECASE) == []
    if path == "datenschutz":
        assert "Mit deinem Widerrufscode kannst du deine Antworten löschen" in young
        assert len(re.findall(polite, adult)) > 20


def test_the_privacy_page_speaks_of_addresses_and_slips_where_there_are_any(school: Store, family: FlaskClient) -> None:
    text = text_of(family.get(f"/datenschutz?welle={SCHOOL}"))
    assert "Nach dem 14. April 2026 wird sie gelöscht." in text
    assert "Der Tag wird nicht gespeichert." in text
    assert "Er bleibt in der Schule" in text
    assert "Adresse hinterlassen" not in text_of(family.get(f"/datenschutz?welle={WAVE}"))
