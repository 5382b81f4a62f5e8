"""Files that no dialect reads, recognised by their content: one entry for each platform or kind of file.

An entry names the columns, the keys of JSON or the first bytes that tell its files, and what to do instead. To read
one of them, write a dialect and take its entry out.
"""

import io
import re
import zipfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

_HEAD = 65_536  # bytes in which a file without a table shows what it is
_TABLE = (
    "make a table of it, one row per answer with the columns HITId, AssignmentId, WorkerId, Input.<key> and "
    "Answer.<field>, and hand that in as .csv"
)
_SURVEY = f"its answers are not about items that a batch named; {_TABLE}"
_PROLIFIC = "it says who took part, not what they answered: hand in the answers that the page of the study stored"
_NO_ANSWERS = "it holds no answers: hand in the batch's results (Manage > Results > Download CSV)"


@dataclass(frozen=True)
class UnsupportedFile:
    """Files that are recognised and refused."""

    files: str  # What they are, to follow "is"
    remedy: str  # What to do instead
    # Sets of columns, one of which stands complete in the header; any case, `*` for any text
    columns: tuple[tuple[str, ...], ...] = ()
    keys: tuple[tuple[str, ...], ...] = ()  # The same of keys near the beginning of JSON
    lacks: tuple[str, ...] = ()  # Columns that such a table never has
    weak: bool = False  # The columns tell too little where a dialect would read the table

    @property
    def refusal(self) -> str:
        return f"is {self.files}, which is not read: {self.remedy}"


