"""Which settings of a field belong to its kind: each kind lists its own, and none of another kind's is passed over."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from mturk_pipeline.kinds import KINDS


def settings_of(kind: str) -> frozenset[str]:
    """The settings that mean something for `kind`, beside those that every kind has.

    >>> sorted(settings_of("rating"))
    ['levels', 'scale', 'tolerance']
    """
    entry = KINDS[kind]
    return entry.settings | entry.needs.keys()


def foreign_settings(kind: str, names: Iterable[str]) -> list[str]:
    """Those of `names` that other kinds read and `kind` does not.

    >>> foreign_settings("boolean", ["required", "checkbox", "levels"])
    ['levels']
    """
    of_kinds = {name for each in KINDS for name in settings_of(each)}
    return sorted(of_kinds.intersection(names) - settings_of(kind))


def foreign_problem(kind: str, names: Collection[str]) -> str | None:
    """Why a field of `kind` with these settings is refused, in one line; None where all belong to it.

    >>> foreign_problem("choice", ["levels"])
    "a field of kind choice does not read 'levels' (kind rating does): leave it out, or change the kind"
    """
    foreign = foreign_settings(kind, names)
    if not foreign:
        return None
    named = ", ".join(f"{name!r} ({_readers(name)})" for name in foreign)
    them = "it" if len(foreign) == 1 else "them"
    return f"a field of kind {kind} does not read {named}: leave {them} out, or change the kind"


def _readers(name: str) -> str:
    kinds = [kind for kind in KINDS if name in settings_of(kind)]
    return f"kind {kinds[0]} does" if len(kinds) == 1 else f"kinds {', '.join(kinds)} do"


def without_foreign(settings: Mapping[str, Any], kind: object) -> dict[str, Any]:
    """A field's settings that may stay where its kind becomes `kind`; all of them where there is no such kind."""
    foreign = foreign_settings(kind, settings) if isinstance(kind, str) and kind in KINDS else ()
    return {name: value for name, value in settings.items() if name not in foreign}
