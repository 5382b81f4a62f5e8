"""Whom a command means by a worker: an id in every text, or a whole name where the id alone could be anything."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mturk_pipeline.errors import UserError
from mturk_pipeline.intake.unknown_workers import is_unknown
from mturk_pipeline.providers import PROVIDERS, whole_names
from mturk_pipeline.workers.salted import PREFIX, Salt
from mturk_pipeline.workers.tombstones import Tombstones, is_telling, text_pattern


class UnknownWorkerError(UserError):
    """Nobody, or more than one, is meant; one line that says what to do."""


@dataclass(frozen=True)
class Person:
    """A worker to be forgotten.

    Attributes
    ----------
    key
        What the tombstone is made of: the id where it tells by itself, else the whole name.
    worker_id
        The platform's id.
    names
        Whole names under which the worker may stand.
    stones
        Tombstones, this worker's among them.
    """

    key: str
    worker_id: str
    names: tuple[str, ...]
    stones: Tombstones

    @property
    def tells(self) -> bool:
        """Whether the id can be looked for in any text."""
        return self.key == self.worker_id

    @property
    def pattern(self) -> re.Pattern[str]:
        """Finds what may be looked for in any text."""
        return text_pattern([self.worker_id] if self.tells else self.names)

    @property
    def anonymous(self) -> str:
        assert self.stones.salt
        return self.stones.salt.anonymous(self.key)

    def instead(self, found: str) -> str:
        """What stands in the place of an id or a whole name that the pattern found."""
        before, colon, _ = found.rpartition(":")
        return f"{before}{colon}{self.anonymous}"

    def is_meant(self, worker: str) -> bool:
        """Whether a whole name, or a hash of one, is this worker's."""
        salt = self.stones.salt
        if salt and worker.startswith(PREFIX):
            return worker in {salt.hashed(n) for n in self.names}
        return worker in self.names or (self.tells and worker.rpartition(":")[2] == self.worker_id)


def person_of(given: str, known: Iterable[str], stones: Tombstones, salt: Salt) -> Person:
    """Who is meant by `given`: an id, a whole name (`turkle::5`) or a hash from `_workers.xlsx`.

    Parameters
    ----------
    known
        Whole names of workers in tables of ours.
    stones, salt
        Who was forgotten so far, and what tombstones are made with.
    """
    known = sorted(set(known))
    if is_unknown([given])[0]:
        raise UnknownWorkerError(
            "stands for everybody who did not log in", where=given, remedy="there is no id to forget"
        )
    if given.startswith(PREFIX):
        meant = next((w for w in known if salt.hashed(w) == given), None)
        if meant is None:
            raise UnknownWorkerError("no project's worker has this hash", remedy="name the worker by the platform's id")
        given = meant
    whole = given if given.partition(":")[0] in PROVIDERS and given.count(":") >= 2 else ""
    worker_id = given.rpartition(":")[2] if whole else given
    if is_telling(worker_id):
        names = {
            *whole_names(worker_id),
            *(w for w in known if w.rpartition(":")[2] == worker_id),
            *filter(None, [whole]),
        }
        return Person(worker_id, worker_id, tuple(sorted(names)), stones.with_one_more(worker_id, salt))
    name = whole or _only_one(given, [w for w in known if w.rpartition(":")[2] == worker_id])
    return Person(name, worker_id, (name,), stones.with_one_more(name, salt))


def _only_one(given: str, meant: list[str]) -> str:
    if len(meant) == 1:
        return meant[0]
    if not meant:
        raise UnknownWorkerError(
            "no worker of any project has this id",
            where=given,
            remedy=f"if files still hold it, name the worker whole, such as {' or '.join(whole_names(given))}",
        )
    raise UnknownWorkerError(
        f"is the id of {len(meant)} workers", where=given, remedy=f"name one whole: {', '.join(meant)}"
    )
