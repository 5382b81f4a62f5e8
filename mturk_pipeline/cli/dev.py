"""dev: the Dagster UI on this machine."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import typer

from mturk_pipeline.cli.demo import place_example
from mturk_pipeline.errors import UserError
from mturk_pipeline.folders.home import base_directory
from mturk_pipeline.projects.installation import Installation


def open_ui(projects_dir: Path | None, port: int) -> None:
    from mturk_pipeline.orchestration.instance import prepare_home

    installation = Installation.here(projects_dir)
    prepare_home(installation.home)
    projects = installation.projects
    if not projects.found and not projects.problems and (base_directory() / "data" / "example").is_dir():
        path, _ = place_example(installation)
        typer.echo(f"Example project: {path}; its sensors run it within a minute")
    if _taken(port):
        raise UserError(f"port {port} is in use", remedy=f"choose another: mturk-pipeline dev --port {port + 1}")
    workspace = base_directory() / "workspace.yaml"
    where = ["-w", str(workspace)] if workspace.is_file() else ["-m", "mturk_pipeline.definitions"]
    command = [sys.executable, "-m", "dagster", "dev", *where, "-h", "127.0.0.1", "-p", str(port)]
    typer.echo(f"Dagster UI: http://127.0.0.1:{port}   (stop with Ctrl-C)")
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    if os.name == "posix":
        os.execve(sys.executable, command, environment)
    raise SystemExit(subprocess.run(command, env=environment, check=False).returncode)


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
