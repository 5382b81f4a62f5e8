"""Made-up result files whose HITs ask about several items, for tests of every room."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.intake.intake_files import row, write

PHASE = PhaseSpec.model_validate(
    {
        "keys": ["adj_{i}"],
        "fields": {
            "mood": {"kind": "choice", "columns": ["mood_{i}"], "choices": ["good", "bad"], "gate": True},
            "remark": {"kind": "text"},
        },
    }
)
BASE = {k: v for k, v in row(0).items() if not k.startswith(("Input.", "Answer."))}


def hit_rows(
    hits: Sequence[Mapping[str, str]], workers: Sequence[str] = ("A1W", "A2W", "A3W"), mark: str = "1"
) -> list[dict[str, str]]:
    """A row for each HIT (its Input and Answer cells, which may differ by worker: "good/bad/good") and worker."""
    rows = []
    for number, cells in enumerate(hits):
        for place, worker in enumerate(workers):
            of_worker = {c: text.split("/")[place % len(text.split("/"))] for c, text in cells.items()}
            ids = {"HITId": f"3HIT{mark}{number:03d}", "AssignmentId": f"3ASG{mark}{number:03d}{place}"}
            rows.append(BASE | ids | {"WorkerId": worker} | of_worker)
    return rows


def slots(first: int = 1, /, *, key: str = "adj_", answer: str = "mood_", **moods: str) -> dict[str, str]:
    """The numbered cells of a HIT that asks about each of `moods`, with what is answered."""
    cells: dict[str, str] = {}
    for number, (adjective, mood) in enumerate(moods.items(), first):
        cells |= {f"Input.{key}{number}": adjective, f"Answer.{answer}{number}": mood}
    return cells


def batch(
    path: Path, *hits: Mapping[str, str], mark: str = "1", workers: Sequence[str] = ("A1W", "A2W", "A3W")
) -> Path:
    return write(path, hit_rows(hits, workers, mark))
