"""Purging: what other projects have asked about already is not asked again.

Items are compared by their ids, which are made of normalised keys. Projects that purge against each other, directly
or in a circle, must not lose an item between them: whoever has results for it keeps it, else whoever listed first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

EVERYBODY = "*"


@dataclass(frozen=True)
class Standing:
    """What a project has, as far as purging is concerned.

    Attributes
    ----------
    id, name
        The project.
    sent, listed
        item_ids with a HIT in its results; item_ids of its input list.
    purges
        ids of the projects that it purges against.
    since
        When it first had a list, ISO 8601; '' where nobody knows: later than all that are known.
    """

    id: str
    name: str
    sent: frozenset[str]
    listed: frozenset[str]
    purges: frozenset[str]
    since: str = ""

    @property
    def place(self) -> tuple[bool, str, str]:
        """Projects sort by this in the order in which they came."""
        return (not self.since, self.since, self.id)


def empty_purged() -> pd.DataFrame:
    """No items purged."""
    return pd.DataFrame({name: pd.Series([], dtype="str") for name in ("item_id", "project", "found_in")})


def purge(own: Standing, others: Sequence[Standing]) -> pd.DataFrame:
    """The items of `own` that another project has: contract `Purged`, one row per item and project.

    Parameters
    ----------
    own
        The project to be purged; what it has results for stays, for it is bought already.
    others
        All projects that count, those among `own.purges` and those through which they may purge against `own`.
    """
    purges = {p.id: p.purges for p in (own, *others)}
    mine = pd.Index(sorted(own.listed - own.sent), dtype="str")
    parts = [empty_purged()]
    for other in sorted(others, key=lambda p: p.name):
        if other.id == own.id or other.id not in own.purges:
            continue
        sent, listed = mine.isin(list(other.sent)), mine.isin(list(other.listed))
        # What it only lists it keeps, unless it would leave it to us for the same reason.
        keeps = other.place < own.place or not _reaches(other.id, own.id, purges)
        found = sent | (listed & keeps)
        where = pd.Series(["results" if s else "input" for s in sent[found]], dtype="str")
        parts.append(pd.DataFrame({"item_id": mine[found], "project": other.name, "found_in": where}))
    table = pd.concat(parts, ignore_index=True).astype("str")
    return table.sort_values(["item_id", "project"], ignore_index=True)


def _reaches(start: str, goal: str, purges: Mapping[str, frozenset[str]]) -> bool:
    """Whether `start` purges against `goal`, directly or through others."""
    seen, left = {start}, [start]
    while left:
        for following in purges.get(left.pop(), frozenset()) - seen:
            if following == goal:
                return True
            seen.add(following)
            left.append(following)
    return False
