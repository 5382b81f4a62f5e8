"""Forgetting: nothing leads back to the id any more, nothing of a person's is touched, and a kill is made good."""

import gzip
import io
import json
import sqlite3
import zipfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from mturk_pipeline.folders.atomic_files import ProjectWriter
from mturk_pipeline.folders.home import Home
from mturk_pipeline.folders.tables import table_path, write_table
from mturk_pipeline.sheets.workbook_writer import xlsx_bytes
from mturk_pipeline.workers import forgetting
from mturk_pipeline.workers.batch_import import import_batches
from mturk_pipeline.workers.forgetting import OF_RUNS, forget, look_for, whom
from mturk_pipeline.workers.identities import identities, surrogates_of
from mturk_pipeline.workers.memory_folder import Store
from mturk_pipeline.workers.refreshing import refresh
from mturk_pipeline.workers.tombstones import forgotten
from mturk_pipeline.workers.worker_lookup import UnknownWorkerError
from mturk_pipeline_tests.workers.made import BAD, GOOD, batch, write


def _fill(home: Home, worker_id: str, provider: str = "mturk") -> None:
    """A project, a removed one, and everything in which the worker can stand, as version 0.1 left it."""
    name, longer = f"{provider}::{worker_id}", f"{worker_id}0"
    sheet = pd.DataFrame({"worker": [f"{worker_id}; {longer}", name], "answer": ["x", longer]})
    for folder in (home.projects / "one", home.projects / "_removed" / "old-2024"):
        write(folder / "project.yaml", f"id: {folder.name}\n")
        write(folder / "2_mOut" / "raw.csv", f"WorkerId,Answer.a\n{worker_id},1\n")
        writer = ProjectWriter(folder)
        writer.write("3/review.xlsx", xlsx_bytes({"answers": sheet}))
        writer.write("3/other.xlsx", xlsx_bytes({"answers": sheet.iloc[:0]}))
        writer.write("3/edited.xlsx", b"as it was written")
        (folder / "3" / "edited.xlsx").write_bytes(xlsx_bytes({"answers": sheet}))
        writer.write("4/_mIn.csv", f"worker_id,value\r\n{worker_id},{longer}\r\n".encode())
        (folder / "4" / "_mIn.kept-20240101-000000.csv").write_text(f"worker\n{worker_id}\n")
        kept = folder / ".mturk_pipeline"
        write(kept / "paid" / "p_1.csv", f"phase,assignment_id\np,H1#{worker_id}#2024-01-01\nworker {name}\n")
        write_table(kept / "review" / "p" / "exports.parquet", pd.DataFrame({"worker": [name]}))
        (kept / "review" / "p" / "read").mkdir()
        (kept / "review" / "p" / "read" / "x.json.gz").write_bytes(gzip.compress(json.dumps([worker_id]).encode()))
    table = pd.DataFrame({"worker": [name, f"{provider}::{longer}"], "worker_id": [worker_id, longer]})
    partners = pd.Series([[], [name]], dtype=object)
    raw = table.assign(assignment_id=["1", "2"], status="Approved", auto_approved=False, submitted_at=pd.NaT)
    write_table(table_path(home.tables, "w", "p", "raw_output", "one"), raw)
    rated = table.assign(judged=9.0, judged_right=8.0, copy_partners=partners)
    write_table(table_path(home.tables, "w", "p", "workers", "one"), rated)
    write(home.dagster / "storage" / "run" / "1.err", f"KeyError: '{name}'\n")


def _holders(root: Path, text: str) -> set[str]:
    """Files under a folder in which a text stands alone, packed ones included."""
    found = set()
    for path in (p for p in root.rglob("*") if p.is_file()):
        content = path.read_bytes()
        if path.suffix == ".xlsx" and zipfile.is_zipfile(path):
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
EDITED = {"one/3/edited.xlsx", "_removed/old-2024/3/edited.xlsx"}


def test_only_peoples_own_files_hold_the_id_afterwards(home: Home, tmp_path: Path) -> None:
    _fill(home, BAD)
    write(tmp_path / "past" / "a.csv", batch(range(8)))
    list(import_batches(home, tmp_path / "past"))
    refresh(home)
    own = write(home.projects / "workers.csv", f"worker,standing\n{BAD},blacklisted\n").read_bytes()
    before = {p: p.read_bytes() for p in [*home.projects.rglob("raw.csv"), *home.projects.rglob("edited.xlsx")]}
    person = whom(home, BAD)
    promised = look_for(home, person)
    assert len(_holders(home.dagster, BAD)) >= 4
    done = forget(home, person)
    assert (promised.files, promised.places) == (done.files, done.places)
    assert _holders(home.dagster, BAD) == set()
    assert _holders(home.projects, BAD) == RAW | EDITED | {"workers.csv"} == set(done.theirs)
    assert {p: p.read_bytes() for p in before} == before
    assert (home.projects / "workers.csv").read_bytes() == own
    assert f"{BAD}0" in (home.projects / "one" / "4" / "_mIn.csv").read_text()
    # The next run makes the pipeline's own workbook again; one without the worker is left alone.
    assert not (home.projects / "one" / "3" / "review.xlsx").exists()
    assert (home.projects / "one" / "3" / "other.xlsx").exists()
    assert not look_for(home, whom(home, BAD)).places
    assert GOOD in pd.read_excel(home.projects / "_workers.xlsx", engine="calamine")["worker_id"].tolist()


