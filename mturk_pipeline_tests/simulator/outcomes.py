"""What the answers to an item's field come to, seen with the canonical values that only the simulator knows."""

import numpy as np
import pandas as pd

OUTCOMES = ["none", "lone", "agreed", "rival"]


def outcomes(said: pd.DataFrame) -> pd.DataFrame:
    """The outcome of each item and field of a phase without lists.

    Returns
    -------
    DataFrame
        item_no, field and outcome: `none` (no worker gave a value), `lone` (exactly one did), `agreed` (two or more
        did, and one value is common to them all) or `rival` (two or more did, and none is).
    """
    keys = ["item_no", "field"]
    every = said[keys].drop_duplicates()
    given = said.loc[said["value"] != "", [*keys, "worker_id", "value"]].drop_duplicates()
    workers = given.drop_duplicates([*keys, "worker_id"]).groupby(keys).size().rename("workers")
    support = given.groupby([*keys, "value"]).size().groupby(level=keys).max().rename("support")
    table = every.join(workers, on=keys).join(support, on=keys).fillna({"workers": 0, "support": 0})
    table["outcome"] = "rival"
    table.loc[table["support"] == table["workers"], "outcome"] = "agreed"
    table.loc[table["workers"] == 1, "outcome"] = "lone"
    table.loc[table["workers"] == 0, "outcome"] = "none"
    return table.reindex(columns=[*keys, "outcome"]).sort_values(keys, ignore_index=True)


def outcome_mix(said: pd.DataFrame) -> dict[str, float]:
    """Shares of the four outcomes over all items and fields; they sum to 1."""
    outcome = outcomes(said)["outcome"]
    return {name: float(np.mean(outcome.to_numpy() == name)) for name in OUTCOMES}
