"""Who gets mail, what a CRM gets, and what it cost."""

from decimal import Decimal

import pandas as pd

from mturk_pipeline.contracts.leads import Recipients
from mturk_pipeline.leads.contacts import contacts
from mturk_pipeline.leads.recipients import recipients
from mturk_pipeline.leads.report import PhaseTables, report
from mturk_pipeline.workflow.leads_spec import LeadsSpec
from mturk_pipeline.workflow.phase_spec import PhaseSpec

PHASE = PhaseSpec.model_validate(
    {
        "keys": ["university", "club"],
        "fields": {
            "email": {"kind": "email"},
            "officer_email": {"kind": "email"},
            "page": {"kind": "handle", "network": "facebook"},
            "phone_number": {"kind": "phone"},
        },
    }
)
GROUPS = {"email": ["email", "officer_email"], "page": ["page"], "phone": ["phone_number"]}
SPEC = LeadsSpec.model_validate({"lead_groups": GROUPS})
WITH_RUNNERS_UP = LeadsSpec.model_validate({"lead_groups": GROUPS, "mail_runners_up": True})


def leads(*rows) -> pd.DataFrame:
    """All leads from (club, field, value, more)."""
    table = [
        {
            "lead_id": f"L{n}", "item_id": f"I-{club}", "university": "Example University", "club": club,
            "lead_subgroup": field, "value": value, "rank": 1, "status": "accepted_automatically", "verified": False,
            "trust": 0.9, "suppressed": "", **more,
        }
        for n, (club, field, value, more) in enumerate(rows)
    ]  # fmt: skip
    return pd.DataFrame(table)


def test_one_row_per_address_with_all_that_it_stands_for():
    table = leads(
        ("Chess", "email", "Office@x.edu", {"trust": 0.8}),
        ("Go", "email", "office@x.edu", {"trust": 0.95, "verified": True}),
        ("Go", "page", "facebook.com/go", {}),
        ("Law", "officer_email", "law@x.edu", {"trust": float("nan"), "university": "Other"}),
    )
    found = Recipients.validate(recipients(table, PHASE, SPEC))
    assert found["email"].tolist() == ["office@x.edu", "law@x.edu"]
    office = found.iloc[0]
    assert (office["club"], office["university"]) == ("Chess; Go", "Example University")
    assert (office["trust"], office["verified"], office["leads"]) == (0.95, True, 2)
    assert office["lead_ids"] == ["L0", "L1"]


def test_runners_up_and_suppressed_addresses_get_no_mail():
    table = leads(
        ("Chess", "email", "a@x.edu", {"rank": 2}),
        ("Chess", "email", "b@x.edu", {"suppressed": "bounced (f.csv, row 2)"}),
    )
    assert recipients(table, PHASE, SPEC).empty
    assert recipients(table, PHASE, WITH_RUNNERS_UP)["email"].tolist() == ["a@x.edu"]
    assert contacts(table, PHASE, SPEC).empty
    assert Recipients.validate(recipients(table.iloc[:0], PHASE, SPEC)).empty


def test_one_row_per_item_with_the_names_that_a_crm_takes():
    table = leads(
        ("Chess", "email", "low@x.edu", {"trust": 0.5}),
        ("Chess", "email", "best@x.edu", {"verified": True}),
        ("Chess", "officer_email", "officer@x.edu", {}),
        ("Chess", "page", "facebook.com/chess", {}),
        ("Chess", "phone_number", "+12125550100", {"verified": True}),
        ("Go", "page", "https://facebook.com/go", {"verified": True}),
    )
    chess, go = contacts(table, PHASE, SPEC).to_dict("records")
    assert (chess["University"], chess["Club"], chess["Company"]) == ("Example University", "Chess", "Chess")
    assert (chess["Email"], chess["Officer Email"]) == ("best@x.edu", "officer@x.edu")
    assert (chess["Additional Emails"], chess["Phone"]) == ("low@x.edu", "+12125550100")
    assert (chess["Facebook"], go["Facebook"]) == ("https://facebook.com/chess", "https://facebook.com/go")
    assert (chess["Verified"], go["Verified"]) == ("partly", "yes")
    assert (chess["Lead IDs"].split("; "), chess["External ID"]) == (["L1", "L4", "L2", "L3"], "I-Chess")
    assert pd.isna(go["Email"])


