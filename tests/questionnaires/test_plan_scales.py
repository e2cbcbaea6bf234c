"""The default plan takes steps of a scale together, so that few answers still say something."""

from pathlib import Path

import pytest

from questionnaires.model import Questionnaire
from questionnaires.plan import default_plan
from questionnaires.read import read_questionnaire
from tests.survey import cast

CONTENT = Path(__file__).parents[2] / "questionnaires"


@pytest.mark.parametrize(
    ("question", "steps"),
    [
        ("zufriedenheit", ["gar nicht oder wenig", "teils", "eher oder sehr"]),
        ("belastung", ["Gut oder Es geht", "Oft zu viel oder Fast immer zu viel"]),
        ("angebote", None),  # a ladder: who uses an offer also knows it
        ("kind_start", None),  # three steps are coarse already
    ],
)
def test_scales_of_four_and_five_steps_have_a_coarse_version(question: str, steps: list[str] | None) -> None:
    asked = read_questionnaire(CONTENT / "familien.yaml")
    assert isinstance(asked, Questionnaire)
    found = default_plan(asked, cast.district()).coarse.get(question)
    assert (found and [step.title for step in found]) == steps
