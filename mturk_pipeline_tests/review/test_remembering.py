"""What is kept of review over time: states of files, workbooks, and who knew of what."""

import os

import pandas as pd
import pytest

from mturk_pipeline.review.applied_decisions import apply_decisions
from mturk_pipeline.review.decisions import read_versions
from mturk_pipeline.review.kept_files import CELLS, TEXT, read_kept_text
from mturk_pipeline.review.review_journal import DamagedJournal, ReviewStore
from mturk_pipeline.review.workbook import workbook_bytes
from mturk_pipeline_tests.review.conftest import UNIVERSITY


class Office:
    """A desk with everything that is kept: `run` is one run of the pipeline."""

    def __init__(self, desk, store_folder):
        self.desk, self.store_folder = desk, store_folder
        self.reviewed = self.reviews = None

    def run(self):
        store = ReviewStore(self.store_folder)
        files = sorted(self.desk.folder.iterdir())
        unread = store.note_files(files)
        cleaned, phase = self.desk.cleaned, self.desk.phase
        self.reviews = read_versions(store.versions(files), cleaned, store.exports(), phase, store.folder / "read")
        self.reviewed = apply_decisions(cleaned, self.reviews, phase)
        self.book = self.desk.book(
            reviewed=self.reviewed, decisions=self.reviews.decisions, last_export=store.last_export()
        )
        store.note_export(self.book.export, self.book.content, self.book.shown)
        assert not unread
        return self.reviewed.drop_duplicates("club").set_index("club")

    @property
    def rules(self):
        return self.reviews.problems["rule"].tolist()

    def row(self, club, **more):
        return {"item_id": self.desk.id_of(club), "export": self.book.export, **more}


@pytest.fixture
def office(contacts, tmp_path):
    contacts.folder = tmp_path / "reviewed"
    contacts.folder.mkdir()
    found = Office(contacts, tmp_path / "kept")
    found.run()
    return found


def test_a_decision_outlives_its_file(office):
    path = office.desk.save([office.row("Rowing", decision="accept")])
    assert office.run().at["Rowing", "status"] == "accepted"
    path.unlink()
    assert office.run().at["Rowing", "status"] == "accepted"
    assert office.reviews.decisions["source_file"].tolist() == ["anna.csv"]
    assert office.reviews.files.empty


def test_a_file_saved_again_under_its_name_takes_back_only_what_it_takes_out(office):
    rows = [office.row("Rowing", decision="accept"), office.row("Chess Club", decision="reject")]
    office.desk.save(rows)
    office.run()
    office.desk.save([{**rows[0], "decision": ""}])
    table = office.run()
    assert table.at["Rowing", "status"] == "undecided"  # taken out
    assert table.at["Chess Club", "status"] == "rejected"  # the row is only missing


def test_the_next_workbook_saved_over_the_last_one_loses_nothing(office):
    office.desk.save([office.row("Rowing", decision="accept")], "mine.csv")
    office.run()
    (office.desk.folder / "mine.csv").unlink()
    (office.desk.folder / "mine.xlsx").write_bytes(workbook_bytes(office.book))
    assert office.run().at["Rowing", "status"] == "accepted"


def test_who_decides_in_a_later_workbook_knew_of_the_earlier_decision(office):
    office.desk.save([office.row("Rowing", decision="accept")], "anna.csv")
    office.run()
    office.desk.save([office.row("Rowing", decision="redo")], "ben.csv")
    assert office.run().at["Rowing", "status"] == "redo"
    assert office.rules == []


