"""The coordinator's desk for questionnaires: drafts are edited, checked, looked at and published."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

blueprint = Blueprint("design", __name__)

#: A questionnaire in eight languages has about 150,000 bytes; the server cuts off what has more than a mebibyte.
MAX_DRAFT = 1_000_000
LARGE_FORMS = frozenset(
    {"design.save", "design.save_file", "design.create", "design.take_translation", "design.take_from_bank"}
)


@blueprint.url_value_preprocessor
def _room_for_drafts(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let drafts be larger than other forms; runs before the check of their token, which reads the whole form."""
    if endpoint in LARGE_FORMS:
        request.max_content_length = MAX_DRAFT
        request.max_form_memory_size = MAX_DRAFT


# Their views register themselves.
from survey.design import (  # noqa: E402
    bank,  # noqa: F401
    comments,  # noqa: F401
    corrections,  # noqa: F401
    desk,  # noqa: F401
    editor,  # noqa: F401
    file,  # noqa: F401
    pretest,  # noqa: F401
    preview,  # noqa: F401
    publish,  # noqa: F401
    translations,  # noqa: F401
    trial,  # noqa: F401
)
