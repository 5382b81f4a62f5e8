"""Due phases: a phase is due while the signature of its files differs from that of its last successful run."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import mturk_pipeline
from mturk_pipeline.folders.watching import WatchedFile, content_digest, own_looking_files, quick_digest
from mturk_pipeline.projects.offers import taken_files
from mturk_pipeline.projects.outcome_files import outcome_files
from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.workers.overrides import overrides_stamp

# Stages that do not follow from reviewed files: what people decided teaches trust, and all that comes after it.
INTAKE_STAGES = ("input", "purged", "raw_output", "set_aside", "offer", "answers", "items", "settlement")
# The form of the tables: those of version 0.1, with workers' ids in them, are made anew, and those that judge workers
# by values instead of HITs.
_FORM = "surrogates, judged by HITs"


class Verdict(Enum):
    """What to do with a phase of a project."""

    NOTHING_THERE = "nothing there yet"
    UP_TO_DATE = "up to date"
    ARRIVING = "files still arriving"
    RUNNING = "running"
    WAITING = "waiting before the next try"
    GAVE_UP = "failed three times; waits for a change"
    DUE = "due"
    DECISIONS_DUE = "decisions due"

    @property
    def runs(self) -> bool:
        return self in (Verdict.DUE, Verdict.DECISIONS_DUE)


@dataclass(frozen=True)
class Signature:
    """Digests of a phase's inputs: batches (with input, settings and upstream) and reviewed files."""

    batches: str
    decisions: str


@dataclass(frozen=True)
class Inputs:
    """Files in the folders of a phase at one moment."""

    batches: tuple[WatchedFile, ...]
    inputs: tuple[WatchedFile, ...]
    reviewed: tuple[WatchedFile, ...]
    upstream: tuple[WatchedFile, ...]
    settings: str

    @classmethod
    def of(cls, phase: ProjectPhase) -> "Inputs":
        folders = phase.folders
        before = phase.workflow.before(phase.phase)
        upstream = phase.stored("next_input", before) if before else None
        return cls(
            tuple(phase.files(folders.batches)),
            taken_files(phase) if before else tuple(phase.files(folders.input)),
            (*phase.files(folders.reviewed), *outcome_files(phase)),
            (upstream,) if upstream else (),
            f"{mturk_pipeline.__version__} {_FORM} {phase.spec.digest}{_leads_settings(phase)}"
            f"{overrides_stamp(phase.home.projects)}",
        )

    @property
    def all_files(self) -> tuple[WatchedFile, ...]:
        return self.batches + self.inputs + self.reviewed

    @property
    def quick(self) -> str:
        return quick_digest(self.all_files + self.upstream, [self.settings])

    def signature(self) -> Signature:
        batches = content_digest(self.batches + self.inputs + self.upstream, [self.settings])
        return Signature(batches, content_digest(self.reviewed, [self.settings]))


def failed_or_behind(verdict: Verdict) -> bool:
    """Whether the daily reconcile takes the phase up: it tries once more what gave up."""
    return verdict.runs or verdict in (Verdict.GAVE_UP, Verdict.WAITING)


def unknown_own_files(phase: ProjectPhase) -> list[Path]:
    """Files that look like the pipeline's own (`_…`) in the phase's folders, but were not written by it."""
    writer = phase.writer()
    folders = {phase.folders.input, phase.folders.reviewed}
    files = [f for name in sorted(folders) for f in own_looking_files(phase.project.path / name)]
    return [f for f in files if not writer.is_ours(f)]


def _leads_settings(phase: ProjectPhase) -> str:
    """Settings of the last phase's leads: a change makes them due."""
    leads = phase.workflow.leads
    return leads.model_dump_json() if leads and phase.phase == phase.workflow.last else ""
