"""Workflows of the user's own ($MTURK_WORKFLOWS_DIR), each loaded by itself: a broken one stops nothing else."""

import dagster as dg

from mturk_pipeline.orchestration.own_workflows import load_own_workflows


@dg.definitions
def own_workflows() -> dg.Definitions:
    return load_own_workflows().definitions
