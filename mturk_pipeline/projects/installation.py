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
    workflow_problems: list[str]

    @classmethod
    def here(cls, projects_dir: Path | None) -> "Installation":
        home = Home.from_environment(projects_dir)
        workflows, problems = load_workflows([SHIPPED_DIR, home.workflows])
        return cls(home, workflows, problems)

    @cached_property
    def projects(self) -> Projects:
        return find_projects(self.home.projects, self.workflows)

    def project(self, name: str) -> Project:
        """The project called `name`; UserError, naming its workflow's fault where that is why it cannot be used."""
        project = self.projects.named(name)
        if project.workflow not in self.workflows:
            raise UserError(f"its workflow {project.workflow} cannot be used", where=name)
        return project

    def workflow(self, name: str) -> Workflow:
        if name in self.workflows:
            return self.workflows[name]
        broken = next((line for line in self.workflow_problems if f"/{name}/" in line or f"/{name}:" in line), None)
        known = ", ".join(self.workflows)
        raise UserError(broken or f"{name}: no such workflow; there are: {known}")

    def workflow_of(self, project: Project) -> Workflow:
        workflow = self.workflow(project.workflow)
        return workflow.with_overrides(project.overrides, f"{project.name}/project.yaml")

    def phase(self, workflow: Workflow, phase: str | None) -> str | None:
        if phase is not None and phase not in workflow.phases:
            raise UserError(
                f"no such phase of {workflow.name}", where=phase, remedy=f"there are: {', '.join(workflow.phases)}"
            )
        return phase
