"""pydantic's errors as German sentences for authors, each at its place in the file."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from questionnaires.model import KINDS, LANGUAGES, AllOf, AnyOf, Given, InArea, Not, OfBand
from questionnaires.problems import Place, Problem
from questionnaires.source import Data, Source

#: Code and message.
Said = tuple[str, str]

_TAGS: dict[str, type[BaseModel]] = {
    **KINDS, "all": AllOf, "any": AnyOf, "not": Not, "area": InArea, "band": OfBand, "given": Given,
}  # fmt: skip

_PATTERNS = {
    r"^[a-z][a-z0-9_]{0,39}$": "Kleinbuchstaben a bis z, Ziffern und Unterstriche, am Anfang ein Buchstabe",
    r"^[a-z][a-z0-9-]{0,39}$": "Kleinbuchstaben a bis z, Ziffern und Bindestriche, am Anfang ein Buchstabe",
    r"^[a-z0-9-]{1,40}$": "Kleinbuchstaben a bis z, Ziffern und Bindestriche",
    r"^[a-z0-9-]+$": "Kleinbuchstaben a bis z, Ziffern und Bindestriche",
    r"^\d{8}$": "genau acht Ziffern",
    r"^\d{5}$": "genau fünf Ziffern",
}
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})

_MISSING = {
    "text": "Hier fehlt der Text. Bitte „text: {de: …}“ ergänzen.",
    "title": "Hier fehlt der Titel. Bitte „title: {de: …}“ ergänzen.",
    "options": "Die Antwortmöglichkeiten fehlen. Bitte „options:“ mit mindestens zwei davon ergänzen.",
    "steps": "Die Stufen fehlen. Bitte „steps:“ mit mindestens zwei Stufen ergänzen.",
    "items": "Die Teilfragen fehlen. Bitte „items:“ ergänzen.",
    "bands": "Die Altersgruppen fehlen. Bitte „bands:“ ergänzen.",
    "questions": "Die Seite hat keine Fragen. Bitte „questions:“ ergänzen.",
    "maximum": "Die größte erlaubte Zahl fehlt. Bitte „maximum:“ ergänzen.",
    "id": "Die Kennung fehlt. Bitte „id: …“ ergänzen; sie bleibt für immer gleich.",
}


def problems_of(
    errors: Iterable[ErrorDetails], source: Source, root: type[BaseModel], around: Place = ()
) -> Iterator[Problem]:
    """Yield a problem for every error pydantic found in a source.

    Parameters
    ----------
    errors : iterable
        what ``ValidationError.errors()`` returns
    source : Source
        the file, for what was written and where
    root : type
        the model that was validated
    around : tuple
        place of the validated part inside the file

    Yields
    ------
    Problem
        one per mistake: a key that is misspelt is not reported again as missing, a list with a wrong element
        not again as too short
    """
    found = [(error, *_walk(error["loc"], root)) for error in errors]
    unknown = [(place, keys) for error, place, keys in found if error["type"] == _UNKNOWN]
    meant = {(*place[:-1], nearest(str(place[-1]), keys)) for place, keys in unknown}
    for error, inner, keys in found:
        place = (*around, *inner)
        written = dig(source.data, place)
        if (error["type"] == "missing" and inner in meant) or _still_long(error, written):
            continue
        for code, message, where in _say(error, place, keys, source):
            yield source.lines.problem(code, where, within(place, source.data) + message)


_UNKNOWN = "extra_forbidden"


def _still_long(error: ErrorDetails, written: Data) -> bool:
    """Say whether a list is called short only because some of its elements are wrong themselves."""
    return (
        error["type"] == "too_short"
        and isinstance(written, tuple)
        and len(written) >= int(error.get("ctx", {})["min_length"])
    )


def _walk(loc: tuple[int | str, ...], root: type[BaseModel]) -> tuple[Place, tuple[str, ...]]:
    """Return the place in the file, without pydantic's names of union members, and the keys known there."""
    classes, keys, place = {root}, _keys(root), []
    for step in loc:
        if len(classes) > 1 and step in _TAGS:
            classes = {_TAGS[str(step)]}
            continue
        place.append(step)
        if isinstance(step, str):
            keys = tuple(key for model in classes for key in _keys(model))
            classes = {inner for model in classes for inner in _inside(model, step)} or classes
    return tuple(place), keys


def _keys(model: type[BaseModel]) -> tuple[str, ...]:
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _inside(model: type[BaseModel], key: str) -> Iterator[type[BaseModel]]:
    for name, field in model.model_fields.items():
        if key in (name, field.alias):
            yield from _models(field.annotation)


