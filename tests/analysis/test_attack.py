"""The attacker against exhaustive search: no hidden small count follows from what is shown."""

import os
from collections.abc import Iterator
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from analysis import display
from analysis.areas import Layout, make_layout
from analysis.attack import Knowledge, at_risk, tighten
from analysis.disclosure import protect
from analysis.hiding import decide
from analysis.known import knowledge_of, too_small
from analysis.topics import Cube, Topic, count_topic, make_topics
from analysis.work import make_system
from questionnaires.handover import ReleaseTable
from questionnaires.plan import PublicationPlan
from tests.analysis.make_extract import PLAN, draw_rows, extract_of, miniature

EXAMPLES = 300 if os.environ.get("FAMILIENSTIMME_PROOF") == "1" else 20
AT_MOST = {words: limit for limit, words in display.AT_MOST.items()}
KINDS = ("mobil", "huerden", "form")


class SmallWave:
    """One question of a small wave, its layout and its counts."""

    def __init__(self, question: str, n: int, seed: int, k: int) -> None:
        source = next(q for q in miniature().model_dump(by_alias=True)["pages"][0]["questions"] if q["id"] == question)
        questionnaire = miniature([source | {"sensitive": None}])
        self.plan: PublicationPlan = PLAN.model_copy(update={"filters": (), "coarse": {}, "k": k, "min_area_base": 15})
        self.extract = extract_of(questionnaire, draw_rows(questionnaire, n, seed), self.plan)
        self.layout: Layout = make_layout(self.extract, self.plan)
        self.topic: Topic = make_topics(self.extract, self.plan)[0]
        self.cube: Cube = count_topic(self.topic, self.extract, self.layout, None)


waves = st.builds(
    SmallWave, st.sampled_from(KINDS), st.integers(30, 160), st.integers(0, 10**6), st.sampled_from((3, 5))
)


class Attacker:
    """Knows the release and its rules; solves integer programs over all counts of one question."""

    def __init__(self, wave: SmallWave, table: ReleaseTable) -> None:
        self.system = make_system(wave.topic, wave.layout)
        self.shape = (self.system.base_row + 3, len(wave.layout.columns))
        self.k, self.n = wave.plan.k, wave.extract.n
        self.low, self.high = np.zeros(self.shape), np.full(self.shape, float(self.n))
        self.low[-1, 0] = self.n
        self.lines: list[Any] = [*self._sums(wave.layout), *self._shares(wave, table)]

    def _line(self, cells: list[tuple[tuple[int, int], float]]) -> Any:
        line = np.zeros(self.shape)
        for cell, factor in cells:
            line[cell] += factor
        return line.ravel()

    def _sums(self, layout: Layout) -> Iterator[Any]:
        rows, groups = self.shape
        for r in self.system.row_relations:
            for g in range(groups):
                yield LinearConstraint(self._line([((r.total, g), -1), *(((p, g), 1) for p in r.parts)]), 0, 0)
        for r in layout.relations:
            for i in range(rows):
                yield LinearConstraint(self._line([((i, r.total), -1), *(((i, p), 1) for p in r.parts)]), 0, 0)

    def _shares(self, wave: SmallWave, table: ReleaseTable) -> Iterator[Any]:
        base = self.system.base_row
        for j, group in enumerate(table.groups):
            g = wave.layout.position(group.id)
            if group.base is None:
                continue
            self.low[base, g] = max(group.base - 2 - (self.k - 1), display.minimum_base(self.k))
            self.high[base, g] = group.base + 2
            half = display.share_step(group.base) / 200
            for i, cells in enumerate(table.cells):
                if limit := AT_MOST.get(cells[j].words or ""):  # words for a hidden share: zero fits, too
                    yield LinearConstraint(self._line([((i, g), 1), ((base, g), -limit)]), -np.inf, 1e-9)
                elif cells[j].state != "hidden":
                    self.low[i, g] = self.k
                    yield LinearConstraint(self._line([((base, g), 1), ((i, g), -1)]), self.k, np.inf)
                if (p := cells[j].value) is not None:
                    yield LinearConstraint(self._line([((i, g), 1), ((base, g), -(p + half))]), -np.inf, 1e-9)
                    yield LinearConstraint(self._line([((i, g), 1), ((base, g), -(p - half))]), -1e-9, np.inf)

    def ratios(self, known: Knowledge) -> list[Any]:
        """Shares of all shown cells, also of those that were put into words."""
        cells = np.argwhere(known.ratio_high[: self.system.base_row] < 1)
        base = self.system.base_row
        return [
            LinearConstraint(self._line([((i, g), 1), ((base, g), -ratio[i, g])]), *limits)
            for i, g in cells
            for ratio, limits in ((known.ratio_high, (-np.inf, 1e-9)), (known.ratio_low, (-1e-9, np.inf)))
        ]

    def bounds_of(self, cell: tuple[int, int]) -> tuple[int, int]:
        found = []
        for sign in (1, -1):
            solved = milp(
                self._line([(cell, sign)]), constraints=self.lines, integrality=np.ones(self.low.size),
                bounds=Bounds(self.low.ravel(), self.high.ravel()),
            )  # fmt: skip
            assert solved.success, solved.message
            found.append(round(solved.x.reshape(self.shape)[cell]))
        return found[0], found[1]


