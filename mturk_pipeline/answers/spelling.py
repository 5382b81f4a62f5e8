"""One spelling for values that compare equal: 'Chess Club', 'chess club.' and 'CHESS CLUB' are one value."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mturk_pipeline.kinds import KINDS, SEPARATOR
from mturk_pipeline.workflow.field_spec import FieldSpec
from mturk_pipeline.workflow.phase_spec import PhaseSpec


def comparing_keys(values: pd.Series, kind: str) -> pd.Series:
    """The form in which `values` of a kind are compared; missing stays missing."""
    key_of = KINDS[kind].key_of
    if key_of is None:
        return values
    which, distinct = pd.factorize(values)
    keys = np.array([*map(key_of, distinct), None], dtype=object)
    return pd.Series(keys[which], index=values.index, dtype="str")


def with_one_spelling(gathered: pd.DataFrame, item: np.ndarray, phase: PhaseSpec) -> pd.DataFrame:
    """`gathered` where the values of an item and field that share a key have one spelling.

    It is the most frequent one, then the one written most like a title, then the first in the alphabet; for
    closed questions it is chosen over the whole phase. `item` is the item's number for each assignment.
    """
    changed = {}
    rows = _rows_by_field(gathered, len(phase.fields))
    for spec, at in zip(phase.fields.values(), rows, strict=True):
        kind = KINDS[spec.kind]
        if kind.key_of is None or not len(at) or (kind.one_spelling_in == "phase" and spec.choices):
            continue
        value = gathered["value"].iloc[at].reset_index(drop=True)
        key = pd.factorize(comparing_keys(value, spec.kind))[0]
        where = item[gathered["row"].iloc[at]] if kind.one_spelling_in == "item" else np.zeros(len(at), dtype=int)
        best = _best_spelling(value, where * (int(key.max()) + 1) + key)
        different = (best != value).to_numpy()
        changed.update(zip(at[different], best[different], strict=True))
    if not changed:
        return gathered
    out = gathered.copy()
    out.loc[list(changed), "value"] = list(changed.values())
    return out


def spelt_as_given(known: pd.DataFrame, answers: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """`known` (columns `field` and `value`) with the crowd's spelling of what compares equal.

    For questions whose answers have one spelling over the phase and no declared choices; `answers` is contract Answers.
    Of a set each label is spelt so.
    """
    out = known["value"].copy()
    for name, spec in phase.fields.items():
        kind = KINDS[spec.kind]
        here = (known["field"] == name).to_numpy(dtype=bool) & known["value"].notna().to_numpy(dtype=bool)
        if kind.key_of is None or kind.one_spelling_in != "phase" or spec.choices or not here.any():
            continue
        given = answers.loc[answers["field"] == name, "value"].dropna().unique()
        spelling = {kind.key_of(value): value for value in given}
        texts = {text: _respelt(text, spec, spelling) for text in known.loc[here, "value"].unique()}
        out = out.mask(here, known["value"].map(texts))
    return known.assign(value=out)


def _respelt(text: str, spec: FieldSpec, spelling: Mapping[str, str]) -> str:
    kind = KINDS[spec.kind]
    assert kind.key_of is not None
    parts = kind.parts(text, spec) if kind.parts else None
    new = [spelling.get(kind.key_of(part), part) for part in ([text] if parts is None else parts)]
    return new[0] if len(new) == 1 else kind.read(SEPARATOR.join(new), spec).value or text


def _rows_by_field(gathered: pd.DataFrame, fields: int) -> list[np.ndarray]:
    """For each field the places of its rows with a value, in their order."""
    filled = np.flatnonzero(gathered["value"].notna().to_numpy(dtype=bool))
    field = gathered["field"].to_numpy(dtype=np.int64)[filled]
    ends = np.cumsum(np.bincount(field, minlength=fields))
    return np.split(filled[np.argsort(field, kind="stable")], ends[:-1])


def _best_spelling(value: pd.Series, group: np.ndarray) -> pd.Series:
    """For each row the spelling chosen in its group."""
    which, distinct = pd.factorize(value)
    title = np.array([title_words(v) for v in distinct])
    spellings = pd.DataFrame({"group": group, "which": which}).value_counts().reset_index()
    spellings["title"] = title[spellings["which"].to_numpy()]
    spellings["text"] = np.asarray(distinct, dtype=object)[spellings["which"].to_numpy()]
    spellings = spellings.sort_values(["count", "title", "text"], ascending=[False, False, True], kind="stable")
    chosen = spellings.drop_duplicates("group").set_index("group")["text"]
    return pd.Series(chosen.loc[group].to_numpy(), index=value.index, dtype="str")


def title_words(text: str) -> int:
    """How many words begin with a capital and go on in small letters.

    >>> title_words("Chess Club"), title_words("CHESS club")
    (2, 0)
    """
    return sum(w[:1].isupper() and not w[1:].isupper() for w in text.split())
