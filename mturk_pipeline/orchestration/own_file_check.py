"""The check that nobody changed a file of the pipeline's own."""

import dagster as dg

from mturk_pipeline.orchestration.checks import warning
from mturk_pipeline.orchestration.stages import PhaseAssets

KEPT = "own_files_untouched"
MEANING = "No file of the pipeline was changed by a person."
_REMEDY = "to have edits read, save them in the reviewed folder"


def kept_spec(names: PhaseAssets, stage: str) -> dg.AssetCheckSpec:
    return names.check(KEPT, stage, MEANING)


def kept_check(asset: dg.AssetKey, kept: list[str] | tuple[str, ...], remedy: str = _REMEDY) -> dg.AssetCheckResult:
    """Warns where a person changed a file of the pipeline's own; the changed one was kept beside it."""
    text = f"changed by a person and kept as {', '.join(kept)}" + (f"; {remedy}" if remedy else "")
    return warning(KEPT, asset, not kept, text if kept else "untouched")
