"""Nothing half written, nothing of a person's lost."""

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from mturk_pipeline.folders.atomic_files import ProjectWriter, write_atomically


def test_a_new_content_replaces_ours_and_says_whether_it_changed(tmp_path: Path) -> None:
    writer = ProjectWriter(tmp_path)
    assert writer.write("3_out/book.csv", b"one")
    assert not writer.write("3_out/book.csv", b"one")
    assert writer.write("3_out/book.csv", b"two")
    assert (tmp_path / "3_out/book.csv").read_bytes() == b"two"
    assert writer.kept == []


def test_a_file_that_a_person_changed_is_kept_beside_the_new_one(tmp_path: Path) -> None:
    ProjectWriter(tmp_path).write("3_out/book.csv", b"ours")
    (tmp_path / "3_out/book.csv").write_bytes(b"edited")
    writer = ProjectWriter(tmp_path)
    writer.write("3_out/book.csv", b"ours again")
    assert (tmp_path / "3_out/book.csv").read_bytes() == b"ours again"
    assert len(writer.kept) == 1
    assert (tmp_path / writer.kept[0]).read_bytes() == b"edited"


def test_a_file_of_unknown_origin_is_kept_too(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/x.csv").write_bytes(b"somebody's")
    writer = ProjectWriter(tmp_path)
    writer.write("out/x.csv", b"ours")
    assert [(tmp_path / k).read_bytes() for k in writer.kept] == [b"somebody's"]


def test_two_kept_in_one_second_do_not_overwrite_each_other(tmp_path: Path) -> None:
    writer = ProjectWriter(tmp_path)
    for content in (b"a", b"b", b"c"):
        (tmp_path / "x.csv").write_bytes(content)
        writer.write("x.csv", b"ours" + content)
    assert sorted((tmp_path / k).read_bytes() for k in writer.kept) == [b"a", b"b", b"c"]


def test_removing_spares_what_a_person_changed(tmp_path: Path) -> None:
    writer = ProjectWriter(tmp_path)
    writer.write("x.csv", b"ours")
    assert writer.remove("x.csv")
    assert not list(tmp_path.glob("x*"))
    writer.write("x.csv", b"ours")
    (tmp_path / "x.csv").write_bytes(b"edited")
    writer.remove("x.csv")
    assert [p.read_bytes() for p in tmp_path.glob("x*")] == [b"edited"]


@pytest.mark.parametrize(
    "text", ['{"x.csv": 3, "y.csv": ["a"]}', '{"x.csv": {"a": 1}}', '{"x.csv": [1]}', '{"x.csv": null}', "[1]", "3"]
)
def test_a_memory_with_wrong_entries_is_a_memory_without_them(tmp_path: Path, text: str) -> None:
    (tmp_path / ".mturk_pipeline").mkdir()
    (tmp_path / ".mturk_pipeline/written.json").write_text(text)
    (tmp_path / "x.csv").write_bytes(b"somebody's")
    writer = ProjectWriter(tmp_path)
    assert not writer.is_ours(tmp_path / "x.csv")
    assert writer.write("x.csv", b"ours")
    assert [(tmp_path / k).read_bytes() for k in writer.kept] == [b"somebody's"]
    assert writer.remove("x.csv")


def test_a_file_in_the_place_of_the_memory_is_named(tmp_path: Path) -> None:
    (tmp_path / ".mturk_pipeline").write_text("")
    (tmp_path / "x.csv").write_bytes(b"somebody's")
    with pytest.raises(NotADirectoryError) as error:
        ProjectWriter(tmp_path).write("x.csv", b"ours")
    assert error.value.filename == str(tmp_path / ".mturk_pipeline")
    assert (tmp_path / "x.csv").read_bytes() == b"somebody's"


def test_a_damaged_memory_loses_no_file(tmp_path: Path) -> None:
    writer = ProjectWriter(tmp_path)
    writer.write("x.csv", b"ours")
    (tmp_path / ".mturk_pipeline/written.json").write_text("{")
    writer.write("x.csv", b"new")
    assert [(tmp_path / k).read_bytes() for k in writer.kept] == [b"ours"]


def _write_for_ever(path: str) -> None:
    i = 0
    while True:
        write_atomically(Path(path), bytes([65 + i % 26]) * 300_000)
        i += 1


@pytest.mark.skipif(os.name != "posix", reason="kills a process")
def test_a_kill_never_leaves_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    for delay in (0.02, 0.05, 0.11, 0.17, 0.23):
        process = multiprocessing.get_context("spawn").Process(target=_write_for_ever, args=(str(path),))
        process.start()
        while not path.exists():
            time.sleep(0.01)
        time.sleep(delay)
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        content = path.read_bytes()
        assert len(content) == 300_000
        assert len(set(content)) == 1
