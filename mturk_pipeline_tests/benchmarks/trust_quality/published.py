"""Published closed-answer sets with gold labels: a folder per set with answers.csv and gold.csv."""

from pathlib import Path

import numpy as np
import pandas as pd


class MissingSets(Exception):
    """A folder does not hold what is asked for; the message says it in one line."""


def closed_sets(folder: Path | str) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
    """Each set's answers (item, worker, value) and gold (item, value), by name; all texts.

    `folder` holds NAME/answers.csv (task, worker, label) and NAME/gold.csv (task, label). Answers to items without
    gold stay: they tell about workers.

    Raises
    ------
    MissingSets
        Where there is no such folder, or no set in it, or a file lacks a column.
    """
    found = sorted(Path(folder).glob("*/gold.csv"))
    if not found:
        raise MissingSets(f"{folder}: no set found (NAME/answers.csv and NAME/gold.csv); give the folder of the sets")
    return {path.parent.name: (_read(path.parent / "answers.csv"), _read(path)) for path in found}


def _read(path: Path) -> pd.DataFrame:
    keys = ["task", "worker"] if path.name == "answers.csv" else ["task"]
    try:
        table = pd.read_csv(path, dtype="str")[[*keys, "label"]]
    except (OSError, KeyError, ValueError) as problem:
        raise MissingSets(f"{path}: cannot be read as {', '.join(keys)}, label ({problem})") from None
    return table.dropna().drop_duplicates(keys).rename(columns={"task": "item", "label": "value"})


def three_per_item(answers: pd.DataFrame, seed: int, count: int = 3) -> pd.DataFrame:
    """At most three random answers of each item, by different workers; rows keep their order.

    >>> answers = pd.DataFrame({"item": ["a"] * 5 + ["b"], "worker": list("vwxyzv"), "value": list("111121")})
    >>> three_per_item(answers, seed=1)["item"].value_counts().to_dict()
    {'a': 3, 'b': 1}
    """
    order = np.random.default_rng(seed).permutation(len(answers))
    shuffled = answers.iloc[order].drop_duplicates(["item", "worker"])
    return answers.loc[shuffled.groupby("item").head(count).index.sort_values()]
