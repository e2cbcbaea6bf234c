"""The demonstration: shipped districts, logins everybody may know, simulated waves with results, open ones.

Repeating it only adds what is missing, also after it was interrupted. Simulated answers are checked, stored,
anonymised and released by the same functions as real ones; their waves are marked `simulated`.
"""

from __future__ import annotations

import hashlib
import random
from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import questionnaires as content
from questionnaires.answers import parse_answers
from questionnaires.model import Questionnaire
from questionnaires.plan import SCHOOLS, PublicationPlan, default_plan
from questionnaires.problems import Problem
from questionnaires.read import read_district, read_questionnaire
from questionnaires.region import District
from survey.demo_words import READER, read_some
from survey.errors import SurveyError
from survey.plans import plan_of
from survey.records import Door, KnownFamilies, Notices, Role, Submission, User, Wave
from survey.security import hash_password
from survey.simulate import simulate
from survey.simulate_tables import FAMILIES, FAMILIES_BEFORE, YOUNG_PEOPLE, Tables
from survey.store import Store, districts, jobs, protection, questionnaires, releases, responses, users, waves
from survey.store.anonymise import anonymise, archive
from survey.store.errors import RewriteBlocked
from survey.waves import local_day

Say = Callable[[str], object]


@dataclass(frozen=True)
class DemoAccount:
    """A login of the demonstration; `serve` refuses it unless bound to this machine."""

    name: str
    password: str
    role: Role


ACCOUNTS = (
    DemoAccount("koordination", "vorfuehrung-koordination", "coordinator"),
    DemoAccount("planung", "vorfuehrung-planung", "planner"),
    DemoAccount("verwaltung", "vorfuehrung-verwaltung", "administrator"),
    DemoAccount(READER, "vorfuehrung-lesen", "reviewer"),
)

FAMILY_DOORS = tuple((door.id, door.name, door.kind) for door in FAMILIES.doors)
SCHOOL_DOORS = tuple((door.id, door.name, door.kind) for door in YOUNG_PEOPLE.doors)
YOUTH_DOORS = (
    ("schule", "Klassen ab Stufe 8", "Schule"),
    ("jugendclub", "Jugendclubs", "Jugendclub"),
    ("link", "Link auf der Seite des Landkreises", "Link"),
)
CHILDREN_DOORS = (("schule", "Klassen 5 bis 7", "Schule"), ("hort", "Horte", "Hort"))


@dataclass(frozen=True)
class DemoWave:
    """A wave of the demonstration; with `n_answers` it is finished and simulated, without it is open."""

    id: str
    title: str
    district: str
    questionnaire: str
    opens_on: date
    days: int
    doors: tuple[tuple[str, str, str], ...] = FAMILY_DOORS
    n_answers: int = 0
    seed: int = 0
    tables: Tables = FAMILIES
    read: bool = False
    """whether somebody has already read own words"""
    archived: bool = False
    """long over: only its results are left"""
    filters: tuple[str, ...] | None = None
    """those of the default plan that are used, so that the first start stays short; None: all"""
    minimum_age: int | None = None
    parental_consent: bool = False
    """parents sign a slip at school; who hands it in gets a code"""

    @property
    def closes_on(self) -> date:
        return self.opens_on + timedelta(days=self.days - 1)


