"""What is remembered of workers over all projects, and over batches of years that were imported."""

import pandas as pd
import pandera.pandas as pa
from pandera.typing import Series

from mturk_pipeline.contracts.base import Moment, Table
from mturk_pipeline.vocabulary.standings import PHASE_STANDINGS, WORKER_STANDINGS


class Contributions(Table):
    """What a worker did in one phase of one project, or in one imported archive: a row per worker and phase."""

    project_id: Series[str] = pa.Field(description="The project; 'archive:<digest>' for an imported batch")
    workflow: Series[str] = pa.Field(description="Its workflow; 'archive' for an imported batch")
    phase: Series[str] = pa.Field(description="The phase; the file's name for an imported batch")
    worker: Series[str] = pa.Field(description="provider:server:id, or 'hash:' and a salted hash of it")
    right: Series[float] = pa.Field(ge=0, description="Of the values judged, how many are expected to be right")
    given: Series[float] = pa.Field(ge=0, description="Values that the model could judge")
    assignments: Series[int] = pa.Field(ge=0, description="Assignments submitted")
    approved: Series[int] = pa.Field(ge=0, description="Of those, approved by the requester before time ran out")
    rejected: Series[int] = pa.Field(ge=0, description="Of those, rejected by the requester")
    gold_asked: Series[int] = pa.Field(ge=0, description="Gold questions answered")
    gold_right: Series[int] = pa.Field(ge=0, description="Of those, answered rightly")
    approval_rate: Series[float] = pa.Field(nullable=True, description="Latest lifetime approval rate, 0..1")
    submitted_before: Series[pd.Int64Dtype] = pa.Field(nullable=True, description="Assignments that rate stands on")
    suggested: Series[str] = pa.Field(isin=PHASE_STANDINGS, description="The phase's suggested standing")
    evidence: Series[str] = pa.Field(description="What stood out in the phase, in words; '' where nothing did")
    first_seen: Series[Moment] = pa.Field(nullable=True, description="First assignment submitted, UTC")
    last_seen: Series[Moment] = pa.Field(nullable=True, description="Last assignment submitted, UTC")


class Archived(Contributions):
    """Contributions of imported batches, with what tells a batch from a copy or a later download of it."""

    files: Series[object] = pa.Field(description="List of digests of the files that the batch was read from")
    assignment_keys: Series[object] = pa.Field(description="List of salted keys of this worker's assignments")
    decided: Series[int] = pa.Field(ge=0, description="Assignments of the batch that were approved or rejected")
    decided_at: Series[Moment] = pa.Field(nullable=True, description="The last of these decisions, UTC")


class WorkerMemory(Table):
    """One row per worker, all projects and archives together; worst first."""

    worker: Series[str] = pa.Field(unique=True, description="provider:server:id, or 'hash:' and a salted hash of it")
    worker_id: Series[str] = pa.Field(description="The platform's id; the hash where ids are hashed")
    standing: Series[str] = pa.Field(
        isin=WORKER_STANDINGS, description="A person's word; 'neutral' where nobody said any"
    )
    suggested: Series[str] = pa.Field(isin=WORKER_STANDINGS, description="What the numbers suggest; it has no effect")
    reason: Series[str] = pa.Field(description="Why, in the person's words; '' where nobody said any")
    who: Series[str] = pa.Field(description="Who said it; '' where nobody did")
    when: Series[str] = pa.Field(description="When it was said, as the person wrote it")
    projects: Series[int] = pa.Field(ge=0, description="Projects and imported batches the worker took part in")
    assignments: Series[int] = pa.Field(ge=0, description="Assignments submitted")
    given: Series[float] = pa.Field(ge=0, description="Values that could be judged")
    right: Series[float] = pa.Field(ge=0, description="Of those, how many are expected to be right")
    reliability: Series[float] = pa.Field(nullable=True, ge=0, le=1, description="Share of values expected to be right")
    reliability_low: Series[float] = pa.Field(nullable=True, ge=0, le=1, description="Lower end of its 95 % interval")
    reliability_high: Series[float] = pa.Field(nullable=True, ge=0, le=1, description="Upper end of its 95 % interval")
    approved: Series[int] = pa.Field(ge=0, description="Assignments approved by the requester before time ran out")
    rejected: Series[int] = pa.Field(ge=0, description="Assignments rejected by the requester")
    gold_asked: Series[int] = pa.Field(ge=0, description="Gold questions answered")
    gold_right: Series[int] = pa.Field(ge=0, description="Of those, answered rightly")
    approval_rate: Series[float] = pa.Field(nullable=True, description="Latest lifetime approval rate, 0..1")
    submitted_before: Series[pd.Int64Dtype] = pa.Field(nullable=True, description="Assignments that rate stands on")
    evidence: Series[str] = pa.Field(description="What stands out, in words; '' where nothing does")
    first_seen: Series[Moment] = pa.Field(nullable=True, description="First assignment submitted, UTC")
    last_seen: Series[Moment] = pa.Field(nullable=True, description="Last assignment submitted, UTC")
