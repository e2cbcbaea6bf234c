"""Questionnaires and answers made up from a seed: every kind, conditions nested and in chains, a page per child."""

import random
from dataclasses import dataclass, field
from typing import Any

from questionnaires.children import sections_of
from questionnaires.conditions import TESTS
from questionnaires.model import (
    Asked,
    Battery,
    Consent,
    Counts,
    Multiple,
    Number,
    PlaceQuestion,
    Questionnaire,
    Ranking,
    Text,
    choices,
)  # fmt: skip
from tests.survey.cast import district

KINDS = ("single", "multiple", "scale", "battery", "number", "counts", "ranking", "text", "consent", "info")
OF_A_CHILD = ("single", "multiple", "scale", "battery", "number", "text", "info")
AREAS = tuple(district().area_by_id)
Data = dict[str, Any]


def texts(words: str) -> dict[str, str]:
    return {"de": words}


@dataclass
class Maker:
    """Makes one questionnaire; remembers what conditions may look back at."""

    chance: random.Random
    rate: float
    """how many of the questions and pages get a condition"""
    before: list[Data] = field(default_factory=list)
    n_made: int = 0
    is_located: bool = False
    bands: tuple[str, ...] = ()
    """age bands, on the page that is asked for each child"""

    # --- conditions ---------------------------------------------------------------------------------------

    def shown_if(self) -> Data:
        """Conditions of a page look at earlier pages, those of a question at everything before it."""
        known = [question for question in self.before if TESTS[question["kind"]]]
        if self.chance.random() >= self.rate or not (known or self.is_located):
            return {}
        return {"show_if": self.condition(known, 0)}

    def condition(self, known: list[Data], depth: int) -> Data:
        kind = self.chance.choice(["test"] * (4 + depth) + ["all", "any", "not"])
        if kind == "test":
            return self.test(known)
        if kind == "not":
            return {"not": self.condition(known, depth + 2)}
        return {kind: [self.condition(known, depth + 2) for _ in range(self.chance.randint(2, 3))]}

    def test(self, known: list[Data]) -> Data:
        draw = self.chance.random()
        if self.bands and draw < 0.2:
            return {"band": self.chance.sample(self.bands, self.chance.randint(1, len(self.bands)))}
        if self.is_located and (draw > 0.9 or not known):
            return {"area": self.chance.sample(AREAS, self.chance.randint(1, len(AREAS)))}
        # What was asked last is looked at most, so that conditions hang on conditions.
        near = known[-4:] if self.chance.random() < 0.6 else known
        return self.test_on(self.chance.choice(near))

    def test_on(self, question: Data) -> Data:
        how = self.chance.choice(TESTS[question["kind"]])
        found: Data = {"question": question["id"], how: self.chance.random() < 0.7}
        if how == "is":
            codes = [option["code"] for option in question.get("options") or question["steps"]]
            found[how] = self.chance.sample(codes, self.chance.randint(1, min(3, len(codes))))
        elif how != "answered":
            found[how] = self.chance.randint(-1, 5)
        rows = question.get("items") or question.get("bands") or ()
        if rows and self.chance.random() < 0.5:
            found["item"] = self.chance.choice(rows)["id"]
        return found

    # --- questions ----------------------------------------------------------------------------------------

    def options(self, kind: str = "") -> list[Data]:
        found: list[Data] = [{"code": n, "text": texts(f"Antwort {n}")} for n in range(1, self.chance.randint(3, 6))]
        if kind and self.chance.random() < 0.4:
            found[-1]["other"] = True
        if kind == "multiple" and self.chance.random() < 0.4:
            found.append({"code": 90, "text": texts("Nichts davon"), "exclusive": True})
        if self.chance.random() < 0.4:
            found.append({"code": 98, "text": texts("Weiß ich nicht"), "missing": "dont_know"})
        return found

    def question(self, kind: str) -> Data:
        self.n_made += 1
        name = f"q{self.n_made}"
        more: Data = {}
        if kind in {"single", "multiple"}:
            more = {"options": self.options(kind)}
        elif kind == "ranking":
            more = {"options": [*self.options(), {"code": 91, "text": texts("Nichts"), "exclusive": True}]}
            more["top"] = 2
        elif kind in {"scale", "battery"}:
            more = {"steps": self.options()}
        elif kind == "number":
            more = {"maximum": 9}
        elif kind == "counts":
            more = {"bands": self.ages(), "maximum": self.chance.randint(1, 4)}
        if kind == "battery":
            more["items"] = [{"id": f"i{n}", "text": texts(f"Teil {n}")} for n in range(self.chance.randint(1, 3))]
        if kind == "multiple" and len(more["options"]) > 3 and self.chance.random() < 0.4:
            more["at_most"] = 2
        return {"id": name, "kind": kind, "text": texts(f"Frage {name}?"), **more}

    def ages(self) -> list[Data]:
        numbers = range(self.chance.randint(1, 3))
        return [
            {"id": f"b{n}", "text": texts(f"{3 * n} bis {3 * n + 2}"), "from_age": 3 * n, "to_age": 3 * n + 2}
            for n in numbers
        ]

    # --- pages --------------------------------------------------------------------------------------------

    def page(self, number: int, kinds: list[str]) -> Data:
        page: Data = {"id": f"s{number}", "title": texts(f"Seite {number}"), **self.shown_if()}
        return page | {"questions": list(map(self.asked, kinds))}

    def asked(self, kind: str) -> Data:
        made = self.question(kind) | self.shown_if()
        self.before.append(made)
        self.is_located = self.is_located or kind == "place"
        return made

    def page_per_child(self, number: int) -> list[Data]:
        """Ask a page for each child that an earlier question counts; no other page may look at its questions."""
        before = list(self.before)
        counting = [question for question in before if question["kind"] == "counts"]
        if not counting:
            return []
        page: Data = {"id": f"s{number}", "title": texts("Ihr Kind"), **self.shown_if()}
        over = self.chance.choice(counting)
        self.bands = tuple(band["id"] for band in over["bands"])
        page["questions"] = list(map(self.asked, self.chance.choices(OF_A_CHILD, k=self.chance.randint(1, 3))))
        page["repeat"] = {"over": over["id"], "at_most": self.chance.randint(2, 4), "per_band": 2}
        self.bands, self.before = (), before
        return [page]


