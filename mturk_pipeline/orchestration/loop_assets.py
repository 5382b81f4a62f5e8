"""Assets of the loop: what goes on to the next phase, and what goes back to the crowd."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import dagster as dg

from mturk_pipeline.orchestration.checks import check_schema, column_schema, row_problems
from mturk_pipeline.orchestration.own_files import kept_check, kept_spec
from mturk_pipeline.orchestration.stages import PhaseAssets
from mturk_pipeline.orchestration.workspace import Workspace
from mturk_pipeline.projects.offers import Sent, offer_input, offer_name, offer_rework, sent_to
from mturk_pipeline.projects.phase import ProjectPhase

if TYPE_CHECKING:
    import pandas as pd


def next_input_asset(names: PhaseAssets, following: str) -> dg.AssetsDefinition:
    """What the next phase asks about: accepted and fixed rows, as a file ready to upload."""

    @names.asset(
        "next_input",
        ins=names.ins("reviewed", "raw_output"),
        checks=[
            names.schema_check("next_input"),
            names.check("complete", "next_input", "Every row that goes on has the next phase's keys."),
            kept_spec(names, "next_input"),
            _taken_spec(names, "next_input"),
        ],
    )
    def _next_input(context: dg.AssetExecutionContext, workspace: Workspace, reviewed, raw_output):
        from mturk_pipeline.intake.ancestors import item_inputs
        from mturk_pipeline.review.handing_on import next_input

        place = workspace.phase(context, names.workflow, names.phase)
        next_spec = place.workflow.phases[following]
        handed = next_input(reviewed, item_inputs(raw_output), place.spec, next_spec)
        receiving = place.in_phase(following)
        writer, sent = place.writer(), sent_to(receiving)
        offered = offer_input(writer, receiving, handed.rows, sent.items)
        yield dg.MaterializeResult(
            asset_key=names.key("next_input"),
            value=handed.rows,
            metadata={
                "dagster/row_count": len(handed.rows),
                "offered": offered,
                "already_sent": len(handed.rows) - offered,
                "files_taken": len(sent.copies.files),
                "unverified": int((handed.rows["verified"] != "yes").sum()) if len(handed.rows) else 0,
                "file": offer_name(receiving),
            },
            check_results=[
                _next_input_check(names, handed.rows, next_spec.keys),
                row_problems(
                    "complete", names.key("next_input"), handed.problems, list(handed.problems.columns), "rows left out"
                ),
                kept_check(names, "next_input", writer.kept),
                _taken_check(names, "next_input", sent),
            ],
        )

    return _next_input


def missing_units_asset(names: PhaseAssets) -> dg.AssetsDefinition:
    """Items that are not answered yet, and why."""

    @names.asset(
        "missing_units",
        ins=names.ins("reviewed", "raw_output"),
        deps=[names.key("set_aside")],
        checks=[
            names.schema_check("missing_units"),
            names.check("all_answered", "missing_units", "Every item that was asked about has an answer that counts."),
        ],
    )
    def _missing_units(context: dg.AssetExecutionContext, workspace: Workspace, reviewed, raw_output):
        from mturk_pipeline.contracts.loop import MissingUnits
        from mturk_pipeline.loop.missing import items_of_phase

        place = workspace.phase(context, names.workflow, names.phase)
        lacking = _lacking(place, reviewed, sent_to(place, raw_output))
        missing, key = lacking.missing, names.key("missing_units")
        asked = items_of_phase(lacking.items, lacking.listed)
        states = {str(k): int(v) for k, v in missing["state"].value_counts().items()}
        yield dg.MaterializeResult(
            asset_key=key,
            value=missing,
            metadata={
                "dagster/row_count": len(missing),
                "dagster/column_schema": column_schema(MissingUnits),
                "items": asked,
                "top_up": int(missing["top_up"].sum()),
                **states,
            },
            check_results=[check_schema(missing, MissingUnits, key), _answered_check(names, missing, asked)],
        )

    return _missing_units


def rework_asset(names: PhaseAssets) -> dg.AssetsDefinition:
    """Items to be asked again, as a file ready to upload, one for each attempt."""

    @names.asset(
        "rework",
        ins=names.ins("reviewed", "raw_output"),
        deps=[names.key("set_aside")],
        checks=[
            names.check("attempts_left", "rework", "Each item can be asked again: no attempt lacks, and no input."),
            kept_spec(names, "rework"),
            _taken_spec(names, "rework"),
        ],
    )
    def _rework(context: dg.AssetExecutionContext, workspace: Workspace, reviewed, raw_output):
        from mturk_pipeline.loop.asked import inputs_of_items
        from mturk_pipeline.loop.rework import UNDER_WAY, answered_by, rework

        place = workspace.phase(context, names.workflow, names.phase)
        sent = sent_to(place, raw_output)
        lacking = _lacking(place, reviewed, sent)
        inputs = inputs_of_items(raw_output, sent.unused, lacking.listed, place.spec)
        handed = rework(reviewed, lacking.items, inputs, place.spec, lacking.missing)
        writer = place.writer()
        files = offer_rework(writer, place, handed.rows, answered_by(raw_output, sent.unused))
        waiting = handed.problems["rule"] == UNDER_WAY
        yield dg.MaterializeResult(
            asset_key=names.key("rework"),
            value=handed.rows,
            metadata={
                "dagster/row_count": len(handed.rows),
                "under_way": int(waiting.sum()),
                "files": dg.MetadataValue.json(files),
            },
            check_results=[
                row_problems(
                    "attempts_left",
                    names.key("rework"),
                    handed.problems[~waiting],
                    list(handed.problems.columns),
                    "items cannot be asked again",
                ),
                kept_check(names, "rework", writer.kept),
                _taken_check(names, "rework", sent),
            ],
        )

    return _rework


def redundancy_advice_asset(names: PhaseAssets) -> dg.AssetsDefinition:
    """What one answer more or fewer for each item brings, from the answers and decisions there are."""

    @names.asset(
        "redundancy_advice",
        ins=names.ins("answers", "raw_output", "reviewed"),
        checks=[names.schema_check("redundancy_advice")],
    )
    def _redundancy_advice(context: dg.AssetExecutionContext, workspace: Workspace, answers, raw_output, reviewed):
        from mturk_pipeline.contracts.loop import RedundancyAdvice
        from mturk_pipeline.loop.redundancy import redundancy_advice

        place = workspace.phase(context, names.workflow, names.phase)
        advice, key = redundancy_advice(answers, raw_output, reviewed, place.spec), names.key("redundancy_advice")
        yield dg.MaterializeResult(
            asset_key=key,
            value=advice,
            metadata={
                "dagster/row_count": len(advice),
                "dagster/column_schema": column_schema(RedundancyAdvice),
                "advice": dg.MetadataValue.md("\n".join(f"- {line}" for line in advice["words"])),
            },
            check_results=[check_schema(advice, RedundancyAdvice, key)],
        )

    return _redundancy_advice


class Lacking(NamedTuple):
    """What was asked, what a first phase's list asks for (None for other phases), and what is missing of it."""

    items: "pd.DataFrame"
    listed: "pd.DataFrame | None"
    missing: "pd.DataFrame"


