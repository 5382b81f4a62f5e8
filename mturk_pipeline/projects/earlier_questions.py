"""Items that other projects of a workflow have asked about, for purging."""

import contextlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mturk_pipeline.folders.atomic_files import write_atomically
from mturk_pipeline.folders.project_folders import find_projects, unseen_folders
from mturk_pipeline.offers.already_gathered import EVERYBODY, Standing, empty_purged, purge
from mturk_pipeline.projects.phase import ProjectPhase, project_phase
from mturk_pipeline.workflow.workflow import Workflow, WorkflowError

if TYPE_CHECKING:
    import pandas as pd

# When a project first had a list; it travels with the folder, so that who came first stays so.
_SINCE = Path(".mturk_pipeline") / "first_listed.txt"


class Purging(NamedTuple):
    """Contract `Purged`, and what could not be compared: project, reason."""

    purged: "pd.DataFrame"
    problems: "pd.DataFrame"


def purged_items(phase: ProjectPhase, workflow: Workflow, listed: "pd.DataFrame") -> Purging:
    """Items of the input list `listed` that the projects have that `phase` is purged against.

    `workflow` is without the project's own settings: other projects have theirs.
    """
    if len(listed):
        _note_first_list(phase)
    problems: list[tuple[str, str]] = []
    if not phase.spec.purge_against:
        return Purging(empty_purged(), _table(problems))
    places = _others(phase, workflow, problems)
    named = _named(phase, places.values(), phase.spec.purge_against)
    _say_unknown(phase, places.values(), problems)
    standings = [_standing(other, phase, other.project.id in named, places, problems) for other in places.values()]
    listed_here = Standing(
        phase.project.id,
        phase.project.name,
        frozenset(phase.sent_item_ids()),
        frozenset(listed["item_id"].tolist()),
        frozenset(named),
        _since(phase),
    )
    return Purging(purge(listed_here, standings), _table(problems))


def _others(phase: ProjectPhase, workflow: Workflow, problems: list[tuple[str, str]]) -> dict[str, ProjectPhase]:
    """All other projects of the workflow, by id, in the same phase."""
    projects = find_projects(phase.home.projects, {workflow.name: workflow})
    others = {}
    for project in projects.of(workflow.name):
        if project.id == phase.project.id:
            continue
        try:
            others[project.id] = project_phase(phase.home, project, workflow, phase.phase)
        except WorkflowError as error:
            problems.append((project.name, f"its settings cannot be used: {error}"))
    if EVERYBODY in phase.spec.purge_against:
        problems += [(line.split(":")[0], f"it cannot be read: {line}") for line in projects.problems]
        unseen = "nothing can be seen there (a drive that is not mounted?): what a project there asked is asked again"
        problems += [(name, unseen) for name in unseen_folders(phase.home.projects)]
    return others


def _named(phase: ProjectPhase, others: Iterable[ProjectPhase], names: Iterable[str]) -> set[str]:
    """Ids of those of `others` that `names` mean."""
    wanted = set(names)
    return {
        o.project.id
        for o in others
        if o.project.id != phase.project.id and wanted & {EVERYBODY, o.project.id, o.project.name}
    }


def _say_unknown(phase: ProjectPhase, others: Iterable[ProjectPhase], problems: list[tuple[str, str]]) -> None:
    projects = [o.project for o in others]
    known = {EVERYBODY, phase.project.id, phase.project.name, *(p.id for p in projects), *(p.name for p in projects)}
    names = ", ".join(sorted(p.name for p in projects)[:20]) or "no other"
    named = {project for project, _ in problems}
    for name in phase.spec.purge_against:
        if name not in known | named:
            problems.append((name, f"purge_against names it, and there is no such project; there are: {names}"))


def _standing(
    other: ProjectPhase,
    phase: ProjectPhase,
    compared: bool,
    places: dict[str, ProjectPhase],
    problems: list[tuple[str, str]],
) -> Standing:
    """Another project's items; where it is not compared, only against whom it purges."""
    name = other.project.name
    around = [phase, *(o for o in places.values() if o.project.id != other.project.id)]
    purges = frozenset(_named(other, around, other.spec.purge_against))
    sent: set[str] = set()
    listed: set[str] = set()
    if compared and list(other.spec.keys) != list(phase.spec.keys):
        theirs, ours = ", ".join(other.spec.keys) or "HITs", ", ".join(phase.spec.keys) or "HITs"
        problems.append((name, f"its items are identified by {theirs}, these by {ours}: they are not compared"))
    elif compared:
        try:
            listed = _listed(other, problems)
            sent = other.sent_item_ids()
            if other.table("raw_output") is None and other.files(other.folders.batches):
                problems.append((name, f"its results were never taken in: mturk-pipeline run {name}"))
        except OSError as error:
            problems.append((name, f"it cannot be read: {error.strerror}"))
    return Standing(other.project.id, name, frozenset(sent), frozenset(listed), purges, _since(other))


def _listed(other: ProjectPhase, problems: list[tuple[str, str]]) -> set[str]:
    listed = other.read_input()
    table, unread = listed.items, listed.problems
    problems += [(other.project.name, reason) for reason in unread["reason"]]
    return set(table["item_id"])


def _note_first_list(phase: ProjectPhase) -> None:
    path = phase.project.path / _SINCE
    # Without it nothing but the order among projects that purge against each other is unsaid.
    with contextlib.suppress(OSError):
        if not path.exists():
            write_atomically(path, datetime.now(UTC).isoformat().encode())


def _since(phase: ProjectPhase) -> str:
    try:
        return (phase.project.path / _SINCE).read_text(encoding="utf-8").strip()[:40]
    except (OSError, ValueError):
        return ""


def _table(problems: list[tuple[str, str]]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(problems, columns=["project", "reason"], dtype="str")
