"""The publication plan of a wave: told, edited, weighted, on the desk and on the command line."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from questionnaires.check import check_plan_text
from questionnaires.model import Questionnaire
from questionnaires.plan import PublicationPlan, default_plan
from questionnaires.read import read_district, read_questionnaire
from questionnaires.region import District
from questionnaires.write import write_plan
from survey.cli import REFUSED, run
from survey.plans import plan_of
from survey.records import KnownFamilies
from survey.services import EXTENSION, Services
from survey.store import Store, districts, waves
from tests.survey import cast
from tests.survey.cast import WAVE
from tests.survey.desk_tools import page

LogIn = Callable[[str], FlaskClient]
SHIPPED = Path(__file__).parents[2] / "questionnaires"
PLAN = f"/wellen/{WAVE}/plan"
MARGIN = f"{PLAN}/gewicht"


@pytest.fixture
def store(app: Flask) -> Store:
    found: Services = app.extensions[EXTENSION]
    return found.store


@pytest.fixture
def start(store: Store) -> PublicationPlan:
    """Give the wave the plan its questionnaire proposes."""
    plan = default_plan(cast.questionnaire(), district())
    districts.save_district(store, district())
    waves.save_plan(store, WAVE, plan.model_dump_json())
    return plan


def district() -> District:
    """The cast's, whose two Sozialräume lie apart and have no neighbour to join."""
    areas = tuple(area.model_copy(update={"joins": None}) for area in cast.district().areas)
    return cast.district().model_copy(update={"areas": areas})


def send(client: FlaskClient, address: str, **fields: str) -> TestResponse:
    [token, *_] = page(client.get(PLAN)).all("input", name="csrf_token")
    return client.post(address, data={"csrf_token": token["value"], **fields})


def kept(store: Store) -> PublicationPlan:
    return plan_of(waves.get_wave(store, WAVE))


def text_of(client: FlaskClient) -> str:
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", client.get(PLAN).get_data(as_text=True), re.DOTALL)
    assert found
    return unescape(found[1])


@pytest.mark.parametrize("region", sorted(SHIPPED.glob("regions/*.yaml")), ids=lambda path: path.stem)
@pytest.mark.parametrize("asked", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_proposed_plan_has_no_problem_and_reads_back_the_same(asked: Path, region: Path) -> None:
    questionnaire, where = read_questionnaire(asked), read_district(region)
    assert isinstance(questionnaire, Questionnaire)
    assert isinstance(where, District)
    plan = default_plan(questionnaire, where)
    assert check_plan_text(write_plan(plan), "Plan", questionnaire, where.areas) == (plan, ())


def test_an_edited_plan_is_kept_and_the_proposal_comes_back(
    log_in: LogIn, store: Store, start: PublicationPlan
) -> None:
    desk = log_in("coordinator")
    text = text_of(desk)
    assert send(desk, PLAN, text=text.replace("min_area_base: 30", "min_area_base: 40")).status_code == 303
    assert kept(store) == start.model_copy(update={"min_area_base": 40})
    assert "ab 40 Antworten" in page(desk.get(PLAN)).text
    assert send(desk, f"{PLAN}/vorschlag").status_code == 303
    assert kept(store) == start


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("k: 5", "k: 2", "Zeile"), ("k: 5", "k: fünf", "Zeile"), ("filters:", "filter:", "filter"),
        ("crossed: []", "crossed: [wichtisch]", "wichtisch"), ("k: 5", "k: [", "Zeile"),
    ],
)  # fmt: skip
def test_a_plan_with_problems_is_not_kept_and_not_lost(
    log_in: LogIn, store: Store, start: PublicationPlan, before: str, after: str, says: str
) -> None:
    desk = log_in("planner")
    text = text_of(desk)
    assert before in text
    answer = send(desk, PLAN, text=text.replace(before, after, 1))
    assert answer.status_code == 422
    assert says in " ".join(page(answer).text.split())
    assert after in unescape(answer.get_data(as_text=True))
    assert kept(store) == start


