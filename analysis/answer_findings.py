"""German sentences about funnels, gaps, coverage, Lebenslagen and change, only where these carry them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from analysis.answers import Answers
from analysis.german import caveat_of, listed, percent, percent_with_interval
from questionnaires.answers_of_release import Change, Changes, Coverage, FunnelResult, Gap, SituationIndex, Situations
from questionnaires.handover import About, Cell, CellRef, Certainty, Finding
from questionnaires.plan import PublicationPlan

MAX_NAMED = 3
MAX_CHANGES = 3
MAX_LIGHTHOUSES = 2
MAX_REASONS = 2
DOUBT = {
    "secured": "Gesichert (95 %, nach Holm über alle Vergleiche).",
    "hint": "Das ist ein Hinweis, nicht gesichert.",
    "described": "",
}


class _Said(NamedTuple):
    """A finding before the caveat."""

    id: str
    about: About
    headline: str
    sentence: str
    certainty: Certainty
    refs: tuple[CellRef, ...]


def answer_findings(answers: Answers, plan: PublicationPlan, fallback: str) -> tuple[Finding, ...]:
    """Write what a release's answers say beyond its tables.

    Parameters
    ----------
    answers : Answers
    plan : PublicationPlan
        its access decides whether the caveat of open surveys is said
    fallback : str
        id of the table a finding without figures of its own belongs to

    Returns
    -------
    tuple of Finding
        each with all published figures it rests on
    """
    caveat = caveat_of(plan)
    said = [
        *_funnels(answers.funnels), *_gaps(answers.funnels, answers.gaps.gaps), *_lighthouses(answers),
        *_coverage(answers.coverage), *_situations(answers.situations), *_changes(answers.changes),
    ]  # fmt: skip
    return tuple(_finding(one, caveat, fallback) for one in said)


def _finding(said: _Said, caveat: str, fallback: str) -> Finding:
    table = said.refs[0].table if said.refs else fallback
    cells = dict.fromkeys((ref.row, ref.group) for ref in said.refs if ref.table == table)
    return Finding(
        id=said.id, headline=said.headline, sentence=said.sentence + caveat, table=table, cells=tuple(cells),
        about=said.about, certainty=said.certainty, rests_on=tuple(dict.fromkeys(said.refs)),
    )  # fmt: skip


class _Named(NamedTuple):
    title: str
    cell: Cell
    refs: tuple[CellRef, ...]


def _first(named: Sequence[_Named], *, least: bool) -> list[_Named]:
    """Return those that may be the least (or the most); nobody if that is true of all, or of more than three."""
    ordered = sorted(named, key=lambda one: one.cell.value or 0.0, reverse=not least)
    if least:
        limit = min((one.cell.high or 1.0 for one in named), default=0.0)
        found = [one for one in ordered if (one.cell.low or 0.0) <= limit]
    else:
        limit = max((one.cell.low or 0.0 for one in named), default=1.0)
        found = [one for one in ordered if (one.cell.high or 1.0) >= limit]
    return found if len(found) < len(named) and len(found) <= MAX_NAMED else []


def _span(named: Sequence[_Named]) -> str:
    values = sorted(one.cell.value or 0.0 for one in named)
    low = f"{round(values[0] * 100)} bis " if values[0] < values[-1] else ""
    return low + percent(values[-1])


def _families(funnels: Sequence[FunnelResult]) -> dict[str, list[FunnelResult]]:
    found: dict[str, list[FunnelResult]] = {}
    for funnel in funnels:
        found.setdefault(funnel.question, []).append(funnel)
    return found


def _funnels(funnels: Sequence[FunnelResult]) -> Iterator[_Said]:
    """Say of each family of offers which are least known, why, and at which step they are lost."""
    for question, family in _families(funnels).items():
        known = [
            _Named(funnel.title, stage.cell, stage.rests_on)
            for funnel in family
            for stage in (funnel.columns[0].stages if funnel.columns else ())
            if stage.id == "known" and stage.cell.value is not None
        ]
        if len(known) >= 2:
            yield _known(question, family[0], known)
        for funnel in family:
            for column in funnel.columns[:1]:
                if column.lost:
                    refs = tuple(ref for stage in column.stages for ref in stage.rests_on)
                    steps = " ".join(stage.drop for stage in column.stages if stage.drop)
                    yield _Said(
                        f"{funnel.id}-verlust", "funnels", f"„{funnel.title}“: {column.lost.partition(': ')[2][:-1]}",
                        f"{column.group.label}: {steps}", "secured", refs,
                    )  # fmt: skip


def _known(question: str, one: FunnelResult, known: Sequence[_Named]) -> _Said:
    least = _first(known, least=True)
    refs = tuple(ref for named in (least or known) for ref in named.refs)
    if least:
        parts = listed([f"„{n.title}“ {percent_with_interval(n.cell)}" for n in least])
        headline = f"Am wenigsten bekannt: {listed([f'„{n.title}“' for n in least])}"
        said = f"Von denen, die es betrifft, kennen {parts}; die anderen {_span([n for n in known if n not in least])}."
    else:
        each = "Je " if "bis" not in _span(known) else ""
        headline = f"{each}{_span(known)} der Betroffenen kennen {_offers(known)}"
        said = f"Frage: „{one.question_title}“ Welches davon bekannter ist, ist nicht gesichert."
    reasons = one.reasons[:MAX_REASONS]
    if reasons and all(reason.cell.value is not None for reason in reasons):
        names = listed([f"„{r.label}“ ({percent(r.cell.value or 0.0)})" for r in reasons])
        said += f" Was abhält, am häufigsten genannt: {names}."
    return _Said(f"{question}-bekannt", "funnels", headline, said, "secured" if least else "described", refs)


def _offers(named: Sequence[_Named]) -> str:
    names = [f"„{one.title}“" for one in named]
    return listed(names if len(names) <= MAX_NAMED else [*names[:2], f"{len(names) - 2} weitere"])


def _gaps(funnels: Sequence[FunnelResult], gaps: Sequence[Gap]) -> Iterator[_Said]:
    """Say for each family of offers where most need it without using it."""
    by_id = {gap.id: gap for gap in gaps}
    for question, family in _families(funnels).items():
        found = [gap for funnel in family if (gap := by_id.get(funnel.id)) is not None]
        unmet = [_Named(g.title, g.unmet, g.rests_on) for g in found if g.unmet and g.unmet.value is not None]
        if len(unmet) < 2:
            continue
        most = _first(unmet, least=False)
        refs = tuple(ref for named in (most or unmet) for ref in named.refs)
        if most:
            headline = f"Am häufigsten gebraucht und nicht genutzt: {listed([f'„{n.title}“' for n in most])}"
            parts = " ".join(
                f"„{gap.title}“: {gap.said} Spanne: {_spread(gap.unmet)}."
                for gap in found if gap.unmet and gap.title in {n.title for n in most}
            )  # fmt: skip
        else:
            headline = f"Ungedeckter Bedarf: je nach Angebot {_span(unmet)} der Betroffenen"
            parts = (
                f"So viele brauchen {_offers(unmet)} und nutzen es nicht. Wo die Lücke am größten ist, ist nicht "
                "gesichert."
            )
        yield _Said(f"{question}-luecke", "gaps", headline, parts, "secured" if most else "described", refs)


def _spread(cell: Cell | None) -> str:
    low, high = (round(((cell.low if cell else 0) or 0) * 100), round(((cell.high if cell else 1) or 1) * 100))
    return f"{low} bis {high}\N{NO-BREAK SPACE}%"


def _lighthouses(answers: Answers) -> Iterator[_Said]:
    for light in answers.gaps.lighthouses[:MAX_LIGHTHOUSES]:
        yield _Said(
            f"{light.offer}-leuchtturm", "lighthouses", f"Leuchtturm: „{light.title}“ in {listed(light.shines_in)}",
            f"{light.said} {DOUBT[light.certainty]}", light.certainty, light.rests_on,
        )  # fmt: skip


def _coverage(coverage: Coverage) -> Iterator[_Said]:
    whole, bound = coverage.rows[0], next(iter(coverage.bounds), None)
    if whole.reached is None and bound is None:  # nothing was measured that the missing could change
        return
    less = [row.label for row in coverage.rows if row.kind == "area" and "weniger als im Kreis" in row.said]
    if whole.reached is not None:
        headline = f"Erreicht sind {percent(whole.reached)} der Familien"
        headline += f"; besonders viele fehlen in {listed(less)}" if 0 < len(less) <= MAX_NAMED else ""
        said = whole.said
    else:
        headline = "Wie viele Familien fehlen, ist nicht bekannt"
        said = f"Es fehlt: {coverage.to_bring[0].partition(': ')[0]}." if coverage.to_bring else whole.said
    refs = bound.rests_on if bound else ()
    if bound is not None:
        said += f" Was das ändern kann, zeigt „{bound.label}“. {bound.said} Das ist eine Rechnung, keine Messung."
    yield _Said("erreichung", "coverage", headline, said, "described", refs)


def _situations(situations: Situations) -> Iterator[_Said]:
    loud = [index for index in situations.indices if index.said.startswith("Sicher")]
    for index in loud:
        items = listed([f"„{item.title}“" for item in index.items])
        refs = _refs(index)
        where = "Sozialräume" if index.level == "area" else "Großräume"
        yield _Said(
            f"lage-{index.dimension}-{index.level}", "situations",
            f"Lebenslage „{index.title}“: {where} unterscheiden sich gesichert",
            f"{index.said} Index aus den Anteilen, die Belastung nennen, bei {items}.", "secured", refs,
        )  # fmt: skip
    if situations.indices and not loud:
        names = listed(list(dict.fromkeys(f"„{index.title}“" for index in situations.indices)))
        yield _Said(
            "lagen", "situations", "Bei den Lebenslagen liegt kein Gebiet gesichert über oder unter dem Kreis",
            f"Geprüft sind {names}. Gleich ist es deshalb nicht überall: Erkennbar sind nur große Unterschiede.",
            "described", tuple(ref for index in situations.indices for ref in _refs(index)),
        )  # fmt: skip


def _refs(index: SituationIndex) -> tuple[CellRef, ...]:
    return tuple(
        CellRef(table=item.table, row=row, group=group.id)
        for item in index.items
        for row in item.rows
        for group in index.groups
    )


def _changes(changes: Changes | None) -> Iterator[_Said]:
    if changes is None:
        return
    district = [c for c in changes.changes if c.group.level == "district"]
    secured = [c for c in district if c.verdict == "secured"]
    for one in secured[:MAX_CHANGES]:
        yield _Said(
            f"seit-{one.table}-{one.row}", "changes",
            f"Seit „{changes.wave_title}“ {_direction(one)}: „{one.row_label}“",
            f"Frage: „{one.title}“ Damals {percent_with_interval(one.before)}, jetzt {percent_with_interval(one.now)}. "
            "Gesichert (95 %, nach Holm innerhalb der Frage).",
            "secured", (CellRef(table=one.table, row=one.row, group=one.group.id),),
        )  # fmt: skip
    if not secured:
        hints = [c for c in district if c.verdict == "hint"][:2]
        said = (
            f"Verglichen sind {changes.n_compared} Anteile des Landkreises. Das heißt nicht, dass alles gleich blieb: "
            "Kleine Veränderungen sind bei dieser Zahl von Antworten nicht erkennbar."
            if changes.n_compared
            else "Es gibt keinen Anteil, der in beiden Wellen gleich erfragt und als Zahl veröffentlicht ist."
        )
        for one in hints:
            said += f" Hinweis: „{one.row_label}“ damals {percent(one.before.value or 0)}, jetzt "
            said += f"{percent(one.now.value or 0)} (Frage: „{one.title}“)."
        yield _Said(
            "seit", "changes", f"Seit „{changes.wave_title}“ ist keine Veränderung gesichert", said,
            "hint" if hints else "described",
            tuple(CellRef(table=c.table, row=c.row, group=c.group.id) for c in hints),
        )  # fmt: skip


def _direction(change: Change) -> str:
    return "häufiger" if (change.now.value or 0) > (change.before.value or 0) else "seltener"
