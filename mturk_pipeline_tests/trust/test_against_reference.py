"""The arrays against a slow, obvious reading of the same rules, on random answers in random order.

With two items no value can be a footer: that rule has tests of its own.
"""

import math
from collections import Counter

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from mturk_pipeline.contracts.consensus import Consensus
from mturk_pipeline.trust.consensus import find_consensus
from mturk_pipeline.vocabulary.answer_states import EVIDENCE
from mturk_pipeline.workflow.phase_spec import PhaseSpec

PHASE = PhaseSpec.model_validate(
    {
        "model": "majority",
        "fields": {
            "email": {"kind": "email"},
            "site": {"kind": "url", "required": True, "none_policy": "abstention"},
            "club": {"kind": "name", "columns": ["c{n}"], "none_policy": "required"},
            "link": {"kind": "url", "columns": ["l{n}"], "required": True},
        },
    }
)
LISTS = ("club", "link")


@st.composite
def rows(draw):
    found = []
    for _ in range(draw(st.integers(0, 30))):
        field = draw(st.sampled_from(list(PHASE.fields)))
        state = draw(st.sampled_from(["valid", "valid", "valid", "blank", "none_declared", "invalid"]))
        found.append(
            {
                "item": draw(st.sampled_from("AB")),
                "element": draw(st.sampled_from(["", "p", "q"])) if field in LISTS else "",
                "field": field,
                "worker": f"w{draw(st.integers(1, 9))}",
                "state": state,
                "value": draw(st.sampled_from("abc")) if state == "valid" else None,
                "raw": draw(st.sampled_from(["X", "x", "y"])),
                "evidence": draw(st.sampled_from(EVIDENCE[1:])) if state == "invalid" else "",
                "suspicious": state == "valid" and draw(st.booleans()),
                "day": draw(st.integers(0, 1)),
            }
        )
    return found


def reference(rows):
    """Consensus by hand: {(item, element, field): what the table should say}."""
    last = {}
    for r in rows:
        key = (r["item"], r["field"], r["worker"])
        last[key] = max(last.get(key, 0), r["day"])
    rows = [r for r in rows if r["day"] == last[r["item"], r["field"], r["worker"]]]
    has_list = {r["item"] for r in rows if r["element"]}
    list_workers = {i: {r["worker"] for r in rows if r["item"] == i and r["field"] in LISTS} for i in "AB"}
    cells = {}
    for r in rows:
        if r["field"] in LISTS and not r["element"] and r["item"] in has_list:
            continue
        cells.setdefault((r["item"], r["element"], r["field"]), {}).setdefault(r["worker"], []).append(r)
    listers = {}
    for r in rows:
        if r["element"]:
            listers.setdefault((r["item"], r["element"]), set()).add(r["worker"])
    return {
        key: one_cell(key[2], workers, len(list_workers[key[0]] - listers[key[:2]]) if key[1] else 0)
        for key, workers in cells.items()
    }


def one_cell(field, workers, absent):
    spec = PHASE.fields[field]
    answers = []
    for given_rows in workers.values():
        values = frozenset(r["value"] for r in given_rows if r["state"] == "valid")
        states = {r["state"] for r in given_rows}
        if values:
            answers.append(("valid", values))
        elif "none_declared" in states:
            answers.append(("none_declared", None))
        elif "invalid" in states:
            answers.append(("invalid", min(r["raw"].casefold() for r in given_rows if r["state"] == "invalid")))
        else:
            answers.append(("blank", None))
    count = Counter(state for state, _ in answers)
    for given_rows in workers.values():
        if all(r["state"] in ("invalid", "blank") for r in given_rows):
            count[max((r["evidence"] for r in given_rows), key=EVIDENCE.index)] += 1
    words, near = count["none_in_words"], count["near_miss"]
    support = Counter(v for state, values in answers if state == "valid" for v in values)
    all_rows = [r for given_rows in workers.values() for r in given_rows]
    clean = {r["value"] for r in all_rows if r["state"] == "valid" and not r["suspicious"]}
    order = sorted(support, key=lambda v: (-support[v], v not in clean, v))
    same = Counter(answers)
    n = len(answers)
    entropy = -sum(c / n * math.log(c / n) for c in same.values()) / math.log(n) if n > 1 else 0
    rival_none = count["none_declared"] if spec.none_policy == "answer" else 0
    blank_is_none = not spec.required and not spec.closed and spec.none_policy != "required"
    if order:
        weak = count["blank"] + count["none_declared"] - rival_none + words + absent
        trust = support[order[0]] / (1 + count["valid"] + rival_none + 0.25 * weak)
        trust = trust if order[0] in clean else min(trust, 0.49)
        outcome, votes = "value", support[order[0]]
    else:
        said_none = count["none_declared"] + words
        votes = (said_none if spec.none_policy == "answer" or blank_is_none else 0) + (
            count["blank"] if blank_is_none else 0
        )
        silent = count["blank"] + said_none - votes
        trust = votes / (1 + votes + near + 0.25 * silent)
        outcome = "none" if votes and not (near and trust < 0.5) else "unknown"
        if outcome == "unknown":
            votes = trust = 0
    valid_answers = {values for state, values in answers if state == "valid"}
    return {
        "outcome": outcome,
        "value": order[0] if order else None,
        "runners_up": order[1:],
        "votes": votes,
        "trust": round(trust, 9),
        "pattern": pattern(count["valid"], votes),
        "flag": flag(answers, support, valid_answers),
        "workers": n,
        "valid": count["valid"],
        "blank": count["blank"],
        "none_declared": count["none_declared"],
        "invalid": count["invalid"],
        "cumulative_sameness": sum(c * c for c in same.values()),
        "entropy": round(abs(entropy), 9),
    }


def pattern(valid, votes):
    return "0" if not valid else "lone" if valid == 1 else f"{votes}:{valid - votes}"


def flag(answers, support, valid_answers):
    n = len(answers)
    if n > 1 and len(set(answers)) == 1:
        return "unanimous"
    if not support:
        return "zero_value"
    best = max(support.values())
    if len(valid_answers) == 1:
        if 2 * best > n and best > 1:
            return "majority"
        return "minority" if len(support) == 1 else "multiple"
    if 2 * best > n and best >= 3:
        return "majority"
    tied = sum(c == best for c in support.values())
    return "plurality" if best > 1 and tied > 1 else "multiple"


@settings(max_examples=15)
@given(data=rows(), seed=st.integers(0, 99))
def test_any_order_of_rows_gives_the_same_table(make_answers, data, seed):
    answers = make_answers(data)
    table = find_consensus(answers, PHASE)
    pd.testing.assert_frame_equal(table, find_consensus(answers.sample(frac=1, random_state=seed), PHASE))
    Consensus.validate(table)


@settings(max_examples=80)
@given(data=rows())
def test_equals_the_reference(make_answers, data):
    table = find_consensus(make_answers(data, check=False), PHASE)
    expected = reference(data)
    found = {
        (r["item_id"], r["element"], r["field"]): {
            **r,
            "trust": round(r["trust"], 9),
            "entropy": round(r["entropy"], 9),
            "value": r["value"] if isinstance(r["value"], str) else None,
        }
        for r in table.to_dict("records")
    }
    assert found.keys() == expected.keys()
    for key, row in expected.items():
        assert {name: found[key][name] for name in row} == row, key
