"""Ceilings against floods: an open link can be filled in ten thousand times.

Sources are told apart by a hash salted anew every day, in memory only: nothing is stored or logged, and thirty pupils
behind one address of their school are no flood.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Verdict = Literal["fine", "doubtful", "refused"]


@dataclass(frozen=True)
class Ceiling:
    """At most this many submissions per source and window."""

    doubtful: int = 60
    """from here on responses are kept but marked"""
    refused: int = 240
    """from here on they wait on the phone"""
    per_minute: int = 30_000
    """from everywhere together"""
    window_seconds: int = 600


@dataclass
class Sources:
    """Recent submissions per source of one process."""

    ceiling: Ceiling
    _salt: bytes = b""
    _day: date | None = None
    _minute: int = 0
    _n_in_minute: int = 0
    _seen: dict[bytes, deque[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def judge(self, address: str, now: datetime) -> Verdict:
        """Count one submission from an address and say what to do with it."""
        with self._lock:
            self._renew(now)
            self._n_in_minute += 1
            if self._n_in_minute > self.ceiling.per_minute:
                return "refused"
            stamps = self._seen.setdefault(self._source(address), deque(maxlen=self.ceiling.refused + 1))
            while stamps and stamps[0] < now.timestamp() - self.ceiling.window_seconds:
                stamps.popleft()
            if len(stamps) >= self.ceiling.refused:
                return "refused"
            stamps.append(now.timestamp())
            return "doubtful" if len(stamps) > self.ceiling.doubtful else "fine"

    def _renew(self, now: datetime) -> None:
        """Forget everything at midnight, and the oldest sources when there are too many of them."""
        if now.timestamp() // 60 != self._minute:
            self._minute, self._n_in_minute = int(now.timestamp() // 60), 0
        if now.date() != self._day:
            self._day, self._salt = now.date(), secrets.token_bytes(16)
            self._seen.clear()
        while len(self._seen) > 20_000:
            self._seen.pop(next(iter(self._seen)))

    def _source(self, address: str) -> bytes:
        return hashlib.blake2b(address.encode(), key=self._salt, digest_size=8).digest()
