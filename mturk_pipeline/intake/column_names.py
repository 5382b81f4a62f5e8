"""Names of columns in result files, matched with the names that a phase writes: one rule for every room.

Batches of one phase differ in how they write a name (`Answer.Email`, `Answer.email`), so case and blanks at the ends
do not count, and blanks are as good as an underscore. `{n}` and `{i}` in a phase's name stand for whole numbers (`{i}`
in a table of slots for itself). A column that one field names exactly is not taken by another field whose name is only
alike.
"""

import itertools
import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache

from mturk_pipeline.workflow.phase_spec import KEY_MARK, PhaseSpec
from mturk_pipeline.workflow.settings_problems import nearest
from mturk_pipeline.workflow.slot_names import RECORD, SLOT

INPUT, ANSWER = "Input.", "Answer."
_PREFIX = re.compile(r"(input|answer)\s*\.\s*(?=\S)", re.IGNORECASE)


def with_prefix(name: str) -> str:
    """A header cell with its prefix, `Input.` or `Answer.`, in the platform's spelling; another cell as it is.

    >>> with_prefix("answer.Email"), with_prefix("INPUT. club"), with_prefix("HITId")
    ('Answer.Email', 'Input.club', 'HITId')
    """
    match = _PREFIX.match(name)
    return f"{match[1].capitalize()}.{name[match.end() :]}" if match else name


def bare(name: str, prefix: str) -> str:
    """`name` without its prefix, which a phase may write or leave out.

    >>> bare("answer.email", ANSWER), bare("email", ANSWER)
    ('email', 'email')
    """
    return name[len(prefix) :] if name.casefold().startswith(prefix.casefold()) else name


def unmarked(name: str) -> str:
    """What a key may be called in people's files, where the pipeline has a column of its name.

    >>> unmarked("status (key)"), unmarked("status")
    ('status', 'status')
    """
    return name.removesuffix(KEY_MARK)


@lru_cache(maxsize=20_000)
def comparable(name: str) -> str:
    """The form in which names of columns are compared.

    >>> comparable(" Club  Name"), comparable("club_name")
    ('club_name', 'club_name')
    """
    return "_".join(unicodedata.normalize("NFKC", name).casefold().replace("_", " ").split())


def slot(pattern: str, name: str) -> int | None:
    """The number for which `{n}` stands where a column's name fits a phase's; 0 without `{n}`, None where it does not.

    Both without their prefix.

    >>> slot("club_{n}_name", "Club_12_Name"), slot("email", "Email"), slot("email", "email_1"), slot("a_{i}", "a_3")
    (12, 0, None, 0)
    """
    match = _compiled(pattern).fullmatch(comparable(name))
    return None if match is None else int(match.groupdict().get("n") or 0)


def hit_slot(pattern: str, name: str) -> int | None:
    """The number for which `{i}` stands, the slot of a HIT; None where the name does not fit, or holds no number there.

    >>> hit_slot("adj_{i}", "Adj_03"), hit_slot("adj_{i}", "adj_{i}"), hit_slot("page", "page")
    (3, None, None)
    """
    match = _compiled(pattern).fullmatch(comparable(name))
    number = match.groupdict().get("i") if match else None
    return None if number is None else int(number)


@lru_cache(maxsize=20_000)
def _compiled(pattern: str) -> re.Pattern[str]:
    """The first {n} and the first {i} are the numbers, further ones repeat them."""
    pieces, seen = [], set()
    for part in re.split("([\0\1])", comparable(pattern.replace(RECORD, "\0").replace(SLOT, "\1"))):
        number = {"\0": "n", "\1": "i"}.get(part)
        if number is None:
            pieces.append(re.escape(part))
            continue
        digits = rf"0*(?P={number})" if number in seen else rf"0*(?P<{number}>\d{{1,4}})"
        seen.add(number)
        pieces.append(rf"(?:\{{i\}}|{digits})" if number == "i" else digits)
    return re.compile("".join(pieces))


def matching(pattern: str, columns: Iterable[str], prefix: str, named: Collection[str] = ()) -> list[tuple[str, int]]:
    """The columns with `prefix` that a phase's name means, each with its `slot`; by slot, the exact name first.

    A column that bears another of the phase's names (`named`) exactly is left to that. A key's column that nothing
    bears is looked for under its plain name.

    >>> matching("email", ["Answer.Email", "Answer.email", "Answer.phone"], ANSWER)
    [('Answer.email', 0), ('Answer.Email', 0)]
    """
    wanted, columns = bare(pattern, prefix).strip(), tuple(columns)
    others, by_form = _without_prefix(tuple(named), prefix), _by_form(columns, prefix)
    numbered = RECORD in wanted or SLOT in wanted
    alike = itertools.chain(*by_form.values()) if numbered else by_form.get(comparable(wanted), ())
    matches = [
        (number, bare_name != wanted, column)
        for bare_name, column in alike
        if (bare_name == wanted or bare_name not in others) and (number := slot(wanted, bare_name)) is not None
    ]
    plain = unmarked(pattern)
    if not matches and plain != pattern:
        return matching(plain, columns, prefix, named)
    return [(column, number) for number, _, column in sorted(matches)]


