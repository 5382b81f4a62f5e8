"""Components: what a YAML file of a workflow can be."""

from mturk_pipeline.components.all_leads import AllLeads
from mturk_pipeline.components.phase import Phase

__all__ = ["AllLeads", "Phase"]
