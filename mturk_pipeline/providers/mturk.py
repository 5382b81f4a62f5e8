"""Mechanical Turk, and the servers that speak its API."""

import re

from mturk_pipeline.providers.provider import Provider

PROVIDER = Provider(
    "mturk",
    "Mechanical Turk",
    pays=True,
    worker_id=re.compile(r"A[A-Z0-9]+"),
    worker_id_form="A and letters or digits",
    telling_id=re.compile(r"A[A-Z0-9]{9,19}"),
)
