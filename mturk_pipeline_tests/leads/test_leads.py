"""From reviewed rows to leads, and to files."""

import io

import pandas as pd
import pytest
import python_calamine

from mturk_pipeline.contracts.leads import AllLeads
from mturk_pipeline.contracts.review import Reviewed
from mturk_pipeline.intake.item_ids import is_item_id
from mturk_pipeline.leads.all_leads import gather_leads
from mturk_pipeline.leads.contacts import contacts
from mturk_pipeline.leads.lead_files import is_own_file, leads_file_names, leads_files, leads_workbook
from mturk_pipeline.leads.recipients import recipients
from mturk_pipeline.leads.summary import leads_summary
from mturk_pipeline.workflow.leads_spec import LeadsSpec
from mturk_pipeline.workflow.phase_spec import PhaseSpec

PHASE = PhaseSpec.model_validate(
    {
        "keys": ["university", "club"],
        "fields": {"email": {"kind": "email"}, "phone": {"kind": "phone"}, "site": {"kind": "url"}},
    }
)


def leads_spec(**settings):
    return LeadsSpec.model_validate(settings)


SPEC = leads_spec(lead_groups={"email": ("email",), "contact": ("phone", "site")})


def reviewed(*rows):
    table = [
        {
            "item_id": f"I{n}",
            "parent_item_id": None if row.get("status") == "added" else f"I{n}",
            "element": "",
            "status": "accepted_automatically",
            "trust": 0.7,
            "comment": "",
            "look_again": "",
            "inclusion": float("nan"),
            "university": "Example University",
            "club": f"club {n}",
            "email": None,
            "phone": None,
            "site": None,
            "hit_ids": [f"H{n}"],
            "assignment_ids": [f"A{n}1", f"A{n}2"],
            **row,
        }
        for n, row in enumerate(rows)
    ]
    frame = pd.DataFrame(table)
    frame["verified"] = ~frame["status"].isin(["accepted_automatically", "undecided"])
    texts = ["email", "phone", "site", "university", "club", "parent_item_id"]
    return Reviewed.validate(frame.astype(dict.fromkeys(texts, "str")))


def consensus(*rows):
    columns = ["item_id", "element", "field", "value", "trust", "runners_up"]
    table = pd.DataFrame([(f"I{n}", "", field, value, trust, others) for n, field, value, trust, others in rows])
    return table.set_axis(columns, axis=1) if len(table) else pd.DataFrame(columns=columns)


def gather(table, guesses=(), spec=SPEC, lineage=None):
    return AllLeads.validate(gather_leads(table, consensus(*guesses), PHASE, spec, lineage))


def test_one_row_per_value_without_blanks():
    leads = gather(reviewed({"email": "a@x.edu", "site": "https://x.edu"}, {"email": " "}))
    assert leads[["lead_group", "lead_subgroup", "value"]].to_numpy().tolist() == [
        ["email", "email", "a@x.edu"],
        ["contact", "site", "https://x.edu"],
    ]
    assert all(is_item_id(lead_id) for lead_id in leads["lead_id"])
    assert leads.columns[:3].tolist() == ["lead_id", "university", "club"]


@pytest.mark.parametrize("status", ["redo", "rejected", "dropped", "undecided"])
def test_what_does_not_go_out(status):
    assert gather(reviewed({"email": "a@x.edu", "status": status})).empty


def test_undecided_rows_go_out_where_wanted():
    spec = leads_spec(lead_groups=SPEC.lead_groups, include_undecided=True)
    leads = gather(reviewed({"email": "a@x.edu", "status": "undecided"}), spec=spec)
    assert (leads["status"].item(), leads["verified"].item()) == ("undecided", False)


def test_runners_up_of_rows_that_nobody_verified():
    rows = [{"email": "a@x.edu"}, {"email": "b@x.edu", "status": "accepted"}]
    guesses = [(0, "email", "a@x.edu", 0.5, ["c@x.edu", "d@x.edu"]), (1, "email", "b@x.edu", 0.4, ["e@x.edu"])]
    leads = gather(reviewed(*rows), guesses)
    assert leads[["value", "rank"]].to_numpy().tolist() == [
        ["a@x.edu", 1],
        ["c@x.edu", 2],
        ["d@x.edu", 3],
        ["b@x.edu", 1],
    ]
    assert leads["trust"].isna().tolist() == [False, True, True, False]
    spec = leads_spec(lead_groups=SPEC.lead_groups, include_runners_up=False)
    assert gather(reviewed(*rows), guesses, spec)["rank"].tolist() == [1, 1]


def test_a_persons_value_has_no_trust_of_the_crowd():
    leads = gather(reviewed({"email": "mended@x.edu", "status": "fixed"}), [(0, "email", "a@x.edu", 0.5, [])])
    assert (leads["value"].item(), leads["trust"].isna().item(), leads["verified"].item()) == (
        "mended@x.edu",
        True,
        True,
    )


def test_several_values_in_a_cell_are_several_leads():
    leads = gather(reviewed({"email": "a@x.edu; b@x.edu", "phone": "+1555; +1556", "status": "fixed"}))
    assert leads["value"].tolist() == ["a@x.edu", "b@x.edu", "+1555", "+1556"]
    assert leads["rank"].tolist() == [1, 1, 1, 1]


