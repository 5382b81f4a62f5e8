"""How workers fared in result files that belong to no project: the way a phase takes, without its folders."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml
from pydantic import ValidationError

from mturk_pipeline.intake.collecting import collect
from mturk_pipeline.intake.suggested_phase import suggest_phase
from mturk_pipeline.kinds import KINDS
from mturk_pipeline.sheets.limits import UnreadableFileError
from mturk_pipeline.vocabulary.standings import NEUTRAL
from mturk_pipeline.workflow.phase_spec import PhaseSpec

# A questionnaire asks many people the same few things, often for their own opinion: who differs is not wrong.
FEWEST_ITEMS = 5


@dataclass(frozen=True)
class Rated:
    """The workers of a batch (contract Workers) and its assignments (contract Assignments)."""

    workers: pd.DataFrame
    assignments: pd.DataFrame


def suggested_phase(files: Sequence[Path]) -> PhaseSpec:
    """The phase that fits result files; UnreadableFileError, in one line, where none does.

    Fields of prose are left out where there are others: two people never write the same, and both may be right.
    """
    attributes = yaml.safe_load(suggest_phase(files))["attributes"]
    telling = {name: field for name, field in attributes["fields"].items() if not KINDS[field["kind"]].prose}
    # Without its prose a phase may ask nothing, or nothing of a HIT's slots.
    for fields in (telling, attributes["fields"]):
        with suppress(ValidationError):
            return PhaseSpec.model_validate({**attributes, "fields": fields})
    raise UnreadableFileError("its columns make no phase; see mturk-pipeline inspect --suggest-phase")


def batch_of(files: Sequence[Path], phase: PhaseSpec) -> pd.DataFrame:
    """The assignments of result files, in their latest state."""
    return collect(files, phase).assignments


def rate(assignments: pd.DataFrame, phase: PhaseSpec) -> Rated:
    """How each worker of a batch fared, by the same model as in a project.

    Where fewer than `FEWEST_ITEMS` items were asked about, or all is prose, nothing is judged: contributions only.
    """
    from mturk_pipeline.answers.tidying import tidy
    from mturk_pipeline.trust.consensus import fit
    from mturk_pipeline.trust.gold import gold_truth
    from mturk_pipeline.trust.votes import ballots
    from mturk_pipeline.trust.worker_priors import known_before
    from mturk_pipeline.trust.workers import rate_workers

    answers = tidy(assignments, phase)
    votes = ballots(answers, phase)
    gold = gold_truth(votes, assignments, phase)
    nothing = pd.DataFrame({"worker": pd.Series([], dtype="str"), "right": [], "given": []})
    fitted = fit(answers, phase, known=known_before(votes, nothing, {}, gold), votes=votes)
    workers = rate_workers(answers, assignments, phase, fitted=fitted, gold=gold)
    prose = all(KINDS[field.kind].prose for field in phase.fields.values())
    if prose or answers["item_id"].nunique() < FEWEST_ITEMS:
        workers = workers.assign(judged=0.0, judged_right=0.0, standing=NEUTRAL, evidence="")
    return Rated(workers, assignments)
