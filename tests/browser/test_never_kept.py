"""The worker keeps the questionnaire and nothing else: no pass of staff, no address, no withdrawal."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from itsdangerous import URLSafeSerializer
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import NOW
from tests.browser.family import go_on, to_the_end
from tests.browser.offline.tools import COPIES, Family, family, ground, wait_for_worker
from tests.browser.states import add_waves
from tests.waiting import wait_until

pytestmark = pytest.mark.browser
WAVE = "familien-code"


@pytest.fixture
def home(browser: Browser, tmp_path: Path) -> Iterator[Family]:
    """A phone whose worker keeps the questionnaire of a wave with codes and a raffle."""
    with ground(tmp_path) as site:
        add_waves(site)
        with family(browser, site) as made:
            made.page.goto(address(made))
            wait_for_worker(made.page)
            yield made


def address(home: Family, path: str = "", **asked: str) -> str:
    more = "".join(f"&{name}={value}" for name, value in asked.items())
    return f"{home.site.address}/b/{WAVE}{path}?lang=de{more}"


def token() -> str:
    made = URLSafeSerializer("s" * 40, salt="familienstimme-assisted").dumps([WAVE, "AAAA-AAAA", int(NOW.timestamp())])
    return str(made)


def kept(page: Page) -> list[str]:
    return sorted(url for _, url in page.evaluate(COPIES))


def test_passes_addresses_and_withdrawals_are_never_kept(home: Family) -> None:
    paths = ("/kontakt", "/widerruf", "/druck", "/weg")
    others = [address(home, a=token()), address(home, a=token(), kiosk="1"), *(address(home, path) for path in paths)]
    for url in others:
        answer = home.page.goto(url)
        assert answer is not None
        assert answer.status == 200, url
    home.page.goto(address(home, "/kontakt"))
    home.page.locator("[name=address]").fill("lea@beispiel.de")
    home.page.locator("form button").click()
    expect(home.page.get_by_role("status")).to_be_visible()
    home.page.goto(address(home, kiosk="1"))
    wait_until(lambda: len(kept(home.page)) == 1, "the worker's copy")
    assert kept(home.page) == [f"{home.site.address}/b/{WAVE}?lang=de&z="]


@pytest.mark.slow
def test_what_staff_typed_in_is_not_offered_to_the_family_that_comes_next(home: Family) -> None:
    home.page.goto(address(home, a=token()))
    go_on(home.page)
    assert home.page.locator("[name=_code]").input_value() == token()
    home.line.cut()
    home.page.goto(address(home))
    assert home.page.locator("[type=hidden][name=_code]").count() == 0
    assert token() not in home.page.content()


@pytest.mark.slow
def test_a_shared_tablet_works_from_the_copy_and_keeps_no_draft(home: Family) -> None:
    home.line.cut()
    home.page.goto(address(home, kiosk="1"))
    to_the_end(home.page)
    assert home.page.evaluate("localStorage.length") == 0
    assert len(kept(home.page)) == 1
