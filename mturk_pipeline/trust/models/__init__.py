"""Models of trust, one a file: functions `(Ballots, Asked, Priors) -> Scores`, named in `vocabulary/trust_models`."""

from collections.abc import Callable
from importlib import import_module

from mturk_pipeline.trust.models.base import Priors, Scores
from mturk_pipeline.trust.questions import Asked
from mturk_pipeline.trust.votes import Ballots
from mturk_pipeline.vocabulary.trust_models import TRUST_MODELS

Model = Callable[[Ballots, Asked, Priors], Scores]


def model_named(name: str) -> Model:
    """The model called `name`; ValueError, with the names that there are, for any other."""
    if name not in TRUST_MODELS:
        raise ValueError(f"there is no model of trust {name!r}; there are {', '.join(TRUST_MODELS)}")
    return getattr(import_module(f"{__name__}.{TRUST_MODELS[name].module}"), name)
