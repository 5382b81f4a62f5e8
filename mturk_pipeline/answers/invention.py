"""Invented addresses: the item's own name before @gmail.com, well formed and unlikely to exist."""

import numpy as np
import pandas as pd

from mturk_pipeline.answers.columns import key_column
from mturk_pipeline.answers.kinds.email import FREE_MAIL
from mturk_pipeline.texts.plain_text import squeeze
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_NOTE = "the item's own name before a free mail host: invented?"


def mark_invented(said: pd.DataFrame, assignments: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """`said` where e-mail addresses made of a key of their item and a free mail host are suspicious."""
    emails = [code for code, spec in enumerate(phase.fields.values()) if spec.kind == "email"]
    at = np.flatnonzero((said["field"].isin(emails) & said["value"].notna()).to_numpy())
    address = said["value"].iloc[at]
    free = address.str.replace("^.*@", "", regex=True).isin(sorted(FREE_MAIL)).to_numpy()
    at = at[free]
    if not len(at):
        return said
    local = _squeezed(address[free].str.replace("@.*$", "", regex=True))
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
