"""The queue: worst first, spot checks among the others, nothing twice, and the old decision in view."""

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd
import pytest

from mturk_pipeline.contracts.review import ReviewQueue
from mturk_pipeline.projects.stages import reviewed as reviewed_stage
from mturk_pipeline.review.applied_decisions import apply_decisions
from mturk_pipeline.review.cleaned_output import clean
from mturk_pipeline.review.item_rows import item_rows
from mturk_pipeline.review.queue import WITHOUT_A_HINT, review_queue
from mturk_pipeline.review.review_sheets import accepted_sheet, review_sheet
from mturk_pipeline.review.spot_checks import lots
from mturk_pipeline_tests.review import made
from mturk_pipeline_tests.review.conftest import Desk

SEED = "spring/contacts"


def desk_of(trusts, phase=made.CONTACTS, folder=None) -> Desk:
    """Clubs of which the e-mail address has these trusts; it passes from 0.6 on."""
    given = made.assignments([{"university": "U", "club": f"Club {n:03}"} for n in range(len(trusts))])
    told = [
        {"email": (f"c{n}@example.edu", t), "website": ("https://example.edu/x", 0.4), "note": (None, 0.0)}
        for n, t in enumerate(trusts)
    ]
    consensus = made.consensus(given, told, phase)
    answers = made.answers(given, consensus)
    return Desk(phase, given, answers, clean(consensus, item_rows(answers, given, phase), phase), folder)


def with_phase(**settings):
    return made.CONTACTS.model_copy(update=settings)


def queue_of(desk: Desk, reviewed: pd.DataFrame | None = None, decisions=None) -> pd.DataFrame:
    if reviewed is None:
        reviewed = apply_decisions(desk.cleaned, None, desk.phase, SEED)
    queue = ReviewQueue.validate(review_queue(desk.cleaned, reviewed, decisions, desk.phase, SEED))
    return queue.assign(club=queue["item_id"].map(desk.cleaned.set_index("item_id")["club"]))


@pytest.fixture(scope="module")
def mixed() -> Desk:
    """60 rows wait, 140 passed; three tenths of those are looked at all the same."""
    trusts = [0.001 * n for n in range(60)] + [0.7 + 0.001 * n for n in range(140)]
    return desk_of(trusts, with_phase(spot_checks=0.3))


def test_the_worst_come_first(mixed):
    queue = queue_of(mixed)
    waiting = queue[queue["kind"] == "waiting"]
    assert waiting["club"].tolist() == [f"Club {n:03}" for n in range(60)]
    assert waiting["priority"].is_monotonic_decreasing
    assert waiting["inclusion"].isna().all()


def test_rows_that_are_as_bad_stand_by_their_keys():
    assert queue_of(desk_of([0.3, 0.1, 0.3, 0.1]))["club"].tolist() == ["Club 001", "Club 003", "Club 000", "Club 002"]


def test_spot_checks_are_rows_that_passed_in_the_order_of_their_lots(mixed):
    queue = queue_of(mixed)
    spots = queue[queue["kind"] == "spot_check"]
    passed = mixed.cleaned.loc[~mixed.cleaned["needs_review"], "item_id"]
    lot = lots(passed, SEED)
    assert spots["item_id"].tolist() == passed[lot < 0.3].loc[lot[lot < 0.3].sort_values().index].tolist()
    assert set(spots["inclusion"]) == {0.3}
    # Whoever stops halfway has seen a fair draw: the order says nothing about trust.
    assert queue["kind"].iloc[0] == "waiting"


def test_no_spot_check_falls_on_an_item_whose_right_values_are_known(mixed):
    before = apply_decisions(mixed.cleaned, None, mixed.phase, SEED).set_index("parent_item_id")["inclusion"]
    known = set(before.dropna().index[::2])
    after = apply_decisions(mixed.cleaned, None, mixed.phase, SEED, known).set_index("parent_item_id")["inclusion"]
    assert set(after.dropna().index) == set(before.dropna().index) - known


def test_gold_of_the_batches_is_what_is_known(monkeypatch):
    settings = made.CONTACTS.model_dump(exclude_unset=True)
    settings["fields"]["email"]["gold"] = "right"
    desk = desk_of([0.9] * 40, type(made.CONTACTS).model_validate({**settings, "spot_checks": 1}))
    gold = desk.assignments["Input.club"].map({"Club 003": "c3@example.edu"})
    raw = desk.assignments.assign(**{"Input.right": gold})
    stub = SimpleNamespace(
        spec=desk.phase,
        phase="contacts",
        project=SimpleNamespace(id="spring"),
        table=lambda _: raw,
        keep=lambda *_: None,
    )
    monkeypatch.setattr(reviewed_stage, "kept_reviews", lambda *_: None)
    found = reviewed_stage.make_reviewed(stub, desk.cleaned, pd.DataFrame()).reviewed  # pyright: ignore
    assert found.loc[found["inclusion"].isna(), "club"].tolist() == ["Club 003"]


def test_few_spot_checks_stand_in_the_first_half():
    desk = desk_of([0.1] * 100 + [0.9] * 60, with_phase(spot_checks=0.2))
    queue = queue_of(desk)
    places = queue.index[queue["kind"] == "spot_check"]
    assert 5 <= len(places) <= 20
    assert places[0] > 0
    assert places[-1] <= len(queue) // 2


