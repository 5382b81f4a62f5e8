"""Settings models as components: each setting keeps its description in the UI's documentation."""

from typing import TypeVar

import dagster as dg
from pydantic import BaseModel

T = TypeVar("T", bound=type[BaseModel])


def documented(component: T) -> T:
    """Class decorator: carries the settings' descriptions over to Dagster.

    Dagster makes a model of its own from a component's fields and keeps a description only where a resolver
    carries it.
    """
    for field in component.model_fields.values():
        field.metadata.append(dg.Resolver.default(description=field.description))
    return component
