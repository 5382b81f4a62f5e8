"""Bounced and delivered mail, as truth about the crowd's answers."""

import pandas as pd

from mturk_pipeline.kinds import KINDS
from mturk_pipeline.workflow.phase_spec import PhaseSpec

TRUTH_COLUMNS = ["item_id", "element", "field", "value", "right"]
# An address from which somebody unsubscribes or complains exists; whether it is on a person's list says nothing.
_RIGHT = {"bounced": False, "delivered": True, "unsubscribed": True, "complained": True}


def outcomes_as_truth(outcomes: pd.DataFrame, consensus: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """E-mail addresses proved right or wrong, for each item and field that has them.

    An address that both bounced and was reached is left out. That one was reached says something of an item only where
    it passed: else it is the address of another. These items were not drawn by chance: mail goes out to what was
    trusted.

    Returns
    -------
    DataFrame
        Columns item_id, element, field, value (normalised) and right (bool), one row each.
    """
    emails = [name for name, field in phase.fields.items() if KINDS[field.kind].is_mail]
    judged = outcomes.assign(right=outcomes["outcome"].map(_RIGHT))
    judged = judged[judged["right"].notna()].drop_duplicates(["address", "right"])
    right = judged[~judged["address"].duplicated(keep=False)].set_index("address")["right"]
    values = consensus["value"].str.casefold()
    mailed = consensus["field"].isin(emails) & values.isin(right.index)
    table = consensus.loc[mailed, ["item_id", "element", "field"]].assign(value=values[mailed])
    table["right"] = table["value"].map(right)
    table = table[consensus.loc[mailed, "accepted"] | ~table["right"].astype(bool)]
    types = {**dict.fromkeys(TRUTH_COLUMNS[:-1], "str"), "right": bool}
    return table.astype(types).drop_duplicates(ignore_index=True)
