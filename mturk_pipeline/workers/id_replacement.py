"""Surrogates in place of workers' ids: in columns of workers, and in texts.

An id that looks like one (`A1B2C3D4E5F6`) is known in any text, in any letter case, percent-encoded and behind JSON
escapes; a short one (Turkle's 5) or a word (`anna`) only as a whole name (`turkle::5`) or where a worker is expected.
In texts the id of a known worker is replaced where it is a word of its own: in a link, an address or a longer name it
is a part of the data, which stays right. A forgotten worker's id goes from there too. The requester's own inputs stay
as they are, but for forgotten workers' ids that are a word of their own; so do they wherever they stand again.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd

from mturk_pipeline.folders.home import Home
from mturk_pipeline.intake import dialects
from mturk_pipeline.intake.made_ids import current_id, keyed_ids, made_id
from mturk_pipeline.providers import PROVIDERS, any_provider, providers_of_row, whole_name
from mturk_pipeline.workers.id_tokens import Token, replace_tokens, tokens_of, written_in
from mturk_pipeline.workers.identities import identities, state_of_table, surrogates_of
from mturk_pipeline.workers.memory_folder import Store
from mturk_pipeline.workers.surrogates import Key, key_of
from mturk_pipeline.workers.tombstones import Tombstones, forgotten, is_telling

# Columns with names of files and sheets, and with sentences that begin with one.
_NAMES = ("source_file", "source_sheet")
_SENTENCES = ("file", "reason", "problem")
# Around a cell in a line of text; '' at its ends.
_CELL_ENDS = frozenset(["", ",", ";", "\t", '"', "\r", "\n"])


@dataclass(frozen=True)
class Replacement:
    """Whose ids are replaced.

    Attributes
    ----------
    names
        Surrogate by whole name.
    stones
        Who was forgotten: replaced too, wherever an id comes back.
    everywhere
        `names` are of workers who are forgotten: they go from links and longer names too.
    inputs
        Texts of the requester's own in which an id stands: they stay.
    key
        Of the home: ids of these workers' assignments that earlier versions made are made with it.
    """

    names: Mapping[str, str]
    stones: Tombstones = field(default_factory=Tombstones)
    everywhere: bool = False
    inputs: frozenset[str] = frozenset()
    key: Key | None = None

    @cached_property
    def ids(self) -> dict[str, str]:
        """Surrogate by the platform's id; of an id that several workers have, the first one's."""
        return {name.rpartition(":")[2]: self.names[name] for name in sorted(self.names, reverse=True)}

    @cached_property
    def _in_any_case(self) -> dict[str, str]:
        """Surrogate by an id that tells by itself, in lower case."""
        return {i.lower(): surrogate for i, surrogate in self.ids.items() if is_telling(i)}

    def of(self, name: str) -> str | None:
        """The surrogate for a whole name, or for an id that tells by itself; None for anything else."""
        found = self.names.get(name) or (self._of_telling(name) if is_telling(name) else None)
        if found or not self.stones.key or not self.stones.holds(name):
            return found
        spelt = name.upper() if is_telling(name) else name
        return self.stones.key.surrogate(next((w for w in map(whole_name, (name, spelt)) if ":" in w), name))

    def in_text(self, text: str) -> str:
        """`text` with surrogates for ids and whole names.

        >>> some = Replacement({"mturk::A2XYZ0ABCDEF": "WK-BCDF-GHJK-LMNP"})
        >>> some.in_text("copied from a2xyz0abcdef, not from A2XYZ0ABCDEFG")
        'copied from WK-BCDF-GHJK-LMNP, not from A2XYZ0ABCDEFG'
        >>> some.in_text("https://photos.example.org/A2XYZ0ABCDEF/1.jpg")
        'https://photos.example.org/A2XYZ0ABCDEF/1.jpg'
        """
        if ":" in text:
            text = _whole_name_pattern().sub(lambda m: self.of(m[0]) or m[0], text)
        return replace_tokens(text, self._in_place)

    def in_file_name(self, name: str) -> str:
        """The name of a file without any id: it is no data, and stands in events, which nobody can change."""
        return replace_tokens(name, lambda token: self.of(token.name) if is_telling(token.name) else None)

    def in_input(self, text: str) -> str:
        """One of the requester's own texts: without forgotten workers' ids that are a word of their own."""
        if ":" in text:
            text = _whole_name_pattern().sub(lambda m: self._of_forgotten(m[0]) or m[0], text)
        return replace_tokens(
            text, lambda token: self._of_forgotten(token.name) if token.is_word and is_telling(token.name) else None
        )

    def found_in(self, texts: Iterable[str]) -> set[str]:
        """Ids and whole names that stand in any of many texts, as they are written there, also in longer names."""
        text = "\n".join(texts)
        found = set(_whole_name_pattern().findall(text)) if ":" in text else set()
        names = {name for name in found if self.of(name)}
        return names | written_in(text, self._ids_among)

    def sparing(self, texts: Iterable[str]) -> "Replacement":
        """The same where those of the requester's own `texts` stay in which it leaves an id."""
        texts = set(texts)
        found = self.found_in(texts)
        kept = [t.strip() for t in texts if found and any(name in t for name in found) and self.in_input(t) == t]
        return replace(self, inputs=self.inputs | frozenset(kept)) if kept else self

    def _ids_among(self, names: set[str]) -> set[str]:
        if not self.stones:
            names = {name for name in names if name.lower() in self._in_any_case}
        return {name for name in names if is_telling(name) and self.of(name)}

    def _of_telling(self, name: str) -> str | None:
        return self.ids.get(name) or self._in_any_case.get(name.lower())

    def _of_forgotten(self, name: str) -> str | None:
        return self.of(name) if self.everywhere or self.stones.holds(name) else None

    def _in_place(self, token: Token) -> str | None:
        name = token.name
        found = self.of(name) if is_telling(name) else None
        if found is None or self._is_of_input(token):
            return None
        return found if token.is_word or self._of_forgotten(name) else None

    def _is_of_input(self, token: Token) -> bool:
        """Whether a token stands in a text of the requester's own, as that stands in a cell."""
        for text, place in self._inputs_by_name.get(token.name.lower(), ()):
            start = token.start - place
            end = start + len(text)
            if start < 0 or token.text[start:end].lower() != text:
                continue
            whole = len(text) > len(token.name)
            if whole or (token.text[:start][-1:] in _CELL_ENDS and token.text[end : end + 1] in _CELL_ENDS):
                return True
        return False

    @cached_property
    def _inputs_by_name(self) -> dict[str, list[tuple[str, int]]]:
        """The requester's texts by the ids in them, both in lower case, and where in the text the id begins."""
        places: dict[str, list[tuple[str, int]]] = {}
        for text in self.inputs:
            for token in tokens_of(text):
                places.setdefault(token.name.lower(), []).append((text.lower(), token.start))
        return places


