"""Workflows from YAML: what is wrong is said in one line, and stops nothing else."""

import re
from pathlib import Path

import pytest
import yaml

from mturk_pipeline.workflow.loading import SHIPPED_DIR, load_workflow, load_workflows
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline.workflow.workflow import WorkflowError

PHASE = "type: mturk_pipeline.components.Phase\nattributes:\n  keys: [page]\n  fields:\n    label: {kind: choice}\n"


def _phase(folder: Path, name: str, text: str) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "defs.yaml").write_text(text)


def test_phases_are_chained_whatever_their_names(tmp_path: Path) -> None:
    _phase(tmp_path / "w", "zebra", PHASE)
    _phase(tmp_path / "w", "apple", PHASE + "  after: zebra\n")
    workflow = load_workflow(tmp_path / "w")
    assert list(workflow.phases) == ["zebra", "apple"]
    assert workflow.following("zebra") == "apple"
    assert workflow.folder_names == (
        "1_mIn_input",
        "2_mOut_zebra",
        "3_notebookProcessed_zebra",
        "4_manualCleaned_mIn_zebra",
        "5_mOut_apple",
        "6_notebookProcessed_apple",
        "7_manualCleaned_apple",
        "8_results",
    )
    assert workflow.leads is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("type: [", "cannot be read as YAML"),
        ("just text", "'type:' and 'attributes:'"),
        ("type: other.Thing\nattributes: {}", "use mturk_pipeline.components.Phase"),
        (PHASE + "  acept: 0.5\n", "one/defs.yaml: unknown setting 'acept'; did you mean 'accept'?"),
        (PHASE + "  Batch-over: 2020-01-01\n", "'Batch-over'; did you mean 'batches_closed_before'?"),
        (PHASE + "  colour: red\n", "unknown setting 'colour'; there are: after, input_label, keys, fields, "),
        (PHASE.replace("choice", "choice, choises: [a]"), "'choises' in fields.label; did you mean 'choices'?"),
        (PHASE.replace("choice", "text, anchor: {serch: a}"), "in fields.label.anchor; did you mean 'search'?"),
        (PHASE.replace("choice", "choice, gait: true").replace("label:", "accept:"), "'gait' in fields.accept; did"),
        (PHASE + "  accept: 5\n", "accept"),
        (PHASE.replace("choice", "colour"), "fields.label.kind"),
        (PHASE.replace("label:", "page:"), "both a key and a field"),
        (PHASE.replace("{kind: choice}", "{kind: handle}"), "needs 'network'"),
        (PHASE.replace("{kind: choice}", "{kind: text, anchor: {search: '('}}"), "not a regular expression"),
        (PHASE.replace("{kind: choice}", "{kind: text, accept: 2}"), "between 0 and 1"),
        (PHASE.replace("[page]", "['page_{i}']"), "no field has {i} in its columns: write it into those"),
        (PHASE.replace("label:", "'label_{i}':"), "no key says what a slot is about: write {i} into the key's column"),
        (PHASE.replace("{kind: choice}", "{kind: choice, gold: 'gold_{i}'}"), "no key says what a slot is about"),
        (PHASE.replace("[page]", "['page_{n}']"), "for an item of its own write {i}"),
        (PHASE.replace("[page]", "[page_{i}]"), "put names with { } in quotes: 'page_{i}'"),
        (PHASE.replace("[page]", "['label_{i}']").replace("label:", "'label_{i}':"), "both a key and a field"),
        (PHASE.replace("{kind: choice}", "{kind: choice, columns: ['a{i}{n}']}"), "nothing between {i} and {n}"),
        *(
            (PHASE.replace("{kind: choice}", f"{{{field}}}"), says)
            for field, says in (
                ("kind: choice, levels: [a, b]", "does not read 'levels' (kind rating does): leave it out, or change"),
                ("kind: choice, exact: false", "kind choice does not read 'exact' (kind text does)"),
                ("kind: text, checkbox: true", "kind text does not read 'checkbox' (kind boolean does)"),
                ("kind: boolean, scale: [0, 1]", "kind boolean does not read 'scale'"),
                ("kind: text, tolerance: 2", "kind text does not read 'tolerance'"),
                ("kind: number, choices: [a]", "'choices' (kinds choices, choice do)"),
                ("kind: rating, separator: ;", "kind rating does not read 'separator'"),
                ("kind: remark, region: DE, network: x", "'network' (kind handle does), 'region' (kind phone does)"),
                ("kind: rating, scale: [false, true]", "fields.label.scale: is the least and the largest number"),
                ("kind: rating, scale: [a, b]", "label.scale: is the least and the largest number, such as [0, 100]"),
                ("kind: rating, scale: 0-100", "or the word ratio"),
                ("kind: rating, scale: [0, .inf]", "or the word ratio"),
                ("kind: rating, scale: [5, 1]", "'scale' is the least and then the largest number"),
                ("kind: rating, scale: [1, 1]", "'scale' is the least and then the largest number"),
                ("kind: rating, levels: [false, true]", "label.levels: holds yes or no beside no word"),
                ("kind: rating, levels: [1, true, 3]", "label.levels: holds yes or no beside no word"),
                ("kind: rating, levels: [low, null]", "fields.label.levels: holds an empty or a nested entry"),
                ("kind: rating, levels: [low, 'low ']", "'levels' are at least two different ones"),
                ("kind: rating, scale: ratio, tolerance: 0.5", "'tolerance' of a ratio is a factor above 1"),
                ("kind: rating, scale: ratio, tolerance: 1", "'tolerance' of a ratio is a factor above 1"),
                ("kind: rating, scale: [0, 1], tolerance: -1", "'tolerance' is a number above 0"),
                ("kind: rating, scale: [0, 1], tolerance: .nan", "'tolerance' is a number above 0"),
                ("kind: rating, scale: [0, 5], tolerance: true", "fields.label.tolerance: is a number, not yes"),
                ("kind: rating, levels: [a, b], tolerance: 1", "less than the scale is wide (1)"),
                ("kind: choice, accept: yes", "fields.label.accept: is a number, not yes"),
                ("kind: choices, choices: ['a|b', c]", "names 'a|b', but '|' stands between the labels of an answer"),
                ("kind: choices, choices: [a;b], separator: ;", "without ';', or choose another 'separator'"),
                ("kind: choice, choices: [Low, 'low ']", "names 'Low' and 'low ', which are one answer: leave one"),
                ("kind: choices, choices: [a, '']", "names an empty text"),
                ("kind: choice, columns: ['m_{j}']", "the column 'm_{j}' holds {j}, which numbers nothing: write {i}"),
                ("kind: choice, columns: ['m_{I}']", "holds {I}, which numbers nothing"),
                ("kind: choice, columns: ['m_{i']", "holds {i, which numbers nothing"),
                ("kind: choice, columns: ['m_{{n}}']", "holds {{n}}, which numbers nothing"),
                ("kind: choice, gold: 'm_{x}'", "holds {x}, which numbers nothing"),
                ("kind: choice, asked_if: 'm_{N}'", "holds {N}, which numbers nothing"),
            )
        ),
        (PHASE.replace("[page]", "['page_{I}']"), "the column 'page_{I}' holds {I}, which numbers nothing"),
        (PHASE.replace("[page]", "[null]"), "keys: holds an empty or a nested entry"),
        (PHASE + "  max_attempts: true\n", "max_attempts: is a number, not yes"),
        (PHASE + "  items_per_hit: 10\n", "no key has {i} in its column"),
        (PHASE + "  slot_keys: {page: pages}\n", "has no {i} for the number of its slot"),
        (PHASE + "  after: nobody\n", "come after none of the others"),
        (PHASE + "  owner: 2020-13-45\n", "month must be in 1..12"),
        (PHASE + f"  accept: {'9' * 5000}\n", "cannot be read"),
        (PHASE + f"  accept: 0x{'f' * 5000}\n", "accept"),
        (PHASE + f"  keys: {'[' * 5000}\n", "nested too deeply"),
        (PHASE.replace("type: ", f"type: 0x{'f' * 5000}  # "), "use mturk_pipeline.components.Phase"),
        (PHASE + '  "a\\nb": 1\n', "unknown setting 'a\\nb'; there are: "),
        (PHASE + "  owner: nobody\n", "owner: an owner is 'team:NAME' or an e-mail address"),
        (PHASE + "  owner: 'team:'\n", "owner: an owner is 'team:NAME' or an e-mail address"),
        (PHASE + "  owner: ''\n", "owner: an owner is"),
        (PHASE + "  input_label: ../../elsewhere\n", "input_label: has letters"),
        (PHASE + "  input_label: ..\n", "input_label: has letters"),
        (PHASE + "  input_label: ''\n", "input_label: has letters"),
        (PHASE + "  input_label: a\\b\n", "input_label: has letters"),
    ],
)
def test_a_broken_phase_is_one_line_that_names_the_file(tmp_path: Path, text: str, says: str) -> None:
    _phase(tmp_path / "w", "one", text)
    with pytest.raises(WorkflowError) as error:
        load_workflow(tmp_path / "w")
    assert says in str(error.value)
    assert str(tmp_path / "w") in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("workflow", "phase"), [("w\u00f6", "one"), ("w", "\u00f6ne"), ("w-1", "one"), ("w", "1")])
