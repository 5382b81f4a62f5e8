"""Cheap, redundant, messy crowd answers in; data that people trust out.

What a program of one's own may rely on has its name here; it is loaded when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mturk_pipeline.answers.tidying import tidy
    from mturk_pipeline.errors import UserError
    from mturk_pipeline.intake.collecting import collect
    from mturk_pipeline.trust.api import fit_predict
    from mturk_pipeline.trust.consensus import find_consensus
    from mturk_pipeline.workflow.loading import load_workflow
    from mturk_pipeline.workflow.phase_spec import PhaseSpec

__version__ = "0.1.0"

__all__ = ["PhaseSpec", "UserError", "collect", "find_consensus", "fit_predict", "load_workflow", "tidy"]

_HOMES = {
    "PhaseSpec": "workflow.phase_spec",
    "UserError": "errors",
    "collect": "intake.collecting",
    "find_consensus": "trust.consensus",
    "fit_predict": "trust.api",
    "load_workflow": "workflow.loading",
    "tidy": "answers.tidying",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'mturk_pipeline' has no attribute {name!r}")
    return getattr(import_module(f"mturk_pipeline.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
