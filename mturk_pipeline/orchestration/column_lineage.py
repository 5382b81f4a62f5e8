"""From which column of which table each column of a stage comes, as the UI shows it."""

from collections.abc import Mapping

import dagster as dg

from mturk_pipeline.workflow.phase_spec import PhaseSpec

# Of each column the stages and columns that it is made of.
Origins = Mapping[str, list[tuple[str, str]]]


def column_origins(stage: str, phase: PhaseSpec) -> Origins:
    """For the stages on the way of a cell from result file to next input; none for others."""
    keys, fields = list(phase.keys), list(phase.fields)
    # Two fields may read one column.
    answered = list(dict.fromkeys(f"Answer.{column}" for field in fields for column in phase.columns_of(field)))
    if stage == "answers":
        raw = [("raw_output", column) for column in answered]
        return {"raw": raw, "value": raw, "state": raw, "worker": [("raw_output", "worker")]}
    if stage == "items":
        return {
            **{key: [("raw_output", f"Input.{column}")] for key, column in phase.key_columns.items()},
            "hit_ids": [("raw_output", "hit_id")],
            "given": [("answers", "value")],
        }
    if stage == "consensus":
        said = [("answers", "value"), ("answers", "state"), ("decisions", "decision"), ("decisions", "after")]
        return {"value": said, "trust": said, "outcome": said, "accepted": said}
    if stage == "cleaned_output":
        return {
            **{key: [("items", key)] for key in keys},
            **{field: [("consensus", "value")] for field in fields},
            **{f"{field}_trust": [("consensus", "trust")] for field in fields},
            "needs_review": [("consensus", "accepted")],
        }
    if stage == "reviewed":
        return {
            **{key: [("cleaned_output", key)] for key in keys},
            **{field: [("cleaned_output", field), ("decisions", "after")] for field in fields},
            "status": [("cleaned_output", "needs_review"), ("decisions", "decision")],
        }
    if stage == "next_input":
        own = {name: [("reviewed", name)] for name in (*keys, *fields)}
        return {**own, "verified": [("reviewed", "verified")]}
    return {}


def with_column_lineage(result: dg.MaterializeResult, phase: PhaseSpec) -> dg.MaterializeResult:
    """`result` with the origins of its columns, where they are known."""
    key = result.asset_key
    origins = column_origins(key.path[-1], phase) if isinstance(key, dg.AssetKey) else {}
    if not origins or not isinstance(key, dg.AssetKey):
        return result
    lineage = dg.TableColumnLineage(
        {
            column: [dg.TableColumnDep(dg.AssetKey([*key.path[:-1], stage]), name) for stage, name in made_of]
            for column, made_of in origins.items()
        }
    )
    return result._replace(metadata={**(result.metadata or {}), "dagster/column_lineage": lineage})
