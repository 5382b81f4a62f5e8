"""Values that a workbook shows in each editable cell, kept so that an edit can be distinguished from a copy."""

import re

import pandas as pd

from mturk_pipeline.intake.item_ids import id_of
from mturk_pipeline.sheets.spreadsheet_safe import excel_text, unescape_csv_cell
from mturk_pipeline.vocabulary.row_statuses import DECIDED
from mturk_pipeline.workflow.field_spec import FieldSpec
from mturk_pipeline.workflow.phase_spec import PhaseSpec

# What a workbook's rows rested on, kept beside the values as if of fields with these names.
HITS, HIT_IDS, ANSWERS, STATUS = ":hits", ":hit_ids", ":answers", ":status"
# At either end of a text, what nobody sees: spaces, and marks that only steer how text runs.
_MARKS = r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+"
_UNSEEN = re.compile(rf"\A{_MARKS}|{_MARKS}\Z")
_EXCEL_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def none_word(field: FieldSpec) -> str:
    """The word that stands for "there is none" in a cell of `field`; '' where the field has no such word.

    >>> none_word(FieldSpec(kind="email")), none_word(FieldSpec(kind="boolean"))
    ('none', '')
    """
    return "none" if "none" in field.nones else min(field.nones, default="")


def shown_table(cleaned: pd.DataFrame, phase: PhaseSpec, reviewed: pd.DataFrame | None = None) -> pd.DataFrame:
    """One text per row and field, as the workbook's cells hold it; '' for an empty cell.

    Rows are those of `cleaned` (best guesses; the none word where the crowd says that there is none) and, of
    `reviewed`, those that a person decided (their final values). Columns: the fields. Index: item_id.

    A person's "there is none" is a word in the cell, never an empty one: whoever takes that row over has to see and
    say the same.
    """
    texts = {}
    for name, field in phase.fields.items():
        none = cleaned[f"{name}_outcome"].eq("none") & cleaned[name].isna()
        texts[name] = cell_texts(cleaned[name]).mask(none, none_word(field))
    guesses = pd.DataFrame(texts).set_axis(pd.Index(cleaned["item_id"]))
    if reviewed is None:
        return guesses
    decided = reviewed[reviewed["status"].isin(DECIDED)].set_index("item_id")
    if decided.empty:
        return guesses.astype("str")
    before = guesses.reindex(decided.index).fillna("")
    finals = {name: cell_texts(decided[name]) for name in phase.fields}
    for name, field in phase.fields.items():
        finals[name] = finals[name].mask(finals[name].eq("") & before[name].ne(""), none_word(field))
    finals = pd.DataFrame(finals, index=decided.index)
    return pd.concat([guesses[~guesses.index.isin(finals.index)], finals]).astype("str")


def shown_values(cleaned: pd.DataFrame, phase: PhaseSpec, reviewed: pd.DataFrame | None = None) -> pd.DataFrame:
    """The values that a workbook of these tables shows, one row each, with an id of the whole.

    Columns export, item_id, field, value, and by_crowd: False where a person decided it and the crowd says otherwise;
    sorted; empty cells are left out. Rows with the fields `HITS`, `HIT_IDS` and `ANSWERS` have what each item rested on
    (see `facts`), those with `STATUS` what was decided.
    """
    table = shown_table(cleaned, phase, reviewed)
    guesses = table if reviewed is None else shown_table(cleaned, phase).reindex(table.index)
    by_crowd = table.eq(guesses)
    ids = table.index.to_series(name="item_id").reset_index(drop=True)
    parts = [
        pd.DataFrame(
            {"item_id": ids, "field": name, "value": table[name].to_numpy(), "by_crowd": by_crowd[name].to_numpy()}
        )
        for name in phase.fields
    ]
    rested = facts(cleaned)
    parts += [
        pd.DataFrame({"item_id": rested.index, "field": name, "value": rested[name].to_numpy(), "by_crowd": True})
        for name in rested
    ]
    if reviewed is not None and len(reviewed):
        # A decision that changes no value changes the workbook all the same.
        stands = reviewed["status"] + " " + reviewed["look_again"]
        parts.append(pd.DataFrame({"item_id": reviewed["item_id"], "field": STATUS, "value": stands, "by_crowd": True}))
    values = pd.concat(parts, ignore_index=True)
    values = values.astype({"item_id": "str", "field": "str", "value": "str", "by_crowd": "bool"})
    values = values[values["value"] != ""].sort_values(["item_id", "field"], ignore_index=True)
    texts = values["item_id"] + "\x1f" + values["field"] + "\x1f" + values["value"]
    texts = texts.where(values["by_crowd"], texts + "\x1f")
    content = "\x1e".join(ids.sort_values()) + "\x1d" + "\x1e".join(texts)
    values.insert(0, "export", pd.Series(id_of(content), index=values.index, dtype="str"))
    return values


def facts(items: pd.DataFrame) -> pd.DataFrame:
    """What each row rests on, as texts; index: item_id.

    Columns `HITS` (how many HITs with answers its item has), `HIT_IDS` (which), `ANSWERS` (how many assignments,
    and a digest of the values that they gave: "3 0123456789abcdef").
    """
    hits = items[["parent_item_id", "hit_ids"]].explode("hit_ids").drop_duplicates().dropna()
    hits = hits.sort_values(["parent_item_id", "hit_ids"]).groupby("parent_item_id")["hit_ids"]
    counts = items["parent_item_id"].map(hits.size()).fillna(0).astype("int64")
    named = items["parent_item_id"].map(hits.agg("\n".join)).astype("str").fillna("")
    answers = items["answers"].astype("str") + " " + items["given"]
    table = pd.DataFrame({HITS: counts.astype("str"), HIT_IDS: named, ANSWERS: answers})
    return table.set_axis(pd.Index(items["item_id"], name="item_id"))


def cell_texts(column: pd.Series) -> pd.Series:
    """Each value as the workbook's cell holds it; '' for a missing one."""
    codes, uniques = pd.factorize(column.astype("str"))
    texts = pd.Series([*(excel_text(u) for u in uniques), ""], dtype="str")
    return texts.take(codes).set_axis(column.index)


def comparable(column: pd.Series) -> pd.Series:
    """Each text in the form in which a cell is compared with what was shown.

    Left out is what spreadsheets change by themselves: kind of line ends, outer spaces, control characters,
    Excel's spelling of odd characters, and the apostrophe that a CSV file needs before a formula.
    """
    codes, uniques = pd.factorize(column)
    texts = pd.Series([*(as_typed(u) for u in uniques), ""], dtype="str")
    return texts.take(codes).set_axis(column.index)


def as_typed(text: str) -> str:
    r"""Text that a person meant by a cell.

    >>> as_typed(" '=1+1\r\n"), as_typed("a_x000D_\nb")
    ('=1+1', 'a\nb')
    """
    if "'" not in text and "_x" not in text and len(text) < 10_000 and text.isprintable():
        return text.strip()
    text = _EXCEL_ESCAPE.sub(_character, text) if "_x" in text else text
    return _UNSEEN.sub("", unescape_csv_cell(_UNSEEN.sub("", excel_text(text))))


def _character(match: re.Match[str]) -> str:
    """The character that Excel means by _xHHHH_, where it is one that needs this spelling."""
    code = int(match[1], 16)
    return chr(code) if code < 32 or match[1].upper() == "005F" else match[0]
