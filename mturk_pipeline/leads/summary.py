"""Leads in numbers: for metadata and reports, so without a single name or address."""

from typing import Any

import pandas as pd


def leads_summary(leads: pd.DataFrame) -> dict[str, Any]:
    """Counts of `leads` (contract AllLeads): in all, by status, and for each group.

    >>> leads_summary(pd.DataFrame({"lead_group": ["email"], "status": ["fixed"], "verified": [True],
    ...                             "rank": [1], "duplicate_lead": [False]}))["groups"]
    {'email': {'leads': 1, 'verified': 1, 'runners_up': 0, 'duplicates': 0, 'statuses': {'fixed': 1}}}
    """
    groups = {str(name): _counts(part) for name, part in leads.groupby("lead_group", sort=False)}
    return {**_counts(leads), "groups": groups}


def _counts(leads: pd.DataFrame) -> dict[str, Any]:
    statuses = leads["status"].value_counts().sort_index()
    return {
        "leads": len(leads),
        "verified": int((leads["verified"].to_numpy() == 1).sum()),
        "runners_up": int((leads["rank"].to_numpy() > 1).sum()),
        "duplicates": int((leads["duplicate_lead"].to_numpy() == 1).sum()),
        "statuses": {str(status): int(number) for status, number in statuses.items()},
    }
