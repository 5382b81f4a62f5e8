"""Ids of items and rows: made from what they identify, readable, and safe in a spreadsheet.

An id is thirteen letters in groups (`BCDF-GHJK-LMNP-Q`): no digits, so that no spreadsheet turns it into a number
or a date, no vowels, so that it spells nothing, and a last letter that is a checksum, so that a mistyped or cut
id is noticed.
"""

import hashlib
from collections.abc import Callable

import numpy as np
import pandas as pd

from mturk_pipeline.texts.key_form import normalise_key

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_BASE = len(LETTERS)
_LENGTH = 12
# Of the checksum: prime to 20, so that each single wrong letter is noticed.
_WEIGHTS = (1, 3, 7, 9, 11, 13, 17, 19)


def item_key(text: str) -> str:
    """The form in which keys name an item: as `normalise_key`, and a whole number is the same with and without `.0`.

    A table program writes 12.0 for 12 wherever a column has blanks: that must not make another item of it.

    >>> item_key("12.0"), item_key("12.50")
    ('12', '12.50')
    """
    plain = normalise_key(text)
    return plain[:-2] if plain.endswith(".0") and plain[:-2].isdecimal() else plain


def id_of(text: str) -> str:
    """The id of `text`: twelve letters of its BLAKE2 hash and a checksum letter.

    >>> id_of("example university")
    'GGHF-XVJJ-TMLV-D'
    """
    body = letters_of(int.from_bytes(_digest(text), "big"))
    whole = body + _checksum(body)
    return f"{whole[:4]}-{whole[4:8]}-{whole[8:12]}-{whole[12:]}"


def letters_of(number: int) -> str:
    """Twelve letters that no word is made of and no spreadsheet changes.

    >>> letters_of(12345)
    'HWNCBBBBBBBB'
    """
    letters = []
    for _ in range(_LENGTH):
        number, place = divmod(number, _BASE)
        letters.append(LETTERS[place])
    return "".join(letters)


def is_item_id(text: str) -> bool:
    """Whether `text` is an id with a right checksum; any case, with or without its hyphens.

    >>> is_item_id("gghfxvjjtmlvd"), is_item_id("GGHF-XVJJ-TMLV-B"), is_item_id("42")
    (True, False, False)
    """
    letters = text.strip().upper().replace("-", "")
    return (
        len(letters) == _LENGTH + 1
        and all(letter in LETTERS for letter in letters)
        and _checksum(letters[:-1]) == letters[-1]
    )


def canonical_id(text: str) -> str:
    """`text`, known to be an id, in the one form that tables hold."""
    letters = text.strip().upper().replace("-", "")
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:12]}-{letters[12:]}"


def item_ids(keys: pd.DataFrame) -> pd.Series:
    """Ids of items from their key columns (one row per item, any number of text columns).

    The same keys in another case or spacing give the same id; the order of columns counts, their names do not.
    """
    return ids_of(joined_keys(keys, item_key))


def former_item_ids(keys: pd.DataFrame) -> pd.Series:
    """Ids that version 0.1 gave to items with these keys, as a file has them: offers of that time carry them."""
    return ids_of(joined_keys(keys, normalise_key))


def joined_keys(keys: pd.DataFrame, form: Callable[[str], str] = item_key) -> pd.Series:
    """All keys of each row as one text, each in the `form` in which it is compared."""
    joined = pd.Series("", index=keys.index, dtype="str")
    for column in keys.columns:
        codes, uniques = pd.factorize(keys[column].fillna("").astype("str"))
        normal = pd.Series([form(u) for u in uniques.to_numpy(dtype=object)], dtype="str")
        joined = joined + "\x1f" + normal.take(codes).set_axis(keys.index)
    return joined


def row_ids(item_id: pd.Series, element: pd.Series) -> pd.Series:
    """Ids of rows: the item's own where `element` is '', else one made from item and element."""
    return item_id.where(element == "", ids_of(item_id + "\x1f" + element))


def ids_of(texts: pd.Series) -> pd.Series:
    """`id_of` of each text, for many at once.

    >>> ids_of(pd.Series(["example university"])).item()
    'GGHF-XVJJ-TMLV-D'
    """
    codes, uniques = pd.factorize(texts.to_numpy(dtype=object))
    digests = b"".join(_digest(u) for u in uniques)
    number = np.frombuffer(digests, dtype=">u8").astype(np.uint64)
    place = np.empty((len(number), _LENGTH + 1), dtype=np.uint8)
    for i in range(_LENGTH):
        number, place[:, i] = np.divmod(number, np.uint64(_BASE))
    weights = np.array([_WEIGHTS[i % len(_WEIGHTS)] for i in range(_LENGTH)])
    place[:, _LENGTH] = (place[:, :_LENGTH] * weights).sum(axis=1) % _BASE
    letters = np.frombuffer(LETTERS.encode(), dtype=np.uint8)[place]
    spelt = np.insert(letters, [4, 8, 12], ord("-"), axis=1)
    ids = np.ascontiguousarray(spelt).view(f"S{_LENGTH + 4}").ravel().astype(str)
    return pd.Series(ids, dtype="str").take(codes).set_axis(texts.index)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _checksum(body: str) -> str:
    """Weighted sum modulo 20."""
    total = sum(LETTERS.index(letter) * _WEIGHTS[i % len(_WEIGHTS)] for i, letter in enumerate(body))
    return LETTERS[total % _BASE]
