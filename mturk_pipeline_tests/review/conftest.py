"""A cleaned phase to review, and a folder to save it in."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from mturk_pipeline.review.applied_decisions import apply_decisions
from mturk_pipeline.review.cleaned_output import clean
from mturk_pipeline.review.decisions import Reviews, read_reviewed
from mturk_pipeline.review.item_rows import item_rows
from mturk_pipeline.review.review_book import ReviewBook
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.review import made
from mturk_pipeline_tests.review.office import Office


@dataclass
class Desk:
    """A phase under review."""

    phase: PhaseSpec
    assignments: pd.DataFrame
    answers: pd.DataFrame
    cleaned: pd.DataFrame
    folder: Path

    def book(self, **more) -> ReviewBook:
        return ReviewBook("contacts", self.phase, self.cleaned, self.answers, made.WORKERS, **more)

    def id_of(self, club: str) -> str:
        return str(self.cleaned.set_index("club").at[club, "item_id"])

    def save(self, rows: list[dict[str, str]] | str, name: str = "anna.csv", **options) -> Path:
        """Save a person's file: rows, or the text of a CSV file."""
        path = self.folder / name
        if isinstance(rows, str):
            path.write_text(rows, encoding=options.get("encoding", "utf-8"))
        else:
            pd.DataFrame(rows).to_csv(path, index=False, **options)
        return path

    def read(self, shown: pd.DataFrame | None = None) -> Reviews:
        files = sorted(self.folder.iterdir())
        return read_reviewed(files, self.cleaned, self.book().shown if shown is None else shown, self.phase)

    def status(self) -> pd.DataFrame:
        table = apply_decisions(self.cleaned, self.read(), self.phase)
        return table.drop_duplicates("club").set_index("club")


@pytest.fixture
def contacts(tmp_path: Path) -> Desk:
    """Chess and Rowing wait, Drama passed, Choir has agreed that there is no address."""
    clubs = ["Chess Club", "Rowing", "Drama", "Choir"]
    given = made.assignments([{"university": made.UNIVERSITY, "club": c} for c in clubs])
    told = made.consensus(
        given,
        [
            {"email": ("chess@example.edu", 0.3), "website": ("https://example.edu/chess", 0.9), "note": (None, 0)},
            {"email": ("row@example.edu", 0.5), "website": ("none", 0.8), "note": ("=1+1", 0.5)},
            {"email": ("drama@example.edu", 0.9), "website": (None, 0), "note": ("00123", 0.5)},
            {"email": ("none", 0.8), "website": (None, 0), "note": (None, 0)},
        ],
        made.CONTACTS,
    )
    answers = made.answers(given, told)
    return _desk(made.CONTACTS, given, told, answers, tmp_path)


@pytest.fixture
def clubs(tmp_path: Path) -> Desk:
    """Two universities: one with two clubs and a language, one for which nobody listed a club."""
    given = made.assignments([{"university": made.UNIVERSITY}, {"university": "Sample College"}])
    told = made.consensus(
        given,
        [
            {"club": ("Chess Club", 0.9), "club_url": ("https://example.edu/chess", 0.9)},
            {"club": ("Rowing", 0.4), "club_url": (None, 0.0)},
            {"language": ("English", 0.9)},
            {"language": (None, 0.0)},
        ],
        made.CLUBS,
        [(0, "chess"), (0, "rowing"), (0, ""), (1, "")],
    )
    answers = made.answers(given, told)
    # Only the first worker listed Rowing.
    answers = answers[(answers["element"] != "rowing") | answers["assignment_id"].eq("A00")]
    return _desk(made.CLUBS, given, told, answers, tmp_path)


def _desk(phase: PhaseSpec, given, told, answers, folder: Path) -> Desk:
    return Desk(phase, given, answers, clean(told, item_rows(answers, given, phase), phase), folder)


@pytest.fixture
def office(contacts, tmp_path):
    contacts.folder = tmp_path / "reviewed"
    contacts.folder.mkdir()
    found = Office(contacts, tmp_path / "kept")
    found.run()
    return found
