"""Assets around a person's look: what people decided, cleaned output, and the queue (workbook) of what is left."""

from typing import TYPE_CHECKING

import dagster as dg

from mturk_pipeline.contracts.review import ReviewProblems
from mturk_pipeline.orchestration.checks import checked_result, row_problems
from mturk_pipeline.orchestration.intake_assets import unknown_own_files_check
from mturk_pipeline.orchestration.own_file_check import kept_check, kept_spec
from mturk_pipeline.orchestration.stages import PhaseAssets
from mturk_pipeline.orchestration.worker_history import MEMORY
from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.projects.review import Tables
from mturk_pipeline.vocabulary.queue_kinds import QUEUE_KINDS

if TYPE_CHECKING:
    import pandas as pd


def decisions_asset(names: PhaseAssets) -> dg.AssetsDefinition:
    """What people decided, read from every file in the reviewed folder."""

    @names.asset(
        "decisions",
        checks=[
            names.schema_check("decisions"),
            names.check("understood", "decisions", "Everything in the reviewed files could be understood."),
            names.check("unknown_own_files", "decisions", "Files that begin with _ were written by the pipeline."),
        ],
    )
    def _decisions(phase: ProjectPhase, items):
        from mturk_pipeline.contracts.review import Decisions
        from mturk_pipeline.projects.stages.decisions import make_decisions

        reviews, key = make_decisions(phase, items), names.key("decisions")
        columns = list(ReviewProblems.names())
        problems = row_problems("understood", key, reviews.problems, columns, "entries in reviewed files need a look")
        metadata = {
            "reviewed_files": len(reviews.files),
            **_agreement_metadata(reviews.agreement),
            **_counts(reviews.decisions["decision"]),
        }
        checks = [problems, unknown_own_files_check(names, "decisions", phase)]
        yield checked_result(key, reviews.decisions, Decisions, metadata, checks)

    return _decisions


def cleaned_output_asset(names: PhaseAssets) -> dg.AssetsDefinition:
    """One row per item: what the answers come to."""

    @names.asset("cleaned_output", checks=[names.schema_check("cleaned_output")])
    def _cleaned_output(phase: ProjectPhase, items, consensus):
        from mturk_pipeline.contracts.review import CleanedOutput
        from mturk_pipeline.review.cleaned_output import clean

        cleaned = clean(consensus, items, phase.spec)
        waits = int(cleaned["needs_review"].sum())
        metadata = {"needs_review": waits, "accepted_automatically": len(cleaned) - waits}
        yield checked_result(names.key("cleaned_output"), cleaned, CleanedOutput, metadata)

    return _cleaned_output


def reviewed_asset(names: PhaseAssets) -> dg.AssetsDefinition:
    """People's decisions, laid over the cleaned output."""

    @names.asset("reviewed", checks=[names.schema_check("reviewed")])
    def _reviewed(phase: ProjectPhase, cleaned_output, decisions):
        from mturk_pipeline.contracts.review import Reviewed
        from mturk_pipeline.projects.stages.reviewed import make_reviewed

        reviewed, found = make_reviewed(phase, cleaned_output, decisions)
        metadata = {"estimated_errors_left": found.sentence, **_counts(reviewed["status"])}
        yield checked_result(names.key("reviewed"), reviewed, Reviewed, metadata)

    return _reviewed


def review_queue_asset(names: PhaseAssets) -> dg.AssetsDefinition:
    """What a person is to look at, and the workbook in the project's folder."""

    @names.asset(
        "review_queue",
        deps=[MEMORY],
        checks=[names.schema_check("review_queue"), kept_spec(names, "review_queue")],
    )
    def _review_queue(
        phase: ProjectPhase, cleaned_output, reviewed, decisions, answers, workers, settlement, raw_output
    ):
        from mturk_pipeline.contracts.review import ReviewQueue
        from mturk_pipeline.projects.stages.review_queue import make_review_queue

        tables = Tables(cleaned_output, reviewed, decisions, answers, workers, settlement, raw_output)
        book, files, kept = make_review_queue(phase, tables)
        kinds = book.queue["kind"].value_counts()
        metadata = {
            **{str(kind): int(kinds.get(kind, 0)) for kind in QUEUE_KINDS},
            "estimated_errors_left": book.audit.sentence,
            "files": dg.MetadataValue.json(files),
        }
        checks = [kept_check(names.key("review_queue"), kept)]
        yield checked_result(names.key("review_queue"), book.queue, ReviewQueue, metadata, checks)

    return _review_queue


def _counts(column: "pd.Series") -> dict[str, int]:
    return {str(word): int(number) for word, number in column.value_counts().items()}


def _agreement_metadata(agreement: "pd.DataFrame") -> dict[str, str]:
    """How often people who decided the same items agree; nothing where nobody did."""
    both, same = int(agreement["both"].sum()), int(agreement["same"].sum())
    return (
        {"agreement_of_reviewers": f"{same} of {both} decisions on the same items ({same / both:.0%})"} if both else {}
    )
