"""Files that no dialect reads are refused by the name of their platform, with what to do."""

import json
import zipfile

import pytest

from mturk_pipeline.intake.dialects import recognise, why_unknown
from mturk_pipeline.intake.inspection import inspect_file
from mturk_pipeline.sheets.unsupported_files import UNSUPPORTED, unsupported_content, unsupported_file
from mturk_pipeline_tests.intake.intake_files import PHASE, checked, row, write
from mturk_pipeline_tests.shared_cases import case

HEADERS = {
    "CrowdFlower": [
        "_unit_id,_created_at,_golden,_id,_missed,_started_at,_tainted,_channel,_trust,_worker_id,_country,email",
        "_unit_id,_golden,_unit_state,_trusted_judgments,_last_judgment_at,email,email:confidence",
    ],
    "Label Studio": [
        "id,text,sentiment,annotator,annotation_id,created_at,updated_at,lead_time",
        "annotation_id,annotator,created_at,id,lead_time,text",
    ],
    "Toloka": [
        "INPUT:url\tOUTPUT:result\tGOLDEN:result\tHINT:text\tASSIGNMENT:link\tASSIGNMENT:worker_id",
        "INPUT:url\tOUTPUT:result\tCONFIDENCE:result",
    ],
    "Prolific": [
        "Submission id,Participant id,Status,Custom study tncs accepted at,Started at,Completed at,Time taken,Age",
        "session_id,participant_id,status,started_datetime,completed_date_time,time_taken,num_approvals,Sex",
    ],
    "Ground Truth": ["source-ref,my-job,my-job-metadata"],
    "Scale AI": ["task_id,created_at,callback_url,status,response"],
    "Qualtrics": [
        "StartDate,EndDate,Status,IPAddress,Progress,Duration (in seconds),Finished,RecordedDate,ResponseId,Q1",
        "ResponseID,ResponseSet,Name,ExternalDataReference,EmailAddress,IPAddress,Status,StartDate,EndDate,Q1",
    ],
    "Google Forms": ["Timestamp,Your university,Your e-mail", "Zeitstempel;Universität;E-Mail"],
    "SurveyMonkey": ["Respondent ID,Collector ID,Date Created,Date Modified,IP Address,Email Address,Question"],
    "Zooniverse": [
        "classification_id,user_name,user_id,user_ip,workflow_id,workflow_name,created_at,metadata,annotations",
        "subject_id,project_id,workflow_id,subject_set_id,metadata,locations,classifications_count,retired_at",
    ],
    "clickworker": ["job,clickworker_id,answer"],
    "psiTurk": ["uniqueid,assignmentid,workerid,hitid,ipaddress,browser,cond,counterbalance,codeversion,beginhit"],
    "turktools": ["HITId\tAssignmentId\tWorkerId\tAnswer 1\tAnswer 2", "HITId,AssignmentId,WorkerId,Factor1,Answer 12"],
    "pyMTurkR": [
        "AssignmentId,WorkerId,HITId,QuestionIdentifier,FreeText,SelectionIdentifier,OtherSelectionField",
        "AssignmentId,WorkerId,HITId,AssignmentStatus,SubmitTime,SecondsOnHIT,question1",
    ],
    "perhaps of pyMTurkR": ["workerId,assignmentId,hitId,question1"],
    "list of HITs": [
        "HITId,HITTypeId,HITGroupId,CreationTime,Title,HITStatus,MaxAssignments",
        "hitid\thittypeid",
    ],
    "list of workers": [
        "Worker ID,Number of HITs approved or rejected - Lifetime,Number of HITs approved - Lifetime,"
        "Your Lifetime approval rate,CURRENT-Good Workers,UPDATE-Good Workers"
    ],
    "list of qualifications": ["QualificationTypeId,Name,Description,QualificationTypeStatus"],
    "Microsoft Forms": ["ID,Start time,Completion time,Email,Name,University"],
    "LimeSurvey": ["id,submitdate,lastpage,startlanguage,seed,Q1"],
    "Labelbox": ["ID,DataRow ID,Labeled Data,Label,Created By,External ID"],
    "jsPsych": ["rt,stimulus,response,trial_type,trial_index,time_elapsed"],
}
DOCUMENTS = {
    "Label Studio": [
        [{"id": 1, "data": {"u": "U"}, "annotations": [{"completed_by": 1, "result": []}], "predictions": []}],
        [{"id": 1, "university": "U", "annotator": 1, "annotation_id": 5, "lead_time": 3.1}],
    ],
    "Ground Truth": [{"source-ref": "s3://b/1.jpg", "job": 0, "job-metadata": {"human-annotated": "yes"}}],
    "Toloka": [[{"pool_id": "1", "tasks": [{"input_values": {}}]}]],
    "CrowdFlower": [{"id": 1, "data": {}, "judgments_count": 3, "results": {"judgments": []}}],
    "Scale AI": [[{"task_id": "5", "callback_url": "x", "response": {}}]],
    "doccano": [{"id": 1, "text": "t", "label": [[0, 3, "PER"]]}],
    "Prodigy": [{"text": "t", "_input_hash": 1, "_task_hash": 2, "answer": "accept"}],
    "Mechanical Turk's API": [{"NumResults": 1, "Assignments": [{"AssignmentId": "3A", "WorkerId": "A1"}]}],
    "psiTurk": [{"currenttrial": 1, "data": [], "questiondata": {}, "eventdata": []}],
    "is JSON, not a table": [{"some": "thing"}, [], {}, [[1, 2], [3]], [{"a": 1}]],
}  # fmt: skip


