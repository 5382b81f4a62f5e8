"""The sheet `about`: how to work with the workbook, what each column means, and what it holds."""

from collections.abc import Iterator

import pandas as pd

from mturk_pipeline.answers.unreadable import unreadable
from mturk_pipeline.intake.unknown_workers import anonymous_notes
from mturk_pipeline.review.columns_in_view import MORE_FIELDS, has_room_for_all
from mturk_pipeline.review.decision_words import UNDO, WORDS
from mturk_pipeline.review.more_fields_sheet import more_fields_count
from mturk_pipeline.review.queue import WITHOUT_A_HINT
from mturk_pipeline.review.review_book import MOST_ANSWERS, MOST_ROWS, ReviewBook
from mturk_pipeline.sheets.plans import Column, SheetPlan
from mturk_pipeline.vocabulary.agreements import AGREEMENTS
from mturk_pipeline.vocabulary.queue_kinds import SPOT_CHECK
from mturk_pipeline.vocabulary.trust_models import TRUST_MODELS

_MEANINGS = {
    "accept": "What the row shows is right.",
    "fix": "You wrote the right values into the row. An edit alone is a fix; with the word, a cell that you "
    "emptied means 'there is none'.",
    "redo": "Ask the crowd again: the answers do not settle it.",
    "reject": "The answers are bad. The item goes back to the crowd.",
    "drop": "Not wanted, whatever the answers: nobody is asked again, and no worker is blamed.",
}
_COLUMNS = {
    "decision": "Your decision, from the list. Empty: not decided yet. Empty cells never change anything.",
    "reasons": f"Why the row is here: what matters most; the cell's note says all. '{WITHOUT_A_HINT}' stands on spot "
    "checks and on as many other rows.",
    "what was asked": "In grey before or behind the answers; addresses can be clicked.",
    "a field": "The best guess of the crowd. Write over it to correct it, or pick another answer from its list; write "
    "none where there is none.",
    "grey, yellow, red": "On the sheet review grey cells are sure; yellow ones in bold are doubtful: worth the look; "
    "red ones are more likely wrong than right.",
    "comment": "Whatever you want to note.",
    "folded away": "The 2 above the rows' numbers opens …_trust, …_runners_up and …_detail.",
    "…_runners_up": "Other answers, most trusted first.",
    "…_detail": "Of a rating, where it lies with 95 % probability; of a set, how probable each option is; of free "
    "texts, how many there are.",
    "…_trust": "The probability that the best guess is right, 0 to 1: what workers said, and how reliable they are.",
    "item_id": "Names the row. Leave it as it is; without it a row is found by its keys.",
    "export": "Which workbook the row comes from (hidden). Leave it.",
}
_COUNTED_TRUST = "How many of the votes the best guess has, 0 to 1: a count, not a probability."
_SHEETS = {
    "review": "What waits for you, worst first: begin at the top, stop where the rest is good enough. Among it are "
    "spot checks: rows that passed, drawn by chance, so that it is known how many of those are wrong.",
    MORE_FIELDS: "Where a phase asks many fields: those that have no column on review, accepted automatically and "
    "decided before, a row for each. The column value is yours, as a field's is there; decisions stand on the other "
    "sheets.",
    "problems": "What could not be understood in files that came back. The sheet is there only when there is any.",
    "accepted automatically": "Rows that passed without a look: unverified. Edits and decisions count here too.",
    "decided before": "What people decided before. A new decision here replaces the old one; undo takes it back.",
    "answers": "What every worker said about the rows of review. Empty answers are left out.",
    "workers": "How each worker of this phase fared, and a suggested standing. Nobody is excluded by it: you decide.",
    "assignments": "What is suggested for the pay of each assignment. Nothing is paid or rejected by it: you decide.",
}
_OF_WORKERS = {
    "standing": "Suggested from the evidence: neutral, watch, exclude. Your word stands in workers.xlsx.",
    "…_everywhere": "The same over all projects, as of the run before; standing_everywhere is a person's word.",
    "evidence": "What stands out, in words.",
    "reliability": "Expected share of the worker's HITs that is right; …_low and …_high are its 95 % interval.",
    "agreement": "Share of the votes that another worker shares; chance_corrected_… leaves out what chance gives.",
    "judged": "HITs with an answer that could be judged; judged_right: how many of them are expected to be right.",
    "copy_partners": "Workers who share wrong values, or rare long texts, with this one.",
    "repeated_answers": "The same value for several items where nobody else gives it.",
    "median_work_seconds": "Median time from accept to submit, seconds.",
}


