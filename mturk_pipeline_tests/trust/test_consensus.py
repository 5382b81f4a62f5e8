"""Trust, patterns, outcomes, lists: each rule in a small case."""

import pandas as pd
import pytest

from mturk_pipeline.contracts.consensus import Consensus
from mturk_pipeline.trust.consensus import accepted_cells, find_consensus, fit
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.trust.candidate_table import candidates


def phase(**settings):
    return PhaseSpec.model_validate({"model": "majority", "fields": {"email": {"kind": "email", **settings}}})


def votes(texts, **more):
    states = {"-": "blank", "0": "none_declared", "x": "invalid"}
    return [
        {"worker": f"w{n}", **({"state": states[t]} if t in states else {"value": t}), **more}
        for n, t in enumerate(texts)
    ]


@pytest.fixture
def one(make_answers):
    def find(texts, spec=None, **more):
        [row] = find_consensus(make_answers(votes(texts, **more)), spec or phase()).to_dict("records")
        return row

    return find


def test_patterns_order_trust(one):
    rows = {row["pattern"]: row["trust"] for row in map(one, ["aaa", "aa", "aab", "a", "ab", "---"])}
    assert list(rows) == ["3:0", "2:0", "2:1", "lone", "1:1", "0"]
    assert rows["3:0"] > rows["2:0"] > rows["2:1"] == rows["lone"] > rows["1:1"]


def test_blanks_cost_little_and_none_is_a_rival(one):
    assert one("aa")["trust"] > one("aa-")["trust"] > one("aa0")["trust"]
    assert one("aa-")["accepted"]
    assert one("aa0", phase(none_policy="abstention"))["trust"] == one("aa-")["trust"]


def test_ties_go_by_text(one):
    row = one("ba")
    assert (row["value"], row["runners_up"]) == ("a", ["b"])


def test_suspicious_only_is_never_accepted(one):
    row = one("aaa", phase(accept=0.1), suspicious=True)
    assert row["trust"] < 0.5
    assert not row["accepted"]
    assert "unlikely to be real" in row["reasons"]


def test_one_unsuspicious_supporter_is_enough(make_answers):
    rows = votes("aaa", suspicious=True)
    rows[0]["suspicious"] = False
    assert find_consensus(make_answers(rows), phase())["trust"].item() == 0.75


@pytest.mark.parametrize(
    ("texts", "settings", "outcome", "votes_for"),
    [
        ("---", {}, "none", 3),
        ("0--", {}, "none", 3),
        ("00x", {}, "none", 2),
        ("---", {"required": True}, "unknown", 0),
        ("0--", {"required": True}, "none", 1),
        ("000", {"none_policy": "required"}, "unknown", 0),
        ("---", {"kind": "choice"}, "unknown", 0),
        ("xxx", {}, "unknown", 0),
        ("a00", {}, "value", 1),
    ],
)
def test_outcomes(one, texts, settings, outcome, votes_for):
    row = one(texts, phase(**settings))
    assert (row["outcome"], row["votes"]) == (outcome, votes_for)
    assert (row["trust"] > 0) == (outcome != "unknown")


def test_thresholds(make_answers):
    answers = make_answers(votes("aa"))
    assert find_consensus(answers, phase())["accepted"].item()
    assert not find_consensus(answers, phase(), {"*": 0.7})["accepted"].item()
    assert find_consensus(answers, phase(), {"*": 0.7, "email": 0.6})["accepted"].item()
    with pytest.raises(ValueError, match="mail"):
        find_consensus(answers, phase(), {"mail": 0.7})


def test_a_worker_votes_once_with_the_latest_answer(make_answers):
    rows = [{"worker": "w1", "value": "old", "day": 1}, {"worker": "w1", "value": "new", "day": 2}]
    [row] = find_consensus(make_answers([*reversed(rows)]), phase()).to_dict("records")
    assert (row["workers"], row["value"], row["runners_up"]) == (1, "new", [])


