"""Modules that are loaded when they are first used: each costs 0.1 to 2 s at start-up, in every run."""

from importlib import import_module
from typing import Any


class LazyModule:
    """Stands for the module `name` until an attribute of it is asked for.

    >>> fractions = LazyModule("fractions")
    >>> fractions.Fraction(2, 4)
    Fraction(1, 2)
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        value = getattr(import_module(self._name), attribute)
        setattr(self, attribute, value)  # asked for once
        return value
