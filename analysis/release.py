"""Make a release from an extract: the only writer.

A release is written into a temporary folder beside its place and takes its name in one step: it is there whole or not
at all. The same extract, plan and version give the same bytes; nothing in it tells when or where it was made.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from analysis.answer_findings import answer_findings
from analysis.answers import Answers, answer_files, answers_of, read_earlier, since_of
from analysis.areas import Layout, make_layout, with_crossings
from analysis.audit import audit_of, read_beside
from analysis.audit_frame import Told
from analysis.changes import EarlierRelease
from analysis.comparisons import area_comparisons
from analysis.coverage import Fielded
from analysis.disclosure import COARSE, count_means, protect, scale_means
from analysis.errors import ExtractError, NotAnonymised, ReleaseDamaged, ReleaseExists
from analysis.exact_repair import Beside
from analysis.extract import Extract, read_extract
from analysis.figures import plotly_of, svg_of
from analysis.final_audit import ReleaseUnsafe, check_written
from analysis.findings import write_findings
from analysis.manifest import Made, Table, entry, manifest_of, precision
from analysis.needs import rank_ranges
from analysis.own_words import quotes_file, released_quotes, theme_tables
from analysis.plan_check import check_plan
from analysis.quality import sort_out
from analysis.sheets import csv_of, weights_csv_of
from analysis.side_by_side import in_order
from analysis.topics import Topic, count_topic, count_values, make_topics
from analysis.weighting import Prepared, prepare, report
from questionnaires.handover import Finding, Manifest, RankRange
from questionnaires.model import text_in
from questionnaires.plan import PublicationPlan

MAX_ATTEMPTS = 3
"""What all tables together tell is known only when they are made; each attempt knows what the one before told."""

Progress = Callable[[float, str], None]


def _no_progress(done: float, step: str) -> None:
    """Say nothing."""


def make_release(
    extract_folder: Path, out_folder: Path, progress: Progress = _no_progress, since: Path | None = None,
    published: Sequence[Path] = (), processes: int = 1,
) -> Manifest:  # fmt: skip
    """Read an extract, estimate, protect and write a release.

    Parameters
    ----------
    extract_folder : Path
    out_folder : Path
        must not exist yet; its parent is made if needed
    progress : callable
        called with the part done [0…1] and the step in German
    since : Path or None
        release of an earlier wave that changes are measured from
    published : sequence of Path
        releases anybody could have seen, withdrawn ones too: the attacker knows those of this wave
    processes : int
        2: questions are protected in two processes; the bytes are the same

    Returns
    -------
    Manifest
        as written

    Raises
    ------
    ReleaseExists
        if there is something at `out_folder`
    ExtractError
        if the extract or its plan is not as agreed
    NotAnonymised
        if the wave may still change
    ProtectionFailed, ReleaseUnsafe, OtherResponses
        if a table cannot be made safe, the attacker finds something in what was written, or an
        earlier release of the wave rests on different responses
    ReleaseDamaged, ReleasesNotComparable
        if the earlier release is not whole, or not of an earlier wave of this district
    """
    if out_folder.exists():
        raise ReleaseExists(out_folder)
    progress(0.0, "Auszug lesen und prüfen")
    extract = _read_checked(extract_folder)
    job = _Job(extract.fieldwork.plan, out_folder, progress, _read_earlier(since, extract), tuple(published), processes)
    try:
        return _make_safe(job, extract)
    except ReleaseUnsafe:
        if not job.plan.crossed:
            raise
    progress(0.0, "Noch einmal, ohne Gruppen in Großräumen")
    return _make_safe(replace(job, inside=False), extract)


@dataclass(frozen=True)
class _Job:
    """What a release is to be made with."""

    plan: PublicationPlan
    out_folder: Path
    progress: Progress
    earlier: EarlierRelease | None
    published: tuple[Path, ...]
    processes: int
    inside: bool = True
    """whether the plan's questions are crossed with filters inside Großräume"""
    told: Told | None = None
    """what the attempt before told of groups"""


def _make_safe(job: _Job, extract: Extract) -> Manifest:
    """Try again with what the attacker knew, as long as hiding more may help against what he found."""
    for _ in range(MAX_ATTEMPTS - 1):
        try:
            return _make(job, extract)
        except ReleaseUnsafe as unsafe:
            if unsafe.told is None:
                raise
            job.progress(0.0, "Noch einmal: Es war noch etwas zu schützen")
            job = replace(job, told=unsafe.told)
    return _make(job, extract)


