"""A phase on somebody's desk, and the person who knows the truth and decides in its workbook."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from io import BytesIO
from pathlib import Path

import pandas as pd

from mturk_pipeline.answers.tidying import tidy
from mturk_pipeline.intake.collecting import collect
from mturk_pipeline.review.applied_decisions import apply_decisions
from mturk_pipeline.review.cleaned_output import clean
from mturk_pipeline.review.decisions import Reviews, read_reviewed, read_versions
from mturk_pipeline.review.item_rows import item_rows
from mturk_pipeline.review.review_book import ReviewBook
from mturk_pipeline.review.review_journal import ReviewStore
from mturk_pipeline.review.shown_values import none_word
from mturk_pipeline.review.workbook import workbook_bytes
from mturk_pipeline.trust.consensus import Fitted, find_consensus, fit
from mturk_pipeline.trust.truth import judged_of
from mturk_pipeline.trust.votes import Ballots, ballots
from mturk_pipeline.trust.workers import rate_workers
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.benchmarks.review_play.knowing import Known, known_of


@dataclass(frozen=True)
class Desk:
    """A phase with its answers, what they come to, and what would be right."""

    name: str
    phase: PhaseSpec
    assignments: pd.DataFrame
    answers: pd.DataFrame
    truth: pd.DataFrame
    votes: Ballots
    fitted: Fitted

    @staticmethod
    def of(name: str, files: Sequence[Path], phase: PhaseSpec, truth: pd.DataFrame) -> "Desk":
        """From result files."""
        assignments = collect(sorted(files), phase).assignments
        answers = tidy(assignments, phase)
        votes = ballots(answers, phase)
        return Desk(name, phase, assignments, answers, truth, votes, fit(answers, phase, votes=votes))

    @cached_property
    def consensus(self) -> pd.DataFrame:
        return find_consensus(self.answers, self.phase, fitted=self.fitted)

    @cached_property
    def cleaned(self) -> pd.DataFrame:
        return clean(self.consensus, item_rows(self.answers, self.assignments, self.phase), self.phase)

    @cached_property
    def known(self) -> Known:
        return known_of(self.cleaned, self.truth, self.name, self.phase)

    @cached_property
    def wrong(self) -> pd.Series:
        """Per row whether a field that holds rows back is wrong; by item_id."""
        return self.known.errors(self.phase).set_axis(self.cleaned["item_id"])

    @cached_property
    def workers(self) -> pd.DataFrame:
        return rate_workers(self.answers, self.assignments, self.phase, fitted=self.fitted)

    def book(self, seed: str, **more) -> ReviewBook:
        return ReviewBook(self.name, self.phase, self.cleaned, self.answers, self.workers, seed=seed, **more)

    def with_settings(self, **settings) -> "Desk":
        """The same answers under other settings of the phase that trust does not depend on."""
        return replace(self, phase=self.phase.model_copy(update=settings))

    def after_learning(self, reviewed: pd.DataFrame) -> "Desk":
        """What the next run makes of it: trust learns from what was decided."""
        judged = judged_of(self.votes, reviewed, self.phase)
        return replace(self, fitted=fit(self.answers, self.phase, votes=self.votes, judged=judged))

    def decisions(self, item_ids: pd.Series, invented: str = "none") -> pd.DataFrame:
        """What the person writes into the rows: item_id, decision, and the cells that they correct ('' for others).

        A record that does not exist gets the word "none" in its cells, or, as `invented` says, a decision; a row
        that wrongly says that there is no record is sent back.
        """
        places = self.cleaned.reset_index(drop=True).set_index("item_id").index.get_indexer(item_ids)
        known = self.known
        wrong = known.wrong.iloc[places].reset_index(drop=True)
        right = known.right.iloc[places].reset_index(drop=True)
        made_up = known.invented.iloc[places].reset_index(drop=True)
        table = pd.DataFrame({"item_id": item_ids.to_numpy()}, dtype="str")
        table["decision"] = wrong.any(axis=1).map({True: "fix", False: "accept"}).astype("str")
        for name, spec in self.phase.fields.items():
            value = right[name].mask(right[name] == "", none_word(spec))
            table[name] = value.where(wrong[name], "").astype("str")
        cells = list(self.phase.fields)
        if invented != "none":
            table.loc[made_up, "decision"] = invented
            table.loc[made_up, cells] = ""
        unlisted = known.unlisted.iloc[places].to_numpy()
        table.loc[unlisted, "decision"] = "redo"
        table.loc[unlisted, cells] = ""
        return table

    def save_workbook(self, book: ReviewBook, path: Path, looks: int) -> None:
        """Decide the first rows of the workbook's sheet `review` and save it, as a spreadsheet program would."""
        import openpyxl

        workbook = openpyxl.load_workbook(BytesIO(workbook_bytes(book)))
        sheet = workbook["review"]
        header = [cell.value for cell in sheet[1]]
        for row, said in zip(range(2, looks + 2), self._said(book, looks), strict=True):
            for name, text in said.items():
                if text and name != "item_id":
                    sheet.cell(row, header.index(name) + 1).value = text
        workbook.save(path)

    def save_csv(self, book: ReviewBook, path: Path, looks: int, invented: str = "none") -> None:
        """The same as a plain file of the rows that were decided; cells that they left alone are as they were shown."""
        rows = book.waiting.iloc[:looks]
        said = self.decisions(rows["item_id"], invented).assign(export=book.export)
        for name in self.phase.fields:
            said[name] = said[name].where(said[name] != "", rows[name])
        said.to_csv(path, index=False)

    def _said(self, book: ReviewBook, looks: int) -> list[dict[str, str]]:
        return self.decisions(book.queue["item_id"].iloc[:looks]).to_dict("records")


def read_workbook(desk: Desk, book: ReviewBook, path: Path, kept: Path) -> tuple[pd.DataFrame, Reviews]:
    """Contract `Reviewed` after the file came back, by way of all that is kept of review."""
    store = ReviewStore(kept)
    store.note_export(book.export, book.content, book.shown)
    store.note_files([path])
    reviews = read_versions(store.versions([path]), desk.cleaned, store.exports(), desk.phase)
    return apply_decisions(desk.cleaned, reviews, desk.phase, book.seed), reviews


def read_csv(desk: Desk, book: ReviewBook, path: Path) -> Reviews:
    """What a plain file of decisions comes to."""
    return read_reviewed([path], desk.cleaned, book.shown, desk.phase)
