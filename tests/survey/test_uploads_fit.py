"""What a page says it takes gets through the server in front of it, and what is larger is refused before it is sent."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from survey.design import MAX_DRAFT
from survey.fieldwork import basedata, boundaries
from survey.records import User
from survey.serve import BODY_CEILING
from survey.store import users
from tests.browser.desk import Site, log_in, serving
from tests.conftest import DESK, watched_page
from tests.survey import cast
from tests.survey.desk_tools import password_hash


@pytest.mark.parametrize("most", [MAX_DRAFT, basedata.MAX_UPLOAD, boundaries.MAX_UPLOAD])
def test_no_page_promises_more_than_the_server_lets_through(most: int) -> None:
    assert most < BODY_CEILING


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serving(tmp_path_factory.mktemp("uploads")) as found:
        yield found


@pytest.mark.browser
def test_a_file_that_is_too_large_is_refused_before_it_is_sent(site: Site, browser: Browser) -> None:
    users.add_user(site[1], User("adele", password_hash(), frozenset({"administrator", "coordinator"})))
    with watched_page(browser, **DESK) as page:
        log_in(page, site[0], "adele")
        page.goto(f"{site[0]}/angaben/{cast.district().id}/grenzen")
        file = page.get_by_label("Datei")
        large = b" " * (boundaries.MAX_UPLOAD + 1)
        file.set_input_files({"name": "g.geojson", "mimeType": "application/geo+json", "buffer": large})
        expect(page.get_by_role("alert")).to_contain_text("Es wurde nichts gesendet.")
        expect(file).to_have_value("")
        file.set_input_files({"name": "g.geojson", "mimeType": "application/geo+json", "buffer": b"{}"})
        expect(page.get_by_role("alert")).to_be_empty()
