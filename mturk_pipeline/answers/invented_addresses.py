"""Invented addresses: the item's own name before @gmail.com, well formed and unlikely to exist."""

import numpy as np
import pandas as pd

from mturk_pipeline.answers.columns import key_column
from mturk_pipeline.kinds import KINDS
from mturk_pipeline.texts.plain_text import squeeze
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_NOTE = "the item's own name before a free mail host: invented?"


def mark_invented(gathered: pd.DataFrame, assignments: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Mark as suspicious e-mail addresses made of a key of their item and a free mail host."""
    part = pd.Series("", index=gathered.index, dtype=object)
    for code, spec in enumerate(phase.fields.values()):
        if made_up_from := KINDS[spec.kind].made_up_from:
            values = gathered.loc[(gathered["field"] == code) & gathered["value"].notna(), "value"]
            part[values.index] = values.map({value: made_up_from(value) for value in values.unique()})
    at = np.flatnonzero((part != "").to_numpy())
    if not len(at):
        return gathered
    made_up = _squeezed(part.iloc[at])
    row = gathered["row"].iloc[at].to_numpy()
    invented = np.zeros(len(at), dtype=bool)
    for key in phase.keys:
        if column := key_column(assignments, key):
            named = _squeezed(assignments[column].astype("str").fillna("").iloc[row])
            invented |= (made_up == named) & (made_up != "")
    out = gathered.copy()
    out.loc[at[invented], "suspicious"] = True
    out.loc[at[invented], "note"] = _NOTE
    return out


def _squeezed(texts: pd.Series) -> np.ndarray:
    which, distinct = pd.factorize(texts)
    return np.array([squeeze(t) for t in distinct], dtype=object)[which]
