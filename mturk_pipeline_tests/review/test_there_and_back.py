"""Whatever a person does to a workbook in a spreadsheet: exactly the edits made come back."""

import io
import re
import tempfile
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mturk_pipeline.intake.item_ids import canonical_id
from mturk_pipeline.review.cleaned_output import clean
from mturk_pipeline.review.decision_words import WORDS, decision_of
from mturk_pipeline.review.decisions import read_reviewed
from mturk_pipeline.review.item_rows import item_rows
from mturk_pipeline.review.person_values import person_value
from mturk_pipeline.review.review_book import ReviewBook
from mturk_pipeline.review.shown_values import as_typed
from mturk_pipeline.review.workbook import workbook_bytes
from mturk_pipeline.texts.spreadsheet_marks import without_damage
from mturk_pipeline_tests.review import made

ROWS = 6
FIELDS = list(made.CONTACTS.fields)
# What workers and people write, and what spreadsheets are bad at.
TEXTS = st.one_of(
    st.sampled_from(
        ["=1+1", "+1 555 0100", "00123", "1-2", "none", "n/a", " a ", "TRUE", "'x", "'=x", "_x0041_", "a\nb", "1E5"]
    ),
    st.text(max_size=12).filter(lambda text: without_damage(text) == text),
    st.from_regex(r"[a-z]{1,6}@example\.edu", fullmatch=True),
)
ROW, FIELD = st.integers(0, ROWS - 1), st.sampled_from(FIELDS)
WORD = st.sampled_from(["", " ", "later", *(w for words in WORDS.values() for w in words)])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), ROW, FIELD, TEXTS),
        st.tuples(st.just("clear"), ROW, FIELD),
        st.tuples(st.just("decide"), ROW, WORD),
        st.tuples(st.just("delete row"), ROW),
        st.tuples(st.just("shuffle"), st.integers(0, 9)),
        st.tuples(st.just("move columns"), st.integers(0, 9)),
        st.tuples(st.just("add column"), TEXTS),
        st.tuples(st.just("delete column"), st.sampled_from([*FIELDS, "export", "email_trust", "comment"])),
        st.tuples(st.just("small ids")),
        st.tuples(st.just("ids without hyphens")),
        st.tuples(st.just("no ids")),
    ),
    max_size=12,
)


def cleaned_of(values: list[list[str]]) -> pd.DataFrame:
    items = [{"university": f"University {n % 2}", "club": f"Club {n}"} for n in range(ROWS)]
    given_to = made.assignments(items, copies=1)
    guesses = [{f: (v or None, 0.1) for f, v in zip(FIELDS, row, strict=True)} for row in values]
    told = made.consensus(given_to, guesses, made.CONTACTS)
    return clean(told, item_rows(made.answers(given_to, told), given_to, made.CONTACTS), made.CONTACTS)


def worked_on(table: pd.DataFrame, steps: list[tuple[Any, ...]]) -> pd.DataFrame:
    """What a person made of the sheet. `truth` is which row it is, and is not saved."""
    table = table.assign(truth=table["item_id"])
    for what, *how in steps:
        if what == "edit" and how[1] in table and how[0] < len(table):
            table.iloc[how[0], table.columns.get_loc(how[1])] = how[2]
        elif what == "clear" and how[1] in table and how[0] < len(table):
            table.iloc[how[0], table.columns.get_loc(how[1])] = ""
        elif what == "decide" and how[0] < len(table):
            table.iloc[how[0], table.columns.get_loc("decision")] = how[1]
        elif what == "delete row" and how[0] < len(table):
            table = table.drop(index=table.index[how[0]])
        elif what == "shuffle":
            table = table.sample(frac=1, random_state=how[0])
        elif what == "move columns":
            table = table[Random(how[0]).sample(list(table.columns), table.shape[1])]
        elif what == "add column":
            table = table.assign(**{f"my {len(table.columns)}": how[0]})
        elif what == "delete column":
            table = table.drop(columns=how[0], errors="ignore")
        elif what == "small ids" and "item_id" in table:
            table = table.assign(item_id=table["item_id"].str.lower())
        elif what == "ids without hyphens" and "item_id" in table:
            table = table.assign(item_id=table["item_id"].str.replace("-", ""))
        elif what == "no ids":
            table = table.drop(columns="item_id", errors="ignore")
    return table


