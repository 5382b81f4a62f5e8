"""Leads as files: Excel for people, CSV for a CRM or a mail program."""

import re

import pandas as pd

from mturk_pipeline.sheets.spreadsheet_safe import csv_bytes
from mturk_pipeline.sheets.workbook_writer import xlsx_bytes
from mturk_pipeline.workflow.leads_spec import LeadsSpec

_LISTS = dict.fromkeys(("item_ids", "hit_ids", "assignment_ids", "sources", "lead_ids"), 20.0)
_WIDTHS = {"lead_id": 19.0, "item_id": 19.0, "value": 40.0, "email": 40.0, "figure": 38.0, "how": 90.0, **_LISTS}
_MAIN: tuple[str, ...] = ("all_leads.xlsx", "all_leads.csv", "recipients.xlsx", "recipients.csv", "crm.csv")

# What mail programs and CRMs take.
MAILED: tuple[str, ...] = ("recipients.xlsx", "recipients.csv", "crm.csv")


def leads_files(
    leads: pd.DataFrame,
    recipients: pd.DataFrame,
    contacts: pd.DataFrame,
    report: pd.DataFrame,
    spec: LeadsSpec,
) -> dict[str, bytes]:
    """File name -> content, as `leads_file_names` names them.

    Every group has its file, also one without leads, so that a file of an earlier run never seems current.
    """
    leads, recipients = for_people(leads), for_people(recipients)
    content = [
        leads_workbook(leads, report),
        csv_bytes(leads, formula_safe=True, bom=True),
        xlsx_bytes({"recipients": recipients}, widths=_WIDTHS),
        csv_bytes(recipients, formula_safe=True, bom=True),
        csv_bytes(contacts, formula_safe=True, bom=True),
    ]
    files: dict[str, bytes] = dict(zip(_MAIN, content, strict=True))
    for group, name in zip(spec.lead_groups, leads_file_names(spec)[len(_MAIN) :], strict=True):
        files[name] = leads_workbook(leads.loc[leads["lead_group"] == group].reset_index(drop=True))
    return files


def leads_file_names(spec: LeadsSpec) -> list[str]:
    """The pipeline's own files in the folder of all leads: the main ones, and `leads_<group>.xlsx` for each group."""
    names: list[str] = list(_MAIN)
    for group in spec.lead_groups:
        names.append(_file_name(group, names))
    return names


def is_own_file(name: str, spec: LeadsSpec) -> bool:
    """Whether a file in the folder of all leads is the pipeline's own, or a kept version of one."""
    return name in leads_file_names(spec) or ".kept-" in name


def for_people(table: pd.DataFrame) -> pd.DataFrame:
    """`table` with words for truth values and trust of three places; `verified` is yes or unverified.

    >>> for_people(pd.DataFrame({"verified": [True, False], "trust": [0.91234, 1.0]})).to_numpy().tolist()
    [['yes', 0.912], ['unverified', 1.0]]
    """
    truths = {
        c: {True: "yes", False: "unverified" if c == "verified" else "no"} for c in table if table[c].dtype == bool
    }
    words = {str(c): table[c].map(meaning).astype("str") for c, meaning in truths.items()}
    return table.assign(**words).round(3)


def leads_workbook(leads: pd.DataFrame, report: pd.DataFrame | None = None) -> bytes:
    """An Excel workbook of the leads, and of the report; every text is stored as text, lists are '; '-joined."""
    return xlsx_bytes({"leads": leads} if report is None else {"leads": leads, "report": report}, widths=_WIDTHS)


def _file_name(group: str, taken: list[str]) -> str:
    """`leads_<group>.xlsx` with what a file system cannot hold replaced by '_'; numbered where it is taken."""
    base = re.sub(r"[^\w.-]+", "_", group)[:80]
    used = {name.casefold() for name in taken}
    name, number = f"leads_{base}.xlsx", 1
    while name.casefold() in used:
        number += 1
        name = f"leads_{base}_{number}.xlsx"
    return name