@pytest.mark.parametrize(("name", "header"), [(name, h) for name, headers in HEADERS.items() for h in headers])
def test_a_table_is_refused_by_its_platforms_name(tmp_path, name, header):
    path = tmp_path / "export.csv"
    delimiter = next(d for d in "\t;," if d in header)
    path.write_text("\n".join([f"\ufeff{header}", delimiter.join("1" for _ in header.split(delimiter)), ""]))
    for phase in (None, PHASE):
        found = checked([path], phase).files.iloc[0]
        assert name in found["problem"], found["problem"]
        assert "which is not read: " in found["problem"]
        assert (found["rows"], found["used"]) == (0, 0)


@pytest.mark.parametrize(("name", "content"), [(n, c) for n, contents in DOCUMENTS.items() for c in contents])
@pytest.mark.parametrize("style", ["whole", "lines", "indented"])
def test_json_is_refused_by_its_platforms_name(tmp_path, name, content, style):
    path = tmp_path / "export.json"
    if style == "lines":
        rows = content if isinstance(content, list) else [content]
        path.write_text("\n".join(map(json.dumps, rows)) or "[]")
    else:
        path.write_text(json.dumps(content, indent=2 if style == "indented" else None), encoding="utf-8-sig")
    problem = inspect_file(path).problem or ""
    if style == "lines" and content == [[1, 2], [3]]:
        return  # [1, 2] may be the first row of a table
    assert name in problem, problem
    assert "\n" not in problem


def test_files_that_are_no_table_are_named(tmp_path):
    starts = {
        "xml": (b'<?xml version="1.0"?><QuestionFormAnswers/>', "is XML"),
        "html": (b"\n  <!doctype HTML><html></html>", "is a web page"),
        "htm": (b"\xef\xbb\xbf<HTML></HTML>", "is a web page"),
        "rtf": (b"{\\rtf1\\ansi}", "RTF"),
        "rar": (b"Rar!\x1a\x07\x00", "rar"),
        "xml16": ('<?xml version="1.0"?>'.encode("utf-16"), "is XML"),
        "db": (b"SQLite format 3\x00", "SQLite"),
    }
    for name, (content, words) in starts.items():
        (tmp_path / f"file.{name}").write_bytes(content)
        assert words in (inspect_file(tmp_path / f"file.{name}").problem or "")
    members = {"word/document.xml": "Word", "Index/Document.iwa": "Numbers, Pages", "results.csv": "zip archive"}
    for member, words in members.items():
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
            archive.writestr(member, "x")
        assert words in (inspect_file(tmp_path / "x.zip").problem or "")


def test_result_files_are_never_taken_for_another_platforms(tmp_path):
    headers = [
        "HITId,AssignmentId,WorkerId,Input.Timestamp,Answer.email",
        "HITId,AssignmentId,WorkerId,Timestamp,_unit_id,_trust,Answer.email",
        "hitid\tassignmentid\tworkerid\thitstatus\thittypeid\tAnswer.a",
        "hitid\thittypeid\thitstatus\tassignmentid\tworkerid",
        "HITId,WorkerId,AssignmentId,Answer.Answer 1,Turkle.Username",
        "HITId,AssignmentId,WorkerId,SecondsOnHIT,Answer",
        "HITId,AssignmentId,WorkerId,Approve,Reject",
    ]
    for header in headers:
        assert recognise(header.replace("\t", ",").split(",")) is not None, header
    path = write(tmp_path / "b.csv", [{**row(0), "annotation_id": "", "lead_time": "", "Timestamp": ""}])
    assert checked([path]).files["used"].item() == 1
    for text in ("{curly},[b]\n1,2\n", "[HITId],AssignmentId\n", "{},x\n", 'a,"{""b"": 1}"\n'):
        assert unsupported_content(text.encode()) is None or text.startswith("{},")


def test_a_list_of_items_is_told_from_results():
    assert "lists items" in why_unknown(["University", "Club", "homepage"], PHASE.keys)
    assert "has no column of a result file" in why_unknown(["University", "Club"])
    assert unsupported_file(["University", "Club"]) is None


def test_the_table_is_sound():
    named = [p.files for p in UNSUPPORTED]
    assert len(set(named)) == len(named)
    for platform in UNSUPPORTED:
        assert platform.columns or platform.keys
        assert "\n" not in platform.refusal
        assert len(platform.refusal) < 300


def test_the_shared_exports(tmp_path):
    names = {"label_studio.csv": "Label Studio", "label_studio.json": "Label Studio", "prolific.csv": "Prolific"}
    names |= {"toloka_assignments.tsv": "Toloka", "turktools.tsv": "turktools", "pymturkr.csv": "pyMTurkR"}
    for name, platform in names.items():
        problem = inspect_file(case("25_other_platforms") / name).problem or ""
        assert platform in problem
        assert "as they were downloaded" not in problem
