"""Names of assets: one key per workflow, phase and stage, what each reads, and what the UI says of it."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import dagster as dg

import mturk_pipeline
from mturk_pipeline.errors import UserError, line_for_user
from mturk_pipeline.orchestration.column_lineage import with_column_lineage
from mturk_pipeline.orchestration.workspace import Workspace
from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.workflow.workflow import Workflow


class Stage(NamedTuple):
    """A table of each phase.

    Attributes
    ----------
    reads
        Stages of the phase whose tables it is made from. What one of them is made of itself is no edge of the graph.
    side
        Whether it stands beside the main road from result files to the next phase.
    """

    description: str
    kind: str
    reads: tuple[str, ...] = ()
    side: bool = False


STAGES = {
    "input": Stage("What is to be asked about, from the files in the first folder.", "excel"),
    "purged": Stage(
        "Items of the input that other projects have already, and which project has each.", "csv",
        ("input", "raw_output", "set_aside"), True,
    ),
    "raw_output": Stage("Raw output: every assignment that counts, united over all result files.", "csv"),
    "set_aside": Stage(
        "Rows of result files that do not count, each with its reason: nothing is lost.", "csv", side=True
    ),
    "offer": Stage(
        "Input of the phase that nobody was asked about yet, ready to upload.", "csv",
        ("input", "purged", "raw_output", "set_aside"),
    ),
    "answers": Stage(
        "What each worker said for each item and field: raw, normalised, and its state.", "pandas", ("raw_output",)
    ),
    "items": Stage(
        "What the answers are about: one row per item or record of its list.", "pandas", ("answers", "raw_output")
    ),
    "settlement": Stage(
        "What is suggested for each assignment's pay, and why; a person decides.", "pandas",
        ("raw_output", "answers"), True,
    ),
    "decisions": Stage("Each thing that a person said about a row, with file, sheet and row.", "excel", ("items",)),
    "consensus": Stage(
        "The best guess for each item and field, its runners-up, and how far to trust it.", "pandas",
        ("answers", "raw_output", "items", "decisions"),
    ),
    "workers": Stage(
        "How each worker of the phase fared.", "pandas", ("answers", "raw_output", "items", "decisions"), True
    ),
    "cleaned_output": Stage(
        "Cleaned output: one row per item, with the best guesses and whether they pass.", "pandas",
        ("items", "consensus"),
    ),
    "reviewed": Stage(
        "Cleaned output with people's decisions laid over it.", "excel", ("cleaned_output", "decisions")
    ),
    "review_queue": Stage(
        "What waits for a person, worst first, and the workbook that they work through.", "excel",
        ("cleaned_output", "reviewed", "decisions", "answers", "workers", "settlement"),
    ),
    "next_input": Stage("Input of the next phase.", "csv", ("reviewed", "raw_output")),
    "missing_units": Stage(
        "Items that are not answered yet, or by fewer workers than wanted.", "csv",
        ("reviewed", "raw_output", "set_aside", "input", "purged"), True,
    ),
    "rework": Stage(
        "Items to be asked again, ready to upload.", "csv", ("reviewed", "raw_output", "set_aside", "input", "purged")
    ),
    "redundancy_advice": Stage(
        "What one answer more or fewer for each item would bring and cost.", "pandas",
        ("answers", "raw_output", "reviewed"), True,
    ),
}  # fmt: skip
_OF_FIRST_PHASE = ("input", "purged")

ALL_LEADS, RESULTS = "all_leads", "results"


@dataclass(frozen=True)
class PhaseAssets:
    """The names under which one phase stands in Dagster."""

    workflow: Workflow
    phase: str

    @property
    def is_first(self) -> bool:
        return self.workflow.before(self.phase) is None

    @property
    def job(self) -> str:
        return f"{self.workflow.name}__{self.phase}"

    @property
    def partitions(self) -> dg.DynamicPartitionsDefinition:
        return partitions_of(self.workflow.name)

    def group(self, *, side: bool = False) -> str:
        number = list(self.workflow.phases).index(self.phase) + 1
        return f"{self.workflow.name}_{number}_{self.phase}" + ("_side" if side else "")

    def key(self, stage: str, phase: str | None = None) -> dg.AssetKey:
        return dg.AssetKey([self.workflow.name, phase or self.phase, stage])

    def op(self, stage: str) -> str:
        return f"{self.workflow.name}__{self.phase}__{stage}"

    def reads(self, *stages: str) -> list[str]:
        """The stages of this phase from which `stages` are made, in the order of the graph."""
        wanted = {name for stage in stages for name in STAGES[stage].reads}
        return [name for name in STAGES if name in wanted and (self.is_first or name not in _OF_FIRST_PHASE)]

    def upstream(self, *stages: str) -> list[dg.AssetKey]:
        """The edges to `stages`: what they read, without what another of these is made from."""
        reads = self.reads(*stages)
        implied = {name for other in reads for name in self._ancestors(other)}
        return [self.key(name) for name in reads if name not in implied]

    def _ancestors(self, stage: str) -> set[str]:
        return {name for read in self.reads(stage) for name in (read, *self._ancestors(read))}

    def asset(
        self, *stages: str, deps: Sequence[dg.AssetKey] = (), checks: Sequence[dg.AssetCheckSpec] = ()
    ) -> Callable[[Callable[..., Iterator[Any]]], dg.AssetsDefinition]:
        """Decorator: the tables of `stages`, made in one step that yields a result for each.

        The step is called with the phase of the project, the tables that its parameters name, and, where it has such a
        parameter, `config`.

        Parameters
        ----------
        deps
            Assets of other phases, and sources, beside what `STAGES` says.
        """
        outs = {f"{stage}_table": dg.AssetOut.from_spec(self.spec(stage)) for stage in stages}
        deps = [*self.upstream(*stages), *deps]
        return stage_asset(self.workflow, self.phase, self.op(stages[0]), outs, deps=deps, checks=checks)

    def spec(self, stage: str) -> dg.AssetSpec:
        """The asset of a stage: what it is, who answers for it, how it is stored."""
        about, phase = STAGES[stage], self.workflow.phases[self.phase]
        return dg.AssetSpec(
            self.key(stage),
            description=f"{about.description}\n\n{phase.description}".strip(),
            group_name=self.group(side=about.side),
            kinds={"parquet", about.kind},
            owners=[phase.owner] if phase.owner else None,
            partitions_def=self.partitions,
            code_version=f"{mturk_pipeline.__version__} {phase.digest[:8]}",
            tags={"workflow": self.workflow.name, "phase": self.phase},
        )

    def check(self, name: str, stage: str, description: str, *, blocking: bool = False) -> dg.AssetCheckSpec:
        return dg.AssetCheckSpec(
            name,
            asset=self.key(stage),
            description=description,
            blocking=blocking,
            partitions_def=self.partitions,
        )

    def schema_check(self, stage: str) -> dg.AssetCheckSpec:
        return self.check("schema", stage, "The table keeps its contract (Pandera).", blocking=True)


def stage_asset(
    workflow: Workflow,
    phase: str,
    name: str,
    outs: dict[str, dg.AssetOut],
    *,
    deps: Sequence[dg.AssetKey] = (),
    checks: Sequence[dg.AssetCheckSpec] = (),
) -> Callable[[Callable[..., Iterator[Any]]], dg.AssetsDefinition]:
    """Decorator for the step that makes tables, as of `PhaseAssets.asset`.

    What a person can mend ends it in one line, without a retry.
    """

    def decorate(make: Callable[..., Iterator[Any]]) -> dg.AssetsDefinition:
        parameters = list(inspect.signature(make).parameters.values())[1:]
        wanted = [p.name for p in parameters if p.name != "config"]

        def run(context: dg.AssetExecutionContext, workspace: Workspace, **config: dg.Config) -> Iterator[Any]:
            try:
                here = workspace.phase(context, workflow, phase)
                for result in make(here, **config, **{stage: _table(here, stage) for stage in wanted}):
                    yield with_column_lineage(result, here.spec)
            except Exception as error:
                line = line_for_user(error)
                if line is None:
                    raise
                raise dg.Failure(line, allow_retries=False) from None

        def step(context: dg.AssetExecutionContext, workspace: Workspace) -> Iterator[Any]:
            yield from run(context, workspace)

        def step_with_config(context: dg.AssetExecutionContext, workspace: Workspace, config: Any) -> Iterator[Any]:
            yield from run(context, workspace, config=config)

        asked = next((p.annotation for p in parameters if p.name == "config"), None)
        step_with_config.__annotations__["config"] = asked
        made = step_with_config if asked else step
        return dg.multi_asset(name=name, description=make.__doc__, outs=outs, deps=deps, check_specs=checks)(made)

    return decorate


def _table(phase: ProjectPhase, stage: str) -> Any:
    table = phase.table(stage)
    if table is None:
        raise UserError(f"the table {stage} was never made", where=phase.phase, remedy="run the whole phase once")
    return table


def partitions_of(workflow: str) -> dg.DynamicPartitionsDefinition:
    """The projects of a workflow: one partition per project id."""
    return dg.DynamicPartitionsDefinition(name=f"{workflow}_projects")


def mail_outcomes_key(workflow: str | Workflow) -> dg.AssetKey:
    return dg.AssetKey([workflow if isinstance(workflow, str) else workflow.name, "mail_outcomes"])


def end_key(workflow: Workflow) -> dg.AssetKey:
    """The last table of a workflow: all leads, or its results."""
    return dg.AssetKey([workflow.name, RESULTS if workflow.leads is None else ALL_LEADS])


def end_group(workflow: Workflow) -> str:
    return f"{workflow.name}_{len(workflow.phases) + 1}_{end_key(workflow).path[-1]}"
