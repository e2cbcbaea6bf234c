"""Every state of every page for families, looked at in every way people have to look at it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page

from questionnaires.model import LANGUAGES
from tests.browser import states as known
from tests.browser.conftest import Site
from tests.browser.family import ANSWER, go_on
from tests.browser.looks import hidden_focus, moving, nameless, too_wide
from tests.browser.states import SHIPPED, WAYS, Walk, add_waves, of_the_day, rotating, states

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[str]]
Count = Callable[[str, int], None]
OTHER_WAYS = [way for way in WAYS if way != "as usual"]
#: German, the other direction, and one more that changes every day.
DESK = (("familien", "de"), ("jugend", "ar"), ("jugend-10-13", of_the_day()))


@pytest.fixture
def place(site: Site) -> Site:
    add_waves(site)
    return site


def faults(page: Page, way: str, axe: Axe | None) -> list[str]:
    """What a control is called does not depend on how it looks."""
    found = [*(axe(page) if axe else []), *(nameless(page) if way == "as usual" else []), *too_wide(page)]
    return [*found, *moving(page)] if way == "with reduced motion" else found


def looked_at(
    walk: Walk, axe: Axe | None, group: Callable[[Walk], Iterator[known.State]] = states
) -> tuple[int, list[str]]:
    """Return how many states there were, and what was wrong in them."""
    seen: list[str] = []
    found: list[str] = []
    for state, page in group(walk):
        seen.append(state)
        found += [f"{walk.name} {walk.language} {walk.way}, {state}: {fault}" for fault in faults(page, walk.way, axe)]
    return len(seen), found


@pytest.mark.parametrize(("name", "language"), DESK)
def test_nobody_meets_a_barrier_where_families_go_most(
    place: Site, browser: Browser, axe: Axe, count: Count, name: str, language: str
) -> None:
    """A third of the pages with questions, another third with each questionnaire; the long proof goes through all."""
    walk = Walk(browser, place, name, language, some=lambda number: number % 4 == SHIPPED.index(name))
    total = 0
    for group in (known.on_the_way, known.without_script):
        n, found = looked_at(walk, axe, group)
        assert not found, "\n".join(found)
        total += n
    count(f"states of pages looked at in {language} with axe", total)


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SHIPPED)
def test_nobody_meets_a_barrier_in_any_state(
    place: Site, browser: Browser, axe: Axe, count: Count, name: str, language: str
) -> None:
    n, found = looked_at(Walk(browser, place, name, language), axe)
    assert not found, "\n".join(found)
    assert n > 30
    assert [response.language for response in place.stored(name)] == [language]
    count("states of pages looked at with axe", n)


@pytest.mark.slow
@pytest.mark.parametrize("way", OTHER_WAYS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_lost_however_people_look_at_it(
    place: Site, browser: Browser, axe: Axe, count: Count, language: str, way: str
) -> None:
    """The questionnaires take turns. Colours are looked at by axe as well; the rest needs nothing but the page."""
    name = SHIPPED[(LANGUAGES.index(language) + OTHER_WAYS.index(way)) % len(SHIPPED)]
    n, found = looked_at(Walk(browser, place, name, language, way), axe if way == "in the dark" else None)
    assert not found, "\n".join(found)
    count(f"states of pages looked at {way}", n)


def test_another_language_is_looked_at_every_day() -> None:
    rest = tuple(language for language in LANGUAGES if language not in {"de", "ar"})
    days = [rotating(datetime(2026, 11, day, tzinfo=UTC), rest) for day in range(1, len(rest) + 1)]
    assert sorted(days) == sorted(rest)


@pytest.mark.parametrize("name", ["familien", pytest.param("jugend", marks=pytest.mark.slow)])
def test_what_has_the_focus_is_never_hidden_at_400_percent(place: Site, browser: Browser, name: str) -> None:
    with Walk(browser, place, name, "de", "at 400 % zoom").phone() as page:
        page.goto(place.url(name))
        for _ in range(3):
            assert hidden_focus(page) == []
            go_on(page)


CHOSEN = """[...document.querySelectorAll('form section:not([hidden]) :is(.s input, .o)')].map(e => {
  const box = e.matches('.o') ? e : e.nextElementSibling, style = getComputedStyle(box);
  const input = e.matches('input') ? e : e.querySelector('input');
  const on = input ? input.checked : e.ariaPressed === 'true';
  return [on, input && getComputedStyle(input).opacity > 0 ? 'native' : style.outlineStyle + style.backgroundColor];
})"""


def test_in_forced_colours_what_is_chosen_looks_different(place: Site, browser: Browser) -> None:
    with Walk(browser, place, "familien", "de", "in forced colours").phone() as page:
        page.goto(place.url())
        seen = 0
        for _ in range(6):
            go_on(page)
            page.evaluate(ANSWER)
            looks = page.evaluate(CHOSEN)
            own = {on: {look for chosen, look in looks if chosen == on and look != "native"} for on in (True, False)}
            assert not own[True] & own[False]
            seen += bool(own[True])
        assert seen > 2
