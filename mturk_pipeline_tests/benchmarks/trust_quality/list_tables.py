"""Tables of simulated crowds that list things: element precision, recall and F1, and how complete a list is."""

import pandas as pd

from mturk_pipeline_tests.benchmarks.trust_quality import scores
from mturk_pipeline_tests.benchmarks.trust_quality.crowds import ListCrowd, list_crowd
from mturk_pipeline_tests.benchmarks.trust_quality.methods import our_fit
from mturk_pipeline_tests.benchmarks.trust_quality.running import run_all, show

LEVELS = (0.3, 0.5, 0.7)
PER_ITEM = 3
SIZES = ["0", "1-5", "6-15", "16-40"]


def measure(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One crowd: scores (a row per method and threshold), and per list its true completeness and our interval."""
    crowd = list_crowd(seed)
    said = crowd.answers.dropna(subset=["value"]).drop_duplicates()
    votes = said.groupby(["item", "value"]).size().rename("votes").reset_index()
    rows: list[dict[str, float | str]] = [
        {"method": f"vote, {k} of {PER_ITEM}", **_scored(votes[votes["votes"] >= k], crowd)}
        for k in range(1, PER_ITEM + 1)
    ]
    for model in ("majority", "trust"):
        found = our_fit(crowd.answers, model=model, kind="list").consensus.dropna(subset=["value"])
        rows += [{"method": f"{model}, trust >= {t}", **_scored(found[found["trust"] >= t], crowd)} for t in LEVELS]
        rows += [
            {"method": f"{model}, as many as {k} of {PER_ITEM}", **_top(found, votes, k, crowd)} for k in (1, 2, 3)
        ]
    return pd.DataFrame(rows).assign(seed=seed), _completeness(crowd).assign(seed=seed)


def _scored(kept: pd.DataFrame, crowd: ListCrowd) -> dict[str, float]:
    hits = len(kept[["item", "value"]].drop_duplicates().merge(crowd.truth, on=["item", "value"]))
    precision, recall, f1 = scores.precision_recall_f1(hits, len(kept), len(crowd.truth))
    return {"elements": len(kept), "precision": precision, "recall": recall, "F1": f1}


def _top(found: pd.DataFrame, votes: pd.DataFrame, k: int, crowd: ListCrowd) -> dict[str, float]:
    """Our most trusted elements, as many as the vote keeps with `k` votes: better at all three scores or at none."""
    best = found.sort_values("trust", ascending=False, kind="stable")
    return _scored(best.head(int((votes["votes"] >= k).sum())), crowd)


def _completeness(crowd: ListCrowd) -> pd.DataFrame:
    """Per list: its true completeness where elements of trust .5 are accepted, and the interval given for it."""
    from mturk_pipeline.trust.completeness import completeness
    from mturk_pipeline.trust.list_model import fit_listing

    item, names = pd.factorize(crowd.answers["item"])
    worker, _ = pd.factorize(crowd.answers["worker"])
    element, texts = pd.factorize(crowd.answers["value"])
    said = element >= 0
    listing = fit_listing(item[said], element[said], worker[said], item, worker)
    accepted = listing.trust >= 0.5
    told = completeness(listing, accepted)
    told["item"] = names.to_numpy()[told["item"]]

    kept = pd.DataFrame({"item": names.to_numpy()[listing.item[accepted]], "value": texts[listing.element[accepted]]})
    size = crowd.truth.groupby("item").size()
    hits = kept.merge(crowd.truth, on=["item", "value"]).groupby("item").size()
    counts = pd.DataFrame({"size": size, "hits": hits}).reindex(told["item"]).fillna(0).reset_index(drop=True)
    told["true"] = (counts["hits"] / counts["size"]).where(counts["size"] > 0, 1.0)
    return told.assign(size=counts["size"])[["size", "true", "completeness", "low", "high"]]


def list_report(crowds: int, jobs: int) -> pd.DataFrame:
    """Prints the tables of lists; returns the measured rows."""
    parts = run_all(measure, [(seed,) for seed in range(crowds)], jobs, "lists")
    rows, told = pd.concat([r for r, _ in parts]), pd.concat([t for _, t in parts], ignore_index=True)
    table = rows.groupby("method", sort=False).mean().drop(columns="seed")
    show(f"Lists: {crowds} crowds of seeds 0 to {crowds - 1}, elements, means over crowds", table)
    inside = (told["low"] - 1e-9 <= told["true"]) & (told["true"] <= told["high"] + 1e-9)
    told = told.assign(covered=inside, width=told["high"] - told["low"], error=told["completeness"] - told["true"])
    told["list of"] = pd.cut(told["size"], [-1, 0, 5, 15, 40], labels=SIZES)
    by_size = (
        told.astype({"list of": "str"})
        .groupby("list of", observed=True)[["true", "completeness", "error", "covered", "width"]]
        .mean()
    )
    by_size = by_size.reindex([name for name in SIZES if name in by_size.index])
    by_size.loc["all"] = told[["true", "completeness", "error", "covered", "width"]].mean()
    show("Lists: completeness where trust >= .5 is accepted, and how often the 95 % interval covers the truth", by_size)
    worst = told["covered"].groupby(told["seed"]).mean().quantile([0, 0.1, 0.5])
    show("Lists: share covered in the worst crowd, the tenth of 100 and the middle one", worst.to_frame().T)
    return rows