# The first that fits counts: those with the fewest telling columns stand last.
UNSUPPORTED: tuple[UnsupportedFile, ...] = (
    UnsupportedFile(
        "a report of CrowdFlower (Figure Eight, Appen)",
        _TABLE,
        columns=(
            ("_unit_id", "_worker_id"),
            ("_unit_id", "_trust"),
            ("_unit_id", "_trusted_judgments"),
            ("_unit_id", "_golden"),
            ("_unit_id", "_unit_state"),
        ),
        keys=(("_unit_id",), ("judgments_count", "results"), ("job_id", "judgments_count")),
    ),
    UnsupportedFile(
        "an export of Label Studio",
        _TABLE,
        columns=(("annotation_id", "lead_time"), ("annotator", "annotation_id"), ("annotation_id", "created_at")),
        keys=(
            ("completed_by",),
            ("annotations", "predictions"),
            ("annotation_id", "lead_time"),
            ("from_name", "to_name"),
        ),
    ),
    UnsupportedFile(
        "a file of Toloka",
        _TABLE,
        columns=(("INPUT:*", "OUTPUT:*"), ("ASSIGNMENT:*",), ("INPUT:*", "GOLDEN:*"), ("INPUT:*", "HINT:*")),
        keys=(("task_suite_id",), ("pool_id", "tasks"), ("pool_id", "input_values")),
    ),
    UnsupportedFile(
        "a demographic export of Prolific",
        _PROLIFIC,
        columns=(
            ("Submission id", "Participant id"),
            ("participant_id", "entered_code"),
            ("participant_id", "num_approvals"),
            ("participant_id", "started_datetime"),
            ("participant_id", "session_id", "status"),
        ),
        keys=(("participant_id", "study_code"), ("participant_id", "study_id", "time_taken")),
    ),
    UnsupportedFile(
        "an export of Zooniverse (Panoptes)",
        _TABLE,
        columns=(
            ("classification_id", "workflow_id"),
            ("classification_id", "user_name"),
            ("subject_id", "workflow_id", "retirement_reason"),
            ("subject_id", "workflow_id", "classifications_count"),
        ),
        keys=(("classification_id",),),
    ),
    UnsupportedFile(
        "a manifest or response of SageMaker Ground Truth",
        _TABLE,
        columns=(("source-ref", "*-metadata*"), ("source", "*-metadata*")),
        keys=(
            ("source-ref",),
            ("human-annotated",),
            ("datasetObjectId",),
            ("acceptanceTime", "answerContent"),
            ("workerMetadata",),
        ),
    ),
    UnsupportedFile(
        "an export of Scale AI",
        _TABLE,
        columns=(
            ("task_id", "callback_url"),
            ("task_id", "params.*"),
            ("task_id", "response.*"),
            ("task_id", "response"),
        ),
        keys=(("task_id", "callback_url"), ("task_id", "params"), ("task_id", "response")),
    ),
    UnsupportedFile(
        "an export of Labelbox",
        _TABLE,
        columns=(("Labeled Data", "External ID"), ("Labeled Data", "Created By")),
        keys=(("data_row", "projects"), ("Labeled Data",)),
    ),
    UnsupportedFile("a dataset of Prodigy", _TABLE, keys=(("_input_hash",), ("_task_hash",))),
    UnsupportedFile(
        "an export of Qualtrics",
        _SURVEY,
        columns=(
            ("ResponseId", "RecordedDate"),
            ("ResponseId", "StartDate"),
            ("ResponseID", "ResponseSet"),
            ("StartDate", "EndDate", "Finished"),
            ("Start Date", "End Date", "Response ID"),
        ),
        keys=(("responseId", "values"), ("recordedDate", "finished")),
    ),
    UnsupportedFile(
        "an export of SurveyMonkey",
        _SURVEY,
        columns=(("Respondent ID", "Collector ID"), ("respondent_id", "collector_id"), ("RespondentID", "CollectorID")),
        keys=(("respondent_id", "collector_id"), ("response_status", "collector_id")),
    ),
    UnsupportedFile(
        "an export of LimeSurvey",
        _SURVEY,
        columns=(("submitdate*", "lastpage*"), ("Date submitted", "Last page")),
    ),
    UnsupportedFile(
        "an export of Microsoft Forms",
        _SURVEY,
        columns=(("Start time", "Completion time"),),
    ),
    UnsupportedFile("an export of Typeform", _SURVEY, columns=(("#", "Network ID"), ("Submitted At", "Token"))),
    UnsupportedFile(
        "data of a jsPsych experiment", _TABLE, columns=(("trial_type", "trial_index"),), keys=(("trial_type",),)
    ),
    UnsupportedFile("an export of Gorilla", _TABLE, columns=(("Participant Private ID",),)),
    UnsupportedFile(
        "a table of psiTurk",
        _TABLE,
        columns=(
            ("uniqueid", "codeversion"),
            ("uniqueid", "counterbalance"),
            ("uniqueid", "datastring"),
            ("uniqueid", "beginhit"),
        ),
        keys=(("questiondata", "eventdata"), ("currenttrial", "trialdata"), ("uniqueid", "trialdata")),
    ),
    UnsupportedFile("an export of clickworker", _TABLE, columns=(("*clickworker*",),), keys=(("*clickworker*",),)),
    UnsupportedFile(
        "a result table of turktools",
        "hand in the results as the requester site gives them, whose answers stand in columns Answer.<name>",
        columns=(("HITId", "Answer [0-9]*"), ("WorkerId", "Answer [0-9]*")),
    ),
    UnsupportedFile(
        "a table of answers of MTurkR or pyMTurkR",
        "hand in the table of assignments with its column Answer, which holds the answers as XML, as .csv",
        columns=(("QuestionIdentifier", "FreeText"), ("AssignmentId", "QuestionIdentifier"), ("SecondsOnHIT",)),
    ),
    UnsupportedFile(
        "a reply of Mechanical Turk's API as JSON",
        "save it as a table with one row per assignment and the columns HITId, AssignmentId, WorkerId and Answer",
        keys=(("AssignmentId", "WorkerId"), ("Assignments", "NumResults"), ("HITs", "NumResults"), ("HITTypeId",)),
    ),
    UnsupportedFile(
        "a list of qualifications",
        _NO_ANSWERS,
        columns=(("QualificationTypeId",), ("QualificationRequestId",), ("Qualification Type ID",)),
        keys=(("QualificationTypeId",),),
    ),
    UnsupportedFile(
        "a list of workers of the requester site",
        _NO_ANSWERS,
        columns=(
            ("Worker ID", "Number of HITs*"),
            ("Worker ID", "*approval rate*"),
            ("Worker ID", "CURRENT-*"),
            ("Worker ID", "UPDATE-*"),
            ("Worker ID", "*Lifetime*"),
        ),
    ),
    UnsupportedFile(
        "a list of HITs",
        _NO_ANSWERS,
        columns=(
            ("HITId", "HITStatus"),
            ("HITId", "HITGroupId"),
            ("HITId", "HITTypeId"),
            ("HITId", "NumberOfAssignmentsPending"),
        ),
        lacks=("AssignmentId",),
    ),
    UnsupportedFile("an export of doccano", _TABLE, keys=(("text", "label"), ("text", "labels"), ("text", "entities"))),
    UnsupportedFile(
        "a table with Mechanical Turk's ids in another spelling, perhaps of pyMTurkR",
        "name its columns HITId, AssignmentId, WorkerId and its answers Answer.<name>, or hand in the download",
        columns=(("hitId", "assignmentId", "workerId"), ("hit_id", "assignment_id", "worker_id")),
        weak=True,
    ),
    UnsupportedFile(
        "a sheet of answers of Google Forms",
        _SURVEY,
        columns=(("Timestamp",), ("Zeitstempel",), ("Horodateur",), ("Marca temporal",), ("Carimbo de data/hora",)),
        weak=True,
    ),
)

