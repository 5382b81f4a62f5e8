"""Resources of every asset, and the executor: steps of one run share one process, for starting one costs seconds."""

import dagster as dg

from mturk_pipeline.orchestration.io_manager import TablesIOManager
from mturk_pipeline.orchestration.workspace import Workspace


def resource_definitions() -> dg.Definitions:
    return dg.Definitions(
        resources={"io_manager": TablesIOManager(), "workspace": Workspace()},
        executor=dg.in_process_executor,
    )
