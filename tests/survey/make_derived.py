"""What a release answers beyond its tables, about the tables of make_release; figures that stand nowhere else."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from questionnaires.answers_of_release import (
    AreaDifference,
    Change,
    Changes,
    Coverage,
    CoverageRow,
    Differences,
    FunnelColumn,
    FunnelResult,
    FunnelStage,
    Quality,
    QualityCheck,
    SituationIndex,
    Situations,
)
from questionnaires.handover import Cell
from questionnaires.model import Value
from questionnaires.plan import CoarseStep
from tests.survey.make_release import ALONE, CELLS, GROUPS, HIDDEN, share, table, tables

KREIS, NORD, NORD_1, SUED_1 = GROUPS[:4]
SUED_READABLE = SUED_1.model_copy(update={"base": 85})


def differences() -> Differences:
    """„Geld“ is named more in Nord 1, surely; „Zeit“ perhaps; both against the rest and against Süd 1."""
    found = [
        AreaDifference(table="wichtig", row=row, here=here, there=there, more=more, verdict=verdict)
        for row, here, there, more, verdict in (
            ("2", "nord-1", "kreis", True, "secured"), ("1", "nord-1", "kreis", True, "hint"),
            ("2", "nord-1", "sued-1", True, "secured"),
        )
    ]  # fmt: skip
    return Differences(tables=("wichtig", "angebote.bus-grob"), differences=tuple(found), notes=("Geprüft nach Holm.",))


def funnels() -> tuple[FunnelResult, ...]:
    def stages(known: Cell, used: Cell) -> tuple[FunnelStage, ...]:
        return (FunnelStage(id="known", label="kennen", cell=known), FunnelStage(id="used", label="nutzen", cell=used))

    columns = (
        FunnelColumn(group=KREIS, stages=stages(share(66), share(19))),
        FunnelColumn(group=NORD_1, stages=stages(share(61), HIDDEN)),
    )
    return (
        FunnelResult(
            id="bus", title="Rufbus", question="angebote", question_title="Frage angebote?", base_note="Alle.",
            columns=columns,
        ),
    )  # fmt: skip


def coverage() -> Coverage:
    rows = (
        CoverageRow(kind="district", label="Musterkreis", returns=1193, known=4210, reached=0.28, said="Jede vierte."),
        CoverageRow(kind="area", label="Nord 1", returns=105, known=905, reached=0.12, said="Weniger als im Kreis."),
        CoverageRow(kind="door", label="Kita", returns=735, said="Die meisten."),
    )
    return Coverage(rows=rows, bounds=(), to_bring=("Kinder nach Alter.",), notes=("Rücklauf ist keine Quote.",))


def situations() -> Situations:
    cells = (share(34), share(38), HIDDEN)
    index = SituationIndex(
        dimension="material", title="materielle Lage", level="area", items=(), groups=(KREIS, NORD_1, SUED_1),
        cells=cells, said="Gleich.",
    )  # fmt: skip
    return Situations(indices=(index,))


def changes() -> Changes:
    one = Change(
        table="wichtig", title="Frage wichtig?", row="2", row_label="Geld", group=KREIS, before=share(36),
        now=share(47), verdict="secured", p=0.001,
    )  # fmt: skip
    return Changes(
        wave="fam-24", wave_title="Familien 2024", closes_on=date(2024, 3, 31), n_compared=9, changes=(one,),
        not_comparable=(),
    )  # fmt: skip


def quality() -> Quality:
    check = QualityCheck(id="doppelt", title="gleiche Bögen", count=None, excluded=False, said="Keine oder nur wenige.")
    return Quality(checks=(check,))


def derived_files(**changed: Value | Sequence[Value] | None) -> dict[str, bytes]:
    """Return the files; a part that is None is left out."""
    parts: dict[str, Any] = {
        "differences": differences(), "funnels": funnels(), "coverage": coverage(), "situations": situations(),
        "changes": changes(), "quality": quality(),
    } | changed  # fmt: skip
    return {f"{name}.json": _json(part) for name, part in parts.items() if part is not None}


def _json(part: Any) -> bytes:
    dumped = [one.model_dump(mode="json") for one in part] if isinstance(part, tuple) else part.model_dump(mode="json")
    return json.dumps(dumped, ensure_ascii=False).encode()


STEPS = (CoarseStep(title="gut", codes=(1,)), CoarseStep(title="mittel", codes=(2,)), CoarseStep(title="s", codes=(3,)))


def rich(**more: Any) -> dict[str, Any]:
    """Arguments of make_release: everything a release may hold, and a scale whose good end carries in Nord 1."""
    from tests.survey import cast

    rows = tuple(row.model_copy(update={"id": f"g{i}"}) for i, row in enumerate(table("x", "x").rows, start=1))
    good = ((share(57), share(72), share(72), HIDDEN, HIDDEN, share(58)), *CELLS[1:])
    bus = table("angebote.bus-grob", "Frage angebote? – Bus (zusammengefasst)", item="bus", rows=rows, cells=good)
    plan = cast.plan(filters=(ALONE,), coarse={"angebote": STEPS}, hardships={"angebote.bus": (3,)})
    made = tables() | {"angebote.bus-grob": ("zwei", bus)}
    return {"made": made, "plan": plan, "extra_files": derived_files()} | more