def test_an_older_workbook_after_a_newer_one_is_a_dispute_until_somebody_decides_in_the_newest(office):
    old = office.row("Rowing", decision="reject")
    office.desk.save([office.row("Chess Club", decision="accept")], "first.csv")
    office.run()
    office.desk.save([office.row("Rowing", decision="accept")], "anna.csv")
    office.run()
    office.desk.save([old], "late.csv")
    table = office.run()
    assert (table.at["Rowing", "status"], office.rules) == ("undecided", ["conflicting_decisions"])
    assert table.at["Rowing", "look_again"] == "people disagree: see the sheet problems"
    waiting = office.book.waiting.set_index("club")
    assert "people disagree" in waiting.at["Rowing", "reasons"]
    office.desk.save([office.row("Rowing", decision="drop")], "settled.csv")
    assert (office.run().at["Rowing", "status"], office.rules) == ("dropped", [])


def test_a_later_edit_keeps_the_earlier_ones(office):
    office.desk.save([office.row("Rowing", email="right@example.edu")], "anna.csv")
    office.run()
    shown = office.book.decided.set_index("club").loc["Rowing"]
    row = office.row("Rowing", email=shown["email"], website="https://example.edu/rowing")
    office.desk.save([row], "ben.csv")
    table = office.run()
    assert table.loc["Rowing", ["email", "website"]].tolist() == ["right@example.edu", "https://example.edu/rowing"]
    assert office.rules == []


def test_undo_takes_a_decision_back(office):
    office.desk.save([office.row("Drama", decision="drop")], "anna.csv")
    assert office.run().at["Drama", "status"] == "dropped"
    office.desk.save([office.row("Drama", decision="Undo")], "ben.csv")
    assert office.run().at["Drama", "status"] == "accepted_automatically"


def test_an_item_whose_answers_changed_comes_back_with_the_decision_in_view(office):
    office.desk.save([office.row("Rowing", decision="accept", email="row@example.edu")])
    office.run()
    place = office.desk.cleaned.index[office.desk.cleaned["club"] == "Rowing"][0]
    office.desk.cleaned.at[place, "answers"] = 5
    office.desk.cleaned.loc[place, ["email", "given"]] = ["later@example.edu", "two values"]
    table = office.run()
    assert table.loc["Rowing", ["status", "email"]].tolist() == ["accepted", "row@example.edu"]
    row = office.book.waiting.set_index("club").loc["Rowing"]
    assert office.book.queue.set_index("item_id").at[row["item_id"], "kind"] == "look_again"
    assert "accept in anna.csv" in row["reasons"]
    # Deciding once more, in the workbook that shows it, settles it.
    office.desk.save([office.row("Rowing", decision="fix", email="later@example.edu")], "again.csv")
    table = office.run()
    assert table.loc["Rowing", ["email", "look_again"]].tolist() == ["later@example.edu", ""]


def test_more_of_the_same_answers_is_no_reason_to_look_again(office):
    office.desk.save([office.row("Rowing", decision="accept")])
    office.run()
    office.desk.cleaned.loc[office.desk.cleaned["club"] == "Rowing", "answers"] = 5
    assert office.run().at["Rowing", "look_again"] == ""


def test_a_redo_in_a_sheet_of_ones_own_lapses_too(office):
    office.desk.save([{"university": UNIVERSITY, "club": "Rowing", "decision": "redo"}])
    assert office.run().at["Rowing", "status"] == "redo"
    place = office.desk.cleaned.index[office.desk.cleaned["club"] == "Rowing"][0]
    office.desk.cleaned.at[place, "hit_ids"] = ["H1", "again"]
    table = office.run()
    assert table.loc["Rowing", ["status", "look_again"]].tolist() == [
        "undecided",
        "sent back to the crowd, and answered since",
    ]


def test_after_a_lapsed_redo_an_older_decision_does_not_come_back(office):
    office.desk.save([office.row("Rowing", decision="accept")], "anna.csv")
    office.run()
    office.desk.save([office.row("Rowing", decision="redo")], "ben.csv")
    office.run()
    place = office.desk.cleaned.index[office.desk.cleaned["club"] == "Rowing"][0]
    office.desk.cleaned.at[place, "hit_ids"] = ["H1", "again"]
    assert office.run().at["Rowing", "status"] == "undecided"