class ContentBroken(SurveyError):
    """A file that ships with the product cannot be read."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


def demo_waves(today: date) -> tuple[DemoWave, ...]:
    """Return the waves of the demonstration; the finished ones end before `today`, the others open on it."""
    return (
        DemoWave(
            "familien-2025", "Familienbefragung 2025 (simuliert)", "wartburgkreis", "familien",
            date(2025, 9, 8), 42, n_answers=1200, seed=2025, read=True,
        ),
        DemoWave(
            "familien-klein", "Familienbefragung mit wenig Rücklauf (simuliert)", "schmalkalden-meiningen",
            "familien", today - timedelta(days=90), 42, n_answers=600, seed=600,
        ),
        DemoWave(
            "familien-2022", "Familienbefragung 2022 (simuliert)", "wartburgkreis", "familien",
            date(2022, 9, 5), 42, n_answers=800, seed=2022, tables=FAMILIES_BEFORE, archived=True,
            filters=(),
        ),
        DemoWave(
            "jugend-2025", "Jugendbefragung 2025 (simuliert)", "wartburgkreis", "jugend",
            date(2025, 5, 5), 42, SCHOOL_DOORS, n_answers=600, seed=1418, tables=YOUNG_PEOPLE, filters=(SCHOOLS.id,),
        ),
        DemoWave(
            "familien", "Familienbefragung zum Ausprobieren", "schmalkalden-meiningen", "familien", today, 56,
        ),
        DemoWave(
            "jugend", "Jugendbefragung zum Ausprobieren", "wartburgkreis", "jugend", today, 56, YOUTH_DOORS,
        ),
        DemoWave(
            "jugend-10-13", "Kinderbefragung zum Ausprobieren", "wartburgkreis", "jugend-10-13", today, 56,
            CHILDREN_DOORS, minimum_age=10, parental_consent=True,
        ),
    )  # fmt: skip


def seed_demo(store: Store, now: datetime, work: Callable[[], object], say: Say = lambda _: None) -> None:
    """Fill a migrated store with the demonstration.

    `work` runs the waiting jobs, as the job process does; it makes the releases of the simulated waves, the earliest
    first, because later ones tell what changed. They are then published. `say` gets one German line per step that
    takes time or fails.
    """
    today = local_day(now)
    plans = demo_waves(today)
    _add_accounts(store)
    if any(waves.find_wave(store, plan.id) is None for plan in plans):
        say("Landkreise und Fragebögen werden geladen …")
        asked = load_content(store)
        _add_notices(store)
        _add_families(store)
        _add_procedures(store)
        for plan in plans:
            _add_wave(store, plan, asked[plan.questionnaire], today)
    finished = sorted((plan for plan in plans if plan.n_answers), key=lambda plan: plan.opens_on)
    for plan in finished:
        _fill(store, plan, now, say)
    read_first(store, finished, now)
    wanted = [plan.id for plan in finished if _want_release(store, plan.id, now)]
    if wanted:
        say("Die Ergebnisse werden berechnet …")
        work()
    for plan in finished:
        _publish_first(store, plan.id, say)
        _archive(store, plan, now)


# --- content, accounts, notices -----------------------------------------------------------------------------


def load_content(store: Store) -> dict[str, Questionnaire]:
    """Keep what ships and return the questionnaires by id; a district that is already kept stays as it is."""
    folder = Path(content.__file__).parent
    asked = [_read_questionnaire(path) for path in sorted(folder.glob("*.yaml"))]
    for questionnaire in asked:
        questionnaires.save_questionnaire(store, questionnaire)
    for path in sorted((folder / "regions").glob("*.yaml")):
        if districts.find_district(store, path.stem) is None:
            districts.save_district(store, _read_district(path))
    return {questionnaire.id: questionnaire for questionnaire in asked}


def _read_questionnaire(path: Path) -> Questionnaire:
    found = read_questionnaire(path)
    if not isinstance(found, Questionnaire):
        raise ContentBroken(found)
    return found


def _read_district(path: Path) -> District:
    found = read_district(path)
    if not isinstance(found, District):
        raise ContentBroken(found)
    return found


def _add_accounts(store: Store) -> None:
    for account in ACCOUNTS:
        if users.find_user(store, account.name) is None:
            hashed = hash_password(account.password)
            users.add_user(store, User(account.name, hashed, frozenset({account.role}), demo=True))


def _add_notices(store: Store) -> None:
    """Fill in what is said on legal pages, where nobody has written anything yet."""
    for district in districts.list_districts(store):
        if districts.get_notices(store, district.id) == Notices():
            districts.save_notices(store, district.id, demo_notices(district))


#: 209,000 families with children under 18 (2023) among 2,114,870 inhabitants of Thüringen: some 9.9 of a hundred.
FAMILIES_OF_PEOPLE = 0.099


def _add_families(store: Store) -> None:
    """Estimate families per Sozialraum, so that the results show whom a survey did not reach."""
    for district in districts.list_districts(store):
        if all(area.known_families is None for area in district.areas):
            numbers = {area: int(round(n * FAMILIES_OF_PEOPLE, -1)) for area, n in district.inhabitants.items()}
            source = "Schätzung für die Vorführung aus Einwohnerzahlen, keine Zahlen eines Melderegisters"
            districts.save_known_families(store, district.id, KnownFamilies(source, numbers))


def _add_procedures(store: Store) -> None:
    """Say what happens when a text may tell of a child in danger, where nobody has said it yet."""
    for district in districts.list_districts(store):
        if protection.get_procedure(store, district.id) == protection.Procedure():
            text = (
                "Beispieltext der Vorführung, kein echter Ablauf.\n1. Sofort die Fachkraft im Jugendamt anrufen: "
                "Telefon 00000 0-0.\n2. Am Wochenende: Bereitschaftsdienst. Bei unmittelbarer Gefahr: 110.\n"
                "3. Niemand versucht herauszufinden, von wem der Text ist."
            )
            protection.save_procedure(store, district.id, protection.Procedure(("koordination",), text))


def demo_notices(district: District) -> Notices:
    """Return texts that look like real ones and say of themselves that they are not."""
    mark = "Beispieltext der Vorführung, keine echte Angabe."
    office = f"Musterlandratsamt (Vorführung mit Daten für: {district.name}), Musterweg 1, 00000 Musterstadt"
    hessen = district.ags.startswith("06")
    authority = (
        "Der Hessische Beauftragte für Datenschutz und Informationsfreiheit"
        if hessen
        else "Thüringer Landesbeauftragter für den Datenschutz und die Informationsfreiheit"
    )
    return Notices(
        controller=f"{mark}\n{office}\nTelefon 00000 0-0, E-Mail befragung@landratsamt.example",
        privacy_officer=f"{mark}\nDatenschutz im Musterlandratsamt, datenschutz@landratsamt.example",
        supervisory_authority=f"{mark}\n{authority}",
        imprint=f"{mark}\n{office}\nVertreten durch: die Landrätin oder den Landrat (Muster)",
        accessibility_contact=(
            f"{mark}\nBarriere melden: barrierefrei@landratsamt.example. "
            "Hier nennt der Landkreis auch die Durchsetzungsstelle des Landes."
        ),
        accessibility_state=(
            f"{mark}\nDie Seiten sind nach den Regeln WCAG 2.2 (Stufe AA) gebaut. "
            "Eine unabhängige Prüfung gab es für diese Vorführung nicht."
        ),
        results_announced=f"{mark}\nNach dem Ende der Befragung auf der Ergebnisseite dieser Installation.",
    )


# --- waves --------------------------------------------------------------------------------------------------


def _add_wave(store: Store, plan: DemoWave, asked: Questionnaire, today: date) -> None:
    if waves.find_wave(store, plan.id) is None:
        district = districts.get_district(store, plan.district)
        wave = Wave(
            id=plan.id,
            title=plan.title,
            district_id=district.id,
            questionnaire_hash=asked.hash,
            opens_on=plan.opens_on,
            closes_on=plan.closes_on,
            entry_until=plan.closes_on + timedelta(days=14),
            retention_until=today if plan.archived else max(plan.closes_on, today) + timedelta(days=365),
            plan_json=_publication_plan(plan, asked, district).model_dump_json(),
            simulated=plan.n_answers > 0,
            minimum_age=plan.minimum_age,
            parental_consent=plan.parental_consent,
            code_required=plan.parental_consent,
        )
        waves.create_wave(store, wave)
    known = {door.id for door in waves.list_doors(store, plan.id)}
    for door_id, name, kind in plan.doors:
        if door_id not in known:
            waves.add_door(store, Door(plan.id, door_id, name, kind))


def _publication_plan(plan: DemoWave, asked: Questionnaire, district: District) -> PublicationPlan:
    made, wanted = default_plan(asked, district), plan.filters
    kept = tuple(rule for rule in made.filters if wanted is None or rule.id in wanted)
    return made.model_copy(update={"filters": kept})


def _archive(store: Store, plan: DemoWave, now: datetime) -> None:
    """Delete the answers of a wave that is long over, once there are results."""
    wave = waves.get_wave(store, plan.id)
    if plan.archived and wave.archived_at is None and releases.find_public(store, plan.id) is not None:
        with suppress(RewriteBlocked):
            archive(store, plan.id, now)


def _fill(store: Store, plan: DemoWave, now: datetime, say: Say) -> None:
    """Store the simulated answers day by day and anonymise the wave."""
    wave = waves.get_wave(store, plan.id)
    if wave.anonymised_at is None:
        say(f"{plan.n_answers} Antworten für „{wave.title}“ werden erfunden …")
        by_day: dict[date, list[Submission]] = defaultdict(list)
        for day, submission in submissions(store, wave, plan):
            by_day[day].append(submission)
        for day, some in sorted(by_day.items()):
            responses.submit_many(store, some, datetime.combine(day, time(12), tzinfo=UTC))
        # What is left in the journal while somebody reads was made up: nobody could be recognised in it.
        with suppress(RewriteBlocked):
            anonymise(store, wave.id, plan_of(wave), now)


def submissions(store: Store, wave: Wave, plan: DemoWave) -> Iterator[tuple[date, Submission]]:
    """Yield simulated answers with the day they come in, most of them early."""
    asked = questionnaires.get_questionnaire(store, wave.questionnaire_hash)
    district = districts.get_district(store, wave.district_id)
    rng = random.Random(plan.seed)  # noqa: S311  made-up data, no secret
    for number, one in enumerate(simulate(asked, district, plan.n_answers, plan.seed, plan.tables)):
        checked = parse_answers(asked, district, one.form)
        day = wave.opens_on + timedelta(days=int(rng.triangular(0, plan.days, plan.days / 5)))
        yield (
            day,
            Submission(
                wave_id=wave.id,
                key=_key(wave.id, number),
                questionnaire_hash=asked.hash,
                area=checked.area,
                door=one.door,
                language=one.language,
                mode="simulated",
                answers=checked.answers,
            ),
        )


def _key(wave_id: str, number: int) -> str:
    """Return a key that is the same when an interrupted demonstration is taken up again."""
    digest = hashlib.sha256(f"{wave_id}:{number}".encode()).digest()
    return urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def read_first(store: Store, finished: list[DemoWave], now: datetime) -> None:
    """Read some own words of the first wave before its release is made; those of the other still wait."""
    for plan in (plan for plan in finished if plan.read):
        if not releases.list_releases(store, plan.id):
            read_some(store, plan.id, now)


# --- releases -----------------------------------------------------------------------------------------------


def _want_release(store: Store, wave_id: str, now: datetime) -> bool:
    """Ask for a wave's first release; say whether work is waiting."""
    if releases.list_releases(store, wave_id) or waves.get_wave(store, wave_id).archived_at is not None:
        return False
    if jobs.find_underway(store, "release", wave_id) is None:
        jobs.add_job(store, "release", wave_id, now)
    return True


def _publish_first(store: Store, wave_id: str, say: Say) -> None:
    """Publish the first release; one that somebody withdrew stays withdrawn."""
    made = releases.list_releases(store, wave_id)
    if not made:
        reasons = [job.problem for job in jobs.list_jobs(store, wave_id, limit=1) if job.problem]
        say(" ".join([f"Für die Welle „{wave_id}“ gibt es noch keinen Ergebnisstand.", *reasons]))
    for release in made:
        if release.number == 1 and release.state == "internal":
            releases.publish(store, wave_id, 1)
