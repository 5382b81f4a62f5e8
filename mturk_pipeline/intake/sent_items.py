"""Items that the crowd has been asked about already, according to result files."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence

import pandas as pd

from mturk_pipeline.intake.amounts import read_whole, whole_of
from mturk_pipeline.intake.column_names import ANSWER, INPUT, is_key, matching, with_prefix
from mturk_pipeline.intake.item_ids import canonical_id, is_item_id, item_ids
from mturk_pipeline.intake.mended_cells import mended_list
from mturk_pipeline.intake.slots import HIT_SLOT, columns_of_keys, exploded, has_slots, items_in
from mturk_pipeline.intake.times import read_times
from mturk_pipeline.texts.key_form import plain_name
from mturk_pipeline.vocabulary.dispositions import NO_ANSWER_COLUMN, NO_KEY_COLUMN, SUPERSEDED
from mturk_pipeline.workflow.phase_spec import INPUT_MARK, PhaseSpec

# Columns that offers carry beside the items' own: whoever carries inputs on leaves them out.
OFFER_ID = "offer_id"
ATTEMPT = "attempt"
ANSWERS_WANTED = "answers_wanted"
OFFER_IDS_END = ";"  # between the ids of a row that asks about several items
OFFER_COLUMNS = (OFFER_ID, ATTEMPT, ANSWERS_WANTED)
VERIFIED = "verified"
# Names that keys and fields do not have in an upload: its own, and those by which a copy is told from other tables.
OFFERS_OWN = frozenset({*OFFER_COLUMNS, VERIFIED, "item_id", "parent_item_id", "decision", "export"})
# Whatever has a column of one of these names is a result file or a reviewed sheet, and no copy of an offer.
NOT_OF_OFFERS = frozenset({"item_id", "decision", "export", "hitid", "assignmentid", "workerid"})


def offered_names(columns: Iterable[str], phase: PhaseSpec) -> dict[str, str]:
    """Columns of keys and fields -> their names in an upload: as in the phase file, where that is free."""
    names = {column: phase.plain_name(column) for column in columns}
    own = OFFERS_OWN | NOT_OF_OFFERS
    return {column: name for column, name in names.items() if name not in own and plain_name(name) not in own}


def carried_names(columns: Iterable[str], keys: Collection[str]) -> dict[str, str]:
    """Columns of an offer that are neither its own nor keys -> their names in an upload, where these are others.

    >>> carried_names(["club", "Decision", "offer_id", "comment"], ["club"])
    {'Decision': 'Decision (input)'}
    >>> carried_names(["decision", "decision (input)"], [])
    {'decision': 'decision (input) (input)'}
    """
    everything = list(columns)
    names = {}
    for column in everything:
        if column not in keys and plain_name(column) in NOT_OF_OFFERS:
            names[column] = column + INPUT_MARK
            while names[column] in everything:
                names[column] += INPUT_MARK
    return names


# Of a row set aside: the name here, and what result files call it.
_ROW_COLUMNS = {
    "hit_id": ("HITId", "hitid"),
    "assignment_id": ("AssignmentId", "assignmentid"),
    "expires_at": ("Expiration",),
    "sent_at": ("CreationTime", "creationtime"),
    "wanted": ("MaxAssignments", "maxassignments"),
}
HIT_COLUMNS = ("item_id", "hit_id", "answers", "unusable", "wanted", "sent_at", "expires_at", "downloaded_after")
_TOLD = ("submitted_at", "approved_at", "rejected_at")


# Keys of a phase, or their columns by name where these are others.
Keys = Sequence[str] | Mapping[str, str]


def sent_items(assignments: pd.DataFrame | None, set_aside: pd.DataFrame | None, keys: Keys) -> set[str]:
    """Ids of the items that have a HIT: answered ones, and those whose rows could not be used.

    A HIT without submissions, a conflicting or a quarantined row is a question asked all the same: whoever asked
    it again would pay twice. A row whose key was changed before it was sent counts for the item that was offered
    as well. Files that are of another phase count for nothing but what was offered in this one.
    """
    unused = unused_rows(set_aside, keys)
    sent = set(unused["item_id"].dropna()) | set(offered_rows(unused)["item_id"])
    sent |= set(offers_in_unread_files(set_aside, keys)["item_id"])
    if assignments is None:
        return sent
    asked = items_of(assignments, keys)
    return sent | set(asked["item_id"]) | set(offered_rows(asked)["item_id"])


def offered_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Offer ids and attempts that rows of results carry: item_id and attempt, once each.

    A HIT that asks about several items carries the ids of all of them; of `rows` with one for each item (`items_of`)
    each counts for its own, and for the others where it is none of them: then it was changed.
    """
    texts = _input(rows, OFFER_ID).dropna().str.split(OFFER_IDS_END).explode().str.strip()
    attempts = _input(rows, ATTEMPT).loc[texts.index].fillna("1").to_numpy(dtype=object)
    offers = pd.DataFrame({"item_id": texts.to_numpy(dtype=object), "attempt": attempts}, index=texts.index)
    offers = offers[offers["item_id"].map(is_item_id).astype("bool")]
    if "item_id" in rows:
        own = rows["item_id"].loc[offers.index].to_numpy() == offers["item_id"].map(canonical_id).to_numpy()
        named = pd.Series(own, index=offers.index).groupby(level=0).transform("any").to_numpy(dtype=bool)
        offers = offers[own | ~named]
    ids = [canonical_id(text) for text in offers["item_id"]]
    table = pd.DataFrame({"item_id": ids, "attempt": [whole_of(text) or 1 for text in offers["attempt"]]})
    return table.astype({"item_id": "str", "attempt": "int64"}).drop_duplicates(ignore_index=True)


