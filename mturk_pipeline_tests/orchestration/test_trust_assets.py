"""What consensus and workers carry into the run history."""

import base64

import dagster as dg
import pytest

from mturk_pipeline.workers.identities import identities
from mturk_pipeline_tests.orchestration.conftest import Installation


def carried(installation: Installation, stage: str) -> dict[str, dg.MetadataValue]:
    event = installation.instance.get_latest_materialization_event(dg.AssetKey(["lead_gathering", "leads", stage]))
    assert event
    assert event.asset_materialization
    return dict(event.asset_materialization.metadata)


def test_pictures_pilot_page_and_checks_are_there(finished: Installation) -> None:
    consensus, workers = carried(finished, "consensus"), carried(finished, "workers")
    for metadata, names in ((consensus, ("trust", "agreement", "pilot", "calibration")), (workers, ("reliability",))):
        assert all(isinstance(metadata[name], dg.MarkdownMetadataValue) for name in names)
    assert "items" in str(consensus["pilot"].value)
    assert "Nothing was audited" in str(consensus["calibration"].value)
    assert "errors_caught" not in consensus


@pytest.mark.parametrize(
    ("stage", "check"),
    [
        ("consensus", "enough_answers"),
        ("consensus", "auto_accepted_share"),
        ("consensus", "weighting_changed_outcomes"),
        ("workers", "suspected_collusion"),
        ("workers", "workers_file_understood"),
    ],
)
def test_checks_of_trust_are_recorded(finished: Installation, stage: str, check: str) -> None:
    key = dg.AssetCheckKey(dg.AssetKey(["lead_gathering", "leads", stage]), check)
    assert finished.instance.event_log_storage.get_asset_check_execution_history(key, limit=1)


def test_metadata_names_no_worker(finished: Installation) -> None:
    surrogates = finished.table(finished.named(), "leads", "workers")["worker"].tolist()
    names = identities(finished.home)
    ids = [*surrogates, *(names[s].rpartition(":")[2] for s in surrogates)]
    for stage in ("consensus", "workers"):
        for value in carried(finished, stage).values():
            text = str(value)
            if "base64," in text:
                text += base64.b64decode(text.partition("base64,")[2].partition(")")[0]).decode()
            assert not [worker for worker in ids if worker in text]
