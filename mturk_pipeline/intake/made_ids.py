"""Ids of assignments that a platform gave none: made of HIT, worker and time, so that a copy of a row gives the same.

What `made_id` makes holds a short digest of the worker's id, from which a short id can be found by trying. So it is
never stored: tables hold the id with a number in its place that is made with the home's key (`keyed_ids`). In another
home the number is another, so who must not take an assignment for a new one there compares HIT and time, too.
"""

import hashlib
import re

import numpy as np
import pandas as pd

# Of version 0.1, with the worker's id in it.
_OLD = re.compile(r"(?P<hit>[^#]*)#(?P<worker>[^#~][^#]*)#(?P<time>\d{4}-[^#]*)")
_UNKEYED = re.compile(r"[^#]*#~[0-9a-f]{8}#[^#]*|[0-9a-f]{16}#[0-9]+")
_DIGEST = re.compile(r"(?<=#)~[0-9a-f]{8}(?=#)|^[0-9a-f]{16}#[0-9]+$")
_NUMBER = re.compile(r"#~[0-9a-f]{16}(?=#)")
_KEYED = re.compile(r"(?:[^#]*#)?~(?P<number>[0-9a-f]{16})(?:#[^#]*)?")


def made_id(hit_id: str, worker_id: str, time: str) -> str:
    """The id of the assignment that a worker submitted for a HIT at a time.

    >>> made_id("7", "5", "2025-02-22 05:11:00+00:00")
    '7#~ed9ed153#2025-02-22 05:11:00+00:00'
    """
    text = "\x1f".join((hit_id, worker_id, time)).encode("utf-8", "surrogatepass")
    return f"{hit_id}#~{hashlib.blake2b(text, digest_size=4).hexdigest()}#{time}"


def current_id(assignment_id: str) -> str:
    """An id as `made_id` makes it, also of one that version 0.1 made with the worker's whole id; any other id stays.

    >>> current_id("7#5#2025-02-22 05:11:00+00:00") == made_id("7", "5", "2025-02-22 05:11:00+00:00")
    True
    >>> current_id("3XYZ"), current_id("7#~ed9ed153#2025-02-22 05:11:00+00:00")
    ('3XYZ', '7#~ed9ed153#2025-02-22 05:11:00+00:00')
    """
    old = _OLD.fullmatch(assignment_id)
    return made_id(old["hit"], old["worker"], old["time"]) if old else assignment_id


def is_keyed(assignment_id: str) -> bool:
    """Whether an id was made here, as tables hold it."""
    return _KEYED.fullmatch(assignment_id) is not None


def keyed_ids(ids: pd.Series, key: str) -> pd.Series:
    """Ids as tables hold them: of those that were made here, in whatever form, by a key of 16 characters.

    >>> keyed_ids(pd.Series(["7#~ed9ed153#2025-02-22", "3XYZ"]), "0123456789abcdef").tolist()
    ['7#~7e6aee28ecca2ace#2025-02-22', '3XYZ']
    """
    texts = ids.to_numpy(dtype=object)
    made = {p: current_id(texts[p]) for p in np.flatnonzero(ids.str.contains("#", regex=False, na=False))}
    made = {place: text for place, text in made.items() if _UNKEYED.fullmatch(text)}
    if not made:
        return ids
    numbers = _hashed(pd.Series(list(made.values()), dtype="str"), key).tolist()
    for number, (place, text) in zip(numbers, made.items(), strict=True):
        texts[place] = _DIGEST.sub(f"~{number:016x}", text)
    return pd.Series(pd.array(texts, dtype="str"), index=ids.index, name=ids.name)


def ids_among(ids: pd.Series, present: pd.Series) -> pd.Series:
    """Ids as tables hold them, where those that another home made are the `present` ones of the same HIT and time.

    >>> here = pd.Series(["7#~00000000000000aa#2025-02-22", "8#~00000000000000bb#2025-02-22"])
    >>> ids_among(pd.Series(["7#~ffffffffffffffff#2025-02-22", "3XYZ"]), here).tolist()
    ['7#~00000000000000aa#2025-02-22', '3XYZ']
    """
    strange = ids[ids.map(is_keyed).astype(bool) & ~ids.isin(present)]
    if strange.empty:
        return ids
    places = pd.Series(present.to_numpy(), index=present.map(_place))
    places = places[~places.index.duplicated(keep=False)]
    return ids.mask(ids.isin(strange), strange.map(_place).map(places)).fillna(ids)


def _place(assignment_id: str) -> str:
    """HIT and time of an id that was made here; any other id itself."""
    return _NUMBER.sub("#", assignment_id)


def id_numbers(ids: pd.Series, key: str) -> np.ndarray:
    """A number for each id, as `keyed_ids` writes it; the same for an id before and after."""
    texts = ids.astype("str")
    numbers = _hashed(texts, key)
    found = [(place, m) for place, text in enumerate(texts) if "~" in text and (m := _KEYED.fullmatch(text))]
    if found:
        numbers[[place for place, _ in found]] = [int(m["number"], 16) for _, m in found]
    return numbers


def _hashed(texts: pd.Series, key: str) -> np.ndarray:
    return pd.util.hash_array(texts.to_numpy(dtype=object), hash_key=key)
