"""Own words apart from their responses: cut off when a wave is anonymised, then read and decided by people.

From then on no row leads from a text to the other answers of who wrote it: the text is gone from the response, the id
is random, all of a wave come in one transaction in the order of their ids.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, insert, select, update

from questionnaires.children import base_name, sections_of
from questionnaires.codebook import ThemeBook, starter_for
from questionnaires.model import Questionnaire, Text, canonical_json, choices
from survey.errors import NotFound, NotNow
from survey.own_words import SPOKEN, Access, Decision, FoundText, OwnText, coarse, themes_of
from survey.personal import find_personal
from survey.records import Wave
from survey.store import Store
from survey.store.districts import get_district
from survey.store.questionnaires import get_questionnaire
from survey.store.rewrite import rewrite
from survey.store.tables import own_text, own_words, own_words_access, release, response

_CHUNK = 500
_BETWEEN = "\n…\n"
"""between what one family wrote about several of its children"""


class TextUnknown(NotFound):
    """There is no such text in this wave."""

    def __init__(self) -> None:
        super().__init__("Diesen Text gibt es nicht (mehr).")


class ThemesFixed(NotNow):
    """Themes are fixed, because a release counted them or is about to."""

    def __init__(self) -> None:
        super().__init__(
            "Die Themen sind festgelegt. Jede Änderung würde zwei Ergebnisstände um eine Familie verschieden machen, "
            "und daran könnte man sie erkennen."
        )


# --- out of the responses -----------------------------------------------------------------------------------


def cut_off(store: Store, connection: Connection, wave: Wave) -> int:
    """Move the own words of an anonymised wave out of its responses, in the caller's transaction; return how many."""
    zones: dict[str, str | None] = {area.id: area.zone for area in get_district(store, wave.district_id).areas}
    names: dict[str, dict[str, str]] = {}
    found: list[FoundText] = []
    keys = connection.execute(select(response.c.key_hash).where(response.c.wave_id == wave.id)).scalars().all()
    for start in range(0, len(keys), _CHUNK):
        found += _cut_some(store, connection, wave.id, list(keys[start : start + _CHUNK]), zones, names)
    ids = sorted(secrets.token_bytes(16) for _ in found)
    secrets.SystemRandom().shuffle(found)
    rows = [
        {"wave_id": wave.id, "id": text_id, "question": one.question, "language": one.language, "zone": one.zone,
         "text": one.text, "n_marks": len(find_personal(one.text))}
        for text_id, one in zip(ids, coarse(found), strict=True)
    ]  # fmt: skip
    if rows:
        connection.execute(insert(own_text), rows)
    book = _first_book(get_questionnaire(store, wave.questionnaire_hash).id)
    connection.execute(insert(own_words), {"wave_id": wave.id, "themes": book.model_dump_json()})
    return len(rows)


def _first_book(questionnaire: str) -> ThemeBook:
    from questionnaires.codebook_file import shipped_books  # reads YAML, which the web process otherwise never does

    return starter_for(shipped_books(), questionnaire)


def _cut_some(
    store: Store, connection: Connection, wave_id: str, keys: list[bytes], zones: dict[str, str | None],
    names: dict[str, dict[str, str]],
) -> Iterator[FoundText]:  # fmt: skip
    query = select(response).where(response.c.wave_id == wave_id, response.c.key_hash.in_(keys))
    changes = []
    for row in connection.execute(query).mappings().all():
        if row["questionnaire_hash"] not in names:
            names[row["questionnaire_hash"]] = text_names(get_questionnaire(store, row["questionnaire_hash"]))
        known, answers = names[row["questionnaire_hash"]], json.loads(row["answers"])
        if not known.keys() & answers.keys():
            continue
        language = SPOKEN.get(row["language"], row["language"])
        zone = zones.get(row["area"]) or ""
        for question, text in _together(known, answers):
            yield FoundText(question, "" if language == "andere" else language, zone, text)
        rest = {name: answer for name, answer in answers.items() if name not in known}
        changes.append({"key": row["key_hash"], "rest": canonical_json(rest)})
    if changes:
        where = (response.c.wave_id == wave_id, response.c.key_hash == bindparam("key"))
        connection.execute(update(response).where(*where).values(answers=bindparam("rest")), changes)


