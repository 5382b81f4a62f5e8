"""Tables of the published closed sets: three random answers per item, and all answers."""

import numpy as np
import pandas as pd

from mturk_pipeline_tests.benchmarks.trust_quality import scores
from mturk_pipeline_tests.benchmarks.trust_quality.methods import MODELS, judged, our_fit, ours
from mturk_pipeline_tests.benchmarks.trust_quality.peers import CLOSED_PEERS, peer
from mturk_pipeline_tests.benchmarks.trust_quality.published import closed_sets, three_per_item
from mturk_pipeline_tests.benchmarks.trust_quality.running import run_all, show

REVIEWED = 100
LARGE = 300  # items from which the calibration error of a set counts
VOTE = "MajorityVote"
_KEYS = ["method", "set", "seed"]
REVIEWED_TRUST = f"trust, {REVIEWED} reviewed"


def measure(folder: str, name: str, seed: int | None, with_peers: bool) -> pd.DataFrame:
    """Long: set, setting, seed, method, item, right, trust. `seed` None: all answers."""
    answers, gold = closed_sets(folder)[name]
    if seed is not None:
        answers = three_per_item(answers, seed)
    gold = gold[gold["item"].isin(answers["item"])].reset_index(drop=True)
    lot = seed or 0
    methods = {p: peer(p, seed=lot) for p in CLOSED_PEERS if with_peers or p == VOTE}
    methods |= {model: ours(model) for model in MODELS}
    parts = []
    for method, run in methods.items():
        parts.append(judged(run(answers, "closed"), gold).assign(method=method, item=gold["item"]))
    parts.append(_after_review(answers, gold, lot))
    setting = "all answers" if seed is None else "three answers"
    return pd.concat(parts, ignore_index=True).assign(set=name, setting=setting, seed=lot)


def _after_review(answers: pd.DataFrame, gold: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Our trust when a person has answered 100 random items, judged on the others; nothing where few others remain."""
    audited = gold.sample(min(REVIEWED, len(gold)), random_state=seed)
    others = gold.drop(audited.index).reset_index(drop=True)
    if len(others) < REVIEWED:
        return pd.DataFrame()
    consensus = our_fit(answers, model="trust", kind="closed", reviewed=audited).consensus
    return judged(consensus, others).assign(method=REVIEWED_TRUST, item=others["item"])


def _scored(rows: pd.DataFrame) -> dict[str, float]:
    right, trust = rows["right"].to_numpy(), rows["trust"].to_numpy()
    return {
        "items": len(rows),
        "accuracy": right.mean(),
        "wrong after 20 %": scores.wrong_after_review(right, trust),
        "ECE": scores.calibration_error(right, trust),
        "ECE excess": scores.calibration_error(right, trust) - scores.expected_error(trust),
        "Brier": scores.brier(right, trust),
    }


def closed_report(folder: str, seeds: int, jobs: int, with_peers: bool) -> pd.DataFrame:
    """Prints all tables of the closed sets; returns the measured rows."""
    names = sorted(closed_sets(folder))
    tasks = [(folder, name, seed, with_peers) for seed in [None, *range(1, seeds + 1)] for name in names]
    rows = pd.concat(run_all(measure, tasks, jobs, "closed sets"), ignore_index=True)
    keys = ["setting", "method", "set", "seed"]
    table = pd.DataFrame([{**dict(zip(keys, key, strict=True)), **_scored(part)} for key, part in rows.groupby(keys)])
    by_set = table.groupby(keys[:3], sort=False).mean(numeric_only=True).drop(columns="seed").reset_index()
    order = list(dict.fromkeys(rows["method"]))
    print(
        f"\n'{REVIEWED_TRUST}': judged on the other items, for sets of {2 * REVIEWED} gold items and more;"
        " its means are for calibration, not beside those of the other methods."
    )
    for setting in ("three answers", "all answers"):
        told = f"seeds 1 to {seeds}" if setting == "three answers" else "full redundancy"
        here = by_set[by_set["setting"] == setting]
        show(f"Closed, {setting} per item ({told}): means over {len(names)} sets", _macro(here, order))
        for score in ("accuracy", "wrong after 20 %", "ECE excess"):
            wide = here.pivot_table(index="method", columns="set", values=score, sort=False).reindex(order)
            show(f"Closed, {setting}: {score} by set", wide)
        show(f"Closed, {setting}: accuracy minus the vote's, 95 % paired bootstrap", _intervals(rows, setting, names))
    return rows


def calibration_report(folder: str, seeds: int, jobs: int) -> None:
    """Prints our calibration error by set, and trust against share of right in ten bins over all sets."""
    names = sorted(closed_sets(folder))
    tasks = [(folder, name, seed, False) for seed in range(1, seeds + 1) for name in names]
    rows = pd.concat(run_all(measure, tasks, jobs, "calibration"), ignore_index=True)
    table = pd.DataFrame([{"method": m, "set": n, **_scored(part)} for (m, n, _), part in rows.groupby(_KEYS)])
    told = f"three answers per item, seeds 1 to {seeds}"
    show(f"Calibration error above expectation, {told}", table.pivot_table("ECE excess", "method", "set"))
    rows["bin"] = np.clip((rows["trust"] * scores.BINS).astype(int), 0, scores.BINS - 1) / scores.BINS
    curve = rows[rows["method"].isin(["trust", REVIEWED_TRUST])].groupby(["method", "bin"])
    bins = curve.agg(items=("right", "size"), trust=("trust", "mean"), right=("right", "mean"))
    show(f"Trust and share of right, {told}, all sets", bins)


def _macro(here: pd.DataFrame, order: list[str]) -> pd.DataFrame:
    """Means over sets; the calibration error over sets of 300 items and more."""
    large = here.assign(large=here["ECE excess"].where(here["items"] >= LARGE))
    table = large.groupby("method").mean(numeric_only=True).reindex(order)
    table["wrong / vote's"] = table["wrong after 20 %"] / table["wrong after 20 %"][VOTE]
    return table.drop(columns="items").rename(columns={"large": f"ECE excess, sets of {LARGE}+"})


def _intervals(rows: pd.DataFrame, setting: str, names: list[str]) -> pd.DataFrame:
    """Per set and model: low … high of the difference to the vote, items as means over seeds."""
    here = rows[(rows["setting"] == setting) & rows["method"].isin([VOTE, *MODELS])]
    mean = here.groupby(["set", "item", "method"])["right"].mean().unstack()
    cells = {}
    for name in names:
        part = mean.xs(name, level="set")
        cells[name] = {model: _interval(part[model].to_numpy(), part[VOTE].to_numpy()) for model in MODELS}
    return pd.DataFrame(cells)


def _interval(ours_right: np.ndarray, vote_right: np.ndarray) -> str:
    low, high = scores.paired_interval(ours_right, vote_right)
    return f"{low:+.3f} {high:+.3f}"
