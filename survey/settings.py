"""Settings of an installation: one frozen value, read once from the environment."""

from __future__ import annotations

import difflib
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

PREFIX = "FAMILIENSTIMME_"
#: Names that tests and measurements use; they are no settings, but no mistakes either.
FOREIGN_PREFIXES = ("FAMILIENSTIMME_TEST", "FAMILIENSTIMME_PROOF", "FAMILIENSTIMME_BENCH")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
MIN_SECRET_LENGTH = 32

T = TypeVar("T")


class SettingsError(Exception):
    """All settings that are wrong, one German sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Settings:
    """How this installation runs. Disclosure thresholds are no settings: they belong to a wave's plan."""

    data: Path
    """folder of everything that is kept"""
    database_url: str
    secret_key: str | None = field(default=None, repr=False)
    """signs the sessions of staff; None: made once, kept in ``data/secret_key``"""
    host: str = "127.0.0.1"
    port: int = 8000
    url_prefix: str = ""
    """path under which a proxy serves the product, such as ``/familien``"""
    public_url: str = ""
    """address people use, for posters; empty: the address of the request"""
    trusted_proxy: str = ""
    """address of the proxy whose X-Forwarded headers are believed; empty: none is"""
    trusted_proxies: int = 1
    """how many proxies stand in a row"""
    threads: int = 8
    posts_per_source: int = 60
    """responses from one source in ten minutes that raise no doubt (a school shares one address); four times as
    many are taken"""
    posts_per_minute: int = 30_000
    """responses taken from everywhere in a minute"""
    login_failures: int = 5
    """failures in a row before a user name is locked for a while"""
    session_minutes: int = 120
    """staff are logged out after this time without a click [min]"""

    @property
    def https(self) -> bool:
        """Whether people reach this installation by HTTPS, as far as the settings say."""
        return self.public_url.startswith("https://")

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in LOOPBACK and not self.public_url and not self.trusted_proxy

    @property
    def releases(self) -> Path:
        """Folder of the releases."""
        return self.data / "releases"

    @property
    def temporary(self) -> Path:
        """Private folder of the job process; emptied when it starts."""
        return self.data / "tmp"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Return the settings, or raise :class:`SettingsError` with everything that is wrong."""
    reader = _Reader(os.environ if environment is None else environment)
    data = Path(reader.take("DATA", _text, "var")).absolute()
    public_url = reader.take("PUBLIC_URL", _address, "")
    default_prefix = urlsplit(public_url).path
    settings = Settings(
        data=data,
        database_url=reader.take("DATABASE_URL", _database, f"sqlite:///{data / 'familienstimme.sqlite3'}", True),
        secret_key=reader.take("SECRET_KEY", _secret, None, True),
        host=reader.take("HOST", _text, "127.0.0.1"),
        port=reader.take("PORT", _between(1, 65535), 8000),
        url_prefix=reader.take("URL_PREFIX", _prefix, default_prefix),
        public_url=public_url,
        trusted_proxy=reader.take("TRUSTED_PROXY", _text, ""),
        trusted_proxies=reader.take("TRUSTED_PROXIES", _between(1, 9), 1),
        threads=reader.take("THREADS", _between(1, 64), 8),
        posts_per_source=reader.take("POSTS_PER_SOURCE", _between(1, 10_000_000), 60),
        posts_per_minute=reader.take("POSTS_PER_MINUTE", _between(1, 10_000_000), 30_000),
        login_failures=reader.take("LOGIN_FAILURES", _between(3, 20), 5),
        session_minutes=reader.take("SESSION_MINUTES", _between(5, 720), 120),
    )
    reader.finish()
    return settings


class _Reader:
    """Takes names from the environment and remembers what was wrong."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.problems: list[str] = []
        self.known: set[str] = set()

    def take(self, name: str, parse: Callable[[str], T], default: T, secret: bool = False) -> T:
        full = name if name == "PORT" else PREFIX + name
        self.known |= {full, f"{full}_FILE"} if secret else {full}
        text = self._from_file(full) if secret and f"{full}_FILE" in self.environment else self.environment.get(full)
        if text is None or not text.strip():
            return default
        try:
            return parse(text.strip())
        except ValueError as error:
            self.problems.append(f"{full}: {error}")
            return default

    def _from_file(self, full: str) -> str | None:
        if full in self.environment:
            self.problems.append(f"{full} und {full}_FILE sind beide gesetzt. Bitte nur eines von beiden setzen.")
        try:
            return Path(self.environment[f"{full}_FILE"]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            self.problems.append(f"{full}_FILE: Die Datei lässt sich nicht lesen.")
            return None

    def finish(self) -> None:
        names = (name for name in self.environment if name.startswith(PREFIX))
        for name in sorted(set(names) - self.known):
            if not name.startswith(FOREIGN_PREFIXES):
                near = difflib.get_close_matches(name, self.known, 1)
                hint = f" Meinten Sie {near[0]}?" if near else ""
                self.problems.append(f"{name}: Diese Einstellung gibt es nicht.{hint}")
        if self.problems:
            raise SettingsError(self.problems)


def _text(text: str) -> str:
    return text


def _between(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
            raise ValueError(f"Hier wird eine ganze Zahl von {low} bis {high} gebraucht.")
        return int(text)

    return parse


def _secret(text: str) -> str:
    if len(text) < MIN_SECRET_LENGTH:
        raise ValueError(f"Der Schlüssel braucht mindestens {MIN_SECRET_LENGTH} Zeichen.")
    return text


def _database(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError("Die Adresse der Datenbank beginnt mit sqlite:/// oder postgresql://.")
    return text


def _prefix(text: str) -> str:
    stripped = "/" + text.strip("/") if text.strip("/") else ""
    if any(c in stripped for c in " ?#%\\") or "//" in stripped:
        raise ValueError("Der Pfad darf nur Buchstaben, Ziffern, Bindestriche und Schrägstriche enthalten.")
    return stripped


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("Hier wird eine Adresse wie https://befragung.beispiel-kreis.de gebraucht.")
    return text.rstrip("/")


def prepare_data(settings: Settings) -> None:
    """Create the folders. What is written from now on can be read by this account only."""
    os.umask(0o077)
    for folder in (settings.data, settings.releases, settings.temporary):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def secret_key_of(settings: Settings) -> str:
    """Return the key that signs sessions; made once when no setting names one."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.data / "secret_key"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"secret_key.{secrets.token_hex(8)}")
    if not path.exists():
        draft.touch(0o600, exist_ok=False)
        draft.write_text(secrets.token_urlsafe(48), encoding="ascii")
        try:
            os.link(draft, path)  # two starters at once: exactly one key wins, never half of one
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip()
