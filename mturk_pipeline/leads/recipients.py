"""Recipients: one row per e-mail address, with all that it stands for, ready for a mass e-mail program."""

import pandas as pd

from mturk_pipeline.leads.segments import segment_column
from mturk_pipeline.leads.suppression import is_email, sendable, well_formed
from mturk_pipeline.review.cleaning import gathered
from mturk_pipeline.workflow.leads_spec import LeadsSpec
from mturk_pipeline.workflow.phase_spec import PhaseSpec


def recipients(leads: pd.DataFrame, phase: PhaseSpec, spec: LeadsSpec) -> pd.DataFrame:
    """The recipients (contract Recipients) among `leads` (contract AllLeads, suppressed addresses marked).

    A mail to a wrong address harms the sender, so only best guesses are recipients, unless `spec` says
    `mail_runners_up`. Sorted: verified ones first, then by trust.
    """
    mail = leads[is_email(leads, phase) & sendable(leads, runners_up=spec.mail_runners_up)]
    mail = mail[well_formed(mail, phase)]
    mail = mail.assign(email=mail["value"].str.casefold())
    by = mail.groupby("email", sort=False)
    table = pd.DataFrame(
        {"trust": by["trust"].max(), "verified": by["verified"].any(), "rank": by["rank"].min(), "leads": by.size()}
    )
    keys = [c for c in (phase.keys or ("hit_id",)) if c in mail]
    segment = segment_column(list(mail.columns), spec)
    about = [*keys, *([segment] if segment and segment not in keys else [])]
    for column in about:
        table[column] = joined_distinct(mail, "email", column).reindex(table.index)
    table["lead_ids"] = gathered(mail[["email", "lead_id"]], ["email"], "lead_id").reindex(table.index)
    table = table.reset_index().sort_values(
        ["verified", "trust", "email"], ascending=[False, False, True], na_position="first", ignore_index=True
    )
    types = {"email": "str", "verified": bool, "rank": "int64", "leads": "int64", "trust": float}
    columns = ["email", *about, "trust", "verified", "rank", "leads", "lead_ids"]
    return table[columns].astype({**types, **dict.fromkeys(about, "str")})


def joined_distinct(table: pd.DataFrame, by: str, column: str) -> pd.Series:
    """The distinct filled values of `column` for each value of `by`, '; '-joined; indexed by these.

    >>> joined_distinct(pd.DataFrame({"k": ["a", "a", "a"], "v": ["x", "y", "x"]}), "k", "v").to_dict()
    {'a': 'x; y'}
    """
    texts = table[[by, column]].astype("str")
    texts = texts[texts[column].notna() & (texts[column] != "")].drop_duplicates()
    lists = gathered(texts, [by], column)
    return pd.Series(["; ".join(values) for values in lists], index=lists.index, dtype="str")
