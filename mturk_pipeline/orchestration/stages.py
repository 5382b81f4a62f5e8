"""Names of assets: one key per workflow, phase and stage, and what the UI says of each stage."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any

import dagster as dg

from mturk_pipeline.errors import line_for_user
from mturk_pipeline.workflow.workflow import Workflow

STAGES = {
    "input": ("What is to be asked about, from the files in the first folder.", ("excel",)),
    "purged": ("Items of the input that other projects have already, and which project has each.", ("csv",)),
    "raw_output": ("Raw output: every assignment that counts, united over all result files.", ("csv",)),
    "set_aside": ("Rows of result files that do not count, each with its reason: nothing is lost.", ("csv",)),
    "answers": ("What each worker said for each item and field: raw, normalised, and its state.", ("pandas",)),
    "consensus": ("The best guess for each item and field, its runners-up, and how far to trust it.", ("pandas",)),
    "workers": ("How each worker of the phase fared.", ("pandas",)),
    "cleaned_output": ("Cleaned output: one row per item, with the best guesses and whether they pass.", ("pandas",)),
    "settlement": ("What is suggested for each assignment's pay, and why; a person decides.", ("pandas",)),
    "reviewed": ("Cleaned output with people's decisions laid over it.", ("excel",)),
    "decisions": ("Each thing that a person said about a row, with file, sheet and row.", ("excel",)),
    "review_queue": ("What waits for a person, worst first, and the workbook that they work through.", ("excel",)),
    "next_input": ("Input of the next phase, ready to upload.", ("csv",)),
    "rework": ("Items to be asked again, ready to upload.", ("csv",)),
    "missing_units": ("Items that are not answered yet, or by fewer workers than wanted.", ("csv",)),
    "redundancy_advice": ("What one answer more or fewer for each item would bring and cost.", ("pandas",)),
}  # fmt: skip

ALL_LEADS = "all_leads"


@dataclass(frozen=True)
class PhaseAssets:
    """The names under which one phase stands in Dagster."""

    workflow: Workflow
    phase: str

    @property
    def group(self) -> str:
        place = list(self.workflow.phases).index(self.phase) + 1
        return f"{self.workflow.name}_{place}_{self.phase}"

    @property
    def job(self) -> str:
        return f"{self.workflow.name}__{self.phase}"

    @property
    def partitions(self) -> dg.DynamicPartitionsDefinition:
        return partitions_of(self.workflow.name)

    def key(self, stage: str, phase: str | None = None) -> dg.AssetKey:
        return dg.AssetKey([self.workflow.name, phase or self.phase, stage])

    def op(self, stage: str) -> str:
        return f"{self.workflow.name}__{self.phase}__{stage}"

    def asset(
        self,
        *stages: str,
        ins: Mapping[str, dg.AssetIn] | None = None,
        deps: Sequence[dg.AssetKey] = (),
        checks: Sequence[dg.AssetCheckSpec] = (),
    ) -> Callable[[Callable[..., Iterator[Any]]], dg.AssetsDefinition]:
        """Decorator: the tables of `stages`, made in one step that yields a result for each."""
        return stage_asset(self.op(stages[0]), self.outs(*stages), ins=ins, deps=deps, checks=checks)

    def ins(self, *stages: str) -> dict[str, dg.AssetIn]:
        """Tables of this phase as inputs of an asset, named as their stages are."""
        return {stage: dg.AssetIn(self.key(stage)) for stage in stages}

    def outs(self, *stages: str) -> dict[str, dg.AssetOut]:
        """Tables of this phase as outputs of an asset."""
        return {f"{stage}_table": dg.AssetOut.from_spec(self.spec(stage)) for stage in stages}

    def spec(self, stage: str) -> dg.AssetSpec:
        """The asset of a stage: what it is, who answers for it, how it is stored."""
        description, kinds = STAGES[stage]
        owner = self.workflow.phases[self.phase].owner
        about = self.workflow.phases[self.phase].description
        return dg.AssetSpec(
            self.key(stage),
            description=f"{description}\n\n{about}".strip(),
            group_name=self.group,
            kinds={"parquet", *kinds},
            owners=[owner] if owner else None,
            partitions_def=self.partitions,
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
    name: str,
    outs: Mapping[str, dg.AssetOut],
    *,
    ins: Mapping[str, dg.AssetIn] | None = None,
    deps: Sequence[dg.AssetKey] = (),
    checks: Sequence[dg.AssetCheckSpec] = (),
) -> Callable[[Callable[..., Iterator[Any]]], dg.AssetsDefinition]:
    """Decorator for the step that makes tables: what a person can mend ends it in one line, without a retry."""

    def decorate(make: Callable[..., Iterator[Any]]) -> dg.AssetsDefinition:
        @wraps(make)
        def step(*args: Any, **kwargs: Any) -> Iterator[Any]:
            try:
                yield from make(*args, **kwargs)
            except Exception as error:
                line = line_for_user(error)
                if line is None:
                    raise
                raise dg.Failure(line, allow_retries=False) from None

        return dg.multi_asset(name=name, outs=outs, ins=ins, deps=deps, check_specs=checks)(step)

    return decorate


def partitions_of(workflow: str) -> dg.DynamicPartitionsDefinition:
    """The projects of a workflow: one partition per project id."""
    return dg.DynamicPartitionsDefinition(name=f"{workflow}_projects")


def all_leads_key(workflow: str) -> dg.AssetKey:
    return dg.AssetKey([workflow, ALL_LEADS])
