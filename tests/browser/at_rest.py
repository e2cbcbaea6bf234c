"""A phone at rest: its document has loaded and what comes after it is there. Its clock and its voices are ours."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from playwright.sync_api import Browser, Page

from tests.conftest import PHONE, watched_page

#: A phone's speech: notes what is said by which voice; `speaking.onend()` lets it finish a sentence.
SPEECH = """((voices) => {
  window.said = [];
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  const speech = { getVoices: () => voices, addEventListener() {}, cancel() { window.speaking = null; },
    speak(saying) { said.push(saying); window.speaking = saying; } };
  Object.defineProperty(window, 'speechSynthesis', { value: speech, configurable: true });
})(VOICES)"""
REMOTE = {"name": "Wolke", "lang": "de-DE", "localService": False, "default": True}
LOCAL = {"name": "Gerät", "lang": "de_DE", "localService": True, "default": False}
KEPT = "[localStorage.length, document.querySelectorAll('input:checked').length]"
ARABIC = {"name": "Laila", "lang": "ar-SA", "localService": True, "default": False}
SPOKEN = "said.map(saying => [saying.text, saying.voice.name])"


@contextmanager
def phone_with(browser: Browser, *voices: object, **options: object) -> Iterator[Page]:
    """A phone whose clock we turn and that has these voices."""
    with watched_page(browser, **{**PHONE, **options}) as page:
        page.clock.install(time=datetime(2026, 11, 21, 10, tzinfo=UTC))
        page.add_init_script(SPEECH.replace("VOICES", json.dumps(voices)))
        yield page


def visit(page: Page, address: str) -> None:
    """Open the document and let it come to rest, until its extras are there."""
    page.goto(address)
    page.clock.run_for(2500)
    wait_for_extras(page)


def wait_for_extras(page: Page) -> None:
    page.wait_for_selector(".q:has([data-place]) input + p", state="attached")


def quiet(page: Page, seconds: float) -> None:
    page.clock.run_for(int(seconds * 1000))


def asked(page: Page) -> bool:
    return page.get_by_role("alertdialog").count() == 1
