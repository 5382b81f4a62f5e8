"""Copying: planted pairs are found, coincidences and honest crowds are not."""

import numpy as np
import pandas as pd
import pytest

from mturk_pipeline.trust import fit_predict
from mturk_pipeline.trust.api_answers import read_frame
from mturk_pipeline.trust.models.base import Priors
from mturk_pipeline.trust.models.default import trust
from mturk_pipeline.trust.worker_standing import partners, suspected

COLUMNS = ["item", "worker", "value"]


def links(n_items=150, n_workers=9, scheme=(), right=0.88, seed=0):
    """Three answers each to open questions; those in the `scheme` give what they agreed on, which is wrong."""
    rng = np.random.default_rng(seed)
    rows = []
    for item in range(n_items):
        for worker in rng.choice(n_workers, 3, replace=False):
            wrong = f"agreed {item}" if worker in scheme else f"wrong {item} {rng.integers(8)}"
            is_right = rng.random() < right and worker not in scheme
            rows.append((item, f"w{worker}", f"right {item}" if is_right else wrong))
    return pd.DataFrame(rows, columns=COLUMNS)


def scores_of(answers):
    frame = read_frame(answers, "open", ())
    return frame, trust(frame.ballots, frame.questions, Priors.nothing(frame.ballots))


def test_a_planted_pair_is_found_and_nobody_else():
    answers = links(scheme=(2, 5))
    frame, scores = scores_of(answers)
    found = partners(scores.copying, len(frame.workers))
    assert {frame.workers[w]: [frame.workers[p] for p in found[w]] for w in range(9) if found[w]} == {
        "w2": ["w5"],
        "w5": ["w2"],
    }
    assert scores.copying.probability[suspected(scores.copying)].min() > 0.9
    copied = scores.copied[frame.ballots.candidates.votes > 1]
    values = frame.values[frame.ballots.candidates.value[frame.ballots.candidates.votes > 1].astype(int)]
    assert copied.tolist() == values.str.startswith("agreed").tolist()
    result = fit_predict(answers, kind="open")
    standing = result.workers.set_index("worker")["standing"]
    assert standing[standing != "neutral"].to_dict() == {"w2": "exclude", "w5": "exclude"}
    evidence = result.workers.set_index("worker")["evidence"]
    assert "shares wrong values with 1 other worker" in evidence["w2"]
    told = result.consensus["reasons"].str.contains("may have copied")
    assert not told[result.consensus["value"].str.startswith("right")].any()


def test_copied_values_do_not_outvote_reliable_workers():
    answers = links(scheme=(2, 5))
    agreed = answers[answers["value"].str.startswith("agreed")].groupby("item").size()
    both = agreed.index[agreed == 2]
    vote = fit_predict(answers, "majority", "open").consensus["value"].iloc[both]
    found = fit_predict(answers, kind="open").consensus["value"].iloc[both]
    assert vote.str.startswith("agreed").all()
    assert found.str.startswith("right").mean() > 0.7


@pytest.mark.parametrize("seed", range(3))
def test_honest_workers_are_not_accused(seed):
    for workers, right in ((9, 0.88), (25, 0.75)):
        answers = links(n_workers=workers, right=right, seed=seed)
        _, scores = scores_of(answers)
        assert not suspected(scores.copying).any()
        workers = fit_predict(answers, kind="open").workers.set_index("worker")
        accused = answers["worker"].map(workers["standing"]) == "exclude"
        assert answers.loc[accused, "worker"].nunique() <= 1  # one of 25 was right in 8 of 19 answers
        assert not answers.loc[accused, "value"].str.startswith("right").mean() > 0.5


def test_a_lone_coincidence_is_no_pair():
    answers = links(right=1)
    rows = answers[answers["item"] == 7].index
    answers.loc[rows[:2], "value"] = "the same slip"
    _, scores = scores_of(answers)
    assert scores.copying.probability.max(initial=0) < 0.2
    workers = fit_predict(answers, kind="open").workers
    assert set(workers["standing"]) == {"neutral"}
    assert (workers["evidence"] == "").all()


def test_agreeing_with_everybody_is_no_copying():
    _, scores = scores_of(links(right=1))
    assert scores.copying.probability.max(initial=0) < 0.01


def test_a_value_that_many_give_for_many_items_is_no_copying():
    """One link stands on every page: each of 12 workers takes it now and then, and all else they say is right."""
    rng = np.random.default_rng(0)
    rows = [
        (item, f"w{worker}", "footer" if rng.random() < 0.15 else f"right {item}")
        for item in range(150)
        for worker in rng.choice(12, 3, replace=False)
    ]
    answers = pd.DataFrame(rows, columns=COLUMNS)
    _, scores = scores_of(answers)
    assert not suspected(scores.copying).any()
    assert set(fit_predict(answers, kind="open").workers["standing"]) == {"neutral"}


def test_the_same_two_right_values_of_two_workers_are_no_copying():
    rows = [(item, w, f"{v} {item}") for item in range(30) for w in "abc" for v in ("home", "office")]
    answers = pd.DataFrame([*rows, *[(i, "d", f"home {i}") for i in range(30)]], columns=COLUMNS)
    _, scores = scores_of(answers)
    assert not suspected(scores.copying).any()


def test_nobody_and_one():
    for answers in (links().head(0), links().head(1), links(n_items=1)):
        frame, scores = scores_of(answers)
        assert partners(scores.copying, len(frame.workers)) == [[] for _ in frame.workers]