def test_as_many_other_rows_are_blind_as_spot_checks(mixed):
    queue = queue_of(mixed)
    spots = queue["kind"].eq("spot_check")
    assert queue.loc[spots, "blind"].all()
    assert queue.loc[~spots, "blind"].sum() == spots.sum()


def test_where_more_are_drawn_than_wait_all_are_blind():
    queue = queue_of(desk_of([0.1, 0.2, *[0.9] * 30], with_phase(spot_checks=1.0)))
    assert (len(queue), queue["blind"].all()) == (32, True)


def test_nothing_in_the_workbook_tells_a_spot_check_from_another_blind_row(mixed):
    book = mixed.book(seed=SEED)
    cells = {c.name: c.cells for c in review_sheet(book).columns}
    blind = book.queue["blind"].to_numpy()
    assert set(cells["reasons"][blind]) == {WITHOUT_A_HINT}
    assert WITHOUT_A_HINT not in set(cells["reasons"][~blind])
    trusts = pd.DataFrame({name: column for name, column in cells.items() if name.endswith("_trust")})
    assert trusts[blind].isna().all(axis=None)
    assert trusts[~blind].notna().all(axis=None)
    # They are not told by the other sheet either.
    accepted = next(c.cells for c in accepted_sheet(book).columns if c.name == "item_id")
    assert not set(accepted) & set(book.queue["item_id"])


def test_decided_rows_are_not_in_it(mixed):
    reviewed = apply_decisions(mixed.cleaned, None, mixed.phase, SEED)
    before = queue_of(mixed)
    done = before["item_id"].iloc[::3]
    reviewed.loc[reviewed["item_id"].isin(done), "status"] = "accepted"
    after = queue_of(mixed, reviewed)
    assert set(after["item_id"]) == set(before["item_id"]) - set(done)
    # Nobody is drawn in place of those that were looked at.
    assert set(after.loc[after["kind"] == "spot_check", "item_id"]) < set(before["item_id"])


def test_an_empty_queue():
    queue = queue_of(desk_of([0.9, 0.95]))
    assert queue.empty


def test_a_row_to_look_at_again_shows_the_old_decision(contacts):
    row = {"item_id": contacts.id_of("Rowing"), "email": "right@example.edu", "decision": "fix"}
    contacts.save([row])
    reviews = contacts.read()
    changed = replace(reviews, look_again=pd.DataFrame([{"item_id": row["item_id"], "why": "changed"}]))
    reviewed = apply_decisions(contacts.cleaned, changed, contacts.phase, SEED)
    queue = queue_of(contacts, reviewed, reviews.decisions).set_index("club")
    assert queue.at["Rowing", "kind"] == "look_again"
    assert not queue.at["Rowing", "blind"]
    first = queue.at["Rowing", "reasons"].split("\n")[0]
    assert first.startswith("answers came in after it was decided, and say something else (decided before: fix in anna")
    assert "email: right@example.edu" in first
    assert queue.at["Chess Club", "kind"] == "waiting"


def test_what_is_dear_comes_first():
    weights = {
        "email": {"kind": "email", "gate": True},
        "website": {"kind": "url", "error_weight": 5},
        "note": {"kind": "text"},
    }
    phase = type(made.CONTACTS).model_validate({**made.CONTACTS.model_dump(), "fields": weights})
    assert [phase.error_weight(name) for name in phase.fields] == [1.0, 5.0, 0.0]
    given = made.assignments([{"university": "U", "club": c} for c in ("A", "B")])
    told = [
        {"email": ("a@example.edu", 0.1), "website": ("https://example.edu/a", 0.9), "note": (None, 0.0)},
        {"email": ("b@example.edu", 0.5), "website": ("https://example.edu/b", 0.3), "note": (None, 0.0)},
    ]
    consensus = made.consensus(given, told, phase)
    tables = {
        name: clean(consensus, item_rows(made.answers(given, consensus), given, spec), spec).set_index("club")[
            "priority"
        ]
        for name, spec in (("dear", phase), ("usual", made.CONTACTS))
    }
    assert tables["usual"].to_dict() == pytest.approx({"A": 0.9, "B": 0.5})
    assert tables["dear"].to_dict() == pytest.approx({"A": 0.9 + 5 * 0.1, "B": 0.5 + 5 * 0.7})
    assert tables["dear"].index.tolist() == ["B", "A"]


def test_a_gate_whose_errors_weigh_nothing_still_holds_rows_back():
    fields = {"email": {"kind": "email", "gate": True, "error_weight": 0}}
    phase = type(made.CONTACTS).model_validate({"model": "majority", "keys": ["university", "club"], "fields": fields})
    given = made.assignments([{"university": "U", "club": "A"}])
    consensus = made.consensus(given, [{"email": ("a@example.edu", 0.1)}], phase)
    row = clean(consensus, item_rows(made.answers(given, consensus), given, phase), phase).iloc[0]
    assert (row["priority"], bool(row["needs_review"])) == (0.0, True)
