"""What would be right in each row of cleaned output, by a simulation's truth."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mturk_pipeline.kinds import key_of, read
from mturk_pipeline.texts.key_form import normalise_key
from mturk_pipeline.workflow.field_spec import FieldSpec
from mturk_pipeline.workflow.phase_spec import PhaseSpec


@dataclass(frozen=True)
class Known:
    """What somebody who knows the truth finds; all tables are indexed like the rows.

    Attributes
    ----------
    right
        Per field the value that a person would write, '' for "there is none".
    wrong
        Per field whether the best guess is another.
    invented
        Whether the row is a record that does not exist.
    unlisted
        Whether the row says that there is no record, and there are.
    """

    right: pd.DataFrame
    wrong: pd.DataFrame
    invented: pd.Series
    unlisted: pd.Series

    def errors(self, phase: PhaseSpec) -> pd.Series:
        """Whether a field that holds rows back is wrong."""
        return self.wrong[list(phase.gates)].any(axis=1)


def known_of(cleaned: pd.DataFrame, truth: pd.DataFrame, name: str, phase: PhaseSpec) -> Known:
    """What is right in each row of `cleaned`.

    Parameters
    ----------
    truth
        phase, the keys, field, element (the record's name, in a phase that lists records), value ('' for none; two
        rows where two values are right).
    """
    true = truth[truth["phase"] == name].reset_index(drop=True)
    texts = [key_text(v, phase.fields[f]) for v, f in zip(true["value"], true["field"], strict=True)]
    true = true.assign(item=_items(true, phase), key=texts)
    rows = pd.DataFrame({f: [key_text(v, phase.fields[f]) for v in cleaned[f]] for f in phase.fields})
    rows["item"] = _items(cleaned, phase)
    rows["element"] = _elements(rows, true, phase) if phase.record_fields else ""
    true = true if phase.record_fields else true.assign(element="")
    right = pd.DataFrame(index=rows.index)
    wrong = pd.DataFrame(index=rows.index)
    there = true[true["value"] != ""]
    for field in phase.fields:
        mine = there[there["field"] == field]
        first = mine.drop_duplicates(["item", "element"]).set_index(["item", "element"])["value"]
        places = pd.MultiIndex.from_frame(rows[["item", "element"]])
        right[field] = first.reindex(places).fillna("").to_numpy()
        known = set(zip(mine["item"], mine["element"], mine["key"], strict=True))
        given = zip(rows["item"], rows["element"], rows[field], strict=True)
        none = (rows[field] == "") & (right[field] == "")
        wrong[field] = ~(none | np.array([cell in known for cell in given], dtype=bool))
    empty = cleaned["element"].reset_index(drop=True).eq("")
    lists = bool(phase.record_fields)
    invented = pd.Series(rows["element"].eq("") & ~empty & lists)
    unlisted = empty & lists & rows["item"].isin(there["item"])
    wrong[list(phase.record_fields)] |= (invented | unlisted).to_numpy()[:, None]
    index = cleaned.index
    return Known(*(t.set_axis(index) for t in (right, wrong, invented, unlisted)))


def key_text(value: object, spec: FieldSpec) -> str:
    """A value in the form in which values of its kind are compared; '' for none."""
    if not isinstance(value, str) or not value.strip():
        return ""
    return key_of(read(value, spec).value or value, spec.kind).casefold()


def _items(table: pd.DataFrame, phase: PhaseSpec) -> pd.Series:
    """The keys of each row as one text."""
    parts = [table[key].fillna("").map(normalise_key) for key in phase.keys]
    joined = parts[0].astype("str")
    for part in parts[1:]:
        joined = joined + "\x1f" + part
    return joined.reset_index(drop=True)


def _elements(rows: pd.DataFrame, true: pd.DataFrame, phase: PhaseSpec) -> pd.Series:
    """Which true record each row is: the one with its strongest key, else with the next; '' for none."""
    found = pd.Series("", index=rows.index, dtype="str")
    for field in phase.record_keys:
        mine = true[(true["field"] == field) & (true["key"] != "")].drop_duplicates(["item", "key"])
        element = mine.set_index(["item", "key"])["element"]
        here = element.reindex(pd.MultiIndex.from_arrays([rows["item"], rows[field]])).fillna("").to_numpy()
        found = found.mask((found == "") & (rows[field] != ""), here)
    return found.astype("str")
