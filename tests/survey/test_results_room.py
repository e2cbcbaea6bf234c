"""The pages around a release: profiles, places side by side, search, what is taken along, the method."""

import io
import json
import re
import zipfile

import pytest
from flask import Flask
from flask.testing import FlaskClient

from questionnaires.answers_of_release import AreaDifference, Differences
from questionnaires.handover import Audit, Cell, Group
from survey.basedata import BaseData, BaseFigure
from survey.store import Store
from survey.store.basedata import save_basedata
from tests.survey.crawl import Published
from tests.survey.desk_tools import page
from tests.survey.make_derived import SUED_READABLE, changes, derived_files, differences, rich
from tests.survey.make_release import CELLS, GROUPS, HIDDEN, share, table, tables
from tests.survey.results_tools import HOME, Shelf, html, text_of

PROFILE = f"{HOME}/sozialraum/nord-1"
COMPARE = f"{HOME}/vergleich"
ADDRESSES = (
    PROFILE, f"{HOME}/sozialraum/sued-1", f"{HOME}/sozialraeume", COMPARE, f"{COMPARE}?a=nord-1&b=sued-1&seite=zwei",
    f"{HOME}/fragen", f"{HOME}/methode", f"{HOME}/sammlung?f=wichtig&f=wichtig:allein&f=angebote.bus:sozialraeume",
)  # fmt: skip


@pytest.fixture
def shelf(app: Flask, sqlite_store: Store) -> Shelf:
    return Shelf(sqlite_store, app.extensions["familienstimme"].settings.releases)


@pytest.fixture
def reader(shelf: Shelf, client: FlaskClient) -> FlaskClient:
    """The public, when there is a release with everything in it."""
    shelf.add(**rich())
    return client


def part(shown: str, name: str) -> str:
    """The text of a section of a profile."""
    return text_of(shown.partition(f'aria-labelledby="{name}"')[2].partition("</section>")[0])


# --- profile ---------------------------------------------------------------------------------------------------


def test_a_profile_says_each_part_at_the_level_that_carries(reader: FlaskClient) -> None:
    shown = html(reader, PROFILE)
    assert "Bus" in part(shown, "p-schaetze")
    assert "66–78" in part(shown, "p-schaetze")
    assert "61\xa0%" in shown.partition('id="p-angebote"')[2]
    assert "38\xa0%" in shown.partition('id="p-lagen"')[2]
    assert "Rund 105 Fragebögen" in part(shown, "p-wer")


def test_needs_without_ranks_for_the_sozialraum_are_those_of_the_district_and_say_so(reader: FlaskClient) -> None:
    needs = part(html(reader, PROFILE), "p-bedarf")
    assert "reichen die Antworten nicht. Hier steht: Musterkreis" in needs
    assert "Rang 1–2 Geld" in needs.replace(":", "")


def test_differences_stand_with_the_words_of_the_release(reader: FlaskClient) -> None:
    found = part(html(reader, PROFILE), "p-anders")
    assert re.search(r"Gesichert: Frage wichtig\? „Geld“ häufiger als im übrigen Kreis, 52\s%", found)


def test_a_change_of_the_district_is_not_told_of_the_sozialraum(reader: FlaskClient) -> None:
    found = part(html(reader, PROFILE), "p-seither")
    assert "Hier steht: Musterkreis" in found
    assert re.search(r"„Geld“ \(Frage wichtig\?\): 36\s% .* jetzt 47\s%", found)


def test_two_waves_without_common_questions_are_not_called_unchanged(shelf: Shelf, client: FlaskClient) -> None:
    none = changes().model_copy(update={"changes": (), "n_compared": 0})
    shelf.add(**rich(extra_files=derived_files(changes=none)))
    assert "lässt sich nichts vergleichen" in part(html(client, PROFILE), "p-seither")


def test_a_release_of_an_older_version_leaves_honest_sentences(shelf: Shelf, client: FlaskClient) -> None:
    shelf.add()
    shown = html(client, PROFILE)
    for said in ("sagt nicht, wer Angebote kennt", "vergleicht Sozialräume nicht", "keine Zitate freigegeben",
                 "keine frühere Befragung", "noch keine Basisdaten"):  # fmt: skip
        assert said in text_of(shown)
    assert "sagt nicht, welche Unterschiede" in text_of(html(client, COMPARE))
    assert "nicht geprüft" in html(client, COMPARE)


