"""Cleaned output: the crowd's best guesses, one row per item or record, and which rows need eyes."""

import numpy as np
import pandas as pd

from mturk_pipeline.intake.slot_guesses import FEWEST_COLUMNS, FEWEST_HITS
from mturk_pipeline.review.item_rows import ROW, as_lists, key_columns
from mturk_pipeline.vocabulary.trust_models import TRUST_MODELS
from mturk_pipeline.workflow.phase_spec import PhaseSpec

NOT_ASKED = "not_asked"  # an outcome beside those of consensus: its input says so (`asked_if`), or no HIT of it did
_ORIGINS = ["answers", "hit_ids", "assignment_ids", "given"]


def clean(
    consensus: pd.DataFrame,
    items: pd.DataFrame,
    phase: PhaseSpec,
) -> pd.DataFrame:
    """One row per item, or per record of an item's list, with the best guesses; worst first.

    Returns
    -------
    DataFrame
        Contract `CleanedOutput`. Beside its columns one per key (`hit_id` for a phase without keys), and per
        field `f` five: `f`, `f_trust`, `f_runners_up` (list), `f_outcome` (value, none, unknown, not_asked) and
        `f_detail` (of ratings, sets and free texts, what stands beside the value). A record's row repeats the values of
        the item's scalar fields. An item for which nobody listed a record has one row, with element ''.
    """
    rows = items[["item_id", "parent_item_id", "element", *key_columns(phase), *_ORIGINS]].reset_index(drop=True)
    parts = [rows]
    waits = pd.Series(False, index=rows.index)
    priority = pd.Series(0.0, index=rows.index)
    reasons = pd.Series("", index=rows.index, dtype="str")
    doubts: dict[str, pd.Series] = {}
    for field, guess in _guesses(consensus, rows, phase).items():
        parts.append(_field_columns(field, guess))
        priority += phase.error_weight(field) * (1 - guess["trust"].fillna(0.0)).clip(lower=0)
        below = ~guess["accepted"].eq(True) & (guess["outcome"] != NOT_ASKED)
        # Without trust there is no doubt: nothing can be right or wrong.
        doubts[field] = below & guess["trust"].notna() & (guess["outcome"].ne("unknown") | (field in phase.gates))
        if field in phase.gates:
            waits |= below
            reasons = _appended(reasons, _words(field, guess, phase).where(below, ""))
    judged = pd.DataFrame({"needs_review": waits, "priority": priority, "reasons": reasons})
    judged["doubtful"] = _names_of_true(doubts, rows.index)
    table = pd.concat([*parts, judged], axis=1)
    return _in_order(table, phase)


def field_columns(field: str) -> tuple[str, str, str, str, str]:
    """The five columns of `field` in cleaned output: best guess, trust, runners-up, outcome, detail."""
    return field, f"{field}_trust", f"{field}_runners_up", f"{field}_outcome", f"{field}_detail"


def _guesses(consensus: pd.DataFrame, rows: pd.DataFrame, phase: PhaseSpec) -> dict[str, pd.DataFrame]:
    """Per field its consensus, one row for each of `rows`.

    Trust is 0 where nothing is known; missing where nothing can be right or wrong, or the question was not asked.
    """
    columns = ["outcome", "value", "trust", "runners_up", "pattern", "accepted", "reasons", "detail"]
    first = consensus.drop_duplicates([*ROW, "field"]).set_index(["field", *ROW])[columns].sort_index()
    of_record = pd.MultiIndex.from_frame(rows[["parent_item_id", "element"]], names=ROW)
    of_item = pd.MultiIndex.from_arrays([rows["parent_item_id"], [""] * len(rows)], names=ROW)
    known = set(first.index.unique("field"))
    alone = _fields_of_one_item(consensus)
    guesses = {}
    for field in phase.fields:
        table = first.xs(field, level="field") if field in known else first.iloc[:0].droplevel("field")
        table = table.reindex(of_record if field in phase.record_fields else of_item).set_axis(rows.index)
        unknown = table["outcome"].isna()
        unasked = unknown & (field in alone or phase.fields[field].asked_if is not None)
        table["trust"] = table["trust"].astype(float).mask(unknown, 0.0).mask(unasked)
        table["outcome"] = table["outcome"].astype("str").mask(unknown, "unknown").mask(unasked, NOT_ASKED)
        guesses[field] = table
    return guesses


def _fields_of_one_item(consensus: pd.DataFrame) -> set[str]:
    """The fields that were asked of a single item each, where answers stand in a column for each item."""
    items = consensus.groupby("field")["item_id"].nunique()
    alone = items.index[items == 1]
    return set(alone) if len(alone) >= FEWEST_COLUMNS and consensus["item_id"].nunique() >= FEWEST_HITS else set()


def _field_columns(field: str, guess: pd.DataFrame) -> pd.DataFrame:
    value = guess["value"].astype("str").where(guess["outcome"] == "value")
    runners_up = as_lists(guess["runners_up"])
    detail = guess["detail"].astype("str").fillna("")
    columns = (value, guess["trust"], runners_up, guess["outcome"], detail)
    return pd.DataFrame(dict(zip(field_columns(field), columns, strict=True)), index=guess.index)


def _words(field: str, guess: pd.DataFrame, phase: PhaseSpec) -> pd.Series:
    """Why `field` holds its row back, in words."""
    reasons = guess["reasons"].astype("str").fillna("").str.rstrip(". ")
    reasons = reasons.where(reasons != "", "nobody gave a usable answer")
    # Rounded down, lest a trust that is below its limit looks like the limit.
    trust = np.floor(guess["trust"].fillna(0.0) * 100 + 1e-9).astype("int64").astype("str")
    is_none = guess["outcome"] == "none"
    limits = is_none.map({True: phase.threshold_of_none(field), False: phase.threshold(field)}).astype(float)
    below = (guess["trust"] < limits) & guess["pattern"].notna()  # not where there is no trust
    what = "sure" if TRUST_MODELS[phase.model].is_probability else "of the votes"
    words = ", " + trust + f" % {what}, " + (limits * 100).map("{:.0f}".format).astype("str") + " % needed"
    return f"{field}: " + reasons + words.where(below, "")


def _names_of_true(columns: dict[str, pd.Series], index: pd.Index) -> pd.Series:
    """For each row the list of the columns that hold."""
    lists: list[list[str]] = [[] for _ in index]
    for name, holds in columns.items():
        for row in holds.to_numpy(dtype=bool).nonzero()[0]:
            lists[row].append(name)
    return pd.Series(lists, index=index, dtype=object)


def _appended(texts: pd.Series, more: pd.Series) -> pd.Series:
    between = pd.Series("\n", index=texts.index, dtype="str").where((texts != "") & (more != ""), "")
    return texts + between + more


def _in_order(table: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Columns as people read them; rows worst first, then by key, so that the same content has the same order."""
    keys = list(key_columns(phase))
    fields = [column for field in phase.fields for column in field_columns(field)]
    columns = ["item_id", "parent_item_id", "element", *keys, *fields]
    columns += ["needs_review", "priority", "reasons", "doubtful", *_ORIGINS]
    by = ["needs_review", "priority", *keys, "item_id"]
    return table[columns].sort_values(by, ascending=[False, False, *[True] * (len(keys) + 1)], ignore_index=True)
