"""Models of trust: each turns ballots into the probability that a value is right. One model a file.

A new model is a function `(Ballots, Asked, Known) -> Scores` in a file of its own, and a line in `MODELS`.
"""

from collections.abc import Callable

from mturk_pipeline.trust.asked import Asked
from mturk_pipeline.trust.models.combined import confusion, trust
from mturk_pipeline.trust.models.majority import majority
from mturk_pipeline.trust.models.scores import Known, Scores
from mturk_pipeline.trust.models.worker_weighted import worker_weighted
from mturk_pipeline.trust.votes import Ballots

Model = Callable[[Ballots, Asked, Known], Scores]
MODELS: dict[str, Model] = {
    "majority": majority,
    "worker_weighted": worker_weighted,
    "confusion": confusion,
    "trust": trust,
}
