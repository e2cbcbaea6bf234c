"""„Das haben Sie gesagt. Das tun wir.“: what a district answers to the families of a wave, by language."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, insert, select

from survey.store import Store
from survey.store.tables import follow_up


def save_follow_up(store: Store, wave_id: str, texts: Mapping[str, str]) -> None:
    """Replace what was there; languages without a text are left out."""
    rows = [
        {"wave_id": wave_id, "language": language, "text": text.strip()}
        for language, text in sorted(texts.items())
        if text.strip()
    ]
    with store.write() as connection:
        connection.execute(delete(follow_up).where(follow_up.c.wave_id == wave_id))
        if rows:
            connection.execute(insert(follow_up), rows)


def get_follow_up(store: Store, wave_id: str) -> dict[str, str]:
    """Return language → text; empty while the district has said nothing."""
    query = select(follow_up.c.language, follow_up.c.text).where(follow_up.c.wave_id == wave_id)
    with store.read() as connection:
        return {row.language: row.text for row in connection.execute(query.order_by(follow_up.c.language))}
