"""Assets from result files to answers: input, raw output with what was set aside, answers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg

from mturk_pipeline.orchestration.checks import (
    check_schema,
    checked_result,
    column_schema,
    records,
    row_problems,
    rows_of,
    warning,
)
from mturk_pipeline.orchestration.stages import PhaseAssets
from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.vocabulary.dispositions import DISPOSITIONS, SUPERSEDED
from mturk_pipeline.workflow.phase_spec import PhaseSpec

if TYPE_CHECKING:
    import pandas as pd

    from mturk_pipeline.intake.collecting import Collected
    from mturk_pipeline.projects.earlier_questions import Purging
    from mturk_pipeline.projects.stages.raw_output import RawOutput


def input_asset(names: PhaseAssets) -> dg.AssetsDefinition:
    """The list that the first phase asks about, from the files that a person put into its folder."""

    @names.asset(
        "input",
        checks=[
            names.check("files_readable", "input", "Every file could be read and has the key columns."),
            names.check("unknown_own_files", "input", "Files that begin with _ were written by the pipeline."),
        ],
    )
    def _input(phase: ProjectPhase):
        listed = phase.read_input()
        table, problems = listed.items, listed.problems
        phase.keep("input_problems", problems)
        yield dg.MaterializeResult(
            asset_key=names.key("input"),
            value=table,
            metadata={
                "dagster/row_count": len(table),
                "items": int(table["item_id"].nunique()),
                **({"notes": records([{"what": note} for note in listed.notes])} if listed.notes else {}),
            },
            check_results=[
                row_problems("files_readable", names.key("input"), problems, ["source_file", "reason"], "problems"),
                unknown_own_files_check(names, "input", phase),
            ],
        )

    return _input


def purged_asset(names: PhaseAssets) -> dg.AssetsDefinition:
    """What of the first phase's list other projects have."""

    @names.asset(
        "purged",
        checks=[
            names.schema_check("purged"),
            names.check("previous_inputs_match", "purged", "Every project that is purged against can be compared."),
        ],
    )
    def _purged(phase: ProjectPhase, input):
        from mturk_pipeline.projects.earlier_questions import purged_items

        yield _purged_result(names, purged_items(phase, names.workflow, input))

    return _purged


def _purged_result(names: PhaseAssets, purging: "Purging") -> dg.MaterializeResult:
    from mturk_pipeline.contracts.offers import Purged

    key, purged = names.key("purged"), purging.purged
    by_project = purged["project"].value_counts().to_dict()
    return dg.MaterializeResult(
        asset_key=key,
        value=purged,
        metadata={
            "dagster/row_count": len(purged),
            "dagster/column_schema": column_schema(Purged),
            "items_purged": int(purged["item_id"].nunique()),
            **{f"purged_by_{project}": int(count) for project, count in by_project.items()},
        },
        check_results=[
            check_schema(purged, Purged, key),
            row_problems(
                "previous_inputs_match", key, purging.problems, ["project", "reason"], "projects or files not compared"
            ),
        ],
    )


def raw_output_assets(names: PhaseAssets) -> dg.AssetsDefinition:
    """Raw output and what was set aside, from all result files of the phase."""
    before = names.workflow.before(names.phase)
    deps = [names.key("next_input", before)] if before else []

    @names.asset(
        "raw_output",
        "set_aside",
        deps=deps,
        checks=[
            names.schema_check("raw_output"),
            # The step of answers ends where it fails; what was sent is known all the same, and not offered once more.
            names.check("usable", "raw_output", "There are usable rows wherever there are result files."),
            names.check("files_readable", "raw_output", "Every result file could be read."),
            names.check("rows_balance", "raw_output", "Every row of every file is accounted for.", blocking=True),
            names.check("no_row_set_aside", "set_aside", "No row is quarantined or conflicting."),
            names.check("warnings", "raw_output", "Nothing unusual was noticed in the files."),
        ],
    )
    def _raw_output(phase: ProjectPhase):
        from mturk_pipeline.projects.stages.raw_output import make_raw_output

        made = make_raw_output(phase)
        assignments, collected = made.assignments, made.collected
        yield dg.MaterializeResult(
            asset_key=names.key("raw_output"),
            value=assignments,
            metadata=_raw_output_metadata(assignments, collected, phase.spec),
            check_results=_raw_output_checks(names, phase, made),
        )
        yield dg.MaterializeResult(
            asset_key=names.key("set_aside"),
            value=collected.set_aside,
            metadata={
                "dagster/row_count": len(collected.set_aside),
                **{str(k): int(v) for k, v in collected.set_aside["disposition"].value_counts().items()},
            },
            check_results=[_set_aside_check(names, collected)],
        )

    return _raw_output


def answers_asset(names: PhaseAssets) -> dg.AssetsDefinition:
    """Tidy answers: what each cell means."""

    @names.asset("answers", checks=[names.schema_check("answers")])
    def _answers(phase: ProjectPhase, raw_output):
        from mturk_pipeline.answers.tidying import tidy
        from mturk_pipeline.contracts.answers import Answers
        from mturk_pipeline.projects.stages.raw_output import refuse_unusable
        from mturk_pipeline.vocabulary.answer_states import ANSWER_STATES

        refuse_unusable(phase, raw_output)
        answers = tidy(raw_output, phase.spec)
        states = answers["state"].value_counts()
        yield dg.MaterializeResult(
            asset_key=names.key("answers"),
            value=answers,
            metadata={
                "dagster/row_count": len(answers),
                "dagster/column_schema": column_schema(Answers),
                **{state: int(states.get(state, 0)) for state in ANSWER_STATES[::-1]},
                "suspicious": int(answers["suspicious"].sum()),
                "cells_by_field": records(_cells_by_field(answers)),
            },
            check_results=[check_schema(answers, Answers, names.key("answers"))],
        )

    return _answers


