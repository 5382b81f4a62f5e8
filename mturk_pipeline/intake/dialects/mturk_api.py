"""Assignments of Mechanical Turk's API as a table: the answers are XML in the column `Answer`.

What boto3's `list_assignments_for_hit`, pyMTurkR and MTurkR give, saved as it is; the latter repeat the answers in
columns of their own, which are not needed. The API gives no inputs: they have to be added to the table.
"""

import numpy as np
import pandas as pd

from mturk_pipeline.intake.answer_xml import AnswerXmlError, read_answer_xml
from mturk_pipeline.intake.column_names import ANSWER
from mturk_pipeline.intake.dialects.base import Contents, Dialect, plain_contents
from mturk_pipeline.intake.dialects.mturk_batch import DIALECT as BATCH
from mturk_pipeline.kinds import SEPARATOR
from mturk_pipeline.providers import mturk
from mturk_pipeline.sheets.limits import Limits
from mturk_pipeline.sheets.text_tables import TextTable

_XML = "Answer"


def read_contents(table: TextTable, limits: Limits) -> Contents:
    """A column `Answer.<question>` for each question in the XML; several values are joined by "|"."""
    inputs = plain_contents(table, limits)
    codes, uniques = pd.factorize(table.frame[_XML])
    names: dict[str, None] = {}
    answers: list[dict[str, str]] = []
    problems: list[str | None] = []
    for text in uniques:
        read, problem = _read(str(text))
        if len(names.keys() | read.keys()) > limits.max_columns:
            read, problem = {}, f"would bring the file to more than {limits.max_columns} questions: look in the row"
        names.update(dict.fromkeys(read))
        answers.append(read)
        problems.append(problem)
    # Code -1, a blank cell, takes the last.
    unreadable = pd.Series(pd.array([*problems, None], dtype="str").take(codes), index=table.frame.index)
    columns = {
        f"{ANSWER}{name}": pd.array([*(a.get(name) or None for a in answers), None], dtype="str").take(codes)
        for name in names
    }
    frame = pd.concat([inputs.frame, pd.DataFrame(columns, index=table.frame.index)], axis=1)
    note = f"column {_XML} holds the answers as XML: {len(names)} question{'s' * (len(names) != 1)} read from it"
    failed = int(np.count_nonzero(unreadable.notna()))
    return Contents(frame, unreadable, [*inputs.notes, note + (f", {failed} rows not" if failed else "")])


def _read(text: str) -> tuple[dict[str, str], str | None]:
    try:
        answers = read_answer_xml(text)
    except AnswerXmlError as error:
        return {}, str(error)
    return {name: SEPARATOR.join(values) for name, values in answers.items()}, None


DIALECT = Dialect(
    name="mturk_api",
    provider=mturk.PROVIDER.name,
    marks=frozenset({"HITId", "AssignmentId", "WorkerId", _XML}),
    columns={**BATCH.columns, "work_seconds": "SecondsOnHIT"},
    unused=frozenset({*BATCH.unused, _XML, "Deadline", "ApprovalRejectionTime", "HITGroupId"}),
    contents=read_contents,
    lacks=(ANSWER,),
    without_keys="Mechanical Turk's API gives no inputs back: add them to the table, by HITId",
)
