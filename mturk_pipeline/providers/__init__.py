"""The platforms on which workers answer, one module each. A new provider is one new module and one line here."""

import re
from collections.abc import Collection
from functools import lru_cache

from mturk_pipeline.providers import mturk, turkle
from mturk_pipeline.providers.provider import Provider

PROVIDERS: dict[str, Provider] = {provider.name: provider for provider in (turkle.PROVIDER, mturk.PROVIDER)}


def whole_names(worker_id: str) -> list[str]:
    """The whole names that a worker's id can belong to, on servers without a name.

    >>> whole_names("5")
    ['turkle::5', 'mturk::5']
    """
    return [f"{name}::{worker_id}" for name in PROVIDERS]


def whole_name(worker_id: str) -> str:
    """`provider:server:id` for an id that tells its provider by its looks; any other name stays.

    >>> whole_name("A2XYZ0ABCDEF"), whole_name("5")
    ('mturk::A2XYZ0ABCDEF', '5')
    """
    telling = (p for p in PROVIDERS.values() if p.telling_id and p.telling_id.fullmatch(worker_id))
    return next((f"{p.name}::{worker_id}" for p in telling), worker_id)


def providers_of_row(columns: Collection[str]) -> list[Provider]:
    """The providers from whose files a row with these columns can be: those whose own column of user names it has."""
    known = PROVIDERS.values()
    return [p for p in known if p.user_name and p.user_name in columns] or [p for p in known if not p.user_name]


def any_provider() -> str:
    """A pattern that finds the name of any provider."""
    return _any_of(tuple(PROVIDERS))


@lru_cache
def _any_of(names: tuple[str, ...]) -> str:
    return f"(?:{'|'.join(map(re.escape, names))})"


__all__ = ["PROVIDERS", "Provider", "any_provider", "providers_of_row", "whole_name", "whole_names"]
