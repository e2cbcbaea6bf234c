"""Need against known and used offers by Lebensphase and Handlungsfeld, and where an offer shines.

Everything follows from published shares. Places where a need stands without an offer are named in the order of the
district, never ranked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from analysis import display
from analysis.areas import DISTRICT
from analysis.combine import Reading, Share, cell_of, difference_of, share_of_codes
from analysis.contrast import SIGNIFICANCE, Contrast, against_rest, holm
from analysis.funnels import Ladder, ladder_of, stage_shares
from analysis.german import listed, percent
from questionnaires.answers_of_release import Gap, Gaps, Lighthouse
from questionnaires.handover import Cell, Group
from questionnaires.model import Asked, Item, choices, text_in

MIN_NAMED = 30
"""base a group needs before a single offer is named for it"""
NOTES = (
    "„Ungedeckt“ ist, wer ein Angebot braucht und es nicht nutzt, gemessen an allen, die es betrifft. Warum, sagen die "
    "Gründe bei den Angeboten.",
    "Leuchtturm heißt: Das Angebot ist im Sozialraum mindestens so bekannt wie im Kreis, wird gesichert (oder als "
    "Hinweis) häufiger genutzt als im übrigen Kreis, und im selben Handlungsfeld sind dort nicht mehr Befragte "
    f"unzufrieden. Genannt wird ein Sozialraum erst ab {MIN_NAMED} Betroffenen. Die Reihenfolge ist die des "
    "Landkreises, keine Rangfolge.",
)


@dataclass(frozen=True)
class _Offer:
    ladder: Ladder
    title: str
    item: Item | Asked


@dataclass(frozen=True)
class _Here:
    """An offer in one Sozialraum."""

    group: Group
    known: Share
    needed: Share
    used: Share
    value: float
    """the published share that uses it"""
    use: Contrast
    p: float
    """of the use, after Holm over the Sozialräume"""


def gaps_of(reading: Reading) -> Gaps:
    """Return need against offers, and lighthouses.

    Parameters
    ----------
    reading : Reading
        the questionnaire's items name field and life phases, its funnels the offers; the plan's `hardships` say which
        answers count as dissatisfied

    Returns
    -------
    Gaps
        sorted by Handlungsfeld in the order of the questionnaire
    """
    offers = list(_offers(reading))
    found = [*(_gap(offer, reading) for offer in offers), *_worries(reading)]
    fields = list(dict.fromkeys(gap.field for gap in found))
    lighthouses = [light for offer in offers if (light := _lighthouse(offer, reading))]
    return Gaps(
        gaps=tuple(sorted(found, key=lambda gap: (fields.index(gap.field), gap.kind))),
        lighthouses=tuple(lighthouses), notes=NOTES if found else (),
    )  # fmt: skip


def _offers(reading: Reading) -> Iterator[_Offer]:
    for funnel in reading.questionnaire.funnels:
        ladder = ladder_of(funnel)
        if ladder is not None and ladder.tables[0] in reading.tables:
            question_id, _, item_id = ladder.tables[0].partition(".")
            question = reading.questionnaire.questions[question_id]
            item = next((item for item in getattr(question, "items", ()) if item.id == item_id), question)
            yield _Offer(ladder, text_in(funnel.title, "de")[0], item)


def _stages(offer: _Offer, reading: Reading, group: str) -> dict[str, Share | None]:
    shares = stage_shares(offer.ladder, reading, group)
    return {step.id: share for step, share in zip(offer.ladder.funnel.steps, shares, strict=True)}


def _gap(offer: _Offer, reading: Reading) -> Gap:
    stages = _stages(offer, reading, DISTRICT)
    needed, used = stages.get("needed"), stages.get("used")
    unmet = difference_of(needed, used) if needed and used else None
    cells = {name: cell_of(stages.get(name), reading.precision) for name in ("known", "needed", "used")}
    cells["unmet"] = cell_of(unmet, reading.precision)
    some = next((share for share in stages.values() if share), None)
    return Gap(
        id=offer.ladder.funnel.id, title=offer.title, life_phases=offer.item.life_phase, field=offer.item.field or "",
        kind="offer", base=some.base if some else None, said=_gap_said(cells), **cells,
        rests_on=tuple(dict.fromkeys(ref for share in stages.values() if share for ref in share.refs)),
    )  # fmt: skip


def _gap_said(cells: dict[str, Cell]) -> str:
    needed, used, unmet = (cells[name].value for name in ("needed", "used", "unmet"))
    if needed is None or used is None:
        return "Für Zahlen zum ungedeckten Bedarf reichen die Antworten nicht."
    if unmet is None:
        return f"{percent(needed)} brauchen es; fast alle von ihnen nutzen es."
    return f"{percent(needed)} brauchen es, {percent(used)} nutzen es: Bei {percent(unmet)} ist der Bedarf ungedeckt."


def _worries(reading: Reading) -> Iterator[Gap]:
    for name, codes in reading.plan.hardships.items():
        question_id, _, item_id = name.partition(".")
        question = reading.questionnaire.questions.get(question_id)
        if question is None:
            continue
        item = next((item for item in getattr(question, "items", ()) if item.id == item_id), None)
        share = share_of_codes(reading.tables, name, codes, DISTRICT, reading.plan)
        field = (item.field if item else None) or question.field
        if share is None or not field:
            continue
        cell = cell_of(share, reading.precision)
        answers = " oder ".join(f"„{text_in(o.text, 'de')[0]}“" for o in choices(question) if o.code in codes)
        amount = percent(cell.value) if cell.value is not None else cell.words or "·"
        yield Gap(
            id=name, title=text_in(item.text if item else question.text, "de")[0],
            life_phases=(item.life_phase if item else ()) or question.life_phase, field=field, kind="satisfaction",
            dissatisfied=cell, base=share.base, said=f"{amount} antworten {answers}.", rests_on=share.refs,
        )  # fmt: skip


# ---------- lighthouses


def _lighthouse(offer: _Offer, reading: Reading) -> Lighthouse | None:
    whole = _stages(offer, reading, DISTRICT)
    known, needed = whole.get("known"), whole.get("needed")
    if known is None or needed is None:
        return None
    places = _places(offer, reading)
    shining = [
        place for place in places
        if place.use.more and place.use.p < SIGNIFICANCE and place.known.middle >= known.middle
        and _liked(offer, place.group, reading)
    ]  # fmt: skip
    without = [
        place for place in places
        if not place.use.more and place.use.p < SIGNIFICANCE and place.needed.middle >= needed.middle - 0.02
    ]  # fmt: skip
    if not shining:
        return None
    secured = all(place.p < SIGNIFICANCE for place in (*shining, *without))
    district = cell_of(whole.get("used"), reading.precision)
    shares = [share for place in (*shining, *without) for share in (place.known, place.needed, place.used)]
    return Lighthouse(
        offer=offer.ladder.funnel.id, title=offer.title, field=offer.item.field or "",
        shines_in=tuple(place.group.label for place in shining), needed_in=tuple(p.group.label for p in without),
        certainty="secured" if secured else "hint",
        said=_lighthouse_said(offer.title, shining, without, district),
        rests_on=tuple(dict.fromkeys(ref for share in shares for ref in share.refs)),
    )  # fmt: skip


def _places(offer: _Offer, reading: Reading) -> list[_Here]:
    """Return the Sozialräume whose use of an offer can be compared with the rest."""
    whole = _stages(offer, reading, DISTRICT).get("used")
    found = []
    for group in reading.tables[offer.ladder.tables[0]].value.groups if whole else ():
        here = _stages(offer, reading, group.id)
        known, needed, used = (here.get(name) for name in ("known", "needed", "used"))
        if group.level != "area" or (group.base or 0) < MIN_NAMED or not (known and needed and used and whole):
            continue
        contrast = against_rest(used, whole, reading.precision)
        value = cell_of(used, reading.precision).value
        if contrast and value is not None:
            found.append(_Here(group, known, needed, used, value, contrast, 1.0))
    corrected = holm([place.use.p for place in found])
    return [replace(place, p=p) for place, p in zip(found, corrected, strict=True)]


def _liked(offer: _Offer, group: Group, reading: Reading) -> bool:
    """Say whether no more families are dissatisfied in the offer's field than in the district; true if not asked."""
    for name, codes in reading.plan.hardships.items():
        question_id, _, item_id = name.partition(".")
        question = reading.questionnaire.questions.get(question_id)
        item = next((item for item in getattr(question, "items", ()) if item.id == item_id), None)
        field = (item.field if item else None) or (question.field if question else None)
        if field == offer.item.field:
            here, whole = (
                share_of_codes(reading.tables, name, codes, place, reading.plan) for place in (group.id, DISTRICT)
            )
            if here and whole and here.low > whole.high + display.ROUGH_STEP / 100:
                return False
    return True


def _lighthouse_said(title: str, shining: Sequence[_Here], without: Sequence[_Here], whole: Cell) -> str:
    district = f", im Kreis {percent(whole.value)}" if whole.value is not None else ""
    here = listed([f"{percent(place.value)} in {place.group.label}" for place in shining])
    said = f"„{title}“ nutzen {here}{district}. Bekannt ist das Angebot dort mindestens so gut wie im Kreis."
    if not without:
        return said
    there = listed([place.group.label for place in without])
    return f"{said} Denselben Bedarf bei weniger Nutzung gibt es in {there}: Dort lohnt der Blick, was anders ist."