def unused_rows(set_aside: pd.DataFrame | None, keys: Keys) -> pd.DataFrame:
    """Read rows set aside again: who was asked what. Left out are superseded rows, and files of another phase.

    Columns: item_id (missing where a key is blank), hit_id, assignment_id, worker (missing where the row has none),
    sent_at, expires_at (UTC), wanted (answers that the HIT asked for), source_file, and the row's own `Input.` columns.
    Where keys have slots, a row for each slot.
    """
    return _read_again(_set_aside(set_aside, unread=False), keys)


def offers_in_unread_files(set_aside: pd.DataFrame | None, keys: Keys) -> pd.DataFrame:
    """Offers of the phase from which files came that are not read, as of another phase: item_id and attempt.

    They answer something else, but whoever asked about these items again would pay twice. Of another phase's offer
    the ids are other items' than the rows name here.
    """
    rows = _read_again(_set_aside(set_aside, unread=True), keys)
    cells = _input(rows, OFFER_ID).fillna("").str.split(OFFER_IDS_END)
    offers = [{canonical_id(text.strip()) for text in texts if is_item_id(text.strip())} for texts in cells]
    is_own = [item in ids for item, ids in zip(rows["item_id"], offers, strict=True)]
    own = rows[pd.Series(is_own, index=rows.index, dtype="bool")]
    offered = offered_rows(own)
    return offered[offered["item_id"].isin(own["item_id"])].reset_index(drop=True)


def _set_aside(set_aside: pd.DataFrame | None, *, unread: bool) -> pd.DataFrame:
    """Rows of a set-aside table that no later state replaces: of files that are not read, or of all others."""
    if set_aside is None:
        return pd.DataFrame()
    rule = set_aside.get("rule", pd.Series("", index=set_aside.index, dtype="str"))
    of_unread = rule.isin([NO_KEY_COLUMN, NO_ANSWER_COLUMN])
    return set_aside[(set_aside["disposition"] != SUPERSEDED) & (of_unread == unread)]


def _read_again(kept: pd.DataFrame, keys: Keys) -> pd.DataFrame:
    """Rows set aside as `unused_rows` gives them."""
    parsed = [json.loads(text) for text in kept.get("row", [])]
    rows = pd.DataFrame([row if isinstance(row, dict) else {} for row in parsed], index=kept.index)
    table = pd.DataFrame({name: _first(rows, names) for name, names in _ROW_COLUMNS.items()}, index=rows.index)
    for name in ("sent_at", "expires_at"):
        table[name] = read_times(table[name]).at
    table["wanted"] = read_whole(table["wanted"])[0]
    table["source_file"] = kept.get("source_file", pd.Series([], dtype="str"))
    table["worker"] = kept.reindex(columns=["worker"])["worker"].astype("str")
    inputs = rows[[c for c in map(str, rows.columns) if with_prefix(c).startswith(INPUT)]].astype("str")
    columns = columns_of_keys(keys)
    inputs = mended_list(inputs, columns.values()).frame
    if has_slots(columns):
        inputs = inputs.rename(columns=with_prefix)
        slots = exploded(inputs, columns).drop(columns=HIT_SLOT)
        inputs = pd.concat([slots, inputs[~inputs.index.isin(slots.index)].reindex(columns=slots.columns)])
        table = table.loc[inputs.index]
    table, inputs = table.reset_index(drop=True), inputs.reset_index(drop=True)
    asked = pd.DataFrame({INPUT + key: _input(inputs, key) for key in columns}, index=inputs.index, dtype="str")
    named = asked.notna().all(axis=1) & asked.apply(lambda c: c.str.strip() != "").all(axis=1) & bool(len(keys))
    table.insert(0, "item_id", item_ids(asked).where(named))
    alike = {column for key in columns for column, _ in matching(key, inputs.columns, INPUT)}
    return pd.concat([table, asked, inputs.drop(columns=list(alike))], axis=1)


