"""Purging: leave out what other projects have asked about already.

Items are compared by their ids, which are made of normalised keys. Projects that purge against each other, directly
or in a circle, must not lose an item between them: whoever has results for it keeps it, else whoever listed first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

EVERYBODY = "*"


@dataclass(frozen=True)
class Standing:
    """A project's items and settings, for purging."""

    # id, name: the project
    id: str
    name: str
    # sent and listed: item_ids with a HIT in its results; item_ids of its input list
    sent: frozenset[str]
    listed: frozenset[str]
    purges: frozenset[str]  # ids of the projects that it purges against
    since: str = ""  # When it first had a list, ISO 8601; '' where nobody knows: later than all that are known

    @property
    def place(self) -> tuple[bool, str, str]:
        """Projects sort by this in the order in which they came."""
        return (not self.since, self.since, self.id)


def empty_purged() -> pd.DataFrame:
    """No items purged."""
    return pd.DataFrame({name: pd.Series([], dtype="str") for name in ("item_id", "project", "found_in")})


def purge(project: Standing, others: Sequence[Standing]) -> pd.DataFrame:
    """The items of `project` that another project has: contract `Purged`, one row per item and project.

    What `project` has results for stays, for it is bought already. `others` are those among `project.purges`, and those
    through which they may purge against it.
    """
    purges = {p.id: p.purges for p in (project, *others)}
    mine = pd.Index(sorted(project.listed - project.sent), dtype="str")
    parts = [empty_purged()]
    for other in sorted(others, key=lambda p: p.name):
        if other.id == project.id or other.id not in project.purges:
            continue
        sent, listed = mine.isin(list(other.sent)), mine.isin(list(other.listed))
        # What it only lists it keeps, unless it would leave it to us for the same reason.
        keeps = other.place < project.place or not _reaches(other.id, project.id, purges)
        shared = sent | (listed & keeps)
        where = pd.Series(["results" if s else "input" for s in sent[shared]], dtype="str")
        parts.append(pd.DataFrame({"item_id": mine[shared], "project": other.name, "found_in": where}))
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
