"""Links on which partners read a draft, and what they say about it."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from sqlalchemy import delete, func, insert, select, update

from survey.records import DraftComment, DraftLink
from survey.store import Store
from survey.store.tables import draft_comment, draft_link

#: A link that got around is of no use to anybody after so many.
MOST_COMMENTS = 500


def hash_token(token: str) -> bytes:
    """Return what is kept of a link."""
    return hashlib.sha256(token.encode()).digest()


def add_link(store: Store, link: DraftLink) -> None:
    with store.write() as connection:
        connection.execute(insert(draft_link), vars(link))


def find_link(store: Store, token: str, today: date, *, trial: bool = False) -> DraftLink | None:
    """Return the link of a token to read (or to try), None if there is none or its time is over."""
    query = select(draft_link).where(draft_link.c.token_hash == hash_token(token), draft_link.c.until >= today)
    query = query.where(draft_link.c.trial_hash.is_not(None) if trial else draft_link.c.trial_hash.is_(None))
    with store.read() as connection:
        row = connection.execute(query).mappings().one_or_none()
    return None if row is None else DraftLink(**row)


def list_links(store: Store, draft_id: str, *, trial: bool = False) -> tuple[DraftLink, ...]:
    """Return the links to read a draft, or those to try it."""
    query = select(draft_link).where(draft_link.c.draft_id == draft_id).order_by(draft_link.c.until, draft_link.c.title)
    query = query.where(draft_link.c.trial_hash.is_not(None) if trial else draft_link.c.trial_hash.is_(None))
    with store.read() as connection:
        return tuple(DraftLink(**row) for row in connection.execute(query).mappings())


def end_link(store: Store, draft_id: str, token_hash: bytes) -> None:
    """Let a link lead nowhere; what was said stays."""
    with store.write() as connection:
        here = draft_link.c.draft_id == draft_id, draft_link.c.token_hash == token_hash
        connection.execute(delete(draft_link).where(*here))


def add_comment(store: Store, link: DraftLink, question: str, name: str, text: str, now: datetime) -> bool:
    """Keep a comment; False if there are too many."""
    said = {"question": question, "link": link.title, "name": name, "text": text}
    row = {"draft_id": link.draft_id, "trial": link.trial_hash is not None, **said}
    with store.write() as connection:
        query = select(func.count()).where(draft_comment.c.draft_id == link.draft_id)
        if connection.execute(query).scalar_one() >= MOST_COMMENTS:
            return False
        connection.execute(insert(draft_comment), {**row, "said_at": now})
    return True


def list_comments(store: Store, draft_id: str) -> tuple[DraftComment, ...]:
    """Return what was said, the oldest first."""
    columns = [draft_comment.c[name] for name in DraftComment.__dataclass_fields__]
    query = select(*columns).where(draft_comment.c.draft_id == draft_id).order_by(draft_comment.c.id)
    with store.read() as connection:
        return tuple(DraftComment(*row) for row in connection.execute(query))


def mark_comment(store: Store, draft_id: str, comment_id: int, done: bool) -> None:
    """Note whether something was done about a comment."""
    with store.write() as connection:
        here = draft_comment.c.draft_id == draft_id, draft_comment.c.id == comment_id
        connection.execute(update(draft_comment).where(*here).values(done=done))
