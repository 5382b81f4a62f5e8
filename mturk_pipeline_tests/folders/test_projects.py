"""Who a project is, whatever happens to its folder."""

import shutil
from pathlib import Path

import pytest

from mturk_pipeline.folders.project_folders import ProjectError, adopt, find_projects, make_project, unidentified
from mturk_pipeline.workflow.loading import SHIPPED_DIR, load_workflows

WORKFLOWS, _ = load_workflows([SHIPPED_DIR])
LEADS = WORKFLOWS["lead_gathering"]


def test_the_shipped_workflow_makes_the_eleven_folders(tmp_path: Path) -> None:
    make_project(tmp_path, "p", LEADS, {})
    assert sorted(p.name for p in (tmp_path / "p").iterdir() if p.is_dir()) == sorted(
        [
            "1_mIn_unis",
            "2_mOut_dirs",
            "3_notebookProcessed_dirs",
            "4_manualCleaned_mIn_dirs",
            "5_mOut_clubs",
            "6_notebookProcessed_clubs",
            "7_manualCleaned_mIn_clubs",
            "8_mOut_leads",
            "9_notebookProcessed_leads",
            "10_manualCleaned_leads",
            "11_allLeads",
        ]
    )


def test_making_twice_changes_nothing_and_mends_what_is_missing(tmp_path: Path) -> None:
    first, _ = make_project(tmp_path, "p", LEADS, {})
    (tmp_path / "p/2_mOut_dirs/batch.csv").write_text("x")
    again, made = make_project(tmp_path, "p", LEADS, find_projects(tmp_path, WORKFLOWS).found)
    assert (again, made) == (first, [])
    (tmp_path / "p/11_allLeads").rmdir()
    assert make_project(tmp_path, "p", LEADS, {})[1] == ["11_allLeads"]
    assert (tmp_path / "p/2_mOut_dirs/batch.csv").read_text() == "x"


def test_a_renamed_folder_keeps_its_identity(tmp_path: Path) -> None:
    project, _ = make_project(tmp_path, "old", LEADS, {})
    (tmp_path / "old").rename(tmp_path / "new")
    assert list(find_projects(tmp_path, WORKFLOWS).found) == [project.id]
    assert find_projects(tmp_path, WORKFLOWS).named("new").id == project.id


def test_a_copied_project_is_refused_with_the_remedy(tmp_path: Path) -> None:
    make_project(tmp_path, "a", LEADS, {})
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    projects = find_projects(tmp_path, WORKFLOWS)
    assert [p.name for p in projects.found.values()] == ["a"]
    assert "b: has the same id 'a' as a" in projects.problems[0]
    with pytest.raises(ProjectError, match="b: has the same id"):
        projects.named("b")
    (tmp_path / "b").rename(tmp_path / "Backup of a".replace(" ", "_"))
    assert [p.name for p in find_projects(tmp_path, WORKFLOWS).found.values()] == ["a"]


def test_where_nobody_can_tell_the_copy_both_are_refused(tmp_path: Path) -> None:
    make_project(tmp_path, "a", LEADS, {})
    (tmp_path / "a").rename(tmp_path / "b")
    shutil.copytree(tmp_path / "b", tmp_path / "c")
    projects = find_projects(tmp_path, WORKFLOWS)
    assert projects.found == {}
    assert len(projects.problems) == 2


@pytest.mark.parametrize("content", ["id: 2020-13-45", "id: " + "9" * 5000, "a: " + "[" * 3000])
def test_yaml_that_python_chokes_on_is_one_line_too(tmp_path: Path, content: str) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd/project.yaml").write_text(content)
    projects = find_projects(tmp_path, WORKFLOWS)
    assert projects.found == {}
    assert projects.problems[0].startswith("odd: project.yaml")


def test_a_folder_whose_name_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "Prüfung 1/2_mOut_dirs").mkdir(parents=True)
    assert "rename the folder" in find_projects(tmp_path, WORKFLOWS).problems[0]


def test_a_new_project_of_a_taken_id_gets_its_own(tmp_path: Path) -> None:
    make_project(tmp_path, "a", LEADS, {})
    (tmp_path / "a").rename(tmp_path / "b")
    taken = find_projects(tmp_path, WORKFLOWS).found
    project, _ = make_project(tmp_path, "a", LEADS, taken)
    assert project.id != "a"
    assert find_projects(tmp_path, WORKFLOWS).problems == []


def test_folders_dropped_by_hand_are_recognised_and_adopted(tmp_path: Path) -> None:
    (tmp_path / "dropped/2_mOut_dirs").mkdir(parents=True)
    (tmp_path / "other/notes").mkdir(parents=True)
    assert unidentified(tmp_path, WORKFLOWS) == [(tmp_path / "dropped", "lead_gathering")]
    adopt(tmp_path / "dropped", "lead_gathering", {})
    assert list(find_projects(tmp_path, WORKFLOWS).found) == ["dropped"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("id: [", "is not YAML in line 1"),
        ("- a\n", "has to hold 'id:'"),
        ("workflow: lead_gathering", "needs 'id:'"),
        ("id: ../etc\nworkflow: lead_gathering", "needs 'id:'"),
        ("id: a\nworkflow: nothing", "names the workflow 'nothing'; there are: lead_gathering"),
        ("id: a\nworkflow: lead_gathering\noverrides: [1]", "'overrides' maps"),
        ("id: a\nworkflow: lead_gathering\noverride: {dirs: {accept: 1}}", "'override'; did you mean 'overrides'?"),
        (b"id: \xff\xfe", "not UTF-8"),
    ],
)
def test_a_broken_project_file_is_told_in_one_line_and_stops_no_other(tmp_path: Path, content, says: str) -> None:
    make_project(tmp_path, "good", LEADS, {})
    (tmp_path / "bad").mkdir()
    data = content if isinstance(content, bytes) else content.encode()
    (tmp_path / "bad/project.yaml").write_bytes(data)
    projects = find_projects(tmp_path, WORKFLOWS)
    assert list(projects.found) == ["good"]
    assert projects.problems[0].startswith("bad: ")
    assert says in projects.problems[0]
    assert "\n" not in projects.problems[0]


def test_a_project_file_may_hold_notes(tmp_path: Path) -> None:
    make_project(tmp_path, "good", LEADS, {})
    with (tmp_path / "good/project.yaml").open("a") as file:
        file.write("idea: 1\nids: 2\noverview: 3\n4: 5\n")
    assert find_projects(tmp_path, WORKFLOWS).problems == []


def test_what_is_wrong_with_a_projects_workflow_is_told(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs/project.yaml").write_text("id: theirs\nworkflow: survey\n")
    broken = {"survey": "workflows/survey/one/defs.yaml: no"}
    [problem] = find_projects(tmp_path, WORKFLOWS, broken).problems
    assert problem == "theirs: its workflow survey cannot be used: workflows/survey/one/defs.yaml: no"


def test_an_unreachable_directory_is_a_warning(tmp_path: Path) -> None:
    projects = find_projects(tmp_path / "unmounted", WORKFLOWS)
    assert not projects.reachable
    assert "nothing is changed" in projects.problems[0]


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "_own", "ü" * 3, "x" * 81, "a b"])
def test_names_that_make_no_folder_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ProjectError, match="name has letters"):
        make_project(tmp_path, name, LEADS, {})


def test_an_unknown_name_lists_what_there_is(tmp_path: Path) -> None:
    make_project(tmp_path, "spring", LEADS, {})
    with pytest.raises(ProjectError, match="there are: spring"):
        find_projects(tmp_path, WORKFLOWS).named("sprung")
