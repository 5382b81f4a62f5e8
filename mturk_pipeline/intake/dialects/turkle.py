"""Exports of Turkle, the open-source server that takes Mechanical Turk's templates and files.

Ids are whole numbers counted by each server; there is no reward, status or approval. A form key that occurs several
times (checkboxes) comes as Python's text of a list: `['a', 'b']`. A project without login names no workers. Results
with letters beyond ASCII are cut short by Turkle 3.1 and before: it announces as many bytes as there are characters.
"""

import ast

import pandas as pd
import pyarrow as pa

from mturk_pipeline.intake.column_names import ANSWER
from mturk_pipeline.intake.dialects.base import Contents, Dialect, plain_contents
from mturk_pipeline.intake.dialects.mturk_batch import DIALECT as BATCH
from mturk_pipeline.kinds import SEPARATOR
from mturk_pipeline.providers import turkle as provider
from mturk_pipeline.sheets.arrow import compute
from mturk_pipeline.sheets.limits import Limits
from mturk_pipeline.sheets.text_tables import TextTable

_LONGEST_LIST = 100_000


def read_contents(table: TextTable, limits: Limits) -> Contents:
    """Inputs and answers, repeated keys joined by "|", and whether the download was cut short."""
    contents = plain_contents(table, limits)
    split: dict[str, pd.Series] = {}
    for name in contents.frame.columns:
        if name.startswith(ANSWER) and (joined := join_repeated(contents.frame[name])) is not None:
            split[name] = joined
    notes = [*contents.notes, *_cut_short(table)]
    if split:
        named = ", ".join(f"'{name.removeprefix(ANSWER)[:40]}'" for name in list(split)[:5])
        notes.append(f"lists such as ['a', 'b'] are read as several values in {len(split)} column(s): {named}")
    return Contents(contents.frame.assign(**split), contents.unreadable, notes)


def join_repeated(cells: pd.Series) -> pd.Series | None:
    """A column's cells with lists of texts joined by "|"; None where it holds none, or one that is no such list.

    >>> join_repeated(pd.Series(["['bus', 'car']", "bus", "[]"], dtype="str")).tolist()
    ['bus|car', 'bus', nan]
    >>> join_repeated(pd.Series(["['bus'", "['bus', 'car']"], dtype="str")) is None
    True
    """
    codes, uniques = pd.factorize(cells)
    texts: list[str | None] = [str(u) for u in uniques]
    lists = [i for i, text in enumerate(texts) if text and _looks_like_a_list(text)]
    for i in lists:
        values = _list(str(texts[i]))
        if values is None:
            return None
        texts[i] = SEPARATOR.join(values) or None
    # Code -1, a blank cell, takes the last.
    return pd.Series(pd.array([*texts, None], dtype="str").take(codes), index=cells.index) if lists else None


def _looks_like_a_list(text: str) -> bool:
    bare = text.strip()
    return bare.startswith(("['", '["')) or bare == "[]"


def _list(text: str) -> list[str] | None:
    """The texts of a list; None where the text is no list of texts alone."""
    if len(text) > _LONGEST_LIST or not text.rstrip().endswith("]"):
        return None
    try:
        values = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        return None
    return [value.encode("utf-8", "replace").decode("utf-8") for value in values if value.strip()]


def _cut_short(table: TextTable) -> list[str]:
    """What to say of a download that ends within a row and holds letters that Turkle counts wrongly."""
    if table.ends == "whole":
        return []
    cells = [pa.array(table.frame[name], pa.large_string(), from_pandas=True) for name in table.frame.columns]
    lengths = [(compute.binary_length(c), compute.utf8_length(c)) for c in cells]
    surplus = sum((compute.sum(b).as_py() or 0) - (compute.sum(c).as_py() or 0) for b, c in lengths)
    if not surplus:
        return []
    return [
        f"does not end with a line end and holds letters beyond ASCII: Turkle cuts such downloads short, here by "
        f"{surplus} bytes or more, so answers are missing at its end. Have the server's wrong Content-Length mended, "
        "then download it again"
    ]


# Turkle names its columns as the requester site does, and leaves money and approval blank.
_FILLED = ("assignment_id", "hit_id", "worker_id", "hit_type_id", "title", "annotation", "max_assignments")
_FILLED += ("expires_at", "accepted_at", "submitted_at", "work_seconds")
_COLUMNS = {name: BATCH.columns[name] for name in _FILLED}

DIALECT = Dialect(
    name="turkle",
    provider=provider.PROVIDER.name,
    marks=frozenset({"HITId", "WorkerId", "Turkle.Username"}),
    columns=_COLUMNS,
    unused=(BATCH.known | {"Turkle.Username"}) - frozenset(_COLUMNS.values()),
    makes_ids=True,
    names_workers=("WorkerId", "Turkle.Username"),
    contents=read_contents,
)
