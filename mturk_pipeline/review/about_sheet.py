"""The sheet `about`: how to work with the workbook, what each column means, and what it holds."""

from collections.abc import Iterator

import pandas as pd

from mturk_pipeline.review.decision_words import WORDS
from mturk_pipeline.review.review_book import MOST_ANSWERS, MOST_ROWS, ReviewBook
from mturk_pipeline.review.sheet_plans import Column, SheetPlan

_MEANINGS = {
    "accept": "What the row shows is right.",
    "fix": "You wrote the right values into the row. An edit alone is a fix; with the word, a cell that you "
    "emptied means 'there is none'.",
    "redo": "Ask the crowd again: the answers do not settle it.",
    "reject": "The answers are bad. The item goes back to the crowd.",
    "drop": "Not wanted, whatever the answers: nobody is asked again, and no worker is blamed.",
}
_COLUMNS = {
    "item_id": "Names the row. Leave it as it is; without it a row is found by its keys.",
    "export": "Which workbook the row comes from (hidden). Leave it.",
    "decision": "Your decision, from the list. Empty: not decided yet. Empty cells never change anything.",
    "comment": "Whatever you want to note.",
    "a field": "The best guess of the crowd. Write over it to correct it; write none where there is none.",
    "…_trust": "The probability that the best guess is right, 0 to 1: what workers said, and how reliable they are.",
    "…_runners_up": "Other answers, most trusted first.",
    "reasons": "Why the row waits for you.",
}
_SHEETS = {
    "review": "Rows that wait for you, worst first: begin at the top, stop where the rest is good enough.",
    "problems": "What could not be understood in files that came back. The sheet is there only when there is any.",
    "accepted": "Rows that passed without anybody's look: unverified. Edits and decisions here count as well.",
    "decided": "What people decided before. A new decision here counts as well.",
    "answers": "What every worker said about the rows of review. Empty answers are left out.",
    "workers": "How each worker of this phase fared, and a suggested standing. Nobody is excluded by it: you decide.",
}


def about_sheet(book: ReviewBook) -> SheetPlan:
    """How to work with the workbook, and what is in it."""
    lines = list(_lines(book))
    names = pd.Series([name for name, _ in lines], dtype="str")
    texts = pd.Series([text for _, text in lines], dtype="str")
    columns = [Column("about", names, 24, "strong"), Column("this workbook", texts, 110, "wrapped")]
    return SheetPlan("about", columns, tab="52606D", plain=True)


def _lines(book: ReviewBook) -> Iterator[tuple[str, str]]:
    yield "phase", f"{book.phase_name}. {book.phase.description}".strip()
    yield from book.facts.items()
    yield "give it back", _give_back(book.give_back_to)
    yield "", ""
    yield from _counts(book)
    yield "", ""
    yield from ((f"decision: {word}", meaning) for word, meaning in _MEANINGS.items())
    yield "also understood", "; ".join(f"{d}: {', '.join(w[1:])}" for d, w in WORDS.items() if len(w) > 1)
    yield "", ""
    yield from ((f"sheet: {name}", text) for name, text in _SHEETS.items())
    yield "", ""
    yield from ((f"column: {name}", text) for name, text in _COLUMNS.items())
    yield "", ""
    for name in book.phase.fields:
        gate = "a row waits while its trust is lower" if name in book.phase.gates else "does not hold a row back"
        limits = f"{book.threshold(name):.2f} on ({book.phase.threshold_of_none(name):.2f} for none)"
        yield f"field: {name}", f"{book.phase.fields[name].kind}; passes from trust {limits}; {gate}."


def _give_back(folder: str) -> str:
    where = f"into the folder {folder}" if folder else "into the phase's folder of reviewed files (…manualCleaned…)"
    return (
        f"Save a copy {where}, under any name that does not begin with _, as .xlsx or .csv, as often as you like. "
        "Half-filled is fine, and so are sorting, filtering, deleted rows, and columns or sheets of your own. "
        "Rows that are missing stay undecided. A row of your own with its keys and at least one value is added."
    )


def _counts(book: ReviewBook) -> Iterator[tuple[str, str]]:
    waiting, accepted, decided = len(book.waiting), len(book.accepted), len(book.decided)
    yield "waiting", f"{waiting:,} rows{_cut(waiting, 'the others are in the CSV file beside this workbook')}"
    yield "passed, unverified", f"{accepted:,} rows{_cut(accepted, 'the table cleaned_output has all')}"
    yield "decided", f"{decided:,} rows{_cut(decided, 'the table reviewed has all')}"
    answers = len(book.answers_behind(book.waiting.iloc[:MOST_ROWS]))
    more = f"; the first {MOST_ANSWERS:,} are shown" if answers > MOST_ANSWERS else ""
    yield "answers", f"{answers:,} behind the rows of review{more}"
    yield "export", book.export


def _cut(count: int, where: str) -> str:
    return f"; the first {MOST_ROWS:,} are shown, {where}" if count > MOST_ROWS else ""