@lru_cache(maxsize=100)
def _without_prefix(names: tuple[str, ...], prefix: str) -> frozenset[str]:
    return frozenset(bare(name, prefix).strip() for name in names)


@lru_cache(maxsize=100)
def _by_form(columns: tuple[str, ...], prefix: str) -> dict[str, list[tuple[str, str]]]:
    """The columns with `prefix`, each with its name without it, by the form in which names are compared."""
    by_form: dict[str, list[tuple[str, str]]] = {}
    for column in columns:
        name = with_prefix(column)
        if name.startswith(prefix):
            bare_name = bare(name, prefix).strip()
            by_form.setdefault(comparable(bare_name), []).append((bare_name, column))
    return by_form


def find_column(columns: Iterable[str], name: str, prefix: str = INPUT) -> str | None:
    """The column that bears a name, the exact spelling before others; None where none does.

    >>> find_column(["Input.University", "Input.club"], "university")
    'Input.University'
    """
    return next((column for column, _ in matching(name, columns, prefix)), None)


def key_columns(phase: PhaseSpec | None) -> list[str]:
    """The Input.* columns that say what a row is about; none where each HIT is an item, or has several in slots."""
    return [f"Input.{key}" for key in phase.keys] if phase and not phase.has_slots else []


def is_key(column: str, keys: Iterable[str]) -> bool:
    """Whether an input column is one of `keys`, columns of keys as a phase writes them.

    >>> is_key("Input.adj_2", ["adj_{i}"]), is_key("adjective", ["adj_{i}"])
    (True, False)
    """
    return any(slot(name, bare(column, INPUT).strip()) is not None for k in keys for name in (k, unmarked(k)))


def plain_answer_columns(phase: PhaseSpec | None, columns: Iterable[str] = ()) -> set[str]:
    """Answer columns that a phase names outright (not by `{n}`), without "Answer.", as names are compared.

    Of those with `{i}` the ones that stand among a file's `columns`, by themselves or as a group of boxes.
    """
    if phase is None:
        return set()
    named = [bare(c, ANSWER) for field in phase.fields for c in phase.columns_of(field)]
    wanted = {comparable(name) for name in named if RECORD not in name and SLOT not in name}
    in_slots = [name for name in named if SLOT in name and RECORD not in name]
    present = [with_groups(bare(with_prefix(c), ANSWER)) for c in columns] if in_slots else []
    return wanted | {comparable(n) for names in present for n in names if any(slot(p, n) is not None for p in in_slots)}


def with_groups(name: str) -> list[str]:
    """A column's name, and those of the groups of boxes that it may be one of.

    >>> with_groups("topics_1.sport")
    ['topics_1.sport', 'topics_1']
    """
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(len(parts), 0, -1)]


def missing_answer_columns(phase: PhaseSpec, columns: Iterable[str]) -> list[str]:
    """The phase's answer columns, as its fields write them, that a file with `columns` does not have."""
    present = list(columns)
    wanted = dict.fromkeys(c for field in phase.fields for c in phase.columns_of(field))
    return [c for c in wanted if not matching(c, present, ANSWER, wanted)]


def has_answer_column(phase: PhaseSpec, columns: Iterable[str]) -> bool:
    """Whether a file with `columns` answers anything that the phase asks."""
    wanted = {c for field in phase.fields for c in phase.columns_of(field)}
    return len(missing_answer_columns(phase, columns)) < len(wanted)


def unknown_inputs(phase: PhaseSpec, columns: Iterable[str], where: str) -> list[str]:
    """A line for each input column that a phase or a field of it names and that is none of `columns`.

    `where` says whose columns these are, with a verb: "no result file has".
    """
    present = list(columns)
    fields = ((f, s, getattr(spec, s)) for f, spec in phase.fields.items() for s in ("asked_if", "gold"))
    named = [(f"{phase.plain_name(f)}: its {s}", column) for f, s, column in fields if isinstance(column, str)]
    named += [(setting, column) for setting, column in phase.shown_inputs if SLOT in column or not phase.has_slots]
    return [
        f"{what} names {INPUT}{bare(column, INPUT)}, which {where}: it says nothing"
        f"{did_you_mean(column, present, INPUT) or '; mend it in the file of the phase'}"
        for what, column in named
        if find_column(present, column) is None
    ]


def did_you_mean(name: str, columns: Iterable[str], prefix: str) -> str:
    """The column with `prefix` that is most like a name that no column bears, as the end of a line; '' without one.

    >>> did_you_mean("foto", ["Input.photo", "Input.page", "Answer.foto"], INPUT), did_you_mean("x", ["Input.a"], INPUT)
    ('; did you mean Input.photo?', '')
    """
    known = {comparable(bare(column, prefix)): column for column in columns if column.startswith(prefix)}
    near = nearest(comparable(bare(name, prefix)), known)
    return f"; did you mean {known[near]}?" if near else ""
