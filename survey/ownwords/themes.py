"""The themes of a wave: edited in the browser or as a file, and fixed before they count."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from questionnaires.codebook import MOST_THEMES, Theme, ThemeBook, find_faults, frequent_words
from survey.forms import Typed
from survey.own_words import themes_of
from survey.ownwords import blueprint
from survey.ownwords.access import get_readable, note, who
from survey.records import Wave
from survey.security import needs
from survey.services import services
from survey.store import texts

EMPTY_BLOCKS = 2
#: A file of themes is small [bytes].
LARGEST_FILE = 60_000
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")


@blueprint.get("/eigene-worte/<wave_id>/themen")
@needs("reviewer")
def edit_themes(wave_id: str) -> ResponseReturnValue:
    """Show the themes, how many texts each finds, and frequent words that none finds."""
    wave = get_readable(wave_id)
    note(wave, "list")
    return _page(wave, Typed(_fields(texts.get_themes(services().store, wave_id))))


@blueprint.post("/eigene-worte/<wave_id>/themen")
@needs("reviewer")
def save_themes(wave_id: str) -> ResponseReturnValue:
    """Replace the themes by what was typed; a block without a name goes."""
    store, wave = services().store, get_readable(wave_id)
    old, form = texts.get_themes(store, wave_id), Typed(request.form)
    rows = [row for row in range(1, MOST_THEMES + EMPTY_BLOCKS + 1) if form.value(f"name-{row}").strip()]
    book = old.model_copy(update={"themes": tuple(_themes(form, rows, old))})
    for _, place, message in find_faults(book):
        form.refuse(_field(place, rows), message)
    if form.errors:
        return _page(wave, form), 422
    _save(wave, book)
    flash(f"Gespeichert: {len(book.themes)} Themen.")
    return redirect(url_for("ownwords.edit_themes", wave_id=wave_id), 303)


def _save(wave: Wave, book: ThemeBook) -> None:
    texts.save_themes(services().store, wave.id, book)
    note(wave, "themes")


def _themes(form: Typed, rows: list[int], old: ThemeBook) -> list[Theme]:
    """Return the themes; one that was there keeps its id whatever its name becomes."""
    kept = {name for row in rows if (name := form.value(f"id-{row}")) in old.names}
    found = []
    for row in rows:
        name, known = " ".join(form.value(f"name-{row}").split()), form.value(f"id-{row}")
        theme_id = known if known in old.names else _new_id(name, kept)
        kept.add(theme_id)
        stems = (" ".join(line.split()) for line in form.value(f"stems-{row}").splitlines())
        found.append(Theme(id=theme_id, name=name, stems=tuple(dict.fromkeys(stem for stem in stems if stem))))
    return found


def _new_id(name: str, taken: set[str]) -> str:
    spelled = name.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    letters = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "_", letters).strip("_")[:30]
    stem = stem if _ID.fullmatch(stem) and stem != "ohne" else "thema"
    return next(f"{stem}{end}" for end in ("", *range(2, 99)) if f"{stem}{end}" not in taken)


def _field(place: tuple[str | int, ...], rows: list[int]) -> str:
    if len(place) < 3 or not isinstance(place[1], int):
        return ""
    return f"{'stems' if place[2] == 'stems' else 'name'}-{rows[place[1]]}"


def _fields(book: ThemeBook) -> dict[str, str]:
    found: dict[str, str] = {}
    for row, theme in enumerate(book.themes, start=1):
        found |= {f"id-{row}": theme.id, f"name-{row}": theme.name, f"stems-{row}": "\n".join(theme.stems)}
    return found


def _page(wave: Wave, form: Typed, problems: tuple[Any, ...] = ()) -> str:
    store = services().store
    book, every = texts.get_themes(store, wave.id), texts.list_texts(store, wave.id)
    found = {text.id: themes_of(text, book) for text in every}
    filled = max((int(name[5:]) for name in form.values if re.fullmatch(r"name-\d{1,2}", name)), default=0)
    german = [text.text if text.language == "de" else text.translation for text in every if not found[text.id]]
    counts = {theme: sum(theme in themes for themes in found.values()) for theme in book.names}
    fixed = texts.fixed_at(store, wave.id)
    return render_template(
        "ownwords/themes.html", wave=wave, legal_wave=wave, form=form, book=book, counts=counts, problems=problems,
        rows=range(1, min(MOST_THEMES, max(filled, len(book.themes)) + EMPTY_BLOCKS) + 1), n_all=len(every),
        n_rest=sum(not themes for themes in found.values()), suggestions=frequent_words(book, german), fixed=fixed,
        may_unfix=fixed is not None and texts.may_unfix(store, wave.id),
        unread=sum(text.decision == "" for text in every),
    )  # fmt: skip


# --- suggestions and files --------------------------------------------------------------------------------------


@blueprint.post("/eigene-worte/<wave_id>/themen/wort")
@needs("reviewer")
def add_stem(wave_id: str) -> ResponseReturnValue:
    """Add a suggested word to a theme."""
    wave = get_readable(wave_id)
    book = texts.get_themes(services().store, wave_id)
    word, chosen = " ".join(request.form.get("word", "").split()), request.form.get("theme", "")
    themes = tuple(
        theme.model_copy(update={"stems": (*theme.stems, word)}) if theme.id == chosen else theme
        for theme in book.themes
    )
    changed = book.model_copy(update={"themes": themes})
    faults = list(find_faults(changed))
    if chosen not in book.names or not word or faults:
        flash(faults[0][2] if faults and word else "Bitte ein Wort und ein Thema auswählen.", "warning")
    else:
        _save(wave, changed)
        flash(f"„{word}“ gehört jetzt zu „{book.names[chosen]}“.")
    return redirect(url_for("ownwords.edit_themes", wave_id=wave_id, _anchor="vorschlaege"), 303)


@blueprint.get("/eigene-worte/<wave_id>/themen.yaml")
@needs("reviewer")
def download_themes(wave_id: str) -> ResponseReturnValue:
    """Send the themes as a file that can be edited and loaded again; it holds no text of anybody."""
    from questionnaires.codebook_file import write_theme_book  # reads YAML, which the web process otherwise never does

    wave = get_readable(wave_id)
    note(wave, "download")
    response = Response(write_theme_book(texts.get_themes(services().store, wave_id)), mimetype="application/yaml")
    response.headers["Content-Disposition"] = f'attachment; filename="themen-{wave.id}.yaml"'
    return response


@blueprint.post("/eigene-worte/<wave_id>/themen/datei")
@needs("reviewer")
def load_themes(wave_id: str) -> ResponseReturnValue:
    """Replace the themes by a file; with problems nothing changes, and each is told with its line."""
    from questionnaires.codebook_file import parse_theme_book

    wave, sent = get_readable(wave_id), request.files.get("file")
    data = sent.read(LARGEST_FILE + 1) if sent else b""
    form = Typed(_fields(texts.get_themes(services().store, wave_id)))
    if not data or len(data) > LARGEST_FILE:
        form.refuse("file", "Bitte eine Datei mit Themen auswählen (höchstens 60 kB).")
        return _page(wave, form), 422
    try:
        book = parse_theme_book(data.decode("utf-8-sig"), "Datei")
    except UnicodeDecodeError:
        form.refuse("file", "Die Datei ist nicht in UTF-8 gespeichert. Bitte „Speichern als UTF-8“ wählen.")
        return _page(wave, form), 422
    if not isinstance(book, ThemeBook):
        form.refuse("file", f"In der Datei stimmt noch etwas nicht ({len(book)}). Die Themen sind unverändert.")
        return _page(wave, form, book), 422
    _save(wave, book)
    flash(f"Geladen: {len(book.themes)} Themen. Themen, die jemand von Hand vergeben hat, gelten weiter.")
    return redirect(url_for("ownwords.edit_themes", wave_id=wave_id), 303)


@blueprint.post("/eigene-worte/<wave_id>/themen/festlegen")
@needs("reviewer")
def fix_themes(wave_id: str) -> ResponseReturnValue:
    """Let the themes count in releases from now on, or take that back."""
    store, wave = services().store, get_readable(wave_id)
    if request.form.get("fix") == "1":
        if not texts.get_themes(store, wave_id).themes:
            flash("Es gibt noch kein Thema.", "warning")
            return redirect(url_for("ownwords.edit_themes", wave_id=wave_id), 303)
        texts.fix_themes(store, wave_id, who().name, services().clock())
        note(wave, "fix")
        flash("Festgelegt. Der nächste Ergebnisstand zählt die Themen.")
    else:
        texts.unfix_themes(store, wave_id)
        note(wave, "unfix")
        flash("Die Themen lassen sich wieder ändern. Der nächste Ergebnisstand zählt sie nicht.")
    return redirect(url_for("ownwords.edit_themes", wave_id=wave_id), 303)
