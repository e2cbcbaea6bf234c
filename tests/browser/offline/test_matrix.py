"""Wherever the line breaks and however it comes back: what was sent is stored once.

A case is a phone, the moment at which the network goes, and the way in which things go on.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.offline.tools import PHONES, STORED, Background, Family, Ground, again, family, later, tap
from tests.waiting import wait_until

pytestmark = pytest.mark.browser
slow = pytest.mark.slow
Count = Callable[[str, int], None]

MOMENTS = ("after loading", "on the last page", "during the request", "before the answer")
#: How things go on, and what a phone must have for it.
WAYS = {
    "by itself": "", "tap": "", "double tap": "", "reload": "storage", "reload offline": "worker storage",
    "reopened": "storage", "two tabs": "worker storage", "worker alone": "worker", "worker when opened": "worker",
    "a week later": "storage",
}  # fmt: skip
LACKS = {"whole": "", "no worker": "worker", "no storage": "storage", "neither": "worker storage"}
#: A desk goes through these, the long proof through all.
QUICK = {
    ("whole", "before the answer", "worker alone"), ("no worker", "on the last page", "reopened"),
    ("neither", "before the answer", "double tap"),
}  # fmt: skip


def possible(phone: str, way: str) -> bool:
    return not set(WAYS[way].split()) & set(LACKS[phone].split())


CASES = [
    pytest.param(*case, marks=() if case in QUICK else slow, id=", ".join(case))
    for case in [(p, m, w) for p in PHONES for m in MOMENTS for w in WAYS if possible(p, w)]
]


def by_itself(home: Family) -> None:
    home.line.mend()
    home.thanked()


def double_tap(home: Family) -> None:
    home.line.mend()
    again(home.page).dblclick()
    home.thanked()


def reload(home: Family) -> None:
    home.line.mend()
    home.page.reload()
    home.thanked()


def reload_offline(home: Family) -> None:
    home.page.reload()
    home.wait_until_it_waits()
    tap(home)


def reopened(home: Family) -> None:
    home.page.close()
    home.line.mend()
    home.come_back()
    home.thanked()


def two_tabs(home: Family) -> None:
    first, second = home.page, home.come_back()
    home.wait_until_it_waits()
    home.line.mend()
    for page in (first, second):
        page.bring_to_front()
        again(page).click()
    assert home.thanked(first) == home.thanked(second)


def worker_alone(home: Family) -> None:
    background = Background(home.context, home.site.address)
    home.page.close()
    home.line.mend()
    background.sync()
    wait_until(lambda: home.site.total() == 1, "the worker to send")
    home.come_back()
    if home.page.evaluate(STORED):
        home.thanked()
        expect(home.page.get_by_text("waren schon angekommen")).to_be_visible()


def worker_when_opened(home: Family) -> None:
    home.page.close()
    home.line.mend()
    home.come_back()
    wait_until(lambda: home.site.total() == 1, "the worker to send")


def a_week_later(home: Family) -> None:
    home.page.close()
    home.site.clock.now = later(8)
    home.line.mend()
    home.page = home.context.new_page()
    home.page.clock.set_system_time(later(8))
    home.open()
    home.thanked()


GO_ON: dict[str, Callable[[Family], None]] = {
    "by itself": by_itself, "tap": tap, "double tap": double_tap, "reload": reload, "reload offline": reload_offline,
    "reopened": reopened, "two tabs": two_tabs, "worker alone": worker_alone, "worker when opened": worker_when_opened,
    "a week later": a_week_later,
}  # fmt: skip


@pytest.mark.parametrize(("phone", "moment", "way"), CASES)
def test_what_was_sent_is_stored_once(
    browser: Browser, whole_ground: Ground, phone: str, moment: str, way: str, count: Count
) -> None:
    with family(browser, whole_ground, phone) as home:
        home.send_at(moment)
        assert home.site.total() == (moment == "before the answer")
        GO_ON[way](home)
        [response] = home.site.stored()
        assert response.answers["wunsch"] == "Mehr Busse"
        assert len(response.answers) > 10
        home.has_nothing()
        assert home.site.total() == 1
    count("offline: phone × moment × way on", 1)
