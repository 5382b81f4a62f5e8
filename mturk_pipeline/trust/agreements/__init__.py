"""Ways in which several answers become one where not one exact value is right: sets, ratings, texts."""

from collections.abc import Callable
from importlib import import_module

from mturk_pipeline.trust.agreements.base import Agreed, Outside
from mturk_pipeline.trust.votes import Ballots
from mturk_pipeline.vocabulary.agreements import AGREEMENTS
from mturk_pipeline.workflow.phase_spec import PhaseSpec

Agree = Callable[[Ballots, PhaseSpec, Outside], Agreed]


def agree(name: str, ballots: Ballots, phase: PhaseSpec, outside: Outside) -> Agreed:
    """What the agreement `name` (a key of `AGREEMENTS` with a module) makes of `ballots`, all of its fields."""
    module = import_module(f"mturk_pipeline.trust.agreements.{AGREEMENTS[name].module}")
    method: Agree = module.agree
    return method(ballots, phase, outside)


__all__ = ["Agreed", "Outside", "agree"]
