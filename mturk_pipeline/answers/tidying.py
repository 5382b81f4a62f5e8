"""Assignments -> tidy answers: one row per value that a worker gave for an item and field."""

import numpy as np
import pandas as pd

from mturk_pipeline.answers.answer_cells import read_all, unsaid
from mturk_pipeline.answers.cells import has_text
from mturk_pipeline.answers.copied_texts import mark_copied
from mturk_pipeline.answers.invented_addresses import mark_invented
from mturk_pipeline.answers.other_sites import mark_elsewhere
from mturk_pipeline.answers.records import real_records, with_elements
from mturk_pipeline.answers.repeated_texts import without_echoes
from mturk_pipeline.answers.spelling import with_one_spelling
from mturk_pipeline.answers.unticked import with_unticked, without_unasked
from mturk_pipeline.contracts.answers import Answers
from mturk_pipeline.contracts.assignments import Assignments
from mturk_pipeline.intake.mended_cells import original_cells
from mturk_pipeline.intake.slots import HIT_SLOT, in_file, slots_of
from mturk_pipeline.kinds.kind import notes as join_notes
from mturk_pipeline.vocabulary.agreements import AGREEMENTS
from mturk_pipeline.vocabulary.answer_states import ANSWER_STATES, EVIDENCE, JUNK, NONE_DECLARED
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_NONE = ANSWER_STATES.index(NONE_DECLARED)
_JUNK = EVIDENCE.index(JUNK)