def test_other_keys_keep_decisions(office):
    office.desk.save([office.row("Rowing", decision="accept"), office.row("Chess Club", email="c@example.edu")])
    office.run()
    table = office.desk.cleaned
    table["item_id"] = table["parent_item_id"] = [f"BCDF-GHJK-LMNP-{letter}" for letter in "BCDF"]
    later = office.run()
    assert later["status"].to_dict()["Rowing"] == "accepted"
    assert later.loc["Chess Club", ["status", "email"]].tolist() == ["fixed", "c@example.edu"]


def test_an_item_that_is_gone_is_an_orphan_and_counts_again_when_it_is_back(office):
    office.desk.save([office.row("Rowing", decision="accept")])
    office.run()
    whole = office.desk.cleaned
    office.desk.cleaned = whole[whole["club"] != "Rowing"]
    office.run()
    assert office.rules == ["orphan"]
    office.desk.cleaned = whole
    assert office.run().at["Rowing", "status"] == "accepted"


def test_what_is_read_once_is_not_read_again_and_says_the_same(office, monkeypatch):
    office.desk.save([office.row("Rowing", decision="accept", note="x")])
    office.run()
    first = office.reviews.decisions
    monkeypatch.setattr("mturk_pipeline.review.file_versions.kept_sheets", lambda *_: pytest.fail("read again"))
    office.run()
    pd.testing.assert_frame_equal(office.reviews.decisions, first)


def test_a_damaged_state_of_a_file_is_named_and_what_it_said_before_holds(office):
    path = office.desk.folder / "anna.xlsx"
    content = workbook_bytes(office.book)
    path.write_bytes(content)
    office.desk.save([office.row("Rowing", decision="accept")], "anna.csv")
    office.run()
    path.write_bytes(content[:1000])
    (office.desk.folder / "anna.csv").write_bytes(b"\x00\x01")
    table = office.run()
    assert table.at["Rowing", "status"] == "accepted"
    assert set(office.reviews.problems["source_file"]) == {"anna.csv", "anna.xlsx"}


def test_every_state_of_every_file_is_kept(office):
    row = office.row("Rowing")
    for word in ("accept", "redo", "accept"):
        office.desk.save([{**row, "decision": word}])
        office.run()
    kept = [read_kept_text(p).decode() for p in (office.store_folder / "rows").iterdir()]
    assert sorted("redo" in text for text in kept) == [False, True]
    versions = ReviewStore(office.store_folder).versions([])
    assert [v.name for v in versions] == ["anna.csv"] * 3


def test_a_damaged_journal_is_one_clear_line(office):
    (office.store_folder / "journal.json").write_text("[{")
    with pytest.raises(DamagedJournal, match="restore it from a copy"):
        ReviewStore(office.store_folder)


def test_agreement_of_two_people(office):
    for name, word in (("anna.csv", "accept"), ("ben.csv", "drop")):
        office.desk.save([office.row("Rowing", decision=word), office.row("Drama", decision="accept")], name)
    office.run()
    assert office.reviews.agreement.to_dict("records") == [
        {"file": "anna.csv", "other_file": "ben.csv", "both": 2, "same": 1}
    ]


def test_lost_exports_invent_no_decision_and_are_said(office):
    (office.desk.folder / "copy.xlsx").write_bytes(workbook_bytes(office.book))
    office.run()
    (office.store_folder / "exports.parquet").write_bytes(b"PAR1 half")
    office.desk.cleaned.loc[office.desk.cleaned["club"] == "Rowing", "email"] = "later@example.edu"
    table = office.run()
    assert table["verified"].sum() == 0
    assert "unknown_export" in office.rules
    assert ReviewStore(office.store_folder).problems() == []  # a new history has begun
    # What the old workbook showed stays unknown, now that the journal names exports again.
    assert office.run()["verified"].sum() == 0


