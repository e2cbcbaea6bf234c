"""A questionnaire written as a file and read again is the same."""

from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from questionnaires.check import check_data, check_text
from questionnaires.model import Questionnaire
from questionnaires.read import load_text
from questionnaires.write import data_of, write_questionnaire
from tests.bench_stage import shipped_questionnaires
from tests.conftest import PROOF
from tests.generated import questionnaire

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), min_size=1, max_size=60)
SCALARS = TEXTS | st.integers(-9999, 9999) | st.booleans()
HARD = [
    "null", "~", "yes", "on", "1", "1.5", "0x1f", "- a", "a: b", "# c", "*x", "&x", "!x", "'", '"', "{a}", "=1+1",
    "06636",
]  # fmt: skip


@pytest.mark.parametrize("name", shipped_questionnaires())
def test_a_shipped_questionnaire_comes_back_the_same(name: str) -> None:
    asked = shipped_questionnaires()[name]
    text = write_questionnaire(data_of(asked))
    again, problems = check_text(text, "datei.yaml")
    assert problems == ()
    assert again == asked
    assert again.hash == asked.hash


@given(st.dictionaries(st.text("abcdef_", min_size=1, max_size=8), SCALARS | st.lists(TEXTS, max_size=4), min_size=1))
def test_whatever_texts_say_they_come_back(data: dict[str, object]) -> None:
    found = load_text(write_questionnaire(data), "datei.yaml").source
    assert found.ok
    assert found.data == {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}


@pytest.mark.parametrize("text", HARD)
def test_texts_that_look_like_something_else_stay_texts(text: str) -> None:
    assert load_text(write_questionnaire({"title": {"de": text}}), "datei.yaml").source.data == {"title": {"de": text}}


def _bare_translations(value: Any) -> Any:
    """Texts in a second language, with all that breaks carelessly written YAML."""
    if isinstance(value, list):
        return [_bare_translations(part) for part in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"de"}:
        return {"de": value["de"], "ar": f"- {value['de']}: # 'مرحبا' 🏡"}
    return {name: _bare_translations(part) for name, part in value.items()}


@settings(max_examples=200 if PROOF else 5, phases=[Phase.generate], deadline=None)  # a seed has nothing to shrink
@given(st.integers(0, 10**6))
def test_any_questionnaire_designed_written_checked_and_read_is_identical(seed: int) -> None:
    data = {**_bare_translations(data_of(questionnaire(seed))), "languages": ["de", "ar"]}
    text = write_questionnaire(data)
    again, problems = check_text(text, "datei.yaml")
    found = check_data(data, "Entwurf")
    assert again == found[0]
    assert sorted(problem.code for problem in problems) == sorted(problem.code for problem in found[1])
    assert again == Questionnaire.model_validate(data)
    assert load_text(write_questionnaire(data_of(again)), "datei.yaml").source.data == load_text(text, "x").source.data
