"""A process is known by its id and its start: an id used again, a zombie and another container are told apart."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from mturk_pipeline.folders import processes
from mturk_pipeline.folders.processes import Life, ProcessIdentity


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield process
    process.kill()
    process.wait()


def _identity(pid: int) -> ProcessIdentity:
    start = processes._start_of(pid)
    assert start
    return ProcessIdentity(pid, start, processes._system())


def test_this_process_lives_and_its_identity_survives_being_written() -> None:
    me = ProcessIdentity.of_this_process()
    assert me
    assert me.pid == os.getpid()
    assert ProcessIdentity.parse(str(me)) == me
    assert me.life() is Life.ALIVE


@pytest.mark.parametrize("text", ["", "12", "12@", "12@34", "x@34@here", "-1@34@here", "@34@here", "true"])
def test_any_other_text_names_no_process(text: str) -> None:
    assert ProcessIdentity.parse(text) is None


def test_a_process_whose_id_was_given_to_another_is_gone() -> None:
    me = ProcessIdentity.of_this_process()
    assert me
    assert replace(me, start="1").life() is Life.GONE


def test_pid_1_of_another_container_or_boot_cannot_be_seen() -> None:
    me = ProcessIdentity.of_this_process()
    assert me
    assert replace(me, pid=1, system="another boot:pid:[1]").life() is Life.UNSEEN


def test_a_killed_process_is_gone_before_and_after_its_parent_notices(sleeper: subprocess.Popen) -> None:
    identity = _identity(sleeper.pid)
    assert identity.life() is Life.ALIVE
    sleeper.kill()
    deadline = time.monotonic() + 30
    # Not waited for: what remains is a zombie.
    while identity.life() is Life.ALIVE and time.monotonic() < deadline:
        time.sleep(0.01)
    assert identity.life() is Life.GONE
    sleeper.wait()
    assert identity.life() is Life.GONE


@pytest.mark.skipif(os.name != "posix", reason="needs SIGSTOP")
def test_a_stopped_process_lives(sleeper: subprocess.Popen) -> None:
    identity = _identity(sleeper.pid)
    sleeper.send_signal(signal.SIGSTOP)
    assert identity.life() is Life.ALIVE


def test_where_there_is_no_proc_the_same_holds(monkeypatch: pytest.MonkeyPatch, sleeper: subprocess.Popen) -> None:
    monkeypatch.setattr(processes, "_start_on_linux", processes._start_elsewhere)
    identity = _identity(sleeper.pid)
    assert identity.life() is Life.ALIVE
    assert replace(identity, start="1").life() is Life.GONE
    sleeper.kill()
    sleeper.wait()
    assert identity.life() is Life.GONE


def test_a_process_that_the_system_hides_is_not_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    def hidden(pid: int, signal: int) -> None:
        raise PermissionError

    me = ProcessIdentity.of_this_process()
    assert me
    monkeypatch.setattr(processes.os, "kill", hidden)
    assert replace(me, pid=2**30).life() is Life.UNSEEN
