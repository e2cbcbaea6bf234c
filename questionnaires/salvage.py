"""What can still be said of a questionnaire that has mistakes, so that all its mistakes are reported at once.

Every part that is well-formed is kept. A question with a mistake becomes :class:`AnyKind`: rules that would
need to know more about it leave it alone, but know that it is there.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

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
    unit: Texts = {}
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
    """Return the valid fields of a model; others as :func:`_instead`."""
    fields = {name: info for name, info in model.model_fields.items() if name not in skip}
    found = {name: _valid(_adapter(model, name), data.get(name)) for name in fields}
    return {
        name: _instead(name, info, data.get(name)) if found[name] is None else found[name]
        for name, info in fields.items()
    }


def _instead(name: str, info: FieldInfo, written: Data) -> Any:
    """Return an id as written, so that it counts as there; no language if they cannot be told; or a default."""
    if name == "id" and isinstance(written, str):
        return written
    if name == "languages" and written is not None:
        return ()
    if info.is_required():
        return {} if info.annotation == dict[str, str] else ""
    return info.get_default()


@cache
def _adapter(model: type[Value], name: str) -> TypeAdapter[Any]:
    annotation: Any = model.model_fields[name].rebuild_annotation()
    return TypeAdapter(annotation)


def _page(data: dict[str, Data]) -> Page:
    questions = tuple(_question(question) for question in _tuple(data.get("questions")))
    values: dict[str, Any] = {**_fields(Page, data, skip={"questions"}), "questions": questions}
    return Page.model_construct(None, **values)


def _question(data: dict[str, Data]) -> Asked:
    kind = KINDS.get(str(data.get("kind")))
    known = {key: value for key, value in data.items() if kind is None or key in kind.model_fields}
    if kind is not None:
        question = _valid(_QUESTION, known)
        if question is not None:
            return question  # type: ignore[no-any-return]
    values = _fields(Asked, data, skip=set())
    return AnyKind.model_construct(None, **values, kind=data.get("kind"))
