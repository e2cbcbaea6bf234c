"""„Aus dem Fragenschatz“: questions and topics of published questionnaires, put into a draft with all they carry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from questionnaires.bank import Inserted, Topic, insert_question, insert_topic, topics_of
from questionnaires.model import Questionnaire
from survey.design import blueprint
from survey.design.drafting import asked_last_first
from survey.design.words import KIND_NAMES
from survey.security import needs
from survey.services import services
from survey.store import districts, questionnaires


@blueprint.get("/fragenschatz.json")
@needs("coordinator")
def bank() -> ResponseReturnValue:
    """Give all topics with their questions, in German; the texts themselves stay where they are until taken."""
    return jsonify(topics=[_as_json(topic) for topic in topics()])


@blueprint.post("/fragenschatz")
@needs("coordinator")
def take_from_bank() -> ResponseReturnValue:
    """Return the draft the script has, with a question or a topic in it; the script saves it like any other change."""
    sent = request.get_json(silent=True) or {}
    found = _inserted(sent) if isinstance(sent, dict) and isinstance(sent.get("data"), dict) else None
    if found is None:
        return jsonify(problem="Diese Frage gibt es im Fragenschatz nicht mehr."), 404
    taken = found.data != sent["data"]
    return jsonify(data=found.data, taken=taken, page=found.page, question=found.question, said=found.said)


def topics() -> tuple[Topic, ...]:
    """Return the topics of all published questionnaires."""
    return topics_of(asked_last_first())


def start_with(data: dict[str, Any], wanted: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    """Return a blank draft with topics, named `hash/page`, and what could not come along.

    Its own page with the place question goes where a topic brings one.
    """
    blank: dict[str, Any] = {**data, "pages": []}
    said: list[str] = []
    for name in wanted:
        source, _, page = name.partition("/")
        asked = _source(source)
        if asked is not None and any(one.id == page for one in asked.pages):
            found = insert_topic(blank, asked, page, len(blank["pages"]), _areas())
            blank, said = found.data, [*said, *found.said]
    kinds = {question.get("kind") for page in blank["pages"] for question in page["questions"]}
    return ({**blank, "pages": [*data["pages"], *blank["pages"]]} if "place" not in kinds else blank), said


def _inserted(sent: dict[str, Any]) -> Inserted | None:
    asked = _source(str(sent.get("source")))
    page, at = sent.get("page"), sent.get("question")
    if asked is None or not isinstance(page, int) or not isinstance(at, int):
        return None
    if sent.get("id") in asked.questions:
        return insert_question(sent["data"], asked, str(sent["id"]), page, at, _areas())
    if any(one.id == sent.get("topic") for one in asked.pages):
        return insert_topic(sent["data"], asked, str(sent["topic"]), page, _areas())
    return None


def _source(digest: str) -> Questionnaire | None:
    return questionnaires.find_questionnaire(services().store, digest)


def _areas() -> list[str]:
    return [area.id for one in districts.list_districts(services().store) for area in one.areas]


def _as_json(topic: Topic) -> dict[str, Any]:
    items = [
        {"id": one.id, "kind": KIND_NAMES[one.kind], "text": one.text, "concept": one.concept, "field": one.field,
         "phases": one.life_phase, "why": one.why}
        for one in topic.items
    ]  # fmt: skip
    return {"source": topic.source, "of": topic.questionnaire, "page": topic.page, "title": topic.title,
            "audience": topic.audience, "languages": topic.languages, "items": items}  # fmt: skip
