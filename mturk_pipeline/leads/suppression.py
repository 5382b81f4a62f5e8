"""Addresses to which nothing may be sent: bounced, unsubscribed, complained, or on a person's own list."""

import re

import pandas as pd

from mturk_pipeline.kinds import KINDS, read
from mturk_pipeline.texts.source_place import source_places
from mturk_pipeline.vocabulary.file_rules import OF_WHOLE_FILES
from mturk_pipeline.workflow.phase_spec import PhaseSpec

# Beside the projects, for all of them.
FILES = ("suppression.csv", "suppression.xlsx")
# The first of these that is told of an address is the reason shown.
_REASONS = ("complained", "unsubscribed", "suppressed", "bounced")


def mark_suppressed(leads: pd.DataFrame, outcomes: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """`leads` with the column `suppressed`: the outcome and where it stands, such as "bounced (bounces.csv, row 3)".

    Only e-mail addresses are suppressed; an address counts in any case, for all items that have it.
    """
    order = outcomes["outcome"].map({name: place for place, name in enumerate(_REASONS)})
    blocked = outcomes.assign(order=order)[order.notna()].sort_values(["order", "source_file", "source_row"])
    blocked = blocked.drop_duplicates("address").set_index("address")
    reasons = blocked["outcome"].astype("str") + " (" + source_places(blocked) + ")"
    addresses = leads["value"].str.casefold().where(is_email(leads, phase))
    reason = reasons.reindex(addresses.to_numpy(dtype=object)).set_axis(leads.index)
    return leads.assign(suppressed=reason.astype("str").fillna(""))


def may_be_mailed(problems: pd.DataFrame) -> bool:
    """Whether every file about mail could be read (`problems`, contract ReviewProblems, has none of a whole file).

    In one that could not be, somebody may stand who asked for no mail: then nobody gets any.
    """
    return not problems["rule"].isin(list(OF_WHOLE_FILES)).any()


def is_email(leads: pd.DataFrame, phase: PhaseSpec) -> pd.Series:
    """Which leads are e-mail addresses."""
    return leads["lead_subgroup"].isin([name for name, field in phase.fields.items() if KINDS[field.kind].is_mail])


def well_formed(leads: pd.DataFrame, phase: PhaseSpec) -> pd.Series:
    """Which leads have a value of their field's kind: an address, a telephone number, a page that could be one.

    A person's text such as "ask the dean" is kept in all leads as it was written, but no program can use it. Kinds
    of free text take any value.
    """
    fine = pd.Series(True, index=leads.index)
    for name, field in phase.fields.items():
        of_field = leads.loc[leads["lead_subgroup"] == name, "value"]
        kind = KINDS[field.kind]
        if not kind.personal or of_field.empty:
            continue
        values = pd.Series(of_field.unique(), dtype="str")
        doubtful = values[~values.str.fullmatch(kind.plain or "$^", flags=re.IGNORECASE | re.ASCII)]
        readings = {value: read(value, field) for value in doubtful}
        bad = [v for v, r in readings.items() if r.value is None or (r.note and kind.is_mail)]
        fine[of_field.index] = ~of_field.isin(bad)
    return fine


def sendable(leads: pd.DataFrame, *, runners_up: bool) -> pd.Series:
    """Which leads may go to a mail program or a CRM: not suppressed, and best guesses unless `runners_up`."""
    return (leads["suppressed"] == "") & ((leads["rank"] == 1) | runners_up)
