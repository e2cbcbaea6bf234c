"""The service worker of a wave, and the page after the end that still delivers what waits on a phone."""

import re
from datetime import timedelta

import brotli
import pytest
from flask.testing import FlaskClient

from survey.respond.words import words
from tests.survey.cast import AFTER, DURING, WAVE
from tests.survey.desk_tools import Clock

PAGE = f"/b/{WAVE}"
WORKER = f"{PAGE}/dienst.js"


def test_the_worker_may_answer_for_its_questionnaire_only(client: FlaskClient) -> None:
    answer = client.get(WORKER)
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Service-Worker-Allowed"] == PAGE
    assert answer.headers["Content-Security-Policy"] == "default-src 'none';connect-src 'self'"
    assert "Set-Cookie" not in answer.headers


def test_an_unknown_wave_has_no_worker(client: FlaskClient) -> None:
    assert client.get("/b/gibt-es-nicht/dienst.js").status_code == 404


def test_an_unchanged_worker_is_not_sent_twice(client: FlaskClient) -> None:
    answer = client.get(WORKER)
    assert client.get(WORKER, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    squeezed = client.get(WORKER, headers={"Accept-Encoding": "br"})
    assert brotli.decompress(squeezed.data) == answer.data
    assert len(squeezed.data) < 3500


def test_the_worker_speaks_every_language_of_the_questionnaire(client: FlaskClient) -> None:
    text = client.get(WORKER).get_data(as_text=True)
    assert words("de", False)["waiting_closed"] in text
    assert re.search(r'"?tag"?:\s*"de"', text)


@pytest.mark.parametrize(("days", "grace"), [(0, True), (60, False)])
def test_after_the_end_the_page_delivers_what_waits(
    client: FlaskClient, clock: Clock, days: int, grace: bool
) -> None:
    assert "localStorage" in client.get(PAGE).get_data(as_text=True)
    clock.now = AFTER if days else DURING
    while client.get(PAGE).status_code == 200:
        clock.now += timedelta(days=1)
    page = client.get(PAGE)
    html = page.get_data(as_text=True)
    assert page.status_code == 410
    assert ("data-g" in html) == grace
    assert "'none'" not in re.findall(r"script-src ([^;]+)", page.headers["Content-Security-Policy"])[0]
    assert html.count("<script>") == 1
