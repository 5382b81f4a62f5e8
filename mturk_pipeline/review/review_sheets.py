"""The sheets of the review workbook, one function each. A new sheet is one function and one line in `SHEETS`."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd

from mturk_pipeline.kinds import KINDS
from mturk_pipeline.review.about_sheet import about_sheet
from mturk_pipeline.review.assignments_sheet import assignments_sheet
from mturk_pipeline.review.decision_words import WORDS
from mturk_pipeline.review.first_screen import frozen_columns, shared_out
from mturk_pipeline.review.item_rows import key_columns
from mturk_pipeline.review.more_fields_sheet import lines, more_fields_sheet, picks_of
from mturk_pipeline.review.queue import WITHOUT_A_HINT
from mturk_pipeline.review.review_book import MOST_ANSWERS, MOST_ROWS, ReviewBook
from mturk_pipeline.review.short_reasons import ALSO_DOUBTFUL, shortest
from mturk_pipeline.review.shown_inputs import input_columns
from mturk_pipeline.sheets.plans import Column, Look, SheetPlan, fitting
from mturk_pipeline.vocabulary.agreements import AGREEMENTS
from mturk_pipeline.vocabulary.standings import SUGGESTIONS
from mturk_pipeline.workflow.phase_spec import PhaseSpec

# Of a row's doubtful fields that are no gates, so many are named.
_MOST_NAMED = 8


def review_sheet(book: ReviewBook) -> SheetPlan:
    """Rows that wait, worst first, with spot checks among them."""
    rows = book.waiting.iloc[:MOST_ROWS]
    whole = _reasons(book, rows)
    short = shortest(whole)
    reasons = Column("reasons", short, 22, "wrapped", notes=whole.where(whole != short, ""))
    return _sheet_of_rows("review", "waiting", book, rows, [reasons], tab="1F5FA8")


def accepted_sheet(book: ReviewBook) -> SheetPlan:
    """Rows that passed without a look, but for those that are spot checks."""
    rows = book.accepted.iloc[:MOST_ROWS]
    status = Column("status", _same("unverified", rows), 12, "quiet")
    return _sheet_of_rows("accepted automatically", "accepted", book, rows, [], [status], tab="3F9142")


def decided_sheet(book: ReviewBook) -> SheetPlan:
    """Earlier decisions of people; a new decision here is read like any other."""
    rows = book.decided.iloc[:MOST_ROWS]
    last = [
        Column("decided_in", rows["decided_in"], 24, "quiet"),
        Column("decided_at", rows["decided_at"], 12, "quiet"),
    ]
    first = [Column("status", rows["status"], width=12)]
    return _sheet_of_rows("decided before", "decided", book, rows, first, last, tab="7B8794")


def _sheet_of_rows(
    title: str,
    which: str,
    book: ReviewBook,
    rows: pd.DataFrame,
    first: list[Column],
    last: Sequence[Column] = (),
    *,
    tab: str,
) -> SheetPlan:
    """A sheet with a row for each item: what to decide on, what was asked, the answers; figures folded away behind.

    `first` stands before what was asked, `last` behind the answers; `which` is the book's table that `rows` are of.
    """
    decision, comment, item_id, export = _yours(book, rows)
    keys, asked = _keys(book.phase, rows), _asked(book, rows)
    values, beside, picks = [], [], []
    for name in book.in_view:
        guess, marks = _guess(book.phase, name, rows), book.marks(which, name, len(rows))
        offered = picks_of(name, rows[name], rows[f"{name}_runners_up"]) if which == "waiting" else []
        values.append(replace(guess, pick_from=tuple(p.name for p in offered), marks=marks))
        picks += offered
        if which != "decided":
            beside += _beside(book.phase, name, rows)
    fixed = [decision, *keys]
    near, far = shared_out(fixed + first, asked, values)
    columns = [*fixed, *first, *near, *values, *far, comment, *last, *beside, item_id, export, *picks]
    return SheetPlan(title, columns, frozen=frozen_columns(fixed), tab=tab, fades="decision")


def answers_sheet(book: ReviewBook) -> SheetPlan:
    """Each worker's answers on the rows of `review`."""
    rows = book.waiting.iloc[:MOST_ROWS]
    answers = book.answers_behind(rows).iloc[:MOST_ANSWERS]
    keys = rows.reindex(columns=list(key_columns(book.phase))).reindex(answers["place"]).set_axis(answers.index)
    wide: dict[str, tuple[float, Look]] = {
        "field": (16, "strong"),
        "raw": (40, "wrapped"),
        "value": (40, "wrapped"),
        "state": (14, "text"),
        "note": (40, "wrapped"),
        "worker": (26, "quiet"),
        "assignment_id": (34, "quiet"),
    }
    columns = [Column("item_id", answers["row_id"], width=18, look="quiet"), *_keys(book.phase, keys)]
    columns += [Column(c, answers[c], width, look) for c, (width, look) in wide.items()]
    return SheetPlan("answers", columns, frozen=2, tab="CB6E17")


