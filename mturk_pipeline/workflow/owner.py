"""Who answers for a phase or for all leads."""

import re

# What the UI takes as an owner.
_OWNER = re.compile(r"team:\S(?:.*\S)?|[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")


def checked_owner(owner: str | None) -> str | None:
    """`owner`, or ValueError where it is no team and no e-mail address.

    >>> checked_owner("team:data")
    'team:data'
    """
    if owner is not None and not _OWNER.fullmatch(owner):
        raise ValueError("an owner is 'team:NAME' or an e-mail address")
    return owner
