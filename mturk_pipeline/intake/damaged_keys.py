"""Keys that a spreadsheet damaged beyond repair: they would name no item, or several as one."""

import pandas as pd

from mturk_pipeline.answers.spreadsheet_damage import DIGITS, damage_in
from mturk_pipeline.answers.spreadsheet_errors import LOST_ANSWER, SIGNS, is_spreadsheet_error

_SIGNS = SIGNS | DIGITS
_ERROR = LOST_ANSWER.partition(":")[0]


def damage_of_keys(keys: pd.Series) -> pd.Series:
    """For each text of a key column what a spreadsheet did to it, in words; '' for sound ones.

    `4.92E+11` may be any of thousands of ids, `5-Mar` was 3-5, `#N/A` was anything.

    >>> damage_of_keys(pd.Series(["Example University", "Nov-50", "#REF!"])).tolist()
    ['', 'a date, as a spreadsheet makes it of 11-50', "a spreadsheet's error"]
    """
    codes, uniques = pd.factorize(keys.fillna("").astype("str"))
    words = [_damage(text) if text[:1] in _SIGNS or text[-1:] in DIGITS else "" for text in uniques]
    if not any(words):
        return pd.Series("", index=keys.index, dtype="str")
    return pd.Series(words, dtype="str").take(codes).set_axis(keys.index)


def _damage(text: str) -> str:
    return _ERROR if is_spreadsheet_error(text) else damage_in(text)
