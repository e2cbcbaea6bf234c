"""What goes back to young people: a sheet for each school with enough answers, never one school beside another."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from questionnaires.handover import Group
from questionnaires.plan import Filter, FilterGroup
from survey.store import Store, questionnaires
from tests.survey import cast
from tests.survey.crawl import Published
from tests.survey.make_derived import rich
from tests.survey.make_release import ALONE, CELLS, GROUPS, HIDDEN, share, table
from tests.survey.results_tools import HOME, NEEDS, Shelf, html, text_of

SCHOOLS = Filter(
    id="zugang", title="Schulen", kind_of_doors="Schule",
    groups=(
        FilterGroup(id="zugang-berg", title="Gymnasium am Berg", doors=("berg",)),
        FilterGroup(id="zugang-tal", title="Regelschule im Tal", doors=("tal",)),
        FilterGroup(id="zugang--weitere", title="Weitere Schulen", doors=("ost", "kind:Schule")),
    ),
)  # fmt: skip
BASES = (65, 40, 55)
COLUMNS = tuple(
    Group(id=group.id, label=group.title, level="filter", filter="zugang", base=base)
    for group, base in zip(SCHOOLS.groups, BASES, strict=True)
)
ADDED = ((share(26), share(29), HIDDEN), (share(66), share(59), HIDDEN), (HIDDEN, HIDDEN, HIDDEN))
MADE = {
    name: ("zwei", table(
        name, f"Frage {name}?", measure="share_of_cases", groups=(*GROUPS, *COLUMNS),
        cells=tuple((*row, *more) for row, more in zip(CELLS, ADDED, strict=True)),
    ))
    for name in ("wichtig", "fehlt")
}  # fmt: skip


@pytest.fixture
def shelf(app: Flask, sqlite_store: Store) -> Shelf:
    """A public release of young people, with schools."""
    young = cast.questionnaire(id="jung", audience="young_people")
    questionnaires.save_questionnaire(sqlite_store, young)
    shelf = Shelf(sqlite_store, app.extensions["familienstimme"].settings.releases)
    plan = cast.plan(filters=(ALONE, SCHOOLS))
    shelf.add(**rich(made=MADE, plan=plan, questionnaire_hash=young.hash))
    return shelf


def test_a_school_with_50_answers_has_a_sheet_with_its_figures_and_those_of_all(
    shelf: Shelf, client: FlaskClient
) -> None:
    shown = html(client, f"{HOME}/gruppe/zugang-berg")
    said = text_of(shown)
    assert "Ergebnisblatt für die Schule" in said
    assert "Frage fehlt? „Geld“ 66 % 60–72 % 47 % 41–53 %" in said
    assert Published(shelf.folder()).unknown_in(shown) == []


def test_schools_taken_together_are_called_so(shelf: Shelf, client: FlaskClient) -> None:
    assert "Ergebnisblatt für mehrere Schulen" in html(client, f"{HOME}/gruppe/zugang--weitere")


def test_a_school_with_fewer_answers_has_no_sheet_and_is_named_nowhere(shelf: Shelf, client: FlaskClient) -> None:
    assert "braucht es 50 Antworten" in text_of(html(client, f"{HOME}/gruppe/zugang-tal", 404))
    for address in (HOME, f"{HOME}/fuer-euch", f"{HOME}/gruppe/zugang-berg"):
        assert "Regelschule im Tal" not in html(client, address)


@pytest.mark.parametrize("address", [HOME, f"{HOME}/fuer-euch"])
def test_the_sheets_are_found_from_the_results(shelf: Shelf, client: FlaskClient, address: str) -> None:
    assert f'href="{HOME}/gruppe/zugang-berg"' in html(client, address)


@pytest.mark.parametrize("address", [NEEDS, f"{NEEDS}?filter=zugang", f"{HOME}/sammlung?f=wichtig:zugang"])
def test_no_page_puts_schools_beside_each_other(shelf: Shelf, client: FlaskClient, address: str) -> None:
    shown = html(client, address, 404 if "filter=" in address else 200)
    assert "Gymnasium" not in shown
    assert "Weitere Schulen" not in shown
