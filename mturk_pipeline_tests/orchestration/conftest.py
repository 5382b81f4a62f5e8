"""A project of its own for each test, with the shipped example's files, and an instance that nobody shares."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from mturk_pipeline.definitions import defs
from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.project_folders import Project, find_projects, make_project
from mturk_pipeline.orchestration.running import PhaseResult, run_project
from mturk_pipeline.workflow.loading import SHIPPED_DIR, load_workflows

EXAMPLE = Path(__file__).parents[2] / "data" / "example"
WORKFLOWS, _ = load_workflows([SHIPPED_DIR])
LEADS = WORKFLOWS["lead_gathering"]


@dataclass
class Installation:
    """A home in a temporary folder, and an instance."""

    home: Home
    instance: dg.DagsterInstance
    repository: dg.RepositoryDefinition

    def project(self, name: str = "example", *, phases: tuple[str, ...] = tuple(LEADS.phases)) -> Project:
        """Make a project with the example's files of some phases."""
        taken = find_projects(self.home.projects, WORKFLOWS).found
        project, _ = make_project(self.home.projects, name, LEADS, taken)
        wanted = {LEADS.folders(LEADS.first).input}
        for phase in phases:
            wanted |= {LEADS.folders(phase).batches, LEADS.folders(phase).reviewed}
        for folder in sorted(wanted):
            for file in (EXAMPLE / folder).glob("*"):
                self.drop(project, f"{folder}/{file.name}", file.read_bytes())
        return project

    def drop(self, project: Project, name: str, content: bytes) -> Path:
        path = project.path / name
        path.write_bytes(content)
        return path

    def run(self, project: Project, **options) -> list[PhaseResult]:
        job_of = self.repository.get_job
        return list(run_project(self.instance, self.home, project, LEADS, job_of, **options))

    def named(self, name: str = "example") -> Project:
        return find_projects(self.home.projects, WORKFLOWS).named(name)

    def table(self, project: Project, phase: str, stage: str):
        from mturk_pipeline.folders.tables import read_table, table_path

        return read_table(table_path(self.home.tables, LEADS.name, phase, stage, project.id))


@pytest.fixture(scope="session")
def repository() -> dg.RepositoryDefinition:
    return defs().get_repository_def()


@pytest.fixture
def installation(tmp_path: Path, repository: dg.RepositoryDefinition) -> Iterator[Installation]:
    with _site(tmp_path, repository) as made:
        yield made


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, repository: dg.RepositoryDefinition) -> Iterator[Installation]:
    """A site whose project `example` has run through all phases; for tests that only look."""
    with _site(tmp_path_factory.mktemp("finished"), repository) as made:
        results = made.run(made.project())
        assert all(r.success for r in results), results
        yield made


@contextmanager
def _site(folder: Path, repository: dg.RepositoryDefinition) -> Iterator[Installation]:
    home = Home(folder / "projects", folder / "workflows", folder / "dagster")
    with pytest.MonkeyPatch.context() as patch, dg.DagsterInstance.ephemeral() as instance:
        for variable, place in (
            ("MTURK_PROJECTS_DIR", home.projects),
            ("MTURK_WORKFLOWS_DIR", home.workflows),
            ("DAGSTER_HOME", home.dagster),
        ):
            place.mkdir()
            patch.setenv(variable, str(place))
        # Files of a test are there at once; how long one has to be quiet is tested with the folders.
        patch.setattr("mturk_pipeline.orchestration.run_verdicts.settled", lambda files: True)
        yield Installation(home, instance, repository)


@pytest.fixture
def tick(installation: Installation) -> Callable[..., dg.SensorResult]:
    """One tick of a sensor; its cursor is kept between ticks."""
    cursors: dict[str, str | None] = {}

    def _tick(name: str = "lead_gathering__dirs__folders") -> dg.SensorResult:
        context = dg.build_sensor_context(
            instance=installation.instance,
            cursor=cursors.get(name),
            repository_def=installation.repository,
            sensor_name=name,
        )
        result = installation.repository.get_sensor_def(name)(context)
        assert isinstance(result, dg.SensorResult)
        cursors[name] = result.cursor
        for request in result.dynamic_partitions_requests or []:
            installation.instance.add_dynamic_partitions(request.partitions_def_name, list(request.partition_keys))
        return result

    return _tick