def items_asset(names: PhaseAssets) -> dg.AssetsDefinition:
    """What the answers are about."""

    @names.asset("items", checks=[names.schema_check("items")])
    def _items(phase: ProjectPhase, answers, raw_output):
        from mturk_pipeline.contracts.items import Items
        from mturk_pipeline.review.item_rows import item_rows

        items = item_rows(answers, raw_output, phase.spec)
        yield checked_result(names.key("items"), items, Items, {"items": int(items["parent_item_id"].nunique())})

    return _items


def _cells_by_field(answers: "pd.DataFrame") -> list[dict[str, Any]]:
    """Per field: cells, empty ones before reading, and what they turned out to be."""
    counts = answers.groupby(["field", "state"], sort=False).size().unstack(fill_value=0)
    counts.insert(0, "cells", answers.groupby("field", sort=False).size())
    counts.insert(1, "empty_before", answers["raw"].isna().groupby(answers["field"], sort=False).sum())
    return rows_of(counts.reset_index())


def unknown_own_files_check(names: PhaseAssets, stage: str, phase: ProjectPhase) -> dg.AssetCheckResult:
    """Warns of files that carry the pipeline's mark `_` and were never written by it: sensors do not see them."""
    from mturk_pipeline.projects.due_phases import unknown_own_files

    named = phase.file_naming()
    found = [named(f.relative_to(phase.project.path).as_posix()) for f in unknown_own_files(phase)]
    text = f"{len(found)} files begin with _ and are therefore not read; rename them to have them read"
    metadata = {"files": records([{"file": f} for f in found])} if found else {}
    return warning("unknown_own_files", names.key(stage), not found, text if found else "none", metadata)


def _raw_output_metadata(assignments: "pd.DataFrame", collected: "Collected", spec: PhaseSpec) -> dict[str, Any]:
    from mturk_pipeline.contracts.assignments import Assignments
    from mturk_pipeline.intake.slots import slots_of
    from mturk_pipeline.intake.unknown_workers import is_unknown, worker_count

    given = assignments[[c for c in assignments.columns if c.startswith("Answer.")]]
    return {
        "dagster/row_count": len(assignments),
        "dagster/column_schema": column_schema(Assignments),
        "items": int(slots_of(assignments, spec)["item_id"].nunique()),
        "HITs": int(assignments["hit_id"].nunique()),
        "workers": worker_count(assignments),
        "anonymous_answers": int(is_unknown(assignments["worker"]).sum()),
        "auto_approved": int(assignments["auto_approved"].sum()),
        "empty_cells": dg.MetadataValue.json({str(k): int(v) for k, v in given.isna().sum().head(100).items()}),
        "result_files": records(rows_of(collected.files)),
    }


def _raw_output_checks(names: PhaseAssets, phase: ProjectPhase, made: "RawOutput") -> list[dg.AssetCheckResult]:
    from mturk_pipeline.contracts.assignments import Assignments

    key, files, assignments = names.key("raw_output"), made.collected.files, made.assignments
    parts = files[["used", *DISPOSITIONS]].sum(axis=1)
    unbalanced = files[parts != files["rows"]]
    return [
        check_schema(assignments, Assignments, key),
        dg.AssetCheckResult(
            passed=not made.unusable,
            check_name="usable",
            asset_key=key,
            severity=dg.AssetCheckSeverity.ERROR,
            description=made.unusable or f"{len(assignments)} assignments from {len(files)} files",
        ),
        _readable_check(names, phase),
        row_problems(
            "rows_balance",
            key,
            unbalanced,
            ["source_file", "rows", "used", *DISPOSITIONS],
            "files whose rows are not all accounted for",
            severity=dg.AssetCheckSeverity.ERROR,
        ),
        _listed(names, "warnings", [*made.collected.warnings, *made.unknown_columns], "things worth a look"),
    ]


def _readable_check(names: PhaseAssets, phase: ProjectPhase) -> dg.AssetCheckResult:
    """Warns of each file that could not be read, or lies where nobody looks."""
    import pandas as pd

    from mturk_pipeline.projects.file_problems import FileProblem, files_not_read, unreadable_results

    found = [*unreadable_results(phase), *files_not_read(phase, [phase.folders.batches])]
    problems = pd.DataFrame(found, columns=list(FileProblem._fields))
    what = "files that are not read" if len(found) != 1 else "file that is not read"
    return row_problems("files_readable", names.key("raw_output"), problems, list(problems.columns), what)


def _listed(names: PhaseAssets, check: str, lines: Sequence[str], what: str) -> dg.AssetCheckResult:
    import pandas as pd

    problems = pd.DataFrame({"what": pd.Series(lines, dtype="str")})
    return row_problems(check, names.key("raw_output"), problems, ["what"], what)


def _set_aside_check(names: PhaseAssets, collected: "Collected") -> dg.AssetCheckResult:
    aside = collected.set_aside[collected.set_aside["disposition"] != SUPERSEDED]
    columns = ["source_file", "source_sheet", "source_row", "rule", "reason"]
    return row_problems(
        "no_row_set_aside", names.key("set_aside"), aside, columns, "rows are quarantined or conflicting"
    )
