"""The command line: exit codes, one-line problems, and what each command leaves behind."""

import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest

from mturk_pipeline_tests.terminal import Cli

EXAMPLE = Path(__file__).parents[2] / "data" / "example"


@pytest.mark.parametrize("lead", ["", " "])
def test_a_trace_of_nothing_is_wrong_usage(cli: Cli, lead: str) -> None:
    said = cli("trace", "spring", lead)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert "lead_id" in said.err


def test_the_demo_runs_to_all_leads_and_again_changes_nothing(cli: Cli, home: Path) -> None:
    first = cli("demo")
    assert first.code == 0, first.err
    assert "11_allLeads/all_leads.xlsx" in first.out
    before = {p: p.read_bytes() for p in (home / "projects").rglob("*") if p.is_file()}
    again = cli("demo")
    assert again.code == 0
    assert "Nothing changed" in again.out
    assert {p: p.read_bytes() for p in (home / "projects").rglob("*") if p.is_file()} == before
    truth = pd.read_csv(EXAMPLE / "truth/truth.csv", dtype="str")
    right = set(truth[(truth["phase"] == "leads") & (truth["field"] == "email")]["value"].dropna().str.casefold())
    leads = pd.read_csv(home / "projects/example/11_allLeads/all_leads.csv", dtype="str")
    best = leads[(leads["lead_group"] == "email") & (leads["rank"] == "1")]["value"]
    assert best.isin(right).mean() > 0.8


def test_run_and_status_say_how_many_answers_could_not_be_read(cli: Cli) -> None:
    cli("demo")
    for said in (cli("status", "example"), cli("run", "example", "--force")):
        lines = [line for line in said.out.splitlines() if "answers could not be read: " in line]
        assert "email " in lines[-1]
    phases = json.loads(cli("status", "example", "--json").out)["phases"]
    assert {"field", "answers", "near_misses", "none_in_words", "reasons"} == set(phases[-1]["unreadable"][0])


def test_status_says_what_waits_for_whom(cli: Cli) -> None:
    cli("demo")
    said = json.loads(cli("status", "example", "--json").out)
    assert [phase["phase"] for phase in said["phases"]] == ["dirs", "clubs", "leads"]
    assert said["phases"][0]["items"] == 24
    assert any(" to review in 3_notebookProcessed_dirs" in line for line in said["phases"][0]["waiting"])
    assert "up to date" in cli("status").out


def test_status_says_what_of_a_project_is_broken_where(cli: Cli, home: Path) -> None:
    phase = home / "workflows/survey/one/defs.yaml"
    phase.parent.mkdir(parents=True)
    sound = "type: mturk_pipeline.components.Phase\nattributes:\n  fields: {mail: {kind: email}}\n"
    phase.write_text(sound)
    cli("init", "theirs", "--workflow", "survey")
    cli("init", "own")
    settings = home / "projects/own/project.yaml"
    settings.write_text(settings.read_text() + "overrides: {dirs: {acept: 1}}\n")
    phase.write_text("type: [")
    where = {
        "theirs": f"its workflow survey cannot be used: {phase}: line 1: ",
        "own": "own/project.yaml: overrides of dirs",
    }
    try:
        for name, says in where.items():
            for words in ((name,), (name, "--json")):
                said = cli("status", *words)
                assert (said.code, said.out, said.err.count("\n")) == (1, "", 1)
                assert says in said.err
        said = cli("status")
        assert said.code == 0
        assert "no project yet" not in said.out
        assert f"left out: theirs: {where['theirs']}" in said.out
        assert f"left out: {where['own']}" in said.out
    finally:
        shutil.rmtree(phase.parent.parent)
        for name in where:
            shutil.rmtree(home / "projects" / name)


