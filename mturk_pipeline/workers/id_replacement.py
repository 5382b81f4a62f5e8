"""Surrogates in place of workers' ids: in columns of workers, and in texts wherever an id stands alone.

An id that looks like one (`A1B2C3D4E5F6`) is known in any text; a short one (Turkle's 5) only as a whole name
(`turkle::5`) or where a worker is expected.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from mturk_pipeline.folders.home import Home
from mturk_pipeline.intake import dialects
from mturk_pipeline.intake.made_ids import current_id
from mturk_pipeline.providers import PROVIDERS, any_provider, providers_of_row, whole_name
from mturk_pipeline.workers.identities import identities, surrogates_of
from mturk_pipeline.workers.tombstones import TOKEN, Tombstones, forgotten, is_telling

_ESCAPED = re.compile(r"\\(?:u[0-9a-fA-F]{4}|[bfnrt])")


@dataclass(frozen=True)
class Replacement:
    """Whose ids are replaced.

    Attributes
    ----------
    names
        Surrogate by whole name.
    stones
        Who was forgotten: replaced too, wherever an id comes back.
    """

    names: Mapping[str, str]
    stones: Tombstones = field(default_factory=Tombstones)

    @cached_property
    def ids(self) -> dict[str, str]:
        """Surrogate by the platform's id; of an id that several workers have, the first one's."""
        return {name.rpartition(":")[2]: self.names[name] for name in sorted(self.names, reverse=True)}

    def of(self, name: str) -> str | None:
        """The surrogate for a whole name, or for an id that tells by itself; None for anything else."""
        found = self.names.get(name) or (self.ids.get(name) if is_telling(name) else None)
        if found or not self.stones.key or not self.stones.holds(name):
            return found
        return self.stones.key.surrogate(whole_name(name))

    def in_text(self, text: str) -> str:
        """`text` with surrogates for ids and whole names that stand alone in it.

        >>> some = Replacement({"mturk::A2XYZ0ABCDEF": "WK-BCDF-GHJK-LMNP"})
        >>> some.in_text("copied from A2XYZ0ABCDEF, not from A2XYZ0ABCDEFG")
        'copied from WK-BCDF-GHJK-LMNP, not from A2XYZ0ABCDEFG'
        """
        if ":" in text:
            text = _whole_name_pattern().sub(lambda m: self.of(m[0]) or m[0], text)
        return TOKEN.sub(lambda m: (self.of(m[0]) if is_telling(m[0]) else None) or m[0], text)

    def found_in(self, texts: Iterable[str]) -> set[str]:
        """Ids and whole names that stand in any of many texts."""
        text = "\n".join(texts)
        found = set(_whole_name_pattern().findall(text)) if ":" in text else set()
        tokens = set(TOKEN.findall(text))
        if not self.stones:
            tokens &= self.ids.keys()
        return {name for name in found | {t for t in tokens if is_telling(t)} if self.of(name)}


def replacement_for(home: Home, workers: Iterable[str] = ()) -> Replacement:
    """For all workers that the home knows, `workers` (whole names) among them from now on, and all forgotten ones."""
    stones, new = forgotten(home), surrogates_of(home, workers)
    return Replacement({name: s for s, name in identities(home).items()} | new, stones)


def replace_in_results(
    home: Home, assignments: pd.DataFrame, set_aside: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Raw output and rows set aside (contracts Assignments and SetAside), as read from files, by surrogates.

    Inputs are the requester's own texts: of them only forgotten workers' ids are taken out.
    """
    names = {*assignments["worker"].dropna().unique(), *set_aside["worker"].dropna().unique()}
    known = replacement_for(home, map(str, names))
    gone = Replacement({}, known.stones)
    told = ("mended", "requester_feedback")
    given = [str(c) for c in assignments.columns if str(c).startswith("Answer.") or c in told]
    changed = _changed(assignments, {"worker": _exactly(known), **dict.fromkeys(given, known.in_text)})
    if gone.stones:
        changed |= _changed(assignments, dict.fromkeys(_others(assignments, [*given, "worker"]), gone.in_text))
    whose = [known.names.get(str(w)) for w in set_aside["worker"]]
    rows = _as_taken_in(set_aside["row"].tolist(), whose, known, gone)
    aside = set_aside.assign(row=pd.Series(rows, index=set_aside.index, dtype="str"))
    return assignments.assign(**changed), aside.assign(**_changed(set_aside, {"worker": _exactly(known)}))


def replace_in_table(frame: pd.DataFrame, who: Replacement) -> tuple[pd.DataFrame, int]:
    """Any table of the pipeline, of version 0.1 too, and in how many rows something was replaced."""
    ways: dict[str, Callable[[str], str]] = dict.fromkeys(map(str, frame.columns), who.in_text)
    exact = {"worker": _exactly(who), "row": lambda text: _in_row(text, None, who, who)}
    exact |= dict.fromkeys(["assignment_id", "assignment_ids"], lambda text: who.in_text(_in_made_id(text, who)))
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


def _in_made_id(text: str, who: Replacement) -> str:
    """An id that version 0.1 made with the id of one of these workers; any other stays."""
    parts = text.split("#")
    return current_id(text) if len(parts) == 3 and parts[1] in who.ids else text


def _as_taken_in(rows: list[str], surrogates: Iterable[str | None], known: Replacement, gone: Replacement) -> list[str]:
    """Rows of result files as JSON by surrogate; a row is parsed only where another worker's id is in it."""
    whose = _whose_pattern()
    own = [
        whose.sub(lambda m, s=s: f'"{m[1]}":"{s}"', row) if s else row for row, s in zip(rows, surrogates, strict=True)
    ]
    ids = known.found_in(_ESCAPED.sub(" ", row) for row in own)
    return [_in_row(row, None, known, gone) if any(i in row for i in ids) else row for row in own] if ids else own


def _whole_name_pattern() -> re.Pattern[str]:
    return re.compile(rf"\b{any_provider()}:[^\s:;,\"']*:[^\s:;,\"'#]+")


def _whose_pattern() -> re.Pattern[str]:
    """Finds the cells of a row as JSON that say whose it is."""
    columns = {d.columns["worker_id"] for d in dialects.DIALECTS if "worker_id" in d.columns}
    columns |= {p.user_name for p in PROVIDERS.values() if p.user_name}
    names = "|".join(map(re.escape, sorted(columns)))
    return re.compile(rf'"((?i:workerid)|{names})":"(?:[^"\\]|\\.)*"')


def _in_row(text: str, surrogate: str | None, known: Replacement, gone: Replacement) -> str:
    """A row of a result file as JSON; with None whose it is follows from the id in it, where only one worker has it."""
    try:
        row = json.loads(text)
    except ValueError:
        return known.in_text(text)
    if not isinstance(row, dict):
        return known.in_text(text)
    new = {key: _in_value(value, gone if key.startswith("Input") else known) for key, value in row.items()}
    for key, value in row.items():
        if key.casefold() == "workerid" and value is not None:
            new[key] = surrogate or known.ids.get(str(value)) or new[key]
            if new[key] != value:
                new |= {p.user_name: new[key] for p in providers_of_row(row) if p.user_name}
    return text if new == row else json.dumps(new, ensure_ascii=False, separators=(",", ":"))


def _in_value(value: Any, who: Replacement) -> Any:
    if isinstance(value, str):
        return who.in_text(value)
    return [_in_value(v, who) for v in value] if isinstance(value, list) else value
