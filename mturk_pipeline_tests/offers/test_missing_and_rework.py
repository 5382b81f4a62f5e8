"""What is asked again: never what is under way, never twice, never by the same workers."""

import pandas as pd
import pytest

from mturk_pipeline.contracts.offers import MissingUnits
from mturk_pipeline.intake import collect
from mturk_pipeline.intake.item_ids import item_ids
from mturk_pipeline.intake.sent_items import hits_of_items, offers_in_unread_files, sent_items, unused_rows
from mturk_pipeline.offers.hit_history import asked_items, inputs_of_items
from mturk_pipeline.offers.missing import missing_units
from mturk_pipeline.offers.rework import answered_by, exclusions, rework
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.offers.made import BEGUN, PHASE, id_of, results, reviewed, set_aside, taken
from mturk_pipeline_tests.shared_cases import case

OPEN_STILL = BEGUN + pd.Timedelta(days=2)
LATER = BEGUN + pd.Timedelta(days=9)
NO_HIT_YET = {"HITId": "H9", "AssignmentId": "", "WorkerId": "", "Input.town": "Unanswered"}


def asked(given, aside=None, took=None, phase=PHASE, now=OPEN_STILL):
    return asked_items(hits_of_items(given, aside, phase.keys), taken() if took is None else took, phase, now)


def missing(items, decided=None, listed=None, phase=PHASE):
    towns = None if listed is None else pd.DataFrame({"item_id": [id_of(t) for t in listed], "town": listed})
    table = missing_units(items, decided, towns, phase)
    MissingUnits.validate(table)
    return table.set_index("item_id")


def again(given, decided, *, aside=None, took=None, phase=PHASE, listed=None):
    items = asked(given, aside, took, phase)
    towns = None if listed is None else pd.DataFrame({"item_id": [id_of(t) for t in listed], "town": listed})
    inputs = inputs_of_items(given, unused_rows(aside, phase.keys), towns, phase)
    return rework(decided, items, inputs, phase, missing_units(items, decided, towns, phase))


def test_late_answers_of_an_old_hit_are_no_attempt():
    first = results({"town": "Ames", "hit": "H1", "worker": "A1"})
    late = results(*({"town": "Ames", "hit": "H1", "worker": w} for w in ("A1", "A2", "A3")))
    for given in (first, late):
        assert again(given, reviewed(Ames="redo")).rows["attempt"].tolist() == [2]


def test_what_was_taken_is_under_way_until_its_hit_is_in():
    one, decided = {"town": "Ames", "hit": "H1", "worker": "A1"}, reviewed(Ames="redo")
    waiting = again(results(one), decided, took=taken(("Ames", 2)))
    assert waiting.rows.empty
    assert waiting.problems["rule"].tolist() == ["under_way"]
    both = results(one, {"town": "Ames", "hit": "H2", "worker": "A2"})
    assert again(both, decided, took=taken(("Ames", 2))).rows["attempt"].tolist() == [3]


def test_a_hit_without_answers_keeps_its_item_from_being_asked_again():
    one, published = {"town": "Ames", "hit": "H1", "worker": "A1"}, NO_HIT_YET | {"Input.town": "Ames"}
    handed = again(results(one), reviewed(Ames="redo"), aside=set_aside(published))
    assert handed.problems["rule"].tolist() == ["under_way"]
    over = set_aside(published | {"Expiration": "2026-03-02 00:00:00 UTC"})
    told = results(one | {"approved": LATER})
    assert again(told, reviewed(Ames="redo"), aside=over).rows["attempt"].tolist() == [3]


def test_items_count_as_sent_whatever_became_of_their_rows():
    given = results({"town": "Ames", "hit": "H1", "worker": "A1", "offer_id": id_of("Boone")})
    aside = set_aside(NO_HIT_YET, {"HITId": "H3", "Input.town": " "})
    assert sent_items(given, aside, PHASE.keys) == {id_of("Ames"), id_of("Boone"), id_of("Unanswered")}
    replaced = set_aside(NO_HIT_YET, disposition="superseded")
    assert sent_items(None, replaced, PHASE.keys) == set()


