"""The resource through which assets reach a project's folders; it locks the project, and signs the run."""

import contextlib
from collections.abc import Generator
from pathlib import Path

import dagster as dg
from dagster._core.storage.tags import PARTITION_NAME_TAG
from pydantic import PrivateAttr

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.locks import hold_project, hold_run
from mturk_pipeline.folders.project_folders import find_projects
from mturk_pipeline.orchestration.kept_connections import kept_connections
from mturk_pipeline.orchestration.run_identity import identity_tags
from mturk_pipeline.projects.phase import ProjectPhase, project_phase
from mturk_pipeline.workflow.workflow import Workflow

# How long a run waits for another one of the same project, in seconds.
LOCK_PATIENCE = 1800.0


class Workspace(dg.ConfigurableResource):
    """Projects on disk. A run that has this resource holds its project, and a lock of its own until its end is stored.

    It carries its home and its process as tags, so that its death can be noticed and nobody else's is taken for it.
    """

    projects_dir: str | None = None
    _home: Home = PrivateAttr()

    @contextlib.contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator["Workspace", None, None]:
        self._home = Home.from_environment(Path(self.projects_dir) if self.projects_dir else None)
        run = context.run
        if run:
            hold_run(self._home.locks, run.run_id, LOCK_PATIENCE)
            identity = identity_tags(self._home, run.run_id)
            if context.instance and not identity.items() <= run.tags.items():
                context.instance.add_run_tags(run.run_id, identity)
        project_id = run.tags.get(PARTITION_NAME_TAG) if run else None
        with contextlib.ExitStack() as held:
            if project_id:
                held.enter_context(hold_project(self._home, project_id, LOCK_PATIENCE))
            if context.instance:
                held.enter_context(kept_connections(context.instance))
            yield self

    def phase(self, context: dg.AssetExecutionContext, workflow: Workflow, phase: str) -> ProjectPhase:
        """The phase that a run works on; UserError where its project is not usable."""
        projects = find_projects(self._home.projects, {workflow.name: workflow})
        project = projects.found.get(context.partition_key) or projects.named(context.partition_key)
        return project_phase(self._home, project, workflow, phase)
