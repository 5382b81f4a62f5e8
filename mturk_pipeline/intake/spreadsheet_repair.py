"""Repair of cells that spreadsheets and table programs damaged, once, before any kind reads a cell.

Two sorts of damage. Some marks are no person's writing wherever they stand: `_x000D_` (a carriage return), text in a
wrong code page (`cafÃ©`), control characters in prose, `="00123"`. The rest could be an answer, and is judged by the
whole column of a file: `.0` goes only where every filled cell is a whole number with or without it (pandas writes so
where a column has blanks), WAHR and FALSCH become true and false only where the column holds nothing else, and a
comma is a decimal one only where the column shows so. Dates lose a midnight where keys or texts are nothing but dates.

What cannot be undone stays: `5-Mar`, `4.4E+11` and `#NAME?` are for the kinds to refuse.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa

from mturk_pipeline.sheets.arrow import compute
from mturk_pipeline.texts.irreparable_cells import is_shortened
from mturk_pipeline.texts.spreadsheet_errors import is_spreadsheet_error
from mturk_pipeline.texts.spreadsheet_marks import SUSPECT, mend_text
from mturk_pipeline.texts.truth_words import is_truth_word, language_of, truth_language

# How a column is used: "values" may be mended in every way; "keys" are no truth values; "numbers" may have a decimal
# comma; in "text" only what is no person's writing goes, and `.0` where it cannot be one either; "kept" is as it is.
Use = Literal["values", "keys", "numbers", "text", "kept"]

WHOLE, TRUTH, COMMA, MIDNIGHT = (
    "the .0 that a table program added taken off",
    "a spreadsheet's word for true or false read in English",
    "read with a decimal comma, as its column has them",
    "the midnight that a table program added to a date taken off",
)
_BLANKS = ("", "{}", "nan", "NaN")
_WHOLE = re.compile(r"([+-]?\d+)(\.0+|,00?)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d 00:00:00")
_DECIMAL_COMMA = re.compile(r"[^\d,.]*(?:0,\d+|\d+,(?:\d{1,2}|\d{4,})|\d{1,3}(?:[. ']\d{3})+,\d+)[^\d,.]*")
_OTHER_NUMBER = re.compile(r".*?(?:\d\.(?:\d{1,2}|\d{4,})(?!\d)|\d,\d{3}\.\d|\d(?:,\d{3}){2,}).*", re.DOTALL)
_COMMA_NUMBER = re.compile(r"([^\d,.]*)(\d{1,3}(?:[. ']\d{3})+|\d+)(?:,(\d+))?([^\d,.]*)")
_LEAST_SHARE = 0.05  # of the cells with a comma have to show that it is a decimal one
# A column of nothing but dates may be of dates there; as a choice or a number they were ranges, such as 1-5.
_DATES_ARE_DATES: tuple[Use, ...] = ("keys", "text")
_SHORT_TEXT = 3  # digits: shorter ones of a text column may be a version, a rating


@dataclass
class Changes:
    """The cells of one column that were mended: their place in the table, the text before, what was undone."""

    place: np.ndarray
    before: np.ndarray
    what: np.ndarray


@dataclass
class Mended:
    """A repaired table, and the repairs by column."""

    frame: pd.DataFrame
    changes: dict[str, Changes] = field(default_factory=dict)

    def counts(self) -> list[tuple[str, str, int]]:
        """Column, repair, and number of cells."""
        rows = []
        for name, changes in self.changes.items():
            whats, numbers = np.unique(np.concatenate([w.split("; ") for w in changes.what]), return_counts=True)
            rows += [(name, str(what), int(n)) for what, n in zip(whats, numbers, strict=True)]
        return rows


def undo_damage(frame: pd.DataFrame, uses: Mapping[str, Use]) -> Mended:
    """Undo what table programs did to the cells of `frame`: one table of one file, text only, missing where blank.

    Columns that `uses` does not name are left alone.

    >>> cells = pd.DataFrame({"phone": ["3011234567.0", None], "name": ["cafÃ©", "1.0"]}, dtype="str")
    >>> mended = undo_damage(cells, {"phone": "values", "name": "values"})
    >>> mended.frame["phone"].iloc[0], mended.frame["name"].tolist()
    ('3011234567', ['café', '1.0'])
    """
    mended = Mended(frame)
    changed: dict[str, pd.Series] = {}
    language = _language_of_table(frame, uses)
    for name, use in uses.items():
        if use == "kept" or name not in frame.columns:
            continue
        cells = frame[name]
        steps = [_without_marks(cells, use)]
        steps += [_judged_as_whole(steps[-1][0] if steps[-1] else cells, use, language)]
        result = _combined(cells, [step for step in steps if step])
        if result:
            changed[name], mended.changes[name] = result
    mended.frame = frame.assign(**changed) if changed else frame
    return mended


_Step = tuple[pd.Series, np.ndarray]  # the column, and what was undone in each cell ('' for nothing)


def _combined(cells: pd.Series, steps: list[_Step]) -> tuple[pd.Series, Changes] | None:
    """The last step's column with all changes; None where nothing changed."""
    if not steps:
        return None
    what = steps[0][1].astype(object)
    for _, more in steps[1:]:
        what = np.where((what != "") & (more != ""), what + "; " + more, what + more)
    place = np.flatnonzero(what != "")
    before = cells.iloc[place].to_numpy(dtype=object)
    return (steps[-1][0], Changes(place, before, what[place])) if len(place) else None


