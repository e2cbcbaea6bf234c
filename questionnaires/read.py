"""Reading YAML files: a value, or all that is wrong with the file at once.

Rules that look across questions are in :mod:`questionnaires.check`; here a file becomes a value or does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from pydantic import ValidationError

from questionnaires.codebook import ThemeBook
from questionnaires.messages import dig, perhaps, problems_of, unknown_language
from questionnaires.model import LANGUAGES, SOURCE_LANGUAGE, Questionnaire, Review, Value
from questionnaires.plan import PublicationPlan
from questionnaires.problems import Place, Problem, in_order
from questionnaires.region import District
from questionnaires.salvage import AnyKind
from questionnaires.source import Data, Source, read_source

T = TypeVar("T", bound=Value)


class TranslationFile(Value):
    """A side file: the texts of one further language, by path (``ort.text``, ``bedarf.options.1`` …)."""

    language: str
    status: Literal["machine", "checked"] = "machine"
    checked_by: str | None = None
    checked_on: str | None = None
    reviews: dict[str, Review] = {}
    texts: dict[str, str]


@dataclass(frozen=True)
class Loaded(Generic[T]):
    """What reading a file gave. `value` is None exactly if there are problems."""

    value: T | None
    problems: tuple[Problem, ...]
    source: Source

    @property
    def result(self) -> T | tuple[Problem, ...]:
        """The value, or else the problems."""
        return self.problems if self.value is None else self.value


def read_questionnaire(path: str | Path) -> Questionnaire | tuple[Problem, ...]:
    """Read a questionnaire and the translations beside it.

    Parameters
    ----------
    path : str or Path
        YAML file; further languages are read from ``translations/<id>.<language>.yaml`` beside it and added
        to `languages` and `translations`

    Returns
    -------
    Questionnaire or tuple of Problem
        the questionnaire; or everything that is wrong with the files, each with file and line
    """
    return load_questionnaire(path).result


def parse_questionnaire(text: str, name: str) -> Questionnaire | tuple[Problem, ...]:
    """Read a questionnaire from text, without side files.

    Parameters
    ----------
    text : str
        YAML
    name : str
        what problems call the file

    Returns
    -------
    Questionnaire or tuple of Problem
        as :func:`read_questionnaire`
    """
    return load_text(text, name).result


def load_data(data: Mapping[str, Any], name: str) -> Loaded[Questionnaire]:
    """Validate a questionnaire as plain data that never was a file."""
    return _load(Questionnaire, Source.of_data(data, name))


def load_text(text: str, name: str) -> Loaded[Questionnaire]:
    """Read a questionnaire as :func:`parse_questionnaire` does, and keep the lines of all places."""
    return _load(Questionnaire, Source(text, name))


def read_district(path: str | Path) -> District | tuple[Problem, ...]:
    """Read a district; the result is the district or everything that is wrong with the file."""
    return load_district(read_source(path)).result


def read_plan(path: str | Path) -> PublicationPlan | tuple[Problem, ...]:
    """Read a publication plan; the result is the plan or everything that is wrong with the file."""
    return load_plan(read_source(path)).result


def read_translation(path: str | Path) -> TranslationFile | tuple[Problem, ...]:
    """Read a side file of texts in one language; its paths are only known beside a questionnaire."""
    return load_translation(path).result


def load_questionnaire(path: str | Path, source: Source | None = None) -> Loaded[Questionnaire]:
    """Read a questionnaire as :func:`read_questionnaire` does, and keep the lines; `source` is the file if read."""
    source = read_source(path) if source is None else source
    problems = tuple(_merge_translations(source, Path(path)))
    loaded = _load(Questionnaire, source)
    if not problems:
        return loaded
    return Loaded(None, in_order((*loaded.problems, *problems)), source)


def load_district(source: Source) -> Loaded[District]:
    """Validate a district as :func:`read_district` does, and keep the lines of all places."""
    return _load(District, source)


def load_plan(source: Source) -> Loaded[PublicationPlan]:
    """Validate a publication plan as :func:`read_plan` does, and keep the lines of all places."""
    return _load(PublicationPlan, source)


def load_theme_book(source: Source) -> Loaded[ThemeBook]:
    """Validate a theme book, and keep the lines of all places."""
    return _load(ThemeBook, source)


# --- one file -----------------------------------------------------------------------------------------------


def _load(model: type[T], source: Source) -> Loaded[T]:
    """Validate strictly: no text becomes a number, no number a text, no 1 a true."""
    problems, value = list(source.problems), None
    if source.ok:
        problems += _no_format(model, source)
        try:
            value = model.model_validate(source.data, strict=True)
        except ValidationError as error:
            problems += problems_of(error.errors(), source, model)
            problems += _of_unknown_kind(error, source)
    found = in_order(problems)
    return Loaded(None if found else value, found, source)


def _no_format(model: type[Value], source: Source) -> Iterator[Problem]:
    wanted = model.model_fields.get("format")
    if wanted and isinstance(source.data, dict) and "format" not in source.data:
        message = f"Das Format fehlt. Bitte „format: {wanted.default}“ in die erste Zeile schreiben."
        yield source.lines.problem("unknown-format", (), message)


def _of_unknown_kind(error: ValidationError, source: Source) -> Iterator[Problem]:
    """Yield what is wrong with questions of unknown kind, as far as it can be said."""
    for one in error.errors():
        if one["type"].startswith("union_tag"):
            try:
                AnyKind.model_validate(dig(source.data, one["loc"]), strict=True)
            except ValidationError as inner:
                yield from problems_of(inner.errors(), source, AnyKind, around=one["loc"])


# --- translations in side files -----------------------------------------------------------------------------


def text_places(data: Data) -> Iterator[tuple[str, Place]]:
    """Yield path (as side files name it) and place of every text of a questionnaire.

    Parameters
    ----------
    data : dict
        a questionnaire as plain data, possibly malformed: what has no name to call it by is left out
    """
    for key in ("title", "headline", "intro", "legal_basis"):
        yield from _texts(data, (), key, key)
    for i, funnel in _named(data, ("funnels",), "id"):
        yield from _texts(data, ("funnels", i), "title", f"funnels.{funnel}.title")
    for i, page in _named(data, ("pages",), "id"):
        yield from _texts(data, ("pages", i), "title", f"pages.{page}.title")
        for j, question in _named(data, ("pages", i, "questions"), "id"):
            yield from _question_texts(data, ("pages", i, "questions", j), question)


def _question_texts(data: Data, place: Place, name: str) -> Iterator[tuple[str, Place]]:
    for key in ("text", "help", "why", "unit"):
        yield from _texts(data, place, key, f"{name}.{key}")
    for key, mark in (("options", "code"), ("steps", "code"), ("items", "id"), ("bands", "id")):
        for k, part in _named(data, (*place, key), mark):
            yield from _texts(data, (*place, key, k), "text", f"{name}.{key}.{part}")


def _named(data: Data, place: Place, mark: str) -> Iterator[tuple[int, str]]:
    parts = dig(data, place)
    for i, part in enumerate(parts if isinstance(parts, tuple) else ()):
        name = part.get(mark) if isinstance(part, dict) else None
        if isinstance(name, str | int):
            yield i, str(name)


def _texts(data: Data, place: Place, key: str, path: str) -> Iterator[tuple[str, Place]]:
    if isinstance(dig(data, (*place, key)), dict):
        yield path, (*place, key)


def load_translation(path: str | Path) -> Loaded[TranslationFile]:
    """Read a side file as :func:`read_translation` does, and keep the lines of all places."""
    loaded = _load(TranslationFile, read_source(path))
    value, named = loaded.value, Path(path).stem.rpartition(".")[2]
    if value is None:
        return loaded
    said = _language_problem(value.language, named)
    if said is None:
        return loaded
    return Loaded(None, (loaded.source.lines.problem(said[0], ("language",), said[1]),), loaded.source)


def _language_problem(language: str, named: str) -> tuple[str, str] | None:
    if language not in LANGUAGES:
        return unknown_language(language)
    if language == SOURCE_LANGUAGE:
        return "wrong-language", "Deutsche Texte („de“) gehören in den Fragebogen selbst."
    if language != named:
        message = f"Der Dateiname nennt die Sprache „{named}“, hier steht „{language}“. Bitte angleichen."
        return "wrong-language", message
    return None


def _merge_translations(source: Source, path: Path) -> Iterator[Problem]:
    """Add the side files' texts to the data; yield what is wrong with them."""
    data = source.data
    if not isinstance(data, dict) or not isinstance(data.get("id"), str):
        return
    for side in sorted((path.parent / "translations").glob(f"{data['id']}.*.yaml")):
        loaded = load_translation(side)
        yield from loaded.problems
        if loaded.value is not None:
            yield from _merge(source, loaded.value, loaded.source)


