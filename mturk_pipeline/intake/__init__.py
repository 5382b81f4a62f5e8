"""Result files of any platform -> assignments: nothing lost, nothing counted twice."""

from mturk_pipeline.intake.collecting import Collected, collect
from mturk_pipeline.intake.result_file import Limits, ResultFile

__all__ = ["Collected", "Limits", "ResultFile", "collect"]
