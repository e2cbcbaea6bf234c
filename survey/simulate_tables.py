"""What makes made-up answers plausible: who comes through which door, and who tends to say what.

Every figure here is an assumption for demonstrations, none is a finding about a real district.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property


@dataclass(frozen=True)
class Effect:
    """Multiplies the weight of some answers for those who have all of some traits.

    Traits are drawn (`alone`, `poor` …), belong to the Sozialraum (`town` …) or come from earlier answers:
    `question=code`, `question.item=code`, `question.band` (at least one), `question.first.band` (the first
    band with one), `question.none`; in a child's section `child.band`. A leading `!` asks for a trait's absence.
    """

    question: str
    """question id, or `question.item` of a battery"""
    codes: tuple[int, ...]
    """option or step codes; none: the number itself is multiplied"""
    factor: float
    where: tuple[str, ...] = ()


@dataclass(frozen=True)
class SimulatedDoor:
    """A way in, how many come through it, and how much likelier they have a trait."""

    id: str
    name: str
    kind: str
    weight: float
    odds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Tables:
    """What is known about the people and the questions; all of it optional."""

    doors: tuple[SimulatedDoor, ...] = (SimulatedDoor("link", "Offener Link", "Link", 1.0),)
    traits: Mapping[str, float] = field(default_factory=dict)
    """drawn trait → chance"""
    trait_odds: Mapping[tuple[str, str], float] = field(default_factory=dict)
    """(trait, earlier trait) → multiplies the odds of the first"""
    area_traits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    response: Mapping[str, float] = field(default_factory=dict)
    """Sozialraum → how willing people are to answer, 1 on average; drawn where it is not named"""
    weights: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    effects: tuple[Effect, ...] = ()
    texts: tuple[tuple[str, str, str], ...] = ()
    """trait that must hold (empty: none), language, own words"""
    others: tuple[tuple[str, str, str], ...] = ()
    """the same for „Andere, nämlich“"""

    @cached_property
    def effects_of(self) -> dict[str, list[Effect]]:
        """Effects by what they act on."""
        found: dict[str, list[Effect]] = {}
        for effect in self.effects:
            found.setdefault(effect.question, []).append(effect)
        return found


_DOORS = (
    SimulatedDoor("kita", "Aushänge in Kitas", "Kita", 0.31),
    SimulatedDoor("schule", "Elternbrief der Schulen", "Schule", 0.27),
    SimulatedDoor("link", "Link auf der Seite des Landkreises", "Link", 0.24),
    SimulatedDoor("praxis", "Kinderarztpraxen", "Praxis", 0.11, {"poor": 1.2, "other_language": 1.5}),
    SimulatedDoor(
        "jobcenter", "Jobcenter", "Jobcenter", 0.06, {"poor": 12.0, "alone": 2.5, "other_language": 3.0}
    ),
    SimulatedDoor("stadtfest", "Stand beim Stadtfest", "Veranstaltung", 0.006),
)
_AREA_TRAITS = {
    **{area: ("town",) for area in ("sm-meiningen", "sm-schmalkalden", "wak-bad-salzungen")},
    **{area: ("town", "city") for area in ("wak-pr2", "wmk-ost")},
    **{area: ("country",) for area in ("sm-grabfeld", "sm-dolmar-salzbruecke", "sm-wasungen")},
    **{area: ("country",) for area in ("wak-pr1", "wak-pr4", "wak-vacha", "wmk-sontra")},
    **{area: ("country", "rhoen") for area in ("sm-hohe-rhoen", "wak-dermbach", "wak-geisa")},
}  # fmt: skip
_RESPONSE = {
    "sm-schmalkalden": 0.85, "sm-zella-mehlis": 0.75, "sm-breitungen": 1.0, "sm-wasungen": 1.25,
    "sm-hohe-rhoen": 1.3, "sm-meiningen": 1.2, "sm-dolmar-salzbruecke": 1.0, "sm-grabfeld": 0.8,
}  # fmt: skip

#: Weights of the answers before any effect; a question that is not named gets a fixed popularity per answer.
_WEIGHTS: dict[str, dict[int, float]] = {
    "juengstes": {1: 0.01, 2: 0.01, 3: 0.01, 4: 0.01, 5: 0.01, 6: 0.01, 99: 0.001},
    "bedarf": {1: 15, 2: 15, 3: 12, 4: 6, 5: 9, 6: 12, 7: 8, 8: 6, 9: 9, 10: 13, 90: 5, 98: 2},
    "zufriedenheit": {1: 6, 2: 14, 3: 28, 4: 34, 5: 18},
    "mobil": {1: 68, 2: 9, 3: 14, 4: 5, 5: 2, 98: 1},
    "rat": {1: 38, 2: 42, 3: 17, 99: 2},
    "kind_betreuung": {1: 38, 2: 34, 3: 15, 4: 4, 5: 6, 98: 1},
    "kind_freizeit": {1: 62, 2: 8, 3: 8, 4: 12, 5: 8, 98: 2},
    "kind_start": {1: 60, 2: 28, 3: 9, 98: 3},
    "angebote": {1: 36, 2: 40, 3: 9, 4: 15},
    "huerden": {1: 22, 2: 20, 3: 13, 4: 8, 5: 12, 6: 15, 7: 1.5, 8: 6, 9: 18, 90: 16, 95: 2, 99: 1},
    "haushaltsform": {1: 70, 2: 0.4, 3: 7, 4: 3, 99: 2},
    "sprache": {1: 100, 2: 3, 3: 0.2, 99: 1},
    "belastung": {1: 27, 2: 44, 3: 20, 4: 6, 99: 3},
    "auskommen": {1: 42, 2: 38, 3: 8, 4: 1.5, 99: 5},
    "leistungen": {1: 3, 2: 90, 98: 2, 99: 3},
    "but_bekannt": {1: 62, 0: 38},
    "but_weg": {1: 18, 2: 22, 3: 10, 4: 8, 5: 30},
    "but_gruende": {1: 26, 2: 16, 3: 20, 4: 14, 5: 6, 6: 9, 7: 6, 8: 6, 9: 12, 95: 2, 99: 2},
    "alter": {1: 48, 2: 38, 3: 14, 99: 1},
    "taetig": {1: 78, 2: 14, 3: 5, 4: 2, 99: 1},
    "geldsorgen": {1: 55, 2: 32, 3: 10, 99: 3},
}  # fmt: skip

_YOUNGEST = {"u3": (2, 3), "a3": (3,), "a6": (4,), "a10": (5,), "a15": (5, 6)}
_SCHOOL = ("!kinder.a6", "!kinder.a10", "!kinder.a15")
_SMALL = ("!kinder.u3", "!kinder.a3")
_BUT = ("mittagessen", "ausfluege", "schulbedarf", "fahrt", "lernfoerderung", "verein")

_HOUSEHOLD = (
    *(Effect("juengstes", codes, 9000, (f"kinder.first.{band}",)) for band, codes in _YOUNGEST.items()),
    Effect("juengstes", (2,), 0.6, ("kinder.first.u3",)),
    Effect("juengstes", (1,), 9000, ("kinder.none",)),
    Effect("haushaltsform", (2,), 1500, ("alone",)),
    Effect("haushaltsform", (1,), 0.05, ("alone",)),
    Effect("sprache", (2,), 60, ("other_language",)),
    Effect("sprache", (3,), 500, ("other_language",)),
    Effect("leistungen", (1,), 150, ("poor",)),
    Effect("auskommen", (3, 4), 9, ("poor",)),
    Effect("auskommen", (3, 4), 1.6, ("alone",)),
    Effect("geldsorgen", (2, 3), 5, ("poor",)),
    Effect("belastung", (3, 4), 1.9, ("alone",)),
    Effect("belastung", (3, 4), 1.5, ("poor",)),
    Effect("taetig", (1,), 6, ("alter=1",)),
)
_NEEDS = (
    Effect("bedarf", (1,), 1.8, ("kinder.u3",)),
    Effect("bedarf", (1,), 1.5, ("kinder.a3",)),
    Effect("bedarf", (1, 10), 1.7, ("alone",)),
    Effect("bedarf", (2,), 1.8, ("country",)),
    Effect("bedarf", (2,), 0.7, ("city",)),
    Effect("bedarf", (3,), 1.7, ("country",)),
    Effect("bedarf", (3,), 1.9, ("rhoen",)),
    Effect("bedarf", (3,), 0.5, ("town",)),
    Effect("bedarf", (4,), 2.2, ("city",)),
    Effect("bedarf", (4, 8), 1.6, ("poor",)),
    Effect("bedarf", (5,), 3.5, ("poor",)),
    Effect("bedarf", (5,), 1.5, ("alone",)),
    Effect("bedarf", (7,), 1.6, ("rhoen",)),
    Effect("bedarf", (8, 9), 2.0, ("other_language",)),
    Effect("bedarf", (9,), 1.7, ("kinder.a10",)),
    Effect("bedarf", (90,), 0.3, ("poor",)),
)
_EVERYDAY = (
    Effect("zufriedenheit.bus", (1, 2), 2.2, ("country",)),
    Effect("zufriedenheit.bus", (1, 2), 2.2, ("rhoen",)),
    Effect("zufriedenheit.bus", (4, 5), 1.6, ("town",)),
    Effect("zufriedenheit.arzt", (1, 2), 2.4, ("country",)),
    Effect("zufriedenheit.wohnen", (1, 2), 2.5, ("poor",)),
    Effect("zufriedenheit.vereine", (4, 5), 1.6, ("country",)),
    Effect("zufriedenheit.kita", (98,), 25, _SMALL),
    Effect("zufriedenheit.schule", (98,), 25, _SCHOOL),
    Effect("mobil", (2,), 2.5, ("town",)),
    Effect("mobil", (2,), 0.3, ("rhoen",)),
    Effect("mobil", (4, 5), 3.0, ("poor",)),
    Effect("arztweg", (), 1.4, ("country",)),
    Effect("arztweg", (), 1.4, ("rhoen",)),
    Effect("arztweg", (), 0.6, ("town",)),
    Effect("rat", (3,), 2.2, ("other_language",)),
    Effect("kind_betreuung", (3, 4), 1.8, ("alone",)),
    Effect("kind_betreuung", (4,), 2.5, ("child.u3",)),
    Effect("kind_betreuung", (5,), 4.0, ("child.u3",)),
    Effect("kind_freizeit", (2,), 4.0, ("poor",)),
    Effect("kind_freizeit", (3,), 2.2, ("country",)),
    Effect("kind_freizeit", (5,), 2.5, ("child.a15",)),
    Effect("kind_start", (98,), 6.0, ("child.a3",)),
    Effect("kind_start", (3,), 2.0, ("other_language",)),
)
_OFFERS = (
    Effect("angebote.fruehe_hilfen", (4,), 2.5, ("kinder.u3",)),
    Effect("angebote.fruehe_hilfen", (3, 4), 0.2, _SMALL),
    Effect("angebote.eltern_kind_gruppe", (3, 4), 0.15, _SMALL),
    Effect("angebote.schulsozialarbeit", (3, 4), 0.15, _SCHOOL),
    Effect("angebote.sozialberatung", (3, 4), 3.0, ("poor",)),
    Effect("angebote.familienzentrum", (1,), 2.0, ("country",)),
    Effect("angebote", (1,), 2.0, ("other_language",)),
    Effect("huerden", (3,), 2.4, ("country",)),
    Effect("huerden", (4, 8), 2.5, ("poor",)),
    Effect("huerden", (7,), 20, ("other_language",)),
    Effect("huerden", (9,), 1.8, ("alone",)),
    Effect("but_bekannt", (0,), 1.8, ("other_language",)),
    *(Effect(f"but_weg.{item}", (3, 4, 5), 0.02, (f"but_bekannt.{item}=0",)) for item in _BUT),
    *(Effect(f"but_bekannt.{item}", (0,), 1.7) for item in ("lernfoerderung", "verein")),
    *(Effect(f"but_weg.{item}", (1,), 8.0, _SCHOOL) for item in ("schulbedarf", "fahrt", "lernfoerderung")),
    Effect("but_gruende", (6, 7), 2.0, ("country",)),
)
_TEXTS = (
    ("", "de", "Mehr Zeit füreinander und weniger Termine."),
    ("", "de", "Eigentlich geht es uns gut. Ein Ort zum Treffen im Winter wäre schön."),
    ("", "de", "Ein Spielplatz, der auch für Größere etwas hat."),
    ("", "de", "Weniger Papier bei Anträgen und jemand, der es erklärt."),
    ("bedarf=1", "de", "Die Kita müsste früher öffnen, ich habe Schichtdienst."),
    ("bedarf=1", "de", "Betreuung in den Ferien, auch für Schulkinder."),
    ("bedarf=2", "de", "Ein Kinderarzt, der noch neue Kinder aufnimmt."),
    ("bedarf=2", "de", "Die Wartezeit auf Logopädie ist zu lang."),
    ("bedarf=3", "de", "Am Nachmittag fährt kein Bus mehr zurück ins Dorf."),
    ("bedarf=3", "de", "Ein sicherer Radweg zur Schule."),
    ("bedarf=4", "de", "Eine größere Wohnung, die wir bezahlen können."),
    ("bedarf=5", "de", "Klassenfahrten und Vereine kosten zusammen zu viel."),
    ("bedarf=6", "de", "Schwimmkurse ohne ein Jahr Wartezeit."),
    ("bedarf=7", "de", "Einen Treffpunkt für Eltern mit kleinen Kindern."),
    ("bedarf=9", "de", "Nachhilfe, die nichts kostet."),
    ("alone", "de", "Jemand, der mal einspringt, wenn das Kind krank ist."),
    ("bedarf=2", "de", "Unser Max wartet seit einem Jahr auf einen Platz bei der Logopädie."),
    ("bedarf=9", "de", "Meine Tochter Emilia bekommt in Mathe keine Hilfe."),
    ("", "en", "Help with forms in a language I understand."),
    ("", "uk", "Потрібна допомога з німецькою мовою для дітей і батьків."),
    ("", "uk", "Ми хочемо, щоб діти швидше потрапили до дитячого садка."),
    ("", "ru", "Нужна помощь с документами и языковые курсы."),
    ("", "tr", "Formlar için yardım ve daha çok dil kursu."),
    ("", "ar", "نحتاج إلى مساعدة في ملء الاستمارات."),
    ("", "ar", "نتمنى مكانا يلتقي فيه الأطفال بعد المدرسة."),
    ("", "fa", "به کمک برای پر کردن فرم‌ها نیاز داریم."),
)

_OTHERS = (
    ("", "de", "Wir sind erst vor Kurzem hergezogen."),
    ("", "de", "Das war uns bisher nicht wichtig."),
    ("", "de", "Die Auskünfte waren jedes Mal anders."),
    ("", "de", "Es war nie jemand zu erreichen."),
    ("alone", "de", "Ich finde niemanden, der so lange auf die Kinder aufpasst."),
    ("country", "de", "Zu uns fährt danach nichts mehr zurück."),
    ("", "uk", "Ми тут недавно."),
    ("", "en", "We moved here only recently."),
)

#: For the shipped questionnaires and districts; anything else is drawn from the kinds alone.
FAMILIES = Tables(
    doors=_DOORS,
    traits={"childless": 0.025, "other_language": 0.11, "alone": 0.15, "poor": 0.13},
    trait_odds={
        ("poor", "alone"): 3.0, ("poor", "other_language"): 2.5, ("poor", "city"): 1.4,
        ("alone", "city"): 1.4, ("other_language", "country"): 0.5, ("other_language", "town"): 1.6,
    },
    area_traits=_AREA_TRAITS,
    response=_RESPONSE,
    weights=_WEIGHTS,
    effects=(*_HOUSEHOLD, *_NEEDS, *_EVERYDAY, *_OFFERS),
    texts=_TEXTS,
    others=_OTHERS,
)  # fmt: skip

#: The same people three years before: fewer knew where to get advice, more missed child care and buses.
FAMILIES_BEFORE = replace(
    FAMILIES,
    weights={
        **_WEIGHTS,
        "bedarf": {**_WEIGHTS["bedarf"], 1: 26, 3: 22, 5: 5},
        "rat": {1: 24, 2: 40, 3: 34, 99: 2},
        "kind_betreuung": {1: 24, 2: 34, 3: 26, 4: 7, 5: 6, 98: 1},
    },
)  # fmt: skip

#: Schools and other ways in for young people; the last two schools are too small for a sheet of their own.
YOUNG_PEOPLE = replace(
    FAMILIES,
    doors=(
        SimulatedDoor("gymnasium", "Gymnasium am Schlossberg (erfunden)", "Schule", 0.31),
        SimulatedDoor("regelschule-1", "Regelschule Lindenhof (erfunden)", "Schule", 0.26),
        SimulatedDoor("berufsschule", "Berufsschule an der Werra (erfunden)", "Schule", 0.17),
        SimulatedDoor("regelschule-2", "Regelschule Kleintal (erfunden)", "Schule", 0.04),
        SimulatedDoor("foerderschule", "Förderschule Wiesengrund (erfunden)", "Schule", 0.03),
        SimulatedDoor("jugendclub", "Jugendclubs", "Jugendclub", 0.09),
        SimulatedDoor("link", "Link auf der Seite des Landkreises", "Link", 0.10),
    ),
)
