"""Writing questionnaires as the YAML files that :mod:`questionnaires.read` reads."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

from questionnaires.model import Questionnaire

#: The order in which an author expects what a file says; what is not named comes after it as it stands.
ORDER = (
    "format", "id", "kind", "code", "question", "item", "is", "at_least", "at_most", "answered", "title", "headline",
    "intro", "audience", "minutes", "legal_basis", "minimum_age", "languages", "translations", "headline_question",
    "filters", "funnels", "text", "help", "why", "show_if", "options", "steps", "items", "bands", "pages", "questions",
)  # fmt: skip
#: Values of these keys fit in one line.
IN_LINE = frozenset({"show_if", "reached_if", "base", "languages", "filters", "life_phase", "repeat"})
WIDTH = 110


def data_of(questionnaire: Questionnaire) -> dict[str, Any]:
    """Return a questionnaire as plain data, what nobody wrote down left out.

    Parameters
    ----------
    questionnaire : Questionnaire

    Returns
    -------
    dict
        of dicts, lists and scalars, as its file has them
    """
    data: dict[str, Any] = json.loads(questionnaire.to_json())
    return {"format": questionnaire.format, **data}


def write_questionnaire(data: Mapping[str, Any]) -> str:
    """Return a file's text.

    Parameters
    ----------
    data : mapping
        a questionnaire as plain data, finished or not

    Returns
    -------
    str
        YAML; reading it gives the same data back
    """
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.width = WIDTH
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = io.StringIO()
    yaml.dump(_ordered(data), text)
    return text.getvalue()


def _ordered(value: Any, flow: bool = False) -> Any:
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(value, Mapping):
        names = sorted(value, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))
        found: Any = CommentedMap((name, _ordered(value[name], flow or name in IN_LINE)) for name in names)
    elif isinstance(value, list | tuple):
        found = CommentedSeq(_ordered(one, flow) for one in value)
    else:
        return value
    if flow:
        found.fa.set_flow_style()
    return found
