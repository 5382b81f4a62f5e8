"""The asset `settlement`: what is suggested for each assignment's pay. Nothing is approved, rejected or paid here."""

from typing import TYPE_CHECKING, Any

import dagster as dg

from mturk_pipeline.orchestration.checks import check_schema, column_schema, warning
from mturk_pipeline.orchestration.stages import PhaseAssets
from mturk_pipeline.projects.phase import ProjectPhase

if TYPE_CHECKING:
    import pandas as pd

    from mturk_pipeline.pay.spending import Spending


def settlement_asset(names: PhaseAssets) -> dg.AssetsDefinition:
    """One row per assignment; `mturk-pipeline settle` and `pay` make files of it, once a person says so."""

    @names.asset(
        "settlement",
        checks=[
            names.schema_check("settlement"),
            names.check("no_unusable_auto_approved", "settlement", "No unusable assignment was auto-approved."),
        ],
    )
    def _settlement(phase: ProjectPhase, raw_output, answers):
        from mturk_pipeline.contracts.settlement import SettlementSuggestions
        from mturk_pipeline.pay.approval_suggestions import suggest_settlement
        from mturk_pipeline.pay.spending import spending

        suggestions = suggest_settlement(raw_output, answers, phase.spec)
        spent = spending(raw_output, suggestions)
        yield dg.MaterializeResult(
            asset_key=names.key("settlement"),
            value=suggestions,
            metadata={
                "dagster/row_count": len(suggestions),
                "dagster/column_schema": column_schema(SettlementSuggestions),
                **_metadata(raw_output, suggestions, spent),
            },
            check_results=[
                check_schema(suggestions, SettlementSuggestions, names.key("settlement")),
                _seen_check(names, spent),
            ],
        )

    return _settlement


def _metadata(raw_output: "pd.DataFrame", suggestions: "pd.DataFrame", spent: "Spending") -> dict[str, Any]:
    """Counts, and money in words: no assignment and no worker is named."""
    from mturk_pipeline.pay.approval_suggestions import settlement_summary
    from mturk_pipeline.pay.assignment_costs import dollars, hourly_wages

    wages = hourly_wages(raw_output)
    return {
        **{f"suggested_{word}": n for word, n in settlement_summary(suggestions).items()},
        "cost_so_far": dollars(spent.approved),
        "cost_still_submitted": dollars(spent.waiting),
        "without_reward": spent.without_reward,
        "approved_unseen": spent.unseen,
        "approved_unseen_cost": dollars(spent.unseen_cost),
        **({"hourly_wage_median": round(wages.median, 2)} if wages.median is not None else {}),
        **({"hourly_wage_lowest_decile": round(wages.lowest_decile, 2)} if wages.lowest_decile is not None else {}),
        "hourly_wage_assignments": wages.counted,
    }


def _seen_check(names: PhaseAssets, spent: "Spending") -> dg.AssetCheckResult:
    from mturk_pipeline.pay.assignment_costs import dollars

    found = spent.unseen_unusable
    text = (
        f"{found} assignments with nothing usable were auto-approved, "
        f"for {dollars(spent.unseen_unusable_cost)}: settle sooner, or ask for a longer auto-approval delay"
        if found
        else f"{spent.unseen} auto-approved, none of them unusable"
    )
    return warning("no_unusable_auto_approved", names.key("settlement"), found == 0, text)
