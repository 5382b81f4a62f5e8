"""Leads as files: Excel for people, CSV for a CRM or a mail program."""

import re

import pandas as pd

from mturk_pipeline.folders.tables_for_people import csv_bytes, xlsx_bytes
from mturk_pipeline.workflow.leads_spec import LeadsSpec

_WIDTHS = {"lead_id": 19.0, "item_id": 19.0, "value": 40.0, "hit_ids": 20.0, "assignment_ids": 20.0}


def leads_files(leads: pd.DataFrame, spec: LeadsSpec) -> dict[str, bytes]:
    """File name -> content: `all_leads.xlsx`, `all_leads.csv`, and `leads_<group>.xlsx` for each group of `spec`.

    Every group has its file, also one without leads, so that a file of an earlier run never seems current.
    """
    files = {"all_leads.xlsx": leads_workbook(leads), "all_leads.csv": leads_csv(leads)}
    for group in spec.lead_groups:
        part = leads.loc[leads["lead_group"] == group].reset_index(drop=True)
        files[_file_name(group, files)] = leads_workbook(part)
    return files


def leads_workbook(leads: pd.DataFrame) -> bytes:
    """An Excel workbook of one sheet; every text is stored as text, lists are '; '-joined."""
    return xlsx_bytes({"leads": leads}, widths=_WIDTHS)


def leads_csv(leads: pd.DataFrame) -> bytes:
    """UTF-8 CSV in which no cell is a formula; telephone numbers stay as they are.

    `mturk_pipeline.folders.tables_for_people.unescape_csv_cell` gives back the escaped texts.
    """
    return csv_bytes(leads, formula_safe=True)


def _file_name(group: str, taken: dict[str, bytes]) -> str:
    """`leads_<group>.xlsx` with what a file system cannot hold replaced by '_'; numbered where it is taken."""
    base = re.sub(r"[^\w.-]+", "_", group)[:80]
    used = {name.casefold() for name in taken}
    name, number = f"leads_{base}.xlsx", 1
    while name.casefold() in used:
        number += 1
        name = f"leads_{base}_{number}.xlsx"
    return name
