"""One row per worker over all projects and imported batches (contract WorkerMemory), worst first.

Reliability pools all HITs that could be judged, right over given, drawn towards the crowd's mean by a few answers; its
interval is Wilson's, as within a phase (`mturk_pipeline.trust.worker_standing`). Only a phase compares a worker with a
crowd that had the same questions, so suggestions come from what phases suggested. What is suggested has no effect: only
a person stars or blacklists, in `workers.xlsx`.

=========== ============================================================================================
suggested   where
=========== ============================================================================================
exclude     phases of two projects or more suggested `exclude` (an imported batch counts as a project)
watch       a phase suggested `watch` or `exclude`; or at least 2, and a tenth, of the assignments were
            rejected
starred     with 50 HITs judged or more, the lower end reaches 0.9, and nothing above applies
neutral     otherwise
=========== ============================================================================================
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mturk_pipeline.trust.models.worker_weighted import LEAN, crowd_mean
from mturk_pipeline.trust.worker_standing import wilson
from mturk_pipeline.vocabulary.standings import BLACKLISTED, EXCLUDE, NEUTRAL, STARRED, SUGGESTIONS, WATCH
from mturk_pipeline.workers.overrides import Override

STARS, ENOUGH_FOR_STARS = 0.9, 50.0
FEWEST_PROJECTS = 2
REJECTIONS, REJECTED_SHARE = 2, 0.1
# A person's word to exclude weighs as the suggestion does.
_SEVERITY = {standing: place for place, standing in enumerate(reversed(SUGGESTIONS))} | {BLACKLISTED: 0}
_SUMS = ("assignments", "given", "right", "approved", "rejected", "gold_asked", "gold_right")
_NO_WORD = Override("", NEUTRAL)
_NO_WORDS: Mapping[str, Override] = {}


def remember(contributions: pd.DataFrame, words: Mapping[str, Override] = _NO_WORDS) -> pd.DataFrame:
    """The memory.

    Parameters
    ----------
    contributions
        Contract Contributions.
    words
        A person's word on each worker, by surrogate. Who is in no project and no batch gets a row too, with nothing
        contributed, unless nothing is said but 'neutral'.
    """
    from mturk_pipeline.contracts.workers_memory import WorkerMemory

    table = _pooled(contributions)
    strangers = [worker for worker, word in words.items() if worker not in table.index and word.standing != NEUTRAL]
    table = table.reindex([*table.index, *strangers])
    table[list(_SUMS)] = table[list(_SUMS)].fillna(0)
    table["projects"] = table["projects"].fillna(0)
    table[["suggested", "evidence"]] = table[["suggested", "evidence"]].fillna({"suggested": NEUTRAL, "evidence": ""})
    told = [words.get(str(worker), _NO_WORD) for worker in table.index]
    for name in ("standing", "reason", "who", "when"):
        table[name] = pd.Series([getattr(s, name) for s in told], index=table.index, dtype="str")
    ordered = table.rename_axis("worker").reset_index()[list(WorkerMemory.names())]
    return WorkerMemory.validate(worst_first(ordered))


def worst_first(table: pd.DataFrame) -> pd.DataFrame:
    """By the graver of standing and suggestion, then by reliability, the least first."""
    order = pd.DataFrame(
        {
            "grave": np.minimum(table["standing"].map(_SEVERITY), table["suggested"].map(_SEVERITY)),
            "high": table["reliability_high"].fillna(1.0),
            "worker": table["worker"],
        }
    )
    return table.loc[order.sort_values(["grave", "high", "worker"]).index].reset_index(drop=True)


def _pooled(contributions: pd.DataFrame) -> pd.DataFrame:
    """By worker: sums over all contributions, reliability, evidence and what follows from them."""
    grouped = contributions.groupby("worker", sort=True)
    table = grouped[list(_SUMS)].sum()
    table["projects"] = grouped["project_id"].nunique()
    table["first_seen"], table["last_seen"] = grouped["first_seen"].min(), grouped["last_seen"].max()
    latest = contributions.sort_values("last_seen", na_position="first").groupby("worker")
    table[["approval_rate", "submitted_before"]] = latest[["approval_rate", "submitted_before"]].last()
    right, given = table["right"].to_numpy(dtype=float), table["given"].to_numpy(dtype=float)
    n = np.where(given > 0, given, np.nan)
    middle = np.clip((right + LEAN * crowd_mean(right, given)) / (n + LEAN), 0, 1)
    weight = grouped["weight"].sum().to_numpy(dtype=float)
    low, high = wilson(np.clip(right / n, 0, 1), np.where(given > 0, weight, np.nan))
    table["reliability"] = middle
    table["reliability_low"], table["reliability_high"] = np.minimum(low, middle), np.maximum(high, middle)
    table["suggested"] = _suggested(table, contributions)
    table["evidence"] = _evidence(contributions, table)
    return table


def _suggested(table: pd.DataFrame, contributions: pd.DataFrame) -> pd.Series:
    accused = contributions[contributions["suggested"] == EXCLUDE]
    accusers = accused.groupby("worker")["project_id"].nunique().reindex(table.index).fillna(0)
    watched = table.index.isin(contributions.loc[contributions["suggested"].isin([WATCH, EXCLUDE]), "worker"])
    rejected = (table["rejected"] >= REJECTIONS) & (table["rejected"] >= REJECTED_SHARE * table["assignments"])
    star = (table["given"] >= ENOUGH_FOR_STARS) & (table["reliability_low"] >= STARS)
    words = np.select([accusers >= FEWEST_PROJECTS, watched | rejected, star], [EXCLUDE, WATCH, STARRED], NEUTRAL)
    return pd.Series(words, index=table.index, dtype="str")


def _evidence(contributions: pd.DataFrame, table: pd.DataFrame) -> pd.Series:
    """In words: rejections over all, then what stood out in each phase, and in which."""
    some = contributions[contributions["evidence"] != ""]
    place = some["phase"].where(some["workflow"] == "archive", some["project_id"] + "/" + some["phase"])
    by_phase = (some["evidence"] + " (" + place + ")").groupby(some["worker"]).agg("; ".join)
    rejected, whole = (table[c].astype("int64").astype("str") for c in ("rejected", "assignments"))
    rejections = rejected.str.cat(whole, " of ").str.cat(["assignments rejected"] * len(table), " ")
    rejections = rejections.where(table["rejected"] > 0, "")
    words: Any = by_phase.reindex(table.index).fillna("")
    return rejections.str.cat(words, "; ").str.strip("; ").astype("str")
