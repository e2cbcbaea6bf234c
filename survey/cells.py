"""Tables that people open in spreadsheets: read as they come back, and no cell a family wrote ever starts a formula."""

from __future__ import annotations

import csv
import io
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


def read_table(data: bytes) -> list[tuple[int, list[str]]] | None:
    """Return line number and stripped cells of every line that holds something; None if the file is no text.

    Spreadsheets save UTF-8 with or without mark, UTF-16 with mark, or what Excel writes on German Windows; the first
    line says what separates the cells. Where quotes never end, a line of one replacement character follows the last
    whole one.
    """
    text = _decode(data)
    if text is None:
        return None
    head = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(";,\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    found, before = [], 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((before + 1, [cell.strip() for cell in cells]))
            before = reader.line_num
    except csv.Error:
        found.append((before + 1, ["\N{REPLACEMENT CHARACTER}"]))
    return found


def _decode(data: bytes) -> str | None:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        codings = ["utf-16"]
    elif b"\x00" in data or data[:4] == b"PK\x03\x04":
        codings = []
    else:
        codings = ["utf-8-sig", "cp1252"]
    for coding in codings:
        try:
            return data.decode(coding)
        except UnicodeDecodeError:
            continue
    return None
