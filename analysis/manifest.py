"""What a release says of itself: how it was made, what protects it, what it holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from analysis import __version__
from analysis.combine import Precision
from analysis.disclosure import COARSE, MEAN, Published
from analysis.estimates import add_up, kish_n_eff
from analysis.extract import Extract
from analysis.german import answer_counts, certainty, rules
from analysis.topics import Topic
from analysis.weighting import Prepared
from questionnaires.handover import Manifest, Protection, ReleaseTable, TableEntry, Weighting
from questionnaires.model import text_in
from questionnaires.plan import PublicationPlan

Table = Published[ReleaseTable]


@dataclass(frozen=True)
class Made:
    """A protected table and the topic it is about."""

    topic: Topic
    table: Table


def _n_eff(extract: Extract) -> float:
    if extract.weight is None:
        return float(extract.n)
    return float(kish_n_eff(add_up(np.zeros(extract.n, dtype=np.int64), 1, extract.weight))[0])


def precision(extract: Extract) -> Precision:
    """Return how much the wave's answers say, by Kish's design effect rounded to two decimals."""
    return Precision(round(extract.n / _n_eff(extract), 2), extract.weight is not None)


def manifest_of(
    prepared: Prepared, plan: PublicationPlan, made: Sequence[Made], files: dict[str, bytes],
    weighting: Weighting | None,
) -> Manifest:  # fmt: skip
    """Return what a release says of itself."""
    extract = prepared.extract
    fieldwork, codebook = extract.fieldwork, extract.codebook
    weighted = extract.weight is not None
    headline = codebook.questionnaire.headline_question
    return Manifest(
        wave=fieldwork.wave,
        wave_title=fieldwork.title,
        district=codebook.district.name,
        questionnaire=text_in(codebook.questionnaire.title, "de")[0],
        questionnaire_hash=codebook.questionnaire_hash,
        extract_sha256=extract.sha256,
        analysis_version=__version__,
        opens_on=fieldwork.opens_on,
        closes_on=fieldwork.closes_on,
        simulated=fieldwork.simulated,
        weighted=weighted,
        n_responses=fieldwork.n_responses,
        design_effect=precision(extract).effect if weighted else None,
        n_eff=_rounded_n_eff(extract) if weighted else None,
        weighting=weighting,
        division=codebook.district.division,
        provisional_areas=any(area.provisional for area in codebook.district.areas),
        plan=plan,
        headline_table=headline if any(one.table.value.id == headline for one in made) else None,
        tables=tuple(entry(one) for one in made),
        protection=_protection([one.table.value for one in made]),
        rules=(
            *rules(plan, weighted=weighted, weighting=weighting, corrected=_corrected(prepared)),
            *_certainty(extract),
            *answer_counts(codebook.questionnaire, _counted(extract), extract.n, max(plan.k, plan.k_sensitive)),
        ),
        files={name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())},
    )


def _rounded_n_eff(extract: Extract) -> int:
    return round(_n_eff(extract) / 10) * 10


def _certainty(extract: Extract) -> Iterator[str]:
    if extract.weight is not None:
        yield certainty(extract.fieldwork.n_responses, _rounded_n_eff(extract), precision(extract).effect)


def _corrected(prepared: Prepared) -> bool:
    return prepared.design is not None and bool((prepared.design.left < 1).any())


def _counted(extract: Extract) -> dict[str, int]:
    """Count own words and consents by question."""
    flags = [column for column in extract.codebook.columns if column.role == "flag"]
    given = {column.question: int((extract.columns[column.name] == 1).sum()) for column in flags}
    return {**dict(sorted(extract.n_texts.items())), **given}


def entry(one: Made) -> TableEntry:
    """Return the index entry of a table."""
    table = one.table.value
    item = None if table.id == table.question + MEAN else table.item
    return TableEntry(
        id=table.id, question=table.question, item=item, title=table.title, kind=one.topic.kind, page=one.topic.page,
        n_groups=len(table.groups),
    )  # fmt: skip


def _protection(tables: list[ReleaseTable]) -> Protection:
    """Count states over the tables of shares; means and coarse steps come on top of them."""
    states = [cell.state for t in tables if not t.id.endswith((MEAN, COARSE)) for row in t.cells for cell in row]
    return Protection(
        n_cells=len(states),
        n_number=states.count("number"),
        n_uncertain=states.count("uncertain"),
        n_words=states.count("words"),
        n_hidden=states.count("hidden"),
    )