def test_names_are_ascii_words(tmp_path: Path, workflow: str, phase: str) -> None:
    _phase(tmp_path / workflow, phase, PHASE)
    with pytest.raises(WorkflowError, match=r"letters \(A to Z\), digits and _ only"):
        load_workflow(tmp_path / workflow)


def test_the_owner_of_leads_is_checked_too(tmp_path: Path) -> None:
    _phase(tmp_path / "w", "one", PHASE)
    leads = "type: mturk_pipeline.components.AllLeads\nattributes:\n  lead_groups: {label: [label]}\n  owner: "
    _phase(tmp_path / "w", "all_leads", leads + "nobody\n")
    with pytest.raises(WorkflowError, match="an owner is"):
        load_workflow(tmp_path / "w")
    (tmp_path / "w/all_leads/defs.yaml").write_text(leads + "who@example.edu\n")
    assert load_workflow(tmp_path / "w").leads.owner == "who@example.edu"


@pytest.mark.parametrize("label", ["unis", "our list 2.1", "universit\u00e4ten", "a", "2024-05"])
def test_a_label_is_a_part_of_a_folders_name(tmp_path: Path, label: str) -> None:
    text = PHASE + f"  input_label: '{label}'\n"
    (tmp_path / "w/one").mkdir(parents=True)
    (tmp_path / "w/one/defs.yaml").write_text(text, encoding="utf-8")
    assert load_workflow(tmp_path / "w").folder_names[0] == f"1_mIn_{label}"


