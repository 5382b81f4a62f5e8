"""What becomes of result files with the phase that is suggested for them, unedited: how much passes, who is accused.

A program, not a test. Give it result files, or folders of them; every file is a batch of its own:

    python mturk_pipeline_tests/benchmarks/suggested_phases.py FOLDER ...
"""

import resource
import sys
from collections import Counter
from pathlib import Path

import pandas as pd
import yaml

from mturk_pipeline.answers.tidying import tidy
from mturk_pipeline.errors import UserError
from mturk_pipeline.intake.collecting import collect
from mturk_pipeline.intake.suggested_phase import suggest_phase
from mturk_pipeline.review.cleaned_output import clean
from mturk_pipeline.review.item_rows import item_rows
from mturk_pipeline.sheets.limits import UnreadableFileError
from mturk_pipeline.trust.consensus import find_consensus, fit
from mturk_pipeline.trust.workers import rate_workers
from mturk_pipeline.workflow.phase_spec import PhaseSpec

SUFFIXES = {".csv", ".tsv", ".txt", ".xlsx", ".json"}


def main(places: list[Path]) -> None:
    files = [f for p in places for f in (sorted(p.rglob("*")) if p.is_dir() else [p]) if f.suffix in SUFFIXES]
    rows = [row for file in files if (row := play_through(file))]
    table = pd.DataFrame(rows).set_index("file")
    print(table.to_string())
    counts = table.select_dtypes("number").sum()
    print(f"\nall: {counts['rows_pass']:.0f} of {counts['rows']:.0f} rows pass, {counts['cells_pass']:.0f} of "
          f"{counts['cells']:.0f} cells; workers: {counts['exclude']:.0f} exclude, {counts['watch']:.0f} watch of "
          f"{counts['workers']:.0f}; {counts['seconds']:.1f} CPU seconds")  # fmt: skip


def play_through(file: Path) -> dict[str, object] | None:
    """One line of the table; None for a file without results."""
    started = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    try:
        text = suggest_phase([file])
    except (UnreadableFileError, UserError):
        return None
    phase = PhaseSpec.model_validate(yaml.safe_load(text)["attributes"])
    assignments = collect([file], phase).assignments
    answers = tidy(assignments, phase)
    fitted = fit(answers, phase)
    consensus = find_consensus(answers, phase, fitted=fitted)
    workers = rate_workers(answers, assignments, phase, fitted=fitted)
    rows = clean(consensus, item_rows(answers, assignments, phase), phase)
    kinds = Counter(spec.kind for spec in phase.fields.values())
    standing = workers["standing"].value_counts()
    accused = workers.loc[workers["standing"] == "exclude", "evidence"]
    return {
        "file": f"{file.parent.name[:12]}/{file.name[:34]}",
        "kinds": " ".join(f"{kind} {n}" for kind, n in sorted(kinds.items())),
        "cells": len(consensus),
        "cells_pass": int(consensus["accepted"].sum()),
        "rows": len(rows),
        "rows_pass": int((~rows["needs_review"]).sum()),
        "workers": len(workers),
        "watch": int(standing.get("watch", 0)),
        "exclude": int(standing.get("exclude", 0)),
        "seconds": round(resource.getrusage(resource.RUSAGE_SELF).ru_utime - started, 1),
        "first_accusation": "" if accused.empty else str(accused.iloc[0])[:60],
    }


if __name__ == "__main__":
    main([Path(p) for p in sys.argv[1:]])
