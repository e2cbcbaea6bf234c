"""What is counted of each question: the rows of its table and where every answer belongs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.areas import Layout, is_sensitive
from analysis.concerned import concerned_note, funnel_bases, holds_for
from analysis.effects import Households, child_effects, response_effects
from analysis.estimates import Sums, add_up, cross
from analysis.extract import Extract, IntArray
from analysis.variance import Design, make_design
from analysis.weighted_attack import Spread, limits_of
from questionnaires.handover import Row
from questionnaires.model import (
    MISSING_CODES,
    Battery,
    Condition,
    Counts,
    Multiple,
    Number,
    Option,
    Page,
    Question,
    Ranking,
    Scale,
    Single,
    Texts,
    text_in,
)
from questionnaires.plan import PublicationPlan

SINGLE_VALUES = 12
"""numbers with at most this many values keep each value as a row"""


@dataclass(frozen=True)
class CoarseRow:
    """Several rows taken together."""

    row: Row
    parts: tuple[int, ...]


@dataclass(frozen=True)
class Topic:
    """One table to be: a question, or an item of a battery."""

    id: str
    question: str
    item: str | None
    kind: str
    page: str
    title: str
    base_note: str
    rows: tuple[Row, ...]
    one_of: bool
    """True: every answer is in exactly one row; False: rows are answered yes or no, each for itself"""
    columns: tuple[str, ...]
    """one column if `one_of`, else one per row"""
    codes: tuple[int, ...] = ()
    """code of each row (`one_of`)"""
    limits: tuple[int, ...] = ()
    """largest number in each row instead of `codes` (numbers)"""
    coarse: tuple[CoarseRow, ...] = ()
    sensitive: bool = False
    of_everybody: bool = False
    """every family was asked, so that a share stands for so many known families"""
    only: Condition | None = None
    """nobody else is counted: the base of the funnel this table belongs to"""
    per_response: int = 1
    """at most so many answers come from one response: more than 1 where children are counted"""


@dataclass(frozen=True)
class Cube:
    """The three sums of a topic for every group of a layout."""

    yes: Sums
    """(groups, rows)"""
    base: Sums
    """(groups,): those with a valid answer"""
    size: Sums
    """(groups,): everybody"""
    effect: npt.NDArray[np.float64] | None = None
    """(groups, rows and coarse rows) design effects where the three sums do not suffice for the variance"""
    weighted: bool = False
    """whether responses count differently"""
    households: Households | None = None
    """the responses that counted children come from; rows as in `effect`; None where responses are counted"""
    spread: Spread | None = None
    """limits of the weights of everybody in a group; None where all count the same"""


def make_topics(extract: Extract, plan: PublicationPlan) -> tuple[Topic, ...]:
    """Return the topics of a wave in the order of its questionnaire.

    Text, place, consent and info questions have none: of them at most rounded numbers of answers are
    published.
    """
    pages = extract.codebook.questionnaire.pages
    return tuple(
        topic for page in pages for question in page.questions for topic in _topics(extract, plan, question, page.id)
    )


def _topics(extract: Extract, plan: PublicationPlan, question: Question, page: str) -> Iterator[Topic]:
    maker = _Maker(extract, plan, question, page)
    match question:
        case Single():
            yield maker.one_of(question.options, "")
        case Scale():
            yield maker.one_of(question.steps, "")
        case Battery():
            for item in question.items:
                yield maker.one_of(question.steps, _german(item.text), item.id)
        case Multiple():
            yield maker.several(_valid(question.options), "Mehrere Antworten waren möglich; zusammen über 100 %.")
        case Ranking():
            note = f"Anteil derer, die dies unter ihre {question.top} wichtigsten zählen; zusammen über 100 %."
            yield maker.several(_valid(question.options), note)
        case Counts():
            rows = [(band.id, _german(band.text)) for band in question.bands]
            yield maker.several(rows, "Anteil derer mit mindestens einem Kind in dieser Zeile.")
        case Number():
            yield maker.number(question)


def _german(texts: Texts) -> str:
    return text_in(texts, "de")[0]


def _valid(options: tuple[Option, ...]) -> list[tuple[str, str]]:
    return [(str(option.code), _german(option.text)) for option in options if option.missing is None]


BASE = "Anteile an allen, die diese Frage beantwortet haben; „weiß nicht“ und fehlende Angaben zählen nicht mit."
BASE_OF_CHILDREN = (
    "Gezählt sind Kinder, nicht Haushalte: alle Kinder, für die diese Frage beantwortet wurde; „weiß nicht“ und "
    "fehlende Angaben zählen nicht mit. Familien konnten auch nur für ihr jüngstes Kind antworten."
)
ONLY_SOME = "Die Frage wurde nur denen gestellt, auf die sie zutrifft."


@dataclass(frozen=True)
class _Maker:
    extract: Extract
    plan: PublicationPlan
    question: Question
    page: str

    def _topic(self, rows: list[tuple[str, str]], item: str | None, title: str, note: str, **more: object) -> Topic:
        asked = self.question
        codebook, repeat = self.extract.codebook, self._page.repeat
        columns = codebook.columns if repeat is None else codebook.child_columns
        names = tuple(c.name for c in columns if c.question == asked.id and item in (None, c.item))
        conditional = asked.show_if or self._page.show_if
        base = BASE if repeat is None else BASE_OF_CHILDREN
        table, questionnaire = f"{asked.id}.{item}" if item else asked.id, self.extract.codebook.questionnaire
        only = funnel_bases(questionnaire).get(table) if repeat is None else None
        concerned = concerned_note(only, table, questionnaire) if only else ""
        parts = (base, note, concerned or (ONLY_SOME if conditional and repeat is None else ""))
        return Topic(
            id=table,
            question=asked.id, item=item, kind=asked.kind, page=self.page,
            title=" – ".join(part for part in (_german(asked.text), title) if part),
            base_note=" ".join(part for part in parts if part),
            rows=tuple(Row(id=key, label=label) for key, label in rows),
            columns=names,
            sensitive=is_sensitive(self.extract, self.plan, asked.id, item),
            of_everybody=not conditional and only is None and repeat is None and self.plan.access != "open",
            only=only,
            per_response=1 if repeat is None else repeat.at_most,
            **more,  # type: ignore[arg-type]
        )  # fmt: skip

    @property
    def _page(self) -> Page:
        pages = self.extract.codebook.questionnaire.pages
        return next(page for page in pages if page.id == self.page)

    def one_of(self, options: tuple[Option, ...], title: str, item: str | None = None) -> Topic:
        """Return the topic of options of which one is chosen, with the coarse version the plan names."""
        codes = tuple(option.code for option in options if option.missing is None)
        coarse = self.plan.coarse.get(f"{self.question.id}.{item}") or self.plan.coarse.get(self.question.id, ())
        rows = tuple(
            CoarseRow(Row(id=f"g{i}", label=step.title), tuple(codes.index(code) for code in step.codes))
            for i, step in enumerate(coarse, start=1)
        )
        return self._topic(_valid(options), item, title, "", one_of=True, codes=codes, coarse=rows)

    def several(self, rows: list[tuple[str, str]], note: str) -> Topic:
        """Return the topic of answers each given for itself."""
        return self._topic(rows, None, "", note, one_of=False)

    def number(self, question: Number) -> Topic:
        """Return the topic of a number, counted in classes."""
        limits = number_limits(question.minimum, question.maximum)
        unit = _german(question.unit)
        starts = [question.minimum, *(limit + 1 for limit in limits[:-1])]
        names = [f"{a} bis {b}" if a < b else str(a) for a, b in zip(starts, limits, strict=True)]
        rows = [(f"b{i}", f"{name} {unit}".strip()) for i, name in enumerate(names, start=1)]
        return self._topic(rows, None, "", "", one_of=True, limits=limits)


def number_limits(minimum: int, maximum: int) -> tuple[int, ...]:
    """Return the largest number of each row of a number's table.

    The rows depend on the question only, never on the answers: limits taken from the data would tell of
    them. Few values keep their own row; more are halved again and again, because times, distances and
    amounts pile up low.
    """
    span = maximum - minimum
    if span < SINGLE_VALUES:
        return tuple(range(minimum, maximum + 1))
    return tuple(minimum + span // part for part in (16, 8, 4, 2, 1)) if span >= 32 else _thirds(minimum, span)


def _thirds(minimum: int, span: int) -> tuple[int, ...]:
    return tuple(minimum + span * part // 4 for part in (1, 2, 3, 4))


def answer_positions(topic: Topic, codes: IntArray) -> npt.NDArray[np.int64]:
    """Return the row of every answer of a `one_of` topic; missing values get the number of rows.

    Parameters
    ----------
    codes : (n,) integer array
        the topic's column

    Returns
    -------
    (n,) int array
        0 … len(topic.rows)
    """
    n_rows = len(topic.rows)
    if topic.limits:
        return np.where(codes < 0, n_rows, np.searchsorted(np.array(topic.limits), codes)).astype(np.int64)
    # The missing codes -1 … -4 count from the end, where the number of rows stands.
    lookup = np.full(max(topic.codes, default=0) + 1 - min(MISSING_CODES.values()), n_rows, dtype=np.int64)
    lookup[list(topic.codes)] = np.arange(n_rows)
    return np.asarray(lookup[codes])


def count_topic(
    topic: Topic, extract: Extract, layout: Layout, weight: npt.NDArray[np.float64] | None,
    design: Design | None = None,
) -> Cube:  # fmt: skip
    """Count a topic for all groups of a layout.

    Parameters
    ----------
    topic : Topic
    extract : Extract
    layout : Layout
    weight : (n,) float array or None
    design : Design or None
        how the variance accounts for weights and for a known population; None: weights are fixed numbers

    Returns
    -------
    Cube
        a missing answer is in neither numerator nor base; a topic with several columns counts those who
        have a valid value in all of them. Children count each, with the weight of their household
    """
    answers = list(_answers(topic, extract))
    of = extract.children.response if topic.per_response > 1 and extract.children else slice(None)
    weights = None if weight is None else weight[of]
    yes, base, size = [], [], []
    for split in layout.splits:
        atom = split.atom[of]
        if topic.one_of:
            found = cross(atom, split.n_atoms, answers[0], len(topic.rows), weights)
            cells, valid = found, found.over_answers()
        else:
            each = [cross(atom, split.n_atoms, answer, 2, weights) for answer in answers]
            cells, valid = _first_answers(each), each[0].over_answers()
        yes.append(cells.of_groups(split.groups))
        base.append(valid.of_groups(split.groups))
        size.append(add_up(atom, split.n_atoms, weights).of_groups(split.groups))
    effect, households = _effects(topic, extract, layout, answers, design)
    spread = None if weight is None else _spread(weight, of, layout)
    return Cube(_stacked(yes), _stacked(base), _stacked(size), effect, weights is not None, households, spread)


def _spread(weight: npt.NDArray[np.float64], of: Any, layout: Layout) -> Spread:
    least, most = zip(*(limits_of(weight[of], split.atom[of], split.groups) for split in layout.splits), strict=True)
    return Spread(np.concatenate(least), np.concatenate(most), float(weight.sum()), len(weight))


def _effects(
    topic: Topic, extract: Extract, layout: Layout, answers: list[npt.NDArray[np.int64]], design: Design | None
) -> tuple[npt.NDArray[np.float64] | None, Households | None]:
    """Return design effects and households where the three sums do not suffice."""
    n_answers = len(topic.rows) if topic.one_of else 2
    parts = [[row] for row in range(len(topic.rows))] if topic.one_of else [[0]]
    parts += [list(coarse.parts) for coarse in topic.coarse]
    if topic.per_response > 1 and extract.children:
        of, clusters = extract.children.response, design or make_design(extract.n, weight=extract.weight)
        found = [[child_effects(s, of, a, parts, n_answers, clusters) for a in answers] for s in layout.splits]
        yes, no = (_blocks([[getattr(h, name) for _, h in row] for row in found]) for name in ("yes", "no"))
        base = np.concatenate([row[0][1].base for row in found])
        return _blocks([[effect for effect, _ in row] for row in found]), Households(yes, no, base)
    if design is None:
        return None, None
    return _blocks(
        [[response_effects(split, answer, parts, n_answers, design) for answer in answers] for split in layout.splits]
    ), None


def _blocks(found: list[list[npt.NDArray[Any]]]) -> npt.NDArray[Any]:
    """Put the groups of splits below each other, the rows of columns side by side."""
    return np.concatenate([np.concatenate(row, axis=1) for row in found])


def count_values(topic: Topic, extract: Extract, layout: Layout, weight: npt.NDArray[np.float64] | None) -> list[Sums]:
    """Count the numbers themselves of a topic of counts.

    Returns
    -------
    list of Sums
        for each row (groups, values 0, 1, 2 …); who has not a valid value in all columns is in none
    """
    columns = [extract.columns[name] for name in topic.columns]
    n_values = max(int(column.max(initial=0)) for column in columns) + 1
    valid = np.all([column >= 0 for column in columns], axis=0)
    found = []
    for column in columns:
        answer = np.where(valid, column, n_values).astype(np.int64)
        parts = [
            cross(split.atom, split.n_atoms, answer, n_values, weight).of_groups(split.groups)
            for split in layout.splits
        ]
        found.append(_stacked(parts))
    return found


def _answers(topic: Topic, extract: Extract) -> Iterator[npt.NDArray[np.int64]]:
    """Yield positions of answers: of the one column, or for each column 0 yes, 1 no, 2 missing."""
    of = extract.children.columns if topic.per_response > 1 and extract.children else extract.columns
    columns = [of[name] for name in topic.columns]
    if topic.one_of:
        positions = answer_positions(topic, columns[0])
        yield positions if topic.only is None else np.where(holds_for(topic.only, extract), positions, len(topic.rows))
        return
    valid = np.all([column >= 0 for column in columns], axis=0)
    for column in columns:
        yield np.where(valid, column < 1, 2).astype(np.int64)


def _first_answers(each: list[Sums]) -> Sums:
    n, w, w2 = ([getattr(sums, name)[:, 0] for sums in each] for name in ("n", "w", "w2"))
    return Sums(np.stack(n, axis=1), np.stack(w, axis=1), np.stack(w2, axis=1))


def _stacked(parts: list[Sums]) -> Sums:
    n, w, w2 = ([getattr(sums, name) for sums in parts] for name in ("n", "w", "w2"))
    return Sums(np.concatenate(n), np.concatenate(w), np.concatenate(w2))