def test_a_fork_is_refused(tmp_path: Path) -> None:
    _phase(tmp_path / "w", "one", PHASE)
    _phase(tmp_path / "w", "two", PHASE)
    with pytest.raises(WorkflowError, match="one chain"):
        load_workflow(tmp_path / "w")


def test_a_broken_workflow_stops_no_other(tmp_path: Path) -> None:
    _phase(tmp_path / "good", "one", PHASE)
    _phase(tmp_path / "bad", "one", "type: [")
    found, problems = load_workflows([SHIPPED_DIR, tmp_path])
    assert list(found) == ["lead_gathering", "good"]
    assert list(problems) == ["bad"]


def test_a_project_lays_its_own_settings_over(tmp_path: Path) -> None:
    _phase(tmp_path / "w", "one", PHASE)
    workflow = load_workflow(tmp_path / "w")
    changed = workflow.with_overrides({"one": {"accept": 0.95, "fields": {"label": {"required": True}}}}, "p")
    assert changed.phases["one"].accept == 0.95
    assert changed.phases["one"].fields["label"].required
    assert changed.phases["one"].fields["label"].kind == "choice"
    assert (changed.phases["one"].usual_threshold, workflow.phases["one"].usual_threshold) == (0.95, 0.9)
    assert workflow.with_overrides({}, "p") is workflow