def tidy(assignments: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Tidy a phase's answers: long, normalised, one row per value.

    Parameters
    ----------
    assignments
        Contract `Assignments`; columns of the phase that are missing count as blank, their case does not matter. Of a
        HIT that asks about several items, each slot is an answer about its own; two slots about one item are one
        answer: with the values of both, of sets that of the first slot with one.

    Returns
    -------
    pandas.DataFrame
        Contract `Answers`, sorted by item, element, field (in the phase's order) and assignment.
        For each scalar field of an assignment a row per distinct value, invalid text, or one row that says blank or
        none_declared. For a list of records the same per record; an assignment that lists nothing has one row
        with element '' in the first record field. Element '' also holds slots without any valid value.
    """
    assignments = slots_of(assignments, phase, twice=True)
    item, _ = pd.factorize(assignments["item_id"])
    gathered = mark_invented(without_echoes(read_all(assignments, phase), phase), assignments, phase)
    gathered = mark_copied(mark_elsewhere(gathered, assignments, phase), assignments, phase)
    every = np.arange(len(assignments))
    if phase.has_slots:
        number = assignments[HIT_SLOT].to_numpy()[gathered["row"]]
        gathered["column"] = in_file(gathered["column"], number)
        gathered["note"] = in_file(gathered["note"], number)
        first = _first_slots(assignments)
        gathered = _one_set_each(gathered, first, phase)
        gathered["row"], every = first[gathered["row"]], np.unique(first)
    codes = {name: code for code, name in enumerate(phase.fields)}
    listed = gathered["field"].isin([codes[name] for name in phase.record_fields]).to_numpy(dtype=bool)
    parts = [_scalars(gathered.loc[~listed], item, phase, every)]
    if phase.record_fields:
        parts.append(_lists(gathered.loc[listed], item, phase, every))
    everything = without_unasked(pd.concat(parts, ignore_index=True), assignments, phase)
    return _assembled(with_unticked(everything, phase), assignments, phase)


def _first_slots(slots: pd.DataFrame) -> np.ndarray:
    """For each row of a table of slots the first of its assignment about the same item."""
    pair = pd.factorize(pd.MultiIndex.from_frame(slots[["assignment_id", "item_id"]]))[0]
    return np.unique(pair, return_index=True)[1][pair]


def _one_set_each(gathered: pd.DataFrame, first: np.ndarray, phase: PhaseSpec) -> pd.DataFrame:
    """`gathered` without the second set of a worker about one item: both together are a set that nobody gave.

    `first` is the first of each assignment's rows about the same item.
    """
    whole = np.array([AGREEMENTS[spec.agreement].empty_is_an_answer for spec in phase.fields.values()], dtype=bool)
    row, field = gathered["row"].to_numpy(), gathered["field"].to_numpy()
    item = first[row] * len(phase.fields) + field
    order = np.lexsort((row, -gathered["state"].to_numpy().astype(np.int64), item))
    items, at = np.unique(item[order], return_index=True)
    chosen = row[order][at][np.searchsorted(items, item)]
    return gathered[~whole[field] | (row == chosen)]


def _scalars(gathered: pd.DataFrame, item: np.ndarray, phase: PhaseSpec, every: np.ndarray) -> pd.DataFrame:
    """One answer for each assignment and scalar field; blank without any."""
    gathered = with_one_spelling(gathered.reset_index(drop=True), item, phase).assign(element="")
    places = pd.DataFrame({"row": every, "element": "", "slot": 0})
    return _with_blanks(_resolved(gathered), places, phase.scalar_fields, phase)


def _lists(gathered: pd.DataFrame, item: np.ndarray, phase: PhaseSpec, every: np.ndarray) -> pd.DataFrame:
    """The records of each assignment, each with all its fields; one row without element where it lists nothing."""
    real = with_one_spelling(real_records(gathered).reset_index(drop=True), item, phase)
    real = _resolved(with_elements(real, item, phase))
    places = real.loc[real["element"] != "", ["row", "element", "slot"]]
    places = places.sort_values("slot", kind="stable").drop_duplicates(["row", "element"])
    real_answers = _with_blanks(real, places, phase.record_fields, phase)

    first = phase.record_fields[0]
    idle = gathered[~np.isin(gathered["row"].to_numpy(), real["row"].to_numpy())].reset_index(drop=True)
    idle = _resolved(idle.assign(field=list(phase.fields).index(first), element="", slot=0))
    silent = np.setdiff1d(every, real["row"].to_numpy())
    places = pd.DataFrame({"row": silent, "element": "", "slot": 0})
    return pd.concat([real_answers, _with_blanks(idle, places, (first,), phase)], ignore_index=True)


def _resolved(gathered: pd.DataFrame) -> pd.DataFrame:
    """One answer per assignment, element and field: its values and invalid texts, each once; without any, one
    row none_declared; without that, one row blank. Junk hides no 'there is none' that stands beside it."""
    if gathered.empty:
        return gathered
    group = gathered.groupby(["row", "element", "field"], sort=False).ngroup()
    state = gathered["state"].to_numpy()
    rank = pd.Series(np.where(has_text(gathered["state"]), 0, len(ANSWER_STATES) - state), index=gathered.index)
    kept = (rank == rank.groupby(group).transform("min")).to_numpy()
    usable = pd.Series((rank == 0).to_numpy() & (gathered["evidence"] != _JUNK).to_numpy(), index=gathered.index)
    kept = kept | (state == _NONE) & ~usable.groupby(group).transform("any").to_numpy()
    same = gathered["value"].fillna("\0" + gathered["raw"].fillna("")).where(rank == 0, "")
    # Of several blanks the one with a note ("says that there is none") tells most.
    order = np.lexsort((np.arange(len(gathered)), (gathered["note"] == "").to_numpy() & (rank > 0).to_numpy()))
    once = pd.DataFrame({"group": group, "same": same, "kept": kept}).iloc[order]
    once = once[once["kept"]].drop_duplicates(["group", "same"])
    return gathered.loc[np.sort(once.index)]


def _with_blanks(
    gathered: pd.DataFrame, places: pd.DataFrame, fields: tuple[str, ...], phase: PhaseSpec
) -> pd.DataFrame:
    """`gathered`, and a blank row for each of `places` (row, element, slot) and `fields` of which it says nothing."""
    codes = [code for code, name in enumerate(phase.fields) if name in fields]
    wanted = places.loc[np.repeat(places.index, len(codes))].reset_index(drop=True)
    wanted["field"] = np.tile(codes, len(places)).astype(np.int64)
    keys = ["row", "element", "field"]
    new = pd.concat([gathered[keys], wanted[keys]]).duplicated().to_numpy()[len(gathered) :]
    blank = unsaid(wanted[~new].reset_index(drop=True), phase)
    return pd.concat([gathered, blank], ignore_index=True)


def _assembled(gathered: pd.DataFrame, assignments: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """The contract's columns, in its order, sorted."""
    row = gathered["row"].to_numpy()
    keys = [pd.factorize(s, sort=True)[0] for s in (assignments["assignment_id"], assignments["item_id"])]
    element = pd.factorize(gathered["element"], sort=True)[0]
    order = np.lexsort(
        (np.arange(len(gathered)), gathered["slot"], keys[0][row], gathered["field"], element, keys[1][row])
    )
    gathered, row = gathered.iloc[order].reset_index(drop=True), row[order]
    if phase.has_slots:
        gathered["column"] = in_file(gathered["column"], assignments[HIT_SLOT].to_numpy()[row])
    out = assignments[Answers.shared_with(Assignments)].iloc[row].reset_index(drop=True)
    names = pd.Series(list(phase.fields), dtype="str")
    out["element"] = gathered["element"]
    out["field"] = names.take(gathered["field"].to_numpy()).to_numpy()
    for column in ("raw", "value", "suspicious", "note"):
        out[column] = gathered[column]
    _put_back_originals(out, row, gathered["column"], assignments)
    for column, names_of in (("state", ANSWER_STATES), ("evidence", EVIDENCE)):
        out[column] = pd.Series(names_of, dtype="str").take(gathered[column].to_numpy()).to_numpy()
    out["answer_column"] = gathered["column"]
    out["slot"] = gathered["slot"].astype("Int64").where(gathered["slot"] > 0)
    return out[list(Answers.names())]


def _put_back_originals(out: pd.DataFrame, row: np.ndarray, columns: pd.Series, assignments: pd.DataFrame) -> None:
    """In `out`, `raw` as the file had it where the cell was mended, and in `note` what was undone.

    Where a box of a joined group was mended, the labels stay: the box's own cell is in the assignment's `mended`.
    """
    present = {*map(str, assignments.columns), *columns.dropna().unique()}
    for name, cells in original_cells(assignments).items():
        column = name if name in present else _group_of(name, columns)
        where = np.flatnonzero((columns == column).to_numpy(dtype=bool) & np.isin(row, cells.index))
        where = where[out["raw"].iloc[where].notna().to_numpy(dtype=bool)]
        before = cells.loc[row[where]]
        if column == name:
            out.loc[where, "raw"] = before["before"].to_numpy(dtype=object)
        noted = zip(out["note"].iloc[where], before["what"], strict=True)
        out.loc[where, "note"] = [note if what in note else join_notes(note, what) for note, what in noted]


def _group_of(box: str, columns: pd.Series) -> str:
    """Of the answer columns the joined group to which one of its boxes belongs; '' where there is none."""
    groups = [name for name in columns.dropna().unique() if box.startswith(f"{name}.")]
    return max(groups, key=len, default="")
