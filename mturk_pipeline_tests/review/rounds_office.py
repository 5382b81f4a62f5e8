"""A project's phase that lives through rounds of review: the crowd, the folder, and runs of the pipeline."""

import io
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pandas as pd

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.project_folders import Project
from mturk_pipeline.intake.item_ids import item_ids, row_ids
from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.projects.review import read_reviews, review_store
from mturk_pipeline.review.applied_decisions import apply_decisions
from mturk_pipeline.review.exports import write_review
from mturk_pipeline.review.review_book import ReviewBook
from mturk_pipeline.review.review_sheets import accepted_sheet, decided_sheet, review_sheet
from mturk_pipeline.workflow.leads_spec import LeadsSpec
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline.workflow.workflow import Workflow
from mturk_pipeline_tests.review import made
from mturk_pipeline_tests.review.rounds_oracle import Facts, Now
from mturk_pipeline_tests.review.rounds_people import Row, texts_for

NEXT = PhaseSpec.model_validate(
    {"keys": ["university", "club"], "after": "first", "fields": {"phone": {"kind": "text", "gate": True}}}
)
UNTIL_NOW = {"contacts": made.CONTACTS, "clubs": made.CLUBS}


@dataclass
class Item:
    """What the crowd has on one item, or one record of an item's list."""

    number: int
    university: str
    club: str
    guesses: dict[str, str]
    hits: list[str]
    answers: int = 2
    passes: bool = False
    there: bool = True
    spellings: int = 0


@dataclass
class Office:
    """The phase `kind` of a project in `root`; `items` are its rows."""

    root: Path
    kind: str
    items: dict[int, Item]
    phase: PhaseSpec = field(init=False)

    def __post_init__(self) -> None:
        self.phase = UNTIL_NOW[self.kind]
        home = Home(self.root / "projects", self.root / "workflows", self.root / "dagster")
        self.project = Project("p", home.projects / "p", "w")
        self.home = home
        for folder in self.place.workflow.folder_names:
            (self.project.path / folder).mkdir(parents=True)
        self.folder = self.project.path / self.place.folders.reviewed

    @property
    def place(self) -> ProjectPhase:
        workflow = Workflow(
            "w", {"first": self.phase, "second": NEXT}, LeadsSpec(lead_groups={"all": ["phone"]}), Path()
        )
        return ProjectPhase(self.home, self.project, workflow, "first")

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(self.phase.fields)

    def cleaned(self) -> pd.DataFrame:
        """What the pipeline makes of the crowd's answers, before review."""
        there = [item for item in self.items.values() if item.there]
        keys = [{"university": i.university, **({} if self.kind == "clubs" else {"club": i.club})} for i in there]
        parents = item_ids(pd.DataFrame(keys, dtype="str"))
        elements = pd.Series([f"club:{i.club}" if self.kind == "clubs" else "" for i in there], dtype="str")
        table = pd.DataFrame({"item_id": row_ids(parents, elements), "parent_item_id": parents, "element": elements})
        for key in self.phase.keys:
            table[key] = pd.Series([k[key] for k in keys], dtype="str")
        for name in self.fields:
            texts = pd.Series([i.guesses[name] for i in there], dtype="str")
            outcome = texts.map({"": "unknown", "none": "none"}).fillna("value").astype("str")
            table[name] = texts.where(outcome == "value")
            table[f"{name}_trust"] = 0.5
            table[f"{name}_runners_up"] = pd.Series([[] for _ in there], dtype=object)
            table[f"{name}_detail"] = pd.Series("", index=table.index, dtype="str")
            table[f"{name}_outcome"] = outcome
        table["needs_review"] = [not i.passes for i in there]
        table["priority"] = [float(i.number) for i in there]
        table["reasons"] = "they differ"
        table["answers"] = [i.answers for i in there]
        table["hit_ids"] = pd.Series([list(i.hits) for i in there], dtype=object)
        table["assignment_ids"] = pd.Series([[f"{h}A" for h in i.hits] for i in there], dtype=object)
        table["given"] = ["|".join(i.guesses[name] for name in self.fields) for i in there]
        self.number_of = dict(zip(table["item_id"], [i.number for i in there], strict=True))
        return table.astype({"reasons": "str", "given": "str"})

    def now(self) -> dict[int, Now]:
        """The same for the oracle."""
        return {
            n: Now(
                {f: item.guesses[f] for f in self.fields},
                Facts(len(set(item.hits)), item.answers, tuple(item.guesses[f] for f in self.fields)),
                item.passes,
            )
            for n, item in self.items.items()
            if item.there
        }

    def run(self, real: bool) -> None:
        """One run of the pipeline: what came back is read, a new workbook goes out."""
        cleaned = self.cleaned()
        place, store_before = self.place, None
        self.reviews = read_reviews(place, cleaned)
        self.reviewed = apply_decisions(cleaned, self.reviews, self.phase, "seed")
        store_before = review_store(place)
        book = ReviewBook(
            "first",
            self.phase,
            cleaned,
            made.answers_of_nobody(),
            made.WORKERS,
            reviewed=self.reviewed,
            decisions=self.reviews.decisions,
            problems=self.reviews.problems,
            seed="seed",
            last_export=store_before.last_export(),
        )
        self.is_new = store_before.last_export() is None or store_before.last_export()[0] != book.export
        if real:
            write_review(place.writer(), place.folders.processed, book, store_before)
            path = self.project.path / place.folders.processed / "review_first.xlsx"
            tables = tables_of(path.read_bytes(), ["review", "accepted automatically", "decided before"])
        else:
            store_before.note_export(book.export, book.content, book.shown)
            plans = [make(book) for make in (review_sheet, accepted_sheet, decided_sheet)]
            tables = [pd.DataFrame({c.name: c.cells.astype("str").fillna("") for c in p.columns}) for p in plans]
        self.export, self.tables = book.export, tables

    def rows(self, export: int) -> dict[int, Row]:
        """The rows of the workbook that went out last, whose number is `export`."""
        found = {}
        for table in self.tables:
            for cells in table.to_dict("records"):
                number = self.number_of.get(cells["item_id"])
                if number is not None:
                    assert number not in found, "an item stands in the workbook twice"
                    found[number] = Row(number, export, cells)
        return found

    # What the crowd does.

    def batch_comes_in(self, item: Item, own: Random) -> None:
        """More answers of the same or another HIT; what they come to changes or not."""
        item.answers += own.randint(0, 2)
        if own.random() < 0.4:
            item.hits.append(f"H{item.number}-{len(item.hits)}")
        for name in UNTIL_NOW[self.kind].fields:
            if own.random() < 0.4 and name != "club":
                item.guesses[name] = own.choice(["", *texts_for(name, item.number)])
        item.passes = own.random() < 0.4

    def key_is_spelt_anew(self, item: Item) -> None:
        """The list's key was changed: the item has another id, and the same HITs."""
        item.spellings += 1
        if self.kind == "clubs":
            item.university = f"University {item.number // 2} spelling {item.spellings}"
        else:
            item.club = f"Club {item.number} spelling {item.spellings}"


def tables_of(content: bytes, sheets: list[str]) -> list[pd.DataFrame]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    found = []
    for name in sheets:
        rows = [[str(c) for c in row] for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
        found.append(pd.DataFrame(rows[1:], columns=rows[0], dtype="str"))
    return found
