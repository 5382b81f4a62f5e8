"""Who may know whom: Dagster's rooms know the others, never the other way round."""

import ast
from collections.abc import Iterator
from pathlib import Path

import mturk_pipeline

PACKAGE = Path(mturk_pipeline.__file__).parent
SHELLS = ("orchestration", "components", "defs", "cli", "definitions.py")


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _domain() -> list[Path]:
    files = [p for p in PACKAGE.rglob("*.py") if p.relative_to(PACKAGE).parts[0] not in SHELLS]
    assert len(files) > 100
    return files


def test_no_file_of_the_domain_knows_dagster_or_a_shell_over_it() -> None:
    shells = tuple(f"mturk_pipeline.{name.removesuffix('.py')}" for name in SHELLS)
    wrong = [
        f"{path.relative_to(PACKAGE)}: {name}"
        for path in _domain()
        for name in _imports(path)
        if name.split(".")[0].startswith("dagster") or name.startswith(shells)
    ]
    assert wrong == []


def test_spreadsheets_are_opened_in_one_room_which_knows_no_other() -> None:
    """What opens a workbook past it would do so without its limits, and lose errors and uncomputed formulas."""
    room = PACKAGE / "sheets"
    openers = {p for p in _domain() if {"openpyxl", "python_calamine"} & {n.split(".")[0] for n in _imports(p)}}
    assert [p for p in openers if room not in p.parents] == []
    others = {p.relative_to(PACKAGE).parts[0] for p in _domain()} - {"sheets", "texts", "errors.py"}
    known = [name for path in room.rglob("*.py") for name in _imports(path)]
    assert [n for n in known if n.startswith("mturk_pipeline.") and n.split(".")[1] in others] == []


def test_no_import_runs_back() -> None:
    """Rooms stand in an order in which each imports only from those before it: no two need each other."""
    needs: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).parts
        if len(parts) > 1:
            others = {n.split(".")[1] for n in _imports(path) if n.startswith("mturk_pipeline.") and n.count(".")}
            needs.setdefault(parts[0], set()).update(others - {parts[0]})
    left = {room: others & set(needs) for room, others in needs.items()}
    while free := [room for room, others in left.items() if not others & set(left)]:
        for room in free:
            del left[room]
    assert left == {}
