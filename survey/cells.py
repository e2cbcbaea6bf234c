"""Text in spreadsheets: no cell that a family wrote ever starts a formula."""

from __future__ import annotations

import re

# What begins like this is a formula to a spreadsheet. A German one splits at semicolons instead of commas and then does
# not understand our quotes, so a cell may begin after every semicolon and line break as well.
_FORMULA = re.compile(r"(^|[;\t\r\n])(?=\s*[=+\-@＝＋－＠\t\r])")


def harmless(text: str) -> str:
    """Return the text with an apostrophe wherever a formula could begin."""
    return _FORMULA.sub(r"\1'", text)


def without_guard(text: str) -> str:
    """Return a cell that came back as it was before :func:`harmless`."""
    return re.sub(r"(^|[;\t\r\n])'(?=\s*[=+\-@＝＋－＠\t\r])", r"\1", text)
