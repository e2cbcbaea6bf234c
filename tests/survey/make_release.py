"""A small release folder as the analysis would write it, with a cell of every kind, about the cast's questionnaire."""

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

from questionnaires.handover import Cell, Finding, Group, Manifest, Protection, RankRange, ReleaseTable, Row, TableEntry
from questionnaires.plan import Filter, FilterGroup
from tests.survey import cast

GROUPS = (
    Group(id="kreis", label="Musterkreis", level="district", base=190),
    Group(id="zone-nord", label="Nord", level="zone", base=105, areas=("nord-1",)),
    Group(id="nord-1", label="Nord 1", level="area", base=105, provisional=True, areas=("nord-1",)),
    Group(id="sued-1", label="Süd 1", level="area", areas=("sued-1",)),
    Group(id="allein-1", label="ja", level="filter", filter="allein", base=45),
    Group(id="allein-2", label="nein", level="filter", filter="allein", base=140),
)
ALONE = Filter(
    id="allein", question="allein", title="Erziehen Sie allein?",
    groups=(FilterGroup(id="allein-1", title="ja", codes=(1,)), FilterGroup(id="allein-2", title="nein", codes=(2,))),
)  # fmt: skip
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" class="fs-figure" role="img" viewBox="0 0 720 156" '
    'aria-labelledby="fs-title fs-desc"><title id="fs-title">{title}</title><desc id="fs-desc">Geld: 47 %.</desc>'
    '<line class="fs-grid" x1="270" x2="270" y1="8" y2="128"/>'
    '<text class="fs-label" x="9" y="33">Geld</text><line class="fs-interval" x1="496" x2="562" y1="28" y2="28"/>'
    '<circle class="fs-mark" cx="528" cy="28" r="6"/>'
    '<text class="fs-label" x="9" y="73">Zeit</text><line class="fs-interval" x1="364" x2="430" y1="68" y2="68"/>'
    '<circle class="fs-mark" cx="397" cy="68" r="6"/>'
    '<text class="fs-label" x="9" y="113">Ruhe</text><text class="fs-hidden" x="278" y="115">·</text></svg>'
)
HIDDEN = Cell(state="hidden")
MORE = "eher häufiger als im Kreis"