# First bytes of files that people hand in by mistake, in any case, and what to do about each.
_STARTS = (
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "is an old .xls workbook or protected by a password: save it as .xlsx without a password",
    ),
    (b"\x1f\x8b", "is compressed (gzip): unpack it first"),
    (b"7z\xbc\xaf", "is compressed (7z): unpack it first"),
    (b"Rar!", "is compressed (rar): unpack it first"),
    (b"\x89PNG", "is a picture (PNG), not a result file"),
    (b"\xff\xd8\xff", "is a picture (JPEG), not a result file"),
    (b"GIF8", "is a picture (GIF), not a result file"),
    (b"%PDF", "is a PDF, not a result file: download the results as .csv"),
    (b"{\\rtf", "is a formatted text (RTF), not a result file: download the results as .csv"),
    (b"<!DOCTYPE", "is a web page, not a result file: download the results as .csv"),
    (b"<html", "is a web page, not a result file: download the results as .csv"),
    (b"<?xml", "is XML, not a table: download the results as .csv"),
    (b"<QuestionFormAnswers", "is XML, not a table: download the results as .csv"),
    (b"PAR1", "is a parquet file: hand in the .csv, .tsv or .xlsx that it was made from"),
    (b"SQLite format 3", "is a database (SQLite): download the results as .csv"),
)
_DOCUMENT = "not a result file: download the results as .csv"
# Members of zip archives, and what has them.
_MEMBERS = (
    ("word/*", f"is a Word document, {_DOCUMENT}"),
    ("ppt/*", f"is a presentation, {_DOCUMENT}"),
    ("Index/*.iwa", "is a file of Numbers, Pages or Keynote: export it as .csv or .xlsx"),
    ("Index.zip", "is a file of Numbers, Pages or Keynote: export it as .csv or .xlsx"),
    ("*.csv", "is a zip archive: unpack it first"),
    ("*.tsv", "is a zip archive: unpack it first"),
    ("*.json*", "is a zip archive: unpack it first"),
    ("*.xlsx", "is a zip archive: unpack it first"),
)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_JSON = re.compile(r"\s*(?:\[\s*[\[{\]]|\{\s*(?:\"(?:[^\"\\]|\\.)*\"\s*:|\}))")
_KEY = re.compile(r"\"([^\"\\\n]{1,80})\"\s*:")


def unsupported_file(header: Sequence[str]) -> UnsupportedFile | None:
    """The platform whose tables have such a header.

    >>> unsupported_file(["INPUT:url", "OUTPUT:result", "ASSIGNMENT:worker_id"]).files
    'a file of Toloka'
    >>> unsupported_file(["university", "club"]) is None
    True
    """
    names = {" ".join(name.casefold().split()) for name in header}
    return next((p for p in UNSUPPORTED if _has(names, p.columns) and not _has(names, [(c,) for c in p.lacks])), None)


def unsupported_content(content: bytes) -> str | None:
    """Why the content of a file is no table, and what to do, in one line; None where it may be one.

    >>> unsupported_content(b'[{"id": 1, "annotations": [{"completed_by": 1}]}]')[:34]
    'is an export of Label Studio, whic'
    """
    for start, problem in _STARTS:
        if _bare(content)[: len(start)].upper() == start.upper():
            return problem
    if content.startswith(b"PK"):
        return _archive(content)
    return _json(_text(content[:_HEAD]))


def _bare(content: bytes) -> bytes:
    """The beginning of a file without the mark of its encoding and blanks before it."""
    head = content[:256]
    for mark in _MARKS[:1]:
        head = head.removeprefix(mark)
    if head.startswith(_MARKS[1:]) and not head.startswith(b"\xff\xd8"):
        return _text(head).encode("utf-8", "replace").lstrip()
    return head.lstrip(b" \t\r\n")


def _text(content: bytes) -> str:
    encoding = "utf-16" if content.startswith(_MARKS[1:]) else "utf-8-sig"
    return content.decode(encoding, "replace")


def _json(text: str) -> str | None:
    if not _JSON.match(text):
        return None
    keys = {key.casefold() for key in _KEY.findall(text)}
    platform = next((p for p in UNSUPPORTED if _has(keys, p.keys)), None)
    return platform.refusal if platform else f"is JSON, not a table: {_TABLE}"


def _archive(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError):
        return None
    if any(name.startswith("xl/") or name == "content.xml" for name in names):
        return None
    return next((problem for member, problem in _MEMBERS if any(fnmatchcase(n, member) for n in names)), None)


def _has(names: Collection[str], alternatives: Sequence[Sequence[str]]) -> bool:
    """Whether one of the alternatives stands complete among `names` (any case, folded)."""
    return any(all(_stands(name.casefold(), names) for name in wanted) for wanted in alternatives)


def _stands(wanted: str, names: Collection[str]) -> bool:
    if "*" in wanted or "[" in wanted:
        return any(fnmatchcase(name, wanted) for name in names)
    return wanted in names
