"""The asset graph tells the truth: what a step reads is upstream of it, and a file has one writer."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import dagster as dg
import pytest

from mturk_pipeline.folders.atomic_files import ProjectWriter
from mturk_pipeline.orchestration.column_lineage import column_origins
from mturk_pipeline.orchestration.stages import STAGES, PhaseAssets
from mturk_pipeline.orchestration.workspace import Workspace
from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.orchestration.conftest import LEADS, Installation

# Tables that a stage keeps beside its asset's, by the start of their names.
KEPT = {
    "input_problems": "input",
    "result_files": "raw_output",
    "trust_notes": "consensus",
    "passing_advice": "consensus",
    "review_": "decisions",
    "audit": "reviewed",
    "rework_left_out": "rework",
    "outcome_problems": "all_leads",
}


@dataclass
class Watch:
    """What each step read and wrote."""

    step: frozenset[dg.AssetKey] = frozenset()
    read: dict[frozenset[dg.AssetKey], set[dg.AssetKey]] = field(default_factory=lambda: defaultdict(set))
    writers: dict[str, set[frozenset[dg.AssetKey]]] = field(default_factory=lambda: defaultdict(set))


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    seen = Watch()
    enter, table, write, keys = Workspace.phase, ProjectPhase.table, ProjectWriter.write, dg.AssetExecutionContext

    def entered(self, context: keys, workflow, phase):
        seen.step = frozenset(context.assets_def.keys)
        return enter(self, context, workflow, phase)

    def told(self, stage, phase=None):
        made_by = stage if stage in STAGES else next(made for start, made in KEPT.items() if stage.startswith(start))
        seen.read[seen.step].add(PhaseAssets(self.workflow, phase or self.phase).key(made_by))
        return table(self, stage, phase)

    def written(self, name, content):
        seen.writers[name].add(seen.step)
        return write(self, name, content)

    monkeypatch.setattr(Workspace, "phase", entered)
    monkeypatch.setattr(ProjectPhase, "table", told)
    monkeypatch.setattr(ProjectWriter, "write", written)
    yield seen


def test_what_a_step_reads_is_upstream_of_it_and_each_file_has_one_writer(
    installation: Installation, watch: Watch
) -> None:
    project = installation.project()
    assert all(result.success for result in installation.run(project))
    graph = installation.repository.asset_graph
    hidden = {}
    watch.read.pop(frozenset(), None)  # before the first step: what is due
    for step, asked in watch.read.items():
        read = {key for key in asked if graph.has(key)}  # only a first phase has a list
        upstream = set(step)
        for key in step:
            upstream |= graph.get_ancestor_asset_keys(key)
        if read - upstream:
            hidden[", ".join(key.to_user_string() for key in step)] = read - upstream
    assert hidden == {}
    assert len(watch.read) > 30
    assert {name: steps for name, steps in watch.writers.items() if len(steps) > 1} == {}
    assert "4_manualCleaned_mIn_dirs/_mIn_clubs.csv" in watch.writers


def test_the_main_road_is_a_chain_without_edges_that_another_implies(installation: Installation) -> None:
    graph = installation.repository.asset_graph
    names = PhaseAssets(LEADS, "clubs")
    road = ["raw_output", "answers", "items", "decisions", "consensus", "cleaned_output", "reviewed", "next_input"]
    for before, after in pairwise(road):
        assert names.key(before) in graph.get(names.key(after)).parent_keys
    for stage in STAGES:
        key = names.key(stage)
        parents = graph.get(key).parent_keys if graph.has(key) else set()
        for parent in (p for p in parents if p.path[:2] == key.path[:2]):
            others = [graph.get_ancestor_asset_keys(p) for p in parents if p != parent and p.path[:2] == key.path[:2]]
            assert not any(parent in ancestors for ancestors in others), (stage, parent)


def test_columns_on_the_way_of_a_cell_have_their_origin(finished: Installation) -> None:
    names = PhaseAssets(LEADS, "dirs")
    seen = {}
    for stage in ("answers", "items", "consensus", "cleaned_output", "reviewed", "next_input"):
        event = finished.instance.get_latest_materialization_event(names.key(stage))
        assert event and event.asset_materialization
        lineage = event.asset_materialization.metadata["dagster/column_lineage"].value
        table = finished.table(finished.named(), "dirs", stage)
        assert set(lineage.deps_by_column) <= set(table.columns)
        for made_of in lineage.deps_by_column.values():
            for origin in made_of:
                above = origin.asset_key.path[-1]
                seen.setdefault(above, finished.table(finished.named(), "dirs", above))
                assert origin.column_name in seen[above].columns, (stage, origin)


def test_two_fields_that_read_one_column_have_it_once_as_their_origin() -> None:
    phase = PhaseSpec.model_validate({"fields": {"a": {"kind": "text"}, "b": {"kind": "choice", "columns": ["a"]}}})
    assert column_origins("answers", phase)["raw"] == [("raw_output", "Answer.a")]
