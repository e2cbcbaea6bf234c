"""Sentences about funnels, gaps, coverage, Lebenslagen and change: loud only where the figures carry it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from analysis.answer_findings import answer_findings
from analysis.answers import Answers
from analysis.display import share_cell
from questionnaires.answers_of_release import (
    Bounds,
    Change,
    Changes,
    Coverage,
    CoverageRow,
    FunnelColumn,
    FunnelResult,
    FunnelStage,
    Gap,
    Gaps,
    Lighthouse,
    Quality,
    Reason,
    SituationIndex,
    SituationItem,
    Situations,
)
from questionnaires.handover import CellRef, Finding, Group
from questionnaires.plan import PublicationPlan

KREIS = Group(id="kreis", label="Landkreis", level="district", base=800)
OPEN, REGISTER = PublicationPlan(), PublicationPlan(access="register")
NOTHING = Answers(
    funnels=(), gaps=Gaps(gaps=(), lighthouses=()), coverage=Coverage(rows=(), bounds=()),
    situations=Situations(indices=()), changes=None, quality=Quality(checks=()),
)  # fmt: skip
WHOLE = CoverageRow(kind="district", label="Landkreis", returns=800, said="")


def ref(row: str, table: str = "t") -> CellRef:
    return CellRef(table=table, row=row, group="kreis")


def funnel(name: str, known: int, lost: str = "") -> FunnelResult:
    stage = FunnelStage(id="known", label="kennen es", cell=share_cell(known, 800), rests_on=(ref(name),))
    return FunnelResult(
        id=name, title=name.upper(), question="q", question_title="Kennen Sie das?", base_note="",
        columns=(FunnelColumn(group=KREIS, stages=(stage,), lost=lost),),
        reasons=(Reason(label="Zeit", cell=share_cell(30, 800)),),
    )  # fmt: skip


def said(plan: PublicationPlan = REGISTER, **parts: Any) -> list[Finding]:
    coverage = {"coverage": Coverage(rows=(WHOLE,), bounds=())} | parts
    return list(answer_findings(replace(NOTHING, **coverage), plan, "bedarf"))


def test_the_least_known_offer_is_named_where_it_is_sure() -> None:
    (found,) = said(funnels=(funnel("a", 30), funnel("b", 60), funnel("c", 62)))
    assert found.headline == "Am wenigsten bekannt: „A“"
    assert (found.certainty, found.rests_on) == ("secured", (ref("a"),))
    assert "am häufigsten genannt: „Zeit“" in found.sentence


def test_no_offer_is_named_where_it_is_not() -> None:
    (found,) = said(funnels=(funnel("a", 58), funnel("b", 60), funnel("c", 62)))
    assert found.headline == "58 bis 62\N{NO-BREAK SPACE}% der Betroffenen kennen „A“, „B“ und „C“"
    assert "ist nicht gesichert" in found.sentence
    assert found.certainty == "described"


def test_where_most_are_lost_is_a_finding() -> None:
    lost = "Hier gehen die meisten verloren: Von den Familien, die es brauchen, nutzt es weniger als die Hälfte."
    (found,) = said(funnels=(funnel("a", 60, lost),))
    assert found.headline == "„A“: Von den Familien, die es brauchen, nutzt es weniger als die Hälfte"


@pytest.mark.parametrize(
    ("shares", "headline"),
    [
        ((30, 10, 12), "Am häufigsten gebraucht und nicht genutzt: „A“"),
        ((12, 10, 11), "Ungedeckter Bedarf: je nach Angebot 10 bis 12\N{NO-BREAK SPACE}% der Betroffenen"),
    ],
)
def test_the_largest_gap_is_named_only_where_it_is_sure(shares: tuple[int, ...], headline: str) -> None:
    names = "abc"
    gaps = tuple(
        Gap(id=name, title=name.upper(), life_phases=(), field="f", kind="offer", unmet=share_cell(share, 800), said="")
        for name, share in zip(names, shares, strict=True)
    )
    found = said(funnels=tuple(funnel(name, 60) for name in names), gaps=Gaps(gaps=gaps, lighthouses=()))
    assert headline in [one.headline for one in found]


def test_a_lighthouse_says_how_sure_it_is() -> None:
    light = Lighthouse(
        offer="treff", title="Treff", field="f", shines_in=("Nord",), needed_in=(), certainty="hint", said="Viele."
    )
    (found,) = said(gaps=Gaps(gaps=(), lighthouses=(light,)))
    assert (found.headline, found.about) == ("Leuchtturm: „Treff“ in Nord", "lighthouses")
    assert found.sentence == "Viele. Das ist ein Hinweis, nicht gesichert."


def test_missing_families_are_said_with_what_they_may_change() -> None:
    bound = Bounds(
        table="bedarf", row="1", label="Bus", cell=share_cell(30, 800), said="Bis 50 %.", rests_on=(ref("1"),)
    )
    whole = WHOLE.model_copy(update={"known": 8000, "reached": 0.1, "said": "Jede 10. Familie."})
    less = CoverageRow(kind="area", label="Tal", reached=0.04, said="Das ist weniger als im Kreis.")
    (found,) = said(coverage=Coverage(rows=(whole, less), bounds=(bound,)))
    assert found.headline == "Erreicht sind 10\N{NO-BREAK SPACE}% der Familien; besonders viele fehlen in Tal"
    assert found.sentence.endswith("zeigt „Bus“. Bis 50 %. Das ist eine Rechnung, keine Messung.")
    assert said() == []


def index(words: str) -> Situations:
    item = SituationItem(table="orte.bus", title="Bus", answers="„wenig“", rows=("2",))
    one = SituationIndex(
        dimension="material", title="Materielle Lage", level="area", items=(item,), groups=(KREIS,),
        cells=(share_cell(30, 800),), said=words,
    )  # fmt: skip
    return Situations(indices=(one,))


def test_equal_lebenslagen_are_said_as_readily_as_different_ones() -> None:
    (loud,) = said(situations=index("Sicher über dem Kreis liegt Nord."))
    assert loud.headline == "Lebenslage „Materielle Lage“: Sozialräume unterscheiden sich gesichert"
    assert loud.rests_on == (CellRef(table="orte.bus", row="2", group="kreis"),)
    (quiet,) = said(situations=index("Kein Gebiet liegt sicher über oder unter dem Kreis."))
    assert "kein Gebiet gesichert" in quiet.headline
    assert quiet.rests_on == loud.rests_on


def changes(verdict: str, n: int = 9) -> Changes:
    change = Change.model_validate({
        "table": "t", "title": "Frage?", "row": "1", "row_label": "Bus", "group": KREIS, "p": 0.01,
        "before": share_cell(20, 800), "now": share_cell(30, 800), "verdict": verdict,
    })  # fmt: skip
    return Changes(
        wave="w", wave_title="2023", closes_on=date(2023, 9, 1), n_compared=n,
        changes=(change,) if n else (), not_comparable=(),
    )  # fmt: skip


def test_a_secured_change_is_a_headline_a_hint_is_not() -> None:
    (loud,) = said(changes=changes("secured"))
    assert loud.headline == "Seit „2023“ häufiger: „Bus“"
    assert loud.certainty == "secured"
    (hint,) = said(changes=changes("hint"))
    assert hint.headline == "Seit „2023“ ist keine Veränderung gesichert"
    assert "Hinweis: „Bus“ damals 20" in hint.sentence
    (nothing,) = said(changes=changes("none", 0))
    assert nothing.sentence.startswith("Es gibt keinen Anteil")


def test_for_open_access_every_derived_finding_carries_the_caveat() -> None:
    parts = {"funnels": (funnel("a", 30), funnel("b", 60)), "changes": changes("secured"), "situations": index("Kein.")}
    assert all(one.sentence.endswith("wer nicht mitmacht, fehlt darin.") for one in said(OPEN, **parts))
    assert len(said(OPEN, **parts)) == 3
