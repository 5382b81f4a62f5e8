"""The check that nobody changed a file of the pipeline's own."""

import dagster as dg

from mturk_pipeline.orchestration.stages import PhaseAssets


def kept_spec(names: PhaseAssets, stage: str) -> dg.AssetCheckSpec:
    return names.check("own_files_untouched", stage, "No file of the pipeline was changed by a person.")


def kept_check(names: PhaseAssets, stage: str, kept: list[str]) -> dg.AssetCheckResult:
    """Warns where a person changed a file of the pipeline's own; the changed one was kept beside it."""
    text = f"changed by a person and kept as {', '.join(kept)}; to have edits read, save them in the reviewed folder"
    return dg.AssetCheckResult(
        passed=not kept,
        check_name="own_files_untouched",
        asset_key=names.key(stage),
        severity=dg.AssetCheckSeverity.WARN,
        description=text if kept else "untouched",
    )