def _lacking(place: ProjectPhase, reviewed: "pd.DataFrame", sent: Sent) -> Lacking:
    from mturk_pipeline.loop.asked import asked_items
    from mturk_pipeline.loop.missing import missing_units

    listed, purged = place.table("input"), place.table("purged")
    if listed is not None:
        listed = listed.drop(columns=["source_file", "source_row"], errors="ignore")
        if purged is not None:
            listed = listed[~listed["item_id"].isin(purged["item_id"])]
    items = asked_items(sent.hits, sent.taken, place.spec)
    return Lacking(items, listed, missing_units(items, reviewed, listed, place.spec))


def _answered_check(names: PhaseAssets, missing: "pd.DataFrame", asked: int) -> dg.AssetCheckResult:
    """How many of the items are not answered yet, and why."""
    unanswered = missing[missing["answers"] == 0]
    why = [f"{count} {str(state).replace('_', ' ')}" for state, count in unanswered["state"].value_counts().items()]
    short = int((missing["state"] == "short").sum())
    parts = [f"{len(unanswered)} of {asked} items not yet answered" + (f" ({', '.join(why)})" if why else "")]
    parts += [f"{short} with fewer answers than wanted"] if short else []
    return dg.AssetCheckResult(
        passed=missing.empty,
        check_name="all_answered",
        asset_key=names.key("missing_units"),
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join(parts),
    )


def _taken_spec(names: PhaseAssets, stage: str) -> dg.AssetCheckSpec:
    return names.check("taken_as_offered", stage, "Copies of offers that people took ask about what was offered.")


def _taken_check(names: PhaseAssets, stage: str, sent: Sent) -> dg.AssetCheckResult:
    """Warns where a copy's keys were changed: such rows count as sent, both as offered and as changed."""
    changed = sent.copies.rows[sent.copies.rows["changed"]]
    rows = changed.groupby("source_file").size().floordiv(2).reset_index(name="rows")
    return row_problems(
        "taken_as_offered", names.key(stage), rows, ["source_file", "rows"], "taken files have rows with other keys"
    )


def _next_input_check(names: PhaseAssets, rows: "pd.DataFrame", keys: Sequence[str]) -> dg.AssetCheckResult:
    from mturk_pipeline.contracts.review import next_input_model

    return check_schema(rows, next_input_model(tuple(keys)), names.key("next_input"))
