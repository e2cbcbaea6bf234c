"""The journeys that must never fail, in Firefox and in WebKit; Chromium goes through all of them elsewhere."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser import engines
from tests.browser.conftest import Site
from tests.browser.engines import Engine, EngineMissing, Tab
from tests.browser.family import ANSWER, SHOWN
from tests.browser.line import Line, line_to
from tests.test_harness import ROOT, _carrying, _names
from tests.waiting import wait_until

pytestmark = pytest.mark.browser
ENGINES = ("firefox", "webkit")
#: A desk goes through one language of each direction, the long proof through all.
MORE = [pytest.param(name, marks=pytest.mark.slow) for name in ("de-simple", "en", "uk", "ru", "fa", "tr")]
NEXT = "nav button:last-child"
KEY = "document.querySelector('#key')"
AT = "[...document.querySelectorAll('form section')].find(s => !s.hidden).id"
SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with ExitStack() as stack:
        try:
            started = stack.enter_context(getattr(engines, request.param)())
        except EngineMissing as missing:
            pytest.skip(str(missing))
        yield started


@dataclass
class Phone:
    """A family's phone, the line it hangs on, and the server at the line's other end."""

    tab: Tab
    line: Line
    site: Site


@pytest.fixture
def line(site: Site) -> Iterator[Line]:
    with line_to(urlsplit(site.address).port or 80) as made:
        yield made


@pytest.fixture
def far_site(site: Site, line: Line) -> Site:
    """The site, reached over the line."""
    return replace(site, address=f"http://127.0.0.1:{line.port}")


@pytest.fixture
def phone(engine: Engine, far_site: Site, line: Line) -> Iterator[Phone]:
    with engine.tab() as tab:
        yield Phone(tab, line, far_site)


@pytest.fixture
def phone_without_script(engine: Engine, far_site: Site, line: Line) -> Iterator[Phone]:
    """On the page to which browsers without script are led; asking a page that is being left hangs in some engines."""
    with engine.tab(script=False) as tab:
        tab.open(far_site.plain_url())
        assert tab.is_shown("button.nojs")
        yield Phone(tab, line, far_site)


def button(text: str) -> str:
    return f"//button[normalize-space()='{text}']"


def label(name: str, value: str) -> str:
    return f"//label[input[@name='{name}' and @value='{value}']]"


def pages(tab: Tab) -> Iterator[str]:
    """Answer page after page, yielding at each; does not send."""
    while True:
        tab.evaluate(ANSWER)
        at = tab.evaluate(AT)
        yield at
        if at == "p-1":
            return
        tab.tap(NEXT)


def to_the_end(tab: Tab) -> int:
    return sum(1 for _ in pages(tab))


def wait_for_thanks(tab: Tab) -> str:
    tab.wait_for(KEY)
    return tab.text("#key")


# --- with script ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["de", "ar", *MORE])
@pytest.mark.parametrize("width", [320, pytest.param(360, marks=pytest.mark.slow)])
def test_a_family_answers_to_the_end_and_is_stored_once(phone: Phone, language: str, width: int) -> None:
    phone.tab.resize(width, 640)
    phone.tab.open(phone.site.url(language=language, door="kita-sonne"))
    phone.tab.wait_for(f"innerWidth === {width}")
    for at in pages(phone.tab):
        assert phone.tab.evaluate(SIDEWAYS) <= 0, at
    phone.tab.tap(NEXT)
    assert re.fullmatch(r"[\w-]{22}", wait_for_thanks(phone.tab))
    [response] = phone.site.stored()
    assert (response.language, response.door, response.answers["wunsch"]) == (language, "kita-sonne", "Mehr Busse")
    assert response.answers["bedarf"]
    assert phone.tab.evaluate("localStorage.length") == 0
    direction = "rtl" if language in {"ar", "fa"} else "ltr"
    assert phone.tab.evaluate("getComputedStyle(document.body).direction") == direction


def test_every_state_a_screen_reader_speaks_of_is_set(phone: Phone) -> None:
    """`ariaPressed` and `ariaLevel` reach the attribute only where the engine reflects them."""
    phone.tab.open(phone.site.url())
    to_the_end(phone.tab)
    pressed = "[...document.querySelectorAll('.r button')].map(b => b.getAttribute('aria-pressed'))"
    assert set(phone.tab.evaluate(pressed)) == {"true", "false"}
    levels = "[...document.querySelectorAll('section>h2')].map(h => h.getAttribute('aria-level'))"
    assert set(phone.tab.evaluate(levels)) == {"1"}


def test_questions_come_and_go_with_the_answers(phone: Phone) -> None:
    phone.tab.open(phone.site.url())
    one_child, consent, known = "#q-kinder .pm:last-child", "[name=einverstanden]", "[name^=but_bekannt][value='1']"
    benefit = "[name=leistungen][value='{}']".format
    shown = []
    for tapped in (one_child, consent, benefit(1), known, benefit(2)):
        phone.tab.evaluate(f"document.querySelector(`{tapped}`).click()")
        shown.append([name in phone.tab.evaluate(SHOWN) for name in ("leistungen", "but_bekannt", "but_weg")])
    assert shown == [[False] * 3, [True, False, False], [True, True, False], [True] * 3, [True, False, False]]


def test_coming_back_is_asked_before_any_answer_shows(phone: Phone) -> None:
    phone.tab.open(phone.site.url())
    phone.tab.tap(NEXT)
    phone.tab.type("input[placeholder]", "Mein")
    phone.tab.tap(button("Meiningen"))
    phone.tab.tap(NEXT)
    phone.tab.reload()
    assert phone.tab.is_shown("//h1[contains(., 'Möchten Sie weitermachen?')]")
    assert not phone.tab.is_shown("form")
    phone.tab.tap(button("Weitermachen"))
    phone.tab.tap(button("Zurück"))
    assert phone.tab.evaluate("document.querySelector('[aria-pressed=true]').textContent") == "Meiningen"


def test_without_signal_the_answers_wait_and_arrive_once(phone: Phone) -> None:
    phone.tab.open(phone.site.url())
    phone.line.cut()
    to_the_end(phone.tab)
    phone.tab.tap(NEXT)
    phone.tab.wait_for("document.querySelector('#err')?.textContent.includes('Kein Netz.')")
    assert phone.site.total() == 0
    phone.line.mend()
    phone.tab.tap("#err button")
    wait_for_thanks(phone.tab)
    assert phone.site.total() == 1


def test_what_waits_is_sent_at_the_next_visit(phone: Phone) -> None:
    phone.tab.open(phone.site.url())
    to_the_end(phone.tab)
    phone.line.cut()
    phone.tab.tap(NEXT)
    phone.tab.wait_for("document.querySelector('#err')?.textContent.includes('Kein Netz.')")
    phone.tab.open("about:blank")
    phone.line.mend()
    phone.tab.open(phone.site.url())
    wait_for_thanks(phone.tab)
    assert phone.site.total() == 1


def test_a_lost_answer_of_the_server_is_asked_for_again(phone: Phone) -> None:
    phone.tab.open(phone.site.url())
    to_the_end(phone.tab)
    phone.line.lose_the_next_answer()
    phone.tab.tap(NEXT)
    wait_for_thanks(phone.tab)
    assert phone.line.lost.is_set()
    assert phone.site.total() == 1
    assert "waren schon angekommen" in phone.tab.text("#dm")


# --- without script ---------------------------------------------------------------------------------------------


def test_without_script_errors_stand_on_top_and_nothing_typed_is_lost(phone_without_script: Phone) -> None:
    tab, site = phone_without_script.tab, phone_without_script.site
    tab.tap("//option[normalize-space()='Meiningen']")
    tab.type("[name=arztweg]", "weit")
    tab.type("textarea", "Ein Schwimmbad")
    tab.tap("button.nojs")
    assert "Nichts ist verloren" in tab.text("[role=alert]")
    assert (tab.value("[name=arztweg]"), tab.value("textarea")) == ("weit", "Ein Schwimmbad")
    tab.type("[name=arztweg]", "25")
    tab.tap("button.nojs")
    assert re.fullmatch(r"[\w-]{22}", tab.text("#key"))
    [response] = site.stored()
    assert response.area
    assert (response.answers["arztweg"], response.answers["wunsch"]) == (25, "Ein Schwimmbad")


def test_without_script_conditions_hide_by_css_transitively(phone_without_script: Phone) -> None:
    tab = phone_without_script.tab
    shown = [tab.is_shown("#q-but_weg")]
    tab.tap("//select[@name='kinder.u3']/option[normalize-space()='1']")
    for name, value in (("einverstanden", "1"), ("leistungen", "1"), ("but_bekannt.mittagessen", "1")):
        tab.tap(label(name, value))
    shown.append(tab.is_shown("#q-but_weg"))
    tab.tap(label("leistungen", "2"))  # the answer below stays ticked and must not show more
    shown.append(tab.is_shown("#q-but_weg"))
    assert shown == [False, True, False]


def test_without_script_nothing_scrolls_sideways(phone_without_script: Phone) -> None:
    for language in ("de", "ar"):
        phone_without_script.tab.resize(320, 640)
        phone_without_script.tab.open(phone_without_script.site.plain_url(language=language))
        phone_without_script.tab.wait_for("innerWidth === 320")
        assert phone_without_script.tab.evaluate(SIDEWAYS) <= 0


# --- the harness ------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", ENGINES)
def test_a_killed_run_leaves_no_engine_and_no_folder(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    marker = f"HARNESS_{os.getpid()}_{name}"
    body = (
        f"import time; from tests.browser.engines import {name}, EngineMissing\n"
        f"try:\n  with {name}() as e, e.tab(): print('ready', flush=True); time.sleep(60)\n"
        "except EngineMissing as missing: print(missing, flush=True)\n"
    )
    command, environment = [sys.executable, "-c", body], os.environ | {"TMPDIR": str(tmp_path), marker: "1"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        said = run.stdout.readline().strip()
        alive = len(_carrying(marker))
        run.kill()
    if said != "ready":
        pytest.skip(said)
    assert alive > 3
    wait_until(lambda: not _carrying(marker), "every process to end")
    wait_until(lambda: not _names(tmp_path), "every file to be gone")
