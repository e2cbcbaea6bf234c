"""What comes late, was withdrawn, or finds no room on the phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.family import go_on, to_the_end
from tests.browser.offline.tools import (
    AGAIN,
    COPIES,
    Background,
    Family,
    Ground,
    family,
    kept_by_worker,
    later,
    tap,
    wait_for_worker,
)
from tests.waiting import wait_until

pytestmark = pytest.mark.browser
slow = pytest.mark.slow
Count = Callable[[str, int], None]


def withdraw(home: Family) -> None:
    """Delete the stored response with its code, as on another device."""
    key = home.page.evaluate("JSON.parse(localStorage.familien).key")
    answer = home.context.request.post(f"{home.site.address}/b/familien/widerruf", form={"key": key})
    assert answer.ok
    assert home.site.total() == 0


@slow
@pytest.mark.parametrize("who", ["page", "worker"])
def test_a_withdrawn_response_is_not_stored_again_by_a_replay(whole: Family, who: str, count: Count) -> None:
    whole.send_at("before the answer")
    whole.line.mend()
    withdraw(whole)
    if who == "worker":
        Background(whole.context, whole.site.address).sync()
    expect(whole.page.locator("#err")).to_contain_text("wurden gelöscht", timeout=30_000)
    assert whole.site.total() == 0
    wait_until(lambda: kept_by_worker(whole.page) == 0, "the worker's copy to be gone")
    count("offline: replay after withdrawal", 1)


@pytest.mark.parametrize("phone", [pytest.param("whole", marks=slow), "no worker"])
@pytest.mark.parametrize("moment", ["on the last page", pytest.param("before the answer", marks=slow)])
def test_within_the_grace_period_the_next_visit_still_delivers(
    browser: Browser, whole_ground: Ground, phone: str, moment: str, count: Count
) -> None:
    with family(browser, whole_ground, phone) as home:
        home.send_at(moment)
        home.page.close()
        home.site.clock.now = later(30)
        home.line.mend()
        home.come_back()
        assert re.fullmatch(r"[\w-]{22}", home.thanked())
        [response] = home.site.stored()
        assert response.late == (moment == "on the last page")
        home.has_nothing()
    count("offline: next visit within grace", 1)


@slow
def test_within_the_grace_period_the_worker_delivers_alone(whole: Family, count: Count) -> None:
    whole.send_at("on the last page")
    background = Background(whole.context, whole.site.address)
    whole.page.close()
    whole.site.clock.now = later(30)
    whole.line.mend()
    background.sync()
    wait_until(lambda: whole.site.total() == 1, "the worker to send")
    assert whole.site.stored()[0].late
    count("offline: worker within grace", 1)


@pytest.mark.parametrize("phone", ["whole", pytest.param("no worker", marks=slow)])
def test_after_the_grace_period_the_page_says_so_and_keeps_nothing(
    browser: Browser, whole_ground: Ground, phone: str, count: Count
) -> None:
    with family(browser, whole_ground, phone) as home:
        home.send_at("on the last page")
        home.page.close()
        home.site.clock.now = later(36)
        home.line.mend()
        home.come_back()
        expect(home.page.get_by_text("nicht mehr annehmen")).to_be_visible()
        assert home.site.total() == 0
        home.has_nothing()
        if phone == "whole":
            wait_until(lambda: home.page.evaluate(COPIES) == [], "the copy to be gone")
    count("offline: after grace", 1)


def quota(home: Family) -> None:
    session = home.context.new_cdp_session(home.page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": home.site.address, "quotaSize": 1})


FILL = """() => { let size = 2 ** 22; for (let i = 0; size >= 1; i++) {
  try { localStorage['full' + i] = 'x'.repeat(size); } catch { size = Math.floor(size / 2); } } }"""


@pytest.mark.parametrize("full", [*(pytest.param(name, marks=slow) for name in ("worker", "page")), "both"])
@pytest.mark.parametrize("moment", [pytest.param("on the last page", marks=slow), "before the answer"])
def test_with_full_storage_the_open_page_still_delivers(whole: Family, full: str, moment: str, count: Count) -> None:
    whole.open()
    wait_for_worker(whole.page)
    if full != "page":
        quota(whole)
    if full != "worker":
        whole.page.evaluate(FILL)
    to_the_end(whole.page)
    whole.line.break_at("answer") if moment == "before the answer" else whole.line.cut()
    go_on(whole.page)
    whole.wait_until_it_waits()
    if full != "worker":
        expect(whole.page.locator("#err")).to_contain_text("speichert nichts")
    tap(whole)
    assert whole.site.total() == 1
    count("offline: storage full", 1)


@slow
def test_two_families_on_one_tablet_both_arrive(whole: Family, count: Count) -> None:
    """The page keeps one waiting form, the worker all of them."""
    whole.open()
    wait_for_worker(whole.page)
    second = whole.open(page=whole.context.new_page())
    whole.line.cut()
    for page in (whole.page, second):
        page.bring_to_front()
        to_the_end(page)
        go_on(page)
        expect(page.locator("#err").get_by_role("button", name=AGAIN)).to_be_visible()
    wait_until(lambda: kept_by_worker(second) == 2, "both forms")
    background = Background(whole.context, whole.site.address)
    whole.page.close()
    second.close()
    whole.line.mend()
    background.sync()
    wait_until(lambda: whole.site.total() == 2, "the worker to send both")
    count("offline: two forms on one device", 1)