def test_old_names_of_settings_are_told_of_the_projects_own_workflow_once(
    cli: Cli, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("mine", "others"):
        phase = home / f"workflows/{name}/one/defs.yaml"
        phase.parent.mkdir(parents=True)
        head = "type: mturk_pipeline.components.Phase\nattributes:\n  batches_over: 2026-03-20\n"
        phase.write_text(f"{head}  fields: {{mail: {{kind: email, cost: 2}}}}\n")
    try:
        cli("init", "renamed", "--workflow", "mine")
        for words in (("status", "renamed"), ("run", "renamed")):
            assert cli(*words).code == 0
        assert len(caplog.messages) == 2
        assert all(line.startswith(f"{home}/workflows/mine/one/defs.yaml: the setting ") for line in caplog.messages)
    finally:
        shutil.rmtree(home / "projects/renamed")
        for name in ("mine", "others"):
            shutil.rmtree(home / "workflows" / name)


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_any_table_goes_into_any_format(cli: Cli, tmp_path: Path, ending: str) -> None:
    cli("demo")
    target = tmp_path / f"leads.{ending}"
    said = cli("export", "example", "all_leads", "-o", target)
    assert said.code == 0, said.err
    read = {
        "csv": pd.read_csv,
        "parquet": pd.read_parquet,
        "xlsx": lambda path: pd.read_excel(path, engine="calamine"),
    }
    assert f"{len(read[ending](target))} rows" in said.out


def test_what_cannot_be_exported_is_one_line(cli: Cli, tmp_path: Path) -> None:
    cli("demo")
    (tmp_path / "folder.csv").mkdir()
    for words, says in (
        (("answers", "-o", tmp_path / "a.csv"), "several phases have it; say which: --phase dirs"),
        (("nothing", "-o", tmp_path / "a.csv"), "there are:"),
        (("answers", "--phase", "mars", "-o", tmp_path / "a.csv"), "there are: dirs, clubs, leads"),
        (("all_leads", "-o", tmp_path / "a.doc"), "ends with none of .csv"),
        (("all_leads", "-o", tmp_path / "no" / "a.csv"), "no such folder"),
        (("all_leads", "-o", tmp_path / "folder.csv"), "folder.csv: is a folder"),
    ):
        said = cli("export", "example", *words)
        assert said.code == 1
        assert says in said.err
        assert said.err.count("\n") == 1


def test_a_pilot_and_its_remainder_are_the_whole_list(cli: Cli, home: Path) -> None:
    cli("init", "pilot")
    project = home / "projects/pilot"
    assert cli("sample", "pilot", "-n", 5).code == 1  # no list yet
    (project / "1_mIn_unis/unis.csv").write_text("University,state\n" + "".join(f"U{n},AL\n" for n in range(20)))
    assert cli("sample", "pilot", "--rest").code == 1  # no pilot yet
    assert cli("sample", "pilot", "-n", 5).code == 0
    assert cli("sample", "pilot", "--rest").code == 0
    pilot = pd.read_csv(project / "1_mIn_unis/_pilot_dirs.csv")
    rest = pd.read_csv(project / "1_mIn_unis/_rest_dirs.csv")
    assert len(pilot) == 5
    assert sorted([*pilot["university"], *rest["university"]]) == sorted(f"U{n}" for n in range(20))
    assert cli("sample", "pilot", "-n", 5).code == 1  # the pilot is not drawn again
    with (project / "1_mIn_unis/unis.csv").open("a") as file:
        file.write("U20,AL\n")
    assert "1 of" in cli("sample", "pilot", "--rest").out
    assert pd.read_csv(project / "1_mIn_unis/_rest_dirs_2.csv")["university"].tolist() == ["U20"]
    assert "nothing written" in cli("sample", "pilot", "--rest").out


def test_removing_keeps_the_folder_whole_and_the_name_free(cli: Cli, home: Path) -> None:
    cli("init", "gone")
    (home / "projects/gone/2_mOut_dirs/mine.csv").write_text("mine")
    assert cli("remove", "gone", "--yes").code == 0
    kept = list((home / "projects/_removed").glob("gone-*/2_mOut_dirs/mine.csv"))
    assert [k.read_text() for k in kept] == ["mine"]
    assert cli("status", "gone").code == 1
    assert cli("init", "gone").code == 0


def test_a_strangers_batch_becomes_a_phase_in_a_minute(cli: Cli, home: Path) -> None:
    batch = EXAMPLE / "2_mOut_dirs/Batch_4817203_batch_results.csv"
    said = cli("inspect", batch)
    assert said.code == 0
    assert "mturk_batch" in said.out
    phase = home / "workflows/stranger/answers"
    phase.mkdir(parents=True)
    (phase / "defs.yaml").write_text(cli("inspect", batch, "--suggest-phase").out)
    assert cli("init", "theirs", "--workflow", "stranger").code == 0
    (home / "projects/theirs/2_mOut_answers/batch.csv").write_bytes(batch.read_bytes())
    # Definitions are loaded once in a process: a new workflow is seen by the next one.
    assert json.loads(cli("status", "theirs", "--json").out)["phases"][0]["batches"] == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("run", "nobody"), "no such project"),
        (("status", "nobody"), "no such project"),
        (("remove", "nobody", "--yes"), "no such project"),
        (("init", "x y"), "letters, digits"),
        (("init", "x", "--projects-dir", "~nobody-of-this-name/p"), "~nobody-of-this-name/p: not there"),
        (("init", "x", "--projects-dir", f"{__file__}/p"), "a file stands where a folder is wanted"),
        (("init", "x", "--projects-dir", f"/tmp/{'p' * 300}"), "too long"),
        (("init", "x", "--workflow", "nothing"), "no such workflow; there are: lead_gathering"),
        (("inspect", "/nowhere/x.csv"), "x.csv"),
        (("inspect", "/nowhere/x.csv", "--suggest-phase"), "x.csv"),
        (("inspect", os.devnull), os.devnull),
    ],
)
def test_problems_of_data_are_one_line_and_exit_code_1(cli: Cli, words: tuple[str, ...], says: str) -> None:
    said = cli(*words)
    assert said.code == 1
    assert said.err.startswith("mturk-pipeline: ")
    assert says in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ("run",),
        ("run", "a", "--all"),
        ("sample", "a"),
        ("sample", "a", "-n", "0"),
        ("sample", "a", "-n", "2", "--seed", "-1"),
        ("dev", "--port", "0"),
        ("dev", "--port", "65536"),
        ("fly",),
        ("export", "a"),
    ],
)
def test_wrong_usage_is_exit_code_2(cli: Cli, words: tuple[str, ...]) -> None:
    assert cli(*words).code == 2


def test_what_a_person_can_mend_is_the_same_line_in_the_terminal_and_on_the_failed_step(cli: Cli, home: Path) -> None:
    cli("demo")
    journal = home / "projects/example/.mturk_pipeline/review/dirs/journal.json"
    sound = journal.read_bytes()
    journal.write_text("[{")
    line = f"{journal}: is damaged; restore it from a copy, or delete that folder"
    try:
        commands = (("run", "example", "--force"), ("review", "example", "--split", "ann,ben"))
        for said in [cli(*words) for words in commands]:
            assert (said.code, said.err.count("\n")) == (1, 1), said.err
            assert line in said.err
    finally:
        journal.write_bytes(sound)
