"""Lists of records: recognised by link, else by name, never by slot."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from mturk_pipeline.answers.tidying import tidy
from mturk_pipeline.contracts.answers import Answers
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.answers.made import assignments

CLUBS = PhaseSpec.model_validate(
    {
        "keys": ["university"],
        "match_records": ["url", "club"],
        "fields": {
            "club": {"kind": "name", "columns": ["club_{n}_name"]},
            "url": {"kind": "url", "columns": ["club_{n}_url"]},
            "complete": {"kind": "boolean"},
        },
    }
)
CHESS, GO = "https://chess.example.edu", "https://go.example.edu"


def listing(*clubs: tuple[str | None, str | None], **more: str) -> dict[str, str | None]:
    """A worker's list: (name, link) for the slots 1, 2, 3 …; (None, None) leaves a gap."""
    row: dict[str, str | None] = dict(more)
    for n, (name, url) in enumerate(clubs, start=1):
        row |= {f"Answer.club_{n}_name": name, f"Answer.club_{n}_url": url}
    return row


def elements(*rows: dict[str, str | None]) -> dict[str, set[str]]:
    """Which assignments list which element."""
    out = Answers.validate(tidy(assignments(rows), CLUBS))
    out = out[out["field"] != "complete"]
    found = out.groupby("element")["assignment_id"].agg(set).to_dict()
    # An element has one row per field and assignment, whatever the slots.
    named = out[out["element"] != ""]
    assert (named.groupby(["element", "assignment_id"])["field"].nunique() == 2).all()
    return found


def test_records_are_matched_by_link_in_any_slot() -> None:
    one = listing(("Chess Club", CHESS), ("Go Club", GO))
    two = listing(("Go", "http://www.go.example.edu/"), (None, None), ("Chess", CHESS + "/?utm_source=x"))
    assert elements(one, two) == {CHESS: {"S0", "S1"}, GO: {"S0", "S1"}}


def test_a_record_without_link_joins_the_one_of_its_name() -> None:
    assert elements(listing(("Chess Club", CHESS)), listing(("chess club.", "broken"))) == {CHESS: {"S0", "S1"}}


def test_two_links_for_one_name_stay_two_and_a_bare_name_joins_neither() -> None:
    found = elements(listing(("Chess", CHESS)), listing(("Chess", GO)), listing(("CHESS", None)))
    assert found == {CHESS: {"S0"}, GO: {"S1"}, "club:chess": {"S2"}}


def test_bare_names_are_elements_of_their_own() -> None:
    found = elements(listing(("Chess Club", None), ("Go", None)), listing(("Go", ""), ("chess club", "-")))
    assert found == {"club:chess club": {"S0", "S1"}, "club:go": {"S0", "S1"}}


def test_a_link_pasted_to_several_names_of_one_list_identifies_none_of_them() -> None:
    lazy = listing(("Chess", CHESS), ("Go", CHESS), ("Judo", CHESS))
    assert elements(lazy, listing(("Chess", CHESS), ("Go", GO))) == {
        CHESS: {"S0", "S1"},
        GO: {"S0", "S1"},
        "club:judo": {"S0"},
    }


def test_a_record_listed_twice_counts_once() -> None:
    out = tidy(assignments([listing(("Chess", CHESS), ("Chess", CHESS))]), CLUBS)
    assert out.loc[out["element"] == CHESS, ["field", "slot"]].values.tolist() == [["club", 1], ["url", 1]]


def test_gaps_high_slots_and_leading_zeros() -> None:
    row = {"Answer.club_7_name": "Chess", "Answer.Club_040_Name": "Go", "Answer.club_7_url": CHESS}
    out = tidy(assignments([row]), CLUBS).set_index(["element", "field"])
    assert out.loc[(CHESS, "club"), "slot"] == 7
    assert out.loc[("club:go", "club"), "slot"] == 40
    assert out.loc[("club:go", "url"), "state"] == "blank"
    assert out.loc[("club:go", "url"), "answer_column"] == "Answer.club_40_url"


def test_a_list_of_nothing_is_known() -> None:
    rows = [listing(("", None), ("-", None), id="a"), listing(("none", ""), id="b"), {"id": "c"}]
    rows.append(listing(("Chess", CHESS), id="d"))
    out = Answers.validate(tidy(assignments(rows), CLUBS))
    idle = out[(out["element"] == "") & (out["field"] != "complete")].set_index("assignment_id")
    assert idle["state"].to_dict() == {"a": "blank", "b": "none_declared", "c": "blank"}
    assert idle["field"].eq("club").all()
    assert idle["slot"].isna().all()


def test_a_slot_without_any_valid_value_has_no_element_but_is_kept() -> None:
    out = tidy(assignments([listing((None, "asdf"), ("Chess", CHESS))]), CLUBS)
    kept = out[(out["element"] == "") & (out["field"] == "url")]
    assert kept[["raw", "state", "slot"]].values.tolist() == [["asdf", "invalid", 1]]


def test_an_echo_is_one_within_a_record_only() -> None:
    out = tidy(assignments([listing(("chess.example.edu", CHESS), ("Go", GO))]), CLUBS)
    assert out.loc[out["value"] == GO, "state"].tolist() == ["valid"]
    assert CHESS not in set(out["element"])


def test_scalar_fields_stand_beside_the_list() -> None:
    out = tidy(assignments([listing(("Chess", CHESS)) | {"Answer.complete": "yes"}]), CLUBS)
    assert out.loc[out["field"] == "complete", ["element", "value"]].values.tolist() == [["", "yes"]]


def test_elements_of_other_items_do_not_mix() -> None:
    found = elements(listing(("Chess", CHESS), item="A"), listing(("Chess", None), item="B"))
    assert found == {CHESS: {"S0"}, "club:chess": {"S1"}}


CLUB = st.tuples(
    st.sampled_from([None, "-", "none", "Chess", "chess", "Go", "asdf", "https://a.example.edu"]),
    st.sampled_from([None, "{}", CHESS, GO, GO + "/", "broken", "Chess"]),
)
LISTS = st.lists(st.lists(CLUB, max_size=4), min_size=1, max_size=8)


@settings(max_examples=12)
@given(lists=LISTS, seed=st.randoms())
def test_the_order_of_rows_and_slots_does_not_matter(lists: list[list[tuple]], seed: object) -> None:
    frame = assignments([listing(*clubs, id=f"S{place}") for place, clubs in enumerate(lists)])
    out = tidy(frame, CLUBS)
    shuffled = frame.sample(frac=1, random_state=seed.randrange(2**32))
    pd.testing.assert_frame_equal(out, tidy(shuffled, CLUBS))
    turned = assignments([listing(*clubs[::-1], id=f"S{place}") for place, clubs in enumerate(lists)])
    votes = ["element", "assignment_id", "field", "value"]
    again = tidy(turned, CLUBS)
    valid, valid_again = (f.loc[f["state"] == "valid", votes] for f in (out, again))
    assert set(map(tuple, valid.values)) == set(map(tuple, valid_again.values))
    assert set(out["assignment_id"]) == set(frame["assignment_id"])
