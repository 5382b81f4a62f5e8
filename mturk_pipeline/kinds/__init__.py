"""The kinds of answers, one module each. A new kind is one new module and one line here."""

from mturk_pipeline.kinds import (
    boolean,
    choice,
    choices,
    email,
    handle,
    name,
    number,
    phone,
    rating,
    remark,
    text,
    url,
)
from mturk_pipeline.kinds.kind import Kind, Question, Reading, invalid
from mturk_pipeline.kinds.label_lists import SEPARATOR
from mturk_pipeline.texts.spreadsheet_errors import LOST_ANSWER, is_spreadsheet_error

# In the order in which they are tried on a column of unknown kind: the last takes all that no other claims.
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        remark.KIND,
        boolean.KIND,
        handle.KIND,
        email.KIND,
        phone.KIND,
        url.KIND,
        choices.KIND,
        choice.KIND,
        rating.KIND,
        number.KIND,
        name.KIND,
        text.KIND,
    )
}


def read(raw: str, field: Question) -> Reading:
    """Read `raw` as an answer of the field's kind; blank and 'none' tokens are handled by the cell.

    An error that a spreadsheet left in the cell is no answer of any kind.

    >>> from mturk_pipeline.workflow.field_spec import FieldSpec
    >>> read("HTTP://www.Example.edu/Clubs/?utm_source=x", FieldSpec(kind="url")).value
    'https://example.edu/Clubs'
    """
    return unless_lost(KINDS[field.kind].read(raw, field), raw, field)


def unless_lost(reading: Reading, raw: str, field: Question) -> Reading:
    """`reading` of `raw`, or a lost answer where a spreadsheet left an error instead."""
    text = raw if reading.value is None else reading.value
    return invalid(LOST_ANSWER) if is_spreadsheet_error(text) and text not in field.choices else reading


def key_of(value: str, kind: str) -> str:
    """The form in which values of `kind` are compared.

    >>> key_of("The Chess-Club.", "name")
    'the chess club'
    """
    compare = KINDS[kind].key_of
    return value if compare is None else compare(value)


__all__ = ["KINDS", "SEPARATOR", "Kind", "Question", "Reading", "key_of", "read", "unless_lost"]