def _together(known: dict[str, str], answers: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what was written to each question, about all children together: one family is one text."""
    written: dict[str, list[str]] = {}
    for name, question in known.items():
        if name in answers:
            written.setdefault(question, []).append(answers[name])
    yield from ((question, _BETWEEN.join(texts)) for question, texts in written.items())


def text_names(questionnaire: Questionnaire) -> dict[str, str]:
    """Return the name of every own text among the answers → its question; children's sections are not told apart."""
    questions = sections_of(questionnaire).questions.values()
    own = {q.id: base_name(q.id) for q in questions if isinstance(q, Text)}
    others = [q.id for q in questions if any(o.other for o in choices(q))]
    return own | {f"{name}.other": f"{base_name(name)}.other" for name in others}


def make_sure(store: Store, wave: Wave) -> None:
    """Cut off the own words of a wave that was anonymised by a version of the program that did not."""
    if wave.anonymised_at is None or wave.archived_at is not None or _head(store, wave.id) is not None:
        return
    with store.write() as connection:
        query = select(own_words.c.wave_id).where(own_words.c.wave_id == wave.id)
        if connection.execute(query).one_or_none() is None:
            cut_off(store, connection, wave)
    rewrite(store)


def forget(connection: Connection, wave_id: str) -> None:
    """Delete the own words of a wave, in the caller's transaction; who looked at them stays known."""
    connection.execute(delete(own_text).where(own_text.c.wave_id == wave_id))


# --- the queue ----------------------------------------------------------------------------------------------


def list_texts(store: Store, wave_id: str, question: str = "") -> tuple[OwnText, ...]:
    """Return the texts of a wave: undecided ones first, of these those with marked passages; else by random id."""
    query = select(own_text).where(own_text.c.wave_id == wave_id)
    if question:
        query = query.where(own_text.c.question == question)
    query = query.order_by(own_text.c.decision != "", own_text.c.n_marks == 0, own_text.c.id)
    with store.read() as connection:
        return tuple(map(_text, connection.execute(query).mappings()))


def get_text(store: Store, wave_id: str, text_id: str) -> OwnText:
    with store.read() as connection:
        return _text(_row(connection, wave_id, text_id))


def _row(connection: Connection, wave_id: str, text_id: str) -> RowMapping:
    if len(text_id) != 32 or not all(c in "0123456789abcdef" for c in text_id):
        raise TextUnknown
    row = connection.execute(select(own_text).where(*_at(wave_id, text_id))).mappings().one_or_none()
    if row is None:
        raise TextUnknown
    return row


def count_decisions(store: Store, wave_id: str) -> dict[tuple[str, Decision], int]:
    """Return the number of texts by question and decision."""
    columns = own_text.c.question, own_text.c.decision
    query = select(*columns, func.count()).where(own_text.c.wave_id == wave_id).group_by(*columns)
    with store.read() as connection:
        return {(question, decision): n for question, decision, n in connection.execute(query)}


#: What one decision changes and undoing it brings back.
_STATE = ("decision", "redacted", "translation", "themes")


def change(store: Store, wave_id: str, text_id: str, **values: Any) -> None:
    """Change decision, version, translation or themes of a text; :func:`undo` brings back what was there.

    Raises
    ------
    ThemesFixed
        the change would be counted, and the themes are fixed
    """
    if "themes" in values and values["themes"] is not None:
        values["themes"] = json.dumps(sorted(set(values["themes"])))
    with store.write() as connection:
        old = _row(connection, wave_id, text_id)
        before = {name: old[name] for name in _STATE}
        _replace(connection, old, values | {"before": json.dumps(before)})


def undo(store: Store, wave_id: str, text_id: str) -> bool:
    """Bring back what the last change replaced, so that undoing again repeats it; False if there is nothing."""
    with store.write() as connection:
        old = _row(connection, wave_id, text_id)
        if old["before"] is None:
            return False
        now = {name: old[name] for name in _STATE}
        _replace(connection, old, json.loads(old["before"]) | {"before": json.dumps(now)})
    return True


def _replace(connection: Connection, old: RowMapping, values: dict[str, Any]) -> None:
    query = select(own_words.c.themes).where(own_words.c.wave_id == old["wave_id"], own_words.c.fixed_at.is_not(None))
    fixed = connection.execute(query).scalar_one_or_none()
    if fixed is not None:
        values = _uncounted(old, values, ThemeBook.model_validate_json(fixed))
    connection.execute(update(own_text).where(*_at(old["wave_id"], old["id"].hex())).values(values))


def _uncounted(old: RowMapping, values: dict[str, Any], book: ThemeBook) -> dict[str, Any]:
    """Return the values if no count moves by them; a translation that came later leaves the themes as they were."""
    before, after = _text(old), _text({**old, **values})
    themes = themes_of(before, book)
    if (before.decision == "unused") != (after.decision == "unused"):
        raise ThemesFixed
    if set(themes) == set(themes_of(after, book)):
        return values
    if after.themes is not None:
        raise ThemesFixed
    return values | {"themes": json.dumps(themes)}


# --- themes -------------------------------------------------------------------------------------------------


def _head(store: Store, wave_id: str) -> RowMapping | None:
    with store.read() as connection:
        query = select(own_words).where(own_words.c.wave_id == wave_id)
        return connection.execute(query).mappings().one_or_none()


def get_themes(store: Store, wave_id: str) -> ThemeBook:
    head = _head(store, wave_id)
    return ThemeBook(name="Themen", themes=()) if head is None else ThemeBook.model_validate_json(head["themes"])


def fixed_at(store: Store, wave_id: str) -> datetime | None:
    """Return since when the themes count in releases; None: not yet."""
    head = _head(store, wave_id)
    return None if head is None else head["fixed_at"]


def save_themes(store: Store, wave_id: str, book: ThemeBook) -> None:
    """Replace the themes of a wave; raises ThemesFixed."""
    query = update(own_words).where(own_words.c.wave_id == wave_id, own_words.c.fixed_at.is_(None))
    with store.write() as connection:
        if connection.execute(query.values(themes=book.model_dump_json())).rowcount == 0:
            raise ThemesFixed


def fix_themes(store: Store, wave_id: str, who: str, now: datetime) -> None:
    """Let the themes count in releases from now on."""
    query = update(own_words).where(own_words.c.wave_id == wave_id, own_words.c.fixed_at.is_(None))
    with store.write() as connection:
        connection.execute(query.values(fixed_at=now, fixed_by=who))


def may_unfix(store: Store, wave_id: str) -> bool:
    """Return whether no release can have counted the fixed themes."""
    since = fixed_at(store, wave_id)
    query = select(func.count()).select_from(release).where(release.c.wave_id == wave_id)
    with store.read() as connection:
        return since is not None and not connection.execute(query.where(release.c.created_at >= since)).scalar_one()


def unfix_themes(store: Store, wave_id: str) -> None:
    """Take back that the themes are fixed; raises ThemesFixed once a release was made with them."""
    if not may_unfix(store, wave_id):
        raise ThemesFixed
    with store.write() as connection:
        query = update(own_words).where(own_words.c.wave_id == wave_id)
        connection.execute(query.values(fixed_at=None, fixed_by=None))


# --- who looked ---------------------------------------------------------------------------------------------


def note_access(store: Store, wave_id: str, who: str, what: Access, now: datetime) -> None:
    """Remember that somebody looked at or decided about texts of a wave; never which."""
    with store.write() as connection:
        connection.execute(insert(own_words_access), {"wave_id": wave_id, "at": now, "who": who, "what": what})


def list_access(store: Store, wave_id: str, limit: int = 500) -> list[tuple[datetime, str, Access]]:
    """Return when who did what, the latest first."""
    query = select(own_words_access).where(own_words_access.c.wave_id == wave_id)
    with store.read() as connection:
        rows = connection.execute(query.order_by(own_words_access.c.id.desc()).limit(limit)).mappings()
        return [(row["at"], row["who"], row["what"]) for row in rows]


def _at(wave_id: str, text_id: str) -> tuple[Any, Any]:
    return own_text.c.wave_id == wave_id, own_text.c.id == bytes.fromhex(text_id)


def _text(row: Mapping[Any, Any]) -> OwnText:
    plain: Iterable[str] = (
        "question", "language", "zone", "text", "n_marks", "decision", "redacted", "translation", "marked_at",
        "marked_by", "taken_at", "taken_by",
    )  # fmt: skip
    themes = None if row["themes"] is None else tuple(json.loads(row["themes"]))
    values: dict[str, Any] = {name: row[name] for name in plain}
    return OwnText(id=row["id"].hex(), themes=themes, undoable=row["before"] is not None, **values)
