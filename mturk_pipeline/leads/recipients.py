"""Recipients: one row per e-mail address, with all that it stands for, ready for a mass e-mail program."""

import pandas as pd

from mturk_pipeline.contracts.leads import Recipients
from mturk_pipeline.leads.lead_columns import key_columns, lead_columns
from mturk_pipeline.leads.segments import segment_column
from mturk_pipeline.leads.suppression import is_email, sendable, well_formed
from mturk_pipeline.review.item_rows import gathered
from mturk_pipeline.workflow.leads_spec import LeadsSpec
from mturk_pipeline.workflow.phase_spec import PhaseSpec


def recipients(leads: pd.DataFrame, phase: PhaseSpec, spec: LeadsSpec) -> pd.DataFrame:
    """The recipients (contract Recipients) among `leads` (contract AllLeads, suppressed addresses marked).

    A mail to a wrong address harms the sender, so only best guesses are recipients, unless `spec` says
    `mail_runners_up`. Sorted: verified ones first, then by trust.
    """
    mail = leads[is_email(leads, phase) & sendable(leads, runners_up=spec.mail_runners_up)]
    mail = mail[well_formed(mail, phase)]
    address = mail["value"].str.casefold().rename("email")
    by = mail.groupby(address, sort=False)
    table = pd.DataFrame(
        {"trust": by["trust"].max(), "verified": by["verified"].any(), "rank": by["rank"].min(), "leads": by.size()}
    )
    segment = segment_column(list(mail.columns), spec)
    keys = [c for c in key_columns(phase).values() if c in mail]
    about = lead_columns([*keys, *([segment] if segment and segment not in keys else [])], reserved=Recipients.names())
    for column, name in about.items():
        table[name] = joined_distinct(address, mail[column]).reindex(table.index)
    ids = pd.DataFrame({"email": address, "lead_id": mail["lead_id"]})
    table["lead_ids"] = gathered(ids, ["email"], "lead_id").reindex(table.index)
    table = table.reset_index().sort_values(
        ["verified", "trust", "email"], ascending=[False, False, True], na_position="first", ignore_index=True
    )
    first, *others = Recipients.names()
    types = {name: column.dtype for name, column in Recipients.columns().items()}
    columns = [first, *about.values(), *others]
    return table[columns].astype({**types, **dict.fromkeys(about.values(), "str")})


def joined_distinct(by: pd.Series, values: pd.Series) -> pd.Series:
    """The distinct filled values beside each value of `by`, '; '-joined; indexed by these.

    >>> joined_distinct(pd.Series(["a", "a", "a"]), pd.Series(["x", "y", "x"])).to_dict()
    {'a': 'x; y'}
    """
    texts = pd.DataFrame({"by": by, "value": values}).astype("str")
    texts = texts[texts["value"].notna() & (texts["value"] != "")].drop_duplicates()
    lists = gathered(texts, ["by"], "value")
    return pd.Series(["; ".join(values) for values in lists], index=lists.index, dtype="str")