def test_a_deleted_journal_invents_no_decision(office):
    (office.desk.folder / "copy.xlsx").write_bytes(workbook_bytes(office.book))
    office.run()
    (office.store_folder / "journal.json").unlink()
    office.desk.cleaned.loc[office.desk.cleaned["club"] == "Rowing", "email"] = "later@example.edu"
    assert office.run()["verified"].sum() == 0
    assert "unknown_export" in office.rules


@pytest.mark.parametrize("text", ["5", "null", "{}", "[1]", '[{"number": 1, "kind": "file", "id": 5}]', "[" * 100_000])
def test_a_journal_that_nobody_wrote_so_is_one_clear_line(office, text):
    (office.store_folder / "journal.json").write_text(text)
    with pytest.raises(DamagedJournal, match="restore it from a copy"):
        ReviewStore(office.store_folder)


def test_lost_rows_are_kept_again_while_the_file_is_there(office):
    office.desk.save([office.row("Rowing", decision="accept")])
    office.run()
    for folder in ("rows", "read"):
        for path in (office.store_folder / folder).iterdir():
            path.unlink()
    assert office.run().at["Rowing", "status"] == "accepted"


def test_a_damaged_cache_is_made_anew(office):
    office.desk.save([office.row("Rowing", decision="accept")])
    office.run()
    for path in (office.store_folder / "read").iterdir():
        content = bytearray(path.read_bytes())
        content[20:24] = b"\x00\xff\x00\xff"
        path.write_bytes(content)
    assert office.run().at["Rowing", "status"] == "accepted"


@pytest.mark.skipif(os.name != "posix", reason="names of any bytes")
def test_names_of_any_bytes_are_files_of_their_own(office):
    folder = os.fsencode(office.desk.folder)
    rows = [office.row("Rowing", decision="accept"), office.row("Rowing")]
    for name, row in zip((b"M\xf6ller.csv", b"M\xfcller.csv"), rows, strict=True):
        path = office.desk.save([row], "made.csv")
        os.rename(path, os.path.join(folder, name))  # noqa: PTH104, PTH118
    for name in (b"list f. M\xfcller", b"a." + b"x" * 240):
        with open(os.path.join(folder, name), "wb") as file:  # noqa: PTH118, PTH123
            file.write(b"hello")
    for _ in range(3):
        assert office.run().at["Rowing", "status"] == "accepted"
    assert len(ReviewStore(office.store_folder).versions([])) == 4
    assert sorted(office.rules) == ["no_table", "unreadable_file", "unreadable_file"]  # an empty file, two of no kind


def test_an_added_row_can_be_taken_back(office):
    office.desk.save([{"university": UNIVERSITY, "club": "Robotics", "email": "robots@example.edu"}])
    assert office.run().at["Robotics", "status"] == "added"
    added = office.reviews.added.iloc[0]
    row = {"item_id": added["item_id"], "export": office.book.export, "university": UNIVERSITY, "club": "Robotics"}
    office.desk.save([{**row, "email": "robots@example.edu", "decision": "undo"}], "later.csv")
    assert "Robotics" not in office.run().index
    assert office.rules == []


def test_a_text_that_nobody_sees_is_no_edit(office):
    office.desk.save([office.row("Rowing", email="\u200b", note="\u202e=1+1 ")])
    assert office.run().at["Rowing", "status"] == "undecided"


@pytest.mark.parametrize("error", ["#SPILL!", "#CALC!", "Err:502"])
def test_errors_of_newer_spreadsheets_are_no_values(office, error):
    office.desk.save([office.row("Rowing", email=error)])
    assert office.run().at["Rowing", "status"] == "undecided"
    assert office.rules == ["error_text"]


