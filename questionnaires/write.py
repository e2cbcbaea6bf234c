"""Writing questionnaires and publication plans as the YAML files that :mod:`questionnaires.read` reads."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

from questionnaires.model import Questionnaire
from questionnaires.plan import PublicationPlan

#: The order in which an author expects what a file says; what is not named comes after it as it stands.
ORDER = (
    "format", "id", "kind", "code", "question", "item", "is", "at_least", "at_most", "answered", "title", "headline",
    "intro", "audience", "minutes", "legal_basis", "minimum_age", "languages", "translations", "headline_question",
    "filters", "funnels", "text", "help", "why", "show_if", "options", "steps", "items", "bands", "pages", "questions",
)  # fmt: skip
#: Values of these keys fit in one line.
IN_LINE = frozenset({"show_if", "reached_if", "base", "languages", "filters", "life_phase", "repeat"})
IN_LINE_OF_PLAN = frozenset({"codes", "areas", "doors", "sensitive", "joins", "hardships", "exclude", "crossed"})
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
    return _written(_ordered(data, ORDER, IN_LINE))


def write_plan(plan: PublicationPlan) -> str:
    """Return a publication plan as its file's text, with every threshold, also those nobody changed.

    Parameters
    ----------
    plan : PublicationPlan

    Returns
    -------
    str
        YAML; reading it gives the same plan back
    """
    return _written(_ordered(plan.model_dump(mode="json", exclude_none=True), (), IN_LINE_OF_PLAN))


def _written(data: Any) -> str:
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.width = WIDTH
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = io.StringIO()
    yaml.dump(data, text)
    return text.getvalue()


def _ordered(value: Any, order: tuple[str, ...], in_line: frozenset[str], flow: bool = False) -> Any:
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(value, Mapping):
        names = sorted(value, key=lambda name: order.index(name) if name in order else len(order))
        found: Any = CommentedMap(
            (name, _ordered(value[name], order, in_line, flow or name in in_line)) for name in names
        )
    elif isinstance(value, list | tuple):
        found = CommentedSeq(_ordered(one, order, in_line, flow) for one in value)
    else:
        return value
    if flow:
        found.fa.set_flow_style()
    return found
