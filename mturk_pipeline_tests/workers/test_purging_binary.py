"""Ids go out of .xls, .xlsb and .ods, and the files still open with everything else that was in them."""

import io
import shutil
import subprocess
import zipfile
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mturk_pipeline.folders.home import Home
from mturk_pipeline.sheets.workbook_writer import xlsx_bytes
from mturk_pipeline.workers import purging_files
from mturk_pipeline.workers.forgetting import forget, look_for, whom
from mturk_pipeline.workers.person import Person, person_of
from mturk_pipeline.workers.purging_binary import OLE, cells, replaced_in_place, same_length, texts_of
from mturk_pipeline.workers.purging_files import anonymised_file, purged
from mturk_pipeline.workers.salted import Salt
from mturk_pipeline.workers.tombstones import Tombstones
from mturk_pipeline_tests.workers.made import BAD, GOOD, write

SALT = Salt(bytes(32))
WORKER, SHORT = (person_of(w, [], Tombstones(), SALT) for w in (BAD, "turkle::5"))
NAME = same_length(BAD, SALT.anonymous(BAD))
SOFFICE = shutil.which("soffice")
# Lengths 48 to 122 stand in .xls right behind the string before them, and look like letters and digits.
TEXTS = [
    *(t for n in range(45, 125) for t in (f"{n} asked {BAD}", "x" * n)),
    *(f"{n} Ω говорит {BAD}" for n in range(60)),
    f"{BAD}0",
    f"Ω {BAD}0",
    f"X{BAD}",
    *(t for n in range(1, 15) for t in (f"Ω {n} {BAD}0", "z" * n, f"{n} {BAD}0", "Ω" * n)),
    f"mturk::{BAD}; {GOOD}",
]


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One workbook as LibreOffice saves it, by suffix."""
    if SOFFICE is None:
        pytest.skip("no LibreOffice found")
    folder = tmp_path_factory.mktemp("converted")
    # Strings of 8,224 bytes and more go on in a next record: one of the many ids lies across.
    filler = [f"{i} {BAD} {'y' * (i % 7)}" for i in range(3000)] + [f"{i} Ω {BAD}" for i in range(3000)]
    table = pd.DataFrame({"note": [*TEXTS, *filler]}).assign(number=1.5, worker="turkle::5")
    (folder / "a.xlsx").write_bytes(xlsx_bytes({"answers": table}))
    for suffix in ("xls", "ods"):
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [SOFFICE, "--headless", profile, "--convert-to", suffix, "--outdir", str(folder)]
        subprocess.run([*command, str(folder / "a.xlsx")], check=True, capture_output=True, timeout=120)
    return {suffix: (folder / f"a.{suffix}").read_bytes() for suffix in ("xls", "ods")}


def _expected(content: bytes, person: Person, name: str | None) -> list[list[list[Any]]]:
    """The cells with `name` (or the usual anonymous name) where the person's id stands alone."""

    def new(cell: Any) -> Any:
        return person.pattern.sub(lambda m: name or person.instead(m[0]), cell) if isinstance(cell, str) else cell

    sheets = cells(content)
    assert sheets
    return [[[new(cell) for cell in row] for row in sheet] for sheet in sheets]


@pytest.mark.parametrize(("suffix", "name"), [("xls", NAME), ("ods", None)])
def test_a_workbook_of_libreoffice_loses_the_id_alone(
    converted: dict[str, bytes], suffix: str, name: str | None
) -> None:
    content = converted[suffix]
    new, places, remains = purged(content, WORKER)
    assert places > 6000
    assert not remains
    assert cells(new) == _expected(content, WORKER, name) != cells(content)
    assert cells(anonymised_file(content, WORKER.stones)) == cells(new)
    if suffix == "xls":
        assert len(new) == len(content)
    assert purged(new, WORKER) == (new, 0, False)


@pytest.mark.parametrize("suffix", ["xls", "ods"])
def test_a_whole_name_goes_too(converted: dict[str, bytes], suffix: str) -> None:
    content = converted[suffix]
    new, places, remains = purged(content, SHORT)
    assert places
    assert not remains
    sheets = cells(new)
    assert sheets
    assert not {"turkle::5"} & set(texts_of(sheets))
    assert [row[:2] for row in sheets[0]] == [row[:2] for row in (cells(content) or [])[0]]


