"""Dagster's instance in the installation's home."""

import os

import dagster as dg

from mturk_pipeline.folders.atomic_files import write_atomically
from mturk_pipeline.folders.home import Home

_SETTINGS = """\
# Dagster's settings for mturk_pipeline; written once, yours to change.
telemetry:
  enabled: false
nux:
  enabled: false

# At most two runs at once, and one for each project.
concurrency:
  runs:
    max_concurrent_runs: 2
    tag_concurrency_limits:
      - key: dagster/partition
        value:
          applyLimitPerUniqueValue: true
        limit: 1
run_coordinator:
  module: dagster.core.run_coordinator
  class: QueuedRunCoordinator
  config:
    dequeue_interval_seconds: 1

run_monitoring:
  enabled: true
  start_timeout_seconds: 180
  poll_interval_seconds: 60

# Ticks that found nothing are thrown away after a day.
retention:
  schedule:
    purge_after_days:
      skipped: 1
  sensor:
    purge_after_days:
      skipped: 1
"""


def prepare_home(home: Home) -> None:
    """Make the directories that are missing, and Dagster's settings where there are none."""
    for folder in (home.projects, home.workflows, home.dagster):
        folder.mkdir(parents=True, exist_ok=True)
    settings = home.dagster / "dagster.yaml"
    if not settings.exists():
        write_atomically(settings, _SETTINGS.encode())
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    os.environ["MTURK_PROJECTS_DIR"] = str(home.projects)
    os.environ["MTURK_WORKFLOWS_DIR"] = str(home.workflows)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "yes"


def open_instance(home: Home) -> dg.DagsterInstance:
    """The instance whose run history the UI shows."""
    prepare_home(home)
    return dg.DagsterInstance.get()
