"""What can still be said of a questionnaire that has mistakes, so that all its mistakes are reported at once.

Every part that is well-formed is kept. A question with a mistake becomes :class:`AnyKind`: rules that would
need to know more about it leave it alone, but know that it is there.
"""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter, ValidationError

from questionnaires.model import (
    KINDS,
    Asked,
    Band,
    Funnel,
    Item,
    Option,
    Page,
    Question,
    Questionnaire,
    Texts,
    Value,
)  # fmt: skip
from questionnaires.source import Data


class AnyKind(Asked):
    """A question that may have whatever a question of any kind may have; its own kind is not known."""

    kind: Any = None
    options: tuple[Option, ...] = ()
    steps: tuple[Option, ...] = ()
    items: tuple[Item, ...] = ()
    bands: tuple[Band, ...] = ()
    at_most: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    unit: Texts = {}  # noqa: RUF012 pydantic copies defaults
    top: int | None = None
    max_length: int | None = None
    required: bool | None = None


_QUESTION: TypeAdapter[Asked] = TypeAdapter(Question)
_FUNNEL = TypeAdapter(Funnel)


def salvage(data: Data) -> Questionnaire:
    """Return a questionnaire of the well-formed parts of a file; the rest is left empty.

    Parameters
    ----------
    data : dict
        a questionnaire file as plain data

    Returns
    -------
    Questionnaire
        not validated as a whole; never to be asked or stored, only to be checked
    """
    found = data if isinstance(data, dict) else {}
    values = _fields(Questionnaire, found, skip={"pages", "funnels"})
    pages = tuple(_page(page) for page in _tuple(found.get("pages")))
    read = (_valid(_FUNNEL, value) for value in _tuple(found.get("funnels")))
    funnels = tuple(funnel for funnel in read if funnel)
    return Questionnaire.model_construct(None, **values, pages=pages, funnels=funnels)


def _tuple(data: Data) -> tuple[dict[str, Data], ...]:
    return tuple(part if isinstance(part, dict) else {} for part in data) if isinstance(data, tuple) else ()


def _valid(adapter: TypeAdapter[Any], value: Data) -> Any:
    try:
        return adapter.validate_python(value, strict=True)
    except ValidationError:
        return None


def _fields(model: type[Value], data: dict[str, Data], skip: set[str]) -> dict[str, Any]:
    """Return the valid fields of a model; others get their default, or nothing of their type."""
    values: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        if name in skip:
            continue
        annotation: Any = info.rebuild_annotation()
        value = _valid(TypeAdapter(annotation), data.get(name))
        if value is None:
            empty = {} if info.annotation == dict[str, str] else ""
            value = empty if info.is_required() else info.get_default()
        values[name] = value
    return values


def _page(data: dict[str, Data]) -> Page:
    questions = tuple(_question(question) for question in _tuple(data.get("questions")))
    return Page.model_construct(None, **_fields(Page, data, skip={"questions"}), questions=questions)  # type: ignore[arg-type] # AnyKind is none of the union


def _question(data: dict[str, Data]) -> Asked:
    kind = KINDS.get(str(data.get("kind")))
    known = {key: value for key, value in data.items() if kind is None or key in kind.model_fields}
    if kind is not None:
        question = _valid(_QUESTION, known)
        if question is not None:
            return question  # type: ignore[no-any-return]
    values = _fields(Asked, data, skip=set())
    return AnyKind.model_construct(None, **values, kind=data.get("kind"))
