"""Fields of a phase, reduced to what trust needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from mturk_pipeline.kinds import KINDS
from mturk_pipeline.trust.answer_codes import Bools, Ints
from mturk_pipeline.workflow.field_spec import FieldSpec


class Asked(Protocol):
    """Fields by name, which of them make the records of a list, and which of these identify a record.

    A PhaseSpec is one, and so are `Questions`.
    """

    @property
    def fields(self) -> Mapping[str, FieldSpec]: ...

    @property
    def record_fields(self) -> tuple[str, ...]: ...

    @property
    def record_keys(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Questions:
    """Fields that no phase declares."""

    fields: Mapping[str, FieldSpec]
    record_fields: tuple[str, ...] = ()
    record_keys: tuple[str, ...] = ()


def blank_means_none(spec: FieldSpec) -> bool:
    """A blank in an optional open field says that nothing was found; in a question with choices it says nothing."""
    return not spec.required and not spec.closed and spec.none_policy != "required"


def is_personal(spec: FieldSpec) -> bool:
    """Whether the same value for many items cannot be chance: a link, an address, a number."""
    return KINDS[spec.kind].personal


def shares_classes(spec: FieldSpec) -> bool:
    """Whether all items of the field have the same few possible answers (numbers have not)."""
    return spec.closed and not KINDS[spec.kind].is_quantity


def of_field(flags: list[bool], field: Ints) -> Bools:
    """`flags` (one for each field) at the places `field`."""
    return np.array(flags, dtype=bool)[field]