def test_a_file_of_another_phase_counts_for_no_attempt_and_for_no_worker():
    given = results({"town": "Ames", "hit": "H1", "worker": "A1"})
    row = {"HITId": "H8", "AssignmentId": "B1", "WorkerId": "A8", "Answer.other": "x"}
    rows = [row | {"Input.town": town, "Input.offer_id": id_of("a club of it")} for town in ("Ames", "Boone")]
    aside = set_aside(*rows).assign(rule="no_answer_column")
    assert again(given, reviewed(Ames="redo"), aside=aside).rows["attempt"].tolist() == [2]
    assert sent_items(given, aside, PHASE.keys) == {id_of("Ames")}
    assert list(asked(given, aside).index) == [id_of("Ames")]
    assert answered_by(given, unused_rows(aside, PHASE.keys))["worker"].tolist() == ["mturk::A1"]


def test_what_was_offered_in_the_phase_is_sent_although_its_results_are_not_read():
    row = {"HITId": "H8", "AssignmentId": "B1", "WorkerId": "A8", "Answer.renamed": "x", "Input.town": "Ames"}
    aside = set_aside(row | {"Input.offer_id": id_of("Ames"), "Input.attempt": "2"}, row).assign(
        rule="no_answer_column"
    )
    assert sent_items(None, aside, PHASE.keys) == {id_of("Ames")}
    assert offers_in_unread_files(aside, PHASE.keys).values.tolist() == [[id_of("Ames"), 2]]
    assert hits_of_items(None, aside, PHASE.keys).empty
    for nothing in (None, set_aside(), set_aside(NO_HIT_YET)):
        assert offers_in_unread_files(nothing, PHASE.keys).columns.tolist() == ["item_id", "attempt"]


def test_fewer_answers_than_wanted_are_topped_up_once_the_batch_is_over_and_nobody_has_decided():
    rows = [{"town": "Ames", "hit": "H1", "worker": "A1"}, {"town": "Boone", "hit": "H2", "worker": "A1", "wanted": 1}]
    open_still = missing(asked(results(*rows)), reviewed(Ames="undecided", Boone="undecided"))
    assert open_still["state"].to_dict() == {id_of("Ames"): "under_way"}
    over = results(*(r | {"approved": LATER} for r in rows))
    assert missing(asked(over), reviewed(Ames="undecided"))["state"].to_dict() == {id_of("Ames"): "short"}
    handed = again(over, reviewed(Ames="undecided"))
    assert handed.rows[["town", "attempt", "answers_wanted"]].values.tolist() == [["Ames", 2, 2]]
    assert missing(asked(over), reviewed(Ames="accepted")).empty
    assert again(over, reviewed(Ames="undecided"), took=taken(("Ames", 2))).rows.empty


def test_listed_items_without_a_hit_are_missing_but_asked_again_only_when_a_person_says_batches_are_over():
    given = results({"town": "Ames", "hit": "H1", "worker": "A1", "wanted": 1})
    towns = ["Ames", "Boone"]
    table = missing(asked(given), reviewed(Ames="undecided"), towns)
    assert table[["state", "top_up"]].values.tolist() == [["no_hit", False]]
    over = PHASE.model_copy(update={"batches_closed_before": "2026-03-20"})
    handed = again(given, reviewed(Ames="undecided"), phase=over, listed=towns)
    assert handed.rows[["town", "attempt", "answers_wanted"]].values.tolist() == [["Boone", 1, 3]]
    # Sent since: its copy lies there, so nobody buys it again, whatever the day.
    assert again(given, reviewed(), phase=over, listed=towns, took=taken(("Boone", 1))).rows.empty
    assert missing(asked(given, took=taken(("Boone", 1))), listed=towns)["state"].tolist() == ["under_way"]