def about_sheet(book: ReviewBook) -> SheetPlan:
    """Make the sheet; its first line counts on while a person works."""
    lines = list(_lines(book))
    names = pd.Series([name for name, _ in lines], dtype="str")
    texts = pd.Series([text for _, text in lines], dtype="str")
    shown = min(len(book.waiting), MOST_ROWS)
    progress = {0: f'COUNTA(review!A2:A{shown + 1})&" of {shown:,} rows in review decided"'} if shown else {}
    columns = [
        Column("about", names, 24, "strong"),
        Column("this workbook", texts, 110, "wrapped", formulas=progress),
    ]
    return SheetPlan("about", columns, tab="52606D", plain=True)


def _lines(book: ReviewBook) -> Iterator[tuple[str, str]]:
    shown = min(len(book.waiting), MOST_ROWS)
    yield "progress", f"0 of {shown:,} rows in review decided" if shown else "nothing waits for you"
    yield "if you stop here", book.audit.sentence
    yield "phase", f"{book.phase_name}. {book.phase.description}".strip()
    yield from book.facts.items()
    yield "give it back", _give_back(book.give_back_to)
    yield "", ""
    yield from _counts(book)
    yield "", ""
    yield from ((f"decision: {word}", meaning) for word, meaning in _MEANINGS.items())
    yield "also understood", "; ".join(f"{d}: {', '.join(w[1:])}" for d, w in WORDS.items() if len(w) > 1)
    yield f"also: {UNDO}", "Takes back what was decided before; the row is as if nobody had looked at it."
    yield "", ""
    left_out = MORE_FIELDS if has_room_for_all(book.phase) else ""
    yield from ((f"sheet: {name}", text) for name, text in _SHEETS.items() if name != left_out)
    yield "", ""
    counted = {} if TRUST_MODELS[book.phase.model].is_probability else {"…_trust": _COUNTED_TRUST}
    yield from ((f"column: {name}", text) for name, text in {**_COLUMNS, **counted}.items())
    yield "", ""
    yield from ((f"workers: {name}", text) for name, text in _OF_WORKERS.items())
    yield "", ""
    for name, spec in book.phase.fields.items():
        gate = "a row waits while its trust is lower" if name in book.phase.gates else "does not hold a row back"
        limits = f"{book.phase.threshold(name):.2f} on ({book.phase.threshold_of_none(name):.2f} for none)"
        without = AGREEMENTS[spec.agreement].without_trust if not spec.has_trust else ""
        passes = f"has no trust: {without}" if without else f"passes from trust {limits}"
        yield f"field: {name}", f"{spec.kind}; {passes}; {gate}."


def _give_back(folder: str) -> str:
    where = f"into the folder {folder}" if folder else "into the phase's folder of reviewed files (…manualCleaned…)"
    return (
        f"Save a copy {where}, under any name that does not begin with _, as .xlsx or .csv, as often as you like. "
        "Half-filled is fine, and so are sorting, filtering, deleted rows, and columns or sheets of your own. "
        "Rows that are missing stay undecided. A row of your own with its keys and at least one value is added."
    )


def _counts(book: ReviewBook) -> Iterator[tuple[str, str]]:
    waiting, accepted, decided = len(book.waiting), len(book.accepted), len(book.decided)
    # The number of spot checks is shown, not which rows they are.
    spot = int((book.queue["kind"] == SPOT_CHECK).sum())
    checks = f", {spot:,} of them spot checks" if spot else ""
    rest = _cut(waiting, "the others are in the CSV file beside this workbook")
    yield "review", f"{waiting:,} rows{checks}{rest}"
    yield "accepted", f"{accepted:,} rows, unverified{_cut(accepted, 'the table cleaned_output has all')}"
    yield "decided", f"{decided:,} rows{_cut(decided, 'the table reviewed has all')}"
    answers = len(book.answers_behind(book.waiting.iloc[:MOST_ROWS]))
    more = f"; the first {MOST_ANSWERS:,} are shown" if answers > MOST_ANSWERS else ""
    if more := more_fields_count(book):
        yield MORE_FIELDS, more
    yield "answers", f"{answers:,} behind the rows of review{more}"
    for note in anonymous_notes(book.answers.drop_duplicates("assignment_id")):
        yield "anonymous answers", note
    yield from _unreadable(book)
    yield "export", book.export


def _unreadable(book: ReviewBook) -> Iterator[tuple[str, str]]:
    """Unreadable answers of the phase, one line for each field."""
    for number, field in enumerate(unreadable(book.answers)):
        yield "" if number else "could not be read", str(field)


def _cut(count: int, where: str) -> str:
    return f"; the first {MOST_ROWS:,} are shown, {where}" if count > MOST_ROWS else ""
