"""What a careful person makes of the first phase: only rows that need it are looked at."""

import numpy as np
import pandas as pd

REVIEWED = ["university", "directory_url", "decision", "comment"]


def review_dirs(universities: pd.DataFrame, said: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """The reviewed rows, and which universities (rows of `universities`) go on to the next phase.

    Settled and right answers are left alone. Of the others, the one with the fewest answers is sent back to the
    crowd, the right link is written over wrong ones, and what has no directory is rejected. The last university,
    which the crowd was never asked about, is added.
    """
    votes = _votes(said, len(universities) - 1)
    truth = universities["directory_url"].to_numpy(object)[:-1]
    settled = (votes["best"].to_numpy(object) == truth) & (votes["votes"] >= 2) & ~votes["tied"]
    open_rows = votes.index[~settled & (truth != "")]
    redo = votes.loc[open_rows, "given"].idxmin() if len(open_rows) else -1
    rows = []
    for i in votes.index[~settled]:
        best = votes.at[i, "best"]
        if truth[i] == "":
            rows.append((i, best, "reject", "This university has no list of clubs."))
        elif i == redo:
            rows.append((i, best, "redo", "Not sure about this one; ask again."))
        elif best == truth[i]:
            rows.append((i, truth[i], "accept", "Checked."))
        else:
            rows.append((i, truth[i], "fix", "Found it under Campus Life."))
    added = len(universities) - 1
    rows.append((added, universities["directory_url"].iat[added], "", "Was missing in our list."))
    reviewed = pd.DataFrame(rows, columns=["row", "directory_url", "decision", "comment"])
    reviewed.insert(0, "university", universities["university"].to_numpy(object)[reviewed["row"]])
    stays = reviewed.loc[reviewed["decision"].isin(["reject", "redo"]), "row"]
    # What the crowd rightly called missing needs no decision, and has no next phase either.
    go_on = np.setdiff1d(np.flatnonzero(universities["directory_url"] != ""), stays)
    return reviewed.reindex(columns=REVIEWED).astype("str"), go_on


def _votes(said: pd.DataFrame, count: int) -> pd.DataFrame:
    """For each university: the value most workers gave, how many did, how many gave any, and whether it was a tie."""
    given = said.loc[said["value"] != "", ["item_no", "worker_id", "value"]].drop_duplicates()
    support = given.groupby(["item_no", "value"]).size().rename("votes").reset_index()
    support = support.sort_values(["item_no", "votes", "value"], ascending=[True, False, True])
    best = support.drop_duplicates("item_no").set_index("item_no")
    tops = support["votes"] == support["item_no"].map(best["votes"])
    table = pd.DataFrame(index=range(count))
    table["best"] = best["value"].reindex(table.index).fillna("")
    table["votes"] = best["votes"].reindex(table.index).fillna(0).astype(int)
    table["given"] = given.groupby("item_no").size().reindex(table.index).fillna(0).astype(int)
    table["tied"] = (support[tops].groupby("item_no").size() > 1).reindex(table.index, fill_value=False)
    return table
