"""Whom a command means by a worker: an id in every text, or a whole name where the id alone could be anything."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from mturk_pipeline.errors import UserError
from mturk_pipeline.intake.unknown_workers import is_unknown
from mturk_pipeline.providers import PROVIDERS, whole_name, whole_names
from mturk_pipeline.workers.id_replacement import Replacement
from mturk_pipeline.workers.surrogates import Key, is_hash, is_surrogate
from mturk_pipeline.workers.tombstones import is_telling


class UnknownWorkerError(UserError):
    """Nobody, or more than one, is meant; one line that says what to do."""


@dataclass(frozen=True)
class Person:
    """A worker to be forgotten.

    Attributes
    ----------
    worker_id
        The platform's id.
    names
        Surrogates by the whole names under which the worker may stand.
    tells
        Whether the id can be looked for in any text.
    key
        The home's key.
    inputs
        Texts of the requester's own in which the id stays.
    """

    worker_id: str
    names: dict[str, str]
    tells: bool
    key: Key
    inputs: frozenset[str] = frozenset()

    @property
    def tombstones(self) -> set[str]:
        """What is kept of the worker: of the id where it tells by itself, else of the whole name; and surrogates."""
        return {*map(self.key.tombstone, [self.worker_id] if self.tells else self.names), *self.names.values()}

    @property
    def surrogates(self) -> set[str]:
        return set(self.names.values())

    def rows_of(self, identities: Mapping[str, str]) -> set[str]:
        """Surrogates in the private table (name by surrogate) that lead to the worker, made by whatever key."""
        spelt = self.worker_id.lower() if self.tells else None
        return {
            surrogate
            for surrogate, name in identities.items()
            if surrogate in self.surrogates or name in self.names or name.rpartition(":")[2].lower() == spelt
        }

    @property
    def replacement(self) -> Replacement:
        return Replacement(self.names, everywhere=True, inputs=self.inputs, key=self.key)

    def sparing(self, texts: Iterable[str]) -> "Person":
        """The same for stores in which the requester's own `texts` stand: a link or key with the id in it stays."""
        return replace(self, inputs=self.replacement.sparing(texts).inputs)

    @property
    def pattern(self) -> re.Pattern[str]:
        """Finds what may be looked for in any text as it is, standing alone and not as a part of a longer id."""
        texts = [self.worker_id] if self.tells else list(self.names)
        alone = "|".join(sorted(map(re.escape, texts), key=len, reverse=True))
        return re.compile(rf"(?<![A-Za-z0-9])(?:{alone})(?![A-Za-z0-9])")


def person_of(given: str, known: Iterable[str], key: Key) -> Person:
    """Who is meant by `given`: an id, a whole name (`turkle::5`), a surrogate, or a hash of version 0.1.

    Parameters
    ----------
    known
        Whole names of the workers that the home knows.
    """
    known = sorted(set(known))
    if is_unknown([given])[0]:
        raise UnknownWorkerError(
            "stands for everybody who did not log in", where=given, remedy="there is no id to forget"
        )
    if is_surrogate(given) or is_hash(given):
        meant = next((w for w in known if key.surrogate(w) == key.surrogate(given)), None)
        if meant is None:
            remedy = "name the worker by the platform's id"
            raise UnknownWorkerError("no worker of this installation has it", where=given, remedy=remedy)
        given = meant
    whole = given if given.partition(":")[0] in PROVIDERS and given.count(":") >= 2 else ""
    worker_id = given.rpartition(":")[2] if whole else given
    tells = is_telling(worker_id)
    if tells and not whole:
        worker_id = _as_spelt(worker_id, known)
    same_id = [w for w in known if w.rpartition(":")[2] == worker_id]
    names = (
        [*whole_names(worker_id), *same_id, *filter(None, [whole])] if tells else [whole or _only_one(given, same_id)]
    )
    return Person(worker_id, {name: key.surrogate(name) for name in sorted(set(names))}, tells, key)


def _as_spelt(worker_id: str, known: Iterable[str]) -> str:
    """An id that tells by itself, given in any letter case, as the home or its platform spells it."""
    same = {i for w in known if (i := w.rpartition(":")[2]).lower() == worker_id.lower()}
    if same:
        return worker_id if worker_id in same else min(same)
    return worker_id.upper() if ":" in whole_name(worker_id.upper()) else worker_id


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
