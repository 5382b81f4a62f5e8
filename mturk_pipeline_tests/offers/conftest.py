"""The cleaned phases that review's tests use."""

from mturk_pipeline_tests.review.conftest import clubs, contacts

__all__ = ["clubs", "contacts"]