@pytest.mark.parametrize(("given", "provider"), [("5", "turkle"), ("turkle::5", "turkle"), ("BGI", "mturk")])
def test_a_short_id_goes_where_a_worker_is_expected(home: Home, given: str, provider: str) -> None:
    _fill(home, given.rpartition(":")[2], provider)
    refresh(home)
    whole, short = f"{provider}::{given.rpartition(':')[2]}", given.rpartition(":")[2]
    surrogate = surrogates_of(home, [whole])[whole]
    done = forget(home, whom(home, given))
    assert _holders(home.dagster, whole) == set()
    assert _holders(home.projects, whole) == EDITED
    assert set(done.theirs) == RAW | EDITED
    assert (home.projects / "one" / "4" / "_mIn.csv").read_text().splitlines()[1] == f"{surrogate},{short}0"
    assert surrogate not in identities(home)
    assert surrogate not in pd.read_parquet(Store.of(home).contributions)["worker"].tolist()


def test_a_surrogate_names_a_worker(home: Home) -> None:
    known = surrogates_of(home, ["turkle:a:5", "turkle:b:5"])
    assert list(whom(home, known["turkle:a:5"]).names) == ["turkle:a:5"]
    forget(home, whom(home, known["turkle:a:5"]))
    assert identities(home) == {known["turkle:b:5"]: "turkle:b:5"}


def test_a_short_id_that_could_be_several_or_nobody_is_asked_for(home: Home) -> None:
    surrogates_of(home, ["turkle:a:5", "turkle:b:5"])
    with pytest.raises(UnknownWorkerError, match="turkle:a:5, turkle:b:5"):
        whom(home, "5")
    with pytest.raises(UnknownWorkerError, match="turkle::7"):
        whom(home, "7")
    assert list(whom(home, "turkle:a:5").names) == ["turkle:a:5"]


def test_rows_of_the_same_id_under_another_key_go_too(home: Home, tmp_path: Path) -> None:
    other = replace(home, dagster=tmp_path / "elsewhere")
    names = [f"mturk::{BAD}", f"mturk::{GOOD}", "turkle:a:5"]
    small = f"mturk::{BAD.lower()}"
    theirs = surrogates_of(other, [*names, small])
    ours = surrogates_of(home, names)
    # Somebody put the rows of both private tables into one.
    table = Store.of(home).identities
    table.write_text(table.read_text() + "".join(Store.of(other).identities.read_text().splitlines(keepends=True)[1:]))
    assert look_for(home, whom(home, BAD)).places["private table of ids: rows deleted"] == 3
    forget(home, whom(home, BAD))
    forget(home, whom(home, theirs["turkle:a:5"]))
    left = f"mturk::{GOOD}"
    assert identities(home) == {ours[left]: left, theirs[left]: left}
    assert all(forgotten(home).holds(known[name]) for known in (ours, theirs) for name in (names[0], names[2]))
    assert forgotten(home).holds(theirs[small])


PLACES = ["_purge_store", "_purge_folder", "_purge_tables", "_purge_history", "remove_identities", "refresh"]


@pytest.mark.parametrize("at", PLACES)
def test_what_a_kill_cut_short_the_same_command_completes(home: Home, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    _fill(home, "5", "turkle")
    refresh(home)

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(forgetting, at, killed)
        with pytest.raises(KeyboardInterrupt):
            forget(home, whom(home, "turkle::5"))
    assert forgotten(home).holds("turkle::5")
    forget(home, whom(home, "turkle::5"))
    assert _holders(home.dagster, "turkle::5") == set()
    assert _holders(home.projects, "turkle::5") == EDITED
    assert "turkle::5" not in identities(home).values()


@pytest.mark.parametrize(
    "content",
    [
        xlsx_bytes({"a": pd.DataFrame({"x": [f"by {BAD}"]})}),
        f"a,{BAD}\n".encode("utf-16"),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0" + f"7{BAD}".encode("utf-16-le") + b"\0",
        b"\x80" + BAD.encode() + b"\x81",
        b"PK\x03\x04 broken " + BAD.encode(),
    ],
)
def test_a_persons_file_of_any_kind_is_named(home: Home, content: bytes) -> None:
    path = home.projects / "one" / "mine.bin"
    path.parent.mkdir()
    path.write_bytes(content)
    write(home.projects / "one" / "longer.csv", f"{BAD}0\n")
    assert forget(home, whom(home, BAD)).theirs == ["one/mine.bin"]
    assert path.read_bytes() == content


def test_a_short_id_in_a_column_of_workers_of_a_workbook_is_named(home: Home) -> None:
    path = home.projects / "one" / "mine.xlsx"
    path.parent.mkdir()
    path.write_bytes(xlsx_bytes({"a": pd.DataFrame({"Worker": [5, 6], "n": [1, 5]})}))
    write(home.projects / "one" / "numbers.csv", "n\n5\n")
    assert forget(home, whom(home, "turkle::5")).theirs == ["one/mine.xlsx"]
    assert forget(home, whom(home, "turkle::1")).theirs == []


def test_a_run_history_of_version_0_1_that_holds_the_id_is_named(home: Home) -> None:
    path = home.dagster / "history" / "index.db"
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE event_logs (id INTEGER, event TEXT)")
        database.execute("INSERT INTO event_logs VALUES (1, ?)", (f"no mturk::{BAD}!",))
    assert forget(home, whom(home, BAD)).problems == [f"{path}: {OF_RUNS}"]
    assert forget(home, whom(home, GOOD)).problems == []
