"""Cells that a spreadsheet damaged beyond repair: of a key they would name no item, or several as one."""

import pandas as pd
import pyarrow as pa

from mturk_pipeline.sheets.arrow import compute
from mturk_pipeline.texts.counted import counted
from mturk_pipeline.texts.irreparable_cells import DIGITS, damage_in
from mturk_pipeline.texts.spreadsheet_errors import LOST_ANSWER, SIGNS, is_spreadsheet_error

_SIGNS = SIGNS | DIGITS
_WORDS = pa.array(sorted(sign for sign in SIGNS if sign.isalpha()), pa.large_string())
_ERROR = LOST_ANSWER.partition(":")[0]


def damage_of(cells: pd.Series) -> pd.Series:
    """Damage by a spreadsheet to each text of a column, in words; '' for sound ones.

    `4.92E+11` may be any of thousands of ids, `5-Mar` was 3-5, `#N/A` was anything.

    >>> damage_of(pd.Series(["Example University", "Nov-50", "#REF!"])).tolist()
    ['', 'a date, as a spreadsheet makes it of 11-50', "a spreadsheet's error"]
    """
    if not _may_be_damaged(pa.array(cells.astype("str"))):
        return pd.Series("", index=cells.index, dtype="str")
    codes, uniques = pd.factorize(cells.fillna("").astype("str"))
    words = [_damage(text) if text[:1] in _SIGNS or text[-1:] in DIGITS else "" for text in uniques]
    if not any(words):
        return pd.Series("", index=cells.index, dtype="str")
    return pd.Series(words, dtype="str").take(codes).set_axis(cells.index)


def _may_be_damaged(texts: pa.ChunkedArray | pa.Array) -> bool:
    """A quick look: damage has something other than letters and digits in it, or is a word such as Error2042."""
    plain = compute.and_(
        compute.ascii_is_alnum(texts), compute.invert(compute.is_in(compute.utf8_slice_codeunits(texts, 0, 1), _WORDS))
    )
    return not compute.all(plain, min_count=0).as_py()


def lost_cell_lines(table: pd.DataFrame, names: list[str]) -> list[str]:
    """One line for each of the columns `names` and sort of damage that nobody can undo, with the number of cells.

    >>> lost_cell_lines(pd.DataFrame({"size": ["5-Jan", "Nov-50", "#REF!", "7"]}), ["size"])[1]
    "size: 1 cell cannot be mended: a spreadsheet's error (#REF!)"
    """
    lines = []
    for name in names:
        words = damage_of(table[name])
        hit = words != ""
        for _, damaged in words[hit].groupby(words[hit].str.split(",").str[0], sort=True):
            cells = counted(len(damaged), "cell")
            example = f"{damaged.iloc[0]} ({str(table.loc[damaged.index[0], name]).strip()})"
            lines.append(f"{name}: {cells} cannot be mended: {example}")
    return lines


def _damage(text: str) -> str:
    return _ERROR if is_spreadsheet_error(text) else damage_in(text)
