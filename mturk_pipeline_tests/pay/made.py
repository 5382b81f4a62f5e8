"""Made-up batches, as they are downloaded, and what comes of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mturk_pipeline.answers.tidying import tidy
from mturk_pipeline.contracts.settlement import SettlementSuggestions
from mturk_pipeline.intake import collect
from mturk_pipeline.pay.approval_suggestions import suggest_settlement
from mturk_pipeline.pay.pay_decisions import decide_pay
from mturk_pipeline.pay.settlement_file import SettlementFile, settlement_files
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.intake.intake_files import row

PHASE = PhaseSpec.model_validate(
    {
        "keys": ["university", "club"],
        "fields": {"email": {"kind": "email", "columns": ["email_1", "email_2"]}, "website": {"kind": "url"}},
    }
)
STRICT = PhaseSpec.model_validate(
    {
        "keys": ["university", "club"],
        "fields": {
            "email": {"kind": "email", "columns": ["email_1", "email_2"], "required": True},
            "website": {"kind": "url"},
        },
    }
)
NO_WORDS = pd.DataFrame({"assignment_id": [], "settle": [], "feedback": []}, dtype="str")


@dataclass(frozen=True)
class Batch:
    """A phase's result files, collected, and what is suggested for each assignment."""

    files: list[Path]
    assignments: pd.DataFrame
    answers: pd.DataFrame
    suggestions: pd.DataFrame

    def uploads(self, words: pd.DataFrame = NO_WORDS, include_suggested: bool = False) -> list[SettlementFile]:
        decided = decide_pay(self.suggestions, words, include_suggested)
        return settlement_files(self.files, self.assignments, decided)

    def of(self, number: int) -> pd.Series:
        """The suggestion for the assignment of `row(number)`."""
        return self.suggestions.set_index("assignment_id").loc[row(number)["AssignmentId"]]


def collected(files: Sequence[Path], phase: PhaseSpec = PHASE) -> Batch:
    found = collect(files, phase).assignments
    answers = tidy(found, phase)
    suggestions = suggest_settlement(found, answers, phase)
    pd.testing.assert_frame_equal(SettlementSuggestions.validate(suggestions), suggestions)
    return Batch(list(files), found, answers, suggestions)


def words(*said: tuple[int, str, str]) -> pd.DataFrame:
    """What people said: (number of the row, settle, feedback)."""
    rows = [(row(number)["AssignmentId"], settle, feedback) for number, settle, feedback in said]
    return pd.DataFrame(rows, columns=["assignment_id", "settle", "feedback"], dtype="str")


def blank(number: int, **changes: str) -> dict[str, str]:
    """A row that answers nothing."""
    return row(number, **{"Answer__email_1": "{}", "Answer__email_2": "", "Answer__website": "", **changes})