@settings(max_examples=EXAMPLES, derandomize=True)  # programs take seconds: always the same waves
@given(waves)
def test_no_hidden_small_count_can_be_worked_out_by_integer_programming(wave: SmallWave) -> None:
    table = protect(wave.topic, wave.cube, wave.layout, wave.plan)[0].value
    attacker = Attacker(wave, table)
    truth = decide(wave.topic, wave.cube, wave.layout, wave.plan).truth
    for i, row in enumerate(wave.topic.rows):
        for g, column in enumerate(wave.layout.columns):
            if 1 <= truth[i, g] < wave.plan.k:
                low, high = attacker.bounds_of((i, g))
                assert low < high, f"{row.id} in {column.group.id} is known"


@settings(max_examples=EXAMPLES * 2)
@given(waves)
def test_the_truth_lies_within_the_bounds_and_nothing_is_at_risk(wave: SmallWave) -> None:
    work = decide(wave.topic, wave.cube, wave.layout, wave.plan)
    found = tighten(work.system, knowledge_of(work))
    assert (found.low <= work.truth).all()
    assert (work.truth <= found.high).all()
    assert not at_risk(work.system, found, work.k, too_small(work)).any()


def test_hiding_small_counts_alone_would_give_them_away() -> None:
    risky = 0
    for seed in range(10):
        wave = SmallWave("form", 150, seed, 5)
        work = decide(wave.topic, wave.cube, wave.layout, wave.plan)
        m = len(wave.topic.rows)
        work.shown[:m] = (work.truth[:m] >= 5) & work.base_shown
        risky += int(at_risk(work.system, tighten(work.system, knowledge_of(work)), work.k, too_small(work)).sum())
    assert risky > 0


def test_bounds_are_never_narrower_than_those_of_the_integer_program() -> None:
    wave = SmallWave("mobil", 90, 0, 5)
    work = decide(wave.topic, wave.cube, wave.layout, wave.plan)
    table = protect(wave.topic, wave.cube, wave.layout, wave.plan)[0].value
    attacker, ours = Attacker(wave, table), tighten(work.system, knowledge_of(work))
    attacker.low, attacker.high = (
        np.maximum(attacker.low, knowledge_of(work).low),
        np.minimum(attacker.high, knowledge_of(work).high),
    )
    attacker.lines += attacker.ratios(knowledge_of(work))
    for cell in [(i, g) for i in range(3) for g in range(len(wave.layout.columns))]:
        low, high = attacker.bounds_of(cell)
        assert ours.low[cell] <= low
        assert high <= ours.high[cell]