def _without_marks(cells: pd.Series, use: Use) -> _Step | None:
    """Cells without escapes, wrong accents, control characters and formulas that hold text."""
    array = pa.array(cells)
    letters, marks = _may_be_marked(array)
    suspect = np.zeros(len(cells), dtype=bool)
    if letters:
        suspect |= ~np.asarray(compute.string_is_ascii(array).fill_null(True))
    if marks:
        suspect |= np.asarray(compute.match_substring_regex(array, SUSPECT).fill_null(False))
    if not suspect.any():
        return None
    place = np.flatnonzero(suspect)
    codes, uniques = pd.factorize(cells.iloc[place])
    pairs = [mend_text(str(text), prose=use == "text") for text in uniques]
    if not any(what for _, what in pairs):
        return None
    out, what = cells.copy(), np.full(len(cells), "", dtype=object)
    texts = pd.Series([text or None for text, _ in pairs], dtype="str").take(codes)
    out.iloc[place] = texts.to_numpy(dtype=object)
    what[place] = np.array([what for _, what in pairs], dtype=object)[codes]
    return out, what


def _may_be_marked(array: pa.ChunkedArray | pa.Array) -> tuple[bool, bool]:
    """A quick look at the bytes: whether there are letters beyond ASCII, and whether there may be other marks.

    Nearly all columns have neither, and need no closer look.
    """
    letters = marks = False
    for chunk in getattr(array, "chunks", [array]):
        data = chunk.buffers()[2]
        if data is None or not len(data):
            continue
        content = data.to_pybytes()
        letters = letters or not content.isascii()
        if not marks:
            marks = any(sign in content for sign in (b"\x7f", b"_x00", b'="', b"'")) or _has_controls(data, content)
    return letters, marks


def _has_controls(data: pa.Buffer, content: bytes) -> bool:
    """Whether there are control characters beside line ends and tabs."""
    codes = np.frombuffer(data, dtype=np.uint8)
    if int(codes.min()) >= 0x20:
        return False
    return int(np.count_nonzero(codes < 0x20)) > content.count(b"\n") + content.count(b"\r") + content.count(b"\t")


