"""Memory of workers over all projects, and over batches of years that were imported."""

from mturk_pipeline.contracts.base import INTEGER, MOMENT, Column, Table
from mturk_pipeline.vocabulary.standings import SAID, SUGGESTIONS


class Contributions(Table):
    """A worker's work in one phase of one project, or in one imported archive: a row per worker and phase."""

    project_id = Column(str, "The project; 'archive:<digest>' for an imported batch")
    workflow = Column(str, "Its workflow; 'archive' for an imported batch")
    phase = Column(str, "The phase; the file's name for an imported batch")
    worker = Column(str, "The worker's surrogate")
    right = Column(float, "Of the HITs judged, how many are expected to be right", ge=0)
    given = Column(float, "HITs in which an answer could be judged", ge=0)
    weight = Column(
        float,
        "Single answers that these HITs say as much as: n of the interval. Missing where an earlier version judged: "
        "its verdicts do not count",
        nullable=True,
        ge=0,
    )
    assignments = Column(int, "Assignments submitted", ge=0)
    approved = Column(int, "Of those, approved by the requester before time ran out", ge=0)
    rejected = Column(int, "Of those, rejected by the requester", ge=0)
    gold_asked = Column(int, "Gold questions answered", ge=0)
    gold_right = Column(int, "Of those, answered rightly", ge=0)
    approval_rate = Column(float, "Latest lifetime approval rate, 0..1", nullable=True)
    submitted_before = Column(INTEGER, "Assignments that rate stands on", nullable=True)
    suggested = Column(str, "The phase's suggested standing", isin=SUGGESTIONS)
    evidence = Column(str, "What stood out in the phase, in words; '' where nothing did")
    first_seen = Column(MOMENT, "First assignment submitted, UTC", nullable=True)
    last_seen = Column(MOMENT, "Last assignment submitted, UTC", nullable=True)
    assignment_keys = Column(object, "List of keyed hashes of this worker's assignments that count here")


class Archived(Contributions):
    """Contributions of imported batches, with what tells a batch from a copy or a later download of it."""

    files = Column(object, "List of digests of the files that the batch was read from")
    decided = Column(int, "Assignments of the batch that were approved or rejected", ge=0)
    decided_at = Column(MOMENT, "The last of these decisions, UTC", nullable=True)


class WorkerMemory(Table):
    """One row per worker, all projects and archives together; worst first."""

    worker = Column(str, "The worker's surrogate", unique=True)
    standing = Column(str, "A person's rating; 'neutral' without one", isin=SAID)
    suggested = Column(str, "What the numbers suggest; it has no effect", isin=SUGGESTIONS)
    reason = Column(str, "Reason, in the person's words; '' without one")
    who = Column(str, "Who rated the worker; '' where nobody did")
    when = Column(str, "Date of the rating, as the person wrote it")
    projects = Column(int, "Projects and imported batches the worker took part in", ge=0)
    assignments = Column(int, "Assignments submitted", ge=0)
    given = Column(float, "HITs that could be judged", ge=0)
    right = Column(float, "Of those, how many are expected to be right", ge=0)
    reliability = Column(float, "Share of HITs expected to be right", nullable=True, ge=0, le=1)
    reliability_low = Column(float, "Lower end of its 95 % interval", nullable=True, ge=0, le=1)
    reliability_high = Column(float, "Upper end of its 95 % interval", nullable=True, ge=0, le=1)
    approved = Column(int, "Assignments approved by the requester before time ran out", ge=0)
    rejected = Column(int, "Assignments rejected by the requester", ge=0)
    gold_asked = Column(int, "Gold questions answered", ge=0)
    gold_right = Column(int, "Of those, answered rightly", ge=0)
    approval_rate = Column(float, "Latest lifetime approval rate, 0..1", nullable=True)
    submitted_before = Column(INTEGER, "Assignments that rate stands on", nullable=True)
    evidence = Column(str, "What stands out, in words; '' where nothing does")
    first_seen = Column(MOMENT, "First assignment submitted, UTC", nullable=True)
    last_seen = Column(MOMENT, "Last assignment submitted, UTC", nullable=True)
