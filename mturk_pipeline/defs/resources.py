"""Resources and executor of all definitions."""

import dagster as dg

from mturk_pipeline.orchestration.resources import resource_definitions


@dg.definitions
def resources() -> dg.Definitions:
    return resource_definitions()
