"""Tables come back from German offices in every coding and with every separator."""

import pytest

from survey.cells import read_table

LINES = [(1, ["Größe", "Wert"]), (3, ["über 3", "1,5"])]
TEXT = "Größe{0}Wert\n\n über 3 {0}\"1,5\"\n"


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_coding_and_separator_are_recognised(coding: str, separator: str) -> None:
    assert read_table(TEXT.format(separator).encode(coding)) == LINES


@pytest.mark.parametrize("data", [b"PK\x03\x04rest", b"\xff\xfea", b"a\x00b"])
def test_what_is_no_text_is_no_table(data: bytes) -> None:
    assert read_table(data) is None


def test_an_empty_file_has_no_lines() -> None:
    assert read_table(b"") == []
    assert read_table(b" \r\n;;\r\n") == []
