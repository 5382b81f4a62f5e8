"""Settings of a phase: what it asks and how answers are read, from its YAML, checked."""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from mturk_pipeline.kinds import KINDS
from mturk_pipeline.vocabulary.agreements import AGREEMENTS
from mturk_pipeline.vocabulary.trust_models import TRUST_MODELS
from mturk_pipeline.workflow.field_spec import FieldSpec, Strict, texts_of
from mturk_pipeline.workflow.old_names import OLD_PHASE_SETTINGS, with_new_names
from mturk_pipeline.workflow.owner import checked_owner
from mturk_pipeline.workflow.search_address import search_names, search_problem
from mturk_pipeline.workflow.slot_names import SLOT, slot_name, slot_problem

# A part of a folder's name: nothing that leads out of the project or that a system refuses.
_LABEL = re.compile(r"[\w-](?:[\w .-]{0,78}[\w-])?")


# Columns that workbook and tables add beside keys and fields.
RESERVED_NAMES = frozenset(
    {"item_id", "parent_item_id", "element", "hit_id", "hit_ids", "assignment_ids", "attempt", "export"}
    | {"decision", "comment", "status", "verified", "trust", "reasons", "needs_review", "priority", "answers"}
    | {"field", "value", "offer_id", "answers_wanted", "source_file", "source_sheet", "source_row"}
    | {"inclusion", "look_again", "blind", "doubtful", "decided_in", "decided_at", "settle", "given"}
    | {"runners_up", "stands_on"}
)
# These tell sheets and result files from offers, however they are written.
_FOUND_IN_SHEETS = frozenset({"item id", "export", "decision", "comment", "hitid", "assignmentid", "workerid"})
# Each field `f` has `f_trust`, `f_runners_up`, `f_outcome`, `f_detail` beside it, and in workbooks `f_pick_1` ….
_BESIDE = re.compile(r"(?s)(.+)_(?:trust|runners_up|outcome|detail|pick_\d+)")
# How reviewers see an input: as it is, a link or not; as a text; as a link; as a short link to a picture.
Shown = Literal["auto", "text", "link", "image"]
KEY_MARK, FIELD_MARK, INPUT_MARK = " (key)", " (field)", " (input)"


def column_of(name: str, mark: str, fields: Collection[str]) -> str:
    """The column of a key or field: its name, with `mark` behind it where the pipeline has such a column.

    >>> column_of("trust", FIELD_MARK, ["trust"]), column_of("club_trust", KEY_MARK, ["club"]), column_of("a", "", "a")
    ('trust (field)', 'club_trust (key)', 'a')
    >>> column_of("adj_{i}", KEY_MARK, [])
    'adj'
    """
    name = slot_name(name)
    beside = _BESIDE.fullmatch(name)
    taken = name in RESERVED_NAMES or " ".join(name.casefold().replace("_", " ").split()) in _FOUND_IN_SHEETS
    taken |= beside is not None and not {beside[1], beside[1] + FIELD_MARK}.isdisjoint(fields)
    return name + mark if taken else name


def _as_header(name: object) -> str:
    """`name` without outer and repeated spaces, like headers of files."""
    return " ".join(str(name).split())


def _fed_by(name: str, spec: Any, columns: Mapping[str, str]) -> Any:
    """A field's settings; one whose column is called otherwise is still fed by the answers of its name."""
    if columns[name] == name:
        return spec
    if isinstance(spec, FieldSpec):
        return spec if spec.columns else spec.model_copy(update={"columns": [name]})
    return {"columns": [name], **spec} if isinstance(spec, Mapping) else spec


