"""Own words in a release: themes as protected tables, quotes only as a person released them."""

import json
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.__main__ import main
from analysis.disclosure import Published, publish_quotes
from analysis.display import AT_MOST
from analysis.errors import ExtractError
from analysis.extract import read_extract
from analysis.extract_texts import TextRow
from analysis.own_words import NO_THEME, quotes_file, released_quotes, theme_tables
from analysis.release import make_release, read_release
from questionnaires.codebook import Theme
from questionnaires.handover import TEXT_COLUMNS, ReleaseTable
from tests.analysis.make_extract import PLAN, SMALL_PLAN, draw_rows, extract_of, miniature, small, write_extract

THEMES = (Theme(id="weg", name="Wege"), Theme(id="geld", name="=GELD()"), Theme(id="ruhe", name="Ruhe"))


def row(number: int, **changes: Any) -> tuple[Any, ...]:
    values = dict.fromkeys(TEXT_COLUMNS, "") | {"text": f"t{number:05}", "question": "wunsch", "language": "de"}
    return tuple((values | {"counted": 1} | changes).values())


def drawn(n: int, seed: int = 1, **zones: float) -> list[tuple[Any, ...]]:
    """Texts with 0 to 2 themes, over the Großräume by weight."""
    random_ = random.Random(seed)
    found = []
    for i in range(n):
        themes = " ".join(sorted(set(random_.choices([theme.id for theme in THEMES], (6, 3, 0.3), k=2))))
        zone = random_.choices(list(zones or {"": 1}), list(zones.values()) or [1])[0]
        found.append(row(i, zone=zone.replace("keiner", ""), themes=themes if i % 5 else ""))
    return found


def extract_with(folder: Path, texts: list[tuple[Any, ...]], themes: tuple[Theme, ...] = THEMES) -> Path:
    return write_extract(folder, miniature(), draw_rows(miniature(), 200), texts=texts, themes=themes)


def table_of(texts: list[tuple[Any, ...]]) -> ReleaseTable:
    asked = miniature()
    base = extract_of(asked, [])
    codebook = base.codebook.model_copy(update={"themes": THEMES})
    rows = tuple(
        TextRow(q, la, zone, bool(n), tuple(themes.split()), "", "")
        for _, q, la, zone, n, themes, *_ in texts
    )
    [(topic, table)] = theme_tables(replace(base, codebook=codebook, texts=rows), PLAN)
    assert topic.sensitive
    return table.value


# ---------- tables


def test_themes_become_a_table_with_the_rest_in_a_row_of_its_own() -> None:
    table = table_of(drawn(300, oben=5, unten=4))
    assert (table.id, table.question, table.measure, table.k) == ("wunsch-themen", "wunsch", "share_of_cases", 10)
    assert [group.id for group in table.groups] == ["kreis", "zone-oben", "zone-unten"]
    assert [found.id for found in table.rows] == ["weg", "geld", "ruhe", NO_THEME]
    assert table.groups[0].base == 300
    assert table.cells[3][0].value == 0.2
    assert "nicht gewichtet" in table.base_note.casefold()


def test_a_table_of_themes_says_that_responses_left_out_elsewhere_count_in_it(tmp_path: Path) -> None:
    extract = read_extract(extract_with(tmp_path, drawn(200)))
    left_out = extract.fieldwork.plan.model_copy(update={"exclude": ("doubtful",)})
    fieldwork = extract.fieldwork.model_copy(update={"plan": left_out})
    plain, told = (
        next(iter(theme_tables(one, one.fieldwork.plan)))[1].value.base_note
        for one in (extract, replace(extract, fieldwork=fieldwork))
    )
    assert "zählen hier mit" in told
    assert "zählen hier mit" not in plain


@pytest.mark.parametrize(("silent", "placeless"), [(0, ()), (6, ()), (0, ("west", "tal"))])
def test_where_nearly_everybody_wrote_nobody_learns_how_few_did_not(
    tmp_path: Path, silent: int, placeless: tuple[str, ...]
) -> None:
    responses = draw_rows(miniature(), 120)
    zones = {"nord": "oben", "mitte": "oben"} | dict.fromkeys(("", *placeless), "")
    texts = [row(i, zone=zones.get(response["area"], "unten"), themes="weg" if i % 3 else "")
             for i, response in enumerate(responses)][silent:]  # fmt: skip
    folder = write_extract(tmp_path / "e", miniature(), responses, texts=texts, themes=THEMES)
    make_release(folder, tmp_path / "r")
    table = json.loads((tmp_path / "r/tables/wunsch-themen.json").read_text())
    assert table["groups"][0]["base"] == 120
    assert table["cells"][0][0]["state"] == "number"


def test_few_texts_show_nothing_at_all() -> None:
    table = table_of(drawn(19, oben=1))
    assert {cell.state for cells in table.cells for cell in cells} == {"hidden"}
    assert table.groups[0].base is None


