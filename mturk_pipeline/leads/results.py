"""Results of a workflow that gathers no leads: one row per item or record, with its final values."""

import pandas as pd

from mturk_pipeline.contracts.results import Results
from mturk_pipeline.leads.all_leads import NOT_CARRIED
from mturk_pipeline.leads.lead_columns import lead_columns
from mturk_pipeline.leads.lead_files import for_people
from mturk_pipeline.review.item_rows import as_lists, key_columns
from mturk_pipeline.review.shown_values import none_word, shown_table
from mturk_pipeline.sheets.spreadsheet_safe import csv_bytes
from mturk_pipeline.sheets.workbook_writer import xlsx_bytes
from mturk_pipeline.vocabulary.row_statuses import GOES_ON, UNSEEN
from mturk_pipeline.workflow.phase_spec import PhaseSpec

RESULTS_FILES = ("results.xlsx", "results.csv")
_WIDTHS = {"item_id": 19.0, "sources": 20.0, "figure": 38.0, "how": 90.0}


def gather_results(
    reviewed: pd.DataFrame,
    cleaned: pd.DataFrame,
    phase: PhaseSpec,
    lineage: pd.DataFrame | None = None,
    sources: pd.Series | None = None,
    decisions: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Gather the results (contract Results) of the last phase, in the order of their keys.

    `reviewed` and `cleaned` are contracts `Reviewed` and `CleanedOutput`; `lineage` has one row per item
    (`parent_item_id`) with the inputs of all phases, `sources` a list of places for each row of `reviewed`; `decisions`
    (contract Decisions) tell a person's "there is none" from a cell of which nothing is known.
    """
    if sources is None:
        sources = as_lists(pd.Series(None, index=reviewed.index, dtype=object))
    rows = reviewed[reviewed["status"].isin(GOES_ON)]
    keys, fields = list(key_columns(phase)), list(phase.fields)
    own = rows[["item_id", "status", "verified", "trust", "comment"]].assign(sources=sources.loc[rows.index])
    trust = _trust(rows, cleaned, fields)
    carried = _carried(rows, lineage, [*keys, *fields])
    names = lead_columns([*keys, *fields], (), Results.names())
    beside = lead_columns(carried.columns, [*names.values(), *map(str, trust)], Results.names())
    values = _with_none_words(rows, cleaned, phase, decisions)
    parts = [values[keys + fields].rename(columns=names), own[["status", "verified", "trust", "comment"]]]
    parts += [carried.rename(columns=beside), trust, own[["item_id", "sources"]]]
    order = rows[[*keys, "item_id"]].sort_values([*keys, "item_id"], kind="stable").index
    return pd.concat(parts, axis=1).loc[order].reset_index(drop=True)


def results_files(results: pd.DataFrame, report: pd.DataFrame) -> dict[str, bytes]:
    """File name -> content: Excel for people, with the report; CSV for programs."""
    table = for_people(results)
    book = xlsx_bytes({"results": table, "report": report}, widths=_WIDTHS)
    return dict(zip(RESULTS_FILES, (book, csv_bytes(table, formula_safe=True, bom=True)), strict=True))


def _trust(rows: pd.DataFrame, cleaned: pd.DataFrame, fields: list[str]) -> pd.DataFrame:
    """Trust of each field's value (columns `f_trust`); missing where the value is not the crowd's.

    That a person says that there is none is not what the crowd says where nobody gave a usable answer.
    """
    crowd = cleaned.set_index("item_id").reindex(rows["item_id"]).set_axis(rows.index)
    unseen = rows["status"].isin(UNSEEN)
    same = {
        f: rows[f].eq(crowd[f]) | (rows[f].isna() & crowd[f].isna() & (unseen | crowd[f"{f}_outcome"].eq("none")))
        for f in fields
    }
    return pd.DataFrame({f"{f}_trust": crowd[f"{f}_trust"].astype(float).where(same[f]) for f in fields})


def _with_none_words(
    rows: pd.DataFrame, cleaned: pd.DataFrame, phase: PhaseSpec, decisions: pd.DataFrame | None
) -> pd.DataFrame:
    """`rows` with the word for "there is none" where crowd or person said so: what is empty was not asked or answered.

    It is the workbook's word, of a set too that has nothing ticked; reviewed files are read with it.
    """
    shown = shown_table(cleaned, phase, rows).reindex(rows["item_id"]).set_axis(rows.index)
    emptied = pd.DataFrame(columns=["item_id", "field"])
    if decisions is not None:
        emptied = decisions[decisions["field"].ne("") & decisions["after"].isna()]
    values = {}
    for name, field in phase.fields.items():
        said = shown[name].eq(none_word(field)) & shown[name].ne("")
        by_person = rows["item_id"].isin(emptied.loc[emptied["field"] == name, "item_id"]) & rows["verified"]
        none = rows[name].isna() & (said | by_person) & bool(none_word(field))
        values[name] = rows[name].astype("str").mask(none, none_word(field))
    return rows.assign(**values)


def _carried(rows: pd.DataFrame, lineage: pd.DataFrame | None, named: list[str]) -> pd.DataFrame:
    """The inputs of all phases beside each row, without those that stand there already."""
    if lineage is None or lineage.empty:
        return pd.DataFrame(index=rows.index)
    table = lineage.drop_duplicates("parent_item_id").set_index("parent_item_id")
    table = table[[c for c in table.columns if c not in {*named, *NOT_CARRIED}]]
    return table.reindex(rows["parent_item_id"]).set_axis(rows.index).astype("str")