def test_a_row_without_its_empty_comment_column_is_no_new_word(office):
    row = office.row("Rowing", decision="accept")
    office.desk.save([{**row, "comment": ""}], "anna.csv")
    office.run()
    office.desk.save([office.row("Rowing", decision="drop")], "ben.csv")
    assert office.run().at["Rowing", "status"] == "dropped"
    office.desk.save([row], "anna.csv")
    assert office.run().at["Rowing", "status"] == "dropped"


def whole(office, row, name="anna.csv"):
    """A reviewed file as version 0.1 kept it, which is gone: whole, beside the journal."""
    path = office.desk.folder / name
    table = pd.DataFrame([row])
    table.to_csv(path, index=False) if name.endswith(".csv") else table.to_excel(path, index=False)
    store = ReviewStore(office.store_folder)
    store.note_files([path])
    (version,) = [v for v in store.versions([]) if v.name == name]
    original = office.store_folder / "originals" / version.kept.name.removesuffix(TEXT).removesuffix(CELLS)
    original.parent.mkdir(exist_ok=True)
    version.kept.unlink()
    path.rename(original)
    return original


def parse(office, same):
    """What the next run does with whole copies, and the decisions read from them and from the rows."""

    def clean(rows):
        return [[cell.replace("A2XYZ0ABCDEF", "WK-1") for cell in row] for row in rows]

    store, said = ReviewStore(office.store_folder, clean), []

    def compare(*versions):
        for each in versions:
            read = read_versions(each, office.desk.cleaned, store.exports(), office.desk.phase, None, clean)
            said.append(read.decisions)
        return same(*said)

    return store.parse_originals([], compare), said


@pytest.mark.parametrize("name", ["anna.csv", "anna.xlsx"])
def test_whole_copies_give_way_to_rows_that_say_the_same(office, name):
    said = {"decision": "accept", "email": "new@example.edu", "comment": "by A2XYZ0ABCDEF"}
    original = whole(office, office.row("Rowing", **said), name)
    problems, (before, after) = parse(office, lambda a, b: a.equals(b))
    assert problems == []
    assert len(before) == 2
    assert not original.exists()
    assert "by WK-1" in after["comment"].tolist()
    (kept,) = (office.store_folder / "rows").iterdir()
    assert b"A2XYZ" not in read_kept_text(kept)
    assert office.run().at["Rowing", "email"] == "new@example.edu"


def test_whole_copies_that_would_read_otherwise_stay(office):
    original = whole(office, office.row("Rowing", decision="accept"))
    content = original.read_bytes()
    problems, _ = parse(office, lambda a, b: False)
    assert [p["rule"] for p in problems] == ["originals_kept"]
    assert original.read_bytes() == content
    assert list((office.store_folder / "rows").iterdir()) == []
    assert office.run().at["Rowing", "status"] == "accepted"


def test_a_kill_before_whole_copies_went_loses_nothing(office, monkeypatch):
    original = whole(office, office.row("Rowing", decision="accept"))
    with pytest.raises(KeyboardInterrupt):
        parse(office, lambda a, b: (_ for _ in ()).throw(KeyboardInterrupt))
    assert original.exists()
    assert parse(office, lambda a, b: a.equals(b))[0] == []
    assert not original.exists()
    assert office.run().at["Rowing", "status"] == "accepted"


def test_what_cannot_be_parsed_is_closed_to_others_and_listed_until_somebody_deletes_it(office):
    path = office.desk.folder / "anna.xlsx"
    path.write_bytes(b"PK\x03\x04 half")
    store = ReviewStore(office.store_folder)
    store.note_files([path])
    (original,) = (office.store_folder / "originals").iterdir()
    assert original.stat().st_mode & 0o777 == 0o600
    # The file itself is told as unreadable while it is there.
    assert store.problems([path]) == []
    path.unlink()
    assert [(p["source_file"], p["rule"]) for p in store.problems([])] == [("anna.xlsx", "kept_unread")]
    assert parse(office, lambda a, b: False)[0] == []
    original.unlink()
    assert store.problems([]) == []