def test_nothing_secured_is_said_as_such(shelf: Shelf, client: FlaskClient) -> None:
    none = differences().model_copy(update={"differences": ()})
    shelf.add(**rich(extra_files=derived_files(differences=none)))
    assert "Kein Unterschied zum übrigen Kreis ist gesichert" in text_of(html(client, PROFILE))
    assert "Kein Unterschied ist gesichert" in text_of(html(client, COMPARE))


def test_base_data_are_marked_and_stand_apart(reader: FlaskClient, sqlite_store: Store) -> None:
    figures = [BaseFigure("Kinder", area, year, value, 0, "", "Amt") for area, year, value in (
        ("nord-1", 2024, 111), ("nord-1", 2025, 4321), ("", 2025, 9876), ("sued-1", 2025, 77),
    )]  # fmt: skip
    save_basedata(sqlite_store, "musterkreis", BaseData(tuple(figures)))
    shown = part(html(reader, PROFILE), "p-basis")
    assert "Amtliche Zahlen, nicht aus der Befragung" in shown
    assert "Kinder 2025, Amt 4.321 9.876" in shown
    assert "111" not in shown
    save_basedata(sqlite_store, "musterkreis", BaseData((BaseFigure("<b>x", "nord-1", 2025, 1.5, 1, "<i>", "<u>"),)))
    assert "<b>x" not in html(reader, PROFILE)


def test_a_joined_sozialraum_has_one_profile_for_all_its_parts(shelf: Shelf, client: FlaskClient) -> None:
    both = Group(id="nord-1_sued-1", label="Nord 1 + Süd 1", level="area", base=190, areas=("nord-1", "sued-1"))
    joined = table("wichtig", "Frage wichtig?", groups=(*GROUPS[:2], both), cells=tuple(row[:3] for row in CELLS))
    shelf.add(made={"wichtig": ("zwei", joined)})
    assert client.get(f"{HOME}/sozialraum/sued-1").headers["Location"].endswith("/sozialraum/nord-1_sued-1")
    assert "Nord 1, Süd 1" in html(client, f"{HOME}/sozialraum/nord-1_sued-1")


def test_only_sozialraeume_have_profiles(reader: FlaskClient) -> None:
    for name in ("zone-nord", "kreis", "allein-1", "nichts", "%00", "..%2f"):
        assert reader.get(f"{HOME}/sozialraum/{name}").status_code == 404, name


# --- side by side ----------------------------------------------------------------------------------------------


def verdicts(shown: str) -> list[str]:
    return re.findall(r'<td class="verdict">(.*?)</td>', shown)


def test_differences_stand_only_in_the_words_the_release_holds(reader: FlaskClient) -> None:
    assert verdicts(html(reader, COMPARE)) == ["Hinweis: häufiger", "gesichert häufiger", "nicht vergleichbar"]


def test_two_sozialraeume_are_compared_in_both_directions(shelf: Shelf, client: FlaskClient) -> None:
    groups = (*GROUPS[:3], SUED_READABLE, *GROUPS[4:])
    cells = tuple((*row[:3], share(20 + 5 * i), *row[4:]) for i, row in enumerate(CELLS))
    needs = table("wichtig", "Frage wichtig?", measure="share_of_cases", groups=groups, cells=cells)
    shelf.add(made={"wichtig": ("zwei", needs)}, extra_files=derived_files())
    there = verdicts(html(client, f"{COMPARE}?a=nord-1&b=sued-1"))
    back = verdicts(html(client, f"{COMPARE}?a=sued-1&b=nord-1"))
    assert there == ["kein gesicherter Unterschied", "gesichert häufiger", "nicht vergleichbar"]
    assert back == ["kein gesicherter Unterschied", "gesichert seltener", "nicht vergleichbar"]


def test_a_place_that_does_not_carry_is_replaced_for_both_and_says_so(reader: FlaskClient) -> None:
    shown = html(reader, f"{COMPARE}?a=nord-1&b=sued-1")
    assert "Für die Sozialräume reichen die Antworten nicht. Hier steht: Musterkreis." in text_of(shown)
    assert verdicts(shown) == []
    assert len(re.findall(r'<th scope="col">', shown)) == 2


