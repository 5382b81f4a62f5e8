"""Checks of trust: when they warn, and that they name nobody."""

import dagster as dg
import pandas as pd
import pytest

from mturk_pipeline.orchestration import trust_checks
from mturk_pipeline.orchestration.stages import PhaseAssets
from mturk_pipeline_tests.orchestration.conftest import LEADS

KEY = dg.AssetKey("consensus")
NAMES = PhaseAssets(LEADS, "leads")


def consensus(items: int = 100, **columns) -> pd.DataFrame:
    """One gate field, answered thrice everywhere and accepted."""
    even = {"field": "email", "workers": 3, "accepted": True, "changed_by_weighting": False}
    return pd.DataFrame({"item_id": [f"I{i}" for i in range(items)], **even, **columns})


def first(n: int, of: int = 100, value=True, other=False) -> list:
    return [value] * n + [other] * (of - n)


@pytest.mark.parametrize(("few", "passed"), [(0, True), (5, True), (6, False)])
def test_enough_answers(few: int, passed: bool) -> None:
    result = trust_checks.enough_answers(KEY, consensus(workers=first(few, value=2, other=3)), wanted=3)
    assert result.passed is passed
    assert f"{few} of 100 item-fields" in (result.description or "")


def test_records_of_an_items_list_count_once() -> None:
    table = consensus(40, item_id=["A"] * 20 + [f"I{i}" for i in range(20)], workers=first(1, 40, 1, 3))
    result = trust_checks.enough_answers(KEY, table, wanted=3)
    assert result.passed
    assert "0 of 21" in (result.description or "")


@pytest.mark.parametrize(("items", "passed"), [(19, False), (20, True)])
def test_with_few_items_it_is_prior_only(items: int, passed: bool) -> None:
    result = trust_checks.enough_answers(KEY, consensus(items), wanted=3)
    assert result.passed is passed
    assert ("prior only" in (result.description or "")) is not passed


@pytest.mark.parametrize(("waiting", "passed"), [(50, True), (51, False)])
def test_share_that_waits(waiting: int, passed: bool) -> None:
    gate = consensus(accepted=first(waiting, value=False, other=True))
    other = consensus(field="website", accepted=False)
    result = trust_checks.auto_accepted_share(KEY, pd.concat([gate, other]), ["email"])
    assert result.passed is passed
    assert result.metadata["share_accepted"].value == pytest.approx(1 - waiting / 100)


@pytest.mark.parametrize(("changed", "passed"), [(0, True), (10, True), (11, False)])
def test_outcomes_changed_by_weighting(changed: int, passed: bool) -> None:
    result = trust_checks.weighting_changed_outcomes(KEY, consensus(changed_by_weighting=first(changed)))
    assert result.passed is passed
    assert result.metadata["changed"].value == changed


def test_collusion_counts_pairs_once_and_names_nobody() -> None:
    partners = [["mturk::B"], ["mturk::A", "mturk::C"], [], []]
    workers = pd.DataFrame({"worker": [f"mturk::{w}" for w in "ABCD"], "copy_partners": partners})
    result = trust_checks.suspected_collusion(KEY, workers)
    assert not result.passed
    assert {name: value.value for name, value in result.metadata.items()} == {"pairs": 2, "workers": 3}
    assert "mturk::" not in str(result)
    assert trust_checks.suspected_collusion(KEY, workers.iloc[2:]).passed


def test_what_a_persons_file_of_workers_got_wrong_is_said() -> None:
    result = trust_checks.workers_file_understood(KEY, [f"workers.csv, row {n}: odd" for n in range(2, 9)])
    assert not result.passed
    assert "row 6" in (result.description or "")
    assert "and 2 more" in (result.description or "")
    assert trust_checks.workers_file_understood(KEY, ()).passed


def test_checks_are_declared_as_they_are_made_and_only_warn() -> None:
    workers = pd.DataFrame({"worker": ["mturk::A"], "copy_partners": [[]]})
    made = trust_checks.consensus_checks(NAMES, consensus(), LEADS.phases["leads"])
    made += trust_checks.worker_checks(NAMES, workers)
    specs = trust_checks.consensus_check_specs(NAMES) + trust_checks.worker_check_specs(NAMES)
    assert [(c.asset_key, c.check_name) for c in made] == [(s.asset_key, s.name) for s in specs]
    assert {c.severity for c in made} == {dg.AssetCheckSeverity.WARN}
    assert all(s.partitions_def == NAMES.partitions and not s.blocking for s in specs)


def test_no_answers_at_all() -> None:
    assert all(c.passed for c in trust_checks.consensus_checks(NAMES, consensus(0), LEADS.phases["leads"]))
