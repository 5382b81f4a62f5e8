"""Offer of a phase's input: items that nobody was asked about yet, as a file ready to upload."""

from typing import NamedTuple

import pandas as pd

from mturk_pipeline.projects.offers import HitHistory, offer_input, offer_purged, sent_to
from mturk_pipeline.projects.phase import ProjectPhase


class Offer(NamedTuple):
    """The rows offered and their file (None for none); how many were handed on; what was sent already.

    `kept` are the names of files that a person had changed, set aside.
    """

    rows: pd.DataFrame
    file: str | None
    handed: int
    sent: HitHistory
    kept: list[str]


def make_offer(phase: ProjectPhase) -> Offer:
    """Offer what the phase before hands on; of a first phase what is left of a list of which something was purged."""
    sent, writer = sent_to(phase), phase.writer()
    before = phase.workflow.before(phase.phase)
    if before:
        handed = phase.table("next_input", before)
        rows, file = pd.DataFrame(), None
        if handed is not None:
            rows, file = offer_input(writer, phase, handed, sent.items)
        return Offer(rows, file, 0 if handed is None else len(handed), sent, writer.kept)
    listed, purged = phase.table("input"), phase.table("purged")
    if listed is None or purged is None:
        return Offer(pd.DataFrame(), None, 0, sent, writer.kept)
    rows, file = offer_purged(writer, phase, listed, purged, sent.items)
    return Offer(rows, file, len(listed), sent, writer.kept)
