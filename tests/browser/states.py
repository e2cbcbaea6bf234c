"""Every state in which a family can see a page, one after the other, so that something can be looked at in each."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from itsdangerous import URLSafeSerializer
from playwright.sync_api import Browser, Page, expect

from questionnaires.model import LANGUAGES, Questionnaire
from questionnaires.plan import default_plan
from survey.records import Wave
from survey.respond.words import words
from survey.store import codes, questionnaires, waves
from tests.bench_stage import shipped_questionnaires
from tests.browser.at_rest import LOCAL, asked, phone_with, quiet, visit
from tests.browser.conftest import NOW, Site
from tests.browser.family import ANSWER, go_on, pages, send, to_the_end
from tests.conftest import PHONE, watched_page

SHIPPED = ("familien", "jugend", "jugend-10-13")
KEY = "a" * 22
#: A state's name and the page that is in it.
State = tuple[str, Page]
#: The text is as large as people can set it in their browser, on top of what the page itself does.
LARGE_TEXT = """addEventListener('DOMContentLoaded', () => {
  const root = document.documentElement; root.style.fontSize = 2 * parseFloat(getComputedStyle(root).fontSize) + 'px';
})"""
SPOIL = """(() => { const one = document.querySelector('.q:not([hidden]) [type=radio]:checked');
  one.dataset.was = one.value; one.value = '9999'; })()"""
MEND = "(() => { const one = document.querySelector('[data-was]'); one.value = one.dataset.was; })()"
#: How somebody may look at the pages: options of the browser.
WAYS: dict[str, dict[str, Any]] = {
    "as usual": {},
    "at 320 pixels": {"viewport": {"width": 320, "height": 640}},
    "with text of 200 %": {"script": LARGE_TEXT},
    "at 400 % zoom": {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4, "is_mobile": False},
    "in forced colours": {"forced_colors": "active"},
    "in the dark": {"color_scheme": "dark"},
    "with reduced motion": {"reduced_motion": "reduce"},
}


def add_waves(site: Site) -> None:
    """Add to the open waves one of each questionnaire with codes and a raffle, an ended one and one to come."""
    for name in SHIPPED:
        asked = shipped_questionnaires()[name]
        site.questionnaires[name] = asked
        if waves.find_wave(site.store, f"{name}-bald") is not None:
            continue
        questionnaires.save_questionnaire(site.store, asked)
        young = {"minimum_age": 14, "parental_consent": True} if asked.audience == "young_people" else {}
        raffle = {"code_required": True, "contact": "raffle", "contact_until": date(2027, 1, 10), **young}
        more: dict[str, Mapping[str, Any]] = {
            name: {},
            f"{name}-code": raffle,
            f"{name}-zu": {"opens_on": date(2026, 10, 1), "closes_on": date(2026, 11, 10)},
            f"{name}-bald": {"opens_on": date(2026, 12, 1)},
        }
        for wave_id, changes in more.items():
            if waves.find_wave(site.store, wave_id) is None:
                waves.create_wave(site.store, replace(_wave(site, wave_id, asked), **changes))


def _wave(site: Site, wave_id: str, asked: Questionnaire) -> Wave:
    return Wave(
        id=wave_id, title=wave_id, district_id=site.district.id, questionnaire_hash=asked.hash,
        opens_on=date(2026, 11, 1), closes_on=date(2026, 12, 20), entry_until=date(2027, 1, 10),
        retention_until=date(2027, 12, 31), plan_json=default_plan(asked, site.district).model_dump_json(),
    )  # fmt: skip


@dataclass(frozen=True)
class Walk:
    """One questionnaire in one language, looked at in one way."""

    browser: Browser
    site: Site
    name: str
    language: str
    way: str = "as usual"
    some: Callable[[int], bool] = field(default=lambda _: True)
    """which of the pages with questions are looked at, by number"""

    def url(self, path: str = "", wave: str = "", **asked: str) -> str:
        more = "".join(f"&{name}={value}" for name, value in asked.items())
        return f"{self.site.address}/b/{self.name}{wave}{path}?lang={self.language}{more}"

    def word(self, name: str) -> str:
        return words(self.language, self.name != "familien")[name]

    @property
    def options(self) -> dict[str, Any]:
        return {**PHONE, **{name: value for name, value in WAYS[self.way].items() if name != "script"}}

    def prepared(self, page: Page) -> Page:
        if "script" in WAYS[self.way]:
            page.add_init_script(WAYS[self.way]["script"])
        return page

    @contextmanager
    def phone(self) -> Iterator[Page]:
        with watched_page(self.browser, **self.options) as page:
            yield self.prepared(page)

    @contextmanager
    def still_phone(self) -> Iterator[Page]:
        """A phone whose clock we turn and that can read aloud."""
        with phone_with(self.browser, {**LOCAL, "lang": self.language[:2]}, **self.options) as page:
            yield self.prepared(page)


# --- with script ------------------------------------------------------------------------------------------------


def on_the_way(walk: Walk) -> Iterator[State]:
    """From the start to thanks, with everything that can come in between."""
    with walk.phone() as page:
        page.goto(walk.url())
        for number, at in enumerate(pages(page)):
            if at in {"p-0", "p-1"} or walk.some(number):
                _open_what_is_folded(page)
                yield f"page {at}", page
        yield from _refused(page)
        yield from _waiting(walk, page)
        yield "thanks", page


def _open_what_is_folded(page: Page) -> None:
    page.evaluate("for (const one of document.querySelectorAll('form details')) one.open = true")


def _refused(page: Page) -> Iterator[State]:
    """An answer nobody offers; the server says so."""
    page.evaluate(SPOIL)
    go_on(page)
    expect(page.locator("#err")).to_be_visible()
    yield "errors", page
    page.evaluate(MEND)
    to_the_end(page, answer=False)


def _waiting(walk: Walk, page: Page) -> Iterator[State]:
    page.context.set_offline(True)
    go_on(page)
    expect(page.locator("#err button")).to_be_visible()
    yield "no network", page
    page.context.set_offline(False)
    page.wait_for_selector("#key")


def coming_back(walk: Walk) -> Iterator[State]:
    with walk.phone() as page:
        page.goto(walk.url())
        page.locator(".l summary").click()
        yield "list of languages", page
        go_on(page)
        page.evaluate(ANSWER)
        page.goto(walk.url(z="kita-sonne"))
        expect(page.locator("form")).to_be_hidden()
        yield "coming back", page
        page.get_by_role("button", name=walk.word("delete_here")).click()
        yield "deleted on this device", page


def on_a_shared_tablet(walk: Walk) -> Iterator[State]:
    with walk.still_phone() as page:
        visit(page, walk.url(kiosk="1"))
        page.locator(".xb").click()
        page.clock.resume()
        yield "reading aloud", page
        go_on(page)
        place = page.locator(".q:not([hidden]) [data-place] ~ div, .q:not([hidden]) input + p + div")
        if place.count():
            page.locator(".q:has([data-place]) input").first.fill("98617")
            yield "places of a postcode", page
        while not asked(page):
            quiet(page, 5)
        yield "countdown", page


def asked_aloud(walk: Walk) -> Iterator[State]:
    token = URLSafeSerializer("s" * 40, salt="familienstimme-assisted").dumps([walk.name, "", int(NOW.timestamp())])
    with walk.phone() as page:
        page.goto(walk.url(a=str(token)))
        seen = 0
        while seen < 2:
            page.evaluate(ANSWER)
            go_on(page)
            if page.locator("dialog.hand").count():
                seen += 1
                yield f"handed over {seen}", page
                page.locator("dialog.hand button").click()


# --- without script ---------------------------------------------------------------------------------------------


def without_script(walk: Walk) -> Iterator[State]:
    """The form that needs no script; looking at it does."""
    with walk.phone() as page:
        page.goto(walk.url(schlicht="1"))
        yield "plain form", page
        page.evaluate("document.querySelectorAll('[type=radio]').forEach(one => one.click())")
        page.evaluate(SPOIL)
        page.locator("button.nojs").click()
        expect(page.get_by_role("alert")).to_be_visible()
        yield "plain form with errors", page


# --- before and after -------------------------------------------------------------------------------------------


def with_a_code(walk: Walk) -> Iterator[State]:
    """A wave with codes and a raffle: from the wrong code to the fresh one after a withdrawal."""
    with walk.phone() as page:
        page.goto(walk.url(wave="-code"))
        yield "start with a code", page
        to_the_end(page)
        page.locator("[name=_code]").fill("AAAA-AAAA")
        yield "last page with a code", page
        go_on(page)
        expect(page.locator("#err")).to_be_visible()
        yield "wrong code", page
        page.locator("[name=_code]").fill(codes.make_codes(walk.site.store, f"{walk.name}-code", 1)[0])
        key = send(page)
        yield "thanks with a raffle", page
        yield from _raffle(walk, page)
        yield from _withdrawn(walk, page, "-code", key)


def _raffle(walk: Walk, page: Page) -> Iterator[State]:
    page.goto(walk.url("/kontakt", "-code"))
    yield "raffle", page
    for address, state in (("niemand@", "raffle, wrong address"), ("lea@beispiel.de", "raffle, done")):
        page.locator("[name=address]").fill(address)
        page.locator("form button").click()
        expect(page.locator("[role=alert], [role=status]")).to_be_visible()
        yield state, page


def _withdrawn(walk: Walk, page: Page, wave: str, key: str) -> Iterator[State]:
    page.goto(walk.url("/widerruf", wave))
    yield "withdrawal", page
    for typed, state in (("zu kurz", "withdrawal, wrong code"), (key, "withdrawal, done, fresh code")):
        page.locator("[name=key]").fill(typed)
        page.locator("form button").click()
        expect(page.locator("[role=alert], [role=status]")).to_be_visible()
        yield state, page


def other_times(walk: Walk) -> Iterator[State]:
    with walk.phone() as page:
        for wave, state in (("-bald", "not yet open"), ("-zu", "closed"), ("-gibt-es-nicht", "unknown")):
            page.goto(walk.url(wave=wave))
            yield state, page
        page.goto(walk.url("/druck"))
        yield "on paper", page
        page.goto(f"{walk.site.address}/kalender?lang={walk.language}")
        yield "calendar", page
        for path in ("datenschutz", "impressum", "barrierefreiheit"):
            page.goto(f"{walk.site.address}/{path}?welle={walk.name}")
            yield path, page


GROUPS: tuple[Callable[[Walk], Iterator[State]], ...] = (
    on_the_way, coming_back, on_a_shared_tablet, asked_aloud, without_script, with_a_code, other_times,
)  # fmt: skip


def states(walk: Walk) -> Iterator[State]:
    """Go through every state."""
    for group in GROUPS:
        yield from group(walk)


def every_language() -> list[Any]:
    """German, the other direction and the language of the day for a desk; the others for the long proof."""
    desk = {"de", "ar", of_the_day()}
    return [pytest.param(name, marks=() if name in desk else pytest.mark.slow) for name in LANGUAGES]


def of_the_day() -> str:
    """Return the language besides German and Arabic whose turn it is."""
    return rotating(datetime.now(UTC), tuple(language for language in LANGUAGES if language not in {"de", "ar"}))


def rotating(now: datetime, languages: tuple[str, ...]) -> str:
    """Return the language whose turn it is: another one every day, by the number of the day in its year."""
    return languages[now.astimezone(UTC).timetuple().tm_yday % len(languages)]
