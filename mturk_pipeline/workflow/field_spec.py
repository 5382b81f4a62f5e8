"""Settings of one field: what is asked of an item, from a phase's YAML, checked."""

import math
import re
from collections.abc import Mapping
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from mturk_pipeline.kinds import KINDS
from mturk_pipeline.kinds.rating import RATIO
from mturk_pipeline.vocabulary.agreements import AGREEMENTS, SCALE
from mturk_pipeline.workflow.kind_settings import foreign_problem
from mturk_pipeline.workflow.old_names import OLD_FIELD_SETTINGS, with_new_names

# Written by crowds for "I left this empty". "no" and "none" are not here: in a yes/no question "no" is an
# answer, and "none" says that there is none (`none_tokens`).
BLANK_TOKENS = (
    "",
    "{}",
    "-",
    "--",
    "—",
    ".",
    "?",
    "n/a",
    "n.a.",
    "na",
    "n@a",
    "nan",
    "null",
    "nil",
    "page error",
)
NONE_TOKENS = (
    "none",
    "no email",
    "not available",
    "not found",
    "does not exist",
    "there is none",
    "n/a found",
)


def _types(annotation: Any) -> set[Any]:
    """A setting's type, or those of which it may be one."""
    return set(get_args(annotation)) or {annotation}


class Strict(BaseModel):
    """A model that refuses unknown keys, so that a misspelt setting is an error and not a silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth_value_for_a_number(cls, value: Any, info: ValidationInfo) -> Any:
        """YAML's yes and no would pass for 1 and 0."""
        if isinstance(value, bool) and {int, float} & _types(cls.model_fields[info.field_name or ""].annotation):
            raise ValueError(f"is a number, not {'yes' if value else 'no'}")
        return value


class Anchor(Strict):
    """A test that an answer has to pass to count as an answer at all (one of the two).

    Either the answer `contains` a text, any case: "." or "@"; or a regular expression, any case, is searched in it.
    """

    contains: str | None = None
    search: str | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> "Anchor":
        if (self.contains is None) == (self.search is None):
            raise ValueError("an anchor has either 'contains' or 'search'")
        if self.search is not None:
            try:
                re.compile(self.search)
            except re.error as error:
                raise ValueError(f"'search' is not a regular expression: {error}") from None
        return self


def texts_of(values: Any) -> Any:
    """The entries of a list as texts: YAML reads 1 and yes as a number and a truth value. No list stays what it is.

    >>> texts_of([1, True, "a"])
    ['1', 'yes', 'a']
    """
    if not isinstance(values, list | tuple):
        return values
    if any(value is None or isinstance(value, list | tuple | dict) for value in values):
        raise ValueError("holds an empty or a nested entry: each is one text, in quotes where it is 'null' or '~'")
    return [("yes" if v else "no") if isinstance(v, bool) else str(v) for v in values]


def _is_number(value: Any) -> bool:
    """Whether YAML wrote a number; a truth value is none, and neither is nan."""
    try:
        return not isinstance(value, bool) and math.isfinite(float(value))
    except (TypeError, ValueError, OverflowError):
        return False


