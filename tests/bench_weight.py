"""What the family's document weighs, in every language, and how soon its first question can be answered."""

import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.bench_figure import Figure
from tests.bench_stage import N_PLACES, set_stage, shipped_questionnaires
from tests.conftest import BROWSER_ARGS, CHROMIUMS, PHONE
from tests.running import Running, get, running_product, sqlite_url
from tests.waiting import wait_until

#: One initial window of TCP: ten segments of 1,460 bytes (RFC 6928).
LIMIT = 14_600
#: A valley: 400 kbit/s, 400 ms round trip, and a processor a quarter as fast as this one.
THROTTLED = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SLOWER = 4
#: What the page asks for once it is at rest, a second later: on a busy machine while we still look.
AT_REST = ("/dienst.js", "/extras.js")
#: So soon the first question can be answered [s].
SOON = 0.9
#: The language of the source, the other direction, and the heaviest one.
LANGUAGES = ("de", "ar", "uk")

# Presses the first button as soon as there is one, and notes when a field of the first question can be used.
WATCH = """
const looking = setInterval(() => {
  const seen = node => node.checkVisibility();
  if ([...document.querySelectorAll('.q input, .q select, .q .o, .q textarea')].some(seen)) {
    clearInterval(looking);
    window.answerable = performance.now();
    return;
  }
  const next = [...document.querySelectorAll('nav button')].filter(seen).at(-1);
  if (next) next.click();
}, 10);
"""


def bench_weight(quick: bool = False) -> list[Figure]:
    """Return bytes per document and language, requests, and the time on a slow line."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        url = sqlite_url(Path(name))
        set_stage(url)
        with running_product(Path(name), url) as server:
            return [*_weights(server), *_in_a_browser(server, 2 if quick else 5)]


def _weights(server: Running) -> Iterator[Figure]:
    for wave, asked in shipped_questionnaires().items():
        for language in asked.languages:
            path = f"/b/{wave}?lang={language}"
            br, gzip = (len(get(server.port, path, Accept_Encoding=encoding)) for encoding in ("br", "gzip"))
            note = f"gzip {gzip:,}; {N_PLACES} places"
            yield Figure(f"{wave} {language}: document, headers included", br, "bytes", at_most=LIMIT, note=note)


# --- in a browser ----------------------------------------------------------------------------------------------


def _in_a_browser(server: Running, n: int) -> list[Figure]:
    chromium = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if chromium is None:
        return [Figure("first question on a phone", 0, note="not measured: no Chromium on this machine")]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=BROWSER_ARGS)
        try:
            asked = requests_until_answerable(browser, server.port)
            times = {
                f"{wave} {language}": seconds_until_answerable(browser, server.port, wave, language, n)
                for wave in shipped_questionnaires() for language in LANGUAGES
            }  # fmt: skip
        finally:
            browser.close()
    how = f"400 kbit/s, 400 ms, processor {SLOWER}× slower; Chromium leaves out the handshakes"
    return [
        Figure("requests until the first question", len(asked), at_most=1, note=", ".join(asked)),
        *(
            Figure(f"{name}: first question can be answered after", seconds, "s", at_most=SOON, note=how)
            for name, seconds in times.items()
        ),
    ]


def requests_until_answerable(browser: Browser, port: int, path: str = "familien") -> list[str]:
    """Return the addresses asked for until the first question can be answered, or ever but by the page at rest."""
    with _counting_relay(port) as (relay, asked):
        _, answerable_at = _answerable_after(browser, relay, path, slow=False)
        at_rest = [address for at, address in asked if at > answerable_at and address.split("?")[0].endswith(AT_REST)]
        return [address for _, address in asked if address not in at_rest]


def seconds_until_answerable(browser: Browser, port: int, wave: str, language: str, n: int) -> float:
    """Return the quickest of `n` visits over a slow line on a slow phone: what else runs here is no part of either."""
    path = f"{wave}?lang={language}"
    return min(_answerable_after(browser, port, path, slow=True)[0] for _ in range(n))


def _answerable_after(browser: Browser, port: int, path: str, *, slow: bool) -> tuple[float, float]:
    """Return after how many seconds, and when [s since 1970]."""
    context = browser.new_context(**PHONE, locale="de-DE")
    try:
        page = context.new_page()
        page.add_init_script(WATCH)
        if slow:
            session = context.new_cdp_session(page)
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", THROTTLED)
            session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(f"http://127.0.0.1:{port}/b/{path}")
        wait_until(lambda: page.evaluate("window.answerable"), "the first question")
        page.wait_for_timeout(500)  # an icon would be asked for only now
        after, start = page.evaluate("[window.answerable / 1000, performance.timeOrigin / 1000]")
        return float(after), float(start + after)
    finally:
        context.close()


@contextmanager
def _counting_relay(port: int) -> Iterator[tuple[int, list[tuple[float, str]]]]:
    """Pass connections on to a server and note every address asked for; a browser reports not all of them itself."""
    asked: list[tuple[float, str]] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, port, asked), daemon=True).start()
        yield listener.getsockname()[1], asked


def _accept(listener: socket.socket, port: int, asked: list[tuple[float, str]]) -> None:
    while True:
        try:
            browser = listener.accept()[0]
        except OSError:
            return
        server = socket.create_connection(("127.0.0.1", port))
        threading.Thread(target=_pass_on, args=(browser, server, asked), daemon=True).start()
        threading.Thread(target=_pass_on, args=(server, browser, None), daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket, asked: list[tuple[float, str]] | None) -> None:
    try:
        while data := source.recv(65536):
            if asked is not None and data.split(b" ", 1)[0] in {b"GET", b"POST", b"HEAD"}:
                asked.append((time.time(), data.split(b" ", 2)[1].decode()))
            target.sendall(data)
    except OSError:
        pass
    finally:
        target.close()
