"""Files of a phase that are not or cannot be read, each by name."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

from mturk_pipeline.folders.watching import WatchedFile, own_looking_files, passed_over_files
from mturk_pipeline.projects.outcome_files import outcome_files, passed_over_outcomes
from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.review.reviewed_files import file_name
from mturk_pipeline.vocabulary.file_rules import OF_WHOLE_FILES

if TYPE_CHECKING:
    import pandas as pd

# A line of the status names so many files; the command `run` and the checks name all.
_FEW = 3


class FileProblem(NamedTuple):
    """A file, relative to the project, and what is wrong with it."""

    file: str
    problem: str

    @property
    def line(self) -> str:
        return f"{self.file}: {self.problem}"


def files_not_read(phase: ProjectPhase, folders: Sequence[str] | None = None) -> list[FileProblem]:
    """Files that lie where nobody looks: in a folder inside a folder of the phase, links, broken downloads.

    Read from the disk as it is now. `folders`: only these of the project; by default all that people fill.
    """
    own = phase.folders
    first = [own.input] if phase.workflow.before(phase.phase) is None else []
    names = [*first, own.batches, own.reviewed] if folders is None else list(folders)
    problems, named = [], phase.file_naming()
    for name in names:
        folder = phase.project.path / name
        passed = [(p.name, p.why) for p in passed_over_files(folder)]
        if name == own.batches:
            # The pipeline writes nothing there, so whatever has its mark is a person's.
            marked = "begins with _, the pipeline's own mark, so it is not read: rename it"
            passed += [(path.name, marked) for path in own_looking_files(folder)]
        problems += [FileProblem(named(f"{name}/{file}"), why) for file, why in passed]
    return problems


def unreadable_files(phase: ProjectPhase) -> list[FileProblem]:
    """Files of people that the last run could not use as a whole, of those that are still there."""
    return [
        *unreadable_results(phase),
        *(p for p, rule in _problems_of_lists(phase) if rule in OF_WHOLE_FILES),
        *_whole_files(phase.table("review_problems"), f"{phase.folders.reviewed}/", _names_present(phase, "reviewed")),
        *_unreadable_outcomes(phase),
    ]


def unreadable_results(phase: ProjectPhase) -> list[FileProblem]:
    """The same of result files alone; one of which no row counts cannot be used either."""
    table = phase.table("result_files")
    if table is None:
        return []
    table = table[table["source_file"].isin(list(_names_present(phase, "batches")))]
    nothing_counts = (table["rows"] > 0) & (table["used"] + table["superseded"] == 0) & table["problem"].isna()
    counts = table["rows"].astype("str")
    text = "none of its " + counts + " rows counts: mturk-pipeline inspect names each with its reason"
    problems = table["problem"].mask(nothing_counts, text)
    names = table.loc[problems.notna(), "source_file"]
    return [FileProblem(f"{phase.folders.batches}/{n}", p) for n, p in zip(names, problems.dropna(), strict=True)]


def gone_results(phase: ProjectPhase) -> list[FileProblem]:
    """Result files that the last run did not find any more, and whose answers are lost with them; still absent."""
    table = phase.table("result_files_gone")
    if table is None:
        return []
    rows = table[~table["source_file"].isin(list(_names_present(phase, "batches")))]
    return [
        FileProblem(f"{phase.folders.batches}/{name}", problem)
        for name, problem in zip(rows["source_file"], rows["problem"], strict=True)
    ]


def rows_of_lists_left_out(phase: ProjectPhase) -> list[FileProblem]:
    """Rows without a usable key and sheets with results in the first phase's lists, in the last run, each in a line."""
    return [problem for problem, rule in _problems_of_lists(phase) if rule not in OF_WHOLE_FILES]


def entries_not_understood(phase: ProjectPhase) -> int:
    """How many entries in reviewed files the last run could not understand, without files that it could not use."""
    table = phase.table("review_problems")
    return 0 if table is None else int((~table["rule"].isin(list(OF_WHOLE_FILES))).sum())


