"""On made-up questionnaires and answers, script, style sheet and server show the same questions."""

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, Route

from questionnaires.answers import parse_answers
from questionnaires.children import sections_of
from questionnaires.flow import given_in
from questionnaires.model import Questionnaire
from survey import create_app
from survey.respond.document import Instrument, render_document
from survey.respond.styles import css_decides
from survey.settings import Settings
from tests.browser.test_conditions_agree import BY_SCRIPT, BY_STYLE, shown_in
from tests.generated import form, questionnaire
from tests.survey.cast import district, notices, wave

pytestmark = pytest.mark.browser
#: Questionnaires at the desk (beside those found) and in the long proof, and answers to each.
N_QUESTIONNAIRES, N_PROVED, N_FORMS = 3, 500, 25
#: Found things to mend: a page per child that nobody can get, „at most“ on a number that is asked for each child, and
#: there a condition on a question that children of other ages only are asked.
FOUND = (116, 135, 225)
HERE = "http://127.0.0.1:9/b/fam-26"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    data = tmp_path_factory.mktemp("generated")
    made = create_app(Settings(data=data, database_url=f"sqlite:///{data / 'f.sqlite3'}"))
    yield made
    made.extensions["familienstimme"].store.close()


def document_of(app: Flask, asked: Questionnaire, plain: bool) -> str:
    with app.test_request_context("/"):
        return render_document(Instrument(wave(), district(), notices(), asked, "de"), plain=plain)


def served(page: Page, html: str) -> None:
    """Give the page this document; there is no server behind it."""

    def answer(route: Route) -> None:
        is_document = route.request.url == HERE
        route.fulfill(body=html if is_document else "", content_type="text/html", status=200 if is_document else 404)

    page.unroute_all()
    page.route("**/*", answer)
    page.goto(HERE)


def test_script_and_style_sheet_show_what_the_server_shows_on_made_up_questionnaires(
    app: Flask, phone: Page, proof: bool, count: Callable[[str, int], None]
) -> None:
    n_decided = n_conditions = 0
    seeds = [*FOUND, *range(N_PROVED if proof else N_QUESTIONNAIRES)]
    for seed in seeds:
        asked, chance = questionnaire(seed), random.Random(seed)
        forms = [form(asked, chance) for _ in range(N_FORMS)]
        checked = [parse_answers(asked, district(), sent) for sent in forms]
        assert [problem for one in checked for problem in one.problems] == []
        served(phone, document_of(app, asked, plain=False))
        by_script = shown_in(phone, forms, BY_SCRIPT)
        served(phone, document_of(app, asked, plain=True))
        by_style = shown_in(phone, forms, BY_STYLE)
        decided = {name for name in sections_of(asked).questions if css_decides(asked, name)}
        for sent, one, script, style in zip(forms, checked, by_script, by_style, strict=True):
            where = f"seed {seed}: {json.dumps(sent)}"
            assert script == set(one.shown), where
            assert style & decided == script & decided, where
            assert script <= style, f"{where}: a question the server asks must never be hidden"
        n_decided += len(decided)
        n_conditions += len(conditions(asked))
    assert n_decided > 5 * len(seeds)
    count("made-up questionnaires on which script, style sheet and server agree", len(seeds))
    count("… conditions in them", n_conditions)
    count("… questions whose place the style sheet alone decides", n_decided)
    count("… forms filled in, each three times", len(seeds) * N_FORMS)


def conditions(asked: Questionnaire) -> list[Any]:
    every = [page.show_if for page in asked.pages] + [question.show_if for question in asked.questions.values()]
    return [condition for condition in every if condition is not None]


def test_what_is_made_up_has_every_kind_chains_nesting_places_and_children() -> None:
    some = [questionnaire(seed) for seed in range(10)]
    kinds = {question.kind for asked in some for question in asked.questions.values()}
    assert len(kinds) == 11
    assert any(asked.repeating for asked in some)
    shapes = json.dumps([condition.model_dump(by_alias=True) for asked in some for condition in conditions(asked)])
    assert all(f'"{word}": ' in shapes for word in ("all", "any", "not", "area", "band", "at_most", "item"))
    assert max(chain(asked, name) for asked in some for name in asked.questions) >= 3


def chain(asked: Questionnaire, name: str) -> int:
    """Return how many conditions hang on one another at a question."""
    shown_if = asked.questions[name].show_if
    return 0 if shown_if is None else 1 + max((chain(asked, test.question) for test in given_in(shown_if)), default=0)


def test_made_up_questionnaires_are_the_same_for_the_same_seed() -> None:
    assert questionnaire(7) == questionnaire(7)