def _models(annotation: Any) -> set[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {annotation}
    return {model for part in get_args(annotation) for model in _models(part)}


def dig(data: Data, place: Place) -> Data:
    """Return what stands at a place, None if there is nothing."""
    for step in place:
        if isinstance(data, dict) and isinstance(step, str):
            data = data.get(step)
        elif isinstance(data, tuple) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def within(place: Place, data: Data) -> str:
    """Return how a message begins: the question or page that a place belongs to."""
    for length, word in ((4, "Frage"), (2, "Seite")):
        if len(place) >= length and place[0] == "pages" and (length == 2 or place[2] == "questions"):
            name = dig(data, (*place[:length], "id"))
            if isinstance(name, str) and name:
                return f"{word} „{name}“: "
    return ""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that a misspelt one most likely means, or an empty string."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.7)), "")


def perhaps(word: str, known: Iterable[str]) -> str:
    """Return „ Meinten Sie …?“ or nothing."""
    found = nearest(word, known)
    return f" Meinten Sie „{found}“?" if found else ""


def _say(error: ErrorDetails, place: Place, keys: tuple[str, ...], source: Source) -> Iterator[tuple[str, str, Place]]:
    """Yield code, message and place; a map with two foreign languages is two problems."""
    if error["type"] == "value_error":
        texts = dig(source.data, place)
        for language in sorted(set(texts) - set(LANGUAGES)) if isinstance(texts, dict) else ():
            yield *unknown_language(language), (*place, language)
    elif error["type"] == _UNKNOWN:
        yield *_unknown_key(place, keys), place
    elif error["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        yield *_wrong_kind(error), (*place, "kind")
    elif error["type"] != "missing" and dig(source.data, place) is None:
        message = f"Hinter „{place[-1]}:“ steht nichts. Bitte ausfüllen oder die Zeile löschen."
        yield "empty-value", message, place
    else:
        say = _SENTENCES.get(error["type"], _other)
        yield *say(error, place, source), place


def unknown_language(language: str) -> Said:
    """Return code and message about a language code that is not known."""
    message = f"Die Sprache „{language}“ gibt es hier nicht. Möglich sind {_listed(LANGUAGES)}."
    return "unknown-language", message


def _listed(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} und {last}" if first else last


def _unknown_key(place: Place, keys: tuple[str, ...]) -> Said:
    key = str(place[-1])
    hint = perhaps(key, keys) or f" Möglich sind {_listed(keys)}."
    if key.isdecimal():
        hint = f" Steht davor eine Zahl mit Komma? Bitte einen Punkt schreiben, zum Beispiel 0.{key}."
    return "unknown-key", f"Die Angabe „{key}“ gibt es an dieser Stelle nicht.{hint}"


def _wrong_kind(error: ErrorDetails) -> Said:
    known = f"Möglich sind {_listed(KINDS)}."
    if error["type"] == "union_tag_not_found":
        return "unknown-kind", f"Die Art der Frage fehlt. Bitte „kind: …“ ergänzen. {known}"
    tag = str(error["ctx"]["tag"])
    return "unknown-kind", f"Die Art „{tag}“ gibt es nicht.{perhaps(tag, KINDS)} {known}"


def _missing(_: ErrorDetails, place: Place, source: Source) -> Said:
    key = str(place[-1])
    if key == "code":
        text = dig(source.data, (*place[:-1], "text", "de"))
        name = f" „{text}“" if isinstance(text, str) else ""
        message = f"Der Antwortmöglichkeit{name} fehlt der Code. Bitte „code: 1“ (eine Zahl) ergänzen; "
        return "option-without-code", message + "er bleibt für immer gleich."
    return "missing-key", _MISSING.get(key, f"Hier fehlt die Angabe „{key}:“. Bitte ergänzen.")


def _no_text(_: ErrorDetails, place: Place, source: Source) -> Said:
    value, raw = dig(source.data, place), source.raw.get(place, "")
    if isinstance(value, dict | tuple):
        return "wrong-type", f"Hinter „{place[-1]}:“ gehört ein Text, keine Liste und keine Gruppe."
    what = "Eine Zahl" if isinstance(value, int | float) and not isinstance(value, bool) else "Dieses Wort"
    return "unquoted-value", f'{what} als Text bitte in Anführungszeichen setzen: "{raw}".'


def _no_number(_: ErrorDetails, place: Place, source: Source) -> Said:
    raw = source.raw.get(place)
    if raw is None:
        return "wrong-type", f"Hinter „{place[-1]}:“ gehört eine ganze Zahl, keine Liste und keine Gruppe."
    if isinstance(dig(source.data, place), str) and raw.isdecimal():
        return "quoted-number", f"Hier gehört eine Zahl hin. Bitte {raw} ohne Anführungszeichen schreiben."
    message = f"„{_short(raw)}“ ist keine ganze Zahl. Bitte nur Ziffern schreiben, ohne Null am Anfang."
    return "wrong-type", message


def _no_decimal(error: ErrorDetails, place: Place, source: Source) -> Said:
    raw = source.raw.get(place, "")
    if not any(sign.isdigit() for sign in raw):
        return _no_number(error, place, source)
    example = raw.replace(".", "").replace(",", ".") if "," in raw else raw
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", example):
        remedy = f"Bitte mit Punkt und ohne Anführungszeichen schreiben: {example}."
        message = f"„{_short(raw)}“ ist hier keine Zahl. {remedy}"
    else:
        message = f"„{_short(raw)}“ ist keine Zahl. Bitte nur Ziffern und einen Punkt schreiben."
    return "wrong-type", message


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _no_switch(_: ErrorDetails, place: Place, _source: Source) -> Said:
    return "wrong-type", f"Hinter „{place[-1]}:“ gehört true (ja) oder false (nein)."


def _no_map(_: ErrorDetails, place: Place, source: Source) -> Said:
    raw = source.raw.get(place)
    if place and place[-1] in {"text", "title", "headline", "intro", "help", "why", "unit", "legal_basis"}:
        example = f"{{de: {_short(raw)}}}" if raw else "{de: …}"
        return "wrong-type", f"Texte stehen hier je Sprache. Bitte „{place[-1]}: {example}“ schreiben."
    return "wrong-type", "Hier gehören Angaben der Form „name: Wert“ hin. Bitte die Einrückung prüfen."


def _no_list(_: ErrorDetails, place: Place, source: Source) -> Said:
    raw = source.raw.get(place)
    example = f"[{_short(raw)}]" if raw else "[…]"
    message = f"Hier gehört eine Liste hin, zum Beispiel „{place[-1]}: {example}“ oder Zeilen mit „- “."
    return "wrong-type", message


def _not_one_of(error: ErrorDetails, place: Place, source: Source) -> Said:
    allowed = re.findall(r"'([^']*)'", str(error["ctx"]["expected"]))
    raw = source.raw.get(place, "")
    if place[-1:] == ("format",):
        message = f"Das Format „{_short(raw)}“ gibt es nicht. Bitte „format: {allowed[0]}“ schreiben."
        return "unknown-format", message
    hint = perhaps(raw, allowed)
    return "unknown-word", f"„{_short(raw)}“ ist hier nicht möglich.{hint} Möglich sind {_listed(allowed)}."


def _bad_pattern(error: ErrorDetails, place: Place, source: Source) -> Said:
    raw, pattern = source.raw.get(place, ""), str(error["ctx"]["pattern"])
    rule = _PATTERNS.get(pattern, pattern)
    suggestion = _as_id(raw) if pattern.startswith("^[a-z][a-z0-9_]") else ""
    hint = f" Vorschlag: {suggestion}" if suggestion and re.fullmatch(pattern, suggestion) else ""
    code = "bad-digits" if rule.startswith("genau") else "bad-id"
    length = ", höchstens 40 Zeichen" if code == "bad-id" else ""
    return code, f"„{_short(raw)}“ passt hier nicht. Erlaubt sind: {rule}{length}.{hint}"


def _as_id(raw: str) -> str:
    plain = unicodedata.normalize("NFKD", raw.lower().translate(_UMLAUTS)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40]


def _too_small(error: ErrorDetails, place: Place, source: Source) -> Said:
    message = f"„{place[-1]}: {source.raw.get(place)}“ ist zu klein; mindestens {error['ctx']['ge']}."
    return "out-of-range", message


def _not_above(error: ErrorDetails, place: Place, source: Source) -> Said:
    limit = f"{error['ctx']['gt']:g}"
    return "out-of-range", f"„{place[-1]}: {source.raw.get(place)}“ ist zu klein; es muss mehr als {limit} sein."


def _too_large(error: ErrorDetails, place: Place, source: Source) -> Said:
    message = f"„{place[-1]}: {source.raw.get(place)}“ ist zu groß; höchstens {error['ctx']['le']}."
    return "out-of-range", message


def _too_short(error: ErrorDetails, place: Place, _: Source) -> Said:
    least = int(error["ctx"]["min_length"])
    needed = "einen Eintrag" if least == 1 else f"{least} Einträge"
    return "too-few", f"Die Liste „{place[-1]}“ braucht mindestens {needed}."


def _other(error: ErrorDetails, place: Place, source: Source) -> Said:
    raw = source.raw.get(place)
    what = f"„{_short(raw)}“" if raw is not None else "Diese Angabe"
    return "wrong-type", f"{what} passt an dieser Stelle nicht ({error['type']})."


_SENTENCES: dict[str, Callable[[ErrorDetails, Place, Source], Said]] = {
    "missing": _missing, "string_type": _no_text, "int_type": _no_number, "float_type": _no_decimal,
    "int_from_float": _no_number, "bool_type": _no_switch, "dict_type": _no_map, "model_type": _no_map,
    "model_attributes_type": _no_map, "tuple_type": _no_list, "literal_error": _not_one_of,
    "string_pattern_mismatch": _bad_pattern, "greater_than_equal": _too_small, "greater_than": _not_above,
    "less_than_equal": _too_large,
    "too_short": _too_short,
}  # fmt: skip
