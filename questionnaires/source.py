"""YAML 1.2 as plain data with the line of every place; problems of the file itself in plain German.

Plain words mean what the YAML core schema says: only `null`, `true`, `false` and numbers are no text. A
number with leading zeros is no whole number here, so that an AGS such as 06636 is never cut down to 6636.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from questionnaires.problems import Lines, Place, Problem

#: A node of the library, which says nothing of its kinds to a type checker.
Node: TypeAlias = Any

#: Largest file [bytes]; a questionnaire in eight languages has about 150,000.
MAX_BYTES = 2_000_000
#: Most values of a file once every alias is written out; a district has about 10,000.
MAX_VALUES = 200_000
MAX_DEPTH = 40
#: What the library calls the kinds of nodes.
MAPPING, SEQUENCE, SCALAR = "mapping", "sequence", "scalar"

#: Lists are tuples, so that pydantic's strict mode takes them.
Data: TypeAlias = "bool | int | float | str | tuple[Data, ...] | dict[str, Data] | None"

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BASED = re.compile(r"0(o[0-7]+|x[0-9a-fA-F]+)")
_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in (
    "null", "bool", "int", "float", "str", "timestamp", "merge", "value", "seq", "map",
))  # fmt: skip

#: part of the YAML library's message → what the author should do
_ADVICE = {
    r"character '\t'": "Hier steht ein Tabulator. Bitte nur mit Leerzeichen einrücken.",
    "mapping values are not allowed": "Hier passt kein Doppelpunkt. Bitte die Einrückung prüfen, oder einen "
    "Text mit Doppelpunkt in Anführungszeichen setzen.",
    "unexpected end of stream": "Ein Anführungszeichen wird nicht geschlossen.",
    "could not find expected ':'": "Hier fehlt ein Doppelpunkt nach dem Namen.",
    "but found another document": "Mit „---“ beginnt ein zweites Dokument. Bitte zwei Dateien daraus machen.",
    "undefined alias": "„*“ verweist auf etwas, das vorher nicht mit „&“ benannt wurde. Beginnt ein Text mit "
    "„*“, gehört er in Anführungszeichen.",
    "unknown escape character": "In doppelten Anführungszeichen hat „\\“ eine besondere Bedeutung. Bitte "
    "einfache Anführungszeichen nehmen.",
    "that cannot start any token": "Ein Text darf mit diesem Zeichen nicht beginnen. Bitte in "
    "Anführungszeichen setzen.",
    "expected ',' or": "Eine Klammer [ ] oder { } wird nicht geschlossen, oder es fehlt ein Komma.",
    "expected <block end>": "Die Einrückung passt nicht zu den Zeilen darüber, oder nach einem schließenden "
    "Anführungszeichen geht der Text weiter.",
}


class Source:
    """A file as data (:attr:`data`), with its lines and the problems that reading it brought up."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.data: Data = None
        self.raw: dict[Place, str] = {}
        """scalars as written"""
        self.problems: list[Problem] = []
        self.ok = False
        """whether there is data at all"""
        self._at: dict[Place, tuple[str, int]] = {(): (file, 1)}
        self._values = 0
        self._read(text)

    @classmethod
    def of_data(cls, data: Mapping[str, Any], name: str) -> Source:
        """Return data that never was a file, as a file would have given it; nothing stands on a line."""
        source = cls("{}", name)
        source.data, source.ok, source.problems = as_read(data), True, []
        source._at = {}
        return source

    @property
    def lines(self) -> Lines:
        """Line of every place."""
        return Lines(self.file, self._at)

    def problem(self, code: str, message: str, line: int = 1, place: Place = ()) -> None:
        """Collect a problem of the file."""
        self.problems.append(Problem(code, ".".join(map(str, place)), message, self.file, line))

    def move(self, place: Place, file: str, line: int) -> None:
        """Note that a place stands in another file, or on another line."""
        self._at[place] = (file, line)

    def _read(self, text: str) -> None:
        try:
            node = _compose(text)
            if node is None:
                self.problem("empty-file", "Die Datei ist leer.")
            elif node.id != MAPPING:
                message = "Die Datei muss aus Angaben der Form „name: Wert“ bestehen, zum Beispiel „format: …“."
                self.problem("not-a-map", message, _line(node))
            else:
                self.data = self._value(node, ())
                self.ok = True
        except _NoYaml as error:
            self.problem(error.code, error.message, error.line)
        except (RecursionError, _TooMuch):
            message = "Die Datei ist zu tief verschachtelt, oder ihre Verweise („*“) ergeben zu viel Text."
            self.problem("too-nested", message)

    def _value(self, node: Node, place: Place) -> Data:
        self._values += 1
        if self._values > MAX_VALUES or len(place) > MAX_DEPTH:
            raise _TooMuch
        if node.tag not in _TAGS:
            message = "Marken mit „!“ gibt es hier nicht. Bitte löschen, oder den Text in Anführungszeichen setzen."
            self.problem("yaml-tag", message, _line(node), place)
        if node.id == MAPPING:
            return dict(self._pairs(node, place))
        if node.id == SEQUENCE:
            return tuple(self._element(child, (*place, i)) for i, child in enumerate(node.value))
        self.raw[place] = str(node.value)
        return _scalar(self.raw[place], plain=getattr(node, "style", None) is None)

    def _element(self, node: Node, place: Place) -> Data:
        self._at[place] = (self.file, _line(node))
        return self._value(node, place)

    def _pairs(self, node: Node, place: Place) -> Iterator[tuple[str, Data]]:
        seen: dict[str, int] = {}
        for key, child in node.value:
            if key.id != SCALAR:
                message = "Vor dem Doppelpunkt muss ein einfacher Name stehen."
                self.problem("bad-key", message, _line(key), place)
                continue
            name, inner = str(key.value), (*place, str(key.value))
            if name in seen:
                message = f"„{name}“ steht hier noch einmal (zuerst in Zeile {seen[name]}). Bitte eines löschen."
                self.problem("duplicate-key", message, _line(key), inner)
                continue
            seen[name] = _line(key)
            self._at[inner] = (self.file, _line(key))
            yield name, self._value(child, inner)


