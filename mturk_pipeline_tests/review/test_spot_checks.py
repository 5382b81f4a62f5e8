"""What was drawn stays drawn; the share drawn is the one asked for; spot checks stand among the others."""

from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mturk_pipeline.review.spot_checks import inclusion, interleave, lots

IDS = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=60, unique=True)
SHARES = st.floats(0, 1)
MANY = pd.Series([f"ROW-{n}" for n in range(5_000)], dtype="str")


def drawn(ids, share: float, seed: str = "spring/leads") -> set[str]:
    texts = pd.Series(list(ids), dtype="str")
    found = inclusion(texts, pd.Series(True, index=texts.index), share, seed)
    assert set(found.dropna()) <= {share}
    return set(texts[found.notna()])


@given(IDS, IDS, SHARES, st.randoms(use_true_random=False))
def test_what_was_drawn_stays_drawn_whatever_comes_and_in_whatever_order(ids, more, share, chance):
    everything = list(dict.fromkeys([*ids, *more]))
    chance.shuffle(everything)
    assert drawn(everything, share) & set(ids) == drawn(ids, share)


@given(IDS, SHARES, SHARES)
def test_a_larger_share_adds_to_it(ids, one, other):
    small, large = sorted((one, other))
    assert drawn(ids, small) <= drawn(ids, large)


@pytest.mark.parametrize("share", [0.0, 0.02, 0.1, 0.3, 0.9, 1.0])
def test_about_as_many_are_drawn_as_are_asked_for(share):
    # Four standard deviations.
    assert abs(len(drawn(MANY, share)) / len(MANY) - share) <= 4 * (share * (1 - share) / len(MANY)) ** 0.5


def test_lots_are_even_and_another_seed_draws_others():
    lot = lots(MANY, "spring/leads")
    assert lot.between(0, 1, inclusive="left").all()
    tenths = (lot * 10).astype(int).value_counts()
    assert tenths.between(400, 600).all()
    both = drawn(MANY, 0.1) & drawn(MANY, 0.1, "autumn/leads")
    assert 20 < len(both) < 90  # about a tenth of a tenth


def test_rows_that_do_not_pass_are_not_drawn():
    passes = pd.Series([True, False] * 2_500)
    found = inclusion(MANY, passes, 0.5, "spring")
    assert found[~passes].isna().all()
    assert found[passes].notna().any()


@given(st.integers(0, 80), st.integers(0, 80))
def test_spot_checks_stand_in_the_first_half_but_never_first(o, m):
    ordinary, checks = pd.RangeIndex(o), pd.RangeIndex(1_000, 1_000 + m)
    both = interleave(pd.Index(ordinary), pd.Index(checks)).tolist()
    assert [n for n in both if n < 1_000] == list(ordinary)
    assert [n for n in both if n >= 1_000] == list(checks)
    places = [place for place, n in enumerate(both) if n >= 1_000]
    if 0 < m <= 2 * o:
        assert places[0] > 0
    if o >= 3 * m and m:
        assert places[-1] <= (o + m) // 2
        gaps = [after - before for before, after in pairwise(places)]
        assert max(gaps, default=1) - min(gaps, default=1) <= 1
