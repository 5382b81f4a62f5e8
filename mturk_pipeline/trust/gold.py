"""Gold questions: items whose right answer the requester knew, and put into an input column."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mturk_pipeline.intake.column_names import find_column
from mturk_pipeline.intake.slots import slots_of
from mturk_pipeline.kinds import key_of, read
from mturk_pipeline.trust.agreements.base import CELL, no_values
from mturk_pipeline.trust.answer_codes import Ints
from mturk_pipeline.trust.models.base import NO_VALUE, NOT_GIVEN, UNKNOWN
from mturk_pipeline.trust.votes import Ballots
from mturk_pipeline.workflow.field_spec import FieldSpec

if TYPE_CHECKING:
    from mturk_pipeline.workflow.phase_spec import PhaseSpec


def gold_truth(ballots: Ballots, assignments: pd.DataFrame, phase: "PhaseSpec") -> Ints:
    """Known right answers of each cell, from its field's gold column (as `Priors.truth`); UNKNOWN without gold.

    A gold cell with "none" (or another of the field's `none_tokens`) says that there is none; an empty one nothing.
    Fields of a list's records have no gold. A gold cell that is no answer of its field's
    kind does not count, nor an item that was sent with two different ones (`gold_notes` says how many).
    """
    assignments = slots_of(assignments, phase)
    truth = np.full(len(ballots.cells.field), UNKNOWN, dtype=np.int64)
    for number, (name, spec) in enumerate(phase.fields.items()):
        known = None if name in phase.record_fields else known_answers(assignments, spec)
        if known is not None:
            _mark(truth, ballots, number, known[0], spec.kind)
    return truth


def gold_values(assignments: pd.DataFrame, phase: "PhaseSpec") -> pd.DataFrame:
    """Known right sets and ratings: item_id, element, field, value (missing: "there is none")."""
    parts = [no_values()]
    assignments = slots_of(assignments, phase)
    for name, spec in phase.fields.items():
        if name in phase.record_fields or spec.has_one_value or not spec.can_be_wrong:
            continue
        known, _ = known_answers(assignments, spec) or ({}, 0)
        rows = [(item, "", name, value if exists else None) for item, (value, exists) in known.items()]
        parts.append(pd.DataFrame(rows, columns=[*CELL, "value"]).astype("str"))
    return pd.concat(parts, ignore_index=True)


def known_items(assignments: pd.DataFrame, phase: "PhaseSpec") -> frozenset[str]:
    """Items of which gold says all that could hold their rows back: a spot check would find nothing out."""
    gates = [name for name in phase.gates if phase.fields[name].has_trust]
    if not gates or any(phase.fields[name].gold is None or name in phase.record_fields for name in gates):
        return frozenset()
    assignments = slots_of(assignments, phase)
    known = [known_answers(assignments, phase.fields[name]) or ({}, 0) for name in gates]
    return frozenset.intersection(*(frozenset(answers) for answers, _ in known))


def with_gold(consensus: pd.DataFrame, assignments: pd.DataFrame, phase: "PhaseSpec") -> pd.DataFrame:
    """`consensus` (contract Consensus) with what gold says is right, also where nobody gave it.

    Its trust is 1, it passes, and the reasons say what the crowd's best guess was where that was another.
    """
    out = consensus.copy()
    of_item = pd.Index(out["item_id"])
    for name, spec in phase.fields.items():
        known = None if name in phase.record_fields or not spec.can_be_wrong else known_answers(assignments, spec)
        if not known or not known[0]:
            continue
        here = (out["field"] == name).to_numpy() & of_item.isin(list(known[0]))
        for row in np.flatnonzero(here & ~(out["trust"].to_numpy() == 1)).tolist():
            value, exists = known[0][str(of_item[row])]
            place, guess = out.index[row], out["value"].iloc[row]
            crowd = f"the crowd's best guess is {guess if isinstance(guess, str) else 'none'}"
            out.loc[place, ["outcome", "trust", "accepted"]] = ["value" if exists else "none", 1.0, True]
            out.loc[place, "value"] = value if exists else None
            out.loc[place, "reasons"] = f"gold: this is right; {crowd}: {out['reasons'].iloc[row]}"
            if (guess if isinstance(guess, str) else None) != (value if exists else None):
                out.loc[place, "flag_text"] = "Checkit, gold against the crowd"
    return out


def gold_notes(assignments: pd.DataFrame, phase: "PhaseSpec") -> tuple[str, ...]:
    """Notes, in words, on gold that could not be used."""
    notes = []
    assignments = slots_of(assignments, phase)
    for name, spec in phase.fields.items():
        if spec.gold is None:
            continue
        known = known_answers(assignments, spec)
        if known is None:
            notes.append(f"{name}: the batches have no column Input.{spec.gold}, so there are no gold questions")
        elif isinstance(spec.gold, dict) and known[1]:
            notes.append(f"{name}: its gold, {spec.gold['value']!r}, is no answer to it; left out")
        elif unusable := known[1]:
            notes.append(
                f"{name}: the gold of {unusable} items is no answer to it, or not the same in all HITs; left out"
            )
    return tuple(notes)


def known_answers(assignments: pd.DataFrame, spec: FieldSpec) -> tuple[dict[str, tuple[str, bool]], int] | None:
    """Right answers by item (the value, and whether there is one), and how many items have gold that cannot be used.

    None for a field without gold, and where no batch has its column.
    """
    if isinstance(spec.gold, dict):
        right, items = _read(spec.gold["value"], spec), assignments["item_id"].unique()
        return ({}, len(items)) if right is None else (dict.fromkeys(items.tolist(), right), 0)
    column = find_column(map(str, assignments.columns), spec.gold) if spec.gold else None
    return None if column is None else _readable(assignments, column, spec)


def _readable(assignments: pd.DataFrame, column: str, spec: FieldSpec) -> tuple[dict[str, tuple[str, bool]], int]:
    """Right answers by item, and how many items have gold that cannot be used."""
    given = assignments[["item_id", column]].dropna().drop_duplicates()
    given = given[~given[column].str.strip().str.casefold().isin(list(spec.blanks))]
    several = given["item_id"].duplicated(keep=False)
    read = {
        i: _read(text, spec)
        for i, text in zip(given.loc[~several, "item_id"], given.loc[~several, column], strict=True)
    }
    known = {item: right for item, right in read.items() if right is not None}
    return known, given["item_id"].nunique() - len(known)


def _read(text: object, spec: FieldSpec) -> tuple[str, bool] | None:
    """The right value in its normalised form, and whether there is one; None for a cell that cannot be read."""
    plain = str(text).strip()
    if plain.casefold() in spec.nones:
        return "", False
    if plain.casefold() in spec.blanks:
        return None
    value = read(plain, spec).value
    return None if value is None else (value, True)


def _mark(truth: Ints, ballots: Ballots, field: int, known: dict[str, tuple[str, bool]], kind: str) -> None:
    cells, candidates = ballots.cells, ballots.candidates
    for cell in np.flatnonzero(cells.field == field):
        right = known.get(cells.item_id[cell])
        if right is None:
            continue
        here = slice(cells.start[cell], cells.start[cell + 1])
        match = [n for n, value in enumerate(candidates.value[here]) if key_of(value, kind) == key_of(right[0], kind)]
        truth[cell] = NO_VALUE if not right[1] else NOT_GIVEN if not len(match) else cells.start[cell] + match[0]
