"""All candidates of a phase's cells as a table, with the trust that the consensus gives each."""

import numpy as np
import pandas as pd

from mturk_pipeline.trust.consensus import fit
from mturk_pipeline.workflow.phase_spec import PhaseSpec


def candidates(answers: pd.DataFrame, phase: PhaseSpec, *, model: str | None = None) -> pd.DataFrame:
    """Each different valid value of each item and field: item_id, field, value, rank (1: most votes), votes, trust."""
    fitted = fit(answers, phase, model=model)
    votes, cell = fitted.ballots, fitted.ballots.candidates.cell
    return pd.DataFrame(
        {
            "item_id": votes.cells.item_id[cell],
            "field": np.array(list(phase.fields), dtype=object)[votes.cells.field[cell]],
            "value": votes.candidates.value,
            "rank": np.arange(len(cell)) - votes.cells.start[cell] + 1,
            "votes": votes.candidates.votes,
            "trust": fitted.scores.value_trust,
        }
    )
