"""Assets around a person's look: cleaned output (workbook), reviewed with decisions, next input, rework."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import dagster as dg

from mturk_pipeline.orchestration.checks import check_schema, column_schema, row_problems
from mturk_pipeline.orchestration.intake_assets import unknown_own_files_check
from mturk_pipeline.orchestration.offers import offer_input, offer_name, offer_rework
from mturk_pipeline.orchestration.stages import PhaseAssets
from mturk_pipeline.orchestration.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd


def cleaned_output_asset(names: PhaseAssets) -> dg.AssetsDefinition:
    """One row per item, and the workbook in the project's folder."""

    @dg.multi_asset(
        name=names.op("cleaned_output"),
        outs=names.outs("cleaned_output"),
        ins=names.ins("raw_output", "answers", "consensus", "workers"),
        check_specs=[names.schema_check("cleaned_output"), _kept_spec(names, "cleaned_output")],
    )
    def _cleaned_output(
        context: dg.AssetExecutionContext, workspace: Workspace, raw_output, answers, consensus, workers
    ):
        from mturk_pipeline.contracts.review import CleanedOutput
        from mturk_pipeline.review.cleaning import clean
        from mturk_pipeline.review.exports import ReviewBook, write_review

        place = workspace.phase(context, names.workflow, names.phase)
        cleaned = clean(consensus, answers, raw_output, place.spec)
        writer = place.writer()
        book = ReviewBook(
            phase_name=names.phase,
            phase=place.spec,
            cleaned=cleaned,
            answers=answers,
            workers=workers,
            reviewed=place.table("reviewed"),
            problems=place.table("review_problems"),
            give_back_to=place.folders.reviewed,
            facts=_trust_facts(place.table("trust_notes")),
        )
        shown, written = write_review(writer, place.folders.processed, book, place.table("shown"))
        place.keep("shown", shown)
        yield dg.MaterializeResult(
            asset_key=names.key("cleaned_output"),
            value=cleaned,
            metadata={
                "dagster/row_count": len(cleaned),
                "dagster/column_schema": column_schema(CleanedOutput),
                "needs_review": int(cleaned["needs_review"].sum()),
                "accepted_automatically": int((~cleaned["needs_review"]).sum()),
                "files": dg.MetadataValue.json(written),
            },
            check_results=[
                check_schema(cleaned, CleanedOutput, names.key("cleaned_output")),
                _kept_check(names, "cleaned_output", writer.kept),
            ],
        )

    return _cleaned_output


def reviewed_assets(names: PhaseAssets) -> dg.AssetsDefinition:
    """People's decisions, read from every file in the reviewed folder, laid over the cleaned output."""

    @dg.multi_asset(
        name=names.op("reviewed"),
        outs=names.outs("reviewed", "decisions"),
        ins=names.ins("cleaned_output"),
        check_specs=[
            names.schema_check("reviewed"),
            names.schema_check("decisions"),
            names.check("understood", "reviewed", "Everything in the reviewed files could be understood."),
            names.check("unknown_own_files", "reviewed", "Files that begin with _ were written by the pipeline."),
        ],
    )
    def _reviewed(context: dg.AssetExecutionContext, workspace: Workspace, cleaned_output):
        from mturk_pipeline.contracts.review import Decisions, Reviewed
        from mturk_pipeline.review.deciding import apply_decisions
        from mturk_pipeline.review.reading import read_reviewed

        place = workspace.phase(context, names.workflow, names.phase)
        files = [f.path for f in place.files(place.folders.reviewed)]
        reviews = read_reviewed(files, cleaned_output, place.table("shown"), place.spec)
        reviewed = apply_decisions(cleaned_output, reviews, place.spec)
        place.keep("review_problems", reviews.problems)
        statuses = {str(k): int(v) for k, v in reviewed["status"].value_counts().items()}
        yield dg.MaterializeResult(
            asset_key=names.key("reviewed"),
            value=reviewed,
            metadata={
                "dagster/row_count": len(reviewed),
                "dagster/column_schema": column_schema(Reviewed),
                "reviewed_files": len(files),
                **statuses,
            },
            check_results=[
                check_schema(reviewed, Reviewed, names.key("reviewed")),
                row_problems(
                    "understood",
                    names.key("reviewed"),
                    reviews.problems,
                    ["source_file", "source_sheet", "source_row", "column", "rule", "reason"],
                    "things in reviewed files need a look",
                ),
                unknown_own_files_check(names, "reviewed", place),
            ],
        )
        decided = {str(k): int(v) for k, v in reviews.decisions["decision"].value_counts().items()}
        yield dg.MaterializeResult(
            asset_key=names.key("decisions"),
            value=reviews.decisions,
            metadata={
                "dagster/row_count": len(reviews.decisions),
                "dagster/column_schema": column_schema(Decisions),
                **decided,
            },
            check_results=[check_schema(reviews.decisions, Decisions, names.key("decisions"))],
        )

    return _reviewed


