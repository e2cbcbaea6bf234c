"""A wave's state as a pure function of its dates, and what each state allows.

Dates are days in Europe/Berlin; `closes_on`, `entry_until` and `retention_until` are inclusive. Grace is
counted in real hours, so it is as long on a day when the clocks change as on any other.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from survey.records import Wave, WaveState

BERLIN = ZoneInfo("Europe/Berlin")

Action = Literal[
    "submit", "submit_late", "withdraw", "enter_paper", "close_now", "end_entry",
    "anonymise", "extract", "release", "archive",
]  # fmt: skip
ACTIONS: tuple[Action, ...] = get_args(Action)
STATES: tuple[WaveState, ...] = get_args(WaveState)

#: What the daily tick does for a wave: write the tables anew, tally returns, or end a stage of its life.
Due = Literal["tally", "rewrite", "anonymise", "archive"]

_ALLOWED: dict[WaveState, frozenset[Action]] = {
    "planned": frozenset(),
    "open": frozenset({"submit", "withdraw", "enter_paper", "close_now"}),
    "closing": frozenset({"submit_late", "withdraw", "enter_paper", "end_entry"}),
    "entry": frozenset({"withdraw", "enter_paper", "end_entry", "anonymise"}),
    "anonymised": frozenset({"extract", "release", "archive"}),
    "archived": frozenset(),
}


def state(wave: Wave, now: datetime) -> WaveState:
    """Return the state of a wave at an instant."""
    if wave.archived_at is not None:
        return "archived"
    if wave.anonymised_at is not None:
        return "anonymised"
    if now < opens_at(wave):
        return "planned"
    if now < closes_at(wave):
        return "open"
    return "closing" if now < grace_ends_at(wave) else "entry"


def allowed(state: WaveState, action: Action) -> bool:
    """Say whether a wave in this state allows the action."""
    return action in _ALLOWED[state]


def due(wave: Wave, now: datetime) -> tuple[Due, ...]:
    """Return what the daily tick must do, in this order; each step is safe to repeat."""
    match state(wave, now):
        case "open" | "closing":
            return ("tally", "rewrite")
        case "entry":
            return ("anonymise",) if now >= entry_ends_at(wave) else ("tally", "rewrite")
        case "anonymised":
            return ("archive",) if local_day(now) > wave.retention_until else ()
        case _:
            return ()


def local_day(now: datetime) -> date:
    """Return the day it is in Europe/Berlin."""
    return now.astimezone(BERLIN).date()


def opens_at(wave: Wave) -> datetime:
    """Return the instant from which answers are taken."""
    return _start_of(wave.opens_on)


def last_day_of(wave: Wave) -> date:
    """Return the last day on which answers were or will be taken."""
    return wave.closes_on if wave.closed_at is None else min(wave.closes_on, local_day(wave.closed_at))


def closes_at(wave: Wave) -> datetime:
    """Return the instant from which only late phones are waited for."""
    planned = _start_of(wave.closes_on + timedelta(days=1))
    return planned if wave.closed_at is None else min(planned, wave.closed_at)


def grace_ends_at(wave: Wave) -> datetime:
    """Return the instant until which answers of phones without signal still count."""
    planned = closes_at(wave) + timedelta(hours=wave.grace_hours)
    return planned if wave.entry_ended_at is None else min(planned, wave.entry_ended_at)


def withdraw_until(wave: Wave) -> date:
    """Return the last day on which families can have their answers deleted."""
    return local_day(entry_ends_at(wave) - timedelta(seconds=1))


def entry_ends_at(wave: Wave) -> datetime:
    """Return the instant from which the wave waits to be anonymised; until then families can withdraw."""
    planned = max(_start_of(wave.entry_until + timedelta(days=1)), grace_ends_at(wave))
    return planned if wave.entry_ended_at is None else min(planned, wave.entry_ended_at)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=BERLIN).astimezone(UTC)