def test_the_same_lead_is_merged_and_keeps_all_origins():
    rows = [{"email": "A@x.edu", "club": "Chess "}, {"email": "a@x.edu", "club": "chess", "status": "accepted"}]
    leads = gather(reviewed(*rows))
    [lead] = leads.to_dict("records")
    assert (lead["merged"], lead["verified"], lead["value"]) == (2, True, "a@x.edu")
    assert lead["hit_ids"] == ["H1", "H0"]
    assert lead["assignment_ids"] == ["A11", "A12", "A01", "A02"]


def test_the_same_value_for_other_keys_is_flagged_within_its_group():
    rows = [{"email": "office@x.edu"}, {"email": "Office@x.edu"}, {"site": "https://x.edu"}, {"phone": "1"}]
    leads = gather(reviewed(*rows))
    assert leads["duplicate_lead"].tolist() == [True, True, False, False]


def test_ids_outlive_row_order_and_case():
    rows = reviewed({"email": "a@x.edu"}, {"email": "b@x.edu"})
    first = gather(rows)
    again = gather(rows.iloc[::-1])
    pd.testing.assert_frame_equal(first, again)
    shouted = rows.assign(email=rows["email"].str.upper(), university=rows["university"].str.upper())
    assert gather(shouted)["lead_id"].tolist() == first["lead_id"].tolist()


def test_inputs_of_earlier_phases_come_along():
    lineage = pd.DataFrame({"parent_item_id": ["I0"], "university": ["no"], "city": ["Springfield"], "rank": ["7"]})
    leads = gather(reviewed({"email": "a@x.edu"}, {"email": "b@x.edu", "status": "added"}), lineage=lineage)
    assert leads["city"].fillna("-").tolist() == ["Springfield", "-"]
    assert leads["input_rank"].fillna("-").tolist() == ["7", "-"]
    assert set(leads["university"]) == {"Example University"}


def test_no_rows_at_all():
    table = reviewed({"email": "a@x.edu"}).iloc[:0]
    assert gather(table).empty
    assert leads_summary(gather(table))["leads"] == 0


def test_unknown_field_is_named():
    with pytest.raises(ValueError, match="fax"):
        gather(reviewed({"email": "a@x.edu"}), spec=leads_spec(lead_groups={"fax": ("fax",)}))


def test_a_list_as_last_phase_names_its_records():
    phase = PhaseSpec.model_validate(
        {
            "keys": ["university"],
            "fields": {"club": {"kind": "name", "columns": ["c{n}"]}, "link": {"kind": "url", "columns": ["u{n}"]}},
        }
    )
    table = reviewed({"club": "Chess", "element": "e1"}, {"club": "Go", "element": "e2"})
    table = table.assign(link=["https://c.edu", "https://g.edu"], parent_item_id="I0").astype({"link": "str"})
    guesses = pd.DataFrame(
        {"item_id": "I0", "element": ["e1", "e2"], "field": "link", "value": table["link"], "trust": 0.6}
    ).assign(runners_up=[[], ["https://go.edu"]])
    leads = AllLeads.validate(gather_leads(table, guesses, phase, leads_spec(lead_groups={"link": ("link",)})))
    assert leads[["club", "value", "rank"]].to_numpy().tolist() == [
        ["Chess", "https://c.edu", 1],
        ["Go", "https://g.edu", 1],
        ["Go", "https://go.edu", 2],
    ]


def files_of(leads, spec=SPEC):
    report = pd.DataFrame({"figure": ["leads"], "value": ["1"], "how": ["Counted."]})
    return leads_files(leads, recipients(leads, PHASE, spec), contacts(leads, PHASE, spec), report, spec)


def test_files_for_people_and_programs():
    other = {"site": "=cmd", "email": "b@x.edu", "club": "=HYPERLINK(1)"}
    leads = gather(reviewed({"email": "a@x.edu", "phone": "+15550100"}, other))
    files = files_of(leads)
    assert list(files) == leads_file_names(SPEC)
    assert list(files)[-2:] == ["leads_email.xlsx", "leads_contact.xlsx"]
    read = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(files["all_leads.xlsx"]))
    assert read.sheet_names == ["leads", "report"]
    rows = read.get_sheet_by_name("leads").to_python()
    assert rows[0][:3] == ["lead_id", "university", "club"]
    assert {"+15550100", "=cmd"} <= {r[5] for r in rows}
    text = files["all_leads.csv"].decode()
    assert ",'=HYPERLINK(1)," in text
    assert ",+15550100," in text
    assert b"'=HYPERLINK(1)" in files["crm.csv"]
    assert files["crm.csv"].startswith(b"\xef\xbb\xbf")
    assert leads_workbook(leads) != files["all_leads.xlsx"]


def test_names_of_groups_make_names_of_files():
    spec = leads_spec(lead_groups={"a/b": ("email",), "a b": ("phone",), "A_b": ("site",), "x": ("site",)})
    names = leads_file_names(spec)
    assert names[-4:] == ["leads_a_b.xlsx", "leads_a_b_2.xlsx", "leads_A_b_3.xlsx", "leads_x.xlsx"]
    assert all(is_own_file(name, spec) for name in [*names, "crm.kept-20260301-101010.csv"])
    assert not is_own_file("bounces.csv", spec)


def test_summary_holds_numbers_only():
    leads = gather(reviewed({"email": "a@x.edu"}, {"email": "a@x.edu", "status": "fixed"}))
    summary = leads_summary(leads)
    assert (summary["leads"], summary["verified"], summary["duplicates"]) == (2, 1, 2)
    assert summary["groups"]["email"]["statuses"] == {"accepted_automatically": 1, "fixed": 1}
    assert "@" not in str(summary)
