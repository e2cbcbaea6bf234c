"""How a person goes through the family's page: taps, pages on, reads what is shown."""

from collections.abc import Iterator

from playwright.sync_api import Page

#: Answers what is on the page: the first choice of everything, one of each count, a first rank, a place, own words.
ANSWER = """() => {
  const section = [...document.querySelectorAll('form section')].find(s => !s.hidden);
  for (const q of section.querySelectorAll('.q:not([hidden])')) {
    const groups = new Set([...q.querySelectorAll('[type=radio]')].map(i => i.name));
    for (const name of groups) q.querySelector(`[name="${name}"]`).click();
    const box = q.querySelector('[type=checkbox]:not(:checked)'); if (box) box.click();
    const rank = q.querySelector('.r button'); if (rank) rank.click();
    const plus = q.querySelector('.pm:last-child'); if (plus) plus.click();
    const text = q.querySelector('textarea');
    if (text) { text.value = 'Mehr Busse'; text.dispatchEvent(new Event('input', {bubbles: true})); }
    const place = q.querySelector('[data-place]');
    if (place && !place.value) [...q.querySelectorAll('button.o')].at(-1).click();
  }
}"""
SHOWN = "[...document.querySelectorAll('.q')].filter(q => !q.hidden).map(q => q.id.slice(2))"


def title(page: Page) -> str:
    return page.evaluate("document.title")  # type: ignore[no-any-return]


def next_button(page: Page) -> str:
    return page.locator("nav button").last.inner_text()


def go_on(page: Page) -> None:
    page.locator("nav button").last.click()


def pages(page: Page, answer: bool = True) -> Iterator[str]:
    """Go from the start to the last page, yielding at each; does not send."""
    page.wait_for_load_state()  # who came by a link may be on a document that is still coming
    while True:
        if answer:
            page.evaluate(ANSWER)
        at = page.evaluate("[...document.querySelectorAll('form section')].find(s => !s.hidden).id")
        yield at
        if at == "p-1":
            return
        go_on(page)


def to_the_end(page: Page, answer: bool = True) -> None:
    for _ in pages(page, answer):
        pass


def send(page: Page) -> str:
    """Send, wait for thanks, return the code for withdrawal."""
    go_on(page)
    page.wait_for_selector("#key")
    return page.locator("#key").inner_text()
