"""The two files where the packages meet, as typed values: the extract and the release.

The **extract** is a folder that the web writes (or any other tool) and the analysis reads:

=================  ===========================================================================================
responses.csv      one row per response: `row` (random), `area`, `door`, `language`, `mode`, `late`, `doubtful`,
                   optionally `weight`; then the columns of :func:`columns_of`, whole numbers, missing values as
                   the negative codes of :data:`questionnaires.model.MISSING_CODES`; UTF-8, comma, one header
children.csv       only if a page is asked for each child: a row per child who was asked about: `row` of its response,
                   `child` (1 for the youngest, 2 …), `band` (age band of the question named in `repeat.over`); then
                   the columns of :func:`child_columns_of`, as in responses.csv. Sorted by `row` and `child`. At most
                   `repeat.at_most` children of a response and `repeat.per_band` of a band are asked about, or the
                   youngest alone if the family chose so; how many there are, the counts in responses.csv say
texts.csv          a row per answer in own words: `text` (random, leads to no row of responses.csv), `question`
                   (`id.other` for „Andere, nämlich“), `language` (empty where fewer than ten wrote in it), `zone`
                   (Großraum, empty where it would single out fewer than ten), `counted` (1 if its themes count),
                   `themes` (ids of the codebook's themes, blanks between), `quote` and `translation` (German): both
                   empty unless a person released them. Words nobody released are in no extract. An apostrophe stands
                   before what a spreadsheet would take for a formula. May be missing
codebook.json      :class:`Codebook`
fieldwork.json     :class:`Fieldwork`
=================  ===========================================================================================

The **release** is an immutable folder that the analysis writes and the web shows:

=================  ===========================================================================================
manifest.json      :class:`Manifest`, with the SHA-256 of every other file
tables/*.json      :class:`ReleaseTable`; beside it the same as `*.csv`
figures/*.svg      the first picture; beside it `*.json`, the same for Plotly
findings.json      list of :class:`Finding`
weights.csv        only if responses were weighted to margins: the manifest's :class:`Weighting` as a sheet
ranks.json         list of :class:`RankRange`: the needs of the headline table
quotes.json        only if a person released quotes: list of :class:`Quote`
funnels.json …     what follows from the tables, see :mod:`questionnaires.answers_of_release`; beside each a `*.csv`
=================  ===========================================================================================
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from questionnaires.codebook import Theme
from questionnaires.differences import Revision
from questionnaires.model import (
    Asked,
    Battery,
    Consent,
    Counts,
    Multiple,
    Number,
    Questionnaire,
    Ranking,
    Scale,
    Single,
    Value,
)  # fmt: skip
from questionnaires.plan import PublicationPlan
from questionnaires.region import Area, ChildCount, Zone

# --- extract ---------------------------------------------------------------------------------------------------

#: Columns of responses.csv before the questions' own.
FRAME_COLUMNS = ("row", "area", "door", "language", "mode", "late", "doubtful")
#: Columns of children.csv before the questions' own.
CHILD_COLUMNS = ("row", "child", "band")
TEXT_COLUMNS = ("text", "question", "language", "zone", "counted", "themes", "quote", "translation")
#: `area` of a response whose place is outside the district or not known.
NO_AREA = ""

Role = Literal["code", "member", "step", "number", "count", "rank", "flag"]


class Column(Value):
    """A column of responses.csv or children.csv.

    `code`: option code of a single choice or scale · `member`: 1 if the option was chosen, else 0 · `step`: step code
    of a battery item · `number` · `count` of a band · `rank`: 1 for the most important …, 0 if not among the top ·
    `flag`: 1 if consent was given, else 0.
    """

    name: str
    question: str
    role: Role
    option: int | None = None
    item: str | None = None
    codes: tuple[int, ...] = ()
    """valid codes besides the missing ones; empty where `minimum` and `maximum` hold"""
    minimum: int | None = None
    maximum: int | None = None


def columns_of(questionnaire: Questionnaire) -> tuple[Column, ...]:
    """Return the columns of responses.csv for a questionnaire, in its order.

    Text, place and info questions have none: own words are a file of their own, of the place only `area` is kept.
    What is asked for each child is in :func:`child_columns_of`.
    """
    pages = (page for page in questionnaire.pages if page.repeat is None)
    return tuple(column for page in pages for question in page.questions for column in _columns(question))


def child_columns_of(questionnaire: Questionnaire) -> tuple[Column, ...]:
    """Return the columns of children.csv after :data:`CHILD_COLUMNS`, in order; empty if no page is asked per child."""
    pages = (page for page in questionnaire.pages if page.repeat is not None)
    return tuple(column for page in pages for question in page.questions for column in _columns(question))


def _columns(question: Asked) -> Iterator[Column]:
    name = question.id
    match question:
        case Single():
            yield Column(name=name, question=name, role="code", codes=_codes(question.options))
        case Scale():
            yield Column(name=name, question=name, role="code", codes=_codes(question.steps))
        case Multiple():
            for code in _codes(question.options):
                yield Column(name=f"{name}_{code}", question=name, role="member", option=code, codes=(0, 1))
        case Ranking():
            for code in _codes(question.options):
                ranks = tuple(range(question.top + 1))
                yield Column(name=f"{name}_{code}", question=name, role="rank", option=code, codes=ranks)
        case Battery():
            for item in question.items:
                codes = _codes(question.steps)
                yield Column(name=f"{name}_{item.id}", question=name, role="step", item=item.id, codes=codes)
        case Counts():
            for band in question.bands:
                yield Column(
                    name=f"{name}_{band.id}", question=name, role="count", item=band.id,
                    minimum=0, maximum=question.maximum,
                )  # fmt: skip
        case Number():
            low, high = question.minimum, question.maximum
            yield Column(name=name, question=name, role="number", minimum=low, maximum=high)
        case Consent():
            yield Column(name=name, question=name, role="flag", codes=(0, 1))


def _codes(options: tuple) -> tuple[int, ...]:  # type: ignore[type-arg]
    return tuple(option.code for option in options if option.missing is None)


class ExtractDistrict(Value):
    """What the analysis needs to know of the district."""

    id: str
    name: str
    division: str
    zones: tuple[Zone, ...]
    areas: tuple[Area, ...]
    children: tuple[ChildCount, ...] = ()
    """known children by age, of the whole district"""
    families_source: str | None = None
    """whose numbers of families the areas carry, and of which day"""


class Codebook(Value):
    """The questionnaire as asked, where it was asked, and the columns of responses.csv and children.csv."""

    format: Literal["familienstimme-auszug/1"] = "familienstimme-auszug/1"
    questionnaire: Questionnaire
    questionnaire_hash: str
    district: ExtractDistrict
    columns: tuple[Column, ...]
    child_columns: tuple[Column, ...] = ()
    missing_codes: dict[str, int]
    themes: tuple[Theme, ...] = ()
    """what texts.csv was sorted by; empty as long as nobody has fixed the themes"""


class DoorReturns(Value):
    """Returns through one door, or through all doors of a kind that had too few."""

    kind: str
    name: str
    returns: int


class Fieldwork(Value):
    """How the wave was run."""

    format: Literal["familienstimme-feldarbeit/1"] = "familienstimme-feldarbeit/1"
    wave: str
    title: str
    opens_on: date
    closes_on: date
    simulated: bool
    anonymised: bool
    n_responses: int
    doors: tuple[DoorReturns, ...] = ()
    plan: PublicationPlan
    revisions: tuple[Revision, ...] = ()
    """texts corrected while families answered"""


# --- release ---------------------------------------------------------------------------------------------------

#: The one mark of every hidden figure, whatever the reason.
HIDDEN_MARK = "·"

State = Literal["number", "uncertain", "words", "hidden"]
Level = Literal["district", "zone", "area", "filter", "zone_filter"]


class Cell(Value):
    """One published value. A hidden cell has no number at all and no reason that could tell it from another."""

    state: State
    value: float | None = None
    """share 0…1 rounded for publication, or a mean rounded to one decimal"""
    low: float | None = None
    high: float | None = None
    words: str | None = None


class Group(Value):
    """A column of a table: the district, a Großraum, a Sozialraum, a group of a filter, or such a group inside a
    Großraum (`zone_filter`, with `filter`, `group` and `areas`)."""

    id: str
    label: str
    level: Level
    base: int | None = None
    """respondents the shares are of, rounded to 5; None where it may not be shown"""
    known: int | None = None
    """known families there, of whom a share says how many; only where everybody was asked, of a sample from a register
    or a survey of all"""
    filter: str | None = None
    """id of the filter this group belongs to"""
    group: str | None = None
    """id of the filter's group that is counted inside `areas`; only at level `zone_filter`"""
    provisional: bool = False
    areas: tuple[str, ...] = ()
    """Sozialräume inside this column (several where small ones were joined)"""


