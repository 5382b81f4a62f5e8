"""Consensus of redundant answers, how far to trust it, and how reliable each worker is."""

from mturk_pipeline.trust.api import Result, fit_predict

__all__ = ["Result", "fit_predict"]
