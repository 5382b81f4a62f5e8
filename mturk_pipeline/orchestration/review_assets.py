"""Assets around a person's look: cleaned output (workbook), reviewed with decisions."""

from typing import TYPE_CHECKING

import dagster as dg

from mturk_pipeline.orchestration.checks import check_schema, column_schema, row_problems
from mturk_pipeline.orchestration.intake_assets import unknown_own_files_check
from mturk_pipeline.orchestration.own_files import kept_check, kept_spec
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
        check_specs=[names.schema_check("cleaned_output"), kept_spec(names, "cleaned_output")],
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
                kept_check(names, "cleaned_output", writer.kept),
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


def _trust_facts(notes: "pd.DataFrame | None") -> dict[str, str]:
    """For the workbook: how trust was found, and by how many decisions it is calibrated."""
    return {} if notes is None or notes.empty else {"trust": "; ".join(notes["note"])}