class Row(Value):
    """A row of a table: an answer, a step, an item."""

    id: str
    label: str


class ReleaseTable(Value):
    """A protected table. `cells[i][j]` belongs to `rows[i]` and `groups[j]`."""

    id: str
    question: str
    item: str | None = None
    title: str
    """the question as asked"""
    base_note: str
    """one German sentence: who is in the base"""
    measure: Literal["share", "share_of_cases", "mean"]
    sensitive: bool = False
    k: int
    per_response: int = 1
    """at most so many of those counted come from one response: more than 1 where children are counted"""
    rows: tuple[Row, ...]
    groups: tuple[Group, ...]
    cells: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()


class CellRef(Value):
    """A published figure: which table, row and group."""

    table: str
    row: str
    group: str


About = Literal["needs", "differences", "funnels", "gaps", "lighthouses", "coverage", "situations", "changes"]
#: `secured`: holds after Holm's correction · `hint`: only before it · `described`: says what was measured, no test
Certainty = Literal["secured", "hint", "described"]


class Finding(Value):
    """A sentence the statistics support, with the cells it rests on."""

    id: str
    headline: str
    sentence: str
    table: str
    cells: tuple[tuple[str, str], ...] = ()
    """(row id, group id) of every number in the text that stands in `table`"""
    about: About = "needs"
    certainty: Certainty = "described"
    rests_on: tuple[CellRef, ...] = ()
    """every published figure the sentence is made of, in whatever table"""


