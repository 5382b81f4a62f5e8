"""Installation as commands see it: directories, workflows, projects."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mturk_pipeline.errors import UserError
from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.project_folders import Project, Projects, find_projects
from mturk_pipeline.workflow.loading import SHIPPED_DIR, load_workflows
from mturk_pipeline.workflow.workflow import Workflow


@dataclass(frozen=True)
class Installation:
    """One installation as a command sees it."""

    home: Home
    workflows: dict[str, Workflow]
    broken_workflows: dict[str, str]  # by name what is wrong, in one line

    @classmethod
    def here(cls, projects_dir: Path | None) -> "Installation":
        home = Home.from_environment(projects_dir)
        return cls(home, *load_workflows([SHIPPED_DIR, home.workflows]))

    @cached_property
    def projects(self) -> Projects:
        return find_projects(self.home.projects, self.workflows, self.broken_workflows)

    def project(self, name: str) -> Project:
        """The project called `name`; UserError, naming its workflow's fault where that is why it cannot be used."""
        return self.projects.named(name)

    def workflow(self, name: str) -> Workflow:
        if name in self.workflows:
            return self.workflows[name]
        known = ", ".join(self.workflows)
        raise UserError(self.broken_workflows.get(name) or f"{name}: no such workflow; there are: {known}")

    def workflow_of(self, project: Project) -> Workflow:
        workflow = self.workflow(project.workflow)
        return workflow.with_overrides(project.overrides, f"{project.name}/project.yaml")

    def phase(self, workflow: Workflow, phase: str | None) -> str | None:
        if phase is not None and phase not in workflow.phases:
            raise UserError(
                f"no such phase of {workflow.name}", where=phase, remedy=f"there are: {', '.join(workflow.phases)}"
            )
        return phase
