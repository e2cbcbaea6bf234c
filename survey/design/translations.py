"""Translations out and in: as a table for people, as PO for translation programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from babel.messages import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po
from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from questionnaires.messages import dig
from questionnaires.model import LANGUAGES, SOURCE_LANGUAGE
from questionnaires.read import text_places
from questionnaires.reviews import State, german_texts, reviewed, worth
from questionnaires.source import as_read
from survey.cells import harmless, read_table, without_guard
from survey.design import blueprint
from survey.design.drafting import get_draft, new_id, who
from survey.errors import NotFound
from survey.forms import Typed
from survey.records import Draft
from survey.security import needs
from survey.services import services
from survey.store import drafts

COLUMNS = ("kennung", "deutsch", "uebersetzung", "stand", "deutsch_vorher")
STATES: dict[State, str] = {
    "missing": "fehlt", "outdated": "Deutsch geändert", "checked": "geprüft", "unchecked": "nicht geprüft",
}  # fmt: skip


@blueprint.get("/entwuerfe/<draft_id>/uebersetzung/<language>")
@needs("coordinator")
def translation(draft_id: str, language: str) -> ResponseReturnValue:
    """Show how a translation goes out and comes back."""
    return _page(get_draft(draft_id), _known(language), Typed({}))


@blueprint.get("/entwuerfe/<draft_id>/uebersetzung/<language>.csv")
@needs("coordinator")
def translation_csv(draft_id: str, language: str) -> ResponseReturnValue:
    """Give a table: id, German, translation, what that is worth, and the German it was made from if that changed."""
    draft = get_draft(draft_id)
    worths = worth(draft.data, _known(language))
    table = io.StringIO()
    writer = csv.writer(table, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for path, texts in german_texts(draft.data).items():
        state, earlier = worths[path]
        cells = texts[SOURCE_LANGUAGE], texts.get(language, ""), STATES[state], earlier
        writer.writerow([path, *map(harmless, cells)])
    return _download(table.getvalue().encode("utf-8-sig"), language, "csv", "text/csv")


@blueprint.get("/entwuerfe/<draft_id>/uebersetzung/<language>.po")
@needs("coordinator")
def translation_po(draft_id: str, language: str) -> ResponseReturnValue:
    """Give a catalogue; the id stands as context, because the same German may need two translations.

    A translation whose German text changed is „fuzzy“, with the earlier one beside it.
    """
    draft = get_draft(draft_id)
    worths = worth(draft.data, _known(language))
    catalogue = Catalog(locale=None, project=draft.title, charset="utf-8")
    for path, texts in german_texts(draft.data).items():
        state, earlier = worths[path]
        catalogue.add(
            texts[SOURCE_LANGUAGE], texts.get(language, ""), context=path, auto_comments=(STATES[state],),
            flags=("fuzzy",) if earlier else (), previous_id=(earlier,) if earlier else (),
        )  # fmt: skip
    file = io.BytesIO()
    write_po(file, catalogue, width=0, omit_header=True, include_previous=True)
    return _download(file.getvalue(), language, "po", "text/x-gettext-translation")


@blueprint.post("/entwuerfe/<draft_id>/uebersetzung/<language>")
@needs("coordinator")
def take_translation(draft_id: str, language: str) -> ResponseReturnValue:
    """Take a translation that came back; German texts and everything else stay as they are."""
    draft, form, own, key = get_draft(draft_id), Typed(request.form), services(), new_id()
    found = _uploaded(form)
    data = _with(draft.data, _known(language), found, form) if found is not None else None
    if data is None or form.errors:
        return _page(draft, language, form), 422
    locked = drafts.lock_draft(own.store, draft_id, who(), key, own.clock())
    note = f"Übersetzung {language}"
    saved = locked and drafts.save_draft(own.store, draft_id, data, draft.version, who(), key, own.clock(), note)
    drafts.unlock_draft(own.store, draft_id, key)
    if not saved:
        form.refuse("file", "Jemand bearbeitet den Entwurf gerade. Es wurde nichts verändert; bitte später wieder.")
        return _page(draft, language, form), 409
    flash(f"{len(found or ())} Texte gelesen. Was sich geändert hat, gilt als „noch nicht geprüft“.")
    return redirect(url_for("design.translation", draft_id=draft_id, language=language), 303)


def _known(language: str) -> str:
    if language not in LANGUAGES or language == SOURCE_LANGUAGE:
        raise NotFound("Diese Sprache gibt es hier nicht.")
    return language


# --- coming back -----------------------------------------------------------------------------------------------


def _uploaded(form: Typed) -> dict[str, str] | None:
    file = request.files.get("file")
    if file is None or not file.filename:
        form.refuse("file", "Bitte eine Datei auswählen.")
        return None
    with file.stream:
        content = file.stream.read()
    return _of_po(content, form) if file.filename.casefold().endswith(".po") else _of_csv(content, form)


def _of_po(content: bytes, form: Typed) -> dict[str, str] | None:
    try:
        catalogue = read_po(io.BytesIO(content), abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, ValueError):
        form.refuse("file", "Die Datei ist kein lesbarer PO-Katalog in UTF-8.")
        return None
    return {str(one.context): str(one.string) for one in catalogue if one.id and one.context and one.string}


def _of_csv(content: bytes, form: Typed) -> dict[str, str] | None:
    """Read a table in whatever order its columns are; a program for tables may have changed encoding and separator."""
    rows = [cells for _, cells in read_table(content) or ()]
    head = [name.casefold() for name in rows[0]] if rows else []
    if not {"kennung", "uebersetzung"} <= set(head):
        form.refuse("file", f"Der Tabelle fehlen Spalten. Gebraucht werden: {', '.join(COLUMNS)}.")
        return None
    at, says = head.index("kennung"), head.index("uebersetzung")
    whole = [row for row in rows[1:] if len(row) > max(at, says) and row[says]]
    return {row[at]: without_guard(row[says]) for row in whole}


def _with(data: Mapping[str, Any], language: str, found: Mapping[str, str], form: Typed) -> dict[str, Any] | None:
    """Return the draft with a language's texts; ids nobody knows are told, because a whole row may have slipped."""
    plain: dict[str, Any] = as_read(data)
    places = dict(text_places(plain))
    if unknown := sorted(set(found) - set(places)):
        names = ", ".join(unknown[:5]) + (" …" if len(unknown) > 5 else "")
        form.refuse("file", f"{len(unknown)} Kennungen hat der Fragebogen nicht: {names}. Es wurde nichts übernommen.")
        return None
    for path, text in found.items():
        texts: Any = dig(plain, places[path])
        texts[language] = text
    languages = list(plain.get("languages") or (SOURCE_LANGUAGE,))
    plain["languages"] = [*languages, *({language} - set(languages))]
    plain["translations"] = {language: {"status": "machine"}, **(plain.get("translations") or {})}
    return reviewed(data, plain)


def _download(content: bytes, language: str, ending: str, kind: str) -> Response:
    response = Response(content, content_type=f"{kind}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="uebersetzung-{language}.{ending}"'
    return response


def _page(draft: Draft, language: str, form: Typed) -> str:
    return render_template("design/translation.html", draft=draft, language=language, form=form)
