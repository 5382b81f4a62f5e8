"""The models of trust by name: a new one is a function in a file of trust/models, and one line here."""

from typing import NamedTuple


class TrustModel(NamedTuple):
    """A model of trust."""

    module: str  # Of trust/models; in it stands a function of the model's name
    is_probability: bool = True  # Its trust is the probability of being right; else a share of votes


TRUST_MODELS: dict[str, TrustModel] = {
    "majority": TrustModel("majority", is_probability=False),
    "worker_weighted": TrustModel("worker_weighted"),
    "confusion": TrustModel("default"),
    "trust": TrustModel("default"),
}