def test_what_the_analysis_did_not_compare_is_not_called_equal(shelf: Shelf, client: FlaskClient) -> None:
    south = Group(id="zone-sued", label="Süd", level="zone", base=85, areas=("sued-1",))
    hidden = tuple((row[0], row[1], share(30), HIDDEN, HIDDEN) for row in CELLS)
    zones = table("wichtig", "Frage wichtig?", groups=(*GROUPS[:2], south, *GROUPS[2:4]), cells=hidden)
    shelf.add(made={"wichtig": ("zwei", zones)}, extra_files=derived_files())
    shown = html(client, f"{COMPARE}?a=nord-1&b=sued-1")
    assert "Hier stehen ihre Großräume" in text_of(shown)
    assert set(verdicts(shown)) == {"in diesem Ergebnisstand nicht geprüft"}
    almost_all = (GROUPS[0], GROUPS[2].model_copy(update={"base": 175}))
    needs = table("wichtig", "Frage wichtig?", groups=almost_all, cells=tuple((row[0], row[2]) for row in CELLS))
    shelf.add(made={"wichtig": ("zwei", needs)}, extra_files=derived_files())
    assert set(verdicts(html(client, COMPARE))) == {"in diesem Ergebnisstand nicht geprüft"}


def test_grossraeume_that_stand_for_sozialraeume_are_compared_like_these(shelf: Shelf, client: FlaskClient) -> None:
    south = Group(id="zone-sued", label="Süd", level="zone", base=85, areas=("sued-1",))
    cells = tuple((row[0], share(40), share(20), HIDDEN, HIDDEN) for row in CELLS)
    zones = table("wichtig", "Frage wichtig?", groups=(*GROUPS[:2], south, *GROUPS[2:4]), cells=cells)
    gap = AreaDifference(table="wichtig", row="2", here="zone-nord", there="zone-sued", more=True, verdict="secured")
    tested = Differences(tables=(), zone_tables=("wichtig",), differences=(gap,))
    files = derived_files() | {"differences.json": tested.model_dump_json().encode()}
    shelf.add(made={"wichtig": ("zwei", zones)}, extra_files=files)
    none = "kein gesicherter Unterschied"
    assert verdicts(html(client, f"{COMPARE}?a=sued-1&b=nord-1")) == [none, "gesichert seltener", none]


def test_means_are_higher_or_lower_not_more_frequent(shelf: Shelf, client: FlaskClient) -> None:
    mean = Cell(state="number", value=2.4, low=2.1, high=2.7)
    groups = (GROUPS[0], GROUPS[2])
    means = table("kinder-mittel", "Wie viele Kinder?", measure="mean", groups=groups, cells=((mean, mean),) * 3)
    gap = AreaDifference(table="kinder-mittel", row="2", here="nord-1", there="kreis", more=False, verdict="hint")
    files = derived_files() | {
        "differences.json": Differences(tables=("kinder-mittel",), differences=(gap,)).model_dump_json().encode()
    }
    shelf.add(made={"kinder-mittel": ("zwei", means)}, extra_files=files)
    assert verdicts(html(client, f"{COMPARE}?seite=zwei"))[1] == "Hinweis: niedriger"


def test_the_same_place_twice_is_a_hint_and_an_unknown_one_is_refused(reader: FlaskClient) -> None:
    assert "zweimal derselbe" in html(reader, f"{COMPARE}?a=nord-1&b=nord-1")
    for query in ("a=zone-nord", "a=nichts", "b=zone-nord", "a=nord-1&seite=drei", "a=kreis"):
        html(reader, f"{COMPARE}?{query}", 404)


def test_a_release_without_sozialraeume_leads_to_the_district(shelf: Shelf, client: FlaskClient) -> None:
    shelf.add(made={"zufrieden": tables()["zufrieden"]})
    for address in (COMPARE, f"{HOME}/sozialraeume"):
        assert "hat keine Zahlen nach Sozialräumen" in html(client, address)
    assert "/vergleich" not in html(client, HOME)


# --- questions -------------------------------------------------------------------------------------------------


def found(client: FlaskClient, **query: str) -> list[str]:
    shown = client.get(f"{HOME}/fragen", query_string=query).get_data(as_text=True)
    return re.findall(r'/frage/([\w.-]+)"', shown.partition('class="topics"')[2])


def test_questions_are_found_in_spite_of_slips(reader: FlaskClient) -> None:
    for search in ("hort", "HORT", "Hrot", "hortt", "angebote hort"):
        assert found(reader, suche=search) == ["angebote.hort"], search


def test_questions_are_found_by_their_answers(reader: FlaskClient) -> None:
    assert "wichtig" in found(reader, suche="ruhe")


def test_a_search_without_hits_is_a_page(reader: FlaskClient) -> None:
    for search in ("Zebra", "<script>alert(1)</script>", "x" * 9999):
        shown = reader.get(f"{HOME}/fragen", query_string={"suche": search}).get_data(as_text=True)
        assert "Keine Frage passt" in shown
        assert "<script>alert" not in shown