def items_of(assignments: pd.DataFrame, keys: Keys) -> pd.DataFrame:
    """Raw output with a row for each item; where keys have slots, its own columns, keys and what offers carry alone."""
    columns = columns_of_keys(keys)
    if not has_slots(columns):
        return assignments
    carried = [*columns.values(), OFFER_ID, ATTEMPT]
    inputs = [c for c in assignments.columns if c.startswith(INPUT) and is_key(c, carried)]
    own = [c for c in assignments.columns if not c.startswith((INPUT, ANSWER))]
    return items_in(assignments[[*own, *inputs]], columns)


def hits_of_items(assignments: pd.DataFrame | None, set_aside: pd.DataFrame | None, keys: Keys) -> pd.DataFrame:
    """Each HIT of each item in result files: one row per item_id and hit_id.

    Columns: `answers` (assignments that count), `unusable` (somebody answered, and the row was set aside), `wanted`
    (answers that the HIT asked for; missing where the file does not say), `sent_at` (not later than), `expires_at`,
    `downloaded_after` (the latest moment in the HIT's batch), all UTC. A row without a HITId counts as a HIT only for
    an item that has no other.
    """
    parts = [_used_hits(items_of(assignments, keys))] if assignments is not None and len(assignments) else []
    unused = unused_rows(set_aside, keys)
    if not keys:  # each HIT is an item
        unused["item_id"] = item_ids(unused[["hit_id"]]).where(unused["hit_id"].notna())
    unused = unused.dropna(subset=["item_id"])
    if len(unused):
        downloaded = {} if assignments is None else _downloaded_after(assignments, "source_file").to_dict()
        parts.append(
            unused.assign(
                hit_id=unused["hit_id"].fillna(""),
                answers=0,
                unusable=unused["assignment_id"].notna() & unused["worker"].notna(),
                downloaded_after=unused["source_file"].map(downloaded),
            )
        )
    if not parts:
        return _typed(pd.DataFrame(columns=list(HIT_COLUMNS)))
    rows = pd.concat([_typed(part[list(HIT_COLUMNS)]) for part in parts], ignore_index=True)
    known = rows.loc[rows["hit_id"] != "", "item_id"]
    rows = rows[(rows["hit_id"] != "") | ~rows["item_id"].isin(known)]
    how = {"answers": "sum", "unusable": "max", "wanted": "max", "sent_at": "min"}
    how |= {"expires_at": "max", "downloaded_after": "max"}
    return _typed(rows.groupby(["item_id", "hit_id"], sort=True).agg(how).reset_index())


def _used_hits(assignments: pd.DataFrame) -> pd.DataFrame:
    table = assignments.reindex(columns=["item_id", "hit_id", "max_assignments", "expires_at", "batch_id"])
    accepted = assignments.get("accepted_at", assignments["submitted_at"])
    batch = table["batch_id"].astype("str").fillna("")
    return table.assign(
        answers=1,
        unusable=False,
        wanted=table["max_assignments"],
        sent_at=accepted.fillna(assignments["submitted_at"]),
        downloaded_after=batch.map(_downloaded_after(assignments.assign(batch_id=batch), "batch_id").to_dict()),
    )


def _downloaded_after(assignments: pd.DataFrame, by: str) -> pd.Series:
    """The latest moment in the rows of a batch or file: it was downloaded after that."""
    times = assignments[[c for c in _TOLD if c in assignments]].max(axis=1).rename("told")
    return times.groupby(assignments[by]).max()


def _typed(hits: pd.DataFrame) -> pd.DataFrame:
    moments = {c: pd.to_datetime(hits[c], utc=True).astype("datetime64[us, UTC]") for c in HIT_COLUMNS[5:]}
    types = {"item_id": "str", "hit_id": "str", "answers": "int64", "unusable": "bool", "wanted": "Int64"}
    return hits.assign(**moments).astype(types)


def _input(rows: pd.DataFrame, name: str) -> pd.Series:
    """An input by its name without "Input.", however files write it; missing where blank or absent."""
    return _first(rows, [column for column, _ in matching(name, map(str, rows.columns), INPUT)])


def _first(rows: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    """Of each row the first of the columns that is filled, trimmed; missing where none is."""
    texts = pd.Series(None, index=rows.index, dtype="str")
    for name in names:
        if name in rows:
            text = rows[name].astype("str").str.strip()
            texts = texts.fillna(text.mask(text == ""))
    return texts
