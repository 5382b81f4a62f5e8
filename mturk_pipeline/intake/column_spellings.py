"""One spelling for each column of a phase's result files, so that files which write it differently are pooled."""

from collections.abc import Iterable, Sequence

from mturk_pipeline.intake.column_names import ANSWER, INPUT, bare, comparable, hit_slot, slot
from mturk_pipeline.intake.sent_items import NOT_OF_OFFERS, OFFER_COLUMNS
from mturk_pipeline.workflow.phase_spec import INPUT_MARK, PhaseSpec
from mturk_pipeline.workflow.slot_names import RECORD, numbered


class ColumnSpellings:
    """How the `Input.` and `Answer.` columns of a phase's files are written from intake on.

    As the phase writes them; a column that the phase does not name, as the first file that has it.
    """

    def __init__(self, phase: PhaseSpec | None) -> None:
        self._named: dict[str, list[str]] = {INPUT: list(OFFER_COLUMNS), ANSWER: []}
        self._seen: dict[str, str] = {}
        # Columns of keys that a file may write without the mark, and carried ones that it may write with one.
        self._plain: dict[str, str] = {}
        if phase is not None:
            self._named[INPUT] += [*phase.key_columns.values(), *phase.field_inputs]
            marked = [k for k, column in phase.key_columns.items() if column == k and phase.plain_name(k) != k]
            self._plain = {comparable(INPUT + phase.plain_name(k)): INPUT + k for k in marked}
            self._named[ANSWER] += [c for field in phase.fields for c in phase.columns_of(field)]
        # What an offer carries under a name with a mark goes by its own again; item_id is the pipeline's in tables.
        self._plain |= {comparable(f"{INPUT}{n}{INPUT_MARK}"): INPUT + n for n in sorted(NOT_OF_OFFERS - {"item_id"})}
        for prefix, names in self._named.items():
            self._named[prefix] = [bare(name, prefix).strip() for name in names]

    def of(self, columns: Sequence[str]) -> tuple[list[str], list[str]]:
        """New names for the columns of one file, and what a person should know of them, in words.

        Of several columns of one file that differ in spelling only, one takes the name and the others keep theirs:
        a field reads all of them, as it reads several columns.
        """
        names: list[str] = []
        notes: list[str] = []
        # A column that bears the name already goes before one that only looks like it.
        named = {comparable(column) for column in columns}
        plain = {p: key for p, key in self._plain.items() if comparable(key) not in named}
        wanted = {column: self._spelling(plain.get(comparable(column), column)) for column in columns}
        taken = {column for column in columns if wanted[column] == column}
        for column in columns:
            name = wanted[column]
            if name != column and name in taken:
                notes.append(f"columns '{name[:60]}' and '{column[:60]}' differ only in spelling: both are read as one")
                name = column
            taken.add(name)
            names.append(name)
        for name in names:
            self._seen.setdefault(comparable(name), name)
        return names, notes

    def _spelling(self, column: str) -> str:
        for prefix, named in self._named.items():
            if column.startswith(prefix):
                spelling = _as_named(column[len(prefix) :].strip(), named)
                return prefix + spelling if spelling else self._seen.get(comparable(column), column)
        return column


def _as_named(name: str, named: Iterable[str]) -> str | None:
    """`name` as the phase writes it; None where it does not."""
    named = list(named)
    if name in named:
        return name
    for pattern in named:
        if (number := slot(pattern, name)) is not None:
            spelling = pattern.replace(RECORD, str(number))
            return spelling if (place := hit_slot(pattern, name)) is None else numbered(spelling, place)
    return None
