"""The JSON Schema of questionnaire files, for editors that complete and check while typing.

It is generated from the model: ``python -m questionnaires.schema`` writes it, a test compares.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import json
import textwrap
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from questionnaires import model
from questionnaires.model import LANGUAGES, Questionnaire

#: Where the generated file lies: beside the questionnaires.
SCHEMA_FILE = Path(__file__).parent / "familienstimme-fragebogen.schema.json"

_TESTS = ("is", "at_least", "at_most", "answered")


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of questionnaire files.

    Returns
    -------
    dict
        what the model says, with its docstrings as descriptions. Beyond the model's own types: texts are in
        known languages, a condition tests exactly one thing, and `format` is required. Rules across questions
        (:mod:`questionnaires.check`) cannot be said in a schema.
    """
    schema = Questionnaire.model_json_schema(by_alias=True)
    for definition in (schema, *schema["$defs"].values()):
        _describe(definition)
    given = schema["$defs"]["Given"]
    for test in _TESTS:
        given["properties"][test] = given["properties"][test]["anyOf"][0]
    given["oneOf"] = [{"required": [test]} for test in _TESTS]
    schema["required"] = ["format", *schema["required"]]
    schema["properties"]["languages"]["items"] = {"enum": list(LANGUAGES)}
    clean: dict[str, Any] = _clean(schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Fragebogen", **clean}


def write_schema(path: Path = SCHEMA_FILE) -> None:
    """Write the schema to a file, by default beside the shipped questionnaires."""
    path.write_text(json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _describe(definition: dict[str, Any]) -> None:
    """Add what the docstrings under a model's fields say."""
    described = getattr(model, definition["title"])
    for base in reversed(described.__mro__):
        if issubclass(base, BaseModel) and base.__module__ == model.__name__:
            for name, text in _docstrings(base).items():
                definition["properties"][name]["description"] = text


def _docstrings(described: type[BaseModel]) -> dict[str, str]:
    body = ast.parse(textwrap.dedent(inspect.getsource(described))).body[0]
    statements = body.body if isinstance(body, ast.ClassDef) else []
    found = {}
    for field, doc in itertools.pairwise(statements):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and _is_text(doc):
            found[field.target.id] = " ".join(ast.literal_eval(ast.unparse(doc)).split())
    return found


def _is_text(statement: ast.stmt) -> bool:
    is_constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_constant and isinstance(statement.value.value, str)  # type: ignore[attr-defined]


def _clean(part: Any) -> Any:
    """Leave out what says nothing to an editor, and name the languages of texts."""
    if isinstance(part, list):
        return [_clean(one) for one in part]
    if not isinstance(part, dict):
        return part
    kept = {key: _clean(value) for key, value in part.items() if not _says_nothing(key, value)}
    if isinstance(kept.get("description"), str):
        kept["description"] = " ".join(kept["description"].split())
    if isinstance(kept.get("additionalProperties"), dict):
        kept["propertyNames"] = {"enum": list(LANGUAGES)}
    return kept


def _says_nothing(key: str, value: Any) -> bool:
    return (key in {"title", "discriminator"} and not _is_schema(value)) or (key == "default" and not value)


def _is_schema(value: Any) -> bool:
    """Tell the field called `title` from the keyword."""
    return isinstance(value, dict) and "type" in value


if __name__ == "__main__":
    write_schema()
