"""Input columns that the fields of a phase name, and that nothing of the project has."""

from mturk_pipeline.intake.column_names import INPUT, unknown_inputs
from mturk_pipeline.projects.phase import ProjectPhase


def unknown_columns(phase: ProjectPhase) -> list[str]:
    """A line for each input column that the phase or a field names in vain: no result file has it, nor the list.

    Empty before the first run.
    """
    if not (phase.spec.field_inputs or phase.spec.shown_inputs):
        return []
    raw = phase.table("raw_output")
    if raw is not None and len(raw):
        return unknown_inputs(phase.spec, map(str, raw.columns), "no result file has")
    before = phase.workflow.before(phase.phase)
    listed = phase.table("next_input", before) if before else phase.table("input")
    if listed is None or listed.empty:
        return []
    return unknown_inputs(
        phase.spec, [f"{INPUT}{column}" for column in listed.columns], "the list to ask about has not"
    )
