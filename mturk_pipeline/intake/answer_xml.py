"""Answers of one assignment as Mechanical Turk's API gives them: XML (`QuestionFormAnswers`), written by workers.

Parsed with the standard library's expat, event by event: nothing is built that an answer could blow up, and a
document type, without which there are no entities to expand or files to fetch, ends the parsing at once.
"""

import ast
import html
import re
from xml.parsers import expat

from mturk_pipeline.errors import UserError

_ROOT = "QuestionFormAnswers"
_VALUES = frozenset({"FreeText", "SelectionIdentifier", "OtherSelectionText", "OtherSelectionField", "UploadedFileKey"})
_LONGEST, _DEEPEST, _MOST = 1_000_000, 20, 5_000
_BYTES = re.compile(r"[bB](['\"]).*\1", re.DOTALL)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class AnswerXmlError(UserError):
    """XML that cannot be read; its text says why and what to do, in one line without the worker's words."""


def read_answer_xml(text: str) -> dict[str, list[str]]:
    """Question -> the values given to it, in their order; AnswerXmlError where the XML cannot be read.

    A question without a value has an empty list. Namespaces of any date, texts escaped once more, and Python's text of
    bytes (`b'<?xml …'`) are read.

    >>> read_answer_xml(
    ...     "<QuestionFormAnswers><Answer><QuestionIdentifier>way</QuestionIdentifier><SelectionIdentifier>bus"
    ...     "</SelectionIdentifier><SelectionIdentifier>car</SelectionIdentifier></Answer></QuestionFormAnswers>"
    ... )
    {'way': ['bus', 'car']}
    """
    if len(text) > _LONGEST:
        raise AnswerXmlError(f"has answers of more than {_LONGEST} characters", remedy="shorten the row")
    plain = _unwrapped(text)
    if not plain:
        return {}
    events = _Events()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = events.start
    parser.EndElementHandler = events.end
    parser.CharacterDataHandler = events.text
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.EntityDeclHandler = _refuse_document_type
    try:
        parser.Parse(plain, True)
    except (expat.ExpatError, UnicodeError):
        raise AnswerXmlError(
            "has a column Answer that is no complete XML", remedy="look in the table it was made from"
        ) from None
    return events.answers


def _unwrapped(text: str) -> str:
    """The XML itself, without what tables and programs put around it."""
    plain = text.strip().removeprefix("\ufeff")
    if _BYTES.fullmatch(plain):
        try:
            plain = ast.literal_eval(plain).decode("utf-8", "replace").strip()
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            raise AnswerXmlError(
                "has a column Answer that is broken text of bytes", remedy="decode it before saving"
            ) from None
    for _ in range(3):
        if plain.startswith("&"):
            plain = html.unescape(plain).strip()
    return _CONTROL.sub("", plain)


def _refuse_document_type(*_: object) -> None:
    raise AnswerXmlError(
        "has a document type in its XML, which no answer needs", remedy="not read, for it could do harm"
    )


class _Events:
    """Collects answers while the parser runs."""

    def __init__(self) -> None:
        self.answers: dict[str, list[str]] = {}
        self._path: list[str] = []
        self._text: list[str] = []
        self._question = ""
        self._values: list[str] = []

    def start(self, name: str, _: object) -> None:
        local = name.rpartition(":")[2]
        if not self._path and local != _ROOT:
            raise AnswerXmlError(
                f"has XML in its column Answer that is no {_ROOT}", remedy="is it of the API's assignments?"
            )
        if len(self._path) >= _DEEPEST:
            raise AnswerXmlError("has XML that is nested too deeply for answers", remedy="look in the row")
        self._path.append(local)
        self._text = []
        if self._path == [_ROOT, "Answer"]:
            self._question, self._values = "", []

    def text(self, text: str) -> None:
        self._text.append(text)

    def end(self, _: str) -> None:
        local = self._path.pop()
        if local == "QuestionIdentifier":
            self._question = " ".join("".join(self._text).split())
        elif local in _VALUES and (value := "".join(self._text)).strip():
            self._values.append(value)
        elif local == "Answer" and self._path == [_ROOT] and self._question:
            self.answers.setdefault(self._question, []).extend(self._values)
        if len(self.answers) > _MOST:
            raise AnswerXmlError(f"has more than {_MOST} questions in its XML", remedy="look in the row")
        self._text = []
