"""Assets of the loop: what goes on to the next phase, and what goes back to the crowd."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import dagster as dg

from mturk_pipeline.orchestration.checks import check_schema, row_problems
from mturk_pipeline.orchestration.offers import offer_input, offer_name, offer_rework
from mturk_pipeline.orchestration.own_files import kept_check, kept_spec
from mturk_pipeline.orchestration.stages import PhaseAssets
from mturk_pipeline.orchestration.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd


def next_input_asset(names: PhaseAssets, following: str) -> dg.AssetsDefinition:
    """What the next phase asks about: accepted and fixed rows, as a file ready to upload."""

    @dg.multi_asset(
        name=names.op("next_input"),
        outs=names.outs("next_input"),
        ins=names.ins("reviewed", "raw_output"),
        check_specs=[
            names.schema_check("next_input"),
            names.check("complete", "next_input", "Every row that goes on has the next phase's keys."),
            kept_spec(names, "next_input"),
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
                kept_check(names, "next_input", writer.kept),
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
            kept_spec(names, "rework"),
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
                kept_check(names, "rework", writer.kept),
            ],
        )

    return _rework


def _next_input_check(names: PhaseAssets, rows: "pd.DataFrame", keys: Sequence[str]) -> dg.AssetCheckResult:
    from mturk_pipeline.contracts.review import next_input_model

    return check_schema(rows, next_input_model(tuple(keys)), names.key("next_input"))