def workers_sheet(book: ReviewBook) -> SheetPlan:
    """Ratings of workers, here and in all projects; those to exclude or to watch first, then the least reliable."""
    place = book.workers["standing"].map({word: place for place, word in enumerate(reversed(SUGGESTIONS))})
    workers = book.workers.assign(place=place).sort_values(["place", "reliability", "worker"], ignore_index=True)
    names = [*_WORKERS_FIRST, *(n for n in book.workers.columns if n not in _WORKERS_FIRST)]
    columns = [_worker_column(name, workers[name]) for name in names]
    columns[3:3] = _everywhere(book, workers)
    return SheetPlan("workers", columns, frozen=1, tab="CB6E17")


def _everywhere(book: ReviewBook, workers: pd.DataFrame) -> list[Column]:
    """Ratings of workers over all projects; empty before they were gathered once."""
    if book.memory is None:
        return []
    known = book.memory.drop_duplicates("worker").set_index("worker").reindex(workers["worker"]).reset_index()
    return [
        Column("standing_everywhere", known["standing"], 14, "strong"),
        Column("projects", known["projects"].astype(float), 10, "number"),
        Column("reliability_everywhere", known["reliability"].round(2), 13, "share"),
    ]


_WORKERS_FIRST = ["worker", "standing", "evidence", "reliability", "reliability_low", "reliability_high"]
_SHARES = {*_WORKERS_FIRST[3:], "agreement", "chance_corrected_agreement", "approval_rate"}


def problems_sheet(book: ReviewBook) -> SheetPlan | None:
    """Entries of reviewed files that could not be understood; only where there are any."""
    if book.problems is None or book.problems.empty:
        return None
    widths = {"source_file": 30, "source_sheet": 14, "column": 18, "rule": 22, "reason": 90}
    columns = [
        Column("row", book.problems[name], 8, "number")
        if name == "source_row"
        else Column(name, book.problems[name], widths[name], "wrapped")
        for name in book.problems.columns
    ]
    return SheetPlan("problems", columns, frozen=1, tab="C0392B")


def settlement_sheet(book: ReviewBook) -> SheetPlan | None:
    """Suggested pay of each assignment."""
    return None if book.settlement is None else assignments_sheet(book.settlement)


SHEETS: tuple[Callable[[ReviewBook], SheetPlan | None], ...] = (
    review_sheet,
    more_fields_sheet,
    problems_sheet,
    accepted_sheet,
    decided_sheet,
    answers_sheet,
    workers_sheet,
    settlement_sheet,
    about_sheet,
)


def review_rows(book: ReviewBook) -> pd.DataFrame:
    """All waiting rows as the sheet `review` has them, for a CSV file beside it: index is the place in the queue."""
    rows = book.waiting
    decision, comment, item_id, export = _yours(book, rows)
    whole = [decision, *_keys(book.phase, rows), Column("reasons", _reasons(book, rows)), *_asked(book, rows)]
    for name in book.phase.fields:
        whole += [_guess(book.phase, name, rows), *_beside(book.phase, name, rows, between=" | ")]
    return pd.DataFrame({column.name: column.cells for column in [*whole, comment, item_id, export]})


