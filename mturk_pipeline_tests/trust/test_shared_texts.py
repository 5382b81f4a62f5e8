"""Copied free texts: who shares them is told, both sides; who has them from elsewhere is not."""

import numpy as np
import pandas as pd
import pytest

from mturk_pipeline.trust.worker_standing import wilson
from mturk_pipeline.trust.workers import rate_workers
from mturk_pipeline.workflow.phase_spec import PhaseSpec

PHASE = PhaseSpec.model_validate({"fields": {"why": {"kind": "text", "exact": False}}})
REMARKS = PhaseSpec.model_validate({"fields": {"why": {"kind": "remark"}}})
PAGES = PhaseSpec.model_validate({"fields": {"why": {"kind": "text", "exact": False}, "page": {"kind": "url"}}})
WORDS = [f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in ("n", "rt", "l", "sk", "mp")]
CROWD = [f"w{n}" for n in range(8)]


def prose(rng: np.random.Generator, words: int = 16) -> str:
    return " ".join(rng.choice(WORDS, words))


def crowd(rng: np.random.Generator, items: int = 6, workers: list[str] = CROWD) -> dict[tuple[int, str], str]:
    """A text of one's own from each worker for each item."""
    return {(item, worker): prose(rng) for item in range(items) for worker in workers}


def rated(make_answers, texts: dict[tuple[int, str], str], phase: PhaseSpec = PHASE, **inputs: list[str]):
    """Workers who gave these texts; `inputs` are columns, a cell for each item."""
    rows = [{"item": f"I{i}", "worker": w, "field": "why", "value": text} for (i, w), text in texts.items()]
    answers = make_answers(rows)
    assignments = answers[["assignment_id", "item_id", "worker", "submitted_at", "work_seconds"]]
    assignments = assignments.assign(approval_rate=1.0, approved_before=1, submitted_before=1)
    place = answers["item_id"].str[1:].astype(int)
    columns = {f"Input.{name}": [cells[n] for n in place] for name, cells in inputs.items()}
    table = rate_workers(answers, assignments.assign(**columns), phase)
    return table.set_index(table["worker"].str.removeprefix("mturk::"))


def accused(table: pd.DataFrame) -> set[str]:
    assert set(table.index[table["standing"] == "exclude"]) == set(table.index[table["copy_partners"].map(bool)])
    return set(table.index[table["copy_partners"].map(bool)])


@pytest.mark.parametrize("phase", [PHASE, REMARKS], ids=["free text", "remark"])
@pytest.mark.parametrize("shift", [0, 1], ids=["same item", "other item"])
def test_two_who_share_long_texts_are_both_named_to_each_other(make_answers, phase: PhaseSpec, shift: int) -> None:
    texts = crowd(np.random.default_rng(1))
    for item in (0, 2):
        texts[item + shift, "w1"] = f"  {texts[item, 'w0'].upper().replace(' ', ',  ')} !"
    table = rated(make_answers, texts, phase)
    assert accused(table) == {"w0", "w1"}
    assert table.loc[["w0", "w1"], "copy_partners"].tolist() == [["mturk::w1"], ["mturk::w0"]]
    for said in table.loc[["w0", "w1"], "evidence"]:
        assert said == "shares 2 long texts with 1 other worker: one copied, or both did"


def test_three_accounts_with_the_same_texts_are_named(make_answers) -> None:
    texts = crowd(np.random.default_rng(2))
    for item in (0, 2, 4):
        texts[item, "w1"] = texts[item, "w2"] = texts[item, "w0"]
    assert accused(rated(make_answers, texts)) == {"w0", "w1", "w2"}


def _one_text(texts, rng) -> dict:
    texts[0, "w1"] = texts[0, "w0"]
    return {}


def _one_text_again_and_again(texts, rng) -> dict:
    default = "Please describe here in your own words what this club does and why you think so"
    for item in range(4):
        texts[item, "w0"] = texts[item, "w1"] = default
    return {}


def _one_text_with_inputs_in_it(texts, rng) -> dict:
    names = [f"{prose(rng, 1)} society" for _ in range(6)]
    for item in range(4):
        default = f"Please describe here in your own words what the {names[item]} does and why you think so"
        texts[item, "w0"] = texts[item, "w1"] = default
    return {"club": names}


def _from_the_input(texts, rng) -> dict:
    cells = [prose(rng, 40) for _ in range(6)]
    for item in range(5):
        texts[item, "w0"] = texts[item, "w1"] = " ".join(cells[item].split()[5:25])
    return {"story": cells}


def _short(texts, rng) -> dict:
    for item in range(5):
        texts[item, "w0"] = texts[item, "w1"] = f"no comment, thank you {item}"
    return {}


def _common_phrases(texts, rng) -> dict:
    phrases = [prose(rng) for _ in range(3)]
    for item in range(3):
        for worker in CROWD[:4]:
            texts[item, worker] = phrases[item]
    return {}


def _phrases_that_go_round(texts, rng) -> dict:
    """Each of these shares two texts with each of two or three others."""
    phrases = [prose(rng) for _ in range(12)]
    for n, (a, b) in enumerate([(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]):
        for worker in (a, b):
            texts[n % 6, f"w{worker}"] = phrases[n]
    return {}


def _quotes_of_a_page_in_the_input(texts, rng) -> dict:
    for item in range(5):
        texts[item, "w0"] = texts[item, "w1"]
    return {"page": [f"https://club{n}.example.edu" for n in range(6)]}


@pytest.mark.parametrize(
    "shared",
    [
        _one_text,
        _one_text_again_and_again,
        _one_text_with_inputs_in_it,
        _from_the_input,
        _short,
        _common_phrases,
        _phrases_that_go_round,
        _quotes_of_a_page_in_the_input,
    ],
)
def test_nobody_is_told_for_what_is_no_copying(make_answers, shared) -> None:
    rng = np.random.default_rng(3)
    texts = crowd(rng)
    inputs = shared(texts, rng)
    assert accused(rated(make_answers, texts, **inputs)) == set()


def test_quotes_of_pages_that_are_asked_for_are_none_and_the_same_text_for_other_items_is(make_answers) -> None:
    texts = crowd(np.random.default_rng(4))
    for item in range(5):
        texts[item, "w0"] = texts[item, "w1"]
    assert accused(rated(make_answers, texts, PAGES)) == set()
    for item in range(5):
        texts[item, "w3"] = texts[(item + 1) % 6, "w2"]
    assert accused(rated(make_answers, texts, PAGES)) == {"w2", "w3"}


def test_an_honest_crowd_is_not_accused_whatever_phrases_it_has(make_answers) -> None:
    """Phrases of one's own, come back to; phrases and quotes in common."""
    told, workers = 0, 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        names = [f"w{n}" for n in range(24)]
        common, own = [prose(rng) for _ in range(30)], {name: [prose(rng) for _ in range(4)] for name in names}
        texts = {}
        for item in range(24):
            for name in rng.choice(names, 5, replace=False):
                draw = rng.random()
                texts[item, str(name)] = (
                    str(rng.choice(common)) if draw < 0.15 else str(rng.choice(own[name])) if draw < 0.4 else prose(rng)
                )
        table = rated(make_answers, texts)
        told, workers = told + len(accused(table)), workers + len(table)
    assert wilson(np.array([told / workers]), np.array([float(workers)]))[1][0] <= 0.01
