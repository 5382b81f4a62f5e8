"""The decision table for three answers, word by word, and what it becomes for other numbers."""

import numpy as np
import pytest

from mturk_pipeline.trust.consensus import find_consensus, fit
from mturk_pipeline.trust.models.base import NO_VALUE, Priors
from mturk_pipeline.trust.votes import ballots
from mturk_pipeline.workflow.phase_spec import PhaseSpec

EMAIL = PhaseSpec.model_validate({"model": "majority", "fields": {"email": {"kind": "email"}}})
URL = PhaseSpec.model_validate({"model": "majority", "fields": {"email": {"kind": "url"}}})
TRIPLE = "All good, triple consensus"
DOUBLE = "All good, double consensus"
MINORITY = "Checkit, minority"
MULTIPLE = "Checkit, multiple emails"
ZERO = "All good, zero value"


def answer(text):
    """A letter is a valid value (a+b are two in one answer), x… invalid, - blank, 0 'there is none'."""
    if text == "-":
        return [{"state": "blank"}]
    if text == "0":
        return [{"state": "none_declared"}]
    if text.startswith("x"):
        return [{"state": "invalid", "raw": text}]
    return [{"value": value} for value in text.split("+")]


def rows(texts):
    return [{"worker": f"w{n}", **part} for n, text in enumerate(texts.split()) for part in answer(text)]


@pytest.mark.parametrize(
    ("texts", "winners", "flag"),
    [
        # all the same
        ("a a a", ["a"], TRIPLE),
        ("- - -", [], TRIPLE),
        ("0 0 0", [], TRIPLE),
        ("x1 x1 x1", [], TRIPLE),
        # all different
        ("x1 x2 x3", [], ZERO),
        ("- 0 x1", [], ZERO),
        ("a x1 x2", ["a"], MINORITY),
        ("a - 0", ["a"], MINORITY),
        ("a b x1", ["a", "b"], MULTIPLE),
        ("a b -", ["a", "b"], MULTIPLE),
        ("a b c", ["a", "b", "c"], MULTIPLE),
        # two the same and one other
        ("b b a", ["b", "a"], MULTIPLE),
        ("a a x1", ["a"], DOUBLE),
        ("a a -", ["a"], DOUBLE),
        ("a a 0", ["a"], DOUBLE),
        ("x1 x1 a", ["a"], MINORITY),
        ("- - a", ["a"], MINORITY),
        ("0 0 a", ["a"], MINORITY),
        ("x1 x1 x2", [], ZERO),
        ("- - 0", [], ZERO),
        ("0 0 -", [], ZERO),
    ],
)
def test_three_answers(make_answers, texts, winners, flag):
    [row] = find_consensus(make_answers(rows(texts)), EMAIL).to_dict("records")
    assert (row["winners"], row["flag_text"]) == (winners, flag)


def test_other_kinds_say_values(make_answers):
    assert find_consensus(make_answers(rows("a b c")), URL)["flag_text"].item() == "Checkit, multiple values"


@pytest.mark.parametrize(
    ("texts", "flag", "text", "winners"),
    [
        ("a", "minority", MINORITY, ["a"]),
        ("-", "zero_value", ZERO, []),
        ("a a", "unanimous", DOUBLE, ["a"]),
        ("a -", "minority", MINORITY, ["a"]),
        ("a b", "multiple", MULTIPLE, ["a", "b"]),
        ("a a a a", "unanimous", "All good, quadruple consensus", ["a"]),
        ("a a a a a", "unanimous", "All good, consensus of 5", ["a"]),
        ("a a a b", "majority", "All good, majority 3 of 4", ["a"]),
        ("a a a b c", "majority", "All good, majority 3 of 5", ["a"]),
        ("a a a - -", "majority", "All good, majority 3 of 5", ["a"]),
        ("a a - -", "minority", MINORITY, ["a"]),
        ("a a b b", "plurality", "Checkit, plurality tie", ["a", "b"]),
        ("b b a a c", "plurality", "Checkit, plurality tie", ["a", "b"]),
        ("a a b c", "multiple", MULTIPLE, ["a", "b", "c"]),
        ("a a b - -", "multiple", MULTIPLE, ["a", "b"]),
        # several values in one answer are one answer
        ("a+b a+b a+b", "unanimous", TRIPLE, ["a", "b"]),
        ("a+b b+a -", "majority", DOUBLE, ["a", "b"]),
        ("a+b a a", "majority", TRIPLE, ["a"]),
        ("a+b - -", "multiple", MULTIPLE, ["a", "b"]),
    ],
)
def test_any_number_of_answers(make_answers, texts, flag, text, winners):
    [row] = find_consensus(make_answers(rows(texts)), EMAIL).to_dict("records")
    assert (row["flag"], row["flag_text"], row["winners"]) == (flag, text, winners)


@pytest.mark.parametrize(
    ("texts", "sameness", "entropy"),
    [("a a a", 9, 0), ("a a b", 5, 0.5794), ("a b c", 3, 1), ("a - -", 5, 0.5794), ("a", 1, 0), ("a+b b+a", 4, 0)],
)
def test_sameness_and_entropy(make_answers, texts, sameness, entropy):
    [row] = find_consensus(make_answers(rows(texts)), EMAIL).to_dict("records")
    assert row["cumulative_sameness"] == sameness
    assert row["entropy"] == pytest.approx(entropy, abs=1e-4)


@pytest.mark.parametrize(
    ("texts", "right", "text"),
    [
        ("a a a b b", "b", "Checkit, minority 2 of 5 against 3"),
        ("a a a b b", "a", "All good, majority 3 of 5"),
        ("a a a b -", None, "Checkit, no value against 3 of 5"),
        ("a a a", None, "Checkit, no value against 3 of 3"),
        ("a a b b c", "c", "Checkit, minority 1 of 5 against 2"),
        ("a a b b c", "b", "Checkit, plurality tie"),
        ("a+b a+b c", "b", "Checkit, plurality tie"),
        ("- - -", None, TRIPLE),
    ],
)
def test_the_words_are_about_the_value_that_was_chosen(make_answers, texts, right, text):
    """A model may find a minority right; gold stands in for one here."""
    answers = make_answers(rows(texts))
    votes = ballots(answers, EMAIL)
    truth = NO_VALUE if right is None else votes.candidates.value.tolist().index(right)
    known = Priors(**(vars(Priors.nothing(votes)) | {"truth": np.array([truth])}))
    [row] = find_consensus(answers, EMAIL, fitted=fit(answers, EMAIL, known=known, votes=votes)).to_dict("records")
    assert (row["value"] if isinstance(row["value"], str) else None) == right
    assert row["flag_text"] == text
