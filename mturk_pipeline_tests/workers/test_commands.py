"""The commands about workers: what they print, leave behind, and say in one line when it cannot be."""

import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from mturk_pipeline.cli.main import main
from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.tables import table_path, write_table
from mturk_pipeline.workers.forgetting import THEIRS_TODO
from mturk_pipeline_tests.workers.made import BAD, GOOD, batch, write

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cli(home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    for variable, place in (
        ("MTURK_PROJECTS_DIR", home.projects),
        ("MTURK_WORKFLOWS_DIR", home.workflows),
        ("DAGSTER_HOME", home.dagster),
    ):
        monkeypatch.setenv(variable, str(place))

    def call(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["mturk-pipeline", *map(str, words)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        return (code, *capsys.readouterr())

    return call


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
    assert (code, out.splitlines()[0]) == (0, "3 workers: 3 neutral; suggested: 2 watch, 1 exclude")
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
