"""Every piece of advice has a question that brings it up and one that does not; what ships brings up none."""

from typing import Any

import pytest

from questionnaires.advice import RULES, advise, longest_minutes
from questionnaires.model import Questionnaire
from tests.bench_stage import shipped_questionnaires


def options(*texts: str, **last: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"code": i, "text": {"de": text}} for i, text in enumerate(texts, start=1)]
    found[-1] |= last
    return found


def single(text: str = "Wie wohnen Sie?", **more: Any) -> dict[str, Any]:
    return {"kind": "single", "text": {"de": text}, "options": options("Miete", "Eigentum"), **more}


def battery(n: int) -> dict[str, Any]:
    items = [{"id": f"z{i}", "text": {"de": f"Ort {i}"}} for i in range(n)]
    return {"kind": "battery", "text": {"de": "Wie finden Sie …"}, "items": items, "steps": options("gut", "schlecht")}


def multiple(**last: Any) -> dict[str, Any]:
    return {"kind": "multiple", "text": {"de": "Was fehlt?"}, "options": options("Bus", "Arzt", "Nichts davon", **last)}


def judged(**last: Any) -> dict[str, Any]:
    return {
        "kind": "scale",
        "text": {"de": "Wie zufrieden sind Sie?"},
        "steps": options("gut", "schlecht", "–", **last),
    }


def children(*ranges: str) -> dict[str, Any]:
    return single("Wie viele Minuten?", options=options(*ranges))


LONG = (
    "Wenn Sie an die letzten zwölf Monate denken, wie oft haben Sie dann mit Ihren Kindern zusammen draußen etwas "
    "gemacht und gespielt?"
)
HARD = (
    "Welche Unterstützungsangebote der kommunalen Jugendhilfeplanung bewerten Familienangehörige hinsichtlich "
    "Öffnungszeiten, Erreichbarkeit, Barrierefreiheit, Kostenbeteiligung positiv?"
)
SECRET = options("ja", "nein", "Möchte ich nicht sagen", missing="prefer_not_to_say")
TRIGGERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "long-sentence": (single(LONG), single("Wie oft spielen Sie draußen? Denken Sie an das letzte Jahr.")),
    "nested-sentence": (
        single("Haben Sie das Amt, das hilft, wenn Geld fehlt, besucht?"),
        single("Sagen Sie, ob das Amt hilft."),
    ),
    "hard-text": (single(HARD), single("Hilft das Amt, wenn Ihnen Geld fehlt? Denken Sie an das letzte Jahr.")),
    "office-word": (single("Ist die Inanspruchnahme leicht?"), single("Ist es leicht, Hilfe zu nutzen?")),
    "two-thoughts": (single("Sind Kita sowie Hort gut?"), single("Sind Kita und Hort nah beieinander?")),
    "double-negation": (single("Ist es nicht so, dass Sie keine Zeit haben?"), single("Haben Sie keine Zeit?")),
    "no-way-out": (single(sensitive="money"), single(sensitive="money", options=SECRET)),
    "no-dont-know": (judged(), judged(missing="dont_know")),
    "ranges": (children("unter 10", "10 bis 20", "20 bis 30"), children("unter 10", "10 bis 19", "ab 20")),
    "same-options": (single(options=options("Ja", "ja ")), single(options=options("Ja", "Nein"))),
    "long-battery": (battery(8), battery(7)),
    "early-sensitive": (single(sensitive="money", options=SECRET), single()),
    "too-long": (battery(40), battery(3)),
    "no-none": (multiple(), multiple(exclusive=True)),
}


def codes(question: dict[str, Any]) -> set[str]:
    asked = Questionnaire.model_validate({
        "id": "rat", "title": {"de": "Rat"}, "headline": {"de": "Was?"}, "intro": {"de": "Kurz."},
        "audience": "families", "minutes": 1,
        "pages": [{"id": "eins", "title": {"de": "Eins"}, "questions": [{"id": "frage", **question}]}],
    })  # fmt: skip
    return {advice.code for advice in advise(asked)}


def test_every_rule_has_its_pair_of_questions() -> None:
    assert set(TRIGGERS) == set(RULES)


@pytest.mark.parametrize("code", TRIGGERS)
def test_advice_comes_where_it_applies_and_only_there(code: str) -> None:
    brings, does_not = TRIGGERS[code]
    assert code in codes(brings)
    assert code not in codes(does_not)


@pytest.mark.parametrize(("one", "other"), [("Oft", "Häufig"), ("Ab und zu", "Manchmal"), ("Eher gut", "Ziemlich gut")])
def test_options_that_mean_the_same_are_told(one: str, other: str) -> None:
    assert "same-options" in codes(single(options=options(one, other, "Nie")))


def test_ranges_with_a_gap_are_told_as_well() -> None:
    assert "ranges" in codes(children("bis 10", "12 bis 20"))


@pytest.mark.parametrize("name", shipped_questionnaires())
def test_the_shipped_questionnaires_need_no_advice(name: str) -> None:
    assert advise(shipped_questionnaires()[name]) == ()


def test_the_longest_way_grows_with_every_question() -> None:
    asked = shipped_questionnaires()["familien"]
    fewer = asked.with_pages(asked.pages[:-1])
    assert longest_minutes(fewer) < longest_minutes(asked) < 1.5 * asked.minutes
