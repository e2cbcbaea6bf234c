"""Districts and what they must say about themselves on every public page."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from sqlalchemy import select, update

from questionnaires.model import canonical_json
from questionnaires.region import District, HelpContact
from survey.records import KnownFamilies, Notices
from survey.store import Store, hot
from survey.store.errors import DistrictUnknown
from survey.store.sql import upsert
from survey.store.tables import district

#: What each notice is called where staff fill it in.
NOTICE_TITLES: dict[str, str] = {
    "controller": "Verantwortliche Stelle",
    "privacy_officer": "Datenschutzbeauftragte Person",
    "supervisory_authority": "Aufsichtsbehörde",
    "imprint": "Impressum",
    "accessibility_contact": "Kontakt zur Barrierefreiheit",
    "accessibility_state": "Stand der Barrierefreiheit",
    "results_announced": "Wann und wo die Ergebnisse erscheinen",
}


def save_district(store: Store, value: District) -> None:
    """Keep a district, or replace what is kept; its notices, help contacts and numbers of families stay."""
    document = canonical_json(value.model_dump(mode="json", exclude_defaults=True))
    row = {"id": value.id, "document": document, "digest": hashlib.sha256(document.encode()).hexdigest()}
    with store.write() as connection:
        connection.execute(upsert(connection, district, ["id"], ["document", "digest"]), row)


def find_district(store: Store, district_id: str, patience: float = 0) -> District | None:
    """Return a district, at most `patience` [s] old; its document is read again only when it has changed."""
    key = {"id": district_id}
    columns = ("digest", "help_contacts", "known_families")
    return hot.fresh(store, "district", columns, key, lambda: _read(store, district_id), patience)


def _read(store: Store, district_id: str) -> District:
    with store.read() as connection:
        return _district(*connection.execute(select(*_KEPT).where(district.c.id == district_id)).one())


_KEPT = (district.c.document, district.c.help_contacts, district.c.known_families)


def _district(document: str, contacts: str | None, families: str | None) -> District:
    """Return the document with what staff filled in themselves."""
    value, own = District.model_validate_json(document), dict[str, object]()
    if contacts is not None:
        own["help_contacts"] = tuple(map(HelpContact.model_validate, json.loads(contacts)))
    if families is not None:
        kept = KnownFamilies(**json.loads(families))
        own["families_source"] = kept.source
        own["areas"] = tuple(
            area.model_copy(update={"known_families": kept.numbers.get(area.id)}) for area in value.areas
        )
    return value.model_copy(update=own)


def get_district(store: Store, district_id: str, patience: float = 0) -> District:
    found = find_district(store, district_id, patience)
    if found is None:
        raise DistrictUnknown(district_id)
    return found


def list_districts(store: Store) -> tuple[District, ...]:
    with store.read() as connection:
        rows = connection.execute(select(*_KEPT).order_by(district.c.id)).all()
    return tuple(_district(*row) for row in rows)


def save_help_contacts(store: Store, district_id: str, contacts: tuple[HelpContact, ...] | None) -> None:
    """Replace who helps by the district's own contacts; None: those of its document again."""
    document = canonical_json([contact.model_dump() for contact in contacts]) if contacts is not None else None
    with store.write() as connection:
        query = update(district).where(district.c.id == district_id).values(help_contacts=document)
        if connection.execute(query).rowcount == 0:
            raise DistrictUnknown(district_id)


def save_known_families(store: Store, district_id: str, known: KnownFamilies | None) -> None:
    """Replace the numbers of families per Sozialraum by the district's own; None: those of its document again."""
    document = canonical_json(asdict(known)) if known is not None else None
    with store.write() as connection:
        query = update(district).where(district.c.id == district_id).values(known_families=document)
        if connection.execute(query).rowcount == 0:
            raise DistrictUnknown(district_id)


def save_notices(store: Store, district_id: str, notices: Notices) -> None:
    values = {name: text.strip() for name, text in asdict(notices).items()}
    with store.write() as connection:
        query = update(district).where(district.c.id == district_id).values(notices=canonical_json(values))
        if connection.execute(query).rowcount == 0:
            raise DistrictUnknown(district_id)


def get_notices(store: Store, district_id: str) -> Notices:
    with store.read() as connection:
        query = select(district.c.notices).where(district.c.id == district_id)
        document = connection.execute(query).scalar_one_or_none()
    if document is None:
        raise DistrictUnknown(district_id)
    return Notices(**json.loads(document))


def empty_notices(notices: Notices) -> tuple[str, ...]:
    """Return the names of the notices that say nothing; their titles are in :data:`NOTICE_TITLES`."""
    return tuple(name for name, text in asdict(notices).items() if not text.strip())