def _judged_as_whole(cells: pd.Series, use: Use, language: str | None) -> _Step | None:
    """Repairs that only the whole column can show: `.0`, words for true and false, decimal commas."""
    if not _may_be_uniform(cells, use):
        return None
    codes, uniques = pd.factorize(cells)
    texts = [str(u).strip() for u in uniques]
    filled = [t for t in texts if t not in _BLANKS and not is_spreadsheet_error(t)]
    whole = [t for t in filled if not is_shortened(t)]
    if _has_whole_floats(whole, use):
        return _replaced(cells, codes, {t: m[1] for t in whole if (m := _WHOLE.fullmatch(t)) and m[2]}, texts, WHOLE)
    if use in _DATES_ARE_DATES and all(map(_DATE.fullmatch, filled)):
        return _replaced(cells, codes, {t: t.partition(" ")[0] for t in filled}, texts, MIDNIGHT)
    if use == "values" and (words := truth_language(filled, language)):
        return _replaced(cells, codes, {t: words[t] for t in filled if words.get(t, t) != t}, texts, TRUTH)
    if use == "numbers" and _has_decimal_commas(filled):
        with_points = {t: _with_point(t) for t in filled}
        return _replaced(cells, codes, {t: n for t, n in with_points.items() if n != t}, texts, COMMA)
    return None


def _may_be_uniform(cells: pd.Series, use: Use) -> bool:
    """Whether the first filled cell allows that the whole column is of one damaged form: that spares reading it."""
    if use == "numbers":
        return True
    for text in cells.dropna().head(50):
        bare = str(text).strip()
        if bare not in _BLANKS and not is_spreadsheet_error(bare) and not is_shortened(bare):
            dated = use in _DATES_ARE_DATES and _DATE.fullmatch(bare)
            return bool(_WHOLE.fullmatch(bare) or dated) or (use == "values" and is_truth_word(bare))
    return False


def _has_whole_floats(filled: list[str], use: Use) -> bool:
    numbers = [_WHOLE.fullmatch(t) for t in filled]
    if not all(numbers) or not any(m and m[2] for m in numbers):
        return False
    lengths = sorted(len(m[1].lstrip("+-")) for m in numbers if m)
    return use != "text" or lengths[len(lengths) // 2] >= _SHORT_TEXT


def _has_decimal_commas(filled: list[str]) -> bool:
    with_comma = [t for t in filled if "," in t]
    shown = sum(_DECIMAL_COMMA.fullmatch(t) is not None for t in with_comma)
    return shown > _LEAST_SHARE * len(with_comma) and not any(_OTHER_NUMBER.fullmatch(t) for t in filled)


def _with_point(text: str) -> str:
    """A number with decimal comma in plain notation; another text as it is."""
    number = _COMMA_NUMBER.fullmatch(text)
    if not number or ("," not in text and not re.search(r"\d[. ']\d{3}", text)):
        return text
    decimals = f".{number[3]}" if number[3] else ""
    return number[1] + re.sub(r"[. ']", "", number[2]) + decimals + number[4]


def _replaced(cells: pd.Series, codes: np.ndarray, new: Mapping[str, str], texts: list[str], what: str) -> _Step | None:
    """`cells` with the trimmed texts in `new` replaced; `codes` says which of `texts` each cell is."""
    changed = np.array([t in new for t in texts] + [False])[codes]
    if not changed.any():
        return None
    after = pd.Series([new.get(t) for t in texts] + [None], dtype="str").take(codes).set_axis(cells.index)
    return cells.where(~changed, after), np.where(changed, what, "")


def _language_of_table(frame: pd.DataFrame, uses: Mapping[str, Use]) -> str | None:
    """The language whose words for true and false both stand in columns that hold nothing else."""
    words: set[str] = set()
    for name, use in uses.items():
        if use != "values" or name not in frame.columns:
            continue
        cells = frame[name].dropna()
        first = next((t for t in map(str.strip, cells.head(50)) if t not in _BLANKS), "")
        if first.isupper():
            distinct = {t.strip() for t in cells.unique()} - set(_BLANKS)
            words |= distinct if len(distinct) <= 2 else set()
    return language_of(words)
