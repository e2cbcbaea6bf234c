"""Firefox and WebKit as Debian ships them, spoken to in their own languages, without a further dependency.

Both know the commands of W3C WebDriver: WebKitGTK's driver takes them over HTTP, Firefox itself over Marionette (the
protocol behind geckodriver, which Debian does not ship). Playwright drives neither; its own builds of them can only be
downloaded.

    with firefox() as engine, engine.tab() as tab:
        tab.open("http://127.0.0.1:…")
        tab.tap("nav button:last-child")

Nothing reaches beyond this machine, nothing is written outside a scratch folder, and everything ends with the run, also
when the run is killed (tests/keep.py).
"""

import contextlib
import json
import os
import re
import shutil
import socket
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tests.keep import kept
from tests.running import free_port
from tests.waiting import PATIENCE, wait_until

#: A closed port: what is not on this machine is refused at once.
NOWHERE = ("127.0.0.1", 9)
#: How long an engine may take for anything [s].
FIREFOX_SETTINGS = {
    "browser.startup.page": 0,
    "marionette.port": 0,  # any; the profile then says which
    "network.proxy.type": 1,
    "network.proxy.http": NOWHERE[0],
    "network.proxy.http_port": NOWHERE[1],
    "network.proxy.ssl": NOWHERE[0],
    "network.proxy.ssl_port": NOWHERE[1],
    "network.proxy.no_proxies_on": "127.0.0.1, localhost",
    "intl.accept_languages": "de",
}
#: Even hidden, MiniBrowser's tabs would keep its window 334 pixels wide.
NARROW = "window * { min-width: 0; padding: 0; margin: 0; border: 0 }"
#: What WebDriver's commands are called over HTTP; Marionette takes the names as they are.
COMMANDS = {
    "NewSession": ("POST", ""),
    "DeleteSession": ("DELETE", ""),
    "Navigate": ("POST", "/url"),
    "Refresh": ("POST", "/refresh"),
    "ExecuteScript": ("POST", "/execute/sync"),
    "SetWindowRect": ("POST", "/window/rect"),
    "FindElements": ("POST", "/elements"),
    "ElementClick": ("POST", "/element/{id}/click"),
    "ElementClear": ("POST", "/element/{id}/clear"),
    "ElementSendKeys": ("POST", "/element/{id}/value"),
    "GetElementText": ("GET", "/element/{id}/text"),
    "GetElementProperty": ("GET", "/element/{id}/property/{name}"),
    "IsElementDisplayed": ("GET", "/element/{id}/displayed"),
}


class EngineMissing(Exception):
    """This machine has no such engine; the message says what is missing."""


class EngineError(AssertionError):
    """The engine refused a command."""


Ask = Callable[..., Any]