def replacement_for(home: Home, workers: Iterable[str] = ()) -> Replacement:
    """For all workers that the home knows, `workers` (whole names) among them from now on, and all forgotten ones."""
    stones, new = forgotten(home), surrogates_of(home, workers)
    known = _known(home, state_of_table(home), stones)
    return known if new.keys() <= known.names.keys() else Replacement({**known.names, **new}, stones)


@lru_cache(maxsize=4)
def _known(home: Home, state: tuple[str, int, int] | None, stones: Tombstones) -> Replacement:
    """For the workers of the private table, whose state only makes the cache right."""
    del state
    return Replacement({name: surrogate for surrogate, name in identities(home).items()}, stones)


def replace_in_results(
    home: Home, assignments: pd.DataFrame, set_aside: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Raw output and rows set aside (contracts Assignments and SetAside), as read from files, by surrogates."""
    names = {*assignments["worker"].dropna().unique(), *set_aside["worker"].dropna().unique()}
    known = replacement_for(home, map(str, names))
    inputs = [str(c) for c in assignments.columns if str(c).startswith("Input.")]
    known = known.sparing(str(t) for c in inputs for t in assignments[c].dropna().unique())
    told = ("mended", "requester_feedback")
    given = [str(c) for c in assignments.columns if str(c).startswith("Answer.") or c in told]
    exact = {"worker": _exactly(known), **dict.fromkeys(_NAMES, known.in_file_name)}
    # Where a file says no batch, the file's name stands for it.
    ways = {**exact, "batch_id": known.in_file_name, **dict.fromkeys(given, known.in_text)}
    if known.stones:
        gone = Replacement({}, known.stones)
        ways |= dict.fromkeys(inputs, gone.in_input)
        ways |= dict.fromkeys(_others(assignments, [*ways, "assignment_id"]), gone.in_text)
    whose = [known.names.get(str(w)) for w in set_aside["worker"]]
    rows = _as_taken_in(set_aside["row"].tolist(), whose, known)
    aside = set_aside.assign(row=pd.Series(rows, index=set_aside.index, dtype="str"))
    # A reason may name the file of a row that another one contradicts.
    exact["reason"] = known.in_file_name
    tables = assignments.assign(**_changed(assignments, ways)), aside.assign(**_changed(aside, exact))
    used, aside = (t.assign(assignment_id=current_ids(home, t["assignment_id"])) for t in tables)
    return used, aside


def current_ids(home: Home, assignment_ids: pd.Series) -> pd.Series:
    """Ids of assignments as the home's tables hold them, also of those that earlier versions made."""
    return keyed_ids(assignment_ids, key_of(Store.of(home)).siphash_key)


def replace_in_list(home: Home, items: pd.DataFrame) -> pd.DataFrame:
    """A list of what to ask about, the requester's own, as read from files."""
    known = replacement_for(home)
    texts = [str(c) for c in items.columns if c not in ("item_id", *_NAMES)] if known.stones else []
    ways = {**dict.fromkeys(texts, known.in_input), "source_file": known.in_file_name}
    return items.assign(**_changed(items, ways))


def replace_in_names(table: pd.DataFrame, who: Replacement) -> pd.DataFrame:
    """A table of places in people's files, and of what is wrong there, without ids in names of files and sheets."""
    ways = dict.fromkeys([n for n in (*_NAMES, *_SENTENCES) if n in table], who.in_file_name)
    return table.assign(**_changed(table, ways))


def replace_in_table(frame: pd.DataFrame, who: Replacement) -> tuple[pd.DataFrame, int]:
    """Any table of the pipeline, of version 0.1 too, and in how many rows something was replaced."""
    ways: dict[str, Callable[[str], str]] = dict.fromkeys(map(str, frame.columns), who.in_text)
    exact = {"worker": _exactly(who), "row": lambda text: _in_row(text, None, who)}
    exact |= dict.fromkeys([*_NAMES, "batch_id"], who.in_file_name)
    exact |= dict.fromkeys(["assignment_id", "assignment_ids"], lambda text: who.in_text(in_made_id(text, who)))
    ways |= {name: way for name, way in exact.items() if name in ways}
    columns = _changed(frame, ways)
    if "worker_id" in frame and "worker" in frame:
        whose = frame["worker"].map(lambda w: who.of(str(w)))
        columns["worker_id"] = frame["worker_id"].astype("str").mask(whose.notna(), whose.astype("str"))
    rows = pd.Series(False, index=frame.index)
    for name, new in columns.items():
        rows |= pd.Series([a != b for a, b in zip(_texts(frame[name]), _texts(new), strict=True)], index=frame.index)
    return (frame.assign(**columns), int(rows.sum())) if rows.any() else (frame, 0)


def _texts(column: pd.Series) -> list[Any]:
    return column.astype(object).where(column.notna(), None).tolist()


def _others(frame: pd.DataFrame, taken: Iterable[str]) -> list[str]:
    return [str(c) for c in frame.columns if c not in set(taken)]


def _exactly(who: Replacement) -> Callable[[str], str]:
    return lambda text: who.of(text) or text


def _changed(frame: pd.DataFrame, ways: Mapping[str, Callable[[str], str]]) -> dict[str, pd.Series]:
    """The columns in which something is replaced, each distinct text looked at once."""
    changed = {}
    for name, way in ways.items():
        new = _replaced(frame[name], way)
        if new is not None:
            changed[name] = new
    return changed


def _replaced(old: pd.Series, way: Callable[[str], str]) -> pd.Series | None:
    """The column with each distinct text replaced; None where it holds neither texts nor lists, or nothing changes."""
    if isinstance(old.dtype, pd.StringDtype):
        codes, uniques = pd.factorize(old)
        texts: list[str] = uniques.to_numpy(dtype=object).tolist()
        new = _each(texts, way)
        if new == texts:
            return None
        return pd.Series(pd.array([*new, None], dtype=old.dtype).take(codes), index=old.index)
    if old.dtype != object:
        return None
    return pd.Series([_in_cell(cell, way) for cell in old.tolist()], index=old.index, dtype=object)


def _each(texts: list[str], way: Callable[[str], str]) -> list[str]:
    """Each text on its way; texts of any kind, of which there are many, only where some id stands in one."""
    if isinstance(who := getattr(way, "__self__", None), Replacement) and not who.found_in(texts):
        return texts
    return [way(text) for text in texts]


def _in_cell(cell: Any, way: Callable[[str], str]) -> Any:
    if isinstance(cell, str):
        return way(cell)
    return [_in_cell(each, way) for each in cell] if isinstance(cell, list) else cell


def in_made_id(text: str, who: Replacement) -> str:
    """An id of an assignment that an earlier version made with the id of one of these workers; any other stays."""
    hit_id, _, time = (*text.split("#"), "", "")[:3]
    made = {made_id(hit_id, i, time) for i in who.ids} if text.count("#") == 2 else set()
    if current_id(text) not in made:
        return text
    return keyed_ids(pd.Series([text], dtype="str"), who.key.siphash_key).item() if who.key else current_id(text)


def _as_taken_in(rows: list[str], surrogates: Iterable[str | None], known: Replacement) -> list[str]:
    """Rows of result files as JSON by surrogate; a row is parsed only where another worker's id is in it."""
    whose = _whose_pattern()
    own = [
        whose.sub(lambda m, s=s: f'"{m[1]}":"{s}"', row) if s else row for row, s in zip(rows, surrogates, strict=True)
    ]
    ids = known.found_in(own)
    # An escape in a cell is one more behind JSON's own.
    return [_in_row(row, None, known) if "\\\\u" in row or any(i in row for i in ids) else row for row in own]


def _whole_name_pattern() -> re.Pattern[str]:
    return re.compile(rf"\b{any_provider()}:[^\s:;,\"']*:[^\s:;,\"'#]+")


def _whose_pattern() -> re.Pattern[str]:
    """Finds the cells of a row as JSON that say whose it is."""
    columns = {d.columns["worker_id"] for d in dialects.DIALECTS if "worker_id" in d.columns}
    columns |= {p.user_name for p in PROVIDERS.values() if p.user_name}
    names = "|".join(map(re.escape, sorted(columns)))
    return re.compile(rf'"((?i:workerid)|{names})":"(?:[^"\\]|\\.)*"')


def _in_row(text: str, surrogate: str | None, known: Replacement) -> str:
    """A row of a result file as JSON; with None whose it is follows from the id in it, where only one worker has it."""
    try:
        row = json.loads(text)
    except ValueError:
        return known.in_text(text)
    if not isinstance(row, dict):
        return known.in_text(text)
    ways = {key: known.in_input if key.startswith("Input") else known.in_text for key in row}
    new = {key: _in_cell(cell, ways[key]) for key, cell in row.items()}
    for key, value in row.items():
        if key.casefold() == "workerid" and value is not None:
            new[key] = surrogate or known.ids.get(str(value)) or new[key]
            if new[key] != value:
                new |= {p.user_name: new[key] for p in providers_of_row(row) if p.user_name}
    return text if new == row else json.dumps(new, ensure_ascii=False, separators=(",", ":"))
