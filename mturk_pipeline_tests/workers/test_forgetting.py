"""Forgetting: nothing of ours holds the id any more, nothing of a person's is touched, and a kill is made good."""

import gzip
import io
import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.tables import table_path, write_table
from mturk_pipeline.folders.writing import ProjectWriter
from mturk_pipeline.sheets.workbook_writer import xlsx_bytes
from mturk_pipeline.workers import forgetting
from mturk_pipeline.workers.forgetting import forget, look_for, whom
from mturk_pipeline.workers.importing import import_batches
from mturk_pipeline.workers.person import UnknownWorkerError
from mturk_pipeline.workers.purging_files import anonymised_file
from mturk_pipeline.workers.refreshing import refresh
from mturk_pipeline.workers.tombstones import forgotten
from mturk_pipeline_tests.workers.made import BAD, GOOD, batch, write


def _fill(home: Home, worker_id: str, provider: str = "mturk") -> None:
    """A project, a removed one, and everything in which the worker can stand."""
    name, longer = f"{provider}::{worker_id}", f"{worker_id}0"
    sheet = pd.DataFrame({"worker": [f"{worker_id}; {longer}", name], "answer": ["x", longer]})
    for folder in (home.projects / "one", home.projects / "_removed" / "old-2024"):
        write(folder / "project.yaml", f"id: {folder.name}\n")
        write(folder / "2_mOut" / "raw.csv", f"WorkerId,Answer.a\n{worker_id},1\n")
        writer = ProjectWriter(folder)
        writer.write("3/review.xlsx", xlsx_bytes({"answers": sheet}))
        writer.write("4/_mIn.csv", f"worker_id,value\r\n{worker_id},{longer}\r\n".encode())
        (folder / "4" / "_mIn.kept-20240101-000000.csv").write_text(f"worker\n{worker_id}\n")
        kept = folder / ".mturk_pipeline" / "review" / "p"
        write(kept / "originals" / "abc.csv", f"worker\n{worker_id}\n")
        (kept / "originals" / "def.xlsx").write_bytes(xlsx_bytes({"answers": sheet}))
        (kept / "read").mkdir()
        (kept / "read" / "x.json.gz").write_bytes(gzip.compress(json.dumps([worker_id]).encode()))
        write_table(kept / "exports.parquet", pd.DataFrame({"worker": [name]}))
    table = pd.DataFrame({"worker": [name, f"{provider}::{longer}"], "worker_id": [worker_id, longer]})
    partners = pd.Series([[], [name]], dtype=object)
    raw = table.assign(assignment_id=["1", "2"], status="Approved", auto_approved=False, submitted_at=pd.NaT)
    write_table(table_path(home.tables, "w", "p", "raw_output", "one"), raw)
    rated = table.assign(judged=9.0, judged_right=8.0, copy_partners=partners)
    write_table(table_path(home.tables, "w", "p", "workers", "one"), rated)
    (home.dagster / "history").mkdir()
    with closing(sqlite3.connect(home.dagster / "history" / "index.db")) as database, database:
        database.execute("CREATE TABLE event_logs (id INTEGER, event TEXT, old BLOB)")
        database.execute("INSERT INTO event_logs VALUES (1, ?, NULL), (2, ?, NULL)", (f"no {name}!", f"{name}0"))
    write(home.dagster / "storage" / "run" / "1.err", f"KeyError: '{name}'\n")


def _holders(root: Path, text: str) -> set[str]:
    """Files under a folder in which a text stands alone, packed ones included."""
    found = set()
    for path in (p for p in root.rglob("*") if p.is_file()):
        content = path.read_bytes()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                content = b"".join(archive.read(n) for n in archive.namelist())
        if path.suffix == ".parquet":
            content = pd.read_parquet(path).to_csv().encode()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
        if text.encode() in content.replace(f"{text}0".encode(), b"LONGER"):
            found.add(path.relative_to(root).as_posix())
    return found


RAW = {"one/2_mOut/raw.csv", "_removed/old-2024/2_mOut/raw.csv"}


