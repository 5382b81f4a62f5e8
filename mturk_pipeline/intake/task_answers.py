"""`Answer.taskAnswers`, the JSON that crowd-html-elements write where answers are not flattened, as columns."""

import json
from typing import Any

import numpy as np
import pandas as pd

from mturk_pipeline.intake.column_names import ANSWER, find_column
from mturk_pipeline.kinds import SEPARATOR

TASK_ANSWERS = "taskAnswers"
NO_TASK_ANSWERS = "has a column taskAnswers that is no JSON list of answers: look in the download"
_DEEPEST = 8


def unpack_task_answers(frame: pd.DataFrame, most_columns: int) -> tuple[pd.DataFrame, pd.Series]:
    """`frame` with one column per answer in place of `Answer.taskAnswers`, and which rows' JSON is broken.

    A group of true/false values becomes the labels chosen, joined by "|"; other objects become one column a
    value (`Answer.emotion.label`); lists become their values joined by "|". Rows that would bring more than
    `most_columns` columns count as broken.
    """
    broken = pd.Series(False, index=frame.index)
    column = find_column(frame.columns, TASK_ANSWERS, ANSWER)
    if column is None:
        return frame, broken
    codes, uniques = pd.factorize(frame[column])
    unpacked: list[dict[str, str] | None] = []
    names: dict[str, None] = {}
    for text in uniques:
        answers = _answers(str(text))
        if answers is not None and len(names) + len(answers.keys() - names.keys()) <= most_columns:
            names.update(dict.fromkeys(answers))
            unpacked.append(answers)
        else:
            unpacked.append(None)
    failed = np.array([answers is None for answers in unpacked] + [False])  # code -1, a blank cell, takes the last
    broken = pd.Series(failed[codes], index=frame.index)
    columns: dict[str, pd.Series] = {}
    for name in names:
        texts = pd.Series([(u or {}).get(name) or None for u in unpacked] + [None], dtype="str")
        columns[ANSWER + name] = texts.take(codes).set_axis(frame.index)
    rest = frame.drop(columns=[column])
    beside = {name: rest[name].fillna(columns.pop(name)) for name in list(columns) if name in rest}
    return pd.concat([rest.assign(**beside), pd.DataFrame(columns, index=frame.index)], axis=1), broken


def _answers(text: str) -> dict[str, str] | None:
    """Answer name -> text of one cell; None where the cell is no JSON object or list of objects.

    >>> _answers('[{"Car": {"Car": true, "Bus": false}, "emotion": {"label": "joy"}, "n": 2}]')
    {'Car': 'Car', 'emotion.label': 'joy', 'n': '2'}
    """
    if text.strip() in ("", "{}"):
        return {}
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    objects = content if isinstance(content, list) else [content]
    if not all(isinstance(o, dict) for o in objects):
        return None
    answers: dict[str, str] = {}
    for item in objects:
        for name, value in item.items():
            for path, text in _flat(name, value, 1):
                clean = " ".join(path.split())
                answers[clean] = f"{answers[clean]}{SEPARATOR}{text}" if answers.get(clean) else text
    return {_whole(name): _whole(text) for name, text in answers.items() if name}


def _flat(name: str, value: Any, depth: int) -> list[tuple[str, str]]:
    """(name, text) of a value and what lies within it."""
    if isinstance(value, dict) and value and depth < _DEEPEST:
        if all(isinstance(v, bool) for v in value.values()):
            return [(name, SEPARATOR.join(str(label) for label, on in value.items() if on))]
        return [pair for key, v in value.items() for pair in _flat(f"{name}.{key}", v, depth + 1)]
    if isinstance(value, list) and not any(isinstance(v, dict | list) for v in value):
        return [(name, SEPARATOR.join(_text(v) for v in value))]
    return [(name, _text(value))]


def _whole(text: str) -> str:
    """`text` without lone halves of surrogate pairs: valid in JSON, but nothing that a table can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _text(value: Any) -> str:
    if value is None or value == {}:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
