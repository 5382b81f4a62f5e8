"""The audit says how many of the rows that passed are wrong, and how bad it can be."""

from math import comb

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mturk_pipeline.review.applied_decisions import apply_decisions
from mturk_pipeline.review.audit import _beta_quantile, audit, audit_table, exact_interval
from mturk_pipeline.review.cleaned_output import clean
from mturk_pipeline.review.item_rows import item_rows
from mturk_pipeline_tests.review import made

ABOVE, BELOW = 0.045, 0.005


def at_most(k: int, n: int, p: float) -> float:
    """Probability of k or fewer among n, added up by hand."""
    return sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1))


@pytest.mark.parametrize(("n", "worst"), [(1, 0.95), (5, 0.4507), (20, 0.1391), (59, 0.0495)])
def test_none_wrong_means_at_most(n, worst):
    low, high = exact_interval(0.0, n)
    assert (low, high) == (0.0, pytest.approx(worst, abs=1e-4))
    assert high == pytest.approx(1 - 0.05 ** (1 / n), abs=1e-9)


def test_two_of_forty():
    low, high = exact_interval(2 / 40, 40)
    assert at_most(2, 40, high) == pytest.approx(ABOVE, abs=1e-9)
    assert 1 - at_most(1, 40, low) == pytest.approx(BELOW, abs=1e-9)
    assert (low, high) == (pytest.approx(0.0026, abs=1e-4), pytest.approx(0.1523, abs=1e-4))


def test_all_wrong():
    low, high = exact_interval(1.0, 8)
    assert (low, high) == (pytest.approx(BELOW ** (1 / 8), abs=1e-9), 1.0)


# Clopper and Pearson's intervals at 2.5 % on each side, as tables have them.
@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(2, 40, 0.0061, 0.1692), (5, 10, 0.1871, 0.8129), (1, 10, 0.0025, 0.4450), (10, 100, 0.0490, 0.1762)],
)
def test_known_values_of_clopper_and_pearson(k, n, low, high):
    assert _beta_quantile(0.025, k, n - k + 1) == pytest.approx(low, abs=5e-5)
    assert _beta_quantile(0.975, k + 1, n - k) == pytest.approx(high, abs=5e-5)


@given(st.integers(1, 80).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_ends_are_where_sums_of_the_binomial_say(found):
    k, n = found
    low, high = exact_interval(k / n, n)
    assert 0 <= low <= k / n <= high <= 1
    if 0 < k < n:
        assert at_most(k, n, high) == pytest.approx(ABOVE, abs=1e-7)
    if k:
        assert 1 - at_most(k - 1, n, low) == pytest.approx(BELOW, abs=1e-7)


@pytest.mark.parametrize("n", [1, 5, 20, 40])
def test_whatever_the_truth_is_the_interval_holds_it_nearly_always(n):
    ends = [exact_interval(k / n, n) for k in range(n + 1)]
    for truth in np.linspace(0.0005, 0.9995, 400):
        chances = [comb(n, k) * truth**k * (1 - truth) ** (n - k) for k in range(n + 1)]
        held = sum(c for c, (low, high) in zip(chances, ends, strict=True) if low <= truth <= high)
        assert held > 0.9455, truth  # 5 % above where none is wrong, and never more than 0.5 % below


def test_more_that_are_wrong_is_never_better():
    highs = [exact_interval(k / 30, 30)[1] for k in range(31)]
    assert highs == sorted(highs)


@pytest.fixture
def passed() -> pd.DataFrame:
    """Cleaned output of ten clubs: nine passed with trust 0.8, one waits."""
    given_ = made.assignments([{"university": "U", "club": f"Club {n}"} for n in range(10)])
    trusts = [0.8] * 9 + [0.3]
    told = [
        {"email": (f"c{n}@example.edu", t), "website": (None, 0.0), "note": ("a", 0.5)} for n, t in enumerate(trusts)
    ]
    consensus = made.consensus(given_, told, made.CONTACTS)
    return clean(
        consensus, item_rows(made.answers(given_, consensus), given_, made.CONTACTS), made.CONTACTS
    ).sort_values("club")


def decided(cleaned: pd.DataFrame, **status: str) -> pd.DataFrame:
    """Contract `Reviewed`: row n of `cleaned` has the status given as `rown`; all were drawn with probability 0.5."""
    table = apply_decisions(cleaned, None, made.CONTACTS)
    places = [int(name.removeprefix("row")) for name in status]
    table.loc[table.index[places], "status"] = list(status.values())
    table.loc[table.index[places], "inclusion"] = 0.5
    return table


def test_only_spot_checks_that_a_person_decided_count(passed):
    table = decided(passed, row0="accepted", row1="fixed", row2="accepted_automatically")
    table.loc[table.index[3], "status"] = "accepted"  # decided, but not drawn by chance
    table.loc[table.index[1], "email"] = "right@example.edu"
    found = audit(table, passed, made.CONTACTS)
    assert (found.passed, found.waiting, found.looked_at, found.wrong) == (6, 1, 2, 1)
    assert (found.share, found.low, found.high) == (0.5, *exact_interval(0.5, 2))
    assert found.by_audit


def test_wrong_is_a_field_that_holds_rows_back_with_another_value(passed):
    table = decided(passed, row0="fixed", row1="fixed", row2="fixed", row3="accepted")
    table.loc[table.index[0], "note"] = "holds nothing back"
    table.loc[table.index[1], "email"] = "C1@Example.EDU"  # the same address
    table.loc[table.index[2], "email"] = None  # there is none
    assert audit(table, passed, made.CONTACTS).wrong == 1


def test_rows_drawn_less_often_stand_for_more(passed):
    table = decided(passed, row0="fixed", row1="accepted", row2="accepted")
    table.loc[table.index[0], "email"] = "right@example.edu"
    table.loc[table.index[2], "inclusion"] = 0.1
    found = audit(table, passed, made.CONTACTS)
    # Weights 2, 2 and 10; as many rows drawn alike as have the same variance: 14 squared over 108.
    assert found.share == pytest.approx(2 / 14)
    assert (found.low, found.high) == exact_interval(2 / 14, 14**2 / (4 + 4 + 100))


def test_words_for_what_was_found(passed):
    table = decided(passed, **{f"row{n}": "accepted" for n in range(5)})
    assert audit(table, passed, made.CONTACTS).sentence == (
        "At most 4 errors in 4 rows that pass without a look: 0 of 5 spot checks were wrong, at most 45%."
    )
    table.loc[table.index[0], "email"] = "right@example.edu"
    found = audit(table, passed, made.CONTACTS)
    assert found.sentence.startswith("About 1 (0 to 4) errors in 4 rows")
    assert "1 of 5 spot checks were wrong, 20% (0% to " in found.sentence
    assert audit_table(found).loc[0, ["wrong", "sentence"]].tolist() == [1, found.sentence]


def test_without_a_look_the_model_guesses_and_says_so(passed):
    found = audit(decided(passed, row0="accepted_automatically"), passed, made.CONTACTS)
    assert (found.by_audit, found.share) == (False, pytest.approx(0.2))
    assert "the model's own guess" in found.sentence
    assert "(in the queue: 1)" in found.sentence
    none = audit(decided(passed), passed, made.CONTACTS)
    assert "(none is in the queue)" in none.sentence


def test_where_nothing_passes_nothing_is_estimated(passed):
    waiting = passed.assign(needs_review=True)
    found = audit(apply_decisions(waiting, None, made.CONTACTS), waiting, made.CONTACTS)
    assert (found.passed, found.sentence) == (0, "Nothing passes without a look.")
