"""What results pages show: published cells written out, and nothing else."""

import re
import time
from statistics import median

import pytest
from flask import Flask
from flask.testing import FlaskClient

from questionnaires.handover import Cell, Finding
from survey.store import Store
from tests.survey.desk_tools import page
from tests.survey.make_release import CELLS, GROUPS, HIDDEN, table
from tests.survey.results_tools import HOME, NEEDS, Shelf, cells, html, numbers, text_of

EVERY_PAGE = (
    HOME, NEEDS, f"{NEEDS}?filter=allein", f"{HOME}/frage/zufrieden", f"{HOME}/frage/angebote.bus?filter=allein",
    f"{HOME}/frage/angebote-mittel", f"{HOME}/karte",
)  # fmt: skip
DOT = '<td class="dot"><span aria-hidden="true">·</span><span class="hidden-visually">geschützt</span></td>'


@pytest.fixture
def shelf(app: Flask, sqlite_store: Store) -> Shelf:
    return Shelf(sqlite_store, app.extensions["familienstimme"].settings.releases)


@pytest.fixture
def reader(shelf: Shelf, client: FlaskClient) -> FlaskClient:
    """The public, when there is a release."""
    shelf.add()
    return client


def published(groups: slice = slice(None)) -> set[str]:
    found = {"2,4", "2,1", "2,7"}
    for cell in (cell for row in CELLS for cell in row[groups]):
        found |= {str(round(v * 100)) for v in (cell.value, cell.low, cell.high) if v is not None}
    return found


@pytest.mark.parametrize("address", EVERY_PAGE)
def test_every_number_in_a_table_is_a_published_one(reader: FlaskClient, address: str) -> None:
    shown = [re.sub(r"<[^>]*>", " ", cell) for cell in cells(html(reader, address))]
    ranks = {"1", "2"} if address == HOME else set()
    assert shown
    assert numbers(shown) <= published() | ranks


@pytest.mark.parametrize("address", EVERY_PAGE)
def test_all_hidden_cells_are_the_same_bytes(reader: FlaskClient, address: str) -> None:
    hidden = [cell for cell in cells(html(reader, address)) if "·" in cell]
    assert set(hidden) <= {DOT}


def test_a_group_that_is_too_small_shows_no_base(reader: FlaskClient) -> None:
    heads = re.findall(r'<th scope="col">Süd 1.*?</th>', html(reader, NEEDS))
    assert heads
    assert all("≈" not in head and "·" in head for head in heads)
    assert "n ≈ 105" in text_of(html(reader, NEEDS))


def test_an_uncertain_number_is_marked_in_sight_and_for_the_ear(reader: FlaskClient) -> None:
    [cell] = [cell for cell in cells(html(reader, f"{NEEDS}?filter=allein")) if "unsure" in cell]
    assert "(40\xa0%)" in cell
    assert '<span class="hidden-visually"> unsicher</span>' in cell


def test_words_stand_as_words(reader: FlaskClient) -> None:
    assert '<td class="words">eher häufiger als im Kreis</td>' in html(reader, NEEDS)


def test_the_page_heads_with_the_findings_of_the_release(reader: FlaskClient) -> None:
    shown = html(reader, HOME)
    heads = re.findall(r"<h[123][^>]*>(.*?)</h[123]>", shown)
    assert heads[:3] == ["Was fehlt?", "Geld fehlt am meisten", "In Nord 1 fehlt mehr Geld"]
    assert "Der Bus ist bekannt" in heads
    assert "Simulierte Daten." in shown


def test_the_key_figures_are_those_of_the_release(reader: FlaskClient) -> None:
    shown = text_of(html(reader, HOME))
    for figure in ("1.193 </dd>", "1 von 2", "80 %"):
        assert figure.removesuffix(" </dd>") in shown


def test_needs_are_ranked_by_share_with_words_and_hidden_ones_last(reader: FlaskClient) -> None:
    ranking = html(reader, HOME).partition('class="figures ranks"')[2].partition("</table>")[0]
    assert re.findall(r'<th scope="row">(\w+)', ranking) == ["Geld", "Zeit", "Ruhe"]
    assert "1–2" in ranking
    assert "41–53\xa0%" in ranking


def test_the_heat_map_is_a_table_shaded_in_classes(reader: FlaskClient) -> None:
    heat = html(reader, HOME).partition('class="figures heat"')[2].partition("</table>")[0]
    assert re.findall(r'<td class="s(\d)">(\d+)</td>', heat) == [("5", "47"), ("5", "52"), ("3", "23"), ("4", "31")]


def test_a_level_where_nothing_carries_is_replaced_by_one_sentence(shelf: Shelf, client: FlaskClient) -> None:
    empty = tuple((row[0], row[1], HIDDEN, HIDDEN, HIDDEN, HIDDEN) for row in CELLS)
    needs = table("wichtig", "Frage wichtig?", measure="share_of_cases", cells=empty)
    shelf.add(made={"wichtig": ("zwei", needs)}, findings=())
    shown = html(client, f"{NEEDS}?filter=allein")
    assert "In keinem Sozialraum reichen die Antworten" in shown
    assert "In keiner dieser Gruppen reichen die Antworten" in shown
    assert 'id="t-sozialraeume"' not in shown
    assert "In keinem Sozialraum" in html(client, HOME)


