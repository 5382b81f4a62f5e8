"""Raw output: every assignment that counts, of all result files of a phase, and the rows that do not."""

from typing import NamedTuple

import pandas as pd

from mturk_pipeline.errors import UserError
from mturk_pipeline.intake.ancestors import with_ancestor_inputs
from mturk_pipeline.intake.collecting import Collected
from mturk_pipeline.intake.column_names import ANSWER, did_you_mean, missing_answer_columns, unknown_inputs
from mturk_pipeline.projects.offers import taken_copies
from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.texts.counted import counted
from mturk_pipeline.workflow.phase_spec import PhaseSpec

# A message names so many files; the check `files_readable` and the command `run` name all.
_NAMED = 5


class RawOutput(NamedTuple):
    """Contract `Assignments`, with the inputs of earlier phases; notes on the files; and what is wrong.

    `unusable` says in one line why nothing can be made of the files, None where something can.
    """

    assignments: pd.DataFrame
    collected: Collected
    unusable: str | None
    unknown_columns: list[str]  # a line for each input column that a field names and no result file has


def make_raw_output(phase: ProjectPhase) -> RawOutput:
    """Unite the result files of a phase."""
    before = phase.workflow.before(phase.phase)
    copies = set(taken_copies(phase).files)
    files = [file.path for file in phase.files(phase.folders.batches) if file.path not in copies]
    collected = phase.collect(files)
    upstream = phase.table("next_input", before) if before else None
    gone = files_gone(phase.table("raw_output"), collected)
    phase.keep("result_files_gone", gone)
    collected.warnings += (gone["source_file"] + ": " + gone["problem"]).tolist()
    assignments = with_ancestor_inputs(collected.assignments, upstream, phase.spec.key_columns)
    phase.keep("result_files", collected.files)
    unknown = [] if assignments.empty else unknown_inputs(phase.spec, assignments.columns, "no result file has")
    return RawOutput(assignments, collected, _unusable(phase.spec, assignments, collected.files), unknown)


def files_gone(before: pd.DataFrame | None, collected: Collected) -> pd.DataFrame:
    """Result files that were read before and are not there now: source_file, and what went with each (problem).

    `before` is raw output as it was (contract Assignments); None for none. A file whose rows stand in another by now
    was only renamed.
    """
    columns = ["source_file", "assignment_id"]
    rows = pd.DataFrame(columns=columns, dtype="str") if before is None else before[columns]
    rows = rows[~rows["source_file"].isin(list(collected.files["source_file"]))]
    rows = rows[~rows["assignment_id"].isin(list(collected.assignments["assignment_id"]))]
    counts = rows.groupby("source_file").size()
    words = [
        f"is gone since the run before, with {counted(n, 'assignment')}: put it back if that was not meant"
        for n in counts
    ]
    return pd.DataFrame({"source_file": list(counts.index), "problem": words}, dtype="str")


def refuse_unusable(phase: ProjectPhase, assignments: pd.DataFrame) -> None:
    """Raise a UserError where nothing can be made of the result files, so that what was made of earlier ones stays."""
    files = phase.table("result_files")
    reason = None if files is None else _unusable(phase.spec, assignments, files)
    if reason:
        raise UserError(reason)


def _unusable(phase: PhaseSpec, assignments: pd.DataFrame, files: pd.DataFrame) -> str | None:
    """Why nothing can be made of the result files, in one line; None where something can, or where there are none."""
    if files.empty:
        return None
    if assignments.empty:
        broken = files[files["problem"].notna()]
        reason = "; ".join(f"{r.source_file}: {r.problem}" for r in broken.head(_NAMED).itertuples())
        reason += f"; and {len(broken) - _NAMED} more" if len(broken) > _NAMED else ""
        which = "the only result file" if len(files) == 1 else counted(len(files), "result file")
        reason = reason or "every row is set aside: mturk-pipeline inspect names each with its reason"
        return f"no row of {which} is usable: {reason}"
    missing = set(missing_answer_columns(phase, assignments.columns))
    unfed = [field for field in phase.fields if set(phase.columns_of(field)) <= missing]
    if not unfed:
        return None
    columns, fields = ", ".join(f"Answer.{c}" for f in unfed for c in phase.columns_of(f)), ", ".join(unfed)
    near = did_you_mean(phase.columns_of(unfed[0])[0], map(str, assignments.columns), ANSWER)
    return f"no result file has {columns}: mend 'columns' of {fields} in the phase's file, or drop the field{near}"