def test_pooled_values_are_no_rivals(make_answers):
    rows = [{"worker": "w1", "value": "a"}, {"worker": "w1", "value": "b"}, {"worker": "w2", "value": "b"}]
    [row] = find_consensus(make_answers(rows), phase()).to_dict("records")
    assert (row["value"], row["pattern"], row["runners_up"]) == ("b", "2:0", ["a"])
    table = candidates(make_answers(rows), phase())
    assert table[["value", "rank", "votes"]].to_numpy().tolist() == [["b", 1, 2], ["a", 2, 1]]


def test_the_same_value_for_many_items_is_a_footer(make_answers):
    everywhere = [{"item": f"I{n}", "worker": f"w{(n + k) % 4}", "value": "f"} for n in range(5) for k in range(2)]
    table = find_consensus(make_answers(everywhere), phase())
    assert table["trust"].tolist() == pytest.approx([1 / 3] * 5)
    assert table["reasons"].str.contains("5 items: a footer").all()
    fewer = find_consensus(make_answers(everywhere[:8]), phase())
    assert fewer["trust"].tolist() == pytest.approx([2 / 3] * 4)


def test_reasons_count_and_name_nobody(one):
    assert one("aa-")["reasons"] == "2 of 3 workers agree; 1 left it blank"
    assert one("aab")["reasons"] == "2 of 3 workers agree; 1 gave another value"
    assert one("abc")["reasons"] == "3 of 3 workers gave a value, no two the same"
    assert one("a")["reasons"] == "only 1 worker answered"
    assert one("xx")["reasons"] == "nothing usable: 2 gave nothing valid"


LIST = PhaseSpec.model_validate(
    {
        "model": "majority",
        "fields": {"club": {"kind": "name", "columns": ["c{n}"]}, "url": {"kind": "url", "columns": ["u{n}"]}},
    }
)


def listed(worker, element, **more):
    return [
        {"worker": worker, "element": element, "field": "club", "value": element and f"name {element}", **more},
        {"worker": worker, "element": element, "field": "url", "value": element and f"https://{element}.edu", **more},
    ]


def test_records_of_a_list(make_answers):
    rows = [*listed("w1", "p"), *listed("w1", "q"), *listed("w2", "p"), *listed("w3", "")]
    table = find_consensus(make_answers(rows), LIST)
    assert table[["element", "field"]].to_numpy().tolist() == [["p", "club"], ["p", "url"], ["q", "club"], ["q", "url"]]
    assert table["workers"].tolist() == [2, 2, 1, 1]
    # w3 listed neither, w2 not q: absence costs as a blank does
    assert table["trust"].tolist() == pytest.approx([2 / 3.25, 2 / 3.25, 1 / 2.5, 1 / 2.5])
    assert table["reasons"].iloc[0].startswith("2 of 3 workers listed it")


def test_an_empty_list(make_answers):
    table = find_consensus(make_answers([*listed("w1", ""), *listed("w2", "")]), LIST)
    assert table["element"].tolist() == ["", ""]
    assert table["outcome"].tolist() == ["none", "none"]


def test_no_answers(make_answers):
    table = find_consensus(make_answers([]), phase())
    assert Consensus.validate(table).empty


def test_unknown_field_is_named(make_answers):
    with pytest.raises(ValueError, match="fax"):
        find_consensus(make_answers([{"field": "fax", "value": "1"}]), phase())


@pytest.mark.parametrize("texts", ["aaa", "aab", "ab", "a-0", "000", "x0-", "---"])
def test_what_is_accepted_is_told_alone_as_well(make_answers, texts):
    for settings in ({}, {"accept": 0.5}, {"accept_none": 0.3}):
        answers, spec = make_answers([*votes(texts), *votes("aa", item="b")]), phase(**settings)
        whole = find_consensus(answers, spec)
        told = accepted_cells(answers, fit(answers, spec))
        pd.testing.assert_frame_equal(told, whole[["item_id", "element", "field", "accepted"]])
