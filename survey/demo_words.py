"""How the demonstration has already read own words: a few quotes, translations, and themes that count.

Texts, decisions and translations are made up like the answers; the waves they belong to are marked as simulated.
"""

from __future__ import annotations

from datetime import datetime

from survey.own_words import Decision, OwnText
from survey.store import Store, texts

#: Who has read in the demonstration.
READER = "lesen"

#: A text → the version that is shown; one copy of each becomes a quote, the others only count.
QUOTES: dict[str, str] = {
    text: text
    for text in (
        "Am Nachmittag fährt kein Bus mehr zurück ins Dorf.",
        "Die Kita müsste früher öffnen, ich habe Schichtdienst.",
        "Ein Kinderarzt, der noch neue Kinder aufnimmt.",
        "Weniger Papier bei Anträgen und jemand, der es erklärt.",
        "Jemand, der mal einspringt, wenn das Kind krank ist.",
        "Schwimmkurse ohne ein Jahr Wartezeit.",
        "نحتاج إلى مساعدة في ملء الاستمارات.",
        "Потрібна допомога з німецькою мовою для дітей і батьків.",
        "Formlar için yardım ve daha çok dil kursu.",
    )
} | {
    "Unser Max wartet seit einem Jahr auf einen Platz bei der Logopädie.":
        "Unser [Name] wartet seit einem Jahr auf einen Platz bei der Logopädie.",
}  # fmt: skip
TRANSLATIONS: dict[str, str] = {
    "Help with forms in a language I understand.": "Hilfe bei Formularen in einer Sprache, die ich verstehe.",
    "Потрібна допомога з німецькою мовою для дітей і батьків.":
        "Wir brauchen Hilfe mit der deutschen Sprache, für Kinder und für Eltern.",
    "Ми хочемо, щоб діти швидше потрапили до дитячого садка.":
        "Wir möchten, dass die Kinder schneller in den Kindergarten kommen.",
    "Нужна помощь с документами и языковые курсы.": "Wir brauchen Hilfe mit Dokumenten und Sprachkurse.",
    "Formlar için yardım ve daha çok dil kursu.": "Hilfe bei Formularen und mehr Sprachkurse.",
    "نحتاج إلى مساعدة في ملء الاستمارات.": "Wir brauchen Hilfe beim Ausfüllen der Formulare.",
    "نتمنى مكانا يلتقي فيه الأطفال بعد المدرسة.":
        "Wir wünschen uns einen Ort, an dem sich die Kinder nach der Schule treffen.",
    "به کمک برای پر کردن فرم‌ها نیاز داریم.": "Wir brauchen Hilfe beim Ausfüllen von Formularen.",
}  # fmt: skip


def read_some(store: Store, wave_id: str, now: datetime) -> None:
    """Decide about a few texts of a simulated wave and fix its themes, unless somebody has begun to read."""
    every = texts.list_texts(store, wave_id)
    if texts.fixed_at(store, wave_id) or any(text.decision for text in every):
        return
    quoted: set[str] = set()
    for text in every:
        decision = _decide(text, quoted)
        if decision or text.text in TRANSLATIONS:
            version = QUOTES.get(text.text, text.text)
            texts.change(
                store, wave_id, text.id, decision=decision, translation=TRANSLATIONS.get(text.text, ""),
                redacted=version if version != text.text else None,
            )  # fmt: skip
    if every:
        texts.note_access(store, wave_id, READER, "decide", now)
        texts.fix_themes(store, wave_id, READER, now)


def _decide(text: OwnText, quoted: set[str]) -> Decision:
    if text.text not in QUOTES:
        return ""
    if text.text in quoted:
        return "count"
    quoted.add(text.text)
    return "quote"