class FieldSpec(Strict):
    """One thing asked of an item.

    `columns` name the answer columns that feed the field, without the "Answer." prefix; several columns are
    pooled as several values of one answer, not as rivals. `{n}` in a column stands for the slots 1, 2, 3 … of
    a list of records ("club_{n}_url"): all fields with `{n}` together make one record. `{i}` stands for the slots of
    a HIT that asks about several items ("mood_{i}" beside the key "adj_{i}"): each slot is an item of its own, with one
    answer per field. A column without `{i}` beside them, such as a comment box, is an answer about each of the items.
    """

    kind: str = Field(
        description=f"How answers are normalised and validated: {', '.join(KINDS)}.",
        json_schema_extra={"enum": list(KINDS)},
    )
    columns: list[str] = Field(default=[], description="Answer columns feeding the field; by default its name.")
    required: bool = Field(False, description="A blank answer here is evidence of poor work.")
    gate: bool = Field(False, description="The item waits for review while this field's trust is too low.")
    accept: float | None = Field(None, description="Accept automatically from this trust on; else the phase's.")
    error_weight: float | None = Field(
        None, description="How much an error here weighs beside other fields': orders the review; 1 for a gate, else 0."
    )
    accept_none: float | None = Field(None, description="The same for the outcome 'there is none'; else the phase's.")
    blank_tokens: list[str] | None = Field(
        None, description="Texts that mean an empty answer; replaces the default list."
    )
    none_tokens: list[str] | None = Field(
        None, description="Texts that mean 'there is none'; replaces the default list."
    )
    none_policy: Literal["abstention", "answer", "required"] = Field(
        "answer",
        description="'There is none' counts as no vote (abstention), as an answer, or as invalid (required).",
    )
    anchor: Anchor | None = Field(None, description="A further test an answer has to pass.")
    separator: str | None = Field(None, description="Splits one cell into several values, such as ';' or '|'.")
    choices: list[str] = Field(default=[], description="For choice and choices: the allowed answers; by default any.")
    levels: list[str] = Field(default=[], description="For rating: the levels in their order, words or numbers.")
    scale: list[float] | str | None = Field(
        None, description="For rating: the least and the largest number, [0, 100]; 'ratio' for magnitudes above 0."
    )
    tolerance: float | None = Field(
        None,
        description="For rating: how far from the estimate is right; by default half a step, a tenth of the scale, or "
        "a factor of 1.25.",
    )
    exact: bool = Field(
        True,
        description="For text: one text is right (a code, a name); false: texts that differ can all be good.",
    )
    checkbox: bool = Field(False, description="For boolean: one box, so that what is not ticked is a no.")
    asked_if: str | None = Field(
        None, description="Input column that is filled where the question was asked; elsewhere it has no answer."
    )
    network: str | None = Field(
        None, description="For handle: facebook, instagram, twitter, linkedin, youtube, tiktok."
    )
    region: str = Field("US", description="For phone: the country of numbers without a country code.")
    mend: bool = Field(
        True,
        description="Undo what spreadsheets do to cells: 3012345678.0, _x000D_, accents in a wrong code page, WAHR.",
    )
    gold: str | dict[str, str] | None = Field(
        None,
        description="Input column with the known right answer, in the HITs that are gold questions; or {value: No} "
        "for a control question whose right answer is always the same.",
    )
    # Dagster wants an attribute for each setting that stands in the file.
    cost: float | None = Field(None, description="The old name of error_weight.")

    @model_validator(mode="before")
    @classmethod
    def _new_names(cls, data: Any) -> Any:
        return with_new_names(data, OLD_FIELD_SETTINGS)

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str) -> str:
        if kind not in KINDS:
            raise ValueError(f"is {kind!r}; a field is of one of the kinds {', '.join(KINDS)}")
        return kind

    @field_validator("columns", "blank_tokens", "none_tokens", "choices", "levels", mode="before")
    @classmethod
    def _texts(cls, value: Any, info: ValidationInfo) -> Any:
        """Texts; yes and no are levels beside a word, as in [no, maybe, yes], and nothing beside numbers."""
        if info.field_name == "levels" and isinstance(value, list | tuple):
            truth = [isinstance(entry, bool) for entry in value]
            if any(truth) and all(t or _is_number(v) for t, v in zip(truth, value, strict=True)):
                raise ValueError("holds yes or no beside no word: for a yes or no use kind: boolean")
        return texts_of(value)

    @field_validator("scale", mode="before")
    @classmethod
    def _scale(cls, scale: Any) -> Any:
        if scale is None or scale == RATIO:
            return scale
        if not isinstance(scale, list | tuple) or len(scale) != 2 or not all(map(_is_number, scale)):
            raise ValueError("is the least and the largest number, such as [0, 100], or the word ratio")
        return scale

    @field_validator("gold", mode="before")
    @classmethod
    def _gold(cls, gold: Any) -> Any:
        """YAML reads No as a truth value: a text is wanted."""
        if not isinstance(gold, Mapping):
            return gold
        if set(gold) != {"value"} or isinstance(gold["value"], list | dict) or gold["value"] is None:
            raise ValueError("is the name of an input column, or {value: ...} with the answer that is always right")
        value = gold["value"]
        return {"value": ("yes" if value else "no") if isinstance(value, bool) else str(value)}

    @model_validator(mode="after")
    def _consistent(self) -> "FieldSpec":
        # A limit in the annotation would be simpler, but Dagster's components do not take one in a nested model.
        for name, accept in (("accept", self.accept), ("accept_none", self.accept_none)):
            if accept is not None and not 0 <= accept <= 1:
                raise ValueError(f"'{name}' is a trust between 0 and 1")
        if self.gate and not AGREEMENTS[self.agreement].may_gate:
            raise ValueError(f"a {self.kind} is never a gate: nothing in it is right or wrong")
        if self.error_weight is not None and not 0 <= self.error_weight < float("inf"):
            raise ValueError("'error_weight' is a number from 0 on")
        kind, defaults = KINDS[self.kind], type(self).model_fields
        given = [n for n in self.model_fields_set if getattr(self, n) != defaults[n].get_default()]
        if problem := foreign_problem(self.kind, given) or (kind.problem(self) if kind.problem else None):
            raise ValueError(problem)
        for name, example in kind.needs.items():
            if not getattr(self, name):
                raise ValueError(f"a field of kind {self.kind} needs '{name}', such as {name}: {example}")
        return self

    @property
    def agreement(self) -> str:
        """How answers of several workers become one: a name in `AGREEMENTS`."""
        kind = KINDS[self.kind]
        return kind.agreement if self.exact else kind.inexact_agreement or kind.agreement

    @property
    def has_trust(self) -> bool:
        """Whether something can be right: not of texts and remarks, nor of ratings without a scale."""
        if self.agreement == SCALE:
            return bool(self.levels) or self.scale is not None or self.tolerance is not None
        return self.can_be_wrong

    @property
    def has_one_value(self) -> bool:
        """Whether one exact value is right."""
        return AGREEMENTS[self.agreement].has_one_value

    @property
    def can_be_wrong(self) -> bool:
        """Whether a wrong answer can be told from another good one."""
        return AGREEMENTS[self.agreement].can_be_wrong

    @property
    def closed(self) -> bool:
        """Whether all items share one small set of possible answers."""
        return not KINDS[self.kind].open

    @property
    def blanks(self) -> frozenset[str]:
        tokens = BLANK_TOKENS if self.blank_tokens is None else self.blank_tokens
        return (frozenset(t.casefold() for t in tokens) - self._labels) | {"", "{}"}

    @property
    def nones(self) -> frozenset[str]:
        says_none = AGREEMENTS[self.agreement].empty_is_an_answer or not self.closed
        default = NONE_TOKENS if says_none else ()
        tokens = default if self.none_tokens is None else self.none_tokens
        return frozenset(t.casefold() for t in tokens) - self._labels

    @property
    def _labels(self) -> frozenset[str]:
        """Choices and levels: what is one of them means itself."""
        return frozenset(label.strip().casefold() for label in (*self.choices, *self.levels))
