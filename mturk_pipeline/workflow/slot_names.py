"""Names of columns with `{i}`, the number of a slot: one HIT asks about several items, each in numbered columns."""

import re
from collections.abc import Iterable, Mapping, Sequence

SLOT = "{i}"
RECORD = "{n}"
# Whatever stands in braces, also where one is lost; ${name} is a page's own, which was left unfilled.
_BRACES = re.compile(r"\{+[^{}]*\}*|\}+")
_TEMPLATE = re.compile(r"\$\{[^{}]*\}")
_AROUND = re.compile(r"[_\W]*\{i\}[_\W]*")


def slot_name(column: str) -> str:
    """What tables and people's files call a column with `{i}`; another column's own name.

    >>> slot_name("adj_{i}"), slot_name("tweet{i}_text"), slot_name("{i}"), slot_name("page")
    ('adj', 'tweet_text', 'item', 'page')
    """
    return (_AROUND.sub("_", column).strip("_") or "item") if SLOT in column else column


def numbered(column: str, number: int) -> str:
    """The column of one slot.

    >>> numbered("adj_{i}", 3)
    'adj_3'
    """
    return column.replace(SLOT, str(number))


def unknown_placeholder(column: str) -> str:
    """What stands in braces in a column's name and is neither `{i}` nor `{n}`; '' where nothing does.

    >>> [unknown_placeholder(column) for column in ("adj_{I}", "adj_{{i}}", "adj_{i", "adj_{i}_{n}", "${x}")]
    ['{I}', '{{i}}', '{i', '', '']
    """
    held = _BRACES.findall(_TEMPLATE.sub("", column))
    return next((braces for braces in held if braces not in (SLOT, RECORD)), "")


def slot_problem(
    keys: Mapping[str, str], columns: Mapping[str, Sequence[str]], inputs: Iterable[str], items_per_hit: int | None
) -> str | None:
    """Why columns with `{i}` make no slots, in one line with what to do; None where they do or where there are none.

    `keys` are the columns of keys by name, `columns` those of fields, `inputs` others that fields name.
    """
    everywhere = (*keys.values(), *(c for names in columns.values() for c in names), *inputs)
    if unknown := next((c for c in everywhere if unknown_placeholder(c)), None):
        return (
            f"the column {unknown!r} holds {unknown_placeholder(unknown)}, which numbers nothing: write {{i}} for the "
            "slots of a HIT, {n} for the records of a list"
        )
    in_keys = [c for c in keys.values() if SLOT in c]
    in_fields = [f for f, names in columns.items() if any(SLOT in c for c in names)]
    in_inputs = [c for c in inputs if SLOT in c]
    if lists := [c for c in keys.values() if RECORD in c]:
        return f"the key {lists[0]} holds {{n}}, which numbers records of one item: for an item of its own write {{i}}"
    if crowded := [c for names in columns.values() for c in names if "{i}{n}" in c or "{n}{i}" in c]:
        return f"the column {crowded[0]} has nothing between {{i}} and {{n}}: nobody can tell their numbers apart"
    if in_keys and not in_fields:
        return (
            f"the key {in_keys[0]} makes each slot of a HIT an item, but no field has {{i}} in its columns: write it "
            "into those that are answered for each slot, such as columns: ['answer_{i}']"
        )
    if (in_fields or in_inputs) and not in_keys:
        named = in_fields[0] if in_fields else in_inputs[0]
        return (
            f"{named} is answered for each slot ({{i}}), but no key says what a slot is about: write {{i}} into the "
            "key's column, such as keys: ['item_{i}'], or {n} for a list of records of one item"
        )
    if items_per_hit is not None and not in_keys:
        return "items_per_hit counts the slots of a HIT, but no key has {i} in its column, such as keys: ['item_{i}']"
    return None
