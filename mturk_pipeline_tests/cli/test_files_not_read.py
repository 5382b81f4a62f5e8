"""Files that cannot be read or lie where nobody looks: run and status name each; nothing passes without a word."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml

from mturk_pipeline.intake.collecting import collect
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.cli.test_commands import EXAMPLE
from mturk_pipeline_tests.terminal import Cli

BATCH = EXAMPLE / "2_mOut_dirs/Batch_4817203_batch_results.csv"


@pytest.fixture
def results(cli: Cli, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The result folder of a new project with one good file, in which all files are quiet."""
    monkeypatch.setattr("mturk_pipeline.orchestration.run_verdicts.settled", lambda files: True)
    name = f"mixed{len(list(home.glob('projects/mixed*')))}"
    cli("init", name)
    folder = home / f"projects/{name}/2_mOut_dirs"
    (folder.parent / "1_mIn_unis/unis.csv").write_text("university\nA\n,\n")
    return folder


def test_run_names_each_file_that_is_not_read(cli: Cli, results: Path) -> None:
    shutil.copy(BATCH, results / "good.csv")
    (results / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n")
    (results / "empty.csv").write_bytes(b"")
    (results / "notes [old].csv").write_text("a,b\n1,2\n")
    (results / "older").mkdir()
    shutil.copy(BATCH, results / "older/Batch_1.csv")
    shutil.copy(BATCH, results / "_mine.csv")
    (results / "link.csv").symlink_to(BATCH)
    (results / "half.csv.crdownload").touch()
    said = cli("run", results.parent.name, "--phase", "dirs")
    assert said.code == 1
    assert said.err.count("\n") == 1
    assert "dirs: 3 files could not be read, named above" in said.err
    assert ": dirs: done" in said.out
    lines = [line.strip() for line in said.out.splitlines() if line.strip().startswith("not read: ")]
    names = ["empty.csv", "notes [old].csv", "picture.csv", "_mine.csv", "half.csv.crdownload", "link.csv"]
    for name in [*names, "older/Batch_1.csv"]:
        assert sum(line.startswith(f"not read: 2_mOut_dirs/{name}: ") for line in lines) == 1, name
    assert len(lines) == 7
    again = cli("run", results.parent.name, "--phase", "dirs")
    assert (again.code, again.out.count("  not read: "), again.err) == (1, 7, said.err)
    [phase, *_] = json.loads(cli("status", results.parent.name, "--json").out)["phases"]
    waiting = "\n".join(phase["waiting"])
    assert "you: 3 files that could not be read: 2_mOut_dirs/" in waiting
    assert "you: 4 files where nothing is read: " in waiting
    (results / "picture.csv").unlink()
    assert "you: 2 files that could not be read" in cli("status", results.parent.name).out


def test_each_run_names_lists_and_reviewed_files_that_cannot_be_read(cli: Cli, results: Path) -> None:
    project = results.parent
    shutil.copy(BATCH, results / "good.csv")
    (project / "1_mIn_unis/unis.csv").write_text("university,state\nA,AL\n,AL\n")
    (project / "1_mIn_unis/more.xlsx").write_bytes(b"PK\x03\x04nothing")
    (project / "1_mIn_unis/other.csv").write_text("town\nB\n")
    (project / "4_manualCleaned_mIn_dirs/anna.xlsx").write_bytes(b"")
    (project / "4_manualCleaned_mIn_dirs/caf\udce9.csv").write_bytes(b"a,b\n1,2\n")
    for words in ((), (), ("--force",)):
        said = cli("run", project.name, "--phase", "dirs", *words)
        assert (said.code, said.err.count("\n")) == (1, 1)
        assert "dirs: 4 files could not be read, named above" in said.err
        for line in (
            "not read: 1_mIn_unis/more.xlsx: is a broken workbook",
            "not read: 1_mIn_unis/other.csv: has no column university",
            "not read: 4_manualCleaned_mIn_dirs/anna.xlsx: is empty",
            "not read: 4_manualCleaned_mIn_dirs/caf%E9.csv: no sheet has a header",
            "1_mIn_unis/unis.csv: 1 rows without a key are left out",
        ):
            assert sum(told.strip().startswith(line) for told in said.out.splitlines()) == 1, said.out
        assert "could not be understood" not in said.out
    [phase, *_] = json.loads(cli("status", project.name, "--json").out)["phases"]
    assert any("4 files that could not be read: 1_mIn_unis/" in line for line in phase["waiting"])
    for path in [*project.glob("1_*/[mo]*"), *project.glob("4_*/[!_]*")]:
        path.unlink()
    said = cli("run", project.name, "--phase", "dirs")
    assert (said.code, said.err) == (0, "")


def test_run_names_a_file_about_mail_that_cannot_be_read(cli: Cli, home: Path) -> None:
    cli("demo")
    inside, beside = home / "projects/example/11_allLeads/unsubscribed.xlsx", home / "projects/suppression.csv"
    inside.write_bytes(b"PK\x03\x04nothing")
    beside.write_text("name\nAnn\n")
    mailed = [inside.with_name(name) for name in ("recipients.xlsx", "recipients.csv", "crm.csv")]
    assert all(path.is_file() for path in mailed)
    try:
        for _ in range(2):
            said = cli("run", "example")
            assert (said.code, said.err.count("\n")) == (1, 1)
            assert "leads: 2 files could not be read, named above" in said.err
            assert "not read: 11_allLeads/unsubscribed.xlsx: is a broken workbook" in said.out
            assert "not read: suppression.csv: has no column of e-mail addresses" in said.out
            held = "may stand in 11_allLeads/unsubscribed.xlsx, suppression.csv, which could not be read"
            assert said.out.count(held) == 1
            assert held in cli("status", "example").out
            assert not any(path.exists() for path in mailed)
            assert inside.with_name("all_leads.csv").is_file()
        inside.unlink()
        beside.unlink()
        inside.symlink_to("elsewhere.xlsx")
        beside.symlink_to("elsewhere.csv")
        said = cli("run", "example", "--force")
        assert "not read: 11_allLeads/unsubscribed.xlsx: is a link" in said.out
        assert "not read: suppression.csv: " in said.out
        assert not any(path.exists() for path in mailed)
    finally:
        inside.unlink()
        beside.unlink()
        assert cli("run", "example").code == 0
    assert all(path.is_file() for path in mailed)


def test_run_all_goes_on_and_names_each_project_that_cannot_be_used(cli: Cli, results: Path, home: Path) -> None:
    shutil.copy(BATCH, results / "good.csv")
    cli("init", "a_broken")
    cli("init", "a_shut")
    cli("init", "a_wrong")
    settings = home / "projects/a_broken/project.yaml"
    settings.write_text("id: [\n")
    (home / "projects/a_wrong/project.yaml").open("a").write("overrides: {dirs: {acept: 1}}\n")
    (home / "projects/a_shut/2_mOut_dirs").rmdir()
    (home / "projects/a_shut/2_mOut_dirs").symlink_to("2_mOut_dirs")
    for done in (True, False):
        said = cli("run", "--all")
        assert (said.code, said.err.count("\n")) == (1, 1)
        assert "a_broken: project.yaml is not YAML" in said.err
        assert "a_wrong: a_wrong/project.yaml: overrides of dirs: " in said.err
        assert "a_shut: " in said.err
        assert "links that lead to each other" in said.err
        assert (f"{results.parent.name}: dirs: done" in said.out) == done
    for name in ("a_broken", "a_shut", "a_wrong"):
        shutil.rmtree(home / "projects" / name)


def test_run_all_of_broken_projects_alone_says_so(tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MTURK_PROJECTS_DIR", str(tmp_path))
    (tmp_path / "spring").mkdir()
    (tmp_path / "spring/project.yaml").write_text("id: [\n")
    said = cli("run", "--all")
    assert (said.code, said.err.count("\n")) == (1, 1)
    assert "spring: project.yaml is not YAML" in said.err


def test_a_run_without_a_usable_file_names_them_all(cli: Cli, results: Path) -> None:
    (results / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n")
    (results / "notes.csv").write_text("a,b\n1,2\n")
    said = cli("run", results.parent.name, "--phase", "dirs")
    assert said.code == 1
    assert "no row of 2 result files is usable: notes.csv: " in said.err
    assert "; picture.csv: is a picture" in said.err
    assert said.out.count("  not read: 2_mOut_dirs/") == 2


def test_a_list_among_results_is_named_and_sends_nothing(cli: Cli, results: Path) -> None:
    shutil.copy(BATCH, results / "good.csv")
    (results.parent / "1_mIn_unis/unis.csv").write_text("university\nNever asked\n")
    shutil.copy(results.parent / "1_mIn_unis/unis.csv", results / "list.csv")
    said = cli("run", results.parent.name, "--phase", "dirs")
    assert said.code == 1
    assert "not read: 2_mOut_dirs/list.csv: lists items and has no answers: hand in the results" in said.out
    status = cli("status", results.parent.name).out
    assert "you: 1 file that could not be read: 2_mOut_dirs/list.csv: lists items" in status
    assert "you: 1 item of the list in no result file: not uploaded yet, or nobody answered" in status
    assert "without an answer, whose HITs are open" not in status


def test_results_among_lists_are_named_and_ask_nothing(cli: Cli, results: Path) -> None:
    shutil.copy(BATCH, results / "good.csv")
    (results.parent / "1_mIn_unis/unis.csv").write_text("university\nNever asked\n")
    shutil.copy(BATCH, results.parent / "1_mIn_unis/batch.csv")
    line = "1_mIn_unis/batch.csv: holds results, which are no list to ask about: put the file into 2_mOut_dirs"
    said = cli("run", results.parent.name, "--phase", "dirs")
    assert said.code == 1
    assert f"not read: {line}" in said.out
    assert f"you: 1 file that could not be read: {line}" in cli("status", results.parent.name).out
    (results.parent / "1_mIn_unis/batch.csv").unlink()
    assert cli("run", results.parent.name, "--phase", "dirs").code == 0
    assert "holds results" not in cli("status", results.parent.name).out


def test_status_says_why_the_last_run_failed(cli: Cli, results: Path) -> None:
    (results / "notes.csv").write_text("a,b\n1,2\n")
    why = "dirs__answers: no row of the only result file is usable: notes.csv: has no column of a result file"
    for _ in range(2):
        assert cli("run", results.parent.name, "--phase", "dirs").code == 1
        [line] = [t for t in cli("status", results.parent.name).out.splitlines() if "the last run failed" in t]
        assert f"the pipeline: the last run failed (lead_gathering__{why}" in line
        assert "it is tried again soon, or at once by: mturk-pipeline run" in line
    cli("run", results.parent.name, "--phase", "dirs")
    assert f"you: three runs failed on the same files (lead_gathering__{why}" in cli("status", results.parent.name).out


def test_a_project_without_files_says_where_they_go(cli: Cli, results: Path) -> None:
    (results.parent / "1_mIn_unis/unis.csv").unlink()
    said = cli("run", results.parent.name)
    assert said.code == 0
    assert "put the list to ask about into 1_mIn_unis, the crowd's result files into 2_mOut_dirs" in said.out
    status = cli("status", results.parent.name).out
    assert "you: the list to ask about, in 1_mIn_unis, and result files, in 2_mOut_dirs: there is none yet" in status
    (results / "older").mkdir()
    shutil.copy(BATCH, results / "older/Batch_1.csv")
    said = cli("run", results.parent.name)
    assert "not read: 2_mOut_dirs/older/Batch_1.csv: lies in a folder inside it" in said.out


def test_an_export_spares_what_is_there_and_what_the_project_holds(cli: Cli, results: Path, tmp_path: Path) -> None:
    shutil.copy(BATCH, results / "good.csv")
    assert cli("run", results.parent.name, "--phase", "dirs").code == 0
    mine, paid = tmp_path / "mine.csv", (results / "good.csv").read_bytes()
    mine.write_text("mine")
    said = cli("export", results.parent.name, "consensus", "-o", mine)
    assert (said.code, said.err.count("\n"), mine.read_text()) == (1, 1, "mine")
    assert "--force" in said.err
    assert cli("export", results.parent.name, "consensus", "-o", mine, "--force").code == 0
    assert "trust" in mine.read_text()
    for target in (results / "good.csv", results / "new.csv", results.parent / "4_manualCleaned_mIn_dirs/anna.xlsx"):
        assert cli("export", results.parent.name, "consensus", "-o", target, "--force").code == 1
    assert (results / "good.csv").read_bytes() == paid
    assert not (results / "new.csv").exists()


def test_what_a_person_said_of_workers_is_never_dropped(cli: Cli, results: Path, home: Path) -> None:
    shutil.copy(BATCH, results / "good.csv")
    name, file = results.parent.name, home / "projects/workers.csv"
    listed = home / "projects/_excluded_workers.csv"
    sound = "worker,standing\nA2NOBODY00000,blacklisted\n"
    try:
        file.write_text(f"{sound}A2NOBODY00001,banned\n")
        said = cli("run", name, "--phase", "dirs")
        assert said.code == 0
        assert "workers.csv, row 3: standing is not one of starred" in said.out
        assert "A2NOBODY00000" in listed.read_text()
        before = pd.read_parquet(next((home / "dagster").rglob(f"consensus/{name}.parquet")))
        file.write_text("")
        for _ in range(2):
            said = cli("run", name, "--phase", "dirs")
            assert (said.code, said.err.count("\n"), said.err.count("workers.csv")) == (1, 1, 1)
            assert f"{file}: is empty" in said.err
        assert "A2NOBODY00000" in listed.read_text()
        after = pd.read_parquet(next((home / "dagster").rglob(f"consensus/{name}.parquet")))
        pd.testing.assert_frame_equal(before, after)
        file.write_text(sound)
        assert cli("run", name, "--phase", "dirs").code == 0
    finally:
        file.unlink()


def test_run_and_status_name_input_columns_that_no_list_and_no_result_file_has(cli: Cli, results: Path) -> None:
    project = results.parent
    settings = yaml.safe_load((project / "project.yaml").read_text())
    field = {"asked_if": "univrsity", "gold": "photo"}
    settings["overrides"] = {"dirs": {"fields": {"directory_url": field}}}
    (project / "project.yaml").write_text(yaml.safe_dump(settings))
    (project / "1_mIn_unis/unis.csv").write_text("university,state\nA,AL\n")
    vain = "directory_url: its {} names Input.{}, which {}: it says nothing; {}"
    for where in ("the list to ask about has not", "no result file has"):
        said = cli("run", project.name, "--phase", "dirs")
        shown = cli("status", project.name).out
        asked = vain.format("asked_if", "univrsity", where, "did you mean Input.university?")
        gold = vain.format("gold", "photo", where, "mend it in the file of the phase")
        for line in (asked, gold):
            assert f"  {line}\n" in said.out
            assert f"  {project.name} dirs: {line}\n" in shown
        shutil.copy(BATCH, results / "good.csv")
    settings["overrides"] = {"dirs": {"fields": {"directory_url": {"asked_if": "University", "gold": None}}}}
    (project / "project.yaml").write_text(yaml.safe_dump(settings))
    assert "it says nothing" not in cli("run", project.name, "--phase", "dirs").out


def test_a_key_column_that_no_file_has_is_told_with_the_nearest() -> None:
    phase = {"keys": ["univrsity"], "fields": {"directory_url": {"kind": "url"}}}
    problem = str(collect([BATCH], PhaseSpec.model_validate(phase)).files["problem"].iloc[0])
    assert problem.endswith("; did you mean Input.university?")


def test_a_result_file_that_is_gone_takes_its_answers_along_with_a_word(cli: Cli, results: Path) -> None:
    name = results.parent.name
    shutil.copy(BATCH, results / "renamed later.csv")
    assert " gone " not in cli("run", name, "--phase", "dirs").out
    (results / "renamed later.csv").rename(results / "batch.csv")
    assert " gone " not in cli("run", name, "--phase", "dirs").out
    (results / "batch.csv").unlink()  # the only one
    said = cli("run", name, "--phase", "dirs")
    count = len(pd.read_csv(BATCH))
    words = f"2_mOut_dirs/batch.csv: is gone since the run before, with {count} assignments: put it back"
    assert (said.code, words in said.out) == (0, True)
    assert words in cli("status", name).out
    shutil.copy(BATCH, results / "batch.csv")
    assert words not in cli("status", name).out
