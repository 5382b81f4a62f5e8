"""What counts as a dropped file, and what counts as a change."""

import os
from pathlib import Path

from mturk_pipeline.folders.watching import content_digest, quick_digest, settled, watched_files


def _names(folder: Path) -> list[str]:
    return [f.path.name for f in watched_files(folder)]


def test_only_what_people_dropped_counts(tmp_path: Path) -> None:
    for name in ("b.csv", "a.XLSX", "~$a.XLSX", "_mIn_clubs.csv", ".hidden", "c.csv.crdownload", "d.part", "Thumbs.db"):
        (tmp_path / name).write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.csv").symlink_to(tmp_path / "b.csv")
    assert _names(tmp_path) == ["a.XLSX", "b.csv"]


def test_a_folder_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert watched_files(tmp_path / "nowhere") == []
    (tmp_path / "file").write_text("x")
    assert watched_files(tmp_path / "file") == []


def test_a_touched_file_changes_the_quick_digest_only(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x")
    before = watched_files(tmp_path)
    os.utime(path, ns=(1, 1))
    after = watched_files(tmp_path)
    assert quick_digest(before) != quick_digest(after)
    assert content_digest(before) == content_digest(after)


def test_content_and_name_change_the_content_digest(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x")
    one = content_digest(watched_files(tmp_path))
    path.write_text("y")
    two = content_digest(watched_files(tmp_path))
    path.rename(tmp_path / "b.csv")
    three = content_digest(watched_files(tmp_path))
    assert len({one, two, three}) == 3


def test_the_same_names_in_another_folder_are_another_thing(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.csv").write_text("x")
    one, two = (content_digest(watched_files(tmp_path / f)) for f in ("one", "two"))
    assert one != two


def test_a_file_settles_after_two_quiet_seconds(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x")
    files = watched_files(tmp_path)
    changed = files[0].ctime_ns / 1e9
    assert not settled(files, changed + 1.9)
    assert settled(files, changed + 2.1)


def test_a_clock_that_runs_ahead_holds_nothing_up(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x")
    files = watched_files(tmp_path)
    assert settled(files, files[0].ctime_ns / 1e9 - 3600)
