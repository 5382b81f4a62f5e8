"""Phase: a YAML file of about 15 lines becomes the assets, checks, job and sensor of one phase."""

import dagster as dg

from mturk_pipeline.components.from_spec import documented
from mturk_pipeline.workflow.loading import load_workflow
from mturk_pipeline.workflow.phase_spec import PhaseSpec


@documented
class Phase(dg.Component, PhaseSpec, dg.Resolvable):
    """One round of questions to the crowd.

    Result files dropped into its folder become raw output, answers, consensus, workers, a workbook for review,
    reviewed rows, the next phase's input and rework; a sensor watches the folders. The phase's name is its
    folder's, the workflow's name the folder's above.
    """

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        from mturk_pipeline.orchestration.phase_definitions import phase_definitions

        return phase_definitions(load_workflow(context.path.parent), context.path.name)
