"""Links on another site than their input's get a note and nothing else."""

import pytest

from mturk_pipeline.answers.other_sites import ELSEWHERE
from mturk_pipeline.answers.tidying import tidy
from mturk_pipeline.kinds.hosts import site_of
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.answers.made import assignments

PHASE = PhaseSpec.model_validate({"fields": {"page": {"kind": "url"}}})


@pytest.mark.parametrize(
    ("link", "of_input", "noted"),
    [
        ("https://chess.uni.edu/home", "https://clubs.uni.edu/list", False),
        ("https://chess.org", "https://clubs.uni.edu/list", True),
        ("https://chess.ac.uk.com", "https://clubs.uni.edu", True),
        ("https://chess.org", "Uni of Somewhere", False),
        ("https://chess.org", None, False),
        ("https://chess.org", "https://[broken", False),
    ],
)
def test_only_another_site_is_noted(link: str, of_input: str | None, noted: bool) -> None:
    [row] = tidy(assignments([{"Answer.page": link, "Input.directory": of_input}]), PHASE).to_dict("records")
    assert (row["note"] == ELSEWHERE) == noted
    assert (row["state"], row["suspicious"]) == ("valid", False)


@pytest.mark.parametrize(
    ("host", "site"), [("a.b.ox.ac.uk", "ox.ac.uk"), ("uni.edu", "uni.edu"), ("edu", ""), ("", "")]
)
def test_site_of_a_host(host: str, site: str) -> None:
    assert site_of(host) == site
