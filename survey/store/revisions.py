"""Corrections of texts in a wave that is being answered, each with its log."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, insert, select, update

from questionnaires.differences import Revision
from questionnaires.model import Questionnaire
from survey.store import Store
from survey.store.sql import insert_missing
from survey.store.tables import questionnaire, wave, wave_questionnaire, wave_revision


def revise(store: Store, wave_id: str, after: Questionnaire, revision: Revision, now: datetime) -> bool:
    """Ask the corrected version from now on and log it; False if the wave no longer asks what was corrected.

    Version, switch and log are one transaction: there is no correction without its log.
    """
    here = wave.c.id == wave_id, wave.c.questionnaire_hash == revision.before
    row = {"wave_id": wave_id, "at": now, "by": revision.by, "document": revision.model_dump_json()}
    with store.write() as connection:
        kept = {"hash": after.hash, "document": after.to_json()}
        connection.execute(insert_missing(connection, questionnaire), kept)
        if connection.execute(update(wave).where(*here).values(questionnaire_hash=after.hash)).rowcount == 0:
            return False
        accepted = {"wave_id": wave_id, "questionnaire_hash": after.hash}
        connection.execute(insert_missing(connection, wave_questionnaire), accepted)
        query = select(func.count()).where(wave_revision.c.wave_id == wave_id)
        number = connection.execute(query).scalar_one() + 1
        connection.execute(insert(wave_revision), {**row, "number": number})
    return True


def list_revisions(store: Store, wave_id: str) -> tuple[Revision, ...]:
    """Return the corrections of a wave, the first one first."""
    query = select(wave_revision.c.document).where(wave_revision.c.wave_id == wave_id)
    with store.read() as connection:
        found = connection.execute(query.order_by(wave_revision.c.number)).scalars()
        return tuple(Revision.model_validate_json(document) for document in found)
