"""Mechanical Turk's API as a table, with the answers as XML in one column."""

import html
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mturk_pipeline.answers.tidying import tidy
from mturk_pipeline.intake.answer_xml import AnswerXmlError, read_answer_xml
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.intake.intake_files import checked, rules, write
from mturk_pipeline_tests.shared_cases import case

NAMESPACE = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/QuestionFormAnswers.xsd"
PHASE = PhaseSpec.model_validate({"fields": {"email": {"kind": "email"}, "way": {"kind": "choice", "separator": "|"}}})


HEAD = '<?xml version="1.0" encoding="ASCII"?>'


def xml(*answers: tuple[str, str], namespace: str = NAMESPACE, head: str = HEAD) -> str:
    """The answers of an assignment: pairs of a question and what stands beside it."""
    inside = "".join(
        f"<Answer><QuestionIdentifier>{html.escape(name)}</QuestionIdentifier>{value}</Answer>"
        for name, value in answers
    )
    declared = f' xmlns="{namespace}"' if namespace else ""
    return f"{head}<QuestionFormAnswers{declared}>{inside}</QuestionFormAnswers>"


def free(text: str) -> str:
    return f"<FreeText>{html.escape(text)}</FreeText>"


def assignment(number: int, answer: str, **more: str) -> dict[str, str]:
    return {
        "AssignmentId": f"3A{number}", "WorkerId": f"A{number}W", "HITId": "3H", "AssignmentStatus": "Submitted",
        "AutoApprovalTime": "2020-02-25 05:53:00+00:00", "AcceptTime": "2020-02-22 05:53:00-08:00",
        "SubmitTime": "2020-02-22 05:54:00-08:00", "Answer": answer, **more,
    }  # fmt: skip


EMAIL = ("email", free("a@x.edu"))
WAYS = [
    xml(EMAIL, ("way", "<SelectionIdentifier>bus</SelectionIdentifier><SelectionIdentifier>car</SelectionIdentifier>")),
    xml(EMAIL, ("way", free("bus")), ("way", free("car"))),
    xml(EMAIL, ("way", "<SelectionIdentifier>bus</SelectionIdentifier><OtherSelectionText>car</OtherSelectionText>")),
    xml(EMAIL, ("way", free("bus|car")), namespace=NAMESPACE.replace("2005-10-01", "2031-01-01")),
    xml(EMAIL, ("way", free("bus|car")), namespace=""),
    re.sub("<(/?)(?=[A-Z])", r"<\1m:", xml(EMAIL, ("way", free("bus|car")))).replace("xmlns=", "xmlns:m="),
    html.escape(xml(EMAIL, ("way", free("bus|car")))),
    html.escape(html.escape(xml(EMAIL, ("way", free("bus|car"))))),
    repr(xml(EMAIL, ("way", free("bus|car"))).encode()),
    "\ufeff\n " + xml(EMAIL, ("way", free("bus|car")), head=""),
    xml(("taskAnswers", free(json.dumps([{"email": "a@x.edu", "way": {"bus": True, "car": True, "train": False}}])))),
]  # fmt: skip


@pytest.mark.parametrize("answer", WAYS)
def test_answers_are_read_from_xml_however_it_is_written(tmp_path, answer):
    collected = checked([write(tmp_path / "boto.csv", [assignment(0, answer), assignment(1, WAYS[0])])], PHASE)
    assert collected.files[["dialect", "used"]].iloc[0].tolist() == ["mturk_api", 2]
    assert collected.assignments["Answer.way"].tolist() == ["bus|car", "bus|car"]
    answers = tidy(collected.assignments, PHASE)
    assert answers.loc[answers["field"] == "email", "value"].tolist() == ["a@x.edu", "a@x.edu"]
    got = collected.assignments.iloc[0]
    assert (str(got["submitted_at"]), got["work_seconds"]) == ("2020-02-22 13:54:00+00:00", 60)


