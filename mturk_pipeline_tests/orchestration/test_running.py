"""Jobs that the command line loads are those of the UI."""

import dagster as dg
import pytest
import yaml

from mturk_pipeline.orchestration.running import jobs_of
from mturk_pipeline.workflow.loading import SHIPPED_DIR, load_workflow
from mturk_pipeline_tests.orchestration.conftest import LEADS, Installation


@pytest.mark.parametrize("phase", LEADS.phases)
def test_a_shipped_workflows_job_alone_is_the_one_among_all_others(repository: dg.RepositoryDefinition, phase) -> None:
    alone, among_all = jobs_of(LEADS)(f"lead_gathering__{phase}"), repository.get_job(f"lead_gathering__{phase}")
    assert alone.get_job_snapshot_id() == among_all.get_job_snapshot_id()
    for layer in (alone.asset_layer, among_all.asset_layer):
        assert len(layer.executable_asset_keys) >= 16
    assert alone.asset_layer.executable_asset_keys == among_all.asset_layer.executable_asset_keys
    assert alone.asset_layer.asset_graph.asset_check_keys >= {
        key for key in among_all.asset_layer.asset_graph.asset_check_keys if key.asset_key.path[1] == phase
    }


def test_an_own_workflow_has_its_jobs_too_without_warnings_of_dagsters(installation: Installation, recwarn) -> None:
    folder = installation.home.workflows / "towns"
    (folder / "mayors").mkdir(parents=True)
    content = yaml.safe_load((SHIPPED_DIR / "lead_gathering" / "dirs" / "defs.yaml").read_text())
    (folder / "mayors" / "defs.yaml").write_text(yaml.safe_dump(content))
    assert jobs_of(load_workflow(folder))("towns__mayors").name == "towns__mayors"
    assert [warning for warning in recwarn if warning.category.__module__.startswith("dagster")] == []
