"""The demonstration: complete after one start, unchanged by the next, and honest about what is made up."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest

from survey import demo
from survey.demo import ACCOUNTS, DemoWave, demo_notices, demo_waves, load_content, seed_demo
from survey.personal import find_personal
from survey.records import Notices
from survey.security import password_fits
from survey.store import (
    Store,
    districts,
    jobs,
    protection,
    questionnaires,
    releases,
    responses,
    texts,
    users,
    waves,
)
from survey.store.districts import empty_notices
from survey.waves import state

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


class Worker:
    """Does what the job process does for release jobs, without computing anything."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.n_calls = 0

    def __call__(self) -> None:
        self.n_calls += 1
        while job := jobs.take(self.store, "test", 60, NOW):
            releases.add_release(self.store, job.wave_id, "0" * 64, NOW)
            jobs.finish(self.store, job.id, "test", NOW)


EARLIER = "familien-2022"
FINISHED = {"familien-2025", "familien-klein", "jugend-2025", EARLIER}


@pytest.fixture(scope="module")
def small() -> Iterator[None]:
    """The demonstration with a tenth of its answers: what is tested does not depend on their number.

    Files are read and passwords hashed once, however often it is started.
    """
    patch = pytest.MonkeyPatch()

    def fewer(today: date) -> tuple[DemoWave, ...]:
        return tuple(
            demo.DemoWave(**{**vars(plan), "n_answers": plan.n_answers // 10}) for plan in demo_waves(today)
        )

    patch.setattr(demo, "demo_waves", fewer)
    for name in ("_read_questionnaire", "_read_district", "hash_password"):
        patch.setattr(demo, name, cache(getattr(demo, name)))
    yield
    patch.undo()


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Store]]:
    with ExitStack() as stack:

        def make() -> Store:
            store = Store(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'demo.sqlite3'}")
            stack.callback(store.close)
            store.migrate()
            return store

        yield make


@pytest.fixture(scope="module")
def seeded(small: None, fresh: Callable[[], Store]) -> Store:
    store = fresh()
    seed_demo(store, NOW, Worker(store))
    return store


def kept(store: Store) -> dict[str, object]:
    """What a second start must not change."""
    every = waves.list_waves(store)
    return {
        "waves": every,
        "doors": [waves.list_doors(store, wave.id) for wave in every],
        "rows": {wave.id: {r.row for r in responses.read_responses(store, wave.id)} for wave in every},
        "releases": [releases.list_releases(store, wave.id) for wave in every],
        "users": users.list_users(store),
    }


def test_a_start_leaves_finished_and_open_waves(seeded: Store) -> None:
    states = {wave.id: state(wave, NOW) for wave in waves.list_waves(seeded)}
    finished = dict.fromkeys(("familien-2025", "familien-klein", "jugend-2025"), "anonymised")
    assert states == {**finished, EARLIER: "archived", "familien": "open", "jugend": "open", "jugend-10-13": "open"}


def test_children_take_part_with_a_code_from_school_once_their_parents_agree(seeded: Store) -> None:
    wave = waves.get_wave(seeded, "jugend-10-13")
    assert (wave.minimum_age, wave.parental_consent, wave.code_required) == (10, True, True)
    assert {door.kind for door in waves.list_doors(seeded, wave.id)} == {"Schule", "Hort"}


def test_a_second_start_changes_nothing(seeded: Store) -> None:
    before, worker = kept(seeded), Worker(seeded)
    seed_demo(seeded, NOW + timedelta(days=3), worker)
    assert kept(seeded) == before
    assert worker.n_calls == 0


def test_simulated_waves_say_so_wherever_they_are_kept(seeded: Store) -> None:
    for wave in waves.list_waves(seeded):
        modes = {response.mode for response in responses.read_responses(seeded, wave.id)}
        assert modes == ({"simulated"} if wave.simulated and wave.id != EARLIER else set())
        assert wave.simulated == ("simuliert" in wave.title)
        assert wave.simulated == (state(wave, NOW) in {"anonymised", "archived"})


def test_first_releases_are_made_by_the_job_process_and_published(seeded: Store) -> None:
    public = {wave.id: releases.find_public(seeded, wave.id) for wave in waves.list_waves(seeded)}
    assert {wave for wave, release in public.items() if release} == FINISHED
    assert {job.kind for job in jobs.list_jobs(seeded)} == {"release"}


def test_a_release_somebody_withdrew_stays_withdrawn(small: None, fresh: Callable[[], Store]) -> None:
    store = fresh()
    seed_demo(store, NOW, Worker(store))
    releases.withdraw(store, "familien-klein", 1)
    seed_demo(store, NOW, Worker(store))
    assert [release.state for release in releases.list_releases(store, "familien-klein")] == ["withdrawn"]


