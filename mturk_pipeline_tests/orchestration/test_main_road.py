"""The example from dropped files to all leads, as Dagster runs it."""

import shutil

import dagster as dg
import pandas as pd
from dagster_shared.serdes import serialize_value

from mturk_pipeline.intake.item_ids import item_ids
from mturk_pipeline.projects.due_phases import Verdict
from mturk_pipeline_tests.orchestration.conftest import EXAMPLE, LEADS, Installation


def test_dropped_files_become_all_leads_and_a_second_run_changes_nothing(finished: Installation) -> None:
    project = finished.named()
    for name in (
        "3_notebookProcessed_dirs/review_dirs.xlsx",
        "7_manualCleaned_mIn_clubs/_mIn_leads.csv",
        "6_notebookProcessed_clubs/review_clubs.xlsx",
        "9_notebookProcessed_leads/review_leads.xlsx",
        "11_allLeads/all_leads.csv",
        "11_allLeads/all_leads.xlsx",
        "11_allLeads/leads_email.xlsx",
    ):
        assert (project.path / name).is_file(), name
    before = {p: p.stat().st_mtime_ns for p in finished.home.projects.rglob("*") if p.is_file()}
    again = finished.run(project)
    assert [(r.phase, r.verdict) for r in again] == [(p, Verdict.UP_TO_DATE) for p in ("dirs", "clubs", "leads")]
    assert {p: p.stat().st_mtime_ns for p in finished.home.projects.rglob("*") if p.is_file()} == before


def test_running_again_by_force_writes_the_same_tables_and_keeps_a_workbook_edited_in_place(
    installation: Installation,
) -> None:
    project = installation.project(phases=("dirs",))
    installation.run(project, phases=("dirs",))
    stages = ("raw_output", "answers", "items", "consensus", "workers", "cleaned_output", "reviewed", "next_input")
    before = {stage: installation.table(project, "dirs", stage) for stage in stages}
    decisions = installation.table(project, "dirs", "decisions")
    book = project.path / "3_notebookProcessed_dirs/review_dirs.xlsx"
    book.write_bytes(b"edited by hand")
    installation.run(project, phases=("dirs",), wants=lambda verdict: True)
    for stage in stages:
        pd.testing.assert_frame_equal(installation.table(project, "dirs", stage), before[stage], obj=stage)
    # A row of a person's own that was read before there was a workbook may say what the workbook shows by now.
    again = installation.table(project, "dirs", "decisions")
    assert not decisions["seen"].all()
    pd.testing.assert_frame_equal(again, decisions.merge(again, how="inner"))
    assert len(decisions) - len(again) <= (~decisions["seen"]).sum()
    kept = list(book.parent.glob("review_dirs.kept-*.xlsx"))
    assert [k.read_bytes() for k in kept] == [b"edited by hand"]
    assert book.read_bytes()[:2] == b"PK"


def test_a_persons_decisions_hold_and_change_what_goes_on(finished: Installation) -> None:
    project = finished.named()
    reviewed = finished.table(project, "dirs", "reviewed").set_index("university")
    decisions = finished.table(project, "dirs", "decisions")
    assert {"fix", "reject", "redo", "add"} <= set(decisions["decision"])
    assert reviewed["status"].isin(["fixed", "rejected", "redo", "added"]).sum() >= 4
    going_on = set(finished.table(project, "dirs", "next_input")["university"])
    assert not going_on & set(reviewed.index[reviewed["status"].isin(["rejected", "redo", "undecided"])])
    back = pd.read_csv(project.path / "1_mIn_unis/_rework_dirs_2.csv")
    assert set(back["university"]) == set(reviewed.index[reviewed["status"].isin(["rejected", "redo"])])


def test_every_answer_knows_the_inputs_of_the_phases_before(finished: Installation) -> None:
    project = finished.named()
    leads = finished.table(project, "leads", "raw_output")
    assert leads["Input.homepage"].notna().any()
    assert {"source_file", "source_row", "hit_id", "assignment_id", "worker"} <= set(leads.columns)


