"""The page that explains trust says what the code says: its code runs, its tables and settings are the code's."""

import doctest
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from mturk_pipeline import trust
from mturk_pipeline.trust import (
    consensus,
    fit_predict,
    footer_values,
    honest_crowd,
    judged_answers,
    worker_evidence,
    worker_priors,
    worker_standing,
)
from mturk_pipeline.trust.models import default, roles
from mturk_pipeline.trust.reasons import reason
from mturk_pipeline.vocabulary.trust_models import TRUST_MODELS
from mturk_pipeline.workflow.phase_spec import PhaseSpec

PAGE = Path(trust.__file__).with_name("README.md")
TEXT = PAGE.read_text(encoding="utf-8")
# The package names its function `worker_weighted` as the module.
ONE_COIN = import_module("mturk_pipeline.trust.models.worker_weighted")
WORKERS = ["Ann", "Ben", "Cleo", "Dan"]
GROUPS = ["arts", "sport", "science"]


def table(first, second):
    """The page's table whose header begins with these two columns; all cells as plain texts."""
    lines = TEXT.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"| {first} | {second} |"))
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip().replace("**", "") for cell in line.strip("|").split("|")])
    return pd.DataFrame(rows[2:], columns=rows[0])


def answers():
    clubs = table("club", "Ann").to_dict("records")
    rows = [(club["club"], worker, club[worker]) for club in clubs for worker in WORKERS if club[worker]]
    return pd.DataFrame(rows, columns=["item", "worker", "value"])


def after(turns, monkeypatch):
    """Reliability by worker, and trust of Ballet's groups, when the model has made so many turns."""
    with monkeypatch.context() as patch:
        patch.setattr(ONE_COIN, "_TURNS", turns)
        found = fit_predict(answers(), model="worker_weighted")
    ballet = found.consensus.set_index("item").to_dict("index")["Ballet"]
    of_group = dict([*ballet["runners_up"], (ballet["value"], ballet["trust"])])
    of_group["science"] = 1 - sum(of_group.values())  # nobody's value
    return found.workers.set_index("worker")["reliability"], [of_group[group] for group in GROUPS]


def test_the_code_on_the_page_runs():
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert tried > 10
    assert failed == 0


def test_the_votes_of_the_table_are_those_of_the_code():
    clubs = table("club", "Ann").set_index("club")
    found = fit_predict(answers(), model="majority").consensus.set_index("item").reindex(clubs.index)
    assert found["pattern"].tolist() == clubs["votes"].tolist()
    wrong = found.index[found["value"] != clubs["right"]]
    assert wrong.tolist() == ["Ballet"]
    spelt = re.findall(r'"(\w+)": "(\w+)"', TEXT)
    assert spelt == list(answers()[["worker", "value"]].itertuples(index=False, name=None))


def test_the_first_turn_by_hand_is_the_model_s(monkeypatch):
    told = table("worker", "answers").set_index("worker").astype(float)
    reliability, trust_in = after(1, monkeypatch)
    factor = reliability / ((1 - reliability) / 2)
    votes = answers()
    share = votes.groupby(["item", "value"])["worker"].transform("size") / 4
    assert told["answers"].tolist() == votes.groupby("worker").size().tolist()
    assert told["expected right"].tolist() == share.groupby(votes["worker"]).sum().tolist()
    np.testing.assert_allclose(told["reliability"], reliability, atol=0.005)
    np.testing.assert_allclose(told["factor of a vote"], factor, atol=0.005)
    scores = np.array([factor["Ann"], factor["Cleo"] * factor["Dan"], 1.0])
    np.testing.assert_allclose(scores / scores.sum(), trust_in, atol=1e-4)
    assert f"{scores[0]:.2f}. Sport has Cleo's and Dan's: 1.81 × 1.32 = {scores[1]:.2f}" in TEXT
    assert f"their sum, {scores.sum():.2f}" in TEXT


def test_the_turns_are_the_model_s(monkeypatch):
    told = table("turn", "Ann").astype(float)
    for row in told.to_numpy():
        reliability, trust_in = after(int(row[0]), monkeypatch)
        np.testing.assert_allclose(row[1:5], reliability, atol=0.005001)
        np.testing.assert_allclose(row[5:], trust_in, atol=0.005001)
    last = told.iloc[-1]
    settled = after(30, monkeypatch)[0]
    np.testing.assert_array_equal(settled, after(int(last["turn"]), monkeypatch)[0])
    assert not np.array_equal(settled, after(int(last["turn"]) - 1, monkeypatch)[0])
    assert f"factor is now .{100 * 2 * settled['Dan'] / (1 - settled['Dan']):.0f}" in TEXT.replace("\n", " ")


