"""Evidence on a worker, in words: facts for a person to judge, from three assignments on."""

import numpy as np
import pandas as pd

from mturk_pipeline.trust.answer_codes import Bools
from mturk_pipeline.trust.worker_standing import FEWEST_ANSWERS, POOR

MIN_ASSIGNMENTS = 3
MIN_REPEATS, REPEAT_SHARE = 3, 0.2
MIN_INVALID, INVALID_SHARE = 3, 0.3
MIN_BLANK_REQUIRED, BLANK_SHARE = 2, 0.3
MIN_GOLD, GOLD_SHARE = 3, 0.6
SHORT_WORK = 1 / 3


def stands_out(table: pd.DataFrame, phase_median: float) -> Bools:
    """Whether each worker has evidence other than reliability and copying.

    Blanks in required fields and very short work are evidence in their own right: on a real batch with 76 rejected
    assignments they told these from the others (area under the curve 1.0 and .73) where agreement could not (.51).
    """
    return np.array([bool(_facts(worker, phase_median)) for worker in table.to_dict("records")], dtype=bool)


def evidence(table: pd.DataFrame, phase_median: float) -> list[str]:
    """Evidence on each worker in words; '' without any, or with too few assignments."""
    return [
        "; ".join([*_your_word(worker), *_reliability(worker), *_copying(worker), *_facts(worker, phase_median)])
        for worker in table.to_dict("records")
    ]


def _your_word(worker: dict) -> list[str]:
    return ["you blacklisted this worker: the answers count for nothing"] if worker.get("blacklisted") is True else []


def _reliability(worker: dict) -> list[str]:
    given, right, high = worker["given"], worker["right"], worker["reliability_high"]
    if not given >= FEWEST_ANSWERS or not high < POOR:
        return []
    low = worker["reliability_low"]
    return [f"about {right:.0f} of {given:.0f} values are right ({100 * low:.0f} to {100 * high:.0f} %)"]


def _copying(worker: dict) -> list[str]:
    partners = len(worker["copy_partners"])
    return [f"shares wrong values with {partners} other worker{'s' if partners > 1 else ''}"] if partners else []


def _facts(worker: dict, phase_median: float) -> list[str]:
    if not worker["total_contribution"] >= MIN_ASSIGNMENTS:
        return []
    lines = []
    # Answers to several items of one HIT are one piece of evidence.
    each = worker.get("evidence_share", 1)
    repeated, blank, asked = worker["repeated_answers"], worker["blank_required"], worker["asked_required"]
    if repeated >= MIN_REPEATS and repeated >= REPEAT_SHARE * worker["valid"] * each:
        lines.append(f"gave the same value for different items {repeated} times where others did not")
    if blank * each >= MIN_BLANK_REQUIRED and blank >= BLANK_SHARE * asked:
        lines.append(f"left a required field blank {blank} of {asked} times")
    invalid, given = worker["invalid"], worker["answers"]
    if invalid * each >= MIN_INVALID and invalid >= INVALID_SHARE * given:
        lines.append(f"{invalid} of {given} answers are invalid")
    if worker["gold_asked"] * each >= MIN_GOLD and worker["gold_right"] < GOLD_SHARE * worker["gold_asked"]:
        lines.append(f"{worker['gold_right']} of {worker['gold_asked']} gold questions are right")
    median = worker["median_work_seconds"]
    if median < SHORT_WORK * phase_median:
        lines.append(f"worked {median:.0f} s at the median; all workers of the phase {phase_median:.0f} s")
    return lines
