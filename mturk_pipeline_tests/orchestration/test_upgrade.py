"""A batch under way when the pipeline learns to mend keys: what was decided and what was bought holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from mturk_pipeline.folders.project_folders import Project
from mturk_pipeline.intake.spreadsheet_repair import Mended
from mturk_pipeline.projects import offers
from mturk_pipeline.texts.key_form import normalise_key
from mturk_pipeline_tests.orchestration.conftest import Installation

ITEMS = ("Fennelhythe Institute of Technology", "Yarrowholt State University")
# What a wrong code page made of the names.
DAMAGED = ("FennelhythÃ© Institute of Technology", "Yarrowholtâ€™s State University")
MENDED = ("Fennelhythé Institute of Technology", "Yarrowholt’s State University")


@contextmanager
def version_before() -> Iterator[None]:
    """Runs as version 0.1 made them: nothing is mended, and keys are compared as they are written."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("intake.collecting", "intake.mended_cells", "review.sheet_entries"):
            patch.setattr(f"mturk_pipeline.{module}.undo_damage", lambda frame, uses: Mended(frame))
        patch.setattr("mturk_pipeline.intake.item_ids.item_key", normalise_key)
        yield
    # The version after is another process.
    offers._taken_in.cache_clear()


def _project(installation: Installation) -> Project:
    """The example's first phase, two of whose keys are damaged in list and results, and nothing reviewed yet."""
    project = installation.project(phases=("dirs",))
    for path in [*project.path.glob("1_mIn_unis/*.csv"), *project.path.glob("2_mOut_dirs/*.csv")]:
        text = path.read_text(encoding="utf-8")
        for name, damaged in zip(ITEMS, DAMAGED, strict=True):
            assert name in text
            text = text.replace(name, damaged)
        path.write_text(text, encoding="utf-8")
    for path in project.path.glob("4_manualCleaned_mIn_dirs/*.xlsx"):
        path.unlink()
    return project


def _review(project: Project, decisions: dict[str, str]) -> None:
    """Somebody decides some rows of the workbook that is there, and saves it where reviewed files go."""
    book = project.path / "3_notebookProcessed_dirs/review_dirs.xlsx"
    sheets = pd.read_excel(book, sheet_name=None, dtype=str, engine="openpyxl")
    rows = pd.concat([sheets["review"], sheets.get("accepted automatically")], ignore_index=True)
    said = rows["university"].map(decisions)
    assert said.notna().sum() == len(decisions)
    rows.assign(decision=said).to_excel(project.path / "4_manualCleaned_mIn_dirs/reviewed.xlsx", index=False)


def _offered(path: Path) -> set[str]:
    return set(pd.read_csv(path)["university"]) if path.exists() else set()


def test_decisions_and_offers_of_the_version_before_hold(installation: Installation) -> None:
    project = _project(installation)
    offer = project.path / "4_manualCleaned_mIn_dirs/_mIn_clubs.csv"
    with version_before():
        installation.run(project, phases=("dirs",))
        _review(project, dict.fromkeys(DAMAGED, "accept"))
        installation.run(project, phases=("dirs",))
        before = installation.table(project, "dirs", "reviewed").set_index("university")["status"]
        assert before[list(DAMAGED)].tolist() == ["accepted"] * 2
        assert set(DAMAGED) <= _offered(offer)
        # The offer is taken to the crowd: nobody has answered yet.
        taken = pd.read_csv(offer, dtype=str)
        taken[taken["university"] == DAMAGED[0]].to_csv(project.path / "5_mOut_clubs/taken.csv", index=False)
        installation.run(project, phases=("dirs",), wants=lambda verdict: True)
        assert DAMAGED[0] not in _offered(offer)
        assert DAMAGED[1] in _offered(offer)

    assert installation.run(project, phases=("dirs",), wants=lambda verdict: True)[0].success
    after = installation.table(project, "dirs", "reviewed").set_index("university")
    assert after.loc[list(MENDED), "status"].tolist() == ["accepted"] * 2
    assert not set(DAMAGED) & set(after.index)
    assert len(after) == len(before)
    assert installation.table(project, "dirs", "review_problems").empty
    assert _offered(offer) & {*MENDED, *DAMAGED} == {MENDED[1]}
    # And so it stays when the same files are looked at once more.
    installation.run(project, phases=("dirs",), wants=lambda verdict: True)
    assert _offered(offer) & {*MENDED, *DAMAGED} == {MENDED[1]}
