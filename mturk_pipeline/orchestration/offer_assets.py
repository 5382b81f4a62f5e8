"""Assets of the loop: what goes on to the next phase, and what goes back to the crowd."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import dagster as dg

from mturk_pipeline.orchestration.checks import check_schema, column_schema, row_problems, warning
from mturk_pipeline.orchestration.own_file_check import kept_check, kept_spec
from mturk_pipeline.orchestration.stages import PhaseAssets
from mturk_pipeline.projects.offers import HitHistory, sent_to
from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.vocabulary.missing_states import SHORT

if TYPE_CHECKING:
    import pandas as pd


def offer_asset(names: PhaseAssets) -> dg.AssetsDefinition:
    """Input of the phase that nobody was asked about yet, as a file ready to upload. Nothing else writes that file."""
    before = names.workflow.before(names.phase)

    @names.asset(
        "offer",
        deps=[names.key("next_input", before)] if before else [],
        checks=[kept_spec(names, "offer"), _taken_spec(names, "offer")],
    )
    def _offer(phase: ProjectPhase):
        from mturk_pipeline.projects.stages.offer import make_offer

        offer = make_offer(phase)
        yield dg.MaterializeResult(
            asset_key=names.key("offer"),
            value=offer.rows,
            metadata={
                "dagster/row_count": len(offer.rows),
                "already_sent": offer.handed - len(offer.rows) if before else len(offer.sent.items),
                "files_taken": len(offer.sent.copies.files),
                "file": offer.file or "none: nothing is left to ask, or nothing was purged of the list",
            },
            check_results=[kept_check(names.key("offer"), offer.kept), _taken_check(names, "offer", offer.sent)],
        )

    return _offer


def next_input_asset(names: PhaseAssets, following: str) -> dg.AssetsDefinition:
    """What the next phase asks about: accepted and fixed rows."""

    @names.asset(
        "next_input",
        checks=[
            names.schema_check("next_input"),
            names.check("complete", "next_input", "Every row that goes on has the next phase's keys."),
        ],
    )
    def _next_input(phase: ProjectPhase, reviewed, raw_output):
        from mturk_pipeline.projects.stages.rework import make_next_input

        key, handed = names.key("next_input"), make_next_input(phase, following, reviewed, raw_output)
        yield dg.MaterializeResult(
            asset_key=key,
            value=handed.rows,
            metadata={
                "dagster/row_count": len(handed.rows),
                "unverified": int((handed.rows["verified"] != "yes").sum()) if len(handed.rows) else 0,
            },
            check_results=[
                _next_input_check(names, handed.rows, phase.workflow.phases[following].keys),
                row_problems("complete", key, handed.problems, list(handed.problems.columns), "rows left out"),
            ],
        )

    return _next_input


def missing_units_asset(names: PhaseAssets) -> dg.AssetsDefinition:
    """Items that are not answered yet, and why."""

    @names.asset(
        "missing_units",
        checks=[
            names.schema_check("missing_units"),
            names.check("all_answered", "missing_units", "Every item that was asked about has an answer that counts."),
        ],
    )
    def _missing_units(phase: ProjectPhase, reviewed, raw_output):
        from mturk_pipeline.contracts.offers import MissingUnits
        from mturk_pipeline.offers.missing import items_of_phase
        from mturk_pipeline.projects.stages.rework import coverage_of

        coverage = coverage_of(phase, reviewed, sent_to(phase))
        missing, key = coverage.missing, names.key("missing_units")
        asked = items_of_phase(coverage.items, coverage.listed)
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
        checks=[
            names.check("attempts_left", "rework", "Each item can be asked again: no attempt lacks, and no input."),
            names.check("excluded_named", "rework", "Whoever must not repeat an item is in the list of those."),
            kept_spec(names, "rework"),
            _taken_spec(names, "rework"),
        ],
    )
    def _rework(phase: ProjectPhase, reviewed, raw_output):
        from mturk_pipeline.offers.rework import UNDER_WAY
        from mturk_pipeline.projects.stages.rework import make_rework

        offered = make_rework(phase, reviewed, raw_output)
        handed = offered.handed
        waiting = handed.problems["rule"] == UNDER_WAY
        yield dg.MaterializeResult(
            asset_key=names.key("rework"),
            value=handed.rows,
            metadata={
                "dagster/row_count": len(handed.rows),
                "under_way": int(waiting.sum()),
                "files": dg.MetadataValue.json(offered.files),
            },
            check_results=[
                row_problems(
                    "attempts_left",
                    names.key("rework"),
                    handed.problems[~waiting],
                    list(handed.problems.columns),
                    "items cannot be asked again",
                ),
                _named_check(names, offered.unnamed),
                kept_check(names.key("rework"), offered.kept),
                _taken_check(names, "rework", offered.sent),
            ],
        )

    return _rework


def redundancy_advice_asset(names: PhaseAssets) -> dg.AssetsDefinition:
    """What one answer more or fewer for each item brings, from the answers and decisions there are."""

    @names.asset("redundancy_advice", checks=[names.schema_check("redundancy_advice")])
    def _redundancy_advice(phase: ProjectPhase, answers, raw_output, reviewed):
        from mturk_pipeline.contracts.offers import RedundancyAdvice
        from mturk_pipeline.offers.redundancy import redundancy_advice

        advice, key = redundancy_advice(answers, raw_output, reviewed, phase.spec), names.key("redundancy_advice")
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


def _answered_check(names: PhaseAssets, missing: "pd.DataFrame", asked: int) -> dg.AssetCheckResult:
    """How many of the items are not answered yet, and why."""
    unanswered = missing[missing["answers"] == 0]
    why = [f"{count} {str(state).replace('_', ' ')}" for state, count in unanswered["state"].value_counts().items()]
    short = int((missing["state"] == SHORT).sum())
    parts = [f"{len(unanswered)} of {asked} items not yet answered" + (f" ({', '.join(why)})" if why else "")]
    parts += [f"{short} with fewer answers than wanted"] if short else []
    return warning("all_answered", names.key("missing_units"), missing.empty, "; ".join(parts))


def _taken_spec(names: PhaseAssets, stage: str) -> dg.AssetCheckSpec:
    return names.check("offer_copies_unchanged", stage, "Copies of offers that people took ask about what was offered.")


def _taken_check(names: PhaseAssets, stage: str, sent: HitHistory) -> dg.AssetCheckResult:
    """Warns where a copy's keys were changed: such rows count as sent, both as offered and as changed."""
    changed = sent.copies.rows[sent.copies.rows["changed"]]
    rows = changed.groupby("source_file").size().floordiv(2).reset_index(name="rows")
    return row_problems(
        "offer_copies_unchanged",
        names.key(stage),
        rows,
        ["source_file", "rows"],
        "taken files have rows with other keys",
    )


def _named_check(names: PhaseAssets, unnamed: int) -> dg.AssetCheckResult:
    from mturk_pipeline.projects.lost_names import REMEDY

    text = f"{unnamed} workers are missing, as their ids are lost: {REMEDY}" if unnamed else "everybody is"
    return warning("excluded_named", names.key("rework"), not unnamed, text)


def _next_input_check(names: PhaseAssets, rows: "pd.DataFrame", keys: Sequence[str]) -> dg.AssetCheckResult:
    from mturk_pipeline.contracts.review import next_input_model

    return check_schema(rows, next_input_model(tuple(keys)), names.key("next_input"))
