"""Problems of surroundings are told in one line; faults of the program are not hidden."""

import errno
import os

import pytest

from mturk_pipeline.errors import line_for_user


@pytest.mark.parametrize("number", sorted(errno.errorcode))
def test_any_fault_of_the_system_is_one_line_with_the_files_name(number: int) -> None:
    line = line_for_user(OSError(number, os.strerror(number), "some/file.csv"))
    assert line is not None
    assert line.startswith("some/file.csv: ")
    assert ";" in line or number == errno.EROFS
    assert "\n" not in line


def test_a_fault_without_number_or_name_is_told_too() -> None:
    assert line_for_user(OSError("out of\nwax")) == "a file: out of wax; mend it and run again"
    assert line_for_user(OSError()) == "a file: OSError; mend it and run again"
    assert line_for_user(OSError(errno.EIO, "x", b"some/file.csv")).startswith("some/file.csv: ")  # pyright: ignore


def test_faults_of_the_program_stay() -> None:
    assert line_for_user(KeyError("x")) is None
    assert line_for_user(RuntimeError("x")) is None
