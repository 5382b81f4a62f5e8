"""How long rows have waited for a person: from what workbooks showed, and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd

from mturk_pipeline.review.export_history import Exports
from mturk_pipeline.review.shown_values import STATUS
from mturk_pipeline.texts.counted import counted
from mturk_pipeline.vocabulary.queue_kinds import LOOK_AGAIN, SPOT_CHECK, WAITING


@dataclass(frozen=True)
class Waiting:
    """Rows that wait for a person; spot checks are none of them."""

    # rows, overdue: how many wait, and how many of them longer than `within_days` (None: no deadline)
    rows: int
    overdue: int
    oldest: pd.Timestamp | None  # Since when the oldest waits, UTC; None where nothing waits or it is not known
    within_days: float | None

    @property
    def sentence(self) -> str:
        """The counts in words.

        >>> Waiting(34, 12, pd.Timestamp("2026-11-01 10:00", tz="UTC"), 7).sentence
        '12 of 34 rows wait longer than 7 days, the oldest since 2026-11-01'
        >>> Waiting(1, 0, None, 7).sentence
        '1 row waits, not longer than 7 days'
        """
        if not self.rows:
            return "no row waits"
        since = "" if self.oldest is None else f", the oldest since {self.oldest:%Y-%m-%d}"
        each = counted(self.rows, "row waits", "rows wait")
        if self.within_days is None:
            return f"{each}{since}; there is no deadline"
        limit = f"longer than {self.within_days:g} {'day' if self.within_days == 1 else 'days'}"
        if not self.overdue:
            return f"{each}{since}, not {limit}"
        return f"{self.overdue} of {self.rows} {'row waits' if self.rows == 1 else 'rows wait'} {limit}{since}"


def waiting(since: pd.Series, within_days: float | None, now: datetime | None = None) -> Waiting:
    """Counts of what `waiting_since` gives; a row without a time waits, but is never overdue.

    >>> since = pd.Series(pd.to_datetime(["2026-11-01", "2026-11-08", None], utc=True))
    >>> waiting(since, 7, datetime(2026, 11, 9, tzinfo=UTC)).overdue
    1
    """
    now = now or datetime.now(UTC)
    days = (now - since).dt.total_seconds() / 86400
    overdue = 0 if within_days is None else int((days > within_days).sum())
    return Waiting(len(since), overdue, None if since.isna().all() else since.min(), within_days)


def waiting_since(exports: Exports, times: Mapping[int, str], queue: pd.DataFrame) -> pd.Series:
    """Time (UTC, by item_id) since which each row of the queue waits; missing where no workbook that is kept showed it.

    An undecided row waits from the first of the workbooks without a break that showed it as such; one to look at again,
    from the first that said so. A row that was decided, passed or was gone in between waits anew. Spot checks have no
    deadline: they are left out. `times` has when each number was given (`ReviewStore.times`).
    """
    rows = queue[queue["kind"] != SPOT_CHECK].set_index("item_id")["kind"]
    shown = exports.values[(exports.values["field"] == STATUS) & exports.values["item_id"].isin(rows.index)]
    shown = shown.sort_values(["item_id", "first"], ignore_index=True)
    shown["kind"] = _kinds(shown["value"])
    numbers = pd.Index(sorted(exports.numbers.values()))
    before = shown.shift()
    follows = (
        shown["item_id"].eq(before["item_id"])
        & shown["kind"].eq(before["kind"])
        & pd.Series(numbers.get_indexer(pd.Index(shown["first"])) - numbers.get_indexer(pd.Index(before["last"]))).eq(1)
    )
    shown["start"] = shown["first"].where(~follows).ffill()
    latest = shown.drop_duplicates("item_id", keep="last").set_index("item_id")
    start = latest.loc[latest["kind"].eq(rows.reindex(latest.index)), "start"].reindex(rows.index)
    return pd.to_datetime(start.map(dict(times)), utc=True, errors="coerce")


def _kinds(values: pd.Series) -> pd.Series:
    """The kind that a row of the queue has, from what was kept of it: "undecided", "accepted answers came in", …"""
    has_reason = values.str.contains(r" \S", regex=True)
    kinds = has_reason.map({True: LOOK_AGAIN, False: "none"}).astype("str")
    return kinds.mask(values.str.startswith("undecided"), WAITING)