def as_read(value: Any) -> Any:
    """Return lists as tuples, as they are read from a file."""
    if isinstance(value, Mapping):
        return {str(name): as_read(part) for name, part in value.items()}
    return tuple(map(as_read, value)) if isinstance(value, list | tuple) else value


class _TooMuch(Exception):
    pass


class _NoYaml(Exception):
    """What keeps a text from being YAML, said to its author."""

    def __init__(self, code: str, message: str, line: int) -> None:
        self.code, self.message, self.line = code, message, line
        super().__init__(code)


def _compose(text: str) -> Node | None:
    """Return the nodes of a text. The library comes with the first file that is read: most processes read none."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    yaml = YAML(typ="safe", pure=True)
    yaml.composer.warn_double_anchors = False
    try:
        node: Node | None = yaml.compose(text)
    except MarkedYAMLError as error:
        raise _NoYaml(*_syntax_problem(error)) from None
    except YAMLError as error:  # the reader's, about one character
        line = text.count("\n", 0, getattr(error, "position", None) or 0) + 1
        raise _NoYaml("control-character", "Hier steht ein unsichtbares Steuerzeichen. Bitte löschen.", line) from None
    return node


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _scalar(text: str, *, plain: bool) -> Data:
    if not plain:
        return text
    if text in _NULL:
        return None
    if text in _BOOLS:
        return _BOOLS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    return float(int(text, 0)) if _BASED.fullmatch(text) and len(text) < 20 else text


def _syntax_problem(error: Any) -> tuple[str, str, int]:
    said = str(error.problem)
    mark = error.problem_mark or error.context_mark
    if "unexpected end of stream" in said and error.context_mark:
        mark = error.context_mark
    line = mark.line + 1 if mark else 1
    for part, advice in _ADVICE.items():
        if part in said:
            return "tab" if "Tabulator" in advice else "yaml-syntax", advice, line
    return "yaml-syntax", "Diese Zeile ist kein gültiges YAML. Bitte Einrückung und Satzzeichen prüfen.", line


def read_source(path: str | Path) -> Source:
    """Read a YAML file.

    Parameters
    ----------
    path : str or Path
        the file; UTF-8, with or without byte order mark, at most :data:`MAX_BYTES`

    Returns
    -------
    Source
        its data and lines; `problems` if it cannot be read, is no UTF-8, or no YAML
    """
    file = str(path)
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        reason = "gibt es nicht" if isinstance(error, FileNotFoundError) else "lässt sich nicht öffnen"
        return _unread(file, "unreadable-file", f"Die Datei {reason}.")
    if len(content) > MAX_BYTES:
        size = f"{len(content) / 1e6:.1f}".replace(".", ",")
        limit = MAX_BYTES // 1_000_000
        return _unread(file, "too-large", f"Die Datei ist mit {size} MB zu groß; erlaubt sind {limit} MB.")
    try:
        return Source(content.decode("utf-8-sig"), file)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        utf16 = content[:2] in {b"\xff\xfe", b"\xfe\xff"}
        kind = "in UTF-16" if utf16 else "anders, wohl in Windows-1252,"
        message = f"Die Datei ist {kind} gespeichert. Bitte im Editor „Speichern als UTF-8“ wählen."
        return _unread(file, "not-utf8", message, line)


def _unread(file: str, code: str, message: str, line: int = 1) -> Source:
    source = Source("{}", file)
    source.ok = False
    source.problem(code, message, line)
    return source
