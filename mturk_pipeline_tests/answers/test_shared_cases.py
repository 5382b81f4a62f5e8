"""Shared cases whose right outcome is a matter of single cells."""

import pytest

from mturk_pipeline.answers.tidying import tidy
from mturk_pipeline.intake.collecting import collect
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.shared_cases import case

RANGES = ["1-5", "6-10", "11-50", "51-100", "100+"]


def values(name: str, key: str, field: str, **spec: object) -> dict[str, list[object]]:
    """For each item of a shared case, its distinct answers to a field: values, or the notes of what is invalid."""
    phase = PhaseSpec.model_validate({"keys": [key], "fields": {field: spec}})
    assignments = collect(sorted(case(name).glob("*.csv")), phase).assignments
    answers = tidy(assignments, phase).merge(assignments[["assignment_id", f"Input.{key}"]], on="assignment_id")
    shown = answers["value"].fillna("(" + answers["note"] + ")")
    return shown.groupby(answers[f"Input.{key}"]).unique().map(list).to_dict()


def test_03_dates_made_of_ranges_are_mapped_back_to_choices():
    found = values("03_excel_dates", "university", "size", kind="choice", choices=RANGES)
    assert set(map(tuple, found.values())) == {("1-5",), ("6-10",), ("11-50",), ("100+",)}
    assert found["Univ A"] == ["1-5"]
    assert found["Univ C"] == ["11-50"]


def test_03_dates_made_of_ranges_are_no_numbers():
    found = values("03_excel_dates", "university", "members", kind="number")
    assert all(len(v) == 1 for v in found.values())
    assert found["Univ A"] == ["(a date, as a spreadsheet makes it of 3-5)"]
    assert found["Univ D"] == ["7"]


def test_05_links_with_blanks():
    pages = values("05_url_spaces", "university", "url", kind="url")
    assert pages["Univ A"] == ["https://uni0college.edu/Student%20Life/Clubs%200.aspx"]
    assert all(len(v) == 1 and str(v[0]).endswith(".aspx") for v in pages.values())
    names = values("05_url_spaces", "university", "facebook", kind="handle", network="facebook")
    assert all(len(v) == 1 and "blank in the link" in str(v[0]) for v in names.values())


def test_12_encoded_addresses_are_one():
    found = values("12_mailto_encoded", "university", "email", kind="email")
    assert sorted(v for (v,) in found.values()) == [f"club{n}@uni{n}.edu" for n in range(8)]


@pytest.mark.parametrize(
    ("field", "spec", "start"),
    [
        ("linkedin", {"kind": "handle", "network": "linkedin"}, "linkedin.com/company/chess-club-"),
        ("instagram", {"kind": "handle", "network": "instagram"}, "instagram.com/chess"),
        ("page", {"kind": "url"}, "https://linkedin.com/company/chess-club-"),
    ],
)
def test_13_login_walls_are_the_pages_behind_them(field: str, spec: dict[str, str], start: str):
    found = values("13_login_walls", "university", field, **spec)
    assert sorted(v for (v,) in found.values()) == [f"{start}{n}" for n in range(8)]


@pytest.mark.parametrize("spec", [{"kind": "handle", "network": "instagram"}, {"kind": "url"}])
def test_r09_a_portal_with_the_networks_address_behind_it(spec: dict[str, str]):
    found = values("r09_portal_glued_link", "club", "instagram", **spec)
    assert len(found) == 3
    assert all(len(v) == 1 and "instagram.com/club" in str(v[0]) for v in found.values())