def test_a_choice_the_release_does_not_hold_counts_as_none(reader: FlaskClient) -> None:
    assert found(reader, phase="Mars", feld="Venus") == found(reader)


# --- what is taken along ---------------------------------------------------------------------------------------


def sheet(data: bytes, number: int) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        strings = re.findall(r"<si><t[^>]*>(.*?)</t></si>", book.read("xl/sharedStrings.xml").decode(), re.DOTALL)
        text = book.read(f"xl/worksheets/sheet{number}.xml").decode()
    return re.sub(r'<c r="\w+"[^>]* t="s"><v>(\d+)</v></c>', lambda m: f"«{strings[int(m[1])]}»", text)


def test_a_workbook_holds_the_published_cells_and_what_they_are(reader: FlaskClient) -> None:
    data = reader.get(f"{HOME}/tabelle/wichtig.xlsx").data
    figures = sheet(data, 1)
    assert "«Geld»«Sozialraum»«Nord 1 (vorläufig)»" in figures
    assert re.search(r'<c r="E\d+" s="\d"><v>0.52</v></c>', figures)
    assert figures.count("«·»") == 3 * 7 + 3  # seven hidden cells in three columns, a hidden base in three rows
    about = sheet(data, 2)
    assert "Simulierte Daten" in about
    assert "/ergebnisse/fam-26/frage/wichtig?stand=1" in about
    assert data == reader.get(f"{HOME}/tabelle/wichtig.xlsx").data


def test_no_label_becomes_a_formula_or_a_link(shelf: Shelf, client: FlaskClient) -> None:
    bad = tuple(Cell(state="words", words=text) for text in ("=1+1", "http://x.example", "@SUM(A1)"))
    cells = tuple((cell, *row[1:]) for cell, row in zip(bad, CELLS, strict=True))
    shelf.add(made={"wichtig": ("zwei", table("wichtig", "=cmd()", cells=cells))})
    data = client.get(f"{HOME}/tabelle/wichtig.xlsx").data
    text = sheet(data, 1) + sheet(data, 2)
    assert "«=1+1»" in text
    assert "<f>" not in text
    assert "hyperlink" not in text


def test_a_picture_carries_its_title_its_base_and_the_mark_of_made_up_data(reader: FlaskClient) -> None:
    picture = reader.get(f"{HOME}/bild/wichtig.svg").get_data(as_text=True)
    for text in ("Frage wichtig?", "rund 190", "Ergebnisstand 1", "Simulierte Daten"):
        assert text in picture
    assert "<script" not in picture


def test_files_the_release_does_not_hold_are_not_found(reader: FlaskClient) -> None:
    for name in ("tabelle/nichts.xlsx", "tabelle/..%2fmanifest.xlsx", "bild/angebote-mittel.svg", "gewichtung.csv"):
        html(reader, f"{HOME}/{name}", 404)


def test_a_view_is_kept_and_linked_with_its_filter_and_its_release(reader: FlaskClient) -> None:
    shown = page(reader.get(f"{HOME}/frage/wichtig?filter=allein"))
    [keep] = shown.all("a", **{"data-keep": "wichtig:allein"})
    assert keep["href"] == f"{HOME}/sammlung?f=wichtig:allein"
    [link] = [a for a in shown.all("a") if "data-link" in a]
    assert link["href"] == f"http://localhost{HOME}/frage/wichtig?stand=1&filter=allein"


def test_a_collection_shows_what_its_address_names_and_what_is_gone(reader: FlaskClient) -> None:
    names = ["wichtig", "wichtig:allein", "wichtig:nichts", "fort", "wichtig"]
    shown = reader.get(f"{HOME}/sammlung", query_string={"f": names}).get_data(as_text=True)
    assert re.findall(r'<h2 id="tabelle-\d">(.*?)</h2>', shown) == ["1. Frage wichtig?", "2. Frage wichtig?"]
    assert "gibt es nicht mehr: wichtig:nichts, fort" in shown
    assert "Noch ist nichts gesammelt" in html(reader, f"{HOME}/sammlung")


def test_turning_to_the_next_question_keeps_the_filter_where_it_has_it(reader: FlaskClient) -> None:
    shown = page(reader.get(f"{HOME}/frage/angebote.hort?filter=allein"))
    [before], [after] = shown.all("a", rel="prev"), shown.all("a", rel="next")
    assert before["href"] == f"{HOME}/frage/angebote.bus-grob?filter=allein"
    assert after["href"] == f"{HOME}/frage/angebote-mittel"