def _yours(book: ReviewBook, rows: pd.DataFrame) -> tuple[Column, Column, Column, Column]:
    """Where a person writes, decision and comment, and what tells the row apart, item_id and export."""
    hint = f"{len(book.decided):,} rows decided before. If you stop here: {book.audit.sentence}"
    comment = rows["comment"] if "comment" in rows else _same("", rows)
    return (
        Column("decision", _same("", rows), width=10, yours=True, choices=tuple(WORDS), hint=hint),
        Column("comment", comment, width=24, look="wrapped", yours=True),
        Column("item_id", rows["item_id"], width=9, look="quiet"),
        Column("export", _same(book.export, rows), width=18, look="quiet", hidden=True),
    )


def _asked(book: ReviewBook, rows: pd.DataFrame) -> list[Column]:
    """What the items were asked, beside their keys."""
    return [] if book.inputs is None else input_columns(rows, book.inputs, book.phase)


def _keys(phase: PhaseSpec, rows: pd.DataFrame) -> list[Column]:
    cells = {key: rows[key].astype("str") for key in key_columns(phase)}
    return [Column(key, texts, fitting(texts, 9, 17), "strong", links=True) for key, texts in cells.items()]


def _guess(phase: PhaseSpec, name: str, rows: pd.DataFrame) -> Column:
    kind = KINDS[phase.fields[name].kind]
    width = fitting(rows[name], max(len(name) + 2, 9), kind.width)
    return Column(name, rows[name], width, "wrapped", yours=True, links=kind.is_link)


def _beside(phase: PhaseSpec, name: str, rows: pd.DataFrame, between: str = "\n") -> list[Column]:
    """What stands beside a field's value, folded away: other answers, interval or options, trust, as answers agree."""
    columns = {
        "runners_up": Column(
            f"{name}_runners_up", lines(rows[f"{name}_runners_up"], between), 26, "wrapped", folded=True
        ),
        "detail": replace(_detail(name, rows, between), folded=True),
        "trust": replace(_trust(name, rows), folded=True),
    }
    return [columns[what] for what in AGREEMENTS[phase.fields[name].agreement].beside]


def _detail(name: str, rows: pd.DataFrame, between: str) -> Column:
    """A rating's interval, or the probability of each option of a set; hidden where a person judges blindly."""
    kept = rows.get(f"{name}_detail", _same("", rows))  # a table of the version before has none
    texts = kept.str.replace(", ", between, regex=False)
    return Column(f"{name}_detail", texts.mask(rows["blind"].astype(bool)) if "blind" in rows else texts, 20, "wrapped")


def _trust(name: str, rows: pd.DataFrame) -> Column:
    trust = rows[f"{name}_trust"].round(2)
    return Column(f"{name}_trust", trust.mask(rows["blind"]) if "blind" in rows else trust, width=12, look="share")


def _reasons(book: ReviewBook, rows: pd.DataFrame) -> pd.Series:
    """Why each row waits, gate by gate, and which of its other cells are doubtful."""
    gates = set(book.phase.gates)
    lists = rows["doubtful"] if "doubtful" in rows else [[]] * len(rows)
    texts = []
    for reasons, doubtful in zip(rows["reasons"], lists, strict=True):
        also = [name for name in doubtful if name not in gates]
        more = f" and {len(also) - _MOST_NAMED} more" if len(also) > _MOST_NAMED else ""
        told = f"{ALSO_DOUBTFUL}{', '.join(also[:_MOST_NAMED])}{more}" if also else ""
        texts.append("\n".join(filter(None, (reasons, told))))
    return pd.Series(texts, index=rows.index, dtype="str").mask(rows["blind"].astype(bool), WITHOUT_A_HINT)


def _worker_column(name: str, cells: pd.Series) -> Column:
    if name == "evidence":
        return Column(name, cells, 60, "wrapped")
    if name == "worker":
        return Column(name, cells, 24)
    if name == "standing":
        return Column(name, cells, 12, "strong")
    if name == "copy_partners":
        return Column(name, lines(cells), 24, "wrapped")
    return Column(name, cells.round(2), 13, "share" if name in _SHARES else "number")


def _same(text: str, rows: pd.DataFrame) -> pd.Series:
    return pd.Series(text, index=rows.index, dtype="str")