def test_what_is_no_address_goes_into_no_program():
    table = leads(
        ("Chess", "email", "ask the dean", {"verified": True, "trust": float("nan")}),
        ("Chess", "officer_email", "write to a@x.edu", {"verified": True}),
        ("Chess", "phone_number", "room 5", {"verified": True}),
        ("Chess", "page", "facebook.com/chess", {}),
        ("Go", "phone_number", "+12125550100", {}),
        ("Go", "email", "no idea", {"verified": True}),
        ("Go", "email", "o'go@x.edu", {}),
        ("Go", "page", "see the board", {"verified": True}),
        ("Law", "email", "a@b", {"verified": True}),
    )
    assert recipients(table, PHASE, SPEC)["email"].tolist() == ["o'go@x.edu"]
    chess, go = contacts(table, PHASE, SPEC).fillna("").to_dict("records")
    shown = ["Email", "Officer Email", "Additional Emails", "Phone", "Facebook"]
    assert [chess[name] for name in shown] == ["", "", "", "", "https://facebook.com/chess"]
    assert [go[name] for name in shown] == ["o'go@x.edu", "", "", "+12125550100", ""]


def assignments(*rewards: str | None) -> pd.DataFrame:
    n = len(rewards)
    return pd.DataFrame(
        {
            "item_id": ["I1", "I2"] * (n // 2), "hit_id": ["H1", "H2"] * (n // 2), "provider": "mturk",
            "worker": [f"w{i}" for i in range(n)],
            "status": ["Approved"] * (n - 1) + ["Rejected"], "hit_type_id": "T", "work_seconds": 60.0,
            "auto_approval_at": pd.NaT, "max_assignments": pd.array([3] * n, dtype="Int64"),
            "reward": pd.Series([r and Decimal(r) for r in rewards], dtype=object),
        }
    )  # fmt: skip


def test_cost_wage_and_checks():
    reviewed = pd.DataFrame(
        {"status": ["accepted", "accepted_automatically", "added", "undecided"], "verified": [True, False, True, False]}
    )
    table = leads(("Chess", "email", "a@x.edu", {}), ("Chess", "email", "b@x.edu", {"rank": 2}))
    phase = PhaseTables(assignments("0.03", "0.03", None, "0.50"), reviewed)
    found = report(table, [phase, phase])
    figures = dict(zip(found["figure"], found["value"], strict=True))
    # Twice 3 cents and a cent's fee in each phase; the rejected one is not paid.
    assert (figures["cost"], figures["cost per accepted lead"]) == ("$0.16", "$0.16")
    assert "2 without a known reward" in found.loc[found["figure"] == "cost", "how"].item()
    assert figures["hourly wage, median"] == "$1.80"
    assert (figures["accepted leads"], figures["leads"]) == ("1", "2")
    shares = [figures[name] for name in ("decided by a person", "waiting for a person", "passed unseen")]
    assert shares == ["2 (33%)"] * 3
    assert figures["human checks per 1,000 HITs"] == "500 so far; 1,000 once nothing waits"
    how = found.loc[found["figure"] == "cost", "how"].item()
    assert "at least $0.01, so $0.03 costs $0.04; for 4 assignments" in how
    assert figures["hours of search by hand"] == "0.1"


def test_nothing_looks_done_while_all_waits():
    """191 rows wait, nobody has decided one: 'checks 0' would be what has been done, not what is to do."""
    status = ["undecided"] * 191 + ["accepted_automatically"] * 9
    reviewed = pd.DataFrame({"status": status, "verified": False})
    found = report(leads(("Chess", "email", "a@x.edu", {})), [PhaseTables(assignments(*["0.50"] * 4), reviewed)])
    figures = dict(zip(found["figure"], found["value"], strict=True))
    assert (figures["decided by a person"], figures["waiting for a person"]) == ("0 (0%)", "191 (96%)")
    assert figures["passed unseen"] == "9 (4%)"
    assert figures["human checks per 1,000 HITs"].startswith("0 so far; ")
    assert "fee is at least" not in found.loc[found["figure"] == "cost", "how"].item()  # a fifth of 50 cents is usual


def test_nothing_known_is_a_dash():
    reviewed = pd.DataFrame({"status": pd.Series([], dtype="str"), "verified": pd.Series([], dtype=bool)})
    table = leads(("Chess", "email", "a@x.edu", {})).iloc[:0]
    found = report(table, [PhaseTables(assignments(None, None), reviewed)])
    figures = dict(zip(found["figure"], found["value"], strict=True))
    assert (figures["cost"], figures["cost per accepted lead"], figures["passed unseen"]) == ("–", "–", "–")
    assert report(table, [])["figure"].tolist()[0] == "leads"