def next_input_asset(names: PhaseAssets, following: str) -> dg.AssetsDefinition:
    """What the next phase asks about: accepted and fixed rows, as a file ready to upload."""

    @dg.multi_asset(
        name=names.op("next_input"),
        outs=names.outs("next_input"),
        ins=names.ins("reviewed", "raw_output"),
        check_specs=[
            names.schema_check("next_input"),
            names.check("complete", "next_input", "Every row that goes on has the next phase's keys."),
            _kept_spec(names, "next_input"),
        ],
    )
    def _next_input(context: dg.AssetExecutionContext, workspace: Workspace, reviewed, raw_output):
        from mturk_pipeline.intake.ancestors import item_inputs
        from mturk_pipeline.review.handing_on import next_input

        place = workspace.phase(context, names.workflow, names.phase)
        next_spec = place.workflow.phases[following]
        handed = next_input(reviewed, item_inputs(raw_output), place.spec, next_spec)
        receiving = place.in_phase(following)
        writer = place.writer()
        offered = offer_input(writer, receiving, handed.rows, receiving.sent_item_ids())
        yield dg.MaterializeResult(
            asset_key=names.key("next_input"),
            value=handed.rows,
            metadata={
                "dagster/row_count": len(handed.rows),
                "offered": offered,
                "already_sent": len(handed.rows) - offered,
                "unverified": int((handed.rows["verified"] != "yes").sum()) if len(handed.rows) else 0,
                "file": offer_name(receiving),
            },
            check_results=[
                _next_input_check(names, handed.rows, next_spec.keys),
                row_problems(
                    "complete", names.key("next_input"), handed.problems, list(handed.problems.columns), "rows left out"
                ),
                _kept_check(names, "next_input", writer.kept),
            ],
        )

    return _next_input


def rework_asset(names: PhaseAssets) -> dg.AssetsDefinition:
    """Items to be asked again, as a file ready to upload, one for each attempt."""

    @dg.multi_asset(
        name=names.op("rework"),
        outs=names.outs("rework"),
        ins=names.ins("reviewed", "raw_output"),
        check_specs=[
            names.check("attempts_left", "rework", "No item has used up its attempts."),
            _kept_spec(names, "rework"),
        ],
    )
    def _rework(context: dg.AssetExecutionContext, workspace: Workspace, reviewed, raw_output):
        from mturk_pipeline.review.handing_on import rework

        place = workspace.phase(context, names.workflow, names.phase)
        handed = rework(reviewed, raw_output, place.spec)
        writer = place.writer()
        files = offer_rework(writer, place, handed.rows)
        yield dg.MaterializeResult(
            asset_key=names.key("rework"),
            value=handed.rows,
            metadata={"dagster/row_count": len(handed.rows), "files": dg.MetadataValue.json(files)},
            check_results=[
                row_problems(
                    "attempts_left",
                    names.key("rework"),
                    handed.problems,
                    list(handed.problems.columns),
                    "items have used up their attempts",
                ),
                _kept_check(names, "rework", writer.kept),
            ],
        )

    return _rework


def _next_input_check(names: PhaseAssets, rows: "pd.DataFrame", keys: Sequence[str]) -> dg.AssetCheckResult:
    from mturk_pipeline.contracts.review import next_input_model

    return check_schema(rows, next_input_model(tuple(keys)), names.key("next_input"))


def _trust_facts(notes: "pd.DataFrame | None") -> dict[str, str]:
    """For the workbook: how trust was found, and by how many decisions it is calibrated."""
    return {} if notes is None or notes.empty else {"trust": "; ".join(notes["note"])}


def _kept_spec(names: PhaseAssets, stage: str) -> dg.AssetCheckSpec:
    return names.check("own_files_untouched", stage, "No file of the pipeline was changed by a person.")


def _kept_check(names: PhaseAssets, stage: str, kept: list[str]) -> dg.AssetCheckResult:
    """Warns where a person changed a file of the pipeline's own; the changed one was kept beside it."""
    text = f"changed by a person and kept as {', '.join(kept)}; to have edits read, save them in the reviewed folder"
    return dg.AssetCheckResult(
        passed=not kept,
        check_name="own_files_untouched",
        asset_key=names.key(stage),
        severity=dg.AssetCheckSeverity.WARN,
        description=text if kept else "untouched",
    )
