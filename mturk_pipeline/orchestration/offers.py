"""Files ready to upload: what is offered to the crowd, and only while nobody has been asked yet."""

import io
from collections.abc import Collection
from typing import TYPE_CHECKING

from mturk_pipeline.folders.writing import ProjectWriter
from mturk_pipeline.orchestration.workspace import PhaseOfProject

if TYPE_CHECKING:
    import pandas as pd


def offer_name(place: PhaseOfProject) -> str:
    """The file that offers a phase's input, in the folder of the phase before."""
    return f"{place.folders.input}/_mIn_{place.phase}.csv"


def offer_input(
    writer: ProjectWriter, place: PhaseOfProject, rows: "pd.DataFrame", sent_item_ids: Collection[str]
) -> int:
    """Write those of `rows`, input of the phase of `place`, that have no HIT yet; returns how many.

    Called when the rows change and when result files come in: nobody buys the same answer twice.
    """
    from mturk_pipeline.review.handing_on import not_yet_sent

    offered = not_yet_sent(rows, place.spec, sent_item_ids)
    write_upload(writer, offer_name(place), offered)
    return len(offered)


def offer_rework(writer: ProjectWriter, place: PhaseOfProject, rows: "pd.DataFrame") -> list[str]:
    """Write the items to be asked again, one file for each attempt; returns the files' names."""
    written = []
    for attempt in range(2, place.spec.max_attempts + 1):
        name = f"{place.folders.input}/_rework_{place.phase}_{attempt}.csv"
        part = rows[rows["attempt"] == attempt]
        write_upload(writer, name, part)
        if len(part):
            written.append(name)
    return written


def write_upload(writer: ProjectWriter, name: str, rows: "pd.DataFrame") -> None:
    """Write rows as a batch's input CSV; values stay as they are, for the crowd's page shows them. No rows, no file."""
    if rows.empty:
        writer.remove(name)
        return
    buffer = io.StringIO()
    rows.to_csv(buffer, index=False, lineterminator="\r\n")
    writer.write(name, buffer.getvalue().encode("utf-8"))
