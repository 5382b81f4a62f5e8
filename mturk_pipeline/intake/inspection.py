"""Contents of a result file, for a person who has it before them; no personal data."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from mturk_pipeline.intake.collecting import Collected, collect
from mturk_pipeline.intake.lost_cells import lost_cell_lines
from mturk_pipeline.intake.result_file import ResultFile, as_result_file
from mturk_pipeline.intake.slot_guesses import column_for_each_item
from mturk_pipeline.intake.unknown_workers import is_unknown, worker_count
from mturk_pipeline.texts.source_place import source_places
from mturk_pipeline.vocabulary.dispositions import DISPOSITIONS
from mturk_pipeline.workflow.phase_spec import PhaseSpec

# Of a row that does not count: where it stands, what became of it, by which rule and why, and its assignment's id.
NOT_COUNTED = ("file", "sheet", "row", "disposition", "rule", "reason", "assignment_id")
SHOWN_PER_REASON = 20


@dataclass(frozen=True)
class Inspection:
    """Figures of a result file; counts are of usable assignments.

    `answers_per_hit` says how many HITs have how many answers; `answer_columns` gives for each column the share of
    its cells that are filled; `anonymous` how many assignments name no worker; `rules` how many rows were set aside
    by which rule, `not_counted` which: the columns `NOT_COUNTED`, in the order of the file.
    """

    path: Path
    problem: str | None
    dialect: str | None = None
    encoding: str | None = None
    rows: int = 0
    used: int = 0
    superseded: int = 0
    quarantined: int = 0
    conflicting: int = 0
    sheets: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    hits: int = 0
    items: int = 0
    workers: int = 0
    anonymous: int = 0
    answers_per_hit: dict[int, int] = field(default_factory=dict)
    asked_per_hit: tuple[int, ...] = ()
    statuses: dict[str, int] = field(default_factory=dict)
    auto_approved: int = 0
    submitted: tuple[pd.Timestamp, pd.Timestamp] | None = None
    rewards: tuple[str, ...] = ()
    input_columns: tuple[str, ...] = ()
    answer_columns: dict[str, float] = field(default_factory=dict)
    rules: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    not_counted: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(NOT_COUNTED)))

    def summary(self) -> list[tuple[str, str]]:
        """Lines of a table: what, and how much of it."""
        if self.problem and not self.rows:
            return [("problem", self.problem)]
        lines = [
            ("problem", self.problem or ""),
            ("format", ", ".join(t for t in (self.dialect, self.encoding) if t)),
            ("sheets", ", ".join(self.sheets)),
            ("rows", self._balance()),
            ("set aside", ", ".join(f"{n} {rule}" for rule, n in self.rules.items())),
            ("batches", ", ".join(self.batches[:8]) + (" …" if len(self.batches) > 8 else "")),
            ("HITs", f"{self.hits}" + (f" about {self.items} items" if self.items != self.hits else "")),
            ("assignments", str(self.used)),
            ("workers", self._who()),
            ("answers per HIT", self._per_hit()),
            ("status", ", ".join(f"{n} {status}" for status, n in self.statuses.items())),
            ("auto-approved", str(self.auto_approved) if self.auto_approved else ""),
            ("submitted", " to ".join(f"{t:%Y-%m-%d %H:%M} UTC" for t in self.submitted or ())),
            ("reward", ", ".join(self.rewards)),
            ("input columns", ", ".join(self.input_columns)),
            ("answer columns", ", ".join(f"{c} ({share:.0%})" for c, share in self.answer_columns.items())),
            *[("note", warning) for warning in self.warnings],
        ]
        return [(what, text) for what, text in lines if text]

    def rows_not_counted(self) -> list[str]:
        """A line for each row that does not count: where it stands, what became of it, and why; 20 for each reason."""
        lines: list[str] = []
        for (disposition, rule), rows in self.not_counted.groupby(["disposition", "rule"], sort=False):
            shown = rows.head(SHOWN_PER_REASON)
            places = source_places(shown.add_prefix("source_"))
            lines += (places + f": {disposition}, {rule}: " + shown["reason"]).tolist()
            if len(rows) > SHOWN_PER_REASON:
                lines.append(f"… and {len(rows) - SHOWN_PER_REASON:,} rows more: {disposition}, {rule}")
        return lines

    def _balance(self) -> str:
        parts = [f"{self.used} used"]
        others = {what: getattr(self, what) for what in DISPOSITIONS}
        return f"{self.rows} = " + " + ".join(parts + [f"{n} {what}" for what, n in others.items() if n])

    def _who(self) -> str:
        known = [str(self.workers)] if self.workers or not self.anonymous else []
        unknown = [f"unknown for {self.anonymous} answers (no login)"] if self.anonymous else []
        return ", ".join(known + unknown)

    def _per_hit(self) -> str:
        counts = ", ".join(f"{hits} with {answers}" for answers, hits in self.answers_per_hit.items())
        asked = " or ".join(map(str, self.asked_per_hit))
        return counts + (f" (asked for: {asked})" if asked and counts else "")


def inspect_file(file: ResultFile | Path, phase: PhaseSpec | None = None) -> Inspection:
    """Inspect a result file; whatever is wrong with it is in `problem`, `rules` or `warnings`.

    Rows that `phase` could not use are counted as such.
    """
    path = as_result_file(file).path
    collected = collect([file], phase)
    entry = collected.files.iloc[0]
    broken = None if pd.isna(entry["problem"]) else str(entry["problem"])
    if pd.isna(entry["dialect"]):
        return Inspection(path, broken)
    balance = {c: int(entry[c]) for c in ("rows", "used", *DISPOSITIONS)}
    warnings = [line.removeprefix(path.name).lstrip(":, ") for line in collected.warnings]
    unusable = column_for_each_item(collected.assignments)
    contents = [c for c in collected.assignments.columns if c.startswith(("Input.", "Answer."))]
    return Inspection(
        path,
        broken,
        dialect=str(entry["dialect"]),
        encoding=None if pd.isna(entry["encoding"]) else str(entry["encoding"]),
        **balance,
        **_content(collected.assignments),
        rules=_counts(collected.set_aside["rule"]),
        not_counted=_not_counted(collected),
        warnings=(*warnings, *([unusable] if unusable else []), *lost_cell_lines(collected.assignments, contents)),
    )


def inspect_together(files: Sequence[ResultFile | Path]) -> Inspection:
    """Inspect several files as one phase's results: a row that stands in two of them counts once.

    Its warnings are those of the files by themselves, and left out; so are their formats.
    """
    collected = collect(files, None)
    balance = {c: int(collected.files[c].sum()) for c in ("rows", "used", *DISPOSITIONS)}
    content = _content(collected.assignments)
    return Inspection(
        Path(f"{len(files)} files together"),
        None,
        **balance,
        **{name: content[name] for name in ("batches", "hits", "items", "workers", "anonymous", "answers_per_hit")},
        rules=_counts(collected.set_aside["rule"]),
        not_counted=_not_counted(collected),
    )


def _content(assignments: pd.DataFrame) -> dict:
    """Figures of the usable rows, as fields of `Inspection`."""
    per_hit = _counts(assignments["hit_id"].value_counts())
    submitted = assignments["submitted_at"].dropna()
    rewards = sorted({r for r in assignments["reward"] if r is not None and not pd.isna(r)})
    answers = [c for c in assignments.columns if c.startswith("Answer.")]
    filled = {c: _share_filled(assignments[c]) for c in answers}
    return {
        "sheets": tuple(assignments["source_sheet"].dropna().unique()),
        "batches": tuple(assignments["batch_id"].unique()),
        "hits": assignments["hit_id"].nunique(),
        "items": assignments["item_id"].nunique(),
        "workers": worker_count(assignments),
        "anonymous": int(is_unknown(assignments["worker"]).sum()),
        "answers_per_hit": dict(sorted(per_hit.items())),
        "asked_per_hit": tuple(sorted(map(int, assignments["max_assignments"].dropna().unique()))),
        "statuses": _counts(assignments["status"]),
        "auto_approved": int(assignments["auto_approved"].sum()),
        "submitted": (submitted.min(), submitted.max()) if len(submitted) else None,
        "rewards": tuple(f"${r}" for r in rewards),
        "input_columns": tuple(c.removeprefix("Input.") for c in assignments.columns if c.startswith("Input.")),
        "answer_columns": {c.removeprefix("Answer."): share for c, share in filled.items()},
    }


def _share_filled(cells: pd.Series) -> float:
    """Share of cells that hold an answer; Mechanical Turk's `{}` is none."""
    filled = cells.notna() & ~cells.str.strip().isin(["", "{}"])
    return float(filled.mean()) if len(cells) else 0.0


def _counts(values: pd.Series) -> dict[Any, int]:
    """How often each value occurs, the most frequent first."""
    return {value: int(count) for value, count in values.value_counts().items()}


def _not_counted(collected: Collected) -> pd.DataFrame:
    columns = ["source_file", "source_sheet", "source_row", *NOT_COUNTED[3:]]
    return collected.set_aside[columns].set_axis(list(NOT_COUNTED), axis=1).reset_index(drop=True)