def questionnaire(seed: int, n_pages: int = 6, rate: float = 0.6, n_questions: int = 3) -> Questionnaire:
    """Return a questionnaire that keeps to the rules; the same one for the same seed."""
    make = Maker(random.Random(seed), rate)
    pages, place_at = [], make.chance.randint(0, 1)
    child_at = make.chance.randint(2, n_pages - 1) if make.chance.random() < 0.7 else None
    for number in range(n_pages):
        kinds = make.chance.choices(KINDS, k=make.chance.randint(1, n_questions))
        pages.append(make.page(number, [*kinds, "place"] if number == place_at else kinds))
        if number == child_at:
            pages += make.page_per_child(n_pages)
    return as_questionnaire(f"g{seed}", pages)


def large_questionnaire(n_questions: int = 100, n_conditions: int = 20) -> Questionnaire:
    """Return a questionnaire of four questions a page, in which so many questions have a condition."""
    make = Maker(random.Random(100), rate=0)
    places = [*(kind for kind in KINDS if kind != "info"), "place"]
    conditional = set(make.chance.sample(range(len(places), n_questions), n_conditions))
    asked = []
    for number in range(n_questions):
        make.rate = number in conditional
        asked.append(make.asked(places[number] if number < len(places) else make.chance.choice(places[:-1])))
    pages = [asked[i : i + 4] for i in range(0, n_questions, 4)]
    return as_questionnaire("gross", [
        {"id": f"s{i}", "title": texts(f"Seite {i}"), "questions": questions} for i, questions in enumerate(pages)
    ])  # fmt: skip


def as_questionnaire(name: str, pages: list[Data]) -> Questionnaire:
    values = {
        "id": name, "title": texts("Erzeugt"), "headline": texts("Was fehlt?"), "intro": texts("Hallo."),
        "audience": "families", "minutes": 5, "pages": pages,
    }  # fmt: skip
    return Questionnaire.model_validate(values)


# --- answers ------------------------------------------------------------------------------------------------


def form(asked: Questionnaire, chance: random.Random) -> dict[str, list[str]]:
    """Return valid answers as a form sends them, also to questions that are not shown."""
    found: dict[str, list[str]] = {}
    for question in sections_of(asked).questions.values():
        if chance.random() < 0.8:
            found |= _answer(question, chance)
    return found


def _answer(question: Asked, chance: random.Random) -> dict[str, list[str]]:
    name = question.id
    codes = [str(option.code) for option in choices(question)]
    match question:
        case Multiple():
            return _several(question, chance)
        case Battery():
            return {f"{name}.{item.id}": [chance.choice(codes)] for item in question.items if chance.random() < 0.7}
        case Number():
            return {name: [str(chance.randint(question.minimum, question.maximum))]}
        case Counts():
            some = [band for band in question.bands if chance.random() < 0.7]
            return {f"{name}.{band.id}": [str(chance.randint(0, question.maximum))] for band in some}
        case Ranking():
            ranked = chance.choice([codes[-1:], chance.sample(_joinable(question), question.top)])
            return {f"{name}.{place}": [code] for place, code in enumerate(ranked, start=1)}
        case Text():
            return {name: [chance.choice(["Mehr Busse", "0", "été 🙂"])]}
        case PlaceQuestion():
            return {name: [chance.choice([*AREAS, *AREAS, "unknown", "elsewhere"])]}
        case Consent():
            return {name: ["1"]}
        case _:
            return {name: [chance.choice(codes)]} if codes else {}


def _joinable(question: Asked) -> list[str]:
    return [str(option.code) for option in choices(question) if not option.exclusive and not option.missing]


def _several(question: Multiple, chance: random.Random) -> dict[str, list[str]]:
    together = _joinable(question)
    alone = [str(option.code) for option in choices(question) if str(option.code) not in together]
    if alone and chance.random() < 0.3:
        return {question.id: [chance.choice(alone)]}
    most = min(question.at_most or len(together), len(together))
    return {question.id: sorted(chance.sample(together, chance.randint(1, most)), key=int)}
