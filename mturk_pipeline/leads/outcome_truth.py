"""Mail that came back, or arrived, as truth about what the crowd said."""

import pandas as pd

from mturk_pipeline.workflow.phase_spec import PhaseSpec

TRUTH_COLUMNS = ["item_id", "element", "field", "value", "right"]
# An address from which somebody unsubscribes or complains exists; whether it is on a person's list says nothing.
_RIGHT = {"bounced": False, "delivered": True, "unsubscribed": True, "complained": True}


def outcomes_as_truth(
    outcomes: pd.DataFrame, leads: pd.DataFrame, reviewed: pd.DataFrame, phase: PhaseSpec
) -> pd.DataFrame:
    """Which e-mail addresses were right and which wrong, for each item and field that has them.

    Parameters
    ----------
    outcomes, leads, reviewed
        Contracts Outcomes, AllLeads and Reviewed; the latter two of the last phase, same run.

    Returns
    -------
    DataFrame
        Columns item_id (the item asked about, as in consensus), element, field, value (normalised) and right
        (bool), one row each. An address that both bounced and was reached is left out, and so are rows that a
        person added. These items were not drawn by chance: mail goes out to what was trusted.
    """
    emails = [name for name, field in phase.fields.items() if field.kind == "email"]
    told = outcomes.assign(right=outcomes["outcome"].map(_RIGHT))
    told = told[told["right"].notna()].drop_duplicates(["address", "right"])
    right = told[~told["address"].duplicated(keep=False)].set_index("address")["right"]
    mail = leads.loc[leads["lead_subgroup"].isin(emails), ["lead_subgroup", "value", "item_ids"]]
    mail = mail.assign(value=mail["value"].str.casefold())
    mail = mail[mail["value"].isin(right.index)].explode("item_ids")
    rows = reviewed[["item_id", "parent_item_id", "element"]].rename(columns={"item_id": "item_ids"})
    found = mail.merge(rows, on="item_ids").dropna(subset=["parent_item_id"])
    # What is asked once of an item is no element's.
    element = found["element"].where(found["lead_subgroup"].isin(phase.record_fields), "")
    table = pd.DataFrame(
        {
            "item_id": found["parent_item_id"],
            "element": element,
            "field": found["lead_subgroup"],
            "value": found["value"],
            "right": found["value"].map(right),
        }
    )
    types = {**dict.fromkeys(TRUTH_COLUMNS[:-1], "str"), "right": bool}
    return table.astype(types).drop_duplicates(ignore_index=True)
