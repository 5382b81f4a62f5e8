"""Loading workflows that lie outside the package, so that a broken one is left out, shown, and stops nothing."""

from dataclasses import dataclass

import dagster as dg

from mturk_pipeline.folders.home import Home
from mturk_pipeline.orchestration.end_definitions import end_definitions
from mturk_pipeline.orchestration.phase_definitions import phase_definitions
from mturk_pipeline.workflow.loading import SHIPPED_DIR, load_workflows
from mturk_pipeline.workflow.workflow import Workflow


@dataclass(frozen=True)
class OwnWorkflows:
    """The user's own workflows as definitions, and a line for each that was left out."""

    definitions: dg.Definitions
    problems: list[str]


def load_own_workflows() -> OwnWorkflows:
    """What can be used of the workflows under $MTURK_WORKFLOWS_DIR."""
    shipped, _ = load_workflows([SHIPPED_DIR])
    found, broken = load_workflows([SHIPPED_DIR, Home.from_environment().workflows])
    problems = list(broken.values())
    parts: list[dg.Definitions] = []
    for name, workflow in found.items():
        if name in shipped:
            continue
        try:
            parts.append(workflow_definitions(workflow))
        except (dg.DagsterError, ValueError) as error:
            problems.append(f"{workflow.source}: {str(error).splitlines()[0]}")
    return OwnWorkflows(dg.Definitions.merge(*parts) if parts else dg.Definitions(), problems)


def all_workflows() -> tuple[dict[str, Workflow], dict[str, str]]:
    """Shipped and own workflows by name, and a line by name for each that is broken."""
    return load_workflows([SHIPPED_DIR, Home.from_environment().workflows])


def workflow_definitions(workflow: Workflow) -> dg.Definitions:
    """All phases of a workflow, and its leads or results."""
    phases = [phase_definitions(workflow, phase) for phase in workflow.phases]
    return dg.Definitions.merge(*phases, end_definitions(workflow))
