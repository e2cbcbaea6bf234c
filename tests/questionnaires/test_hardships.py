"""Every hardship that is proposed exists in the questionnaire that ships, so that no index silently loses an item."""

from pathlib import Path

import pytest

from questionnaires.hardships import PROPOSED, proposed_hardships
from questionnaires.model import Questionnaire
from questionnaires.plan import default_plan
from questionnaires.read import read_district, read_questionnaire
from questionnaires.region import District
from questionnaires.rules_plan import check_plan_for

CONTENT = Path(__file__).parents[2] / "questionnaires"


@pytest.mark.parametrize("name", sorted(PROPOSED))
def test_every_proposed_hardship_exists_and_the_default_plan_fits(name: str) -> None:
    asked = read_questionnaire(CONTENT / f"{name}.yaml")
    district = read_district(CONTENT / "regions" / "wartburgkreis.yaml")
    assert isinstance(asked, Questionnaire)
    assert isinstance(district, District)
    found = proposed_hardships(asked)
    assert {key.partition(".")[0] for key in found} == set(PROPOSED[name])
    plan = default_plan(asked, district)
    assert plan.hardships == found
    assert check_plan_for(plan, asked, district.areas) == ()
