"""Settings that had another name in an earlier version: still accepted, with one line that gives the new name."""

import logging
from collections.abc import Mapping
from functools import cache
from typing import Any

OLD_PHASE_SETTINGS = {"batches_over": "batches_closed_before"}
OLD_FIELD_SETTINGS = {"cost": "error_weight"}


def with_new_names(settings: Any, names: Mapping[str, str]) -> Any:
    """`settings` under the new names of `names` (old: new); ValueError where a setting stands under both.

    >>> with_new_names({"cost": 2, "kind": "url"}, OLD_FIELD_SETTINGS)
    {'kind': 'url', 'error_weight': 2}
    """
    if not isinstance(settings, Mapping):
        return settings
    renamed = {name: value for name, value in settings.items() if name not in names}
    for old, new in names.items():
        if renamed.get(new) is None and old in settings:
            renamed[new] = settings[old]
        elif settings.get(old) is not None:
            raise ValueError(f"{old!r} is the old name of {new!r}; keep {new!r} only")
    return renamed


def phase_with_new_names(settings: Mapping[str, Any], where: str) -> tuple[Mapping[str, Any], list[str]]:
    """A phase's settings and its fields' under their new names, and a line for each old name that stands in `where`."""
    fields = settings.get("fields")
    parts = [(OLD_PHASE_SETTINGS, settings)]
    if isinstance(fields, Mapping):
        parts += [(OLD_FIELD_SETTINGS, field) for field in fields.values() if isinstance(field, Mapping)]
        settings = {**settings, "fields": {f: with_new_names(s, OLD_FIELD_SETTINGS) for f, s in fields.items()}}
    lines = {
        f"{where}: the setting {old!r} is called {names[old]!r} now; rename it, the old name works in this version only"
        for names, part in parts
        for old in names.keys() & part.keys()
    }
    return with_new_names(settings, OLD_PHASE_SETTINGS), sorted(lines)


@cache
def tell_once(line: str) -> None:
    """Log a line about an old name; the same one only once in a process."""
    logging.getLogger(__name__).warning("%s", line)
