"""The page of a wave shows offers, Lebenslagen, coverage and change as plain tables, as far as the release has them."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from questionnaires.answers_of_release import Bounds, Coverage, CoverageRow, Gap, Gaps
from questionnaires.handover import Cell, Finding
from survey.store import Store
from tests.survey.make_derived import coverage, derived_files, funnels
from tests.survey.make_release import FINDINGS, HIDDEN, share
from tests.survey.results_tools import HOME, Shelf, cells, html, text_of

GAPS = Gaps(
    gaps=(
        Gap(id="bus", title="Rufbus", life_phases=("Kita", "Schule"), field="Mobilität", kind="offer", said="",
            known=share(66), needed=share(41), used=HIDDEN, unmet=None),
        Gap(id="weg", title="Schulweg", life_phases=("alle",), field="Mobilität", kind="satisfaction", said="",
            dissatisfied=share(24)),
    ),
    lighthouses=(), notes=("Ungedeckt heißt: gebraucht und nicht genutzt.",),
)  # fmt: skip
DOT = '<td class="dot"><span aria-hidden="true">·</span><span class="hidden-visually">geschützt</span></td>'
SECTIONS = ("wichtig", "wo", "lagen", "angebote", "luecken", "erreicht", "geaendert", "fragen")


@pytest.fixture
def shelf(app: Flask, sqlite_store: Store) -> Shelf:
    return Shelf(sqlite_store, app.extensions["familienstimme"].settings.releases)


@pytest.fixture
def wave(shelf: Shelf, client: FlaskClient) -> str:
    """The page of a wave whose release holds everything."""
    shelf.add(extra_files=derived_files(gaps=GAPS))
    return html(client, HOME)


def section(page: str, name: str) -> str:
    found = re.search(rf'<section aria-labelledby="{name}">.*?</section>', page, re.DOTALL)
    assert found is not None, name
    return found[0]


def test_sections_stand_in_the_order_a_planner_reads(wave: str) -> None:
    places = [wave.index(f'aria-labelledby="{name}"') for name in SECTIONS]
    assert places == sorted(places)
    for name in SECTIONS:
        assert f'href="#{name}"' in wave


def test_an_offer_is_shown_step_by_step(wave: str) -> None:
    offers = text_of(section(wave, "angebote"))
    assert "Rufbus: Schritt für Schritt" in offers
    assert "kennen 66 %" in offers
    assert "Dazu reichen die Antworten nicht." in offers
    assert "Nord 1 n ≈ 105 61 %" in offers


def test_need_stands_beside_offers_by_field_and_life_phase(wave: str) -> None:
    gaps = text_of(section(wave, "luecken"))
    assert "Mobilität Rufbus Kita, Schule 66 % 60–72 % 41 %" in gaps
    assert "Schulweg alle Lebensphasen" in gaps


def test_hidden_shares_are_the_same_bytes_as_in_every_table(wave: str) -> None:
    hidden = [cell for name in SECTIONS[2:-1] for cell in cells(section(wave, name)) if "·" in cell]
    assert len(hidden) >= 3
    assert set(hidden) == {DOT}


def test_whom_we_did_not_reach_says_what_the_district_must_bring(wave: str) -> None:
    reached = text_of(section(wave, "erreicht"))
    assert "Was der Landkreis mitbringen muss, damit hier mehr steht: Kinder nach Alter." in reached
    assert "Nord 1 ≈ 105 905 12 % Weniger als im Kreis." in reached
    assert "Kita ≈ 735 Die meisten." in reached


def test_bounds_are_ranges_and_a_missing_one_is_a_dash(shelf: Shelf, client: FlaskClient) -> None:
    known = Bounds(table="wichtig", row="2", label="Geld", cell=share(47), least=0.13, most=0.85, said="Weit.")
    unknown = Bounds(
        table="wichtig", row="1", label="Zeit", cell=share(23), plausible_least=0.17, plausible_most=0.31, said="Eng."
    )
    more = coverage().model_copy(update={"bounds": (known, unknown)})
    shelf.add(extra_files=derived_files(coverage=more))
    reached = text_of(section(html(client, HOME), "erreicht"))
    assert "Geld 47 % 41–53 % 13–85 % – Weit." in reached
    assert "Zeit 23 % 17–29 % – 17–31 % Eng." in reached


def test_a_change_is_shown_with_then_now_and_verdict(wave: str) -> None:
    changed = text_of(section(wave, "geaendert"))
    assert "Verglichen mit „Familien 2024“, zu Ende am 31. März 2024." in changed
    assert "Geld Frage wichtig? Musterkreis 36 % 30–42 % 47 % 41–53 % gesichert" in changed


def test_findings_stand_in_the_section_they_are_about(shelf: Shelf, client: FlaskClient) -> None:
    more = tuple(
        Finding(id=about, headline=f"Über {about}", sentence="So ist es.", table="wichtig", about=about)
        for about in ("funnels", "gaps", "lighthouses", "coverage", "situations", "changes", "differences")
    )  # fmt: skip
    shelf.add(extra_files=derived_files(gaps=GAPS), findings=(*FINDINGS, *more))
    page = html(client, HOME)
    for about, name in (
        ("funnels", "angebote"), ("gaps", "angebote"), ("lighthouses", "angebote"), ("coverage", "erreicht"),
        ("situations", "lagen"), ("changes", "geaendert"), ("differences", "befunde"),
    ):  # fmt: skip
        assert f"Über {about}" in section(page, name)
        assert page.count(f"Über {about}") == 1


def test_offers_that_say_nothing_are_named_and_not_drawn(shelf: Shelf, client: FlaskClient) -> None:
    (bus,) = funnels()
    silent = tuple(
        column.model_copy(update={"stages": tuple(s.model_copy(update={"cell": HIDDEN}) for s in column.stages)})
        for column in bus.columns
    )
    quiet = bus.model_copy(update={"id": "boot", "title": "Boot", "columns": silent})
    shelf.add(extra_files=derived_files(funnels=(bus, quiet)))
    offers = section(html(client, HOME), "angebote")
    assert "Dafür reichen die Antworten nicht: Boot." in text_of(offers)
    assert "Boot: Schritt für Schritt" not in offers


def test_a_release_without_answers_has_none_of_the_sections(shelf: Shelf, client: FlaskClient) -> None:
    shelf.add()
    page = html(client, HOME)
    assert not any(f'id="{name}"' in page for name in SECTIONS[2:-1])


def test_each_answer_is_a_sheet_as_written(shelf: Shelf, client: FlaskClient) -> None:
    shelf.add(extra_files={**derived_files(), "funnels.csv": b"\xef\xbb\xbfStufe;66\r\n"})
    response = client.get(f"{HOME}/antworten/funnels.csv")
    assert response.data == b"\xef\xbb\xbfStufe;66\r\n"
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response.headers["Content-Disposition"]
    assert client.get(f"{HOME}/antworten/gaps.csv").status_code == 404
    assert client.get(f"{HOME}/antworten/manifest.csv").status_code == 404


def test_words_from_a_release_cannot_become_markup(shelf: Shelf, client: FlaskClient) -> None:
    row = CoverageRow(kind="door", label="<b>Tür</b>", returns=50, said="<script>alert(1)</script>")
    shelf.add(extra_files=derived_files(coverage=Coverage(rows=(row,), bounds=())))
    page = html(client, HOME)
    assert "<b>Tür" not in page
    assert "<script>alert" not in page


def test_a_share_in_words_stands_as_words(shelf: Shelf, client: FlaskClient) -> None:
    (bus,) = funnels()
    words = Cell(state="words", words="eher viele")
    stages = tuple(stage.model_copy(update={"cell": words}) for stage in bus.columns[0].stages)
    column = bus.columns[0].model_copy(update={"stages": stages})
    shelf.add(extra_files=derived_files(funnels=(bus.model_copy(update={"columns": (column,)}),)))
    assert '<td class="words">eher viele</td>' in section(html(client, HOME), "angebote")