def test_only_peoples_own_files_hold_the_id_afterwards(home: Home, tmp_path: Path) -> None:
    _fill(home, BAD)
    write(tmp_path / "past" / "a.csv", batch(range(8)))
    list(import_batches(home, tmp_path / "past"))
    refresh(home)
    own = write(home.projects / "workers.csv", f"worker,standing\n{BAD},blacklisted\n").read_bytes()
    before = {p: p.read_bytes() for p in home.projects.rglob("raw.csv")}
    person = whom(home, BAD)
    promised = look_for(home, person)
    assert len(_holders(home.dagster, BAD)) >= 6
    done = forget(home, person)
    assert (promised.files, promised.places) == (done.files, done.places)
    assert _holders(home.dagster, BAD) == set()
    assert _holders(home.projects, BAD) == RAW | {"workers.csv"} == set(done.theirs)
    assert {p: p.read_bytes() for p in before} == before
    assert (home.projects / "workers.csv").read_bytes() == own
    assert f"{BAD}0" in (home.projects / "one" / "4" / "_mIn.csv").read_text()
    assert ProjectWriter(home.projects / "one").write("3/review.xlsx", b"next") is True
    assert not list((home.projects / "one" / "3").glob("*kept*"))
    assert not look_for(home, whom(home, BAD)).places
    assert GOOD in pd.read_excel(home.projects / "_workers.xlsx", engine="calamine")["worker_id"].tolist()


@pytest.mark.parametrize(("given", "provider"), [("5", "turkle"), ("turkle::5", "turkle"), ("BGI", "mturk")])
def test_a_short_id_goes_where_a_worker_is_expected(home: Home, given: str, provider: str) -> None:
    _fill(home, given.rpartition(":")[2], provider)
    done = forget(home, whom(home, given))
    whole = f"{provider}::{given.rpartition(':')[2]}"
    assert _holders(home.dagster, whole) == set()
    assert _holders(home.projects, whole) == set()
    assert set(done.theirs) == RAW
    sheet = pd.read_excel(home.projects / "one" / "3" / "review.xlsx", engine="calamine", dtype=str)
    name = done_name = str(sheet["worker"][1]).rpartition(":")[2]
    assert done_name.startswith("forgotten-")
    short = given.rpartition(":")[2]
    assert sheet["worker"][0] == f"{name}; {short}0"
    assert (home.projects / "one" / "4" / "_mIn.csv").read_text().splitlines()[1] == f"{name},{short}0"


def test_a_short_id_that_could_be_several_or_nobody_is_asked_for(home: Home) -> None:
    raw = pd.DataFrame({"worker": ["turkle:a:5", "turkle:b:5"]})
    write_table(table_path(home.tables, "w", "p", "raw_output", "one"), raw)
    with pytest.raises(UnknownWorkerError, match="turkle:a:5, turkle:b:5"):
        whom(home, "5")
    with pytest.raises(UnknownWorkerError, match="turkle::7"):
        whom(home, "7")
    assert whom(home, "turkle:a:5").names == ("turkle:a:5",)


@pytest.mark.parametrize("at", ["_purge_store", "_purge_folder", "_purge_tables", "_purge_history", "refresh"])
def test_what_a_kill_cut_short_the_same_command_completes(home: Home, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    _fill(home, "5", "turkle")

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(forgetting, at, killed)
        with pytest.raises(KeyboardInterrupt):
            forget(home, whom(home, "turkle::5"))
    assert forgotten(home).of_worker("turkle::5")
    forget(home, whom(home, "turkle::5"))
    assert _holders(home.dagster, "turkle::5") | _holders(home.projects, "turkle::5") == set()


def test_a_copy_that_is_kept_later_holds_nobody_who_was_forgotten(home: Home) -> None:
    content = xlsx_bytes({"a": pd.DataFrame({"worker": [BAD, GOOD]})})
    assert anonymised_file(content, forgotten(home)) is content
    forget(home, whom(home, BAD))
    again = pd.read_excel(io.BytesIO(anonymised_file(content, forgotten(home))), engine="calamine")
    assert again["worker"].str.startswith("forgotten-").tolist() == [True, False]


def test_utf_16_and_bytes_that_are_no_text_pass(home: Home) -> None:
    stones = forget_and_read(home)
    assert BAD not in anonymised_file(f"a,{BAD}\n".encode("utf-16"), stones).decode("utf-16")
    assert anonymised_file(b"\xff\xfe" + BAD.encode() + b"\x80,", stones)
    assert anonymised_file(b"\x80" + BAD.encode() + b"\x81", stones).startswith(b"\x80forgotten-")
    assert anonymised_file(b"PK\x03\x04 broken", stones) == b"PK\x03\x04 broken"


def forget_and_read(home: Home):
    forget(home, whom(home, BAD))
    return forgotten(home)
