"""Settings that cannot be used, in one line: which, what is wrong, and the nearest name of one that is unknown."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from mturk_pipeline.workflow.old_names import OLD_FIELD_SETTINGS, OLD_PHASE_SETTINGS

_NEW_NAMES = OLD_PHASE_SETTINGS | OLD_FIELD_SETTINGS


def settings_problem(error: ValueError, model: type[BaseModel]) -> str:
    """What is wrong with settings of `model`, as one line.

    >>> from mturk_pipeline.workflow.phase_spec import PhaseSpec
    >>> try:
    ...     PhaseSpec.model_validate({"fields": {"mail": {"kind": "email", "acept": 1}}})
    ... except ValueError as error:
    ...     print(settings_problem(error, PhaseSpec))
    unknown setting 'acept' in fields.mail; did you mean 'accept'?
    """
    if not isinstance(error, ValidationError):
        return str(error)
    parts = []
    for detail in error.errors(include_url=False, include_context=False, include_input=False):
        *place, name = detail["loc"] or ("the settings",)
        if detail["type"] == "extra_forbidden":
            parts.append(_unknown(str(name), place, _model_at(model, place)))
        else:
            parts.append(f"{'.'.join(map(str, (*place, name)))}: {detail['msg'].removeprefix('Value error, ')}")
    return " ".join("; ".join(parts).replace("?; ", "? ").split())


def nearest(name: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """The one of `known` that `name` is most like; None where it is like none (from 0, nothing in common, to 1).

    >>> nearest("Max-Atempts", ["accept", "max_attempts"])
    'max_attempts'
    """
    plain = name.casefold().replace("-", "_").replace(" ", "_")
    return next(iter(get_close_matches(plain, list(known), n=1, cutoff=likeness)), None)


def _unknown(name: str, place: Sequence[object], model: type[BaseModel]) -> str:
    inside = f" in {'.'.join(map(str, place))}" if place else ""
    if near := nearest(name, model.model_fields):
        # An old name leads to the new one.
        return f"unknown setting {name!r}{inside}; did you mean {_NEW_NAMES.get(near, near)!r}?"
    known = ", ".join(each for each in model.model_fields if each not in _NEW_NAMES)
    return f"unknown setting {name!r}{inside}; there are: {known}"


def _model_at(model: type[BaseModel], place: Sequence[object]) -> type[BaseModel]:
    """The model of the settings at a place: a setting's name, and behind one of several (fields) its own."""
    parts = iter(place)
    for part in parts:
        field = model.model_fields.get(str(part))
        annotation: Any = None if field is None else field.annotation
        if get_origin(annotation) in (dict, list):
            next(parts, None)
        model = next((m for m in (annotation, *_arguments(annotation)) if _is_model(m)), model)
    return model


def _arguments(annotation: Any) -> list[Any]:
    return [inner for each in get_args(annotation) for inner in (each, *_arguments(each))]


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
