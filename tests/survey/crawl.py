"""A crawler over everything the results room emits, and what it holds against the release it shows.

Every number in a page's texts, hover texts and alternative texts must be a published one: a figure of a table or of
what follows from tables, or part of a text that stands in the release word for word. Passages that explain signs and
rules, base data, and counts about tables are left out by their class or id.
"""

import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask.testing import FlaskClient

#: What makes a text of the release more than an id that looks like a number.
WORD = re.compile(r"[A-Za-zÄÖÜäöüß]{3}")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
#: A share, perhaps in brackets, and its interval right behind it.
SHARE = re.compile(r"(?<![\d,])(\d+)\s%\)?(?:\s|<[^>]*>|unsicher)*?<span class=\"span\">(\d+)–(\d+)\s%")
EXPLAINS = frozenset({"method", "legend", "base-data", "profile-foot", "crumbs", "simulated", "foot", "bar", "note"})
ABOUT_TABLES = frozenset({"t-felder", "herkunft"})
SPOKEN = frozenset({"alt", "title", "aria-label", "placeholder", "aria-description"})
VOID = frozenset({"meta", "link", "input", "br", "hr", "img", "wbr", "path", "line", "rect", "circle"})
DATES = re.compile(r"\d{1,2}\.\s?[A-ZÄÖÜ][a-zä]+ \d{4}(?:, \d\d:\d\d Uhr)?")
ORDINALS = re.compile(r"^\s*(?:Tabelle )?\d+[.:] |Ergebnisstand \d+|Prüfsumme \w+|Schritt \d+|^\d+ Fragen? pass\w+")
#: „auf 5 gerundet“, „(95 %)“, a hundred per cent, and the answers a sheet of its own needs.
SAID_BY_US = re.compile(r"auf 5 gerundet|95\s%|100\s%|0 bis 100|(?:mindestens|[Aa]b) 50 Antworten|von hundert")


class _Page(HTMLParser):
    """Texts of a page with those that explain left out, and where it leads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str] = []
        self._left_out: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.links += [found[name] for name in ("href", "src", "action", "data-figure", "data-png") if name in found]
        explains = EXPLAINS & set(found.get("class", "").split()) or ABOUT_TABLES & {
            found.get("id", ""), found.get("aria-labelledby", "")
        } or tag in {"script", "style", "head", "select", "code", "footer"}  # fmt: skip
        if tag not in VOID and (self._left_out or explains):
            self._left_out.append(tag)
        elif not self._left_out:
            self.texts += [value for name, value in found.items() if name in SPOKEN]

    def handle_endtag(self, tag: str) -> None:
        if self._left_out and tag not in VOID:
            while self._left_out and self._left_out.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._left_out:
            self.texts.append(data)


def _values(part: Any) -> Iterator[Any]:
    if isinstance(part, dict):
        for value in part.values():
            yield from _values(value)
    elif isinstance(part, list):
        for value in part:
            yield from _values(value)
    else:
        yield part


@dataclass
class Published:
    """What a release says: numbers as pages write them, shares with their intervals, and its texts."""

    folder: Path
    numbers: set[str] = field(default_factory=set)
    shares: set[tuple[str, str, str]] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        found: set[str] = set()
        for path in [*self.folder.glob("*.json"), *(self.folder / "tables").glob("*.json")]:
            document = json.loads(path.read_bytes())
            for value in _values(document):
                self._note(value, found)
            self._shares(document)
        self.texts = sorted(found, key=len, reverse=True)

    def _note(self, value: Any, texts: set[str]) -> None:
        if isinstance(value, str):
            text = " ".join(value.split())
            parts = re.split(r" – | \+ ", text.removesuffix(" (zusammengefasst)"))
            texts |= {one for one in (text, *parts) if NUMBER.search(one) and WORD.search(one)}
        elif isinstance(value, int | float) and not isinstance(value, bool):
            whole = f"{value:,.0f}".replace(",", ".")
            share = {f"{value * 100:.0f}", f"{value * 100:.1f}".replace(".", ",")} if 0 <= value <= 1 else set()
            self.numbers |= {whole, f"{value:.1f}".replace(".", ","), f"{value:.2f}".replace(".", ","), *share}

    def _shares(self, document: Any) -> None:
        found = [document.get(name) for name in ("value", "low", "high")] if isinstance(document, dict) else [None]
        if None not in found:
            value, low, high = (f"{number * 100:.0f}" for number in found)
            self.shares.add((value, low, high))
        for part in document.values() if isinstance(document, dict) else document if isinstance(document, list) else ():
            self._shares(part)

    def unknown_in(self, html: str) -> list[str]:
        """Every number of a page, with its text, that the release does not hold."""
        found = []
        for text in _Page(html).texts:
            rest = " ".join(text.split())
            for known in self.texts if NUMBER.search(rest) else ():
                rest = rest.replace(known, " ")
            rest = SAID_BY_US.sub(" ", ORDINALS.sub(" ", DATES.sub(" ", rest)))
            found += [f"{number} in „{rest.strip()}“" for number in NUMBER.findall(rest) if number not in self.numbers]
        shares = {match.groups() for match in SHARE.finditer(html.replace("\xa0", " "))}
        return [*found, *(f"share {share}" for share in shares - self.shares)]


@dataclass
class Crawled:
    """What was fetched: address → type and bytes; and what led elsewhere."""

    pages: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)


def crawl(client: FlaskClient, start: str, most: int) -> Crawled:
    """Follow every link below `start`, pages, files and figures alike; at most so many, the nearest first."""
    crawled, waiting, seen = Crawled(), deque([start]), {start}
    while waiting and len(crawled.pages) < most:
        address = waiting.popleft()
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        crawled.pages[address] = (answer.content_type.partition(";")[0], answer.data)
        if answer.content_type.startswith("text/html"):
            for link in _Page(answer.get_data(as_text=True)).links:
                _take(crawled, waiting, seen, urljoin(f"http://localhost{address}", link), start)
    return crawled


def _take(crawled: Crawled, waiting: deque[str], seen: set[str], url: str, start: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "data":
        return
    if parts.hostname != "localhost":
        crawled.foreign.append(url)
    here = parts.path + (f"?{parts.query}" if parts.query else "")
    if parts.path.startswith(start) and "stand=" not in here and here not in seen:
        seen.add(here)
        waiting.append(here)
