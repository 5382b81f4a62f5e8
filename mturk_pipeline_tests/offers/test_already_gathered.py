"""Purging takes away what others have, and loses nothing between projects that purge against each other."""

from hypothesis import given
from hypothesis import strategies as st

from mturk_pipeline.contracts.offers import Purged
from mturk_pipeline.offers.already_gathered import Standing, purge


def project(name, sent="", listed="", purges="", since=""):
    return Standing(name, f"project {name}", frozenset(sent), frozenset(listed), frozenset(purges), since)


def gone(own, *others):
    table = Purged.validate(purge(own, others))
    return {(i, p.removeprefix("project "), f) for i, p, f in table.itertuples(index=False)}


def test_each_project_that_has_an_item_is_named_results_before_input():
    own = project("a", listed="xyz", purges="bc")
    found = gone(own, project("b", sent="x", listed="xy"), project("c", listed="x"), project("d", sent="z"))
    assert found == {("x", "b", "results"), ("y", "b", "input"), ("x", "c", "input")}


def test_what_is_bought_already_stays_and_nobody_purges_itself():
    own = project("a", sent="x", listed="xy", purges="ab")
    assert gone(own, own, project("b", sent="xy")) == {("y", "b", "results")}


def test_of_two_that_purge_against_each_other_the_earlier_keeps_it_unless_the_other_has_results():
    early, late = (
        project("z", listed="xy", purges="a", since="2026-01"),
        project("a", sent="y", listed="xy", purges="z"),
    )
    assert gone(early, late) == {("y", "a", "results")}
    assert gone(late, early) == {("x", "z", "input")}


PROJECTS = st.lists(
    st.tuples(
        *[st.frozensets(st.sampled_from("xyz"))] * 2, st.frozensets(st.sampled_from("abcd")), st.sampled_from(["", "1"])
    ),
    min_size=2,
    max_size=4,
)


@given(PROJECTS)
def test_no_item_is_lost_whoever_purges_against_whom(made):
    projects = [
        project(n, sent, listed, purges, since) for n, (sent, listed, purges, since) in zip("abcd", made, strict=False)
    ]
    for item in "xyz":
        holders = [p for p in projects if item in p.listed | p.sent]
        left = [p for p in holders if item in p.sent or item not in set(purge(p, projects)["item_id"])]
        assert bool(holders) == bool(left)
