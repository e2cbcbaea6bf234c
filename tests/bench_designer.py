"""How fluent the coordinator's desk stays with 60 questions in eight languages: typing, moving, choosing, undoing.

Milliseconds of what the page itself does until it is laid out anew, on a processor a quarter as fast as this one. Each
step is done in several rounds and its quickest counts: what else runs on this machine is no part of the page.
"""

import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from questionnaires.model import LANGUAGES
from questionnaires.write import data_of
from tests.bench_figure import Figure
from tests.browser.desk import begin, log_in, open_draft, serving
from tests.conftest import BROWSER_ARGS, CHROMIUMS, DESK
from tests.generated import large_questionnaire

N_QUESTIONS, N_CONDITIONS, SLOWER = 60, 20, 4
#: A frame at 60 pictures a second, and what people still feel as immediate (RAIL) [ms].
FRAME, IMMEDIATE = 1000 / 60, 100

MEASURE = """async n => {
  const rest = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  const timed = async (list, act) => {
    await rest();
    const start = performance.now();
    act();
    document.body.getBoundingClientRect();
    getComputedStyle(document.body).color;
    list.push(performance.now() - start);
  };
  const every = () => [...document.querySelectorAll('#outline .entry')];
  const entries = () => every().filter(entry => !entry.dataset.entry.includes('-1'));
  const taken = { keys: [], moves: [], choices: [], undos: [] };
  entries()[5].click();
  for (let i = 0; i < n; i++) {
    document.querySelector('#editor textarea').focus();
    await timed(taken.keys, () => document.execCommand('insertText', false, 'e'));
  }
  const alt = key => new KeyboardEvent('keydown', { key, altKey: true, bubbles: true, cancelable: true });
  for (let i = 0; i < n; i++) {
    const key = i % 20 < 10 ? 'ArrowDown' : 'ArrowUp';
    await timed(taken.moves, () => document.querySelector('#outline [aria-current]').dispatchEvent(alt(key)));
  }
  for (let i = 0; i < n; i++) await timed(taken.choices, () => entries()[(i * 7) % entries().length].click());
  for (let i = 0; i < n; i++) await timed(taken.undos, () => document.getElementById(i % 2 ? 'redo' : 'undo').click());
  return taken;
}"""


def large_draft() -> dict[str, Any]:
    """Return a draft of 60 questions with 20 conditions, every text in eight languages."""
    data = data_of(large_questionnaire(N_QUESTIONS, N_CONDITIONS))
    return {**_in_all_languages(data), "languages": list(LANGUAGES)}


def _in_all_languages(value: Any) -> Any:
    if isinstance(value, list):
        return [_in_all_languages(part) for part in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"de"}:
        return {language: f"{value['de']} ({language})" if language != "de" else value["de"] for language in LANGUAGES}
    return {name: _in_all_languages(part) for name, part in value.items()}


def bench_designer(quick: bool = False) -> list[Figure]:
    """Return the median and the slowest keystroke, moved question, chosen question and undone step."""
    chromium = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if chromium is None:
        return [Figure("a keystroke at the desk", 0, note="not measured: no Chromium on this machine")]
    with sync_playwright() as playwright, tempfile.TemporaryDirectory(prefix="bench-") as name:
        browser = playwright.chromium.launch(executable_path=chromium, args=BROWSER_ARGS)
        try:
            taken = measure_designer(browser, Path(name), 20, n_rounds=2 if quick else 5)
        finally:
            browser.close()
    how = f"{N_QUESTIONS} questions, 8 languages, processor {SLOWER}× slower"
    targets = {"keys": ("a keystroke", FRAME), "moves": ("a moved question", IMMEDIATE),
               "choices": ("a chosen question", IMMEDIATE), "undos": ("an undone step", IMMEDIATE)}  # fmt: skip
    found = []
    for kind, (words, target) in targets.items():
        found.append(Figure(f"{words} (median)", statistics.median(taken[kind]), "ms", at_most=target, note=how))
        found.append(Figure(f"{words}, the slowest of {len(taken[kind])}", max(taken[kind]), "ms"))
    return found


def measure_designer(browser: Browser, folder: Path, n: int, n_rounds: int) -> dict[str, list[float]]:
    """Do so many of each in every round and return how long each took in its quickest round [ms]."""
    context = browser.new_context(**DESK, locale="de-DE")
    try:
        with serving(folder) as (address, store):
            page = context.new_page()
            log_in(page, address)
            open_draft(page, address, begin(store, "gross", large_draft()))
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            rounds: list[dict[str, list[float]]] = [page.evaluate(MEASURE, n) for _ in range(n_rounds)]
            page.goto("about:blank")
            return {kind: [min(times) for times in zip(*(r[kind] for r in rounds), strict=True)] for kind in rounds[0]}
    finally:
        context.close()
