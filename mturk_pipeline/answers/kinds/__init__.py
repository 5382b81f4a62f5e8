"""The kinds of answers, one module each. A new kind is one new module and one line here."""

from mturk_pipeline.answers.kinds import boolean, choice, email, handle, name, near_misses, number, phone, text, url
from mturk_pipeline.answers.reading import Kind, Reading, invalid
from mturk_pipeline.texts.spreadsheet_errors import LOST_ANSWER, is_spreadsheet_error
from mturk_pipeline.workflow.field_spec import FieldSpec

KINDS: dict[str, Kind] = {
    "url": Kind(
        url.read,
        listed=True,
        near_miss=near_misses.url,
        open=True,
        personal=True,
        is_link=True,
        width=38,
        crm_column="Website",
    ),
    "email": Kind(
        email.read, listed=True, near_miss=near_misses.email, open=True, personal=True, width=28, crm_column="Email"
    ),
    "phone": Kind(phone.read, listed=True, near_miss=near_misses.phone, open=True, personal=True, crm_column="Phone"),
    "handle": Kind(
        handle.read,
        key_of=handle.key_of,
        listed=True,
        near_miss=near_misses.handle,
        open=True,
        personal=True,
        width=24,
    ),
    "name": Kind(name.read, key_of=name.key_of, open=True, width=26),
    "text": Kind(text.read, key_of=text.key_of, open=True, width=34),
    "number": Kind(number.read, near_miss=near_misses.number),
    "choice": Kind(
        choice.read,
        key_of=choice.key_of,
        one_spelling_in="phase",
        separator="|",
        near_miss=near_misses.choice,
    ),
    "boolean": Kind(boolean.read, near_miss=near_misses.boolean),
}


def read(raw: str, field: FieldSpec) -> Reading:
    """What `raw` says as an answer of the field's kind; blank and 'none' tokens are the cell's matter.

    An error that a spreadsheet left in the cell is no answer of any kind.

    >>> read("HTTP://www.Example.edu/Clubs/?utm_source=x", FieldSpec(kind="url")).value
    'https://example.edu/Clubs'
    """
    return unless_lost(KINDS[field.kind].read(raw, field), raw, field)


def unless_lost(reading: Reading, raw: str, field: FieldSpec) -> Reading:
    """`reading` of `raw`, or that its answer is lost, where a spreadsheet left an error instead."""
    text = raw if reading.value is None else reading.value
    return invalid(LOST_ANSWER) if is_spreadsheet_error(text) and text not in field.choices else reading


def key_of(value: str, kind: str) -> str:
    """The form in which values of `kind` are compared.

    >>> key_of("The Chess-Club.", "name")
    'the chess club'
    """
    compare = KINDS[kind].key_of
    return value if compare is None else compare(value)


__all__ = ["KINDS", "Kind", "Reading", "key_of", "read", "unless_lost"]
