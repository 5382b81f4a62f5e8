"""A pilot batch of a project's input, and later the remainder."""

from pathlib import Path
from typing import NamedTuple

from mturk_pipeline.errors import UserError
from mturk_pipeline.intake.input_list import read_input
from mturk_pipeline.projects.installation import Installation
from mturk_pipeline.projects.offers import as_uploaded, sent_to, write_upload
from mturk_pipeline.projects.phase import project_phase


class Sample(NamedTuple):
    """A batch ready to upload.

    `path` is None where every item has been drawn or asked already; `of` counts the items not asked yet, and
    `problems` says what could not be read of the input.
    """

    path: Path | None
    rows: int
    of: int
    problems: tuple[str, ...]


def draw_sample(installation: Installation, name: str, items: int | None, seed: int) -> Sample:
    """Write a pilot of `items` items drawn by chance; with None every item that is in no pilot so far.

    UserError where there is no input, a pilot already, or for the remainder none.
    """
    project = installation.project(name)
    workflow = installation.workflow(project.workflow)
    phase = project_phase(installation.home, project, workflow, workflow.first)
    folder = project.path / phase.folders.input
    listed = phase.read_input()
    if listed.items.empty:
        unread = "; ".join(listed.problems["reason"])
        remedy = f"put a .csv or .xlsx with the columns {', '.join(map(phase.spec.plain_name, phase.spec.keys))} there"
        raise UserError(f"no input yet{f' ({unread})' if unread else ''}", where=folder, remedy=remedy)
    purged = phase.table("purged")
    out = sent_to(phase).items | (set() if purged is None else set(purged["item_id"]))
    table = listed.items[~listed.items["item_id"].isin(list(out))]
    pilots = sorted(folder.glob(f"_pilot_{phase.phase}*.csv"))
    rests = sorted(folder.glob(f"_rest_{phase.phase}*.csv"))
    if items is not None:
        if pilots:
            remedy = f"for the remainder: mturk-pipeline sample {name} --rest"
            raise UserError("is there already", where=pilots[0], remedy=remedy)
        chosen, file = table.sample(min(items, len(table)), random_state=seed), f"_pilot_{phase.phase}.csv"
    else:
        if not pilots:
            remedy = f"draw one first: mturk-pipeline sample {name} -n 20"
            raise UserError("no pilot batch yet", where=name, remedy=remedy)
        drawn = read_input([*pilots, *rests], phase.spec).items
        chosen = table[~table["item_id"].isin(drawn["item_id"])]
        file = f"_rest_{phase.phase}{f'_{len(rests) + 1}' if rests else ''}.csv"
    problems = tuple(listed.problems["reason"])
    if chosen.empty:
        return Sample(None, 0, len(table), problems)
    upload = chosen.sort_index().drop(columns=["item_id", "source_file", "source_row"])
    write_upload(phase.writer(), f"{phase.folders.input}/{file}", as_uploaded(upload, phase))
    return Sample(folder / file, len(upload), len(table), problems)