def test_a_theme_of_fewer_than_ten_is_hidden_as_is_none_at_all() -> None:
    texts = [row(i, themes="weg" if i < 60 else "geld" if i < 69 else "") for i in range(120)]
    table = table_of(texts)
    assert [cells[0].state for cells in table.cells] == ["number", "hidden", "hidden", "number"]


def test_texts_that_do_not_count_are_in_no_base() -> None:
    unused = [row(1000 + i, counted=0) for i in range(100)]
    assert table_of([*drawn(200), *unused]).groups[0].base == 200


@pytest.mark.parametrize("themes", [(), THEMES])
def test_without_fixed_themes_there_is_no_table(tmp_path: Path, themes: tuple[Theme, ...]) -> None:
    texts = [row(i, counted=0) for i in range(100)]
    assert list(theme_tables(read_extract(extract_with(tmp_path, texts, themes)), PLAN)) == []


def test_words_to_other_have_no_table_because_another_table_counts_them(tmp_path: Path) -> None:
    texts = [row(i, question="huerden.other", themes="weg") for i in range(100)]
    assert list(theme_tables(read_extract(extract_with(tmp_path, texts)), PLAN)) == []


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.integers(0, 60), min_size=3, max_size=3))
def test_no_shown_cell_stands_for_fewer_than_ten_texts(seed: int, sizes: list[int]) -> None:
    zones: dict[str, float] = dict(zip(("oben", "unten", "keiner"), (n + 0.001 for n in sizes), strict=True))
    texts = drawn(max(sum(sizes), 1), seed, **zones)
    table = table_of(texts)
    for j, group in enumerate(table.groups):
        inside = [t for t in texts if group.id in ("kreis", f"zone-{t[3]}")]
        for i, found in enumerate(table.rows):
            n = sum(found.id in (t[5].split() or [NO_THEME]) for t in inside)
            follows = table.cells[i][j].words in AT_MOST.values()  # from the shares beside it
            assert table.cells[i][j].state == "hidden" or follows or min(n, len(inside) - n) >= 10


# ---------- quotes


def quoted(n: int, language: str, **changes: Any) -> list[TextRow]:
    values: dict[str, Any] = {"zone": "oben", "counted": True, "themes": (), "quote": "", "translation": ""}
    return [TextRow("wunsch", language, **(values | changes)) for _ in range(n)]


TITLES = {"bedarf": "Was fehlt?", "wunsch": "Ihr Wunsch"}


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        ([*quoted(9, "de"), *quoted(1, "de", quote="Bus")], [("Bus", "de", None)]),
        ([*quoted(8, "de"), *quoted(1, "de", quote="Bus")], []),
        ([*quoted(9, "uk"), *quoted(1, "uk", quote="Автобус", translation="Bus")], [("Автобус", "uk", "Bus")]),
        ([*quoted(9, ""), *quoted(1, "", quote="Otobüs", translation="Bus")], [(None, None, "Bus")]),
        ([*quoted(9, "uk"), *quoted(1, "tr", quote="Otobüs", translation="Bus")], [(None, None, "Bus")]),
        ([*quoted(8, "uk"), *quoted(1, "tr", quote="Otobüs", translation="Bus")], []),
        ([*quoted(20, ""), *quoted(1, "", quote="Otobüs")], []),
    ],
)  # fmt: skip
def test_a_language_is_shown_only_where_ten_wrote_in_it(texts: list[TextRow], shown: list[Any]) -> None:
    quotes = publish_quotes(texts, TITLES).value
    assert [(quote.text, quote.language, quote.translation) for quote in quotes] == shown


def test_a_quote_tells_no_place_and_cannot_turn_the_writing(tmp_path: Path) -> None:
    texts = [*quoted(9, "de"), *quoted(1, "de", quote="Bus \u202efährt\u2066 nie\u200f")]
    found = publish_quotes(texts, TITLES)
    assert found.value[0].text == "Bus fährt nie"
    assert set(found.value[0].model_dump()) == {"question", "title", "text", "language", "translation"}
    assert b"oben" not in quotes_file(found)["quotes.json"]


def test_quotes_stand_in_the_order_of_the_questionnaire() -> None:
    first = TextRow("bedarf.other", "de", "", True, (), "Ruhe", "")
    found = publish_quotes([*quoted(10, "de", quote="Bus"), *[first] * 10], TITLES).value
    assert Counter(quote.question for quote in found) == {"bedarf": 10, "wunsch": 10}
    assert [quote.question for quote in found] == sorted(quote.question for quote in found)


def test_only_the_gate_publishes_quotes() -> None:
    with pytest.raises(TypeError):
        Published((), None)  # type: ignore[arg-type]
    assert quotes_file(publish_quotes(quoted(30, "de"), TITLES)) == {}