def test_an_interrupted_start_is_taken_up_without_doubling_answers(
    small: None, fresh: Callable[[], Store], seeded: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = fresh()

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(demo, "anonymise", stop)
        seed_demo(store, NOW, Worker(store))
    assert responses.count_responses(store, EARLIER) > 0
    seed_demo(store, NOW, Worker(store))
    for wave in ("familien-2025", "familien-klein"):
        assert responses.count_responses(store, wave) == responses.count_responses(seeded, wave)


def test_a_failed_release_is_said_with_its_reason(small: None, fresh: Callable[[], Store]) -> None:
    store, said = fresh(), list[str]()

    def failing() -> None:
        while job := jobs.take(store, "test", 60, NOW):
            jobs.fail(store, job.id, "test", "Der Auszug ist unvollständig.", NOW)

    seed_demo(store, NOW, failing, said.append)
    told = [line for line in said if "noch keinen Ergebnisstand" in line]
    assert len(told) == len(FINISHED)
    assert all(line.endswith("Der Auszug ist unvollständig.") for line in told)


def test_every_role_has_a_login_that_is_marked_as_demonstration(seeded: Store) -> None:
    found = {user.name: user for user in users.list_users(seeded)}
    for account in ACCOUNTS:
        assert password_fits(found[account.name], account.password)
        assert found[account.name].demo
    assert {role for user in found.values() for role in user.roles} == {
        "coordinator", "planner", "administrator", "reviewer",
    }  # fmt: skip


def test_some_own_words_are_read_and_the_rest_waits(seeded: Store) -> None:
    decided = {wave: texts.count_decisions(seeded, wave) for wave in ("familien-2025", "familien-klein")}
    assert texts.fixed_at(seeded, "familien-2025") == NOW
    assert texts.fixed_at(seeded, "familien-klein") is None
    assert decided["familien-2025"]["wunsch", "quote"] >= 5
    assert decided["familien-2025"]["wunsch", ""] > 0
    assert {decision for _, decision in decided["familien-klein"]} == {""}
    quotes = [text for text in texts.list_texts(seeded, "familien-2025") if text.decision == "quote"]
    assert all(find_personal(text.version) == () and find_personal(text.translation) == () for text in quotes)


def test_who_is_told_of_a_child_in_danger_is_named_and_marked_as_an_example(seeded: Store) -> None:
    for district in districts.list_districts(seeded):
        found = protection.get_procedure(seeded, district.id)
        assert found.users == ("koordination",)
        assert found.text.startswith("Beispieltext der Vorführung")


def test_legal_texts_are_complete_and_call_themselves_examples(seeded: Store) -> None:
    for district in districts.list_districts(seeded):
        notices = districts.get_notices(seeded, district.id)
        assert empty_notices(notices) == ()
        assert all(text.startswith("Beispieltext der Vorführung") for text in vars(notices).values())


def test_each_district_names_the_authority_of_its_land(seeded: Store) -> None:
    named = {d.ags[:2]: demo_notices(d).supervisory_authority for d in districts.list_districts(seeded)}
    assert "Hessische" in named["06"]
    assert "Thüringer" in named["16"]


def test_what_a_district_wrote_itself_is_never_replaced(small: None, fresh: Callable[[], Store]) -> None:
    store = fresh()
    load_content(store)
    own = Notices("Wir", "Sie", "Amt", "Impressum", "Kontakt", "Stand", "im Herbst")
    districts.save_notices(store, "wartburgkreis", own)
    renamed = districts.get_district(store, "wartburgkreis").model_copy(update={"division": "Unsere."})
    districts.save_district(store, renamed)
    seed_demo(store, NOW, Worker(store))
    assert districts.get_notices(store, "wartburgkreis") == own
    assert districts.get_district(store, "wartburgkreis").division == "Unsere."


def test_all_that_ships_is_loaded(seeded: Store) -> None:
    assert {q.id for q in questionnaires.list_questionnaires(seeded)} == {"familien", "jugend", "jugend-10-13"}
    assert [d.id for d in districts.list_districts(seeded)] == [
        "schmalkalden-meiningen", "wartburgkreis", "werra-meissner-kreis",
    ]  # fmt: skip


def test_the_plans_hold_what_the_demonstration_promises() -> None:
    plans = {plan.id: plan for plan in demo_waves(NOW.date())}
    assert {plan.n_answers for plan in plans.values()} == {0, 600, 800, 1200}
    assert plans["familien-klein"].district == "schmalkalden-meiningen"
    for plan in plans.values():
        over = plan.closes_on + timedelta(days=14) < NOW.date()
        assert over == (plan.n_answers > 0)


def test_answers_come_on_many_days_and_doors_with_few_returns_lose_their_name(seeded: Store) -> None:
    doors = Counter(r.door for r in responses.read_responses(seeded, "familien-2025"))
    assert min(doors.values()) < max(doors.values())
    assert "stadtfest" not in doors
