"""Ids of assignments made here: nobody can find a worker by trying, and nothing counts, or is paid, twice."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.tables import table_path, write_table
from mturk_pipeline.intake.collecting import collect
from mturk_pipeline.intake.made_ids import ids_among, made_id
from mturk_pipeline.pay.pay_ledger import FOLDER, PayLedger
from mturk_pipeline.review.assignments_sheet import read_settle_words
from mturk_pipeline.workers.archive import counted_elsewhere, read_archive
from mturk_pipeline.workers.batch_import import import_batches
from mturk_pipeline.workers.forgetting import forget, whom
from mturk_pipeline.workers.id_replacement import current_ids, replace_in_results
from mturk_pipeline_tests.workers.made import write

HEADER = "HITId,WorkerId,Turkle.Username,SubmitTime,Input.club,Answer.open"
TIME = "2020-02-22 13:53:21+00:00"


def turkle(items: range, *, when: str = "Sat Feb 22 05:53:21 PST 2020") -> str:
    """A batch in which workers 1 to 3 answer each item, and no assignment has an id."""
    rows = [f"{item},{worker},anna{worker},{when},club {item},yes" for item in items for worker in (1, 2, 3)]
    return "\n".join([HEADER, *rows]) + "\n"


def taken_in(home: Home, path: Path) -> pd.DataFrame:
    found = collect([path], None)
    return replace_in_results(home, found.assignments, found.set_aside)[0]


@pytest.mark.parametrize("when", ["Sat Feb 22 05:53:21 PST 2020", ""])
def test_tables_hold_no_digest_that_anybody_can_make(home: Home, tmp_path: Path, when: str) -> None:
    path = write(tmp_path / "a.csv", turkle(range(4), when=when))
    open_to_all = set(collect([path], None).assignments["assignment_id"])
    ids = taken_in(home, path)["assignment_id"]
    assert len(set(ids)) == 12
    assert not any(digest.split("~")[-1].split("#")[0] in text for digest in open_to_all for text in ids)
    assert taken_in(home, path)["assignment_id"].tolist() == ids.tolist()
    other = replace(home, dagster=tmp_path / "elsewhere")
    assert not set(taken_in(other, path)["assignment_id"]) & set(ids)


def as_before(hit: int, worker: int, home: Home, elsewhere: Home) -> str:
    return made_id(str(hit), str(worker), TIME)


def as_of_version_0_1(hit: int, worker: int, home: Home, elsewhere: Home) -> str:
    return f"{hit}#{worker}#{TIME}"


def as_in_another_home(hit: int, worker: int, home: Home, elsewhere: Home) -> str:
    return current_ids(elsewhere, pd.Series([as_before(hit, worker, home, elsewhere)])).item()


FORMS = [as_before, as_of_version_0_1, as_in_another_home]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("forgets", [False, True])
def test_who_was_paid_under_any_id_is_not_paid_again(
    home: Home, tmp_path: Path, form: Callable[..., str], forgets: bool
) -> None:
    elsewhere = replace(home, dagster=tmp_path / "elsewhere")
    assignments = taken_in(home, write(tmp_path / "a.csv", turkle(range(1, 4))))
    project = home.projects / "one"
    write(project / "project.yaml", "id: one\n")
    rows = [f"p,{form(1, worker, home, elsewhere)},1,2020-02-22T13:53:21Z,0.1" for worker in (1, 2, 3)]
    path = write(project / FOLDER / "p_1.csv", "\n".join(["phase,assignment_id,hit_id,submitted_at,reward", *rows, ""]))
    if forgets:
        forget(home, whom(home, "turkle::2"))
        assert form is as_in_another_home or form(1, 2, home, elsewhere) not in path.read_text()

    def current(ids: pd.Series) -> pd.Series:
        return ids_among(current_ids(home, ids), assignments["assignment_id"])

    held = PayLedger(project).holds(assignments, "p", current)
    assert assignments.loc[held, "hit_id"].tolist() == ["1", "1", "1"]


@pytest.mark.parametrize("form", FORMS)
def test_a_pay_decision_is_found_by_any_id(home: Home, tmp_path: Path, form: Callable[..., str]) -> None:
    elsewhere = replace(home, dagster=tmp_path / "elsewhere")
    text = "\n".join(
        line for line in turkle(range(1, 4)).splitlines() if ",2,anna" not in line and ",3,anna" not in line
    )
    assignments = taken_in(home, write(tmp_path / "a.csv", text + "\n"))
    sheet = write(tmp_path / "anna.csv", f"assignment_id,settle\n{form(2, 1, home, elsewhere)},approve\n")
    words, _ = read_settle_words(
        [sheet], None, lambda ids: ids_among(current_ids(home, ids), assignments["assignment_id"])
    )
    assert words["assignment_id"].tolist() == assignments.loc[assignments["hit_id"] == "2", "assignment_id"].tolist()


def test_a_batch_imported_before_counts_in_the_project_that_holds_it(home: Home, tmp_path: Path) -> None:
    path = write(tmp_path / "past" / "a.csv", turkle(range(8)))
    assert [each.said for each in import_batches(home, path.parent)] == ["new"]
    archive = read_archive(home)
    assert counted_elsewhere(home, archive) == []
    for ids in (taken_in(home, path), collect([path], None).assignments):  # of today, and of the version before
        write_table(table_path(home.tables, "w", "p", "raw_output", "one"), ids)
        assert counted_elsewhere(home, archive) == archive["project_id"].unique().tolist()