def test_uploads_blanks_and_letters(tmp_path):
    answers = xml(
        ("file", "<UploadedFileSizeInBytes>12</UploadedFileSizeInBytes><UploadedFileKey>key1</UploadedFileKey>"),
        ("email", "<FreeText/>"),
        ("name", free("Zoë & <Co>")),
        ("none", ""),
    )
    got = checked([write(tmp_path / "b.csv", [assignment(0, answers), assignment(1, "")])], None).assignments
    assert got["Answer.file"].iloc[0] == "key1"
    assert got["Answer.name"].iloc[0] == "Zoë & <Co>"
    assert got[["Answer.email", "Answer.none"]].isna().all(axis=None)
    assert len(got) == 2


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (xml(EMAIL)[:-9], "no complete XML"),
        ("a@x.edu", "no complete XML"),
        ("{'QuestionFormAnswers': {}}", "no complete XML"),
        ("<Assignment><Answer/></Assignment>", "no QuestionFormAnswers"),
        ("b'<?xml \\x4'", "broken text of bytes"),
        ('<!DOCTYPE x [<!ENTITY e "boom">]><QuestionFormAnswers>&e;</QuestionFormAnswers>', "document type"),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd"><QuestionFormAnswers/>', "document type"),
        (html.escape('<!DOCTYPE x [<!ENTITY % p SYSTEM "http://x/">%p;]><QuestionFormAnswers/>'), "document type"),
        (xml(("a", free("x") * 1)).replace("x<", "&undefined;<"), "no complete XML"),
        ("<QuestionFormAnswers>" + "<a>" * 50, "nested too deeply"),
        (xml(("a", free("x" * 1_000_001))), "more than 1000000 characters"),
    ],
)
def test_xml_that_cannot_be_read_costs_its_row_only(tmp_path, answer, words):
    collected = checked([write(tmp_path / "b.csv", [assignment(0, answer), assignment(1, WAYS[0])])], PHASE)
    assert list(rules(collected)) == [2]
    assert words in collected.set_aside["reason"].iloc[0] or "more than 1000000" in words
    assert "etc/passwd" not in collected.set_aside["reason"].iloc[0]
    assert collected.assignments["assignment_id"].tolist() == ["3A1"]


def test_the_tables_of_r_packages(tmp_path):
    more = {"ApprovalRejectionTime": "", "SecondsOnHIT": "75", "email": "a@x.edu", "RequesterFeedback": ""}
    times = {"AcceptTime": "2014-05-01T10:00:00Z", "SubmitTime": "2014-05-01T10:01:15Z"}
    got = checked([write(tmp_path / "r.csv", [assignment(0, WAYS[0], **(more | times))])], PHASE).assignments.iloc[0]
    assert (got["Answer.email"], got["work_seconds"]) == ("a@x.edu", 75)


def test_a_phase_with_keys_says_that_the_api_gives_no_inputs(tmp_path):
    phase = PhaseSpec.model_validate({"keys": ["university"], "fields": {"email": {"kind": "email"}}})
    path = write(tmp_path / "b.csv", [assignment(0, WAYS[0])])
    assert "add them to the table" in checked([path], phase).files["problem"].item()
    path = write(tmp_path / "c.csv", [assignment(0, WAYS[0], **{"Input.University": "U"})])
    assert checked([path], phase).files["used"].item() == 1


def test_endless_questions_cannot_make_endless_columns(tmp_path):
    from mturk_pipeline.sheets.limits import Limits

    rows = [assignment(i, xml(*((f"q{i}_{n}", free("x")) for n in range(30)))) for i in range(4)]
    collected = checked([write(tmp_path / "b.csv", rows)], None, limits=Limits(max_columns=70))
    assert list(rules(collected).values()) == ["unreadable_answers"] * 2
    with pytest.raises(AnswerXmlError, match="more than 5000 questions"):
        read_answer_xml(xml(*((f"q{n}", free("x")) for n in range(5001))))


@settings(max_examples=200)
@given(st.text(max_size=60), st.text(alphabet=st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=40))
def test_any_text_is_read_or_refused(junk, value):
    try:
        read_answer_xml("<" + junk)
    except AnswerXmlError as error:
        assert "\n" not in str(error)
    read = read_answer_xml(xml(("q", free(value))))
    if value.strip() and not set(value) & {"\ufffe", "\uffff"}:
        assert read == {"q": [value]}


def test_the_shared_case():
    collected = checked([case("09_answer_xml") / "assignments_boto3.csv"], None)
    assert collected.files["used"].item() == 24
    assert collected.assignments["Answer.email"].iloc[0] == "club0@uni0.edu"
    assert set(collected.assignments["Answer.found"]) <= {"yes", "no"}
    assert any("column Answer holds the answers as XML" in w for w in collected.warnings)
