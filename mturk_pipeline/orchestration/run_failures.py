"""Why a run failed, in one line that holds no cell of anybody's data."""

import dagster as dg
from filelock import Timeout

from mturk_pipeline.workflow.workflow import WorkflowError

# Errors whose message is of paths and settings. That of any other may hold a cell's content: it is not passed on.
_SAYS_NO_CELL = {c.__name__ for c in (OSError, *OSError.__subclasses__(), WorkflowError, Timeout)}
_TELLING = {
    dg.DagsterEventType.ASSET_CHECK_EVALUATION,
    dg.DagsterEventType.STEP_FAILURE,
    dg.DagsterEventType.RUN_FAILURE,
}


def why_failed(instance: dg.DagsterInstance, run_id: str) -> str:
    """Why a run failed: the failed check's own words, else the first error's first line."""
    records = instance.get_records_for_run(run_id=run_id, of_type=_TELLING).records
    events = [event for record in records if (event := record.event_log_entry.dagster_event)]
    for event in events:
        if event.event_type is dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            check = event.asset_check_evaluation_data
            if not check.passed and check.blocking:
                return f"{'/'.join(check.asset_key.path)}: {check.description or check.check_name}"
    for event in events:
        if event.is_step_failure:
            return f"{event.step_key}: {_step_failure(event)}"
    ends = (_first_line(event.message or "") for event in events if event.is_run_failure)
    return next(filter(None, ends), "see it in the UI")


def _step_failure(event: dg.DagsterEvent) -> str:
    own, error = event.step_failure_data.user_failure_data, event.step_failure_data.error
    if own and own.description:
        return _first_line(own.description)
    while error and error.cause:
        error = error.cause
    name = (error.cls_name if error else None) or "an error"
    if error and name in _SAYS_NO_CELL:
        return _first_line(error.message).removeprefix(f"{name}: ")
    return f"{name}; what it says is in the UI"


def _first_line(text: str) -> str:
    return next(iter(text.strip().splitlines()), "")
