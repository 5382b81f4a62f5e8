"""The simulated crowd: determinism, the mix of outcomes, the truth, and size."""

import re
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from mturk_pipeline_tests.simulator import CrowdParams, outcome_mix, outcomes, simulate, simulate_phase
from mturk_pipeline_tests.simulator.crowd import assign, draw_workers
from mturk_pipeline_tests.simulator.file_formats import mturk_table

# none / lone / agreed / rival of real lead batches, per cent, and how near the simulator has to come.
REAL_MIX = {"none": 47, "lone": 17, "agreed": 27, "rival": 9}
WITHIN = 3


@pytest.fixture(scope="module")
def example():
    return simulate(CrowdParams(), 7)


def _leads(simulation):
    return simulation.said.loc[simulation.said["phase"] == "leads"]


def test_the_same_seed_gives_the_same_project(example):
    again, other = simulate(CrowdParams(), 7), simulate(CrowdParams(universities=5, leads=10), 8)
    for phase, batch in example.batches.items():
        pd.testing.assert_frame_equal(batch, again.batches[phase])
        assert set(batch["AssignmentId"]).isdisjoint(other.batches[phase]["AssignmentId"])
    pd.testing.assert_frame_equal(example.truth, again.truth)


def test_the_global_random_state_plays_no_part():
    np.random.seed(1)
    first = simulate_phase("dirs", 90, 5).answers
    np.random.seed(2)
    assert first.equals(simulate_phase("dirs", 90, 5).answers)


def _differences(said):
    return {outcome: abs(100 * share - REAL_MIX[outcome]) for outcome, share in outcome_mix(said).items()}


def test_outcomes_are_mixed_as_in_real_batches(example):
    assert max(_differences(_leads(example)).values()) <= WITHIN
    # The example is small; over many clubs and several crowds the mix has to hold by itself.
    large = CrowdParams(universities=70, workers=90, leads=400)
    mixes = pd.DataFrame([outcome_mix(_leads(simulate(large, seed))) for seed in range(3)])
    assert (100 * mixes.mean() - pd.Series(REAL_MIX)).abs().max() <= WITHIN


def test_outcomes_by_hand():
    rows = [
        (0, "email", "A1", ""), (0, "email", "A2", ""),
        (1, "email", "A1", "x"), (1, "email", "A1", "y"), (1, "email", "A2", ""),
        (2, "email", "A1", "x"), (2, "email", "A2", "x"), (2, "email", "A2", "y"),
        (3, "email", "A1", "x"), (3, "email", "A2", "x"), (3, "email", "A3", "z"),
    ]  # fmt: skip
    said = pd.DataFrame(rows, columns=["item_no", "field", "worker_id", "value"])
    assert outcomes(said)["outcome"].tolist() == ["none", "lone", "agreed", "rival"]


def test_truth_has_a_row_for_each_item_and_field(example):
    truth = example.truth
    fields = {"dirs": 1, "clubs": 2, "leads": 5}
    keys = {"dirs": ["university"], "clubs": ["university", "directory_url"], "leads": ["university", "club"]}
    for phase, inputs in example.inputs.items():
        rows = truth[truth["phase"] == phase]
        asked = inputs[keys[phase]].drop_duplicates()
        covered = rows[[*keys[phase], "field"]].drop_duplicates().groupby(keys[phase]).size()
        assert len(covered) == len(asked) == len(inputs)
        assert (covered == fields[phase]).all()
        assert not rows.duplicated([*keys[phase], "field", "element", "value"]).any()
    assert truth["value"].notna().all()


def test_each_phase_asks_about_what_the_one_before_it_found(example):
    dirs = example.truth[(example.truth["phase"] == "dirs") & (example.truth["value"] != "")]
    right = dict(zip(dirs["university"], dirs["value"], strict=True))
    added = example.reviewed[example.reviewed["decision"] == ""]
    right |= dict(zip(added["university"], added["directory_url"], strict=True))
    clubs = example.inputs["clubs"]
    assert clubs["directory_url"].tolist() == [right[u] for u in clubs["university"]]
    listed = example.truth[(example.truth["phase"] == "clubs") & (example.truth["field"] == "club_url")]
    known = set(zip(listed["university"], listed["element"], listed["value"], strict=True))
    leads = example.inputs["leads"]
    assert set(zip(leads["university"], leads["club"], leads["club_url"], strict=True)) <= known