def test_a_release_without_needs_findings_or_tables_is_still_a_page(shelf: Shelf, client: FlaskClient) -> None:
    shelf.add(made={}, findings=(), n_responses=0)
    assert "Wie wurde gerechnet?" in html(client, HOME)


def test_a_finding_about_no_table_has_no_link(shelf: Shelf, client: FlaskClient) -> None:
    shelf.add(findings=(Finding(id="x", headline="Etwas anderes", sentence="Ein Satz.", table="fort"),))
    assert "Etwas anderes" in html(client, HOME)
    assert "/frage/fort" not in html(client, HOME)


def test_groups_are_looked_at_one_filter_at_a_time(reader: FlaskClient) -> None:
    assert "t-gruppen" not in html(reader, NEEDS)
    chosen = page(reader.get(f"{NEEDS}?filter=allein"))
    assert [a["href"] for a in chosen.all("a", **{"aria-current": "true"})] == [f"{NEEDS}?filter=allein#gruppen"]
    assert "Erziehen Sie allein?" in chosen.text


@pytest.mark.parametrize("query", ["filter=ort", "filter=allein&filter=allein", "filter=%00", "filter=allein-1"])
def test_a_filter_the_release_does_not_hold_is_refused(reader: FlaskClient, query: str) -> None:
    assert "nicht aufgeteilt" in html(reader, f"{NEEDS}?{query}", 404)


@pytest.mark.parametrize("table_id", ["nichts", "..%2fmanifest", "angebote", "%C3%A4"])
def test_a_question_the_release_does_not_hold_is_a_friendly_404(reader: FlaskClient, table_id: str) -> None:
    html(reader, f"{HOME}/frage/{table_id}", 404)


def test_every_question_is_listed_under_its_page_with_its_other_forms(reader: FlaskClient) -> None:
    listed = html(reader, HOME).partition('id="fragenliste"')[2]
    assert re.findall(r"<h3>(.*?)</h3>", listed)[:2] == ["Eins", "Zwei"]
    assert re.findall(r'/frage/([\w.-]+)"', listed) == [
        "zufrieden", "angebote.bus", "angebote.bus-grob", "angebote.hort", "angebote-mittel", "wichtig",
    ]  # fmt: skip
    assert ">Bus</a>" in listed
    assert "</span>zusammengefasst</a>" in listed


@pytest.mark.parametrize(
    ("search", "hits"),
    [
        ("bus", ["angebote.bus", "angebote.bus-grob"]), ("ANGEBOTE hort", ["angebote.hort"]), ("Eins", ["zufrieden"]),
        ("Zebra", []), ("<script>", []), ("b" * 10_000, []),
    ],
)  # fmt: skip
def test_questions_are_found_by_every_word_without_script(reader: FlaskClient, search: str, hits: list[str]) -> None:
    shown = reader.get(HOME, query_string={"q": search}).get_data(as_text=True)
    listed = shown.partition('id="fragenliste"')[2].partition("Wie wurde gerechnet")[0]
    assert re.findall(r'/frage/([\w.-]+)"', listed) == hits
    assert ("Keine Frage passt" in shown) == (not hits)
    assert "<script>" not in shown


def test_one_question_leads_to_the_next(reader: FlaskClient) -> None:
    shown = page(reader.get(f"{HOME}/frage/angebote.hort"))
    assert [a["href"] for a in shown.all("a", rel="prev")] == [f"{HOME}/frage/angebote.bus-grob"]
    assert [a["href"] for a in shown.all("a", rel="next")] == [f"{HOME}/frage/angebote-mittel"]


def test_how_it_was_computed_stands_on_every_page(reader: FlaskClient) -> None:
    for address in EVERY_PAGE:
        shown = text_of(html(reader, address))
        for part in ("Zufallsschwankung", "Gruppen unter 10 Befragten", "Erfunden für Tests.", "vorläufig"):
            assert part in shown


def test_weights_are_explained_only_where_there_are_any(shelf: Shelf, client: FlaskClient) -> None:
    shelf.add()
    assert "Designeffekt" not in html(client, HOME)
    shelf.add(weighted=True, n_eff=840, design_effect=1.42)
    assert "rund 840 gleich gewichteten Fragebögen (Designeffekt nach Kish: 1,42)" in text_of(html(client, HOME))


def test_a_mean_is_a_number_with_one_decimal(reader: FlaskClient) -> None:
    shown = html(reader, f"{HOME}/frage/angebote-mittel")
    assert '<td>2,4<span class="span">2,1–2,7</span></td>' in shown
    assert "data-figure" not in shown


def test_labels_cannot_become_markup(shelf: Shelf, client: FlaskClient) -> None:
    bad = "<img src=x onerror=alert(1)>"
    groups = (GROUPS[0].model_copy(update={"label": bad}), *GROUPS[1:])
    cell_words = ((Cell(state="words", words=bad), *CELLS[0][1:]), *CELLS[1:])
    shelf.add(made={"wichtig": ("zwei", table("wichtig", bad, groups=groups, cells=cell_words))}, district=bad)
    for address in (HOME, NEEDS):
        assert "<img" not in html(client, address)


@pytest.mark.parametrize("address", EVERY_PAGE)
def test_a_page_takes_the_server_at_most_ten_milliseconds(reader: FlaskClient, address: str) -> None:
    taken = []
    for _ in range(15):
        start = time.thread_time()
        reader.get(address)
        taken.append(time.thread_time() - start)
    assert median(taken) <= 0.010