def _merge(source: Source, side: TranslationFile, side_source: Source) -> Iterator[Problem]:
    places: dict[str, list[Place]] = {}
    for path, place in text_places(source.data):
        places.setdefault(path, []).append(place)
        source.move((*place, side.language), *side_source.lines.find(("texts",)))
    for path, text in side.texts.items():
        if path not in places:
            message = f"Einen Text „{path}“ hat der Fragebogen nicht.{perhaps(path, places)}"
            yield side_source.lines.problem("unknown-text", ("texts", path), message)
        for place in places.get(path, ()):
            texts: Any = dig(source.data, place)
            if side.language in texts:
                message = f"Der Text „{path}“ steht auch im Fragebogen. Bitte einen von beiden löschen."
                yield side_source.lines.problem("duplicate-text", ("texts", path), message)
            texts[side.language] = text
            source.move((*place, side.language), *side_source.lines.find(("texts", path)))
    _list_language(source, side, side_source)


def _list_language(source: Source, side: TranslationFile, side_source: Source) -> None:
    data: Any = source.data
    languages = data.get("languages", (SOURCE_LANGUAGE,))
    if isinstance(languages, tuple) and side.language not in languages:
        data["languages"] = (*languages, side.language)
    translations = data.setdefault("translations", {})
    if isinstance(translations, dict):
        beside = {"language", "texts"} | (set() if side.reviews else {"reviews"})
        translations[side.language] = side.model_dump(exclude=beside, exclude_none=True)
        source.move(("translations", side.language), *side_source.lines.find(("status",)))