class PhaseSpec(Strict):
    """One round of questions: its items (keys), its fields, and what passes without a person's look.

    Key and field names double as names of columns: where one of the pipeline's own is called so, the key or field
    has a mark behind its name, `status (key)`, `trust (field)`.
    """

    after: str | None = Field(
        None, description="The phase whose cleaned output is this phase's input; none for the first."
    )
    input_label: str = Field(
        "input", description="For the first phase: the last part of its input folder's name (1_mIn_<label>)."
    )
    keys: list[str] = Field(
        default=[],
        description="Input columns that say which item is asked about, without 'Input.'; by default the HIT itself. "
        "'adj_{i}' makes each slot of a HIT (adj_1, adj_2 …) an item of its own, called adj.",
    )
    fields: dict[str, FieldSpec] = Field(description="What is asked of each item.")
    match_records: list[str] = Field(
        default=[],
        description="For a list of records: the fields that say two records are the same, strongest first.",
    )
    model: str = Field(
        "trust",
        description="How trust is found: the default combines models; majority counts votes.",
        json_schema_extra={"enum": list(TRUST_MODELS)},
    )
    accept: float | None = Field(
        None, ge=0, le=1, description="Accept automatically from this trust on; 0.9, or 0.6 for counted votes."
    )
    accept_none: float = Field(
        0.6, ge=0, le=1, description="The same for 'there is none': a value that is missed costs less than a wrong one."
    )
    assignments_per_item: int = Field(3, ge=1, description="Answers wanted for each item (the redundancy).")
    slot_keys: dict[str, str] = Field(
        default={}, description="Columns of keys with {i}, by the key's name; 'adj_{i}' among the keys is short for it."
    )
    items_per_hit: int | None = Field(
        None,
        ge=1,
        description="Slots of a row to upload, where keys hold {i}: by default those of results or list, else 10.",
    )
    show: dict[str, Shown] | None = Field(
        None,
        description="Input columns that reviewers see beside the answers: a list, or how each is shown by name (text, "
        "link, image). By default all that differ between items.",
    )
    search: str | None = Field(
        None,
        description="An address that looks an item up, with keys and inputs in braces: "
        "'https://duckduckgo.com/?q={university}+{club}'.",
    )
    max_attempts: int = Field(3, ge=1, description="How often an item is sent to the crowd at most.")
    spot_checks: float = Field(
        0.1, ge=0, le=1, description="Share of what passes automatically that a person sees all the same, by chance."
    )
    review_within_days: float | None = Field(
        7, gt=0, le=36500, description="Days within which rows that wait should be decided; null: no deadline."
    )
    purge_against: list[str] = Field(
        default=[],
        description="Projects whose items are not asked about again: names or ids; '*' for all of the workflow.",
    )
    batches_closed_before: str | None = Field(
        None, description="A day, 'YYYY-MM-DD': HITs sent before it get no more answers; their items are asked again."
    )
    description: str = Field("", description="One sentence for the UI: what is gathered here.")
    owner: str | None = Field(None, description="Who answers for this phase: 'team:NAME' or an e-mail address.")
    batches_over: str | None = Field(None, description="The old name of batches_closed_before.")

    _owner = field_validator("owner")(checked_owner)

    @field_validator("model")
    @classmethod
    def _known(cls, model: str) -> str:
        if model not in TRUST_MODELS:
            raise ValueError(f"is {model!r}; a model of trust is one of {', '.join(TRUST_MODELS)}")
        return model

    @field_validator("input_label")
    @classmethod
    def _part_of_a_folder_name(cls, label: str) -> str:
        if not _LABEL.fullmatch(label):
            raise ValueError(
                "has letters, digits, '_', '-', and inside also spaces and '.'; at most 80: it names a folder"
            )
        return label

    @field_validator("batches_closed_before", "batches_over", mode="before")
    @classmethod
    def _day(cls, value: Any) -> Any:
        if value is None:
            return None
        try:
            return date.fromisoformat(str(value)[:10]).isoformat()
        except ValueError:
            raise ValueError("is a day, written 'YYYY-MM-DD'") from None

    @field_validator("show", mode="before")
    @classmethod
    def _list_of_columns(cls, value: Any) -> Any:
        """Columns by name, however they were listed; `Input.` is no part of a name."""
        if isinstance(value, str | list | tuple):
            value = dict.fromkeys([value] if isinstance(value, str) else value, "auto")
        return {_as_header(k).removeprefix("Input."): v for k, v in value.items()} if isinstance(value, dict) else value

    @field_validator("search")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is not None and (problem := search_problem(value)):
            raise ValueError(problem)
        return value

    @field_validator("keys", "match_records", "purge_against", mode="before")
    @classmethod
    def _names(cls, value: Any) -> Any:
        return [_as_header(v) for v in texts_of(value)] if isinstance(value, list | tuple) else value

    @model_validator(mode="before")
    @classmethod
    def _own_columns(cls, data: Any) -> Any:
        """Rename keys and fields to their columns; a field still reads the answers of its written name."""
        data = with_new_names(data, OLD_PHASE_SETTINGS)
        fields = data.get("fields") if isinstance(data, Mapping) else None
        if not isinstance(fields, Mapping):
            return data
        columns = {name: column_of(name, FIELD_MARK, fields) for name in map(str, fields)}
        if twice := sorted(name for name, count in Counter(columns.values()).items() if count > 1):
            raise ValueError(f"{twice} would name two fields; rename one")
        specs = {columns[str(name)]: _fed_by(str(name), spec, columns) for name, spec in fields.items()}
        named: dict[str, Any] = {"fields": specs}
        keys = data.get("keys")
        if isinstance(keys, list | tuple) and all(isinstance(key, str | int | float) for key in keys):
            headers = list(map(_as_header, texts_of(keys)))
            written = {key: column_of(key, KEY_MARK, fields) for key in headers}
            named["keys"] = [written[key] for key in headers]
            in_slots = {column: key for key, column in written.items() if SLOT in key}
            if in_slots and isinstance(earlier := data.get("slot_keys", {}), Mapping):
                named["slot_keys"] = {**earlier, **in_slots}
        if isinstance(records := data.get("match_records"), list | tuple):
            named["match_records"] = [columns.get(_as_header(name), name) for name in records]
        return {**data, **named}

    @model_validator(mode="after")
    def _consistent(self) -> "PhaseSpec":
        if not self.fields:
            raise ValueError("a phase asks at least one field")
        names = [*map(self.plain_name, (*self.keys, *self.fields))]
        clash = {n for n in names if names.count(n) > 1}
        if clash:
            raise ValueError(f"{sorted(clash)} is both a key and a field; rename the field")
        if flat := [c for c in self.slot_keys.values() if SLOT not in c]:
            raise ValueError(f"slot_keys names the column {flat[0]}, which has no {{i}} for the number of its slot")
        columns = {field: self.columns_of(field) for field in self.fields}
        if problem := slot_problem(self.key_columns, columns, self.field_inputs, self.items_per_hit):
            raise ValueError(problem)
        unknown = set(self.match_records) - set(self.record_fields)
        if unknown:
            raise ValueError(f"match_records names {sorted(unknown)}, which is no field with {{n}} in its columns")
        if len({" ".join(n.casefold().replace("_", " ").split()) for n in names}) < len(names):
            raise ValueError(
                "two keys or fields have names that differ only in case, '_' or spaces; choose other names"
            )
        return self

    def plain_name(self, column: str) -> str:
        """Name of a key or field in the phase file, and perhaps in people's files.

        >>> phase = PhaseSpec.model_validate({"keys": ["status"], "fields": {"club": {"kind": "text"}}})
        >>> phase.keys, phase.plain_name("status (key)")
        (['status (key)'], 'status')
        """
        for mark in (KEY_MARK, FIELD_MARK):
            plain = column.removesuffix(mark)
            if plain != column and column_of(plain, mark, self.fields) == column:
                return plain
        return column

    @cached_property
    def columns_by_name(self) -> dict[str, str]:
        """Columns of keys and fields by their names in the phase file."""
        return {self.plain_name(column): column for column in (*self.keys, *self.fields)}

    @cached_property
    def key_columns(self) -> dict[str, str]:
        """Input columns of the keys, without the 'Input.' prefix, by the keys' names.

        >>> PhaseSpec(keys=["page", "adj_{i}"], fields={"mood": {"kind": "text", "columns": ["mood_{i}"]}}).key_columns
        {'page': 'page', 'adj': 'adj_{i}'}
        """
        return {key: self.slot_keys.get(key, key) for key in self.keys}

    @property
    def field_inputs(self) -> list[str]:
        """Input columns that fields name beside the keys: known answers, and what says that a question was asked."""
        return [c for spec in self.fields.values() for c in (spec.gold, spec.asked_if) if isinstance(c, str)]

    @property
    def shown_inputs(self) -> list[tuple[str, str]]:
        """Input columns that reviewers are to see, each with the setting that names it: `show`, or `search`."""
        searched = [name.strip().removeprefix("Input.") for name in search_names(self.search or "")]
        keys = {*self.columns_by_name, *self.key_columns.values()}
        return [("show", name) for name in self.show or ()] + [("search", n) for n in searched if n not in keys]

    @property
    def has_slots(self) -> bool:
        """Whether each slot of a HIT is an item of its own: a key's column holds {i}."""
        return any(SLOT in column for column in self.key_columns.values())

    def columns_of(self, field: str) -> tuple[str, ...]:
        """The answer columns feeding `field`, without the 'Answer.' prefix."""
        return tuple(self.fields[field].columns) or (field,)

    @cached_property
    def fields_with_slots(self) -> tuple[str, ...]:
        """The fields with `{n}` in their columns."""
        return tuple(f for f in self.fields if any("{n}" in c for c in self.columns_of(f)))

    @cached_property
    def answer_columns(self) -> tuple[str, ...]:
        """The answer columns of all fields, in their order."""
        return tuple(column for field in self.fields for column in self.columns_of(field))

    @property
    def record_fields(self) -> tuple[str, ...]:
        """The fields of the phase's list of records; empty where each item has one answer per field."""
        return self.fields_with_slots

    @property
    def scalar_fields(self) -> tuple[str, ...]:
        return tuple(f for f in self.fields if f not in self.record_fields)

    @property
    def record_keys(self) -> tuple[str, ...]:
        """The fields that identify a record, strongest first (links before names by default)."""
        if self.match_records:
            return tuple(self.match_records)
        return tuple(sorted(self.record_fields, key=lambda f: KINDS[self.fields[f].kind].record_order))[:2]

    @cached_property
    def gates(self) -> tuple[str, ...]:
        """The fields that hold an item back; where the phase names none, all whose answers can be wrong."""
        named = tuple(f for f, s in self.fields.items() if s.gate)
        return named or tuple(f for f, s in self.fields.items() if AGREEMENTS[s.agreement].gates_by_default)

    @cached_property
    def digest(self) -> str:
        """Digest of all settings of the phase."""
        return hashlib.blake2b(self.model_dump_json().encode(), digest_size=8).hexdigest()

    def error_weight(self, field: str) -> float:
        """How much an error in `field` weighs beside other fields'."""
        weight = self.fields[field].error_weight
        return float(field in self.gates) if weight is None else weight

    def threshold(self, field: str) -> float:
        """Trust from which `field` is accepted without a person's look."""
        accept = self.fields[field].accept
        if accept is None and self.accept is None and not self.fields[field].has_one_value:
            return 0.9  # a probability, whatever the model of the other fields is
        return self.usual_threshold if accept is None else accept

    def threshold_of_none(self, field: str) -> float:
        """Trust from which 'there is none' is accepted for `field`; never more than what a value needs.

        Ticking nothing is an answer like any other.
        """
        accept = self.fields[field].accept_none
        if accept is None and AGREEMENTS[self.fields[field].agreement].empty_is_an_answer:
            return self.threshold(field)
        return min(self.accept_none, self.threshold(field)) if accept is None else accept

    @property
    def usual_threshold(self) -> float:
        """Trust from which a field without a threshold of its own is accepted; a count of votes is no probability."""
        if self.accept is not None:
            return self.accept
        return 0.9 if TRUST_MODELS[self.model].is_probability else 0.6
