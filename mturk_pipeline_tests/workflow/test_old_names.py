"""Settings under the names that they had before: accepted, with one line that gives the new name."""

import logging
from pathlib import Path

import pytest

from mturk_pipeline.components import Phase
from mturk_pipeline.workflow.loading import load_workflow
from mturk_pipeline.workflow.workflow import WorkflowError

HEAD = "type: mturk_pipeline.components.Phase\nattributes:\n  keys: [page]\n"
# Old name, new name, a value: of a phase, and of its field.
PHASE_SETTINGS = [("batches_over", "batches_closed_before", "2026-03-20")]
FIELD_SETTINGS = [("cost", "error_weight", "2.0")]


def _yaml(name: str, value: str) -> str:
    if name in {n for old, new, _ in FIELD_SETTINGS for n in (old, new)}:
        return f"{HEAD}  fields:\n    mail: {{kind: email, {name}: {value}}}\n"
    return f"{HEAD}  {name}: {value}\n  fields:\n    mail: {{kind: email}}\n"


def _workflow(tmp_path: Path, text: str):
    (tmp_path / "w/one").mkdir(parents=True, exist_ok=True)
    (tmp_path / "w/one/defs.yaml").write_text(text)
    return load_workflow(tmp_path / "w")


@pytest.mark.parametrize(("old", "new", "value"), PHASE_SETTINGS + FIELD_SETTINGS)
def test_an_old_name_means_the_same_and_is_named_once(tmp_path: Path, caplog, old: str, new: str, value: str) -> None:
    today = _workflow(tmp_path, _yaml(new, value)).phases["one"]
    assert not caplog.records
    for _ in range(2):
        workflow = _workflow(tmp_path, _yaml(old, value))
        assert workflow.phases["one"] == today
    assert not caplog.records  # of a workflow that no project uses nothing is told
    for _ in range(2):
        assert workflow.with_overrides({}, "p/project.yaml").phases["one"] == today
    assert [r.levelno for r in caplog.records] == [logging.WARNING]
    assert caplog.messages[0].startswith(f"{tmp_path}/w/one/defs.yaml: the setting '{old}' is called '{new}' now")


@pytest.mark.parametrize(("old", "new", "value"), PHASE_SETTINGS + FIELD_SETTINGS)
def test_the_component_takes_both(old: str, new: str, value: str) -> None:
    def component(name: str) -> Phase:
        return Phase.resolve_from_yaml("\n".join(_yaml(name, f"'{value}'" if "-" in value else value).split("\n")[2:]))

    for name in (old, new):
        phase = component(name)
        assert value in (phase.batches_closed_before, str(phase.error_weight("mail")))


@pytest.mark.parametrize("base", ["batches_over: 2026-01-01", "batches_closed_before: 2026-01-01", "max_attempts: 2"])
def test_a_project_may_use_either_name(tmp_path: Path, base: str) -> None:
    workflow = _workflow(tmp_path, f"{HEAD}  {base}\n  fields:\n    mail: {{kind: email, cost: 3}}\n")
    for name, weight in (("batches_over", "cost"), ("batches_closed_before", "error_weight")):
        own = {"one": {name: "2026-03-20", "fields": {"mail": {weight: 5}}}}
        spec = workflow.with_overrides(own, "p/project.yaml").phases["one"]
        assert (spec.batches_closed_before, spec.error_weight("mail")) == ("2026-03-20", 5)


def test_both_names_of_one_setting_are_refused(tmp_path: Path) -> None:
    both = (
        f"{HEAD}  batches_over: 2026-03-20\n  batches_closed_before: 2026-03-21\n  fields: {{mail: {{kind: email}}}}\n"
    )
    with pytest.raises(WorkflowError, match="'batches_over' is the old name of 'batches_closed_before'; keep"):
        _workflow(tmp_path, both)
    with pytest.raises(WorkflowError, match="'cost' is the old name of 'error_weight'; keep"):
        _workflow(tmp_path, f"{HEAD}  fields: {{mail: {{kind: email, cost: 1, error_weight: 2}}}}\n")
