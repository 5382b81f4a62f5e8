"""Coverage of a phase's items, rework, and input of the next phase."""

from typing import NamedTuple

import pandas as pd

from mturk_pipeline.intake.ancestors import item_inputs
from mturk_pipeline.intake.sent_items import OFFER_ID
from mturk_pipeline.intake.slots import slots_of
from mturk_pipeline.offers.hit_history import asked_items, inputs_of_items
from mturk_pipeline.offers.missing import missing_units
from mturk_pipeline.offers.next_input import UploadRows, next_input
from mturk_pipeline.offers.rework import answered_by, rework
from mturk_pipeline.projects.lost_names import restore_names
from mturk_pipeline.projects.offers import HitHistory, offer_rework, sent_to
from mturk_pipeline.projects.phase import ProjectPhase


class Coverage(NamedTuple):
    """Items asked about, items of a first phase's list (None for other phases), and missing answers."""

    items: pd.DataFrame
    listed: pd.DataFrame | None
    missing: pd.DataFrame


class Rework(NamedTuple):
    """Rows to ask about again, with those left out; the files that offer them; what was sent already.

    `kept` are the names of files that a person had changed, set aside; `unnamed` is how many workers who must not
    repeat an item are not in the list of those, as their ids are lost.
    """

    handed: UploadRows
    files: list[str]
    sent: HitHistory
    kept: list[str]
    unnamed: int


def coverage_of(phase: ProjectPhase, reviewed: pd.DataFrame, sent: HitHistory) -> Coverage:
    """Compare the items asked about or listed with their answers."""
    listed, purged = phase.table("input"), phase.table("purged")
    if listed is not None:
        listed = listed.drop(columns=["source_file", "source_row"], errors="ignore")
        if purged is not None:
            listed = listed[~listed["item_id"].isin(purged["item_id"])]
    items = asked_items(sent.hits, sent.taken, phase.spec)
    return Coverage(items, listed, missing_units(items, reviewed, listed, phase.spec))


def make_rework(phase: ProjectPhase, reviewed: pd.DataFrame, raw_output: pd.DataFrame) -> Rework:
    """Offer the items that are asked again, one file for each attempt."""
    sent = sent_to(phase)
    coverage = coverage_of(phase, reviewed, sent)
    inputs = inputs_of_items(raw_output, sent.unused, coverage.listed, phase.spec)
    handed = rework(reviewed, coverage.items, inputs, phase.spec, coverage.missing)
    phase.keep("rework_left_out", handed.problems)
    writer = phase.writer()
    answered = answered_by(slots_of(raw_output, phase.spec), sent.unused)
    unnamed = restore_names(phase, answered.loc[answered["item_id"].isin(handed.rows[OFFER_ID]), "worker"])
    files = offer_rework(writer, phase, handed.rows, answered)
    return Rework(handed, files, sent, writer.kept, len(unnamed))


def make_next_input(
    phase: ProjectPhase, following: str, reviewed: pd.DataFrame, raw_output: pd.DataFrame
) -> UploadRows:
    """Make the next phase's input from accepted and fixed rows."""
    return next_input(reviewed, item_inputs(raw_output, phase.spec), phase.spec, phase.in_phase(following).spec)