# --- method ----------------------------------------------------------------------------------------------------


def test_the_method_page_says_who_weights_protection_and_limits(reader: FlaskClient) -> None:
    shown = text_of(html(reader, f"{HOME}/methode"))
    for said in ("1.193 ausgefüllte Fragebögen", "Nord 1 105 905", "Es wurde nicht gewichtet", "wie ein Angreifer",
                 "Gruppen unter 10 Befragten zeigen nichts.", "Gleiche Bögen", "Diese Daten hat ein Programm erfunden",
                 "Auf alle Familien im Kreis"):  # fmt: skip
        assert said in shown


def test_the_result_of_the_audit_stands_there_in_words(shelf: Shelf, client: FlaskClient) -> None:
    audit = Audit(
        rounds=3, cells=41_871, by_bounds=30_112, by_witness=11_007, by_lp=613, by_ilp=139, earlier=0,
        costliest="wichtig", costliest_hidden=17,
    )  # fmt: skip
    shelf.add(audit=audit)
    shown = html(client, f"{HOME}/methode")
    assert "Ergebnis der Prüfung: kein Befund" in text_of(shown)
    assert "41.871 Anzahlen" in text_of(shown)
    assert Published(shelf.folder()).unknown_in(shown) == []


def test_a_weighted_release_offers_its_weights(shelf: Shelf, client: FlaskClient) -> None:
    shelf.add(weighted=True, n_eff=840, design_effect=1.42, extra_files={"weights.csv": b"Gewichtung\r\n"})
    assert client.get(f"{HOME}/gewichtung.csv").data == b"Gewichtung\r\n"
    assert "Designeffekt nach Kish: 1,42" in html(client, f"{HOME}/methode")
    assert "nicht gewichtet" not in text_of(html(client, f"{HOME}/methode"))


# --- every page ------------------------------------------------------------------------------------------------


def test_labels_cannot_become_markup(shelf: Shelf, client: FlaskClient) -> None:
    bad = "<img src=x onerror=alert(1)>"
    groups = tuple(group.model_copy(update={"label": bad}) for group in GROUPS)
    needs = table("wichtig", bad, groups=groups, notes=(bad,))
    shelf.add(**rich(made=tables() | {"wichtig": ("zwei", needs)}, district=bad, division=bad, rules=(bad,)))
    for address in ADDRESSES:
        assert "<img" not in html(client, address)


def test_everything_hidden_is_still_a_page(shelf: Shelf, client: FlaskClient) -> None:
    nothing = {
        name: (where, one.model_copy(update={"cells": tuple(tuple(HIDDEN for _ in row) for row in one.cells)}))
        for name, (where, one) in tables().items()
    }
    shelf.add(made=nothing, findings=(), extra_files={"ranks.json": b"[]"})
    for address in ADDRESSES:
        shown = re.sub(r"<svg.*?</svg>", "", html(client, address), flags=re.DOTALL)
        assert Published(shelf.folder()).unknown_in(shown) == [], address


def test_a_part_that_cannot_be_read_is_named_and_nothing_is_shown(shelf: Shelf, client: FlaskClient) -> None:
    for name in ("differences", "funnels", "coverage", "changes"):
        shelf.add(**rich(extra_files=derived_files() | {f"{name}.json": json.dumps({"was": 1}).encode()}))
        assert f"{name}.json</code> lässt sich mit dieser Fassung" in html(client, PROFILE, 503)


def test_internal_releases_ask_for_the_login(shelf: Shelf, client: FlaskClient) -> None:
    shelf.add(public=False, **rich())
    for address in ADDRESSES:
        answer = client.get(address)
        assert (answer.status_code, "/anmelden" in answer.headers["Location"]) == (303, True), address


def test_a_district_with_a_single_sozialraum_has_every_page(shelf: Shelf, client: FlaskClient) -> None:
    groups = (GROUPS[0], GROUPS[2])
    cells = tuple((row[0], row[2]) for row in CELLS)
    one = {"wichtig": ("zwei", table("wichtig", "Frage wichtig?", groups=groups, cells=cells))}
    shelf.add(made=one, extra_files=derived_files())
    published = Published(shelf.folder())
    for address in (HOME, f"{HOME}/frage/wichtig", f"{HOME}/karte", f"{HOME}/sozialraeume", PROFILE, COMPARE):
        assert published.unknown_in(html(client, address)) == [], address
    assert "Nord 1 neben Musterkreis" in text_of(html(client, COMPARE))
