"""Several of many answers. Value: the labels, joined by "|": in the order of `choices`, else by the alphabet."""

from collections.abc import Sequence

from mturk_pipeline.kinds import choice
from mturk_pipeline.kinds.column_sample import ColumnSample
from mturk_pipeline.kinds.kind import Kind, Question, Reading, invalid, notes
from mturk_pipeline.kinds.label_lists import MARKS, SEPARATOR, is_cut, listed
from mturk_pipeline.texts.plain_text import clean
from mturk_pipeline.texts.spreadsheet_errors import is_spreadsheet_error
from mturk_pipeline.vocabulary.agreements import SET

_LONGEST = 20_000


def read(raw: str, field: Question) -> Reading:
    """The labels of a cell, each once; invalid where one of them is none of the field's `choices`.

    >>> from mturk_pipeline.workflow.field_spec import FieldSpec
    >>> read("['train', 'bus']", FieldSpec(kind="choices")).value
    'bus|train'
    """
    if is_cut(raw) and not _is_choice(raw, field):
        return invalid("a list of labels that is cut off or broken")
    several = parts(raw, field)
    readings = [choice.read(part, field) for part in ([raw] if several is None else several) if clean(part)]
    if not readings:
        return invalid("empty")
    wrong = [r.note for r in readings if r.value is None]
    if wrong:
        return invalid(wrong[0])
    value = joined([r.value or "" for r in readings], field.choices)
    return Reading(value, "valid", False, notes(*dict.fromkeys(r.note for r in readings)))


def joined(labels: Sequence[str], choices: Sequence[str]) -> str:
    """Labels as one value, each once.

    >>> joined(["car", "bus", "car"], []), joined(["car", "bus"], ["train", "car", "bus"])
    ('bus|car', 'car|bus')
    """
    place = {label: n for n, label in enumerate(choices)}
    return SEPARATOR.join(
        sorted(set(labels), key=lambda label: (place.get(label, len(place)), label.casefold(), label))
    )


def labels_of(value: str) -> list[str]:
    """The labels of a value; none of ''.

    >>> labels_of("bus|car"), labels_of("")
    (['bus', 'car'], [])
    """
    return value.split(SEPARATOR) if value else []


def parts(raw: str, field: Question) -> Sequence[str] | None:
    """The labels in a cell as forms and programs write them; None where the cell is one label.

    They write "a|b", a list ('["a", "b"]', "['a', 'b']"), an object of truth values ('{"a": true, "b": false}'), or a
    label a line. Where the field has `choices`, labels may also have ";" or "," between them, if all are choices; else
    only its `separator` says so, for labels such as "Yes, always" are not two. A mark that stands in one of the
    `choices` separates nothing.
    """
    text = raw.strip()
    if len(text) > _LONGEST:
        return None
    if (found := listed(text)) is not None:
        return found
    if is_cut(text) or _is_choice(text, field) or is_spreadsheet_error(text):
        return None
    if field.separator:
        return text.split(field.separator) if field.separator in text else None
    known = {choice.key_of(c) for c in field.choices}
    for mark in MARKS:
        found = [part for part in text.split(mark) if part.strip()]
        if mark not in text or any(mark in c for c in field.choices):
            continue
        if mark in "|\n" or {choice.key_of(p) for p in found} <= known:
            return found
    return None


def _is_choice(text: str, field: Question) -> bool:
    """Whether a whole text is one of the field's choices."""
    return choice.key_of(text) in map(choice.key_of, field.choices)


def problem(field: Question) -> str | None:
    """Why no answer could mean one of the `choices`, in one line; None where each can be meant."""
    for mark in dict.fromkeys(filter(None, (field.separator, SEPARATOR))):
        if label := next((label for label in field.choices if mark in label), None):
            instead = ", or choose another 'separator'" if mark != SEPARATOR else ""
            return (
                f"'choices' names {label!r}, but {mark!r} stands between the labels of an answer, so none could mean "
                f"it: write the label without {mark!r}{instead}"
            )
    return choice.problem(field)


def guess(sample: ColumnSample) -> dict[str, object] | None:
    """The separator, where labels come back and several of them stand in a cell; none for boxes of a form."""
    if sample.is_remark or not sample.separates:
        return None
    return {} if sample.separates == SEPARATOR else {"separator": sample.separates}


KIND = Kind(
    "choices",
    read,
    agreement=SET,
    parts=parts,
    key_of=choice.key_of,
    one_spelling_in="phase",
    near_miss=choice.KIND.near_miss,
    guess=guess,
    problem=problem,
    settings=frozenset({"choices", "separator"}),
    plural="sets",
    width=26,
)
