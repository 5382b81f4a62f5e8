"""The address by which reviewers look an item up, with names of keys and inputs in braces."""

import re
from string import Formatter

# What stands in the braces: the name of a column.
_PLACEHOLDER = re.compile(r"[^{}\[\]!:]*[^{}\[\]!:\s][^{}\[\]!:]*")


def search_names(address: str) -> list[str]:
    """The names in braces, in their order.

    >>> search_names("https://example.org/?q={club}+{city}")
    ['club', 'city']
    """
    return [name for _, name, _, _ in Formatter().parse(address) if name is not None]


def search_problem(address: str) -> str:
    """Why an address with names in braces cannot look anything up; '' where it can."""
    try:
        names = search_names(address)
    except ValueError:
        names = []
    if not address.casefold().startswith(("https://", "http://")):
        return "is an address that begins with https://"
    if not names or not all(_PLACEHOLDER.fullmatch(name) for name in names):
        return "has keys or input columns in braces: 'https://duckduckgo.com/?q={club}+{city}'"
    return ""