def test_what_would_not_open_stays_and_is_told(
    converted: dict[str, bytes], home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking(content: bytes, lookup: Any) -> tuple[bytes, int]:
        return replaced_in_place(content, lookup)[0][: len(content) // 3], 1

    folder = write(home.projects / "one" / "project.yaml", "id: one\n").parent
    original = folder / ".mturk_pipeline" / "review" / "p" / "originals" / "a.xls"
    original.parent.mkdir(parents=True)
    original.write_bytes(converted["xls"])
    (folder / "own.xls").write_bytes(converted["xls"])
    person = whom(home, BAD)
    with monkeypatch.context() as patch:
        patch.setattr(purging_files, "replaced_in_place", breaking)
        done = forget(home, person)
        assert anonymised_file(converted["xls"], person.stones) == converted["xls"]
    assert original.read_bytes() == converted["xls"]
    assert [str(original) in line and "still holds" in line for line in done.problems] == [True]
    assert done.theirs == ["one/own.xls"]
    assert (folder / "own.xls").read_bytes() == converted["xls"]
    assert not forget(home, person).problems
    assert cells(original.read_bytes())
    assert not look_for(home, person).places


def _zip(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return target.getvalue()


def _xlsb_string(text: str) -> bytes:
    """BrtSSTItem: type, size, flags, length, characters."""
    body = b"\x00" + len(text).to_bytes(4, "little") + text.encode("utf-16-le")
    return bytes([0x13, len(body)]) + body


def test_shared_strings_of_xlsb_stay_as_long() -> None:
    texts = [BAD, f"Ω{BAD}", f"{BAD}0", f"mturk::{BAD}; x", "y" * 48]
    strings = {"sharedStrings.bin": b"".join(map(_xlsb_string, texts)), "a.xml": f"<a>{BAD}</a>".encode()}
    new, places, remains = purged(_zip(**strings), WORKER)
    assert (places, remains) == (4, False)
    with zipfile.ZipFile(io.BytesIO(new)) as archive:
        changed = [t if t.endswith("0") else t.replace(BAD, NAME) for t in texts]
        assert archive.read("sharedStrings.bin") == b"".join(map(_xlsb_string, changed))
        assert archive.read("a.xml").decode() == f"<a>{SALT.anonymous(BAD)}</a>"
    assert anonymised_file(_zip(**strings), WORKER.stones) == new


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16-le"])
def test_an_id_across_two_records_of_xls(encoding: str) -> None:
    gap = b"\x3c\x00\x41\x42" + (b"\x00" if encoding == "latin-1" else b"\x01")
    before, after = f"-{BAD[:5]}".encode(encoding), BAD[5:].encode(encoding)
    content = OLE + bytes(8) + before + gap + after + b"\x41\x00\x00"
    new, places = replaced_in_place(content, {BAD: SALT.anonymous(BAD)}.get)
    assert (len(new), places) == (len(content), 1)
    assert new.replace(gap, b"").removesuffix(b"\x41\x00\x00").endswith(f"-{NAME}".encode(encoding))


def test_a_short_id_in_a_column_of_workers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = [["Worker", "n"], [5.0, 1.0]]
    monkeypatch.setattr(purging_files, "cells", lambda _: [sheet])
    assert purged(OLE, SHORT) == (OLE, 0, True)
    sheet[1][0] = 6.0
    assert not purged(OLE, SHORT).remains


@given(
    st.text("ABCDEFGH01234567", min_size=8, max_size=64),
    st.binary(max_size=40),
    st.binary(max_size=40),
    st.sampled_from(["latin-1", "utf-16-le"]),
    st.booleans(),
)
def test_no_byte_moves(worker_id: str, before: bytes, after: bytes, encoding: str, ole: bool) -> None:
    content = (OLE if ole else b"") + before + b"\x00\x01" + worker_id.encode(encoding) + b"\x00\x01" + after
    new, places = replaced_in_place(content, {worker_id: "forgotten-abcdef"}.get)
    assert places >= 1
    assert len(new) == len(content)
    middle = new[len(content) - len(after) - 2 - len(worker_id.encode(encoding)) :]
    assert middle.startswith(same_length(worker_id, "forgotten-abcdef").encode(encoding))
    assert replaced_in_place(new, {worker_id: "forgotten-abcdef"}.get) == (new, 0)
