"""Result files of any platform -> assignments: nothing lost, nothing counted twice."""

from mturk_pipeline.intake.collecting import Collected, collect
from mturk_pipeline.intake.result_file import ResultFile
from mturk_pipeline.sheets.limits import Limits

__all__ = ["Collected", "Limits", "ResultFile", "collect"]
