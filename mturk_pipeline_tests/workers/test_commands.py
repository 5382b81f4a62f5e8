"""The commands about workers: what they print, leave behind, and say in one line when it cannot be."""

from pathlib import Path

import pandas as pd
import pytest

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.tables import table_path, write_table
from mturk_pipeline.workers.archive import read_archive
from mturk_pipeline.workers.forgetting import THEIRS_TODO, forget, whom
from mturk_pipeline.workers.identities import identities, surrogates_of
from mturk_pipeline.workers.memory_folder import Store
from mturk_pipeline_tests.terminal import Cli, terminal
from mturk_pipeline_tests.workers.made import BAD, GOOD, LAZY, batch, write


@pytest.fixture
def cli(home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    for variable, place in (
        ("MTURK_PROJECTS_DIR", home.projects),
        ("MTURK_WORKFLOWS_DIR", home.workflows),
        ("DAGSTER_HOME", home.dagster),
    ):
        monkeypatch.setenv(variable, str(place))

    return terminal(capsys, monkeypatch)


def test_import_look_and_forget(cli: Cli, home: Home, tmp_path: Path) -> None:
    assert "No worker is known yet" in cli("workers")[1]
    past = tmp_path / "past"
    write(past / "a.csv", batch(range(10), status="Rejected"))
    write(past / "b.csv", "club\nchess\n")
    code, out, err = cli("import-batches", past)
    assert code == 0
    assert "30 assignments added; 1 files could not be used. 3 workers are known now" in out
    assert err.startswith("b.csv: has no column")
    code, out, _ = cli("workers")
    assert (code, out.splitlines()[0]) == (0, "3 workers: 3 neutral; suggested: 3 watch")
    assert f"mturk::{BAD}" in out.splitlines()[3]
    write(home.projects / "own.csv", f"worker\n{BAD}\n")
    code, out, _ = cli("forget", BAD, "--yes")
    assert code == 0
    assert "nothing leads to the worker" in out
    assert out.splitlines()[-2:] == ["  own.csv", THEIRS_TODO]
    assert BAD not in cli("workers")[1]
    cli("import-batches", past)
    assert BAD not in cli("workers")[1]


def test_who_has_done_a_phase_is_listed(cli: Cli, home: Home) -> None:
    assert cli("init", "spring")[0] == 0
    assert "has no answers yet" in cli("exclude", "spring", "--phase", "dirs")[2]
    assert "--phase dirs" in cli("exclude", "spring")[2]
    raw = pd.DataFrame({"worker": [f"mturk::{GOOD}", f"mturk::{GOOD}", "turkle::5", "mturk::forgotten-abcdef"]})
    write_table(table_path(home.tables, "lead_gathering", "dirs", "raw_output", "spring"), raw)
    (home.projects / "workers.csv").write_text(f"worker,standing\n5,blacklisted\n{BAD},blacklisted\n")
    code, out, _ = cli("exclude", "spring", "--phase", "dirs")
    assert code == 0
    assert "2 blacklisted, 1 done" in out
    [listed] = (home.projects / "spring").glob("*/_exclude_dirs.csv")
    rows = sorted(listed.read_text().splitlines()[1:])
    assert rows == sorted(["5,turkle,,blacklisted", f"{BAD},mturk,,blacklisted", f"{GOOD},mturk,,done"])


def test_a_workers_file_that_cannot_be_read_stops_what_asks_for_it(cli: Cli, home: Home, tmp_path: Path) -> None:
    write(tmp_path / "past/a.csv", batch(range(10)))
    said = write(home.projects / "workers.csv", f"worker,standing\n{BAD},blacklisted\n{GOOD},starred\n")
    cli("init", "spring")
    raw = pd.DataFrame({"worker": [f"mturk::{LAZY}"]})
    write_table(table_path(home.tables, "lead_gathering", "dirs", "raw_output", "spring"), raw)
    cli("workers")
    blacklisted = (home.projects / "_excluded_workers.csv").read_bytes()
    assert BAD.encode() in blacklisted
    broken = home.projects / "workers.xlsx"
    broken.write_bytes(b"PK\x03\x04nothing")
    for words in (["workers"], ["exclude", "spring", "--phase", "dirs"], ["import-batches", str(tmp_path / "past")]):
        code, out, err = cli(*words)
        assert (code, len(err.splitlines())) == (1, 1)
        assert err.startswith(f"mturk-pipeline: {broken}: is a broken workbook")
        assert ("30 assignments added." in out) == (words[0] == "import-batches")
    assert not list((home.projects / "spring").glob("*/_exclude_dirs.csv"))
    assert (home.projects / "_excluded_workers.csv").read_bytes() == blacklisted
    code, _, err = cli("forget", LAZY, "--yes")
    assert code == 0  # forgetting goes before
    assert f"{broken}: is a broken workbook" in err
    assert LAZY not in identities(home).values()
    broken.unlink()
    assert said.is_file()
    assert "1 blacklisted" in cli("workers")[1]


@pytest.mark.parametrize("there", [True, False])
def test_names_that_the_private_table_lost_come_back_from_result_files(cli: Cli, home: Home, there: bool) -> None:
    assert cli("init", "spring")[0] == 0
    result = next(home.projects.glob("spring/2_mOut_dirs")) / "results.csv"
    text = batch(range(9)).replace("Input.club", "Input.university").replace("Answer.open", "Answer.directory_url")
    write(result, text)
    workers = list(surrogates_of(home, [f"mturk::{i}" for i in (GOOD, BAD, LAZY)]).values())
    raw = pd.DataFrame({"worker": workers, "status": "Submitted", "auto_approved": False, "submitted_at": pd.NaT})
    write_table(table_path(home.tables, "lead_gathering", "dirs", "raw_output", "spring"), raw)
    rated = raw[["worker"]].assign(judged=9.0, judged_right=8.0)
    write_table(table_path(home.tables, "lead_gathering", "dirs", "workers", "spring"), rated)
    forget(home, whom(home, LAZY))
    if not there:
        result.unlink()
    for command in (["workers"], ["exclude", "spring", "--phase", "dirs"]):
        Store.of(home).identities.unlink(missing_ok=True)
        code, _, err = cli(*command)
        assert code == 0
        assert sorted(identities(home).values()) == ([f"mturk::{GOOD}", f"mturk::{BAD}"] if there else [])
        lines = [line for line in err.splitlines() if "as their ids are lost and no result file has them" in line]
        assert [line.split()[0] for line in lines] == ([] if there else ["2"])


def test_names_of_imported_batches_come_back_when_they_are_imported_again(cli: Cli, home: Home, tmp_path: Path) -> None:
    past = tmp_path / "past"
    write(past / f"by {GOOD}.csv", batch(range(10)))
    cli("import-batches", past)
    assert GOOD not in read_archive(home).to_csv()
    Store.of(home).identities.unlink()
    assert "3 workers stand here by surrogate" in cli("workers")[2]
    assert "known already" in cli("import-batches", past)[1]
    assert len(identities(home)) == 3
    assert cli("workers")[2] == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["import-batches", "nowhere"], "no such folder"),
        (["import-batches", "."], "no .csv"),
        (["forget", "5"], "turkle::5"),
        (["forget", "WK-BCDF-GHJK-LMNP"], "name the worker by the platform's id"),
    ],
)
def test_what_cannot_be_is_one_line(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    code, _, err = cli(*words)
    assert code == 1
    assert said in err
    assert len(err.splitlines()) == 1