def test_what_is_said_of_other_models_holds():
    coin = fit_predict(answers(), model="worker_weighted").consensus.set_index("item")
    assert f"{coin.loc['Astronomy', 'trust']:.2f}" == "0.97"
    usual = fit_predict(answers()).consensus.set_index("item")
    assert usual.loc["Ballet", "trust"] == pytest.approx(0.6, abs=0.05)
    assert table("`model:`", "what it is")["`model:`"].str.strip("`").tolist() == list(reversed(TRUST_MODELS))


def test_the_phase_on_the_page_is_one():
    block = re.search(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    assert block
    phase = PhaseSpec.model_validate(yaml.safe_load(block[1])["attributes"])
    assert (phase.threshold("group"), phase.threshold("email")) == (0.9, 0.95)


def test_the_reasons_on_the_page_are_the_code_s():
    nothing = {"workers": 3, "blank": 0, "none_declared": 0, "invalid": 0}
    three: dict[str, Any] = nothing | {"outcome": "value", "valid": 3}
    empty: dict[str, Any] = nothing | {"outcome": "none", "valid": 0, "votes": 0, "none_declared": 1, "blank": 2}
    text = '"dean@uni,edu"'
    mangled: dict[str, Any] = {"invalid": 2, "nearly": 2, "near_other": text}
    said = "; ".join(
        [
            reason(votes=3, **three),
            reason(votes=2, supporters=85, rivals=60, **three),
            reason(votes=1, supporters=80, rivals=30, others_most=2, **three),
            reason(**empty),
            reason(votes=3, copied=True, fast=1, **three),
            reason(votes=2, **nothing | {"outcome": "value", "valid": 2, "invalid": 1, "nearly": 1, "near_same": text}),
            reason(votes=0, **nothing | {"outcome": "unknown", "valid": 0, "blank": 1, **mangled}),
        ]
    )
    told = table("reason", "read it as")["reason"].str.strip("`").tolist()
    assert [line for line in told if line not in said] == []
    assert len(told) == 8


SETTINGS = [
    f"{1 - default.CLOSED_SMOOTHING:.0%} confusion and {default.CLOSED_SMOOTHING:.0%} vote for closed fields",
    f"{1 - default.OPEN_SMOOTHING:.0%} roles and {default.OPEN_SMOOTHING:.0%} vote for open ones",
    f"Under {default.FEW_ITEMS} items",
    f"as if it had been seen in {ONE_COIN.LEAN:g} answers more",
    f"counts {worker_priors.WEIGHTS['starred']} (`starred`), {worker_priors.WEIGHTS['neutral']:g} (`neutral`), "
    f"{worker_priors.WEIGHTS['watch']} (`watch`) or {worker_priors.WEIGHTS['blacklisted']:g} (`blacklisted`)",
    f"at most .{100 * consensus.SUSPICIOUS_CAP:.0f} and is never accepted",
    f"upper end of the interval is below {worker_standing.HOPELESS:.0%}",
    f"one in {1 / worker_standing.ALONE:.0f} workers of the honest crowd",
    f"fewer than one in {1 / worker_standing.ACCUSED:.0f} suffice",
    f"one in {1 / worker_standing.DOUBTED:.0f} of the honest crowd",
]


@pytest.mark.parametrize("said", SETTINGS)
def test_settings_on_the_page_are_the_code_s(said):
    assert said.replace("%", " %") in " ".join(TEXT.split())


def test_settings_told_in_words_are_the_code_s():
    assert footer_values.FOOTER_FACTOR == 0.5  # "keeps half"
    # "of five HITs or more", "on two HITs or more", "three gold questions or more", "three in 20", "fewer than four"
    assert (worker_standing.FEWEST_HITS, worker_standing.FEWEST_SHARED, worker_evidence.MIN_GOLD) == (5, 2, 3)
    assert (20 * worker_standing.CARELESS, honest_crowd.FEWEST_WORKERS) == (3, 4)
    assert (0.2, pytest.approx(0.1, abs=0.05)) == (judged_answers.TELLING, honest_crowd.SLOPPY)
    assert ONE_COIN.MOST_FALSE_VALUES == 10  # "never taken for less than one in ten"
    assert roles.TOGETHER < 1  # "three blanks are not three times as strong as one"
    fields = {"x": {"kind": "text"}}
    usual, counted = (PhaseSpec.model_validate({"fields": fields, "model": m}) for m in ("trust", "majority"))
    assert (usual.threshold("x"), counted.threshold("x"), usual.threshold_of_none("x")) == (0.9, 0.6, 0.6)


def test_links_and_files_named_on_the_page_exist():
    links = re.findall(r"\]\(([^)]+)\)", TEXT)
    named = re.findall(r"`([\w/.]+\.py)`", TEXT)
    assert len(links) > 1
    assert len(named) > 5
    assert [link for link in [*links, *named] if not (PAGE.parent / link).exists()] == []