def test_what_was_said_is_what_stands_in_the_cells(example):
    batch = example.batches["leads"].set_index("AssignmentId")
    said = _leads(example)
    plain = said[said["act"].isin(["blank", "none", "attack", "echo", "invented"])]
    assert (plain["value"] == "").all()
    right = said[(said["act"] == "right") & (said["column"] == "phone_number")]
    digits = [re.sub(r"\D", "", batch.at[a, "Answer.phone_number"]) for a in right["assignment_id"]]
    assert all(v[2:] in d for v, d in zip(right["value"], digits, strict=True))
    assert said["act"].nunique() == 11


def test_lists_are_overlapping_shuffled_parts(example):
    said = example.said[(example.said["phase"] == "clubs") & (example.said["field"] == "club")]
    honest = said[said["element"] != ""]
    parts = honest.groupby("assignment_id")["element"].agg(tuple)
    items = honest.groupby("assignment_id")["item_no"].first()
    largest = items[parts.str.len() > 5].value_counts().idxmax()
    lists = parts[items[items == largest].index].tolist()
    assert len(lists) >= 2
    assert set(lists[0]) & set(lists[1])
    assert lists[0] != lists[1]
    counts = example.truth[(example.truth["phase"] == "clubs") & (example.truth["field"] == "club")]
    counts = counts[counts["value"] != ""].groupby("university").size()
    assert counts.max() <= 40


def test_a_colluding_group_shares_wrong_values(example):
    shared = example.said[example.said["act"] == "shared"].merge(example.workers, on="worker_id")
    per_cell = shared.groupby(["phase", "group", "item_no", "column"])["value"].agg(["nunique", "size"])
    assert (per_cell["nunique"] == 1).all()
    assert (per_cell["size"] > 1).any()


def test_nobody_answers_a_hit_twice():
    workers = draw_workers(replace(CrowdParams(), workers=12), np.random.default_rng(3))
    chosen = assign(workers, 500, 4, np.random.default_rng(4))
    assert (np.sort(chosen, axis=1)[:, 1:] > np.sort(chosen, axis=1)[:, :-1]).all()


def test_everything_is_fictional(example):
    everything = pd.concat([t.stack() for t in [*example.batches.values(), example.truth]]).unique()
    text = "\n".join(t for t in everything if len(t) < 1000).replace("\u200b", "").lower()
    hosts = set(re.findall(r"(?:https?://|[\w.]@)([\w.-]+\.\w+)", text))
    allowed = ("facebook.com", "instagram.com", "gmail.com", "example.edu", "example.org", "example.com")
    strangers = {host for host in hosts if not host.endswith(allowed)}
    assert strangers == set()
    phones = example.truth.loc[(example.truth["field"] == "phone_number") & (example.truth["value"] != ""), "value"]
    assert phones.str.fullmatch(r"\+1[2-9]\d\d55501\d\d").all()


def test_true_phone_numbers_and_addresses_are_valid_in_form(example):
    import email_validator
    import phonenumbers

    truth = example.truth[example.truth["value"] != ""]
    for number in truth.loc[truth["field"] == "phone_number", "value"]:
        assert phonenumbers.is_valid_number(phonenumbers.parse(number))
    for address in truth.loc[truth["field"] == "email", "value"]:
        assert email_validator.validate_email(address, check_deliverability=False).normalized == address


@pytest.mark.parametrize("phase", ["dirs", "clubs", "leads"])
def test_any_size_of_a_phase(phase):
    record = simulate_phase(phase, 300, 1)
    assert 270 <= len(record.work) <= 310
    assert len(mturk_table(record)) == len(record.work)


def test_large_phases_take_seconds():
    start = time.process_time()
    record = simulate_phase("leads", 20_000, 1)
    assert 19_000 <= len(record.work) <= 20_100
    assert time.process_time() - start < 20


def test_what_cannot_be_simulated_is_said():
    with pytest.raises(ValueError, match="choose from dirs, clubs, leads"):
        simulate_phase("emails", 10, 1)
    with pytest.raises(ValueError, match="at least 2 universities"):
        simulate(CrowdParams(universities=1), 1)