@pytest.mark.parametrize("words", ["=1+1", "- mehr Busse", "Bus;=SUM(A1)", "a\n@b", "<b>„Zitat“</b>", "x" * 10_000])
def test_a_quote_comes_out_as_it_was_released(tmp_path: Path, words: str) -> None:
    guarded = words.replace("=1", "'=1").replace("- m", "'- m").replace(";=", ";'=").replace("\n@", "\n'@")
    texts = [row(i, counted=0, quote=guarded if i == 3 else "") for i in range(10)]
    [quote] = json.loads(quotes_file(released_quotes(read_extract(extract_with(tmp_path, texts))))["quotes.json"])
    assert quote["text"] == words


def test_a_release_with_themes_and_quotes_is_whole_and_the_same_again(tmp_path: Path) -> None:
    texts = [*drawn(90, oben=3, unten=1), row(999, quote="Mehr Busse", themes="weg")]
    asked = small("wunsch")
    folder = write_extract(tmp_path / "e", asked, draw_rows(asked, 200), SMALL_PLAN, texts=texts, themes=THEMES)
    for name in ("a", "b"):
        make_release(folder, tmp_path / name)
    assert (tmp_path / "a" / "manifest.json").read_bytes() == (tmp_path / "b" / "manifest.json").read_bytes()
    manifest = read_release(tmp_path / "a")
    assert {"quotes.json", "tables/wunsch-themen.csv", "figures/wunsch-themen.svg"} <= set(manifest.files)
    assert "'=GELD()" in (tmp_path / "a" / "tables" / "wunsch-themen.csv").read_text("utf-8-sig")
    assert [entry.kind for entry in manifest.tables if entry.id == "wunsch-themen"] == ["own_words"]


# ---------- bad input


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"question": "gibt_es_nicht"}, "unknown-question"),
        ({"zone": "mond"}, "unknown-zone"),
        ({"counted": "ja"}, "not-a-mark"),
        ({"themes": "weg verrat"}, "unknown-theme"),
        ({"translation": "Geheimnis"}, "no-quote"),
        ({"text": "t00001"}, "duplicate-text"),
        ({"translation": "Geheimnis\n", "quote": 'a"b'}, None),
    ],
)
def test_a_broken_texts_file_is_refused_without_naming_words(tmp_path: Path, changes: Any, code: str | None) -> None:
    folder = extract_with(tmp_path, [row(1), row(2), row(3, **changes)])
    if code is None:
        assert len(read_extract(folder).texts) == 3
        return
    with pytest.raises(ExtractError) as raised:
        read_extract(folder)
    assert [(p.code, p.file, p.line) for p in raised.value.problems] == [(code, "texts.csv", 4)]
    assert "Geheimnis" not in str(raised.value)
    assert "verrat" not in str(raised.value)


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"row,question,language,text\n", "missing-columns"), (b"", "missing-columns"), (b"\xff\xfe", "byte-order-mark"),
     (",".join(TEXT_COLUMNS).encode() + b"\nt1,wunsch\n", "ragged")],
)  # fmt: skip
def test_a_file_in_another_form_is_refused(tmp_path: Path, data: bytes, code: str) -> None:
    folder = extract_with(tmp_path, [])
    (folder / "texts.csv").write_bytes(data)
    with pytest.raises(ExtractError) as raised:
        read_extract(folder)
    assert [problem.code for problem in raised.value.problems] == [code]


@pytest.mark.parametrize(
    ("texts", "wrong"),
    [
        ([row(i) for i in range(201)], [("wunsch", 202)]),
        ([row(i, question="huerden.other") for i in range(201)], [("huerden.other", 202)]),
        ([*(row(i) for i in range(200)), *(row(300 + i, question="huerden.other") for i in range(200))], []),
        ([row(i, zone="unten") for i in range(200)], [("wunsch", None)]),
    ],
    ids=["more than responses", "more to Andere", "one each", "more than from there"],
)
def test_more_texts_to_a_question_than_responses_are_found_when_the_extract_is_read(
    tmp_path: Path, texts: list[tuple[Any, ...]], wrong: list[tuple[str, int | None]]
) -> None:
    folder = extract_with(tmp_path, texts)
    if not wrong:
        assert len(read_extract(folder).texts) == 400
        return
    with pytest.raises(ExtractError) as raised:
        read_extract(folder)
    assert [(p.code, p.place) for p in raised.value.problems] == [("more-texts-than-responses", wrong[0][0])]
    assert wrong[0][1] in (None, raised.value.problems[0].line)


def test_the_command_names_place_and_remedy_of_texts_nobody_can_have_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write_extract(tmp_path, miniature(), [r | {"area": "nord"} for r in draw_rows(miniature(), 30)],
                           texts=[row(1), row(2, zone="unten")])  # fmt: skip
    assert main(["check", str(folder)]) == 3
    said = capsys.readouterr().err
    assert "texts.csv, Zeile 3: Zur Frage „wunsch“ gibt es aus dem Großraum „Unten“ mehr Texte als Bögen" in said
    assert "Bitte den Auszug neu erzeugen" in said
