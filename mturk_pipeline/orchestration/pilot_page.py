"""The pilot page: what a small first batch says of the questions, as Markdown on the asset."""

import re
import textwrap
from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    import pandas as pd

    from mturk_pipeline.trust.pilot import Pilot

# Characters that the UI shows of a line before it cuts it off.
_WIDTH = 60


def pilot_page(pilot: "Pilot", passing: str = "") -> dg.MarkdownMetadataValue:
    """The numbers of a pilot, why few rows pass, and the YAML lines that would settle its commonest invalid cells."""
    by = f"{pilot.workers:,} workers" if pilot.workers else "people who did not log in"
    parts = [f"### Pilot: {pilot.items:,} items, {pilot.assignments:,} answers by {by}", _seconds(pilot)]
    parts += [f"**Why few rows pass:** {_cell(passing)}."] if passing else []
    parts += [_table(["field", "filled", "none", "blank", "invalid", "agreement"], _field_rows(pilot.fields))]
    return dg.MetadataValue.md("\n\n".join([*parts, *_cells(pilot.cells)]))


def _seconds(pilot: "Pilot") -> str:
    if pilot.median_seconds != pilot.median_seconds:
        return "The files do not say how long answers took."
    return (
        f"Seconds per answer: median {pilot.median_seconds:,.0f}, the fastest tenth {pilot.low_seconds:,.0f} or less."
    )


def _field_rows(fields: "pd.DataFrame") -> list[list[str]]:
    return [
        [
            _cell(str(row["field"])),
            f"{_percent(row['valid'], row['asked'])} of {row['asked']:,}",
            *(_percent(row[state], row["asked"]) for state in ("none_declared", "blank", "invalid")),
            f"{_percent(row['agreeing'], row['compared'])} of {row['compared']:,}"
            if row["compared"]
            else "nobody to compare",
        ]
        for row in fields.to_dict("records")
    ]


def _cells(cells: "pd.DataFrame") -> list[str]:
    if cells.empty:
        return ["No invalid cell occurs twice."]
    rows = [
        [
            _cell(str(row["field"])),
            f'"{_cell(row["shown"])}"' if row["is_text"] else f"`{_cell(row['shown'].replace('`', ' '))}`",
            f"{row['times']:,}",
            f"{row['workers']:,}",
            f"`{row['setting']}`" if row["setting"] else "",
        ]
        for row in cells.to_dict("records")
    ]
    parts = [
        "#### The commonest invalid cells",
        "(x: letters, 9: a digit, in place of what could be personal)",
        _table(["field", "cell", "times", "workers", "settled by"], rows),
    ]
    if lines := _yaml(cells[cells["line"] != ""]):
        parts += ["In the phase's YAML, if that is what workers mean:", f"```yaml\n{lines}\n```"]
    return parts


def _yaml(settled: "pd.DataFrame") -> str:
    """Each line once, under its field."""
    lines = [] if settled.empty else ["fields:"]
    for field, of_field in settled.groupby("field", sort=False):
        lines += [f"  {field}:", *(_folded(line) for line in of_field["line"].unique())]
    return "\n".join(lines)


def _folded(line: str) -> str:
    """A setting within the width that the UI shows, broken after commas only."""
    kept = re.sub("(?<!,) ", "\0", line)
    folds = textwrap.TextWrapper(_WIDTH - 4, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    return textwrap.indent(folds.fill(kept).replace("\0", " "), "    ")


def _table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
