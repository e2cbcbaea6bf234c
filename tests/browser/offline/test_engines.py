"""Offline in Firefox and in WebKit, as far as Debian's engines show it: neither has Background Sync."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from tests.browser import engines
from tests.browser.engines import Engine, EngineMissing, Tab
from tests.browser.offline.tools import Ground, ShakyLine, shaky_line
from tests.browser.test_other_engines import NEXT, to_the_end, wait_for_thanks
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WAITS = "(document.querySelector('#err') || {textContent: ''}).textContent.includes('Kein Netz.')"
HAS_COPY = "typeof caches === 'object' && window.copied"
ASK_FOR_COPY = """() => { if (navigator.serviceWorker) navigator.serviceWorker.ready
  .then(() => caches.open(location.origin + location.pathname)).then(cache => cache.keys())
  .then(keys => { window.copied = keys.length; }); }"""


@pytest.fixture(scope="module", params=["firefox", "webkit"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with ExitStack() as stack:
        try:
            started = stack.enter_context(getattr(engines, request.param)())
        except EngineMissing as missing:
            pytest.skip(str(missing))
        yield started


def has_copy(tab: Tab) -> bool:
    tab.evaluate(ASK_FOR_COPY)
    return bool(tab.evaluate(HAS_COPY))


@pytest.fixture
def phone(engine: Engine, whole_ground: Ground) -> Iterator[tuple[Tab, ShakyLine, Ground]]:
    whole_ground.begin()
    with shaky_line(urlsplit(whole_ground.address).port or 80) as line, engine.tab() as tab:
        yield tab, line, replace(whole_ground, address=f"http://127.0.0.1:{line.port}")


def test_reopened_without_network_it_goes_on_and_arrives_once(
    phone: tuple[Tab, ShakyLine, Ground], count: Callable[[str, int], None]
) -> None:
    tab, line, site = phone
    tab.open(site.url())
    wait_until(lambda: has_copy(tab), "the worker and its copy")
    line.cut()
    tab.open(site.url())  # Firefox' driver reloads past the worker
    to_the_end(tab)
    tab.tap(NEXT)
    tab.wait_for(WAITS)
    tab.open(site.url())
    tab.wait_for(WAITS)
    line.mend()
    tab.tap("#err button")
    wait_for_thanks(tab)
    assert site.total() == 1
    count("offline: Firefox and WebKit", 1)


@pytest.mark.parametrize("moment", ["request", "answer"])
def test_a_line_that_breaks_while_sending_delivers_once(
    phone: tuple[Tab, ShakyLine, Ground], moment: str, count: Callable[[str, int], None]
) -> None:
    tab, line, site = phone
    tab.open(site.url())
    to_the_end(tab)
    line.break_at(moment)
    tab.tap(NEXT)
    tab.wait_for(WAITS)
    text = tab.text("#err")
    assert "zu ist" not in text
    line.mend()
    tab.open(site.url())
    wait_for_thanks(tab)
    assert site.total() == 1
    count("offline: Firefox and WebKit", 1)
