"""Names of keys and inputs in tables of leads, whose own columns have names that anybody uses."""

from collections.abc import Collection, Iterable

from mturk_pipeline.contracts.leads import AllLeads
from mturk_pipeline.workflow.phase_spec import PhaseSpec

# Of all rows that are one lead, the lead has the union of these.
LISTS = ("item_ids", "hit_ids", "assignment_ids", "sources")
LEAD = tuple(name for name in AllLeads.names() if name not in ("lead_id", "item_id", *LISTS))
OWN = frozenset({"parent_item_id", "segments", *AllLeads.names()})
# Columns that are needed on the way only. No header of a file begins with a space, so no key is called so.
ROW, OF_KEYS, PLACE = " row", " of keys", " place"


def key_columns(phase: PhaseSpec) -> dict[str, str]:
    """The keys of the last phase, each with its column in all leads: its own name, or `input_<name>` where taken.

    >>> key_columns(PhaseSpec(keys=["club", "rank"], fields={"email": {"kind": "email"}}))
    {'club': 'club', 'rank': 'input_rank'}
    """
    return lead_columns(tuple(phase.keys) or ("hit_id",))


def record_columns(phase: PhaseSpec) -> dict[str, str]:
    """The fields of the last phase's records, each with its column in all leads; they stand beside the keys."""
    return lead_columns(phase.record_fields, key_columns(phase).values())


def lead_columns(names: Iterable[str], taken: Collection[str] = (), reserved: Collection[str] = OWN) -> dict[str, str]:
    """A free column for each name, neither reserved, taken nor another's: `input_` in front where it has to be."""
    names, columns = list(names), {}
    used = {*reserved, *taken}
    for name in sorted(names, key=lambda n: n in used):
        column = name
        while column in used:
            column = f"input_{column}"
        used.add(column)
        columns[name] = column
    return {name: columns[name] for name in names}
