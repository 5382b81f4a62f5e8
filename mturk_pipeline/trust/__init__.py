"""From tidy answers to a consensus that says how far it can be trusted, and to what is known of each worker."""

from mturk_pipeline.trust.api import Result, fit_predict

__all__ = ["Result", "fit_predict"]
