"""The asset `settlement`: in each phase's job, with counts and money and no person in its metadata."""

from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import pytest

from mturk_pipeline.orchestration.settlement_assets import settlement_asset
from mturk_pipeline.orchestration.stages import PhaseAssets
from mturk_pipeline.orchestration.workspace import Workspace
from mturk_pipeline.workflow.loading import SHIPPED_DIR, load_workflow
from mturk_pipeline_tests.intake.intake_files import row, write
from mturk_pipeline_tests.pay.made import blank, collected

LEADS = load_workflow(SHIPPED_DIR / "lead_gathering")


def test_it_says_how_many_and_how_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    phase = LEADS.phases["leads"]
    bad = {"Answer__email_1": "asdf", "Answer__website": "good"}
    rows = [
        row(0),
        blank(1),
        row(2, **bad),
        row(3, AssignmentStatus="Approved", ApprovalTime="2020-02-25 13:54:22 UTC", **bad),
        row(4, AssignmentStatus="Approved", ApprovalTime="Sat Feb 22 06:54:21 PST 2020"),
        row(5, AssignmentStatus="Rejected", Reward=""),
    ]
    batch = collected([write(tmp_path / "b.csv", rows)], phase)
    names = PhaseAssets(LEADS, "leads")
    tables = {"raw_output": batch.assignments, "answers": batch.answers}
    monkeypatch.setattr(Workspace, "phase", lambda *_: SimpleNamespace(spec=phase, table=tables.get))
    asset = settlement_asset(names)
    function = asset.op.compute_fn.decorated_fn  # type: ignore[union-attr]
    (result,) = function(SimpleNamespace(), Workspace())
    assert result.value["suggestion"].tolist() == ["approve", "look", "reject", "none", "none", "none"]
    metadata = {k: v for k, v in result.metadata.items() if k != "dagster/column_schema"}
    assert metadata == {
        "dagster/row_count": 6,
        "suggested_approve": 1,
        "suggested_look": 1,
        "suggested_reject": 1,
        "suggested_none": 3,
        "cost_so_far": "$0.08",
        "cost_still_submitted": "$0.12",
        "without_reward": 1,
        "approved_unseen": 1,
        "approved_unseen_cost": "$0.04",
        "hourly_wage_median": 1.8,
        "hourly_wage_lowest_decile": 1.8,
        "hourly_wage_assignments": 5,
    }
    schema, seen = result.check_results
    assert schema.passed
    assert not seen.passed
    assert seen.severity == dg.AssetCheckSeverity.WARN
    assert "1 assignments" in seen.description


def test_it_runs_with_its_phase() -> None:
    from mturk_pipeline.orchestration.phase_definitions import phase_definitions

    names = PhaseAssets(LEADS, "leads")
    repository = phase_definitions(LEADS, "dirs")
    keys = {key for asset in repository.assets or [] for key in asset.keys}  # type: ignore[union-attr]
    assert PhaseAssets(LEADS, "dirs").key("settlement") in keys
    assert names.key("settlement") not in keys
