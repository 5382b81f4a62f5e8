"""Commands as they are typed: what they print, and the exit code."""

import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest


class Said(NamedTuple):
    code: int
    out: str
    err: str


Cli = Callable[..., Said]


def terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Calls `mturk-pipeline` with words."""

    def call(*words: object) -> Said:
        from mturk_pipeline.cli.main import main

        monkeypatch.setattr(sys, "argv", ["mturk-pipeline", *map(str, words)])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
        return Said(code, *capsys.readouterr())

    return call