def test_hits_whose_expiry_has_passed_wait_for_nobody_and_are_asked_again_once_no_answer_can_be_on_its_way():
    rows = [{"town": "Ames", "hit": "H1", "worker": "A1"}, {"town": "Boone", "hit": "H2", "worker": "A1", "wanted": 1}]
    nobody = set_aside(NO_HIT_YET | {"Expiration": "2026-03-08 00:00:00 UTC"})
    ends = BEGUN + pd.Timedelta(days=7)
    for days, states, again_too in (
        (0.5, {"Ames": "under_way", "Unanswered": "under_way"}, False),  # who took it may still submit
        (2, {"Ames": "short", "Unanswered": "unanswered"}, False),  # a download from before may lack answers
        (40, {"Ames": "short", "Unanswered": "unanswered"}, True),
    ):
        items = asked(results(*rows), nobody, now=ends + pd.Timedelta(days=days))
        table = missing(items, reviewed(Ames="undecided", Boone="undecided"))
        assert table["state"].to_dict() == {id_of(town): state for town, state in states.items()}
        assert set(table["top_up"]) == {again_too}
        over = table[table["state"] != "under_way"]
        assert over["reason"].str.contains("download it again").all() == (not again_too)


def test_an_archive_that_expired_years_ago_waits_for_nobody():
    files = sorted(case("r06_short_hits_expired_long_ago").glob("*.csv"))
    phase = PhaseSpec.model_validate({"keys": ["thing"], "fields": {"stance": {"kind": "choice"}}})
    given = collect(files, phase)
    items = asked_items(hits_of_items(given.assignments, given.set_aside, phase.keys), taken(), phase)
    table = missing_units(items, None, None, phase)
    assert (len(table), set(table["state"]), set(table["answers"]), set(table["wanted"])) == (10, {"short"}, {2}, {3})
    assert table["top_up"].all()


def test_a_hit_of_which_no_file_says_when_it_ends_is_over_after_a_year():
    given = results({"town": "Ames", "hit": "H1", "worker": "A1"}).assign(expires_at=pd.NaT)
    given["expires_at"] = pd.to_datetime(given["expires_at"], utc=True)
    for days, state in ((300, "under_way"), (400, "short")):
        table = missing(asked(given, now=BEGUN + pd.Timedelta(days=days)), reviewed(Ames="undecided"))
        assert table["state"].tolist() == [state]


def test_each_hit_wants_what_it_asked_for_and_an_open_one_keeps_its_item_waiting():
    rows = [{"town": "Ames", "hit": h, "worker": w, "wanted": n} for h, w, n in (("H1", "A1", 2), ("H2", "A2", 5))]
    given = results(*rows)
    given.loc[1, "expires_at"] += pd.Timedelta(days=90)
    late = BEGUN + pd.Timedelta(days=60)
    table = missing(asked(given, now=late), reviewed(Ames="undecided"))
    assert table[["state", "answers", "wanted"]].values.tolist() == [["under_way", 2, 5]]
    table = missing(asked(given, now=late + pd.Timedelta(days=90)), reviewed(Ames="undecided"))
    assert table["state"].tolist() == ["short"]


def test_without_keys_a_hit_that_nobody_answered_is_an_item_too():
    plain = PHASE.model_copy(update={"keys": []})
    given = results({"town": "Ames", "hit": "H1", "worker": "A1", "wanted": 1})
    given["item_id"] = item_ids(given[["hit_id"]])
    nobody = set_aside(NO_HIT_YET | {"Expiration": "2026-03-08 00:00:00 UTC", "MaxAssignments": "5"})
    table = missing(asked(given, nobody, phase=plain, now=LATER), phase=plain)
    assert table[["state", "hits", "answers", "wanted"]].values.tolist() == [["unanswered", 1, 0, 5]]


def test_a_hit_sent_after_the_day_is_not_over():
    over = PHASE.model_copy(update={"batches_closed_before": "2026-03-03"})
    for days, attempts in ((1, [2]), (5, [])):
        given = results({"town": "Ames", "hit": "H1", "worker": "A1", "days": days})
        assert again(given, reviewed(Ames="undecided"), phase=over).rows["attempt"].tolist() == attempts


def test_rows_set_aside_are_to_be_mended_not_bought_again():
    aside = set_aside({"HITId": "H1", "AssignmentId": "1", "WorkerId": "A1", "Input.town": "Ames"})
    table = missing(asked(None, aside))
    assert table[["state", "top_up"]].values.tolist() == [["unusable", False]]


