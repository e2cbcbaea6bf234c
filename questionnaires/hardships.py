"""Which answers speak of a hardship: the documented items of the indices of Lebenslagen.

The dimension of an item stands in the questionnaire; which of its answers count stands in the publication plan, so that
a district sees it and can change it. For the questionnaires that ship with the product this is the proposal. An index
is a mean over areas, never a score of a family.
"""

from __future__ import annotations

from collections.abc import Mapping

from questionnaires.model import Battery, Questionnaire, choices

Codes = tuple[int, ...]

_DISSATISFIED, _LATER_HALF, _FIRST_HALF = (1, 2), (3, 4), (1, 2)

#: questionnaire id → question or question.item → codes
PROPOSED: Mapping[str, Mapping[str, Codes]] = {
    "familien": {
        "zufriedenheit": _DISSATISFIED, "mobil": (5,), "rat": (3,), "kind_betreuung": (3, 4),
        "kind_freizeit": (2, 3, 4), "kind_start": (3,), "belastung": _LATER_HALF, "auskommen": _LATER_HALF,
    },
    "jugend": {
        "zufriedenheit": _DISSATISFIED, "treffen": (90,), "mobil": _LATER_HALF, "klasse": _LATER_HALF,
        "ausfall": _LATER_HALF, "mitreden": (3,), "befinden": _LATER_HALF, "sicher": _FIRST_HALF, "geldsorgen": (3,),
    },
    "jugend-10-13": {
        "freie_zeit": _LATER_HALF, "orte": (90,), "dabei": _FIRST_HALF, "sorgen": _LATER_HALF, "sicher": _FIRST_HALF,
        "reden": (90,),
    },
}  # fmt: skip


def proposed_hardships(questionnaire: Questionnaire) -> dict[str, Codes]:
    """Return the answers that speak of a hardship, of items that have a dimension and these codes.

    Parameters
    ----------
    questionnaire : Questionnaire

    Returns
    -------
    dict
        question, or question.item of a battery → codes; empty for questionnaires nobody made a proposal for
    """
    found: dict[str, Codes] = {}
    for name, codes in PROPOSED.get(questionnaire.id, {}).items():
        question = questionnaire.questions.get(name)
        if question is None or not set(codes) <= {o.code for o in choices(question) if o.missing is None}:
            continue
        if isinstance(question, Battery):
            found |= {f"{name}.{item.id}": codes for item in question.items if item.dimension or question.dimension}
        elif question.dimension:
            found[name] = codes
    return found
