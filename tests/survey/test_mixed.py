"""German words inside another language are marked as German, and nothing else is."""

import pytest
from flask.testing import FlaskClient

from survey.respond.mixed import marked, words_marked
from survey.respond.words import words
from survey.store import Store, codes, waves
from tests.survey.cast import key, questionnaire, wave
from tests.survey.desk_tools import page

CARE = "Krippe, Kita, Tagespflege"
CASES = {
    "حضانة (Kita, Tagespflege)": 'حضانة <bdi lang="de">(Kita, Tagespflege)</bdi>',
    "детсад (Kita), няня (Tagespflege)?":
        'детсад <bdi lang="de">(Kita)</bdi>, няня <bdi lang="de">(Tagespflege)</bdi>?',
    "day care (Kita or nanny)": "day care (Kita or nanny)",
    "three (3), kita (kita)": "three (3), kita (kita)",
    "no brackets <b>": "no brackets &lt;b&gt;",
    "(Kita) & (<script>)": '<bdi lang="de">(Kita)</bdi> &amp; (&lt;script&gt;)',
    "({Kita})": "({Kita})",
}  # fmt: skip


@pytest.mark.parametrize("text", CASES)
def test_brackets_are_german_where_the_german_text_has_all_their_words(text: str) -> None:
    assert marked(text, CARE) == CASES[text]


def test_the_products_own_sentences_mark_them_too() -> None:
    said = words_marked(words("ar", False), words("de", False))["kept"]
    assert '<bdi lang="de">(Sozialraum)</bdi>' in said


def test_without_script_a_wrong_code_is_said_at_its_field(family: FlaskClient, sqlite_store: Store) -> None:
    waves.create_wave(sqlite_store, wave(id="schule", code_required=True))
    codes.make_codes(sqlite_store, "schule", 1)
    fields = {"_key": key(1), "_hash": questionnaire().hash, "_code": "FALSCH"}
    html = family.post("/b/schule", data=fields).get_data(as_text=True)
    assert "<a href=#q-_code>" in html.replace('"', "")
    assert html.count(words("de", False)["error_code"]) == 2
    assert "aria-invalid=true aria-describedby=e-_code" in html.replace('"', "")
    assert "aria-invalid" not in family.get("/b/schule").get_data(as_text=True)
    assert page(family.post("/b/schule", data=fields)).text.count("FALSCH") == 0
