"""Rules about the page that is asked for each child."""

from __future__ import annotations

from questionnaires.children import is_repeatable
from questionnaires.messages import perhaps
from questionnaires.model import Counts
from questionnaires.rules import Found, Scene
from questionnaires.salvage import AnyKind


def wrong_repeats(scene: Scene) -> Found:
    """One page at most, for the children that an earlier question counts by age."""
    seen: list[str] = []
    is_second = False
    for i, page in enumerate(scene.questionnaire.pages):
        if page.repeat is not None:
            place = ("pages", i, "repeat")
            if is_second:
                yield place, "Schon eine Seite vorher fragt nach jedem Kind. Bitte die Fragen dort zusammenfassen."
            is_second = True
            if message := _wrong_over(scene, page.repeat.over, seen):
                yield (*place, "over"), message
        seen += [question.id for question in page.questions]


def _wrong_over(scene: Scene, name: str, seen: list[str]) -> str:
    over = scene.by_id.get(name)
    if over is None:
        return f"„over“ nennt die Frage „{name}“, die es nicht gibt.{perhaps(name, scene.by_id)}"
    if name not in seen:
        return f"„over“ nennt die Frage „{name}“. Nach den Kindern muss eine Seite vorher gefragt werden."
    if isinstance(over, AnyKind):
        return ""
    if not isinstance(over, Counts):
        return f"„over“ nennt die Frage „{name}“; sie muss „kind: counts“ haben."
    if any(band.from_age is None for band in over.bands):
        return f"„over“ nennt die Frage „{name}“. Ihre Altersgruppen brauchen „from_age“."
    return ""


def unrepeatable_kinds(scene: Scene) -> Found:
    """Where people live, what they agree to and what matters most is a household's, not a child's."""
    for place, question in scene.asked:
        page = scene.questionnaire.pages[int(place[1])]
        if page.repeat is not None and not is_repeatable(question):
            kind = getattr(question, "kind", "")
            message = f"„kind: {kind}“ geht nicht auf einer Seite, die für jedes Kind gestellt wird."
            yield (*place, "kind"), f"{message} Bitte „{question.id}“ auf eine andere Seite setzen."