def _make(job: _Job, extract: Extract) -> Manifest:
    plan, beside = job.plan, replace(read_beside(job.published, extract), told=job.told)
    extract, quality = sort_out(extract, plan)
    prepared = prepare(extract, plan)
    layout = make_layout(prepared.extract, plan)
    made = list(_protected_tables(prepared, layout, job, beside))
    job.progress(0.85, "Bilder und Sätze schreiben")
    extract, tables = prepared.extract, {one.table.value.id: one.table for one in made}
    weighting = report(prepared, plan, layout, {name: table.value for name, table in tables.items()})
    fielded = Fielded(extract, layout, plan, tables, weighting)
    answers = answers_of(fielded, [entry(one) for one in made], quality, job.earlier, precision(extract))
    files, findings = _contents(extract, plan, made, answers)
    if weighting is not None:
        files["weights.csv"] = weights_csv_of(weighting, extract.fieldwork.title, simulated=extract.fieldwork.simulated)
    more = {"since": since_of(job.earlier), "audit": audit_of(beside, [one.table.value for one in made])}
    manifest = manifest_of(prepared, plan, made, files, weighting).model_copy(update=more)
    job.progress(0.9, "Den fertigen Ergebnisstand angreifen")
    _write(job, {**files, "manifest.json": _json(manifest.model_dump(mode="json"))}, beside)
    job.progress(1.0, f"Fertig: {len(made)} Tabellen, {len(findings)} Befunde")
    return manifest


def _read_checked(folder: Path) -> Extract:
    extract = read_extract(folder)
    if not extract.fieldwork.anonymised:
        raise NotAnonymised(extract.fieldwork.wave)
    if problems := check_plan(extract.fieldwork.plan, extract.codebook):
        raise ExtractError(problems)
    return extract


# ---------- tables


def _protected_tables(
    prepared: Prepared, layout: Layout, job: _Job, beside: Beside
) -> Iterator[Made]:
    extract, plan = prepared.extract, job.plan
    topics = make_topics(extract, plan)
    by_steps: dict[str, list[tuple[Topic, Table]]] = {}

    def make(number: int) -> tuple[list[Table], Beside]:
        """Protect one topic, knowing only what is known before all topics."""
        own = Beside(beside.earlier, beside.n_earlier, beside.names, told=beside.told)
        tables = list(_tables_of(topics[number], prepared, layout, plan, own, inside=job.inside))
        return tables, replace(own, earlier={}, told=None)

    with closing(in_order(make, len(topics), job.processes)) as found:
        for i, topic in enumerate(topics):
            job.progress(0.1 + 0.75 * i / len(topics), f"Frage {i + 1} von {len(topics)} rechnen und schützen")
            tables, own = next(found)
            beside.add(own)
            yield from (Made(topic, table) for table in tables)
            if _has_mean(topic, extract):
                by_steps.setdefault(topic.question, []).append((topic, tables[0]))
                if i + 1 == len(topics) or topics[i + 1].question != topic.question:
                    yield from _scale_means(by_steps[topic.question], extract)
    yield from (Made(topic, table) for topic, table in theme_tables(extract, plan, beside))


def _tables_of(
    topic: Topic, prepared: Prepared, layout: Layout, plan: PublicationPlan, beside: Beside, *, inside: bool = True
) -> Iterator[Table]:
    extract, crossed = prepared.extract, None
    cube = count_topic(topic, extract, layout, extract.weight, prepared.design)
    if inside and topic.question in plan.crossed:
        wide = with_crossings(layout, plan)
        crossed = count_topic(topic, extract, wide, extract.weight, prepared.design), wide
    tables = protect(topic, cube, layout, plan, beside, crossed)
    yield from tables
    if topic.kind == "counts":
        values = count_values(topic, extract, layout, extract.weight)
        means = count_means(tables[0], values, layout, max(plan.k, tables[0].value.k))
        if _shows_anything(means):
            yield means


def _scale_means(tables: list[tuple[Topic, Table]], extract: Extract) -> Iterator[Made]:
    question = tables[0][0].question
    title = text_in(extract.codebook.questionnaire.questions[question].text, "de")[0]
    means = scale_means(question, title, tables, precision(extract).effect)
    if means is not None:
        yield Made(tables[0][0], means)


def _shows_anything(table: Table) -> bool:
    return any(cell.state != "hidden" for row in table.value.cells for cell in row)


def _has_mean(topic: Topic, extract: Extract) -> bool:
    """Say whether a question's steps are degrees: scales, and batteries with a coarse scale, but no funnel steps."""
    funnels = "".join(funnel.model_dump_json() for funnel in extract.codebook.questionnaire.funnels)
    if topic.per_response > 1:  # its interval would need the siblings, and shares do not tell of them
        return False
    rated = topic.kind == "scale" or (topic.kind == "battery" and bool(topic.coarse))
    return rated and f'"{topic.question}"' not in funnels


