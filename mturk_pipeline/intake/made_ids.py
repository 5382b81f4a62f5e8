"""Ids of assignments that a platform gave none: made of HIT, worker and time, so that a copy of a row gives the same.

The worker's id is in them as a short digest: an id of an assignment is kept for ever, also when a worker is forgotten.
"""

import hashlib
import re

_OLD = re.compile(r"(?P<hit>[^#]*)#(?P<worker>[^#~][^#]*)#(?P<time>\d{4}-[^#]*)")


def made_id(hit_id: str, worker_id: str, time: str) -> str:
    """The id of the assignment that a worker submitted for a HIT at a time.

    >>> made_id("7", "5", "2025-02-22 05:11:00+00:00")
    '7#~ed9ed153#2025-02-22 05:11:00+00:00'
    """
    text = "\x1f".join((hit_id, worker_id, time)).encode("utf-8", "surrogatepass")
    return f"{hit_id}#~{hashlib.blake2b(text, digest_size=4).hexdigest()}#{time}"


def current_id(assignment_id: str) -> str:
    """An id as it is made now, also of one that version 0.1 made with the worker's whole id; any other id stays.

    >>> current_id("7#5#2025-02-22 05:11:00+00:00") == made_id("7", "5", "2025-02-22 05:11:00+00:00")
    True
    >>> current_id("3XYZ"), current_id("7#~ed9ed153#2025-02-22 05:11:00+00:00")
    ('3XYZ', '7#~ed9ed153#2025-02-22 05:11:00+00:00')
    """
    old = _OLD.fullmatch(assignment_id)
    return made_id(old["hit"], old["worker"], old["time"]) if old else assignment_id