class Quote(Value):
    """Own words that a person read and released; nothing tells of whom they are or where they live."""

    question: str
    title: str
    """the question as asked"""
    text: str | None = None
    """None where the language alone could tell who wrote it; then there is only the translation"""
    language: str | None = None
    """of `text`"""
    translation: str | None = None
    """into German, made by a person"""


class RankRange(Value):
    """The ranks a row may have among the rows of a group that are shown as numbers; best is 1."""

    table: str
    group: str
    row: str
    best: int
    worst: int


class Protection(Value):
    """How much of the tables stayed readable."""

    n_cells: int
    n_number: int
    n_uncertain: int
    n_words: int
    n_hidden: int


class Audit(Value):
    """What the attacker did before the release was written; it exists only where he found nothing at all."""

    rounds: int
    """most rounds of hiding that any table took"""
    cells: int
    """counts looked at, those nobody published among them"""
    by_bounds: int
    """settled by sums alone"""
    by_witness: int
    """settled by tables of whole numbers that agree with everything published"""
    by_lp: int
    by_ilp: int
    """settled by a linear or an integer program of their own"""
    earlier: int
    """earlier releases of the wave that count as known"""
    findings: Literal[0] = 0
    costliest: str
    """id of the table with the most hidden figures"""
    costliest_hidden: int


class TableEntry(Value):
    """Index entry of one table."""

    id: str
    question: str
    item: str | None = None
    title: str
    kind: str
    page: str
    n_groups: int


class WeightedGroup(Value):
    """How much the responses of a group count. The last two are None where too few of them came back to say so."""

    label: str
    known: Annotated[float, Field(ge=0, le=1)]
    """part among all known families"""
    answered: float | None = None
    """part among the responses, rounded"""
    factor: float | None = None
    """how many times the average a response of this group counts, from the two parts, to one decimal"""


class WeightedMargin(Value):
    """A margin that responses were weighted to."""

    title: str
    source: str
    missing: Literal["own", "exclude"]
    groups: tuple[WeightedGroup, ...]


class Weighting(Value):
    """What was weighted, how, and what it costs. Limits of weights are rounded outwards to coarse steps."""

    margins: tuple[WeightedMargin, ...]
    iterations: int
    least: float
    """no response counts less than so many times the average"""
    most: float
    """no response counts more than so many times the average"""
    cap: float | None = None
    left_out: int | None = None
    """responses left out because they said nothing on a margin, rounded to 5; None: none, or too few to say"""


class Earlier(Value):
    """The release of an earlier wave that this one is compared with."""

    wave: str
    wave_title: str
    closes_on: date
    manifest_sha256: str


class Manifest(Value):
    """What a release is, how it was made and what protects it."""

    format: Literal["familienstimme-ergebnisstand/1"] = "familienstimme-ergebnisstand/1"
    wave: str
    wave_title: str
    district: str
    questionnaire: str
    questionnaire_hash: str
    extract_sha256: str
    analysis_version: str
    opens_on: date
    closes_on: date
    simulated: bool
    weighted: bool
    n_responses: Annotated[int, Field(ge=0)]
    """the wave's total; the one exact count that is published"""
    design_effect: float | None = None
    n_eff: int | None = None
    weighting: Weighting | None = None
    """None: not weighted, or weighted by whoever made the extract"""
    division: str
    provisional_areas: bool
    plan: PublicationPlan
    headline_table: str | None
    tables: tuple[TableEntry, ...]
    protection: Protection
    audit: Audit | None = None
    """None: made before there was an audit, or elsewhere"""
    since: Earlier | None = None
    """None: compared with no earlier wave"""
    rules: tuple[str, ...]
    """every rule and threshold used, as German sentences"""
    files: dict[str, str]
    """path inside the release → SHA-256"""
