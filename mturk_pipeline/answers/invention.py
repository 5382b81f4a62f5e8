"""Invented addresses: the item's own name before @gmail.com, well formed and unlikely to exist."""

import numpy as np
import pandas as pd

from mturk_pipeline.answers.cells import STATES
from mturk_pipeline.answers.cleaning import squeeze
from mturk_pipeline.answers.columns import key_column
from mturk_pipeline.answers.kinds.email import FREE_MAIL
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_NOTE = "the item's own name before a free mail host: invented?"


def mark_invented(said: pd.DataFrame, assignments: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """`said` where e-mail addresses made of a key of their item and a free mail host are suspicious."""
    is_email = np.array([spec.kind == "email" for spec in phase.fields.values()])
    host = said["value"].str.partition("@")[2] if is_email.any() else said["value"]
    at = np.flatnonzero(is_email[said["field"]] & host.isin(sorted(FREE_MAIL)).to_numpy(dtype=bool))
    at = at[(said["state"].iloc[at] == STATES.index("valid")).to_numpy()]
    if not len(at):
        return said
    local = _squeezed(said["value"].iloc[at].str.partition("@")[0])
    row = said["row"].iloc[at].to_numpy()
    invented = np.zeros(len(at), dtype=bool)
    for key in phase.keys:
        if column := key_column(assignments, key):
            named = _squeezed(assignments[column].astype("str").fillna("").iloc[row])
            invented |= (local == named) & (local != "")
    out = said.copy()
    out.loc[at[invented], "suspicious"] = True
    out.loc[at[invented], "note"] = _NOTE
    return out


def _squeezed(texts: pd.Series) -> np.ndarray:
    which, distinct = pd.factorize(texts)
    return np.array([squeeze(t) for t in distinct], dtype=object)[which]
