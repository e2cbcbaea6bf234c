"""What the store keeps, as frozen values. Instants are timezone-aware UTC, dates are local days in Europe/Berlin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

#: `reviewer` reads what families wrote in own words, and nobody else does.
Role = Literal["coordinator", "planner", "administrator", "reviewer"]
WaveState = Literal["planned", "open", "closing", "entry", "anonymised", "archived"]
#: What families may leave an address for, on a page of its own: nothing, a raffle, or to be sent the results.
ContactKind = Literal["", "raffle", "results"]


@dataclass(frozen=True)
class Wave:
    """One repetition of a survey. Its state is a function of these dates (:func:`survey.waves.state`)."""

    id: str
    """slug in addresses, such as ``familien-2026``"""
    title: str
    district_id: str
    questionnaire_hash: str
    """the version asked now; earlier versions of the wave stay valid for forms that are still out"""
    opens_on: date
    closes_on: date
    """inclusive"""
    entry_until: date
    """last day on which paper sheets are typed in"""
    retention_until: date
    """raw answers are deleted after this day"""
    plan_json: str
    grace_hours: int = 48
    code_required: bool = False
    simulated: bool = False
    closed_at: datetime | None = None
    """set by „jetzt schließen“"""
    entry_ended_at: datetime | None = None
    """set by „Erfassung abschließen“: neither late phones nor paper are waited for any longer"""
    anonymised_at: datetime | None = None
    archived_at: datetime | None = None
    minimum_age: int | None = None
    """younger people are asked not to take part; None: the questionnaire says nothing"""
    parental_consent: bool = False
    """parents sign a slip that stays at school and only unlocks a code; hence `code_required`"""
    contact: ContactKind = ""
    contact_until: date | None = None
    """after this day the addresses are deleted"""


@dataclass(frozen=True)
class Submission:
    """A checked response on its way into the store. `key` is what the family may keep; only its hash is stored."""

    wave_id: str
    key: str
    questionnaire_hash: str
    area: str
    """Sozialraum id, or „“ when outside the district or not known"""
    door: str
    language: str
    mode: Literal["web", "paper", "assisted", "simulated"]
    answers: dict[str, Any]
    late: bool = False
    doubtful: bool = False
    access_code: str | None = None


#: What became of a submission. `repeated`: the same content under the same key, success again; `conflict`: other
#: content under a key, nothing overwritten; `withdrawn`: the family deleted it; `code_unknown`: used or never given.
Outcome = Literal["stored", "repeated", "conflict", "withdrawn", "code_unknown"]


@dataclass(frozen=True)
class StoredResponse:
    """A response as the extract reads it; `row` is random and says nothing of order."""

    row: str
    questionnaire_hash: str
    area: str
    door: str
    language: str
    mode: str
    late: bool
    doubtful: bool
    answers: dict[str, Any]


@dataclass(frozen=True)
class Door:
    """A way in: a QR poster at a Kita, a practice, a school. `kind` survives when returns are few."""

    wave_id: str
    id: str
    name: str
    kind: str


@dataclass(frozen=True)
class User:
    """A member of staff."""

    name: str
    password_hash: str
    roles: frozenset[Role]
    failed_logins: int = 0
    locked_until: datetime | None = None
    session_version: int = 1
    """part of every session; raised on password change and logout everywhere"""
    demo: bool = False


@dataclass(frozen=True)
class Notices:
    """What a district must say on every public page; a wave cannot be planned while one is empty."""

    controller: str = ""
    """Verantwortlicher: name, address, contact"""
    privacy_officer: str = ""
    supervisory_authority: str = ""
    imprint: str = ""
    accessibility_contact: str = ""
    accessibility_state: str = ""
    """how far the pages conform and since when"""
    results_announced: str = ""
    """when and where results appear"""


@dataclass(frozen=True)
class KnownFamilies:
    """How many families with children under 18 live in each Sozialraum, by its id, as staff filled it in."""

    source: str
    """where the numbers come from, and of which day"""
    numbers: Mapping[str, int]


JobKind = Literal["release", "anonymise", "maintain"]
JobState = Literal["waiting", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class Job:
    """Work for the job process."""

    id: int
    kind: JobKind
    wave_id: str
    state: JobState
    progress: float = 0.0
    """0…1"""
    step: str = ""
    """what is being done, in German"""
    problem: str = ""
    """what went wrong, in German, without answers"""
    cancel_wanted: bool = False
    created_at: datetime | None = None
    finished_at: datetime | None = None


ReleaseState = Literal["internal", "public", "withdrawn"]


@dataclass(frozen=True)
class Release:
    """A release folder under ``var/releases``."""

    wave_id: str
    number: int
    state: ReleaseState
    created_at: datetime
    manifest_sha256: str


Ring = tuple[tuple[int, int], ...]
"""a closed line of points"""


@dataclass(frozen=True)
class Outlines:
    """The Sozialräume of a district as shapes in a plane, `y` downwards."""

    width: int
    height: int
    shapes: Mapping[str, tuple[Ring, ...]]
    """Sozialraum → outer rings and holes; „“: municipalities that several Sozialräume share"""
    labels: Mapping[str, tuple[int, int]]
    """where a name or figure fits in"""
    source: str
    """who made the boundaries; shown below every map"""
    schematic: bool
    """True: circles at rough positions, no boundaries"""


@dataclass(frozen=True)
class Returns:
    """Returns as staff may see them during fieldwork: the total exact, everything else rounded to 5, made nightly."""

    total: int
    as_of: datetime | None = None
    by_area: dict[str, int] = field(default_factory=dict)
    by_door: dict[str, int] = field(default_factory=dict)
    by_language: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Draft:
    """A questionnaire somebody works on."""

    id: str
    title: str
    data: Mapping[str, Any]
    """as its file would have it, finished or not"""
    version: int
    """grows with every save"""
    saved_at: datetime
    saved_by: str
    locked_by: str | None = None
    """who is editing; nobody else can save meanwhile"""
    lock_key: str | None = None
    """tells the editor's window from other windows of the same person"""


@dataclass(frozen=True)
class DraftState:
    """A state of a draft that can be returned to."""

    version: int
    saved_at: datetime
    saved_by: str
    note: str


@dataclass(frozen=True)
class DraftLink:
    """A link on which partners read a draft or people try it; the token itself is shown once and kept as its hash."""

    token_hash: bytes
    draft_id: str
    title: str
    until: date
    trial_hash: str | None = None
    """the version people try; None: a link to read and comment"""


@dataclass(frozen=True)
class DraftComment:
    """What a partner said about a draft."""

    id: int
    question: str
    """empty: the questionnaire as a whole"""
    link: str
    name: str
    text: str
    said_at: datetime
    done: bool
    trial: bool = False
    """said while trying it"""


#: How somebody who tried a draft answered a question; what the answer was is not kept.
Way = Literal["answered", "dont_know", "prefer_not_to_say", "no_answer"]


@dataclass(frozen=True)
class Trial:
    """One run of somebody who tried a draft."""

    questionnaire_hash: str
    language: str
    ways: Mapping[str, Way]
    """question → how it was answered; what was not asked is not here"""
    seconds: Mapping[str, int]
    """page → how long it was looked at; empty without script"""
