"""Files of a phase that are not or cannot be read, each by name."""

from collections.abc import Sequence
from typing import NamedTuple

from mturk_pipeline.folders.watching import own_looking_files, passed_over_files
from mturk_pipeline.projects.phase import ProjectPhase

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
    """Result files that the last run could not use as a whole, of those that are still there."""
    table = phase.table("result_files")
    if table is None:
        return []
    present = _names_present(phase, phase.folders.batches)
    table = table[table["source_file"].isin(list(present))]
    nothing_counts = (table["rows"] > 0) & (table["used"] + table["superseded"] == 0) & table["problem"].isna()
    counts = table["rows"].astype("str")
    text = "none of its " + counts + " rows counts: mturk-pipeline inspect names each with its reason"
    problems = table["problem"].mask(nothing_counts, text)
    names = table.loc[problems.notna(), "source_file"]
    return [FileProblem(f"{phase.folders.batches}/{n}", p) for n, p in zip(names, problems.dropna(), strict=True)]


def problems_of_lists(phase: ProjectPhase) -> list[FileProblem]:
    """Unusable parts of the first phase's lists in the last run: files, and rows without a key."""
    table = phase.table("input_problems") if phase.workflow.before(phase.phase) is None else None
    if table is None:
        return []
    present = _names_present(phase, phase.folders.input)
    rows = table[table["source_file"].isin(list(present))]
    return [
        # The reason begins with the file's name, which stands there already.
        FileProblem(f"{phase.folders.input}/{name}", reason.removeprefix(name).lstrip(": "))
        for name, reason in zip(rows["source_file"], rows["reason"], strict=True)
    ]


def _names_present(phase: ProjectPhase, folder: str) -> set[str]:
    """Names of the files in a folder, as tables have them."""
    named = phase.file_naming()
    return {named(file.name) for file in phase.files(folder)}


def named_in_short(problems: Sequence[FileProblem]) -> str:
    """The first few of `problems` in one line.

    >>> named_in_short([FileProblem("2_mOut_a/x.csv", "is empty"), FileProblem("2_mOut_a/y.csv", "is a picture")])
    '2_mOut_a/x.csv: is empty; 2_mOut_a/y.csv: is a picture'
    """
    more = f"; and {len(problems) - _FEW} more" if len(problems) > _FEW else ""
    return "; ".join(problem.line for problem in problems[:_FEW]) + more
