"""A questionnaire written as a file and read again is the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires.check import check_text
from questionnaires.read import load_text
from questionnaires.write import data_of, write_questionnaire
from tests.bench_stage import shipped_questionnaires

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
