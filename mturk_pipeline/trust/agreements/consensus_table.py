"""Contract Consensus of what an agreement found."""

import numpy as np
import pandas as pd

from mturk_pipeline.contracts.consensus import Consensus
from mturk_pipeline.trust.agreement_flags import FLAGS, decide, sameness
from mturk_pipeline.trust.agreements.base import CELL, Agreed, cells_of
from mturk_pipeline.trust.answer_codes import BLANK, INVALID, NONE, VALID, Bools, Floats
from mturk_pipeline.trust.votes import Ballots
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_ROUNDING = 1e-9


def consensus_table(ballots: Ballots, phase: PhaseSpec, agreed: Agreed, accept: Floats) -> pd.DataFrame:
    """`agreed` as contract Consensus; `accept` is each field's threshold (`thresholds_of`)."""
    cells = ballots.cells
    squares, entropy = sameness(ballots)
    names = cells_of(ballots, list(phase.fields)).to_frame(index=False).astype("str")
    table = pd.DataFrame(
        {
            **{column: names[column] for column in CELL},
            "outcome": _text(agreed.outcome),
            "value": _text(agreed.value),
            "trust": agreed.trust,
            "low": agreed.low,
            "high": agreed.high,
            "detail": _text(agreed.detail),
            "pattern": _text(_patterns(ballots, agreed)),
            "flag": _text(np.array(FLAGS, dtype=object)[decide(ballots).flag]),
            "flag_text": _text(agreed.flag_text),
            "winners": [[] if value is None else [value] for value in agreed.value.tolist()],
            "runners_up": agreed.runners_up,
            "runners_up_trust": agreed.runners_up_trust,
            "votes": agreed.votes,
            "valid": cells.counts[:, VALID],
            "blank": cells.counts[:, BLANK],
            "none_declared": cells.counts[:, NONE],
            "invalid": cells.counts[:, INVALID],
            "workers": cells.workers,
            "cumulative_sameness": squares,
            "entropy": entropy,
            "accepted": _accepted(ballots, agreed, accept[cells.field]),
            "changed_by_weighting": agreed.changed,
            "reasons": _text(agreed.words),
        }
    )
    return table.loc[:, list(Consensus.names())]


def _accepted(ballots: Ballots, agreed: Agreed, limit: Floats) -> Bools:
    """(C) whether the outcome passes: trusted enough, and of a worker who was ever compared with another."""
    votes, cells = ballots.votes, ballots.cells
    together = cells.people > 1
    seen = np.bincount(votes.worker[together[votes.cell]], minlength=len(ballots.workers)) > 0
    checked = np.bincount(votes.cell[seen[votes.worker]], minlength=len(cells.field)) > 0
    trust = np.nan_to_num(agreed.trust, nan=-1.0)
    suspicious = np.bincount(ballots.candidates.cell[~ballots.candidates.clean], minlength=len(cells.field)) > 0
    return (trust >= limit - _ROUNDING) & checked & (agreed.outcome != "unknown") & ~suspicious


def _patterns(ballots: Ballots, agreed: Agreed) -> np.ndarray:
    """'2:1' of each cell: workers for the outcome against others who said something."""
    said = ballots.cells.counts[:, VALID] + ballots.cells.counts[:, NONE]
    pairs = zip(agreed.votes.tolist(), said.tolist(), strict=True)
    return np.array(["0" if n == 0 else "lone" if n == 1 else f"{v}:{max(n - v, 0)}" for v, n in pairs], dtype=object)


def _text(values: np.ndarray) -> pd.Series:
    return pd.Series(values, dtype="str")
