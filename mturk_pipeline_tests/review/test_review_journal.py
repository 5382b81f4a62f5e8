"""What is kept of review: states of files, what workbooks showed, and whole copies of an older home."""

import os

import pandas as pd
import pytest

from mturk_pipeline.review.decisions import read_versions
from mturk_pipeline.review.kept_files import CELLS, TEXT, read_kept_text
from mturk_pipeline.review.review_journal import DamagedJournal, ReviewStore
from mturk_pipeline.review.workbook import workbook_bytes


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


def test_a_damaged_file_that_a_good_one_replaced_is_kept_and_named_no_more(office):
    path, other = office.desk.folder / "anna.xlsx", office.desk.folder / "ben.xlsx"
    good = workbook_bytes(office.book)
    office.desk.save([office.row("Rowing", decision="accept")], "cy.csv")

    def run(content: bytes) -> list[tuple[str, str]]:
        path.write_bytes(content)
        store, files = ReviewStore(office.store_folder), sorted(office.desk.folder.iterdir())
        store.note_files(files)
        assert store.parse_originals(files, lambda a, b: False) == []
        return [(p["source_file"], p["rule"]) for p in ReviewStore(office.store_folder).problems(files)]

    other.write_bytes(good[:900])  # the same state under another name
    assert run(good[:1000]) == []
    assert run(good[:900]) == [("anna.xlsx", "kept_unread")]
    assert run(good) == []
    assert len(list((office.store_folder / "originals").iterdir())) == 1  # that of ben.xlsx
    other.write_bytes(good)
    assert run(good) == []
    assert list((office.store_folder / "originals").iterdir()) == []
    assert office.run().at["Rowing", "status"] == "accepted"
    assert run(good[:1000]) == []  # told as unreadable while it is there
    assert len(list((office.store_folder / "originals").iterdir())) == 1