def test_whoever_answered_must_not_repeat_it():
    given = results(*({"town": t, "hit": t, "worker": w} for t, w in (("Ames", "A2"), ("Ames", "A1"), ("Boone", "A3"))))
    aside = set_aside({"HITId": "Ames", "AssignmentId": "9", "WorkerId": "A4", "Input.town": "Ames"})
    handed = again(given, reviewed(Ames="redo", Boone="accepted"), aside=aside)
    who = exclusions(handed.rows, answered_by(given, unused_rows(aside, PHASE.keys)))
    assert who.values.tolist() == [[w, 1, id_of("Ames")] for w in ("A1", "A2", "A4")]


def test_answers_of_all_attempts_are_of_one_item():
    given = results(
        {"town": "Ames", "hit": "H1", "worker": "A1"},
        {"town": " AMES", "hit": "H2", "worker": "A2", "offer_id": id_of("Ames"), "attempt": "2"},
    )
    assert asked(given)[["hits", "answers"]].values.tolist() == [[2, 2]]


def test_nothing_was_ever_asked():
    empty = results().iloc[:0]
    assert missing(asked(None)).empty
    assert again(empty, reviewed()).rows.empty


def test_a_hit_of_which_no_file_says_what_it_asked_is_not_offered_again():
    given = results({"town": "Ames", "hit": "H1", "worker": "A1"}).drop(columns="Input.town")
    handed = again(given, reviewed(Ames="redo"), phase=PHASE.model_copy(update={"keys": ()}))
    assert handed.rows.empty
    assert handed.problems["rule"].tolist() == ["no_inputs"]


def test_nobody_is_excluded_where_no_named_worker_answered():
    handed = again(results({"town": "Ames", "hit": "H1", "worker": "A1"}), reviewed(Ames="redo"))
    nobody = pd.DataFrame(columns=["item_id", "worker"], dtype="str")
    assert exclusions(handed.rows, nobody).columns.tolist() == ["WorkerId", "items", "offer_ids"]
    assert exclusions(handed.rows, nobody).empty


def test_a_list_made_of_an_offer_has_one_column_for_what_results_call_otherwise():
    """`decision (input)` in the list is `decision` in its results; a list's own `item_id` is `item_id (input)`."""
    given = results({"town": "Ames", "hit": "H1", "worker": "A1"})
    given = given.assign(**{"Input.decision": "old", "Input.item_id": "row 1"})
    listed = pd.DataFrame({"item_id": [id_of("Ames"), id_of("Boone")], "town": ["Ames", "Boone"]})
    listed = listed.assign(**{"decision (input)": ["old", "new"], "item_id (input)": ["row 1", "row 2"]})
    aside = NO_HIT_YET | {"Input.decision (input)": "none yet"}
    inputs = inputs_of_items(given, unused_rows(set_aside(aside), PHASE.keys), listed, PHASE)
    assert inputs.columns.is_unique
    assert inputs.at[id_of("Unanswered"), "decision"] == "none yet"
    assert inputs.loc[id_of("Ames"), ["decision", "item_id (input)"]].tolist() == ["old", "row 1"]
    assert inputs.loc[id_of("Boone"), ["decision", "item_id (input)"]].tolist() == ["new", "row 2"]
    both = inputs_of_items(given, unused_rows(None, PHASE.keys), listed.assign(decision="theirs"), PHASE)
    assert both.loc[id_of("Boone"), ["decision", "decision (input)"]].tolist() == ["theirs", "new"]


@pytest.mark.parametrize("columns", [{}, {"Input.picture": ""}, {"Input.offer_id": "X", "Input.attempt": "1"}])
def test_items_without_anything_to_show_are_named_and_not_offered(columns):
    """A phase without keys whose result files hold no inputs: nobody can be asked about its HITs again."""
    phase = PhaseSpec.model_validate({"fields": {"mayor": {"kind": "name"}}})
    given = results({"town": "Ames", "hit": "H1", "worker": "A1"}, {"town": "Boone", "hit": "H2", "worker": "A1"})
    given = given.drop(columns=[c for c in given if c.startswith("Input.")]).assign(**columns)
    decided = pd.DataFrame({"status": "redo", "parent_item_id": given["item_id"]})
    inputs = inputs_of_items(given.iloc[:1], unused_rows(None, phase.keys), None, phase)
    handed = rework(decided, asked(given, phase=phase), inputs, phase)
    assert handed.rows.empty
    assert handed.problems["rule"].tolist() == ["no_inputs"] * 2
