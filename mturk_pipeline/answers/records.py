"""Lists of records: which record of an item each slot of each answer is about.

Workers list the same clubs in any order, with gaps: the slot says nothing. A record is recognised by its link (the
first of the phase's record keys), else by its name:

- Records of an item that share a link are one element, whose text is the link.
- A record without a link joins the element of its item that has the same name, where exactly one has; else it is
  the element `<field>:<name>`. So this element can become a link's when a later answer brings the link.
- A link that one answer gives to several names (the directory's own, pasted into every slot) says nothing in that
  answer: those records are recognised by their names.
- A slot without any valid value belongs to no element ('').
"""

from typing import cast

import numpy as np
import pandas as pd

from mturk_pipeline.answers.cells import has_text
from mturk_pipeline.answers.spelling import comparing_keys
from mturk_pipeline.workflow.phase_spec import PhaseSpec

# Beside fields of any name: no header of a file begins with a space.
_ROW, _ITEM, _SEVERAL = " row", " item", " several"


def real_records(gathered: pd.DataFrame) -> pd.DataFrame:
    """Rows of the slots with an answer (blank and 'none' say that there is no record)."""
    slot = _places(gathered)
    return gathered.loc[np.isin(slot, slot[has_text(gathered["state"])])]


def with_elements(gathered: pd.DataFrame, item: np.ndarray, phase: PhaseSpec) -> pd.DataFrame:
    """`gathered` (rows of real records, index 0, 1, …) with the column `element`.

    `item` is the number of each assignment's item.
    """
    if gathered.empty:
        return gathered.assign(element=pd.Series([], dtype="str"))
    record = _places(gathered)
    first = gathered[["row", "slot"]].drop_duplicates()
    row = np.asarray(first["row"])
    records = pd.DataFrame({_ROW: row, _ITEM: item[row]})
    keys = list(dict.fromkeys([*phase.record_keys, *phase.record_fields]))
    codes = {name: code for code, name in enumerate(phase.fields)}
    for name in keys:
        rows = np.flatnonzero(np.asarray(gathered["field"].eq(codes[name]) & gathered["value"].notna()))
        key = comparing_keys(gathered["value"].iloc[rows], phase.fields[name].kind)
        first_of = pd.DataFrame({"record": record[rows], "key": key}).drop_duplicates("record").set_index("record")
        records[name] = first_of["key"].reindex(records.index)
    for strong, weak in zip(phase.record_keys, phase.record_keys[1:], strict=False):
        records.loc[_says_nothing(records, strong, weak), strong] = np.nan
    element = cast("pd.Series", records[keys[0]])
    for name in keys[1:]:
        element = element.fillna(_joined_by(records, element, name)).fillna(f"{name}:" + records[name])
    return gathered.assign(element=element.fillna("").take(record).to_numpy())


def _places(gathered: pd.DataFrame) -> np.ndarray:
    """For each row the number of its record: assignment and slot, in order of appearance."""
    return pd.factorize(pd.MultiIndex.from_arrays([gathered["row"], gathered["slot"]]))[0]


def _says_nothing(records: pd.DataFrame, strong: str, weak: str) -> np.ndarray:
    """Records whose `strong` key the same answer gives to several `weak` keys."""
    named = records[[_ROW, strong, weak]].dropna().drop_duplicates()
    several = named.drop(columns=weak)
    several = several.loc[several.duplicated()].drop_duplicates()
    flags = records[[_ROW, strong]].merge(several.assign(**{_SEVERAL: True}), on=[_ROW, strong], how="left")[_SEVERAL]
    return (flags.notna() & records[weak].notna()).to_numpy(dtype=bool)


def _joined_by(records: pd.DataFrame, element: pd.Series, name: str) -> pd.Series:
    """The element of the same item with the same key `name`, where there is exactly one; else missing."""
    known = records[[_ITEM, name]].assign(element=element).dropna().drop_duplicates()
    known = known.loc[~known[[_ITEM, name]].duplicated(keep=False)]
    elements = records[[_ITEM, name]].merge(known, on=[_ITEM, name], how="left")["element"]
    return cast("pd.Series", elements).set_axis(records.index)
