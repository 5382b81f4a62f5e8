"""The simulator: a made-up crowd answers made-up questions, and the truth is known.

It makes result files as platforms write them, for the example, for tests and for measuring. Names, links, addresses
and numbers are fictional: domains under example.edu / example.org / example.com, phone numbers 555-0100 to 555-0199.
"""

from mturk_pipeline_tests.simulator.crowd_params import Archetype, CrowdParams
from mturk_pipeline_tests.simulator.outcomes import outcome_mix, outcomes
from mturk_pipeline_tests.simulator.simulation import Simulation, simulate, simulate_phase

__all__ = [
    "Archetype",
    "CrowdParams",
    "Simulation",
    "outcome_mix",
    "outcomes",
    "simulate",
    "simulate_phase",
]
