"""Files that a user names: nothing is replaced without a word, nothing is written where the pipeline keeps its own."""

import os
from pathlib import Path

import pytest

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.output_path import OutputError, homes_around, output_folder, output_path


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "projects", tmp_path / "workflows", tmp_path / "dagster")
    for folder in ("spring/2_mOut_dirs", "spring/11_allLeads", "_removed/old-2026/2_mOut_dirs"):
        (home.projects / folder).mkdir(parents=True)
    (home.projects / "spring/project.yaml").write_text("id: spring\nworkflow: lead_gathering\n")
    for folder in (home.workflows / "mine/dirs", home.tables / "lead_gathering", tmp_path / "out"):
        folder.mkdir(parents=True)
    return home


@pytest.mark.parametrize(
    "name",
    [
        "projects/spring/2_mOut_dirs/new.csv",
        "projects/spring/new.csv",
        "out/../projects/spring/11_allLeads/new.csv",
        "projects/_removed/old-2026/2_mOut_dirs/new.csv",
        "projects/_removed/new.csv",
        "projects/suppression.csv",
        "projects/Workers.XLSX",
        "projects/_workers.xlsx",
        "dagster/tables/lead_gathering/new.parquet",
        "dagster/new.csv",
        "workflows/mine/dirs/new.csv",
    ],
)
@pytest.mark.parametrize("force", [False, True])
def test_the_pipelines_own_places_are_out_of_bounds(home: Home, tmp_path: Path, name: str, force: bool) -> None:
    with pytest.raises(OutputError, match="where only its own files belong"):
        output_path(tmp_path / name, [home], force=force)


def test_other_places_are_open(home: Home, tmp_path: Path) -> None:
    assert output_path(tmp_path / "out/new.csv", [home]) == (tmp_path / "out/new.csv").resolve()
    assert output_path(tmp_path / "projects/my leads.csv", [home])  # beside the projects, of no meaning to them


def test_a_relative_path_is_judged_from_where_the_user_is(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home.projects / "spring/2_mOut_dirs")
    with pytest.raises(OutputError, match="where only its own files"):
        output_path(Path("new.csv"), [home])
    assert output_path(Path("../../../out/new.csv"), [home]) == (tmp_path / "out/new.csv").resolve()


def test_what_is_there_is_replaced_by_force_alone(home: Home, tmp_path: Path) -> None:
    (tmp_path / "out/paid.csv").write_text("paid")
    with pytest.raises(OutputError, match="is there already; name another file, or replace it with --force"):
        output_path(tmp_path / "out/paid.csv", [home])
    assert output_path(tmp_path / "out/paid.csv", [home], force=True)


def test_links_are_followed_both_ways(home: Home, tmp_path: Path) -> None:
    inside = home.projects / "spring/2_mOut_dirs"
    (tmp_path / "out/folder").symlink_to(inside)
    (tmp_path / "out/file.csv").symlink_to(inside / "Batch_1.csv")  # of a file that is not there yet
    (inside / "outward.csv").symlink_to(tmp_path / "out/new.csv")
    for name in ("out/folder/new.csv", "out/file.csv", "projects/spring/2_mOut_dirs/outward.csv"):
        with pytest.raises(OutputError, match="where only its own files"):
            output_path(tmp_path / name, [home], force=True)


def test_a_dangling_link_is_there_already_and_is_followed_by_force(home: Home, tmp_path: Path) -> None:
    (tmp_path / "out/link.csv").symlink_to(tmp_path / "out/target.csv")
    with pytest.raises(OutputError, match="is there already"):
        output_path(tmp_path / "out/link.csv", [home])
    assert output_path(tmp_path / "out/link.csv", [home], force=True) == (tmp_path / "out/target.csv").resolve()


def test_a_hard_link_to_a_result_file_is_taken_apart_not_written_through(home: Home, tmp_path: Path) -> None:
    from mturk_pipeline.folders.atomic_files import write_atomically

    paid = home.projects / "spring/2_mOut_dirs/Batch_1.csv"
    paid.write_text("paid")
    os.link(paid, tmp_path / "out/link.csv")
    with pytest.raises(OutputError, match="is there already"):
        output_path(tmp_path / "out/link.csv", [home])
    write_atomically(output_path(tmp_path / "out/link.csv", [home], force=True), b"new")
    assert paid.read_text() == "paid"


def test_a_folder_under_another_name_is_the_same_folder(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a disk that takes names in any case: the names differ, the folder is one."""
    same = Path.samefile

    def anyhow(one: Path, other: Path) -> bool:
        return same(Path(str(one).replace("PROJECTS", "projects")), other)

    monkeypatch.setattr(Path, "samefile", anyhow)
    (tmp_path / "PROJECTS/spring/2_mOut_dirs").mkdir(parents=True)
    with pytest.raises(OutputError, match="where only its own files"):
        output_path(tmp_path / "PROJECTS/spring/2_mOut_dirs/new.csv", [home])


def test_a_project_of_another_installation_is_known_by_its_folders(home: Home, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere/autumn"
    (other / "2_mOut_clubs").mkdir(parents=True)
    assert output_path(other / "2_mOut_clubs/new.csv", [home])  # any folder may be called so
    (other / "project.yaml").write_text("id: autumn\nworkflow: of_somebody_else\n")
    with pytest.raises(OutputError, match="elsewhere/autumn"):
        output_path(other / "2_mOut_clubs/new.csv", [home], force=True)


def test_the_projects_that_the_surroundings_name_stay_safe_where_an_option_names_others(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MTURK_PROJECTS_DIR", str(home.projects))
    at_work = Home(tmp_path / "others", home.workflows, home.dagster)
    with pytest.raises(OutputError, match="where only its own files"):
        output_path(home.projects / "spring/new.csv", list(homes_around(at_work)))


@pytest.mark.parametrize(
    ("name", "why"),
    [("out", "is a folder"), ("no/new.csv", "no such folder"), ("out/null.csv", "is no file"), ("~nobody-so/x", "no ")],
)
def test_what_is_no_place_for_a_file(home: Home, tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "out/null.csv").symlink_to("/dev/null")
    path = Path(name) if name.startswith("~") else tmp_path / name
    with pytest.raises(OutputError, match=why):
        output_path(path, [home], force=True)


def test_a_folder_to_fill(home: Home, tmp_path: Path) -> None:
    assert output_folder(tmp_path / "new", [home])
    with pytest.raises(OutputError, match="where only its own files"):
        output_folder(home.projects / "spring", [home], force=True)
    (tmp_path / "out/mine.txt").touch()
    with pytest.raises(OutputError, match="is not empty"):
        output_folder(tmp_path / "out", [home])
    assert output_folder(tmp_path / "out", [home], force=True)
