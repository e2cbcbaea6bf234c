"""The one command that runs everything: migrates, starts the job process beside it, serves the pages."""

from __future__ import annotations

import logging
import resource
import subprocess
import threading
from collections.abc import Callable
from typing import Any

from waitress.server import create_server

from survey import create_app
from survey.child import start_child, stop_child
from survey.errors import SurveyError
from survey.services import utc_now
from survey.settings import Settings, prepare_data
from survey.store import Store, users, waves
from survey.waves import state

log = logging.getLogger("familienstimme")

#: Half-sent uploads wait here, not in a thread; phones in a valley may need two minutes [connections, s].
CONNECTIONS, PATIENCE = 2000, 120
#: Larger bodies are cut off by the server itself; smaller ones that are still too large get a friendly page [bytes].
BODY_CEILING = 1024 * 1024
WORK = ["-c", "from survey.cli import main; main()", "work"]


class DemoAccountsExposed(SurveyError):
    """Demo accounts have passwords everybody may know; they must not be reachable from elsewhere."""

    def __init__(self, host: str) -> None:
        self.host = host
        super().__init__(
            f"Diese Installation enthält die Konten der Vorführung, deren Passwörter öffentlich sind. Mit der Adresse "
            f"{host}, hinter einem Proxy oder unter einer öffentlichen Adresse startet sie deshalb nicht.\n"
            "Löschen Sie die Konten mit „familienstimme user remove NAME“, nehmen Sie einen anderen Datenordner oder "
            "lassen Sie sie nur auf diesem Rechner erreichbar (FAMILIENSTIMME_HOST=127.0.0.1)."
        )


class PortTaken(SurveyError):
    """Something else listens there."""

    def __init__(self, host: str, port: int) -> None:
        self.port = port
        super().__init__(
            f"Unter {host}:{port} läuft schon ein Programm, oder diese Adresse gehört nicht zu diesem Rechner. "
            "Mit PORT=8001 wählen Sie einen anderen Port."
        )


class Helper:
    """Keeps the job process running: starts it, starts it again when it dies, ends it with us."""

    def __init__(self, arguments: list[str] = WORK, pause: float = 1.0) -> None:
        self._arguments, self._pause = arguments, pause
        self._ending = threading.Event()
        # The kernel ends the child when the thread that started it ends, so this thread lives as long as we do.
        self._thread = threading.Thread(target=self._keep, daemon=True)
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the job process and what it computes."""
        self._ending.set()
        self._thread.join(15)

    def _keep(self) -> None:
        pause = self._pause
        while not self._ending.is_set():
            self.child = start_child(self._arguments)
            while self.child.poll() is None and not self._ending.wait(0.2):
                continue
            if self._ending.is_set():
                stop_child(self.child)
                return
            log.error("Der Auftragsdienst ist ausgefallen (Code %s) und startet neu", self.child.returncode)
            self._ending.wait(pause)
            pause = min(pause * 2, 60)


def serve(settings: Settings, say: Callable[[str], object]) -> None:
    """Serve until told to stop."""
    prepare_data(settings)
    store = Store(settings.database_url)
    store.migrate()
    demo = users.has_demo_users(store)
    if demo and not settings.loopback:
        raise DemoAccountsExposed(settings.host)
    server = make_server(settings)
    helper = Helper()
    helper.start()
    try:
        for line in greeting(settings, store, demo):
            say(line)
        server.run()
    finally:
        server.close()
        helper.stop()


def make_server(settings: Settings) -> Any:
    """Return the web server, already listening."""
    _allow_connections(CONNECTIONS + 200)
    logging.getLogger("waitress").addFilter(_without_texts)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        return create_server(create_app(settings), **server_settings(settings))
    except OSError as error:
        raise PortTaken(settings.host, settings.port) from error


def server_settings(settings: Settings) -> dict[str, Any]:
    """Return what waitress needs to know."""
    chosen: dict[str, Any] = {
        "host": settings.host, "port": settings.port, "threads": settings.threads,
        "connection_limit": CONNECTIONS, "channel_timeout": PATIENCE, "cleanup_interval": 10, "backlog": 1024,
        "max_request_body_size": BODY_CEILING, "max_request_header_size": 32 * 1024,
        "asyncore_use_poll": True,  # select() knows only 1024 connections
        "url_prefix": settings.url_prefix, "url_scheme": "https" if settings.https else "http",
        "ident": None, "expose_tracebacks": False, "clear_untrusted_proxy_headers": True,
    }  # fmt: skip
    if settings.trusted_proxy:
        chosen |= {
            "trusted_proxy": settings.trusted_proxy, "trusted_proxy_count": settings.trusted_proxies,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
        }  # fmt: skip
    return chosen


def greeting(settings: Settings, store: Store, demo: bool) -> list[str]:
    """Return what is said at start: addresses, demo logins, what needs HTTPS."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    base = settings.public_url or f"http://{host}:{settings.port}{settings.url_prefix}"
    lines = [f"Familienstimme läuft: {base}/", f"Anmelden:             {base}/anmelden"]
    now = utc_now()
    lines += [f"Fragebogen:           {base}/b/{w.id}" for w in waves.list_waves(store) if state(w, now) == "open"]
    if demo:
        from survey.demo import ACCOUNTS  # reads questionnaires, which the server itself never does

        lines += ["", "Konten der Vorführung (Name / Passwort):"]
        lines += [f"  {account.name} / {account.password}" for account in ACCOUNTS]
    if not settings.https:
        lines += [
            "", "Hinweis: Ohne Netz warten Antworten auf dem Handy. Die Seite ohne Netz wieder öffnen und auch bei "
            "geschlossener Seite senden (Service Worker) geht nur mit HTTPS oder auf 127.0.0.1. Stellen Sie für den "
            "Betrieb einen Proxy mit TLS davor und setzen Sie FAMILIENSTIMME_PUBLIC_URL.",
        ]  # fmt: skip
    return [*lines, "", "Beenden mit Strg+C."]


def _without_texts(record: logging.LogRecord) -> bool:
    """Keep addresses and texts of errors out of the server's own log lines."""
    if record.exc_info:
        kind = record.exc_info[0]
        record.msg, record.args = "Fehler im Webserver: %s", (kind.__name__ if kind else "-",)
        record.exc_info = record.exc_text = None
    return True


def _allow_connections(wanted: int) -> None:
    """Raise the limit of open files as far as the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    target = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < target:
        resource.setrlimit(resource.RLIMIT_NOFILE, (target, hard))