def test_weights_come_from_known_numbers_and_go_again(log_in: LogIn, store: Store, start: PublicationPlan) -> None:
    desk = log_in("coordinator")
    form = {"nach": "allein", "number-1": "250", "number-2": "1.750", "source": "Register", "missing": "own"}
    assert send(desk, MARGIN, **form).status_code == 303
    [margin] = kept(store).margins
    assert [(c.codes, c.number) for c in margin.categories] == [((1,), 250), ((2,), 1750)]
    assert send(desk, MARGIN, **(form | {"number-1": "300", "missing": "exclude"})).status_code == 303
    assert [(m.categories[0].number, m.missing) for m in kept(store).margins] == [(300, "exclude")]
    shown = desk.get(f"{MARGIN}?nach=allein").get_data(as_text=True)
    assert 'value="300"' in shown
    assert send(desk, f"{MARGIN}/allein/entfernen").status_code == 303
    assert kept(store) == start


def test_sozialraeume_are_offered_once_their_families_are_known(
    log_in: LogIn, store: Store, start: PublicationPlan
) -> None:
    desk = log_in("coordinator")
    form = {"nach": "sozialraum", "source": "Register", "missing": "own"}
    assert send(desk, MARGIN, **form).status_code == 422
    assert kept(store) == start
    numbers = {area.id: 100 for area in cast.district().areas}
    districts.save_known_families(store, "musterkreis", KnownFamilies("Register", numbers))
    assert send(desk, MARGIN, **form).status_code == 303
    assert [(m.id, m.question, m.categories) for m in kept(store).margins] == [("sozialraum", None, ())]
    sums = form | {"nach": "allein", "number-1": "1", "number-2": "2"}
    answer = send(desk, MARGIN, **sums)
    assert answer.status_code == 422
    assert "dieselben Familien" in page(answer).text


@pytest.mark.parametrize(
    "change", [{"number-1": "ein Viertel"}, {"source": ""}, {"missing": "raten"}, {"number-2": ""}]
)
def test_numbers_that_cannot_be_are_told_and_stay_in_the_form(
    log_in: LogIn, store: Store, start: PublicationPlan, change: dict[str, str]
) -> None:
    form = {"nach": "allein", "number-1": "250", "number-2": "1750", "source": "Register", "missing": "own"} | change
    answer = send(log_in("coordinator"), MARGIN, **form)
    assert answer.status_code == 422
    assert 'value="Register"' in answer.get_data(as_text=True) or "source" in change
    assert kept(store) == start


def test_who_may_only_look_changes_nothing(log_in: LogIn, store: Store, start: PublicationPlan) -> None:
    office = log_in("administrator")
    assert office.get(PLAN).status_code == 200
    assert office.get(f"{PLAN}.yaml").data.decode() == write_plan(start)
    for address in (PLAN, f"{PLAN}/vorschlag", MARGIN, f"{MARGIN}/allein/entfernen"):
        assert send(office, address, text="k: 3").status_code == 403
    assert kept(store) == start


def test_the_command_shows_and_replaces_a_plan(
    store: Store, start: PublicationPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("FAMILIENSTIMME_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("FAMILIENSTIMME_DATABASE_URL", f"sqlite:///{store.path}")
    file = tmp_path / "plan.yaml"
    assert run(["wave", "plan", WAVE]) == 0
    file.write_text(capsys.readouterr().out.replace("min_area_base: 30", "min_area_base: 60"), encoding="utf-8")
    assert run(["wave", "plan", WAVE, str(file)]) == 0
    assert kept(store).min_area_base == 60
    file.write_text("k: 1", encoding="utf-8")
    assert run(["wave", "plan", WAVE, str(file)]) == REFUSED
    assert "plan.yaml" in capsys.readouterr().err
    file.write_bytes("title: Süd".encode("cp1252"))
    assert run(["wave", "plan", WAVE, str(file)]) == REFUSED
    assert "UTF-8" in capsys.readouterr().err
    assert kept(store).min_area_base == 60
