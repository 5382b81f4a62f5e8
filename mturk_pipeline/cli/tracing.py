"""trace: from a lead back to every answer, file, row, worker, rule and edit."""

import json
from pathlib import Path

import typer
from rich.console import Console

from mturk_pipeline.projects.installation import Installation

# In the terminal; a page that is one address of 25 clubs is read by its lead ids.
SHOWN = 3


def show_trace(projects_dir: Path | None, name: str, lead: str, as_json: bool) -> None:
    from mturk_pipeline.projects.tracing import trace_lead
    from mturk_pipeline.tracing.tree import tree_of

    trees = trace_lead(Installation.here(projects_dir), name, lead)
    if as_json:
        typer.echo(json.dumps([node.as_dict() for node in trees], indent=2, ensure_ascii=False))
        return
    console = Console(highlight=False)
    for node in trees[:SHOWN]:
        console.print(tree_of(node))
    if len(trees) > SHOWN:
        ids = [str(node.facts.get("lead_id") or node.facts.get("item_id")) for node in trees[SHOWN:]]
        more = ", ".join(ids[:10]) + (" …" if len(ids) > 10 else "")
        console.print(f"{len(ids)} more have it; give an id: {more}", soft_wrap=True, markup=False)
