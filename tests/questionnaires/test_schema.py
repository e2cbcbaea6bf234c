"""Editors complete and check questionnaire files with a schema that says what the model says."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from questionnaires.model import KINDS
from questionnaires.schema import SCHEMA_FILE, json_schema, write_schema
from questionnaires.source import read_source

HERE = Path(__file__).parent
VALIDATOR = Draft202012Validator(json_schema())
NO_QUESTIONNAIRES = {"landkreis", "plan"}
VALID = [path for path in sorted((HERE / "valid").glob("*.yaml")) if path.stem not in NO_QUESTIONNAIRES]
SHIPPED = sorted(SCHEMA_FILE.parent.glob("*.yaml"))

#: Invalid miniatures that an editor marks already; the others need rules across questions, or are no YAML.
MARKED = [
    "bad-id", "empty-value", "missing-key", "option-without-code", "out-of-range", "quoted-number", "too-few",
    "unknown-format", "unknown-key", "unknown-kind", "unknown-language", "unknown-word", "unquoted-value", "wrong-type",
]  # fmt: skip


def mistakes(path: Path) -> list[str]:
    data: Any = json.loads(json.dumps(read_source(path).data))
    return [error.message for error in VALIDATOR.iter_errors(data)]


def test_the_schema_in_the_project_is_up_to_date(tmp_path: Path) -> None:
    write_schema(tmp_path / "new.json")
    current = SCHEMA_FILE.read_text(encoding="utf-8")
    assert current == (tmp_path / "new.json").read_text(encoding="utf-8"), "run: python -m questionnaires.schema"


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", VALID + SHIPPED, ids=lambda path: path.stem)
def test_valid_files_fit_the_schema(path: Path) -> None:
    assert mistakes(path) == []


@pytest.mark.parametrize("code", MARKED)
def test_mistakes_of_form_do_not_fit_the_schema(code: str) -> None:
    assert mistakes(HERE / "invalid" / f"{code}.yaml") != []


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        ({"question": "a", "is": [1]}, True),
        ({"question": "a", "item": "b", "at_least": 1}, True),
        ({"all": [{"not": {"area": ["nord"]}}, {"any": [{"question": "a", "answered": True}]}]}, True),
        ({"question": "a"}, False),
        ({"question": "a", "is": [1], "answered": True}, False),
        ({"all": []}, False),
        ({"all": [{"question": "a", "is": [1]}], "question": "a"}, False),
        ({"question": "a", "equals": 1}, False),
        ("a == 1", False),
    ],
)
def test_a_condition_has_exactly_one_form(condition: Any, fits: bool) -> None:
    data: Any = json.loads(json.dumps(read_source(HERE / "valid" / "info.yaml").data))
    data["pages"][1]["questions"][0]["show_if"] = condition
    assert VALIDATOR.is_valid(data) is fits


def test_the_schema_explains_fields_and_knows_every_kind() -> None:
    definitions = json_schema()["$defs"]
    assert "Einfacher" not in definitions
    assert definitions["Option"]["properties"]["exclusive"]["description"].startswith("excludes all other options")
    assert "shown at sensitive questions" in definitions["Single"]["properties"]["why"]["description"]
    kinds = {d["properties"]["kind"]["const"] for d in definitions.values() if "kind" in d["properties"]}
    assert kinds == set(KINDS)
