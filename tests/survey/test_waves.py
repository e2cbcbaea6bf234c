"""A wave's life by the calendar of Europe/Berlin."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.records import WaveState
from survey.waves import STATES, closes_at, due, entry_ends_at, grace_ends_at, last_day_of, local_day, state
from tests.survey.cast import wave

WAVE = wave()  # 1 to 31 March 2026, paper until 14 April, kept until 31 March 2027; clocks change on 29 March
SECOND = timedelta(seconds=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-02-28T22:59:59", "planned"),  # 23:59:59 in Berlin, winter time
        ("2026-02-28T23:00:00", "open"),
        ("2026-03-31T21:59:59", "open"),  # 23:59:59 in Berlin, summer time: the last day counts in full
        ("2026-03-31T22:00:00", "closing"),
        ("2026-04-02T21:59:59", "closing"),
        ("2026-04-02T22:00:00", "entry"),
        ("2027-06-01T00:00:00", "entry"),  # until somebody has anonymised it
    ],
)
def test_a_wave_changes_at_midnight_in_berlin(instant: str, expected: WaveState) -> None:
    assert state(WAVE, utc(instant)) == expected


def test_grace_is_counted_in_real_hours_when_the_clocks_change() -> None:
    before_the_change = replace(WAVE, closes_on=date(2026, 3, 28), grace_hours=48)
    assert closes_at(before_the_change) == utc("2026-03-28T23:00:00")
    assert grace_ends_at(before_the_change) == utc("2026-03-30T23:00:00")


def test_closing_now_starts_the_grace_now_and_cannot_prolong() -> None:
    noon = utc("2026-03-10T11:00:00")
    closed = replace(WAVE, closed_at=noon)
    assert [state(closed, noon - SECOND), state(closed, noon)] == ["open", "closing"]
    assert grace_ends_at(closed) == noon + timedelta(hours=48)
    assert last_day_of(closed) == date(2026, 3, 10)
    assert closes_at(replace(WAVE, closed_at=utc("2026-05-01T00:00:00"))) == closes_at(WAVE)


def test_ending_the_entry_ends_the_grace_as_well() -> None:
    noon = utc("2026-04-01T11:00:00")
    ended = replace(WAVE, entry_ended_at=noon)
    assert [state(ended, noon - SECOND), state(ended, noon)] == ["closing", "entry"]
    assert due(ended, noon) == ("anonymise",)


def test_what_was_done_decides_over_what_was_planned() -> None:
    done = replace(WAVE, anonymised_at=utc("2026-04-15T00:00:00"))
    assert state(done, utc("2026-03-10T00:00:00")) == "anonymised"
    assert state(replace(done, archived_at=utc("2027-04-01T00:00:00")), utc("2026-03-10T00:00:00")) == "archived"


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        ("2026-02-01T12:00:00", ()),
        ("2026-03-10T12:00:00", ("tally", "rewrite")),
        ("2026-04-01T12:00:00", ("tally", "rewrite")),
        ("2026-04-14T21:59:59", ("tally", "rewrite")),
        ("2026-04-14T22:00:00", ("anonymise",)),
    ],
)
def test_the_daily_tick_rewrites_during_fieldwork_and_anonymises_after_the_last_paper_day(
    instant: str, expected: tuple[str, ...]
) -> None:
    assert due(WAVE, utc(instant)) == expected


def test_answers_are_due_for_deletion_the_day_after_their_retention_ends() -> None:
    done = replace(WAVE, anonymised_at=utc("2026-04-15T00:00:00"))
    assert due(done, utc("2027-03-31T21:59:59")) == ()
    assert due(done, utc("2027-03-31T22:00:00")) == ("archive",)
    assert due(replace(done, archived_at=utc("2027-04-01T00:00:00")), utc("2028-01-01T00:00:00")) == ()


def test_nobody_is_anonymised_while_a_phone_may_still_come() -> None:
    long_grace = replace(WAVE, entry_until=WAVE.closes_on, grace_hours=100)
    assert entry_ends_at(long_grace) == grace_ends_at(long_grace)


@given(st.integers(0, 200 * 86_400), st.integers(0, 400_000))
def test_time_never_takes_a_wave_back(since_new_year: int, later: int) -> None:
    start = utc("2026-01-01T00:00:00")
    moments = (start + timedelta(seconds=seconds) for seconds in (since_new_year, since_new_year + later))
    states = [state(WAVE, moment) for moment in moments]
    assert STATES.index(states[0]) <= STATES.index(states[1])


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)), st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_a_wave_is_open_exactly_on_its_local_days(first: date, last: date) -> None:
    first, last = min(first, last), max(first, last)
    value = replace(WAVE, opens_on=first, closes_on=last)
    for moment in (closes_at(value) - SECOND, closes_at(value)):
        assert (state(value, moment) == "open") == (first <= local_day(moment) <= last)
