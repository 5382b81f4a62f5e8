"""One row per worker over all projects and imported batches (contract WorkerMemory), worst first.

Reliability pools all values that could be judged, right over given, drawn towards the crowd's mean by a few answers;
its interval is Wilson's, as within a phase (`mturk_pipeline.trust.standing`). What is suggested has no effect: only
a person stars or blacklists, in `workers.xlsx`.

=========== ============================================================================================
suggested   where
=========== ============================================================================================
exclude     with 5 values judged or more, even the upper end of reliability lies below 0.6; or a phase
            suggested `exclude` and the lower end over all does not reach 0.7
watch       the upper end lies below 0.7; or a phase suggested `watch` or `exclude`; or at least 2, and a
            tenth, of the assignments were rejected
starred     with 50 values judged or more, the lower end reaches 0.9, and nothing above applies
neutral     otherwise
=========== ============================================================================================
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mturk_pipeline.providers import whole_name, whole_names
from mturk_pipeline.trust.models.worker_weighted import LEAN, crowd_mean
from mturk_pipeline.trust.standing import FEWEST_ANSWERS, HOPELESS, POOR, wilson
from mturk_pipeline.vocabulary.standings import BLACKLISTED, EXCLUDE, NEUTRAL, STARRED, SUGGESTIONS, WATCH
from mturk_pipeline.workers.overrides import Said
from mturk_pipeline.workers.salted import PREFIX, Salt

STARS, ENOUGH_FOR_STARS = 0.9, 50.0
REJECTIONS, REJECTED_SHARE = 2, 0.1
# A person's word to exclude weighs as the suggestion does.
_SEVERITY = {standing: place for place, standing in enumerate(reversed(SUGGESTIONS))} | {BLACKLISTED: 0}
_SUMS = ("assignments", "given", "right", "approved", "rejected", "gold_asked", "gold_right")
_NO_WORD = Said("", NEUTRAL)


def remember(
    contributions: pd.DataFrame,
    said: Sequence[Said] = (),
    salt: Salt | None = None,
    *,
    hashed: bool = False,
    others: Iterable[str] = (),
) -> pd.DataFrame:
    """The memory.

    Parameters
    ----------
    contributions
        Contract Contributions.
    said
        A person's rows; they may name workers whole, by the platform's id, or by a hash. Who is in no project and
        no batch gets a row too, with nothing contributed, unless nothing is said but 'neutral'.
    salt, hashed
        What hashes ids, where there is a salt; and whether the memory is to hold hashes.
    others
        Whole names of workers who are there but contributed nothing yet: a person may mean them.
    """
    from mturk_pipeline.contracts.workers_memory import WorkerMemory

    known = set(contributions["worker"])
    table = _pooled(contributions)
    there = known | {salt.hashed(w) if salt and hashed else w for w in others}
    words = words_by_worker(said, there, salt, hashed=hashed)
    strangers = [worker for worker, word in words.items() if worker not in known and word.standing != NEUTRAL]
    table = table.reindex([*table.index, *strangers])
    table[list(_SUMS)] = table[list(_SUMS)].fillna(0)
    table["projects"] = table["projects"].fillna(0)
    table[["suggested", "evidence"]] = table[["suggested", "evidence"]].fillna({"suggested": NEUTRAL, "evidence": ""})
    told = [words.get(str(worker), _NO_WORD) for worker in table.index]
    for name in ("standing", "reason", "who", "when"):
        table[name] = pd.Series([getattr(s, name) for s in told], index=table.index, dtype="str")
    table["worker_id"] = [str(worker).rpartition(":")[2] for worker in table.index]
    ordered = table.rename_axis("worker").reset_index()[list(WorkerMemory.names())]
    return WorkerMemory.validate(worst_first(ordered))


def words_by_worker(
    said: Iterable[Said], known: Iterable[str], salt: Salt | None = None, *, hashed: bool = False
) -> dict[str, Said]:
    """A person's last word on each worker, under the name that the memory has for the worker."""
    names = _names(known, salt)
    words: dict[str, Said] = {}
    for each in said:
        for worker in names.get(each.worker) or _stands_for(each.worker, names, salt, hashed):
            words[worker] = each
    return words


def _names(known: Iterable[str], salt: Salt | None) -> dict[str, list[str]]:
    """What a person may call a worker -> the workers meant; a bare id means that id on every platform."""
    names: dict[str, list[str]] = {}
    for worker in known:
        for name in {worker, worker.rpartition(":")[2], *([salt.hashed(worker)] if salt else [])}:
            names.setdefault(name, []).append(worker)
    return names


def _stands_for(name: str, names: Mapping[str, list[str]], salt: Salt | None, hashed: bool) -> list[str]:
    """The worker that a name stands for which the memory does not hold as it is written."""
    full = whole_name(name)
    if salt is None or full.startswith(PREFIX):
        return names.get(full) or [full]
    hashes = [salt.hashed(n) for n in (full, *whole_names(name))]
    return next((names[h] for h in hashes if h in names), hashes[:1] if hashed else [full])


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
    low, high = wilson(np.clip(right / n, 0, 1), n)
    table["reliability"] = middle
    table["reliability_low"], table["reliability_high"] = np.minimum(low, middle), np.maximum(high, middle)
    table["suggested"] = _suggested(table, grouped["suggested"].agg(set))
    table["evidence"] = _evidence(contributions, table)
    return table


def _suggested(table: pd.DataFrame, by_phase: pd.Series) -> pd.Series:
    low, high, given = table["reliability_low"], table["reliability_high"], table["given"]
    excluded = np.array([EXCLUDE in words for words in by_phase], dtype=bool)
    watched = np.array([WATCH in words for words in by_phase], dtype=bool) | excluded
    rejected = (table["rejected"] >= REJECTIONS) & (table["rejected"] >= REJECTED_SHARE * table["assignments"])
    judged = given >= FEWEST_ANSWERS
    exclude = (judged & (high < HOPELESS)) | (excluded & ~(low >= POOR))
    watch = (judged & (high < POOR)) | watched | rejected
    star = (given >= ENOUGH_FOR_STARS) & (low >= STARS)
    words = np.select([exclude, watch, star], [EXCLUDE, WATCH, STARRED], NEUTRAL)
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