def expected(table: pd.DataFrame, shown: dict[tuple[str, str], str]) -> set[tuple[str, str, str, str | None]]:
    """What the person said, worked out cell by cell."""
    said = set()
    for row in table.to_dict("records"):
        item, decision, edits = row["truth"], decision_of(row["decision"]), set()
        for field in set(FIELDS) & set(row):
            before, now = shown.get((item, field), ""), as_typed(row[field])
            was = person_value(before, made.CONTACTS.fields[field])
            means = person_value(now, made.CONTACTS.fields[field])
            if now == "" and before and was.state != "none" and decision == "fix" and "item_id" in row:
                edits.add((item, field, "fix", None))
            elif now not in ("", as_typed(before)) and means.state != "blank":
                same = means.state == was.state == "none" or (means.value is not None and means.value == was.value)
                edits |= set() if same else {(item, field, "fix", means.value)}
        said |= edits
        if decision and not (decision == "fix" and not edits):
            said.add((item, "", decision, None))
    return said


def saved(table: pd.DataFrame, folder: Path, suffix: str, as_table: bool) -> Path:
    path = folder / f"anna{suffix}"
    table = table.drop(columns="truth")
    if suffix == ".xlsx":
        import openpyxl

        book = openpyxl.Workbook()
        sheet: Any = book.active
        for number, row in enumerate([list(table.columns), *table.values.tolist()], 1):
            for column, text in enumerate(row, 1):
                if text != "":
                    cell = sheet.cell(number, column)
                    # Excel writes an underscore out where it would begin one of its escapes; openpyxl does not.
                    cell._value, cell.data_type = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text), "s"
        book.save(path)
    else:
        table.to_csv(path, index=False, sep=";" if as_table else ",", encoding="utf-8-sig" if as_table else "utf-8")
    return path


def sheet_of(content: bytes) -> pd.DataFrame:
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("review").to_python()
    return pd.DataFrame([[str(c) for c in row] for row in rows[1:]], columns=[str(c) for c in rows[0]])


def check(values: list[list[str]], steps: list[tuple[Any, ...]], suffix: str, as_table: bool) -> None:
    cleaned = cleaned_of(values)
    book = ReviewBook("contacts", made.CONTACTS, cleaned, made.answers_of_nobody(), made.WORKERS)
    table = worked_on(sheet_of(workbook_bytes(book)), steps)
    shown = {(i, f): v for i, f, v in book.shown[["item_id", "field", "value"]].itertuples(index=False)}
    with tempfile.TemporaryDirectory() as name:
        path = saved(legal(table), Path(name), suffix, as_table)
        reviews = read_reviewed([path], cleaned, book.shown, made.CONTACTS)
    found = {
        (canonical_id(row.item_id), row.field, row.decision, None if pd.isna(row.after) else row.after)
        for row in reviews.decisions.itertuples()
    }
    assert found == expected(legal(table), shown)
    assert reviews.added.empty
    assert set(reviews.problems["rule"]) <= {
        "odd_value",
        "blank_word",
        "fix_without_change",
        "missing_column",
        "rounded_number",
    }


def legal(table: pd.DataFrame) -> pd.DataFrame:
    """Texts as a spreadsheet program saves them: without what neither file format can hold."""
    return table.map(lambda text: as_typed(text) if text.isprintable() else as_typed(text).replace("\r", "\n"))


ARGUMENTS = {
    "values": st.lists(st.lists(TEXTS, min_size=3, max_size=3), min_size=ROWS, max_size=ROWS),
    "steps": STEPS,
    "suffix": st.sampled_from([".xlsx", ".csv"]),
    "as_table": st.booleans(),
}


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(**ARGUMENTS)
def test_exactly_the_edits_made_come_back(values, steps, suffix, as_table):
    check(values, steps, suffix, as_table)


@pytest.mark.slow
@settings(max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(**ARGUMENTS)
def test_exactly_the_edits_made_come_back_two_thousand_times(values, steps, suffix, as_table):
    check(values, steps, suffix, as_table)