def _problems_of_lists(phase: ProjectPhase) -> list[tuple[FileProblem, str]]:
    """Unusable parts of the first phase's lists in the last run, each with its rule."""
    table = phase.table("input_problems") if phase.workflow.before(phase.phase) is None else None
    if table is None:
        return []
    rows = table[table["source_file"].isin(list(_names_present(phase, "input")))]
    rules = rows["rule"] if "rule" in rows else rows["source_file"].map(lambda _: "")  # made by an earlier version
    return [
        (_named(f"{phase.folders.input}/", name, reason), rule)
        for name, reason, rule in zip(rows["source_file"], rows["reason"], rules, strict=True)
    ]


def _unreadable_outcomes(phase: ProjectPhase) -> list[FileProblem]:
    """Bounce, unsubscribe and suppression files; those beside the projects by their names alone."""
    gathers = phase.workflow.leads is not None and phase.phase == phase.workflow.last
    if not gathers or (table := phase.table("outcome_problems")) is None:
        return []
    folder = phase.workflow.end_folder
    passed = {phase.file_naming()(file.name) for file in passed_over_outcomes(phase)}
    inside = _names_of(phase, phase.files(folder)) | passed
    beside = _names_of(phase, outcome_files(phase)) - inside
    return [*_whole_files(table, f"{folder}/", inside), *_whole_files(table, "", beside)]


def mail_held_back(phase: ProjectPhase) -> str:
    """Why the last run made no recipients, and what to do, in one line; '' where it made them."""
    unread = _unreadable_outcomes(phase)
    if not unread:
        return ""
    names = ", ".join(problem.file for problem in unread[:_FEW]) + (" …" if len(unread) > _FEW else "")
    return (
        f"no recipients and no crm.csv: who wants no mail may stand in {names}, which could not be read; "
        f"mend or remove {'it' if len(unread) == 1 else 'them'} and run again"
    )


def _whole_files(table: "pd.DataFrame | None", folder: str, names: set[str]) -> list[FileProblem]:
    """Of problems (contract `ReviewProblems`) those of whole files among `names`."""
    if table is None:
        return []
    rows = table[table["rule"].isin(list(OF_WHOLE_FILES)) & table["source_file"].isin(list(names))]
    return [_named(folder, n, reason) for n, reason in zip(rows["source_file"], rows["reason"], strict=True)]


def _named(folder: str, name: str, reason: str) -> FileProblem:
    # Some reasons begin with the file's name, which stands there already.
    return FileProblem(f"{folder}{name}", reason.removeprefix(name).lstrip(":, "))


def _names_present(phase: ProjectPhase, folder: Literal["input", "batches", "reviewed"]) -> set[str]:
    """Names of the files in a folder of the phase, as tables have them."""
    return _names_of(phase, phase.files(getattr(phase.folders, folder)))


def _names_of(phase: ProjectPhase, files: Iterable[WatchedFile]) -> set[str]:
    """Names of files as tables have them, each in every form in which bytes that are no UTF-8 are written there."""
    named, names = phase.file_naming(), set()
    for file in files:
        raw = file.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        names |= {file_name(file.path), raw, file.name.encode("utf-8", "replace").decode("utf-8")}
    return set(map(named, names))


def named_in_short(problems: Sequence[FileProblem]) -> str:
    """The first few of `problems` in one line.

    >>> named_in_short([FileProblem("2_mOut_a/x.csv", "is empty"), FileProblem("2_mOut_a/y.csv", "is a picture")])
    '2_mOut_a/x.csv: is empty; 2_mOut_a/y.csv: is a picture'
    """
    more = f"; and {len(problems) - _FEW} more" if len(problems) > _FEW else ""
    return "; ".join(problem.line for problem in problems[:_FEW]) + more