class Tab:
    """A page, as a person with a phone has it before her."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def open(self, url: str) -> None:
        self._ask("Navigate", url=url)

    def reload(self) -> None:
        self._ask("Refresh")

    def resize(self, width: int, height: int) -> None:
        self._ask("SetWindowRect", width=width, height=height)

    def evaluate(self, script: str) -> Any:
        """Return what an expression is, or what a function returns."""
        script = f"const it = ({script}); return typeof it === 'function' ? it() : it"
        return self._ask("ExecuteScript", script=script, args=[])

    def find(self, which: str) -> str:
        """Return the engine's own name of the first element; `which` is a CSS selector or, from //, an XPath.

        Waits for it: WebKit says a tap is done before the page it brings is there.
        """
        using = "xpath" if which.startswith("//") else "css selector"
        [found, *_] = wait_until(lambda: self._ask("FindElements", using=using, value=which), which)
        return str(next(iter(found.values())))

    def tap(self, which: str) -> None:
        self._ask("ElementClick", id=self.find(which))

    def type(self, which: str, text: str) -> None:
        """Type a text in place of what stands there."""
        element = self.find(which)
        self._ask("ElementClear", id=element)
        self._ask("ElementSendKeys", id=element, text=text)

    def text(self, which: str) -> str:
        return str(self._ask("GetElementText", id=self.find(which)))

    def value(self, which: str) -> str:
        return str(self._ask("GetElementProperty", id=self.find(which), name="value"))

    def is_shown(self, which: str) -> bool:
        return bool(self._ask("IsElementDisplayed", id=self.find(which)))

    def wait_for(self, expression: str) -> None:
        wait_until(lambda: self.evaluate(expression), expression)


class Engine(Protocol):
    """A running browser."""

    def tab(self, script: bool = True) -> contextlib.AbstractContextManager[Tab]:
        """Give a page of phone size; what it stored is gone with the next origin or the next tab."""


def _program(*names: str) -> str:
    for name in filter(None, names):
        if found := shutil.which(name):
            return found
    raise EngineMissing(f"no {names[-1]} on this machine (tests/setup_browser.sh installs it)")


@contextmanager
def _scratch() -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder for everything the engine writes, and the environment that keeps it there."""
    folder = Path(tempfile.mkdtemp(prefix="engine-"))
    own = {name: str(folder) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    own |= {"DBUS_SESSION_BUS_ADDRESS": "disabled:", "NO_AT_BRIDGE": "1", "MOZ_CRASHREPORTER_DISABLE": "1"}
    try:
        yield folder, {**os.environ, **own}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# ---------- Firefox


class Marionette:
    """Firefox's own connection: length, colon, JSON; every command is answered before the next."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._answers = self._socket.makefile("rb")
        self._number = 0
        self._read()

    def _read(self) -> Any:
        length = b"".join(iter(lambda: self._answers.read(1), b":"))
        return json.loads(self._answers.read(int(length)))

    def ask(self, command: str, **facts: Any) -> Any:
        self._number += 1
        name = command if ":" in command else f"WebDriver:{command}"
        message = json.dumps([0, self._number, name, facts]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _, _, error, answer = self._read()
        if error:
            raise EngineError(f"{command} {facts}: {error['error']}: {error['message']}")
        return answer["value"] if isinstance(answer, dict) and set(answer) == {"value"} else answer

    def close(self) -> None:
        self._answers.close()
        self._socket.close()


@dataclass
class Firefox:
    """One Firefox for all its tabs: it takes seconds to start."""

    marionette: Marionette

    def _allow_script(self, allowed: bool) -> None:
        self.marionette.ask("Marionette:SetContext", value="chrome")
        setting = f"Services.prefs.setBoolPref('javascript.enabled', {json.dumps(allowed)})"
        self.marionette.ask("ExecuteScript", script=setting, args=[])
        self.marionette.ask("Marionette:SetContext", value="content")

    @contextmanager
    def tab(self, script: bool = True) -> Iterator[Tab]:
        """A pop-up window: a full window of Firefox is never narrower than 500 pixels."""
        ask = self.marionette.ask
        before = set(ask("GetWindowHandles"))
        ask("ExecuteScript", script="open('about:blank', '', 'popup,width=360,height=740')", args=[])
        [window] = wait_until(lambda: set(ask("GetWindowHandles")) - before, "a window of Firefox")
        ask("SwitchToWindow", handle=window, focus=True)
        self._allow_script(script)
        try:
            yield Tab(ask)
        finally:
            self._allow_script(True)
            ask("CloseWindow")
            ask("SwitchToWindow", handle=before.pop(), focus=True)


@contextmanager
def firefox() -> Iterator[Firefox]:
    program = _program(os.environ.get("FIREFOX", ""), "firefox-esr", "firefox")
    with _scratch() as (folder, environment), ExitStack() as stack:
        profile = folder / "profile"
        profile.mkdir()
        lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in FIREFOX_SETTINGS.items())
        (profile / "user.js").write_text("".join(lines))
        # System access is asked for since Firefox 138; older ones ignore the word.
        command = [program, "--headless", "--marionette", "-remote-allow-system-access", "--profile", profile]
        stack.enter_context(kept(command, log=folder / "log", env=environment, scratch=folder))
        told = profile / "MarionetteActivePort"
        wait_until(lambda: told.exists() and told.read_text(), f"Firefox to start ({program})")
        marionette = Marionette(int(told.read_text()))
        stack.callback(marionette.close)
        marionette.ask("NewSession")
        yield Firefox(marionette)


# ---------- WebKit


@dataclass
class WebKit:
    """WebKitGTK's driver; it starts a fresh MiniBrowser for every tab."""

    address: str

    def _ask(self, session: str, command: str, **facts: Any) -> Any:
        method, path = COMMANDS[command]
        url = f"{self.address}/session{session}{path.format(**facts)}"
        body = json.dumps(facts).encode() if method == "POST" else None
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, method=method), timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as refused:
            with refused:
                problem = json.load(refused)["value"]
            raise EngineError(f"{command} {facts}: {problem['error']}: {problem['message']}") from None

    @contextmanager
    def tab(self, script: bool = True) -> Iterator[Tab]:
        """A full-screen window: MiniBrowser's toolbar is wider than a phone."""
        nowhere = "--proxy=http://{}:{}".format(*NOWHERE), "--ignore-host=127.0.0.1"
        options = ["--automation", "--full-screen", f"--enable-javascript={json.dumps(script)}", *nowhere]
        wanted = {"webkitgtk:browserOptions": {"args": options}}
        session = self._ask("", "NewSession", capabilities={"alwaysMatch": wanted})
        tab = Tab(lambda command, **facts: self._ask(f"/{session['sessionId']}", command, **facts))
        tab.resize(360, 740)
        try:
            yield tab
        finally:
            self._ask(f"/{session['sessionId']}", "DeleteSession")


@contextmanager
def webkit() -> Iterator[WebKit]:
    driver, screen = _program("WebKitWebDriver"), _program("Xvfb")
    with _scratch() as (folder, environment), ExitStack() as stack:
        (folder / "gtk-3.0").mkdir()
        (folder / "gtk-3.0" / "gtk.css").write_text(NARROW)
        log = folder / "screen"
        command = [screen, "-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]
        stack.enter_context(kept(command, log=log, env=environment))
        shown = wait_until(lambda: re.search(r"^(\d+)$", log.read_text(), re.MULTILINE), "Xvfb to start")
        port = free_port()
        command = [driver, f"--port={port}"]
        environment["DISPLAY"] = f":{shown[1]}"
        stack.enter_context(kept(command, log=folder / "log", env=environment, scratch=folder))
        wait_until(lambda: _answers(port), "WebKitWebDriver to start")
        yield WebKit(f"http://127.0.0.1:{port}")


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
