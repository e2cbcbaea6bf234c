"""Published versions of questionnaires. A version is its hash; it never changes and never goes."""

from __future__ import annotations

from sqlalchemy import select

from questionnaires.model import Questionnaire
from survey.store import Store
from survey.store.errors import QuestionnaireUnknown
from survey.store.sql import insert_missing
from survey.store.tables import questionnaire


def save_questionnaire(store: Store, value: Questionnaire) -> str:
    """Keep a version and return its hash; keeping it twice is no error."""
    with store.write() as connection:
        row = {"hash": value.hash, "document": value.to_json()}
        connection.execute(insert_missing(connection, questionnaire), row)
    return value.hash


def find_questionnaire(store: Store, questionnaire_hash: str) -> Questionnaire | None:
    """Return a version, read and validated once per process."""
    if found := store.questionnaires.get(questionnaire_hash):
        return found
    with store.read() as connection:
        query = select(questionnaire.c.document).where(questionnaire.c.hash == questionnaire_hash)
        document = connection.execute(query).scalar_one_or_none()
    if document is None:
        return None
    found = store.questionnaires[questionnaire_hash] = Questionnaire.from_json(document)
    return found


def get_questionnaire(store: Store, questionnaire_hash: str) -> Questionnaire:
    found = find_questionnaire(store, questionnaire_hash)
    if found is None:
        raise QuestionnaireUnknown(questionnaire_hash)
    return found


def list_questionnaires(store: Store) -> tuple[Questionnaire, ...]:
    """Return all versions, by questionnaire and hash."""
    with store.read() as connection:
        hashes = connection.execute(select(questionnaire.c.hash)).scalars().all()
    return tuple(sorted((get_questionnaire(store, h) for h in hashes), key=lambda q: (q.id, q.hash)))
