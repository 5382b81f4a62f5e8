"""The pilot page as Markdown: a table per matter, and YAML that can be pasted."""

import json

import pandas as pd
import yaml

from mturk_pipeline.orchestration.pilot_page import pilot_page
from mturk_pipeline.trust.pilot import Pilot

FIELDS = pd.DataFrame(
    [["website", 60, 30, 6, 3, 21, 40, 32], ["odd|name", 60, 0, 0, 0, 60, 0, 0]],
    columns=["field", "asked", "valid", "none_declared", "invalid", "blank", "compared", "agreeing"],
)
CELLS = pd.DataFrame(
    [
        ["website", "no website", True, 7, 5, "none_tokens", 'none_tokens: ["none", "no website"]'],
        ["website", "no page", True, 4, 3, "none_tokens", 'none_tokens: ["none", "no website"]'],
        ["website", "x@x|`x`", False, 3, 3, "", ""],
    ],
    columns=["field", "shown", "is_text", "times", "workers", "setting", "line"],
)


def page(fields=FIELDS, cells=CELLS, seconds: float = 63.0) -> str:
    return pilot_page(Pilot(20, 60, 14, seconds, 12.0, fields, cells)).md_str or ""


def test_numbers_are_on_the_page() -> None:
    text = page()
    assert "20 items, 60 answers by 14 workers" in text
    assert "median 63, the fastest tenth 12 or less" in text
    assert "| website | 50% of 60 | 10% | 35% | 5% | 80% of 40 |" in text
    assert "do not say how long" in page(seconds=float("nan"))


def test_the_yaml_can_be_pasted() -> None:
    block = page().partition("```yaml\n")[2].partition("```")[0]
    assert yaml.safe_load(block) == {"fields": {"website": {"none_tokens": ["none", "no website"]}}}


def test_long_lines_of_yaml_are_folded_and_stay_what_they_are() -> None:
    tokens = ["n/a", "a, b", "page error", *(f"token no. {i}" for i in range(40))]
    cells = CELLS.head(1).assign(line=f"none_tokens: {json.dumps(tokens)}")
    block = page(cells=cells).partition("```yaml\n")[2].partition("```")[0]
    assert max(map(len, block.splitlines())) <= 60
    assert yaml.safe_load(block) == {"fields": {"website": {"none_tokens": tokens}}}


def test_tables_stay_tables_whatever_cells_hold() -> None:
    rows = [line for line in page().splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {6, 7}
    assert "`x@x\\| x `" in page()


def test_nothing_common_is_said() -> None:
    assert "No invalid cell" in page(cells=CELLS.iloc[:0])
    assert "```" not in page(cells=CELLS.iloc[2:])