def share(points: int, width: int = 12, state: Any = "number") -> Cell:
    low, high = max(points - width // 2, 0), min(points + width // 2, 100)
    return Cell(state=state, value=points / 100, low=low / 100, high=high / 100)


def words(text: str = MORE) -> Cell:
    return Cell(state="words", words=text)


CELLS = (
    (share(23), share(31), share(31), HIDDEN, HIDDEN, share(17)),
    (share(47), share(52), share(52), HIDDEN, share(40, 34, "uncertain"), share(48)),
    (HIDDEN, words(), words(), HIDDEN, HIDDEN, HIDDEN),
)


def table(table_id: str, title: str, **changes: Any) -> ReleaseTable:
    names = ("Zeit", "Geld", "Ruhe")
    values: dict[str, Any] = {
        "id": table_id, "question": table_id.partition(".")[0].partition("-")[0], "title": title,
        "base_note": "Anteile an allen, die geantwortet haben.", "measure": "share", "k": 5,
        "rows": tuple(Row(id=str(i), label=name) for i, name in enumerate(names, start=1)),
        "groups": GROUPS, "cells": CELLS, "notes": ("Die Einteilung ist vorläufig.",),
    }  # fmt: skip
    return ReleaseTable(**(values | changes))


def tables() -> dict[str, tuple[str, ReleaseTable]]:
    """Table id → page of the questionnaire and table, in its order."""
    only_district = {"groups": GROUPS[:1], "cells": tuple(row[:1] for row in CELLS)}
    mean = Cell(state="number", value=2.4, low=2.1, high=2.7)
    coarse = table("angebote.bus-grob", "Frage angebote? – Bus (zusammengefasst)", item="bus")
    return {
        "zufrieden": ("eins", table("zufrieden", "Frage zufrieden?", **only_district)),
        "angebote.bus": ("zwei", table("angebote.bus", "Frage angebote? – Bus", item="bus")),
        "angebote.bus-grob": ("zwei", coarse),
        "angebote.hort": ("zwei", table("angebote.hort", "Frage angebote? – Hort", item="hort")),
        "angebote-mittel": ("zwei", table(
            "angebote-mittel", "Frage angebote? (Mittelwerte)", measure="mean", rows=(Row(id="bus", label="Bus"),),
            groups=GROUPS[:1], cells=((mean,),),
        )),
        "wichtig": ("zwei", table("wichtig", "Frage wichtig?", measure="share_of_cases")),
    }  # fmt: skip


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _files(made: dict[str, tuple[str, ReleaseTable]], findings: tuple[Finding, ...]) -> dict[str, bytes]:
    files = {"findings.json": _json([finding.model_dump(mode="json") for finding in findings])}
    rank = RankRange(table="wichtig", group="kreis", row="2", best=1, worst=2)
    files["ranks.json"] = _json([rank.model_dump(mode="json")])
    for table_id, (_, made_table) in made.items():
        files[f"tables/{table_id}.json"] = made_table.model_dump_json().encode()
        files[f"tables/{table_id}.csv"] = f"\ufeffFrage;{table_id}\r\n".encode()
        if made_table.measure != "mean":
            files[f"figures/{table_id}.svg"] = PICTURE.format(title=table_id).encode()
            files[f"figures/{table_id}.json"] = _json(_figure())
    return files


def _figure() -> dict[str, Any]:
    trace = {
        "type": "scatter", "mode": "markers", "x": [47, 23], "y": ["Geld", "Zeit"], "marker": {"size": 12},
        "error_x": {"type": "data", "symmetric": False, "array": [6, 6], "arrayminus": [6, 6]},
        "text": ["47 Prozent (41 bis 53 Prozent)", "23 Prozent (17 bis 29 Prozent)"],
    }  # fmt: skip
    layout = {
        "xaxis": {"range": [0, 60]}, "yaxis": {"type": "category", "categoryarray": ["Ruhe", "Zeit", "Geld"]},
        "annotations": [{"x": 0, "y": "Ruhe", "text": "·"}], "showlegend": False,
    }  # fmt: skip
    return {"data": [trace], "layout": layout}


FINDINGS = (
    Finding(
        id="wichtig-vorn", headline="Geld fehlt am meisten", sentence="Das nennen 47 % (41 bis 53 %).", table="wichtig"
    ),
    Finding(id="wichtig-gebiete", headline="In Nord 1 fehlt mehr Geld", sentence="Nord 1: 52 %.", table="wichtig"),
    Finding(
        id="angebote.bus-gebiete", headline="Der Bus ist bekannt", sentence="Das sagen 47 %.", table="angebote.bus"
    ),
)


def make_release(
    folder: Path, *, made: dict[str, tuple[str, ReleaseTable]] | None = None, findings: tuple[Finding, ...] = FINDINGS,
    extra_files: dict[str, bytes] | None = None, **changes: Any,
) -> str:  # fmt: skip
    """Write a release and return the SHA-256 of its manifest; `changes` are fields of the manifest."""
    made = tables() if made is None else made
    files = _files(made, findings) | (extra_files or {})
    manifest = Manifest(**({
        "wave": cast.WAVE, "wave_title": "Familien 2026", "district": "Musterkreis", "questionnaire": "Familien",
        "questionnaire_hash": cast.questionnaire().hash, "extract_sha256": "e" * 64, "analysis_version": "0.1.0",
        "opens_on": date(2026, 3, 1), "closes_on": date(2026, 3, 31), "simulated": True, "weighted": False,
        "n_responses": 1193, "division": "Erfunden für Tests.", "provisional_areas": True,
        "plan": cast.plan(filters=(ALONE,)),
        "headline_table": "wichtig" if "wichtig" in made else None,
        "tables": tuple(
            TableEntry(id=key, question=one.question, item=one.item, title=one.title, kind="x", page=page, n_groups=6)
            for key, (page, one) in made.items()
        ),
        "protection": Protection(n_cells=80, n_number=50, n_uncertain=6, n_words=8, n_hidden=16),
        "rules": ("Gruppen unter 10 Befragten zeigen nichts.",),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    } | changes))  # fmt: skip
    for name, data in {**files, "manifest.json": manifest.model_dump_json().encode()}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
