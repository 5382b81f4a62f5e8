"""Links on another site than the links that the item was sent with: no fault, but worth a look."""

from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from mturk_pipeline.kinds import KINDS
from mturk_pipeline.kinds.hosts import site_of
from mturk_pipeline.workflow.phase_spec import PhaseSpec

# How such a note begins; reasons look for it.
ELSEWHERE = "on another site than its input"


def mark_elsewhere(gathered: pd.DataFrame, assignments: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Note links on a site that is none of those in their assignment's input.

    Only for fields whose values are links, and only where the input has a link at all. Clubs do have pages on other
    sites: nothing becomes suspicious by this.
    """
    links = [code for code, spec in enumerate(phase.fields.values()) if KINDS[spec.kind].is_link]
    at = np.flatnonzero(
        (gathered["field"].isin(links) & gathered["value"].notna() & (gathered["note"] == "")).to_numpy()
    )
    expected = _input_sites(assignments) if len(at) else []
    if not expected:
        return gathered
    which, distinct = pd.factorize(gathered["value"].iloc[at])
    site = np.array([_site(link) for link in distinct], dtype=object)[which]
    row = gathered["row"].iloc[at].to_numpy()
    known, same = np.zeros(len(at), dtype=bool), np.zeros(len(at), dtype=bool)
    for sites in expected:
        known |= sites[row] != ""
        same |= sites[row] == site
    out = gathered.copy()
    out.loc[gathered.index[at[known & ~same & (site != "")]], "note"] = ELSEWHERE
    return out


def _input_sites(assignments: pd.DataFrame) -> list[np.ndarray]:
    """For each input column that holds links: the site of each row's, '' without one."""
    of_columns = []
    for column in (c for c in assignments.columns if c.startswith("Input.")):
        which, distinct = pd.factorize(assignments[column].fillna(""))
        sites = np.array([_site(text) for text in distinct], dtype=object)
        if (sites != "").any():
            of_columns.append(sites[which])
    return of_columns


def _site(text: str) -> str:
    """The registrable domain of a link; '' of other texts."""
    if "://" not in text and not text.startswith("www."):
        return ""
    try:
        host = urlsplit(text if "://" in text else f"https://{text}").hostname
    except ValueError:
        return ""
    return site_of(host or "")
