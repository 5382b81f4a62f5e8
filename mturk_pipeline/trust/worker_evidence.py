"""Evidence on a worker, in words: facts for a person to judge, from three assignments on."""

import numpy as np
import pandas as pd

from mturk_pipeline.texts.counted import counted
from mturk_pipeline.trust.answer_codes import Bools, Floats
from mturk_pipeline.trust.careless_work import IMPOSSIBLE, is_fast
from mturk_pipeline.trust.worker_standing import FEWEST_HITS, HOPELESS, OtherEvidence, wilson

MIN_ASSIGNMENTS = 3
MIN_REPEATS, REPEAT_SHARE = 3, 0.2
MIN_INVALID, INVALID_SHARE = 3, 0.3
MIN_BLANK_REQUIRED, BLANK_SHARE = 2, 0.3
MIN_COPIED, COPIED_SHARE = 3, 0.3
MIN_GOLD, GOLD_SHARE = 3, 0.6
# A crowd of which half leaves a required field blank, or misses the gold, has a wrong setting or wrong gold.
_USUAL = 0.5


def other_evidence(table: pd.DataFrame, phase_median: float) -> OtherEvidence:
    """Evidence that holds in every kind of question, from the columns of `rate_workers`."""
    blank = _ShareOfHits(table, "blank_required_hits", "asked_required_hits")
    gold = _ShareOfHits(table, "gold_hits_right", "gold_hits")
    missed = table["gold_hits"] - table["gold_hits_right"]
    return OtherEvidence(
        copies=np.array([bool(p) for p in table["copy_partners"]], dtype=bool),
        misses_gold=(missed >= MIN_GOLD).to_numpy() & (gold.high < HOPELESS) & (gold.usual >= _USUAL),
        leaves_blank=(table["blank_required_hits"] >= FEWEST_HITS).to_numpy()
        & (blank.low > _USUAL)
        & (blank.usual < _USUAL),
        careless=_fast(table) | (table["same_answers"] > 0).to_numpy(),
        stands_out=stands_out(table, phase_median),
    )


def stands_out(table: pd.DataFrame, phase_median: float) -> Bools:
    """Whether each worker has evidence other than agreement and copying.

    Blanks in required fields and very short work are evidence in their own right: on a real batch with 76 rejected
    assignments they told these from the others (area under the curve 1.0 and .73) where agreement could not (.51).
    """
    usual = _usual_blanks(table)
    return np.array([bool(_facts(worker, phase_median, usual)) for worker in table.to_dict("records")], dtype=bool)


def evidence(table: pd.DataFrame, phase_median: float) -> list[str]:
    """Evidence on each worker in words; '' without any, or with too few assignments."""
    usual = _usual_blanks(table)
    return [
        "; ".join([*_your_word(worker), *_agreement(worker), *_copying(worker), *_facts(worker, phase_median, usual)])
        for worker in table.to_dict("records")
    ]


def _usual_blanks(table: pd.DataFrame) -> float:
    """Share of required fields that a usual worker leaves blank: where that is more than half, the setting is wrong."""
    asked = table["asked_required"].where(table["asked_required"] > 0)
    share = (table["blank_required"] / asked).median()
    return 0.0 if pd.isna(share) else float(share)


class _ShareOfHits:
    """Share of each worker's HITs, the ends of its interval, and what is usual in the crowd."""

    def __init__(self, table: pd.DataFrame, some: str, of: str) -> None:
        n = table[of].to_numpy(dtype=float)
        share = table[some].to_numpy(dtype=float) / np.where(n > 0, n, np.nan)
        low, high = wilson(share, np.where(n > 0, n, np.nan))
        self.low: Floats = np.nan_to_num(low, nan=0.0)
        self.high: Floats = np.nan_to_num(high, nan=1.0)
        self.usual = float(np.nanmedian(share)) if (n > 0).any() else np.nan


def _fast(table: pd.DataFrame) -> Bools:
    return is_fast(table["timed"].to_numpy(dtype=float), table["fast"].to_numpy(dtype=float))


def _your_word(worker: dict) -> list[str]:
    return ["you blacklisted this worker: the answers count for nothing"] if worker.get("blacklisted") is True else []


def _agreement(worker: dict) -> list[str]:
    if not worker["poor"]:
        return []
    low, high = 100 * worker["reliability_low"], 100 * worker["reliability_high"]
    right, hits = worker["judged_right"], worker["judged"]
    return [f"right in about {right:.0f} of {hits:.0f} HITs ({low:.0f} to {high:.0f} %), seldom for this phase"]


def _copying(worker: dict) -> list[str]:
    values, texts, shared = worker["value_partners"], worker["text_partners"], worker["shared_texts"]
    lines = [f"shares wrong values with {counted(values, 'other worker')}"] if values else []
    if texts:
        lines.append(f"shares {shared} long texts with {counted(texts, 'other worker')}: one copied, or both did")
    return lines


def _facts(worker: dict, phase_median: float, usual_blanks: float) -> list[str]:
    if not worker["total_contribution"] >= MIN_ASSIGNMENTS:
        return []
    lines = []
    # Answers to several items of one HIT are one piece of evidence.
    each = worker.get("evidence_share", 1)
    repeated, blank, asked = worker["repeated_answers"], worker["blank_required"], worker["asked_required"]
    if repeated >= MIN_REPEATS and repeated >= REPEAT_SHARE * worker["valid"] * each:
        lines.append(f"gave the same value for different items {repeated} times where others did not")
    leaves_blank = blank * each >= MIN_BLANK_REQUIRED and blank >= BLANK_SHARE * asked
    if leaves_blank and usual_blanks <= _USUAL:
        lines.append(f"left a required field blank {blank} of {asked} times")
    invalid, given = worker["invalid"], worker["answers"]
    if invalid * each >= MIN_INVALID and invalid >= INVALID_SHARE * given:
        lines.append(f"{invalid} of {given} answers are invalid")
    if worker["gold_hits"] >= MIN_GOLD and worker["gold_right"] < GOLD_SHARE * worker["gold_asked"]:
        lines.append(f"{worker['gold_right']} of {worker['gold_asked']} gold questions are right")
    median = worker["median_work_seconds"]
    if median < IMPOSSIBLE * phase_median:
        lines.append(f"worked {median:.0f} s at the median; all workers of the phase {phase_median:.0f} s")
    copied, texts = worker["copied_texts"], worker["free_texts"]
    if copied >= MIN_COPIED and copied >= COPIED_SHARE * texts:
        lines.append(f"{copied} of {texts} texts are copied from the input or unlikely to be real")
    if worker["same_answers"]:
        lines.append(f"gave one answer to all {worker['same_answers']} items of a question where others did not")
    return lines