# ---------- files


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode("utf-8")


def _read_earlier(folder: Path | None, extract: Extract) -> EarlierRelease | None:
    if folder is None:
        return None
    return read_earlier(folder, read_release(folder), extract.fieldwork, extract.codebook.district.name)


def _contents(
    extract: Extract, plan: PublicationPlan, made: Sequence[Made], answers: Answers
) -> tuple[dict[str, bytes], tuple[Finding, ...]]:
    fieldwork = extract.fieldwork
    files: dict[str, bytes] = {}
    for one in made:
        table = one.table.value
        files[f"tables/{table.id}.json"] = _json(table.model_dump(mode="json", exclude_none=True))
        files[f"tables/{table.id}.csv"] = csv_of(
            one.table, fieldwork.title, simulated=fieldwork.simulated,
            of_mentions=one.topic.kind in {"multiple", "ranking"},
        )  # fmt: skip
        if table.measure != "mean":
            files[f"figures/{table.id}.svg"] = svg_of(one.table).encode("utf-8")
            files[f"figures/{table.id}.json"] = _json(plotly_of(one.table))
    files |= answer_files(answers, fieldwork)
    findings = _findings(extract, plan, made)
    fallback = extract.codebook.questionnaire.headline_question or made[0].table.value.id
    findings = (*findings, *answer_findings(answers, plan, fallback))
    files["findings.json"] = _json([finding.model_dump(mode="json") for finding in findings])
    files |= quotes_file(released_quotes(extract))
    independent = [one.table for one in made if one.topic.per_response == 1]
    compared = area_comparisons(independent, precision(extract))
    files["differences.json"] = _json(compared.model_dump(mode="json"))
    files["ranks.json"] = _json([rank.model_dump(mode="json") for rank in _ranks(extract, made)])
    return files, findings


def _ranks(extract: Extract, made: Sequence[Made]) -> Iterator[RankRange]:
    headline = extract.codebook.questionnaire.headline_question
    for table in (one.table for one in made if one.table.value.id == headline):
        yield from (rank for group in table.value.groups for rank in rank_ranges(table, group.id))


def _findings(extract: Extract, plan: PublicationPlan, made: Sequence[Made]) -> tuple[Finding, ...]:
    questionnaire = extract.codebook.questionnaire
    filters = {rule.question for rule in plan.filters}
    headline = next((one.table for one in made if one.table.value.id == questionnaire.headline_question), None)
    coarse = {one.topic.id for one in made if one.table.value.id.endswith(COARSE)}
    others = [
        one.table
        for one in made
        if one.table is not headline
        and one.table.value.measure != "mean"
        and one.table.value.id not in coarse
        and one.topic.question not in filters
        and one.topic.per_response == 1  # the comparison counts every answer as independent, siblings are not
        and (questionnaire.questions[one.topic.question].field or questionnaire.questions[one.topic.question].dimension)
    ]
    return write_findings(headline, others, plan, precision(extract))


def _write(job: _Job, files: dict[str, bytes], beside: Beside) -> None:
    out_folder = job.out_folder
    out_folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{out_folder.name}-", dir=out_folder.parent))
    try:
        for name, data in files.items():
            path = temporary / name
            path.parent.mkdir(exist_ok=True)
            with path.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        check_written(temporary, job.published, beside.seeds)
        if out_folder.exists():
            raise ReleaseExists(out_folder)
        temporary.rename(out_folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


# ---------- reading back


def read_release(folder: Path) -> Manifest:
    """Read a release's manifest and check every file against it.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    Manifest

    Raises
    ------
    ReleaseDamaged
        naming files that are missing, changed or not in the manifest
    """
    path = folder / "manifest.json"
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except (OSError, ValueError):
        raise ReleaseDamaged(
            [f"In „{folder.name}“ ist kein lesbares manifest.json: Das ist kein Ergebnisstand."]
        ) from None
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} - {"manifest.json"}
    problems = [f"Die Datei {name} fehlt." for name in sorted(set(manifest.files) - there)]
    problems += [f"Die Datei {name} gehört nicht zum Ergebnisstand." for name in sorted(there - set(manifest.files))]
    for name in sorted(there & set(manifest.files)):
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != manifest.files[name]:
            problems.append(f"Die Datei {name} wurde verändert.")
    if problems:
        raise ReleaseDamaged(problems)
    return manifest