def test_a_later_phase_runs_although_the_first_never_did(installation: Installation) -> None:
    project = installation.project(phases=("leads",))
    (project.path / "1_mIn_unis/universities.csv").unlink()
    results = installation.run(project)
    assert [(r.phase, r.verdict) for r in results][:2] == [
        ("dirs", Verdict.NOTHING_THERE),
        ("clubs", Verdict.NOTHING_THERE),
    ]
    assert results[2].success
    assert (project.path / "11_allLeads/all_leads.csv").is_file()


def test_rows_that_wait_do_not_go_on_and_what_passes_by_itself_is_unverified(finished: Installation) -> None:
    project = finished.named()
    reviewed = finished.table(project, "clubs", "reviewed")
    going_on = finished.table(project, "clubs", "next_input")
    assert set(going_on["verified"]) == {"unverified"}
    assert len(going_on) <= int((reviewed["status"] == "accepted_automatically").sum())


def test_one_broken_file_fails_alone(installation: Installation) -> None:
    project = installation.project(phases=("dirs",))
    installation.drop(project, "2_mOut_dirs/broken.xlsx", b"PK\x03\x04 cut off")
    installation.drop(project, "2_mOut_dirs/picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(100))
    installation.drop(project, "4_manualCleaned_mIn_dirs/broken too.xlsx", b"PK\x03\x04 cut off")
    results = installation.run(project, phases=("dirs",))
    assert results[0].success
    files = installation.table(project, "dirs", "result_files").set_index("source_file")
    assert set(files.index[files["problem"].notna()]) == {"broken.xlsx", "picture.csv"}
    assert len(installation.table(project, "dirs", "raw_output")) > 50


def test_no_usable_row_is_an_error_in_one_line_and_keeps_what_was_there(installation: Installation) -> None:
    project = installation.project(phases=("dirs",))
    installation.run(project, phases=("dirs",))
    before = installation.table(project, "dirs", "consensus")
    for file in (project.path / "2_mOut_dirs").iterdir():
        file.write_bytes(b"HITId,AssignmentId,WorkerId,Input.town,Answer.mayor\n1,2,A3,x,y\n")
    result = installation.run(project, phases=("dirs",))[0]
    assert result.success is False
    assert result.problem
    assert "\n" not in result.problem
    assert "university" in result.problem
    pd.testing.assert_frame_equal(installation.table(project, "dirs", "consensus"), before)


def test_a_result_file_damaged_and_mended_leaves_nothing_of_the_failed_run(installation: Installation) -> None:
    project = installation.project(phases=("dirs",))
    installation.run(project, phases=("dirs",))
    [file] = (project.path / "2_mOut_dirs").iterdir()
    sound, answers = file.read_bytes(), installation.table(project, "dirs", "raw_output")
    file.write_bytes(bytes(range(256)) * 40)
    assert installation.run(project, phases=("dirs",))[0].success is False
    assert installation.table(project, "dirs", "raw_output").empty
    file.write_bytes(sound)
    assert installation.run(project, phases=("dirs",))[0].success
    pd.testing.assert_frame_equal(installation.table(project, "dirs", "raw_output"), answers)
    assert installation.table(project, "dirs", "result_files")["problem"].isna().all()
    assert [r.verdict for r in installation.run(project, phases=("dirs",))] == [Verdict.UP_TO_DATE]


def test_no_answer_and_no_worker_is_in_what_the_run_history_keeps(finished: Installation) -> None:
    project = finished.named()
    kept = "\n".join(
        serialize_value(event)
        for record in finished.instance.get_run_records()
        for event in finished.instance.all_logs(record.dagster_run.run_id)
    )
    assert "result_files" in kept
    for phase in LEADS.phases:
        answers = finished.table(project, phase, "answers")
        said = answers[answers["state"].isin(["valid", "invalid"])]
        secrets = {*said["value"].dropna(), *said["raw"].dropna(), *answers["worker"]}
        assert not [s for s in secrets if len(s) > 7 and s in kept][:5]


def test_what_the_crowd_was_asked_is_not_offered_again(installation: Installation) -> None:
    project = installation.project(phases=("clubs", "leads"))
    batches = {f: f.read_bytes() for f in (project.path / "8_mOut_leads").iterdir()}
    for file in batches:
        file.unlink()
    installation.run(project)
    offer = project.path / "7_manualCleaned_mIn_clubs/_mIn_leads.csv"
    before = pd.read_csv(offer)
    for file, content in batches.items():
        file.write_bytes(content)
    installation.run(project)
    after = pd.read_csv(offer)
    asked = set(installation.table(project, "leads", "raw_output")["item_id"])
    assert len(after) < len(before)
    assert not set(item_ids(after[["university", "club"]])) & asked


def test_thresholds_of_the_launchpad_hold_for_that_run(installation: Installation) -> None:
    project = installation.project(phases=("dirs",))
    installation.run(project, phases=("dirs",))
    normal = installation.table(project, "dirs", "consensus")["accepted"].sum()
    job = installation.repository.get_job("lead_gathering__dirs")
    strict = {"ops": {"lead_gathering__dirs__consensus": {"config": {"accept": 0.99}}}}
    assert job.execute_in_process(strict, instance=installation.instance, partition_key=project.id).success
    assert normal > 5
    assert installation.table(project, "dirs", "consensus")["accepted"].sum() == 0
    assert installation.table(project, "dirs", "cleaned_output")["needs_review"].all()


def test_the_daily_reconcile_runs_what_is_behind_and_names_what_is_broken(installation: Installation) -> None:
    project = installation.project(phases=("dirs",))
    odd = installation.project("odd", phases=())
    (odd.path / "project.yaml").write_text("id: [")
    broken = installation.home.workflows / "broken" / "one"
    broken.mkdir(parents=True)
    (broken / "defs.yaml").write_text("type: [")
    result = installation.repository.get_job("reconcile").execute_in_process(instance=installation.instance)
    assert result.success
    found = [c for c in result.get_asset_check_evaluations() if c.asset_key == dg.AssetKey("projects")]
    checks = {c.check_name: c.passed for c in found}
    assert checks == {"workflows_usable": False, "projects_usable": False, "projects_up_to_date": True}
    assert [r.verdict for r in installation.run(project, phases=("dirs",))] == [Verdict.UP_TO_DATE]


def test_what_somebody_deleted_is_made_again(installation: Installation) -> None:
    project = installation.project(phases=("dirs",))
    installation.run(project, phases=("dirs",))
    book = project.path / "3_notebookProcessed_dirs/review_dirs.xlsx"
    content = book.read_bytes()
    book.unlink()
    assert installation.run(project, phases=("dirs",))[0].success
    assert book.read_bytes()[:2] == content[:2]
    shutil.rmtree(installation.home.tables)
    assert installation.run(project, phases=("dirs",))[0].success
    assert len(installation.table(project, "dirs", "reviewed"))


def test_a_hit_that_nobody_answered_is_not_offered_again(installation: Installation) -> None:
    project = installation.project(phases=("dirs",))
    installation.run(project, phases=("dirs",))
    offer = project.path / "4_manualCleaned_mIn_dirs/_mIn_clubs.csv"
    before = pd.read_csv(offer)
    asked = before.iloc[0]
    installation.drop(
        project,
        "5_mOut_clubs/published.csv",
        (
            '"HITId","AssignmentId","WorkerId","Input.university","Input.directory_url","Answer.club_1_name","Answer.club_1_url"\r\n'
            f'"1","","","{asked["university"]}","{asked["directory_url"]}","",""\r\n'
            f'"2","9","A1","{before.iloc[1]["university"]}","{before.iloc[1]["directory_url"]}","Chess","x.example.edu"\r\n'
        ).encode(),
    )
    installation.run(project)
    after = pd.read_csv(offer)
    assert sorted(set(before["university"]) - set(after["university"])) == sorted(before["university"][:2])


def test_hits_without_a_usable_answer_are_not_offered_again_although_the_run_fails(installation: Installation) -> None:
    project = installation.project(phases=("dirs",))
    installation.run(project, phases=("dirs",))
    offer = project.path / "4_manualCleaned_mIn_dirs/_mIn_clubs.csv"
    before = pd.read_csv(offer)
    asked = before.iloc[0]
    row = f'"1","","","{asked["university"]}","{asked["directory_url"]}","",""\r\n'
    head = (
        '"HITId","AssignmentId","WorkerId","Input.university","Input.directory_url",'
        '"Answer.club_1_name","Answer.club_1_url"\r\n'
    )
    installation.drop(project, "5_mOut_clubs/published.csv", (head + row).encode())
    [result] = installation.run(project, phases=("clubs",))
    assert result.success is False
    assert asked["university"] not in set(pd.read_csv(offer)["university"])


def test_results_of_another_phase_in_a_result_folder_change_no_offer(installation: Installation) -> None:
    project = installation.project(phases=("dirs",))
    installation.run(project, phases=("dirs",))
    made = {p: p.read_bytes() for p in (project.path / "1_mIn_unis").glob("_rework*")}
    missing = installation.table(project, "dirs", "missing_units")
    assert len(made) == 2
    clubs = pd.read_excel(EXAMPLE / "5_mOut_clubs/Batch_4819846_batch_results.xlsx", dtype="str", engine="calamine")
    universities = pd.read_csv(project.path / "1_mIn_unis/_rework_dirs_2.csv")["university"]
    clubs["Input.university"] = [universities[n % len(universities)] for n in range(len(clubs))]
    clubs.to_csv(project.path / "2_mOut_dirs/clubs.csv", index=False)
    assert installation.run(project, phases=("dirs",))[0].success
    files = installation.table(project, "dirs", "result_files").set_index("source_file")
    assert "no answer column of this phase" in files.loc["clubs.csv", "problem"]
    assert {p: p.read_bytes() for p in (project.path / "1_mIn_unis").glob("_rework*")} == made
    pd.testing.assert_frame_equal(installation.table(project, "dirs", "missing_units"), missing)


def test_items_whose_results_are_not_read_are_not_offered_again(installation: Installation) -> None:
    project = installation.project(phases=("dirs",))
    installation.run(project)
    offer = project.path / "4_manualCleaned_mIn_dirs/_mIn_clubs.csv"
    before = pd.read_csv(offer, dtype="str")
    sent = before.head(2).add_prefix("Input.").assign(HITId="1", AssignmentId=["2", "3"], WorkerId="A4")
    sent["Answer.a_name_that_the_phase_does_not_have"] = "x"
    sent.to_csv(project.path / "5_mOut_clubs/results.csv", index=False)
    assert installation.run(project, phases=("clubs",))[0].success is False
    assert pd.read_csv(offer, dtype="str")["offer_id"].tolist() == before["offer_id"].tolist()[2:]


def test_a_turkle_project_without_login_goes_to_a_person_and_says_so(installation: Installation) -> None:
    import openpyxl

    project = installation.project(phases=())
    head = "HITId,AssignmentId,WorkerId,SubmitTime,Input.university,Answer.directory_url,Turkle.Username\n"
    links = [f"https://www.uni{n // 3}.edu/clubs" for n in range(72)]
    rows = [f"{n // 3},{n},,Sat Feb 22 05:11:00 UTC 2025,Univ {n // 3},{link},\n" for n, link in enumerate(links)]
    installation.drop(project, "2_mOut_dirs/turkle.csv", (head + "".join(rows)).encode())
    assert all(result.success for result in installation.run(project, phases=("dirs",)))
    assert len(installation.table(project, "dirs", "raw_output")) == 72
    assert installation.table(project, "dirs", "workers").empty
    assert not installation.table(project, "dirs", "consensus")["accepted"].any()
    assert (installation.table(project, "dirs", "settlement")["suggestion"] == "none").all()
    assert any("did not log in" in note for note in installation.table(project, "dirs", "trust_notes")["note"])
    book = openpyxl.load_workbook(project.path / "3_notebookProcessed_dirs/review_dirs.xlsx", read_only=True)
    cells = {
        str(cell) for sheet in ("review", "about") for row in book[sheet].iter_rows(values_only=True) for cell in row
    }
    assert any("3 anonymous answers, perhaps of one person" in cell for cell in cells)
    assert any("72 answers are of people who did not log in" in cell for cell in cells)