@pytest.mark.parametrize(
    "overrides",
    [
        {"two": {}},
        {1: {"accept": 1}, "nope": {}},
        {"one": {"acept": 1}},
        {"one": {1: 2}},
        {"one": 3},
        {"one": {"fields": 1}},
        {"one": {"after": "one"}},
        {"all_leads": {"lead_groups": {"mail": ["email"]}}},
        {"all_leads": {"owner": "nobody"}},
    ],
)
def test_overrides_that_do_not_fit_are_one_line(tmp_path: Path, overrides) -> None:
    _phase(tmp_path / "w", "one", PHASE)
    with pytest.raises(WorkflowError) as error:
        load_workflow(tmp_path / "w").with_overrides(overrides, "p/project.yaml")
    assert str(error.value).startswith("p/project.yaml: overrides")
    assert ("acept" not in str(overrides)) or "unknown setting 'acept'; did you mean 'accept'?" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_key_with_slots_has_a_name_without_their_number_also_under_overrides(tmp_path: Path) -> None:
    text = PHASE.replace("[page]", "[site, 'page_{i}']").replace("label:", "'label_{i}':")
    _phase(tmp_path / "w", "one", text)
    workflow = load_workflow(tmp_path / "w")
    spec = workflow.phases["one"]
    assert (spec.keys, list(spec.fields)) == (["site", "page"], ["label"])
    assert spec.key_columns == {"site": "site", "page": "page_{i}"}
    assert spec.columns_of("label") == ("label_{i}",)
    changed = workflow.with_overrides({"one": {"fields": {"label_{i}": {"gate": True}}}}, "project.yaml").phases["one"]
    assert changed.fields["label"].gate
    assert changed.key_columns == spec.key_columns
    other = workflow.with_overrides({"one": {"keys": ["image {i}"]}}, "project.yaml").phases["one"]
    assert other.key_columns == {"image": "image {i}"}


def test_the_readmes_example_of_several_items_a_hit_is_a_phase() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    example = next(block for block in re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL) if "{i}" in block)
    spec = PhaseSpec.model_validate(yaml.safe_load(example))
    assert spec.key_columns == {"tweet": "tweet_{i}"}
    assert list(spec.fields) == ["mood", "topics", "comment (field)"]


@pytest.mark.parametrize(
    "field",
    [
        "kind: rating, levels: [no, maybe, yes]",
        "kind: rating, scale: ['0', '100'], tolerance: 50",
        "kind: rating, scale: ratio, tolerance: 1.5",
        "kind: choices, choices: ['a;b', c]",
        "kind: choice, choices: ['a|b', c], exact: true, levels: [], scale: null",
        "kind: choice, columns: ['${mood}']",
    ],
)
def test_settings_that_mean_something_or_stand_as_they_are_by_themselves_pass(tmp_path: Path, field: str) -> None:
    _phase(tmp_path / "w", "one", PHASE.replace("{kind: choice}", f"{{{field}}}"))
    assert load_workflow(tmp_path / "w").phases


def test_a_project_that_changes_a_kind_takes_its_settings_with_it(tmp_path: Path) -> None:
    _phase(tmp_path / "w", "one", PHASE.replace("{kind: choice}", "{kind: choice, choices: [a, b], gate: true}"))
    changes = {"one": {"fields": {"label": {"kind": "text", "exact": False}}}}
    field = load_workflow(tmp_path / "w").with_overrides(changes, "here").phases["one"].fields["label"]
    assert (field.kind, field.exact, field.choices, field.gate) == ("text", False, [], True)
    with pytest.raises(WorkflowError, match="kind text does not read 'levels'"):
        load_workflow(tmp_path / "w").with_overrides(
            {"one": {"fields": {"label": {"kind": "text", "levels": ["a"]}}}}, "here"
        )
