"""What looks personal is marked; how much is missed is counted, and the pages promise nothing else."""

import random
import time
from itertools import pairwise
from pathlib import Path

import pytest

from survey.personal import PLACEHOLDERS, Passage, find_personal, replace_passage
from survey.simulate_tables import FAMILIES


def found_in(text: str) -> list[tuple[str, str]]:
    return [(text[p.start : p.end], p.kind) for p in find_personal(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Schreiben Sie an m.muster@web.de, danke", [("m.muster@web.de", "email")]),
        ("lisa(at)schule.de", [("lisa(at)schule.de", "email")]),
        ("Rufen Sie an: 0361 / 12 34 56-7", [("0361 / 12 34 56-7", "phone")]),
        ("+49 170 1234567!", [("+49 170 1234567", "phone")]),
        ("IBAN DE89 3704 0044 0532 0130 00", [("DE89 3704 0044 0532 0130 00", "iban")]),
        ("geboren am 3.5.2017", [("3.5.2017", "date")]),
        ("am 12. März war es", [("12. März", "date")]),
        ("seit 2019-04-01", [("2019-04-01", "date")]),
        ("Wir wohnen Hauptstr. 5a", [("Hauptstr. 5a", "street")]),
        ("in der Bahnhofstraße", [("Bahnhofstraße", "street")]),
        ("Am Anger 3 ist es laut", [("Am Anger 3", "street")]),
        ("98617 Meiningen", [("98617 Meiningen", "postcode")]),
        ("mehr unter www.beispiel.de/x?y=1", [("www.beispiel.de/x?y=1", "url")]),
        ("folgt @lisa.2012 oder insta: lisa_x", [("@lisa.2012", "handle"), ("lisa_x", "handle")]),
        ("Frau Dr. Öztürk-Weiß hilft", [("Öztürk-Weiß", "name")]),
        ("mein Sohn Tjark", [("Tjark", "name")]),
        ("Meine kleine Tochter Xenia und", [("Xenia", "name")]),
        ("meine tochter lena hat Angst", [("lena", "name")]),
        ("Anna Schmidt", [("Anna Schmidt", "name")]),
        ("Мій син Максим", [("Максим", "name")]),
        ("ابني محمد مريض", [("محمد", "name")]),
        ("Liebe Grüße Familie Krause", [("Krause", "name")]),
        ("Lenas Lehrerin", [("Lenas", "name")]),
    ],
)
def test_what_looks_personal_is_found(text: str, found: list[tuple[str, str]]) -> None:
    assert found_in(text) == found


@pytest.mark.parametrize(
    "text",
    [
        *(text for _, _, text in (*FAMILIES.texts, *FAMILIES.others) if not {"Max", "Emilia"} & set(text.split())),
        "Meine Tochter Hilfe braucht", "2 - 3 Mal die Woche", "Für 7,50 Euro", "Um 15.30 Uhr",
        "Ein Spielplatz am Markt", "Max. 20 Euro", "Ernst gemeint: mehr Bus", "Frau und Mann", "50 % weniger",
        "Klasse 5 b", "24/7",
    ],
)  # fmt: skip
def test_what_is_not_personal_is_left_alone(text: str) -> None:
    assert found_in(text) == []


#: Names as families write them; made up, in spellings that occur. What is missed is missed by design of any such list.
NAMED = (
    "mein Sohn Max", "Frau Müller war nett", "lisa aus der 3b", "Herr Yılmaz vom Amt", "unsere Tochter Emilia",
    "Paul wird gemobbt, weil", "der kleine Finn", "Familie Schneider von nebenan", "Opa Werner", "Unser Jonas (6)",
    "Frau Dr. Köhler", "meine Kinder Mia und Ben", "Oksana hilft uns", "wegen Kevin", "Ibrahim darf nicht mit",
    "Die Müllers nebenan", "der Tjark", "Xaver und Korbinian", "die Frau vom Bäcker Hartung", "Schäfers Jüngster",
    "unser Bürgermeister Heym", "Jolina-Sophie", "mäxchen", "unsere Ronja", "der Wirt vom Goldenen Hirsch",
    "die Leiterin der Sonnenkita", "max ist krank", "Trainer Ralf",
)  # fmt: skip
MISSED = {
    "Die Müllers nebenan", "der Tjark", "Xaver und Korbinian", "die Frau vom Bäcker Hartung", "Schäfers Jüngster",
    "unser Bürgermeister Heym", "mäxchen", "der Wirt vom Goldenen Hirsch", "die Leiterin der Sonnenkita",
    "max ist krank", "Paul wird gemobbt, weil",
}  # fmt: skip


def test_no_list_finds_every_name_and_it_is_known_which_are_missed() -> None:
    missed = {text for text in NAMED if not find_personal(text)}
    assert missed == MISSED
    assert len(NAMED) - len(missed) == 17
    assert len(NAMED) == 28


def test_the_pages_promise_no_automatic_anonymity() -> None:
    folder = Path(__file__).parent.parent.parent / "templates" / "ownwords"
    assert "findet nicht alles" in (folder / "texts.html").read_text()
    assert "erkennt nicht alles" in (folder / "text.html").read_text()


def test_passages_stand_in_order_and_never_overlap() -> None:
    random_ = random.Random(7)
    parts = ("Frau Müller", "mein Sohn Max", "a@b.de", "www.a.de", "0361 123456", "98617 Ort", "3.5.2017", "@ab.c")
    for _ in range(200):
        text = random_.choice((" ", "", ", ")).join(random_.choices(parts, k=4))
        found = find_personal(text)
        assert all(one.end <= other.start for one, other in pairwise(found))
        assert all(0 <= one.start < one.end <= len(text) for one in found)


def test_a_passage_is_replaced_and_a_placeholder_is_none() -> None:
    assert replace_passage("mein Sohn Max!", Passage(10, 13, "name")) == "mein Sohn [Name]!"
    assert find_personal(" ".join(PLACEHOLDERS.values())) == ()


LONG = ("a" * 10_000, "0 " * 5000, "Frau " * 2000, "x@" * 5000, "A.B." * 2500, "mein Sohn " * 1000, "12." * 3333,
        "Aa " * 3333, "-" * 10_000, "@" * 10_000, "DE89 " * 2000, "(at)" * 2500)  # fmt: skip


def test_no_text_makes_the_search_slow() -> None:
    """The time grows with the length: a search that goes back over everything would need its square."""
    def needed(text: str) -> float:
        start = time.process_time()
        find_personal(text)
        return time.process_time() - start

    slow = [text[:20] for text in LONG if needed(text) > 60 * max(needed(text[: len(text) // 10]), 0.005)]
    assert slow == []
