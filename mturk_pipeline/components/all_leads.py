"""AllLeads: the end of a workflow, once per project."""

import dagster as dg

from mturk_pipeline.components.from_spec import documented
from mturk_pipeline.workflow.leads_spec import LeadsSpec
from mturk_pipeline.workflow.loading import load_workflow


@documented
class AllLeads(dg.Component, LeadsSpec, dg.Resolvable):
    """What becomes of the last phase's results: leads in groups, without duplicates, as files for a CRM."""

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:
        from mturk_pipeline.orchestration.end_definitions import end_definitions

        return end_definitions(load_workflow(context.path.parent))
