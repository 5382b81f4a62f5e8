"""Pandera models as asset checks, and problems of rows as tables people can read."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import dagster as dg

if TYPE_CHECKING:
    import pandas as pd

    from mturk_pipeline.contracts.base import Table

# The UI and the run history show and keep this many rows of a problem; the whole table is exported by the command line.
SHOWN_ROWS = 50
_NO_METADATA: Mapping[str, Any] = {}


def check_schema(frame: "pd.DataFrame", model: "type[Table]", asset: dg.AssetKey) -> dg.AssetCheckResult:
    """Whether `frame` keeps its contract: each broken rule with how many rows break it, and the first of them.

    Values are never shown: run history keeps what metadata holds, and cells are personal data.
    """
    broken = [] if model.holds(frame) else _broken_rules(frame, model)
    if broken:
        return dg.AssetCheckResult(
            passed=False,
            check_name="schema",
            asset_key=asset,
            severity=dg.AssetCheckSeverity.ERROR,
            description=f"{len(broken)} rules of the table's contract are broken; this is a fault of the pipeline",
            metadata={"broken": records(broken)},
        )
    return dg.AssetCheckResult(
        passed=True, check_name="schema", asset_key=asset, metadata={"rows": len(frame), "model": model.__name__}
    )


def _broken_rules(frame: "pd.DataFrame", model: "type[Table]") -> list[dict[str, Any]]:
    """What Pandera finds: per column and rule how many rows break it, and the first of them."""
    from pandera.errors import SchemaErrors

    try:
        model.validate(frame, lazy=True)
    except SchemaErrors as error:
        cases = error.failure_cases
        broken = (
            cases.assign(column=cases["column"].astype("str"), check=cases["check"].astype("str"))
            .groupby(["column", "check"], sort=True, dropna=False)["index"]
            .agg(["size", "first"])
            .reset_index()
        )
        return [
            {"column": r.column, "rule": r.check, "rows": int(r.size_), "first_row": str(r.first_)}
            for r in broken.rename(columns={"size": "size_", "first": "first_"}).itertuples()
        ]
    return []


def checked_result(
    asset: dg.AssetKey,
    table: "pd.DataFrame",
    model: "type[Table]",
    metadata: Mapping[str, Any],
    checks: Sequence[dg.AssetCheckResult] = (),
) -> dg.MaterializeResult:
    """`table` as the result of an asset with its row count, columns and check `schema`, and what is given beside."""
    rows = {"dagster/row_count": len(table), "dagster/column_schema": column_schema(model)}
    return dg.MaterializeResult(
        asset_key=asset,
        value=table,
        metadata={**rows, **metadata},
        check_results=[check_schema(table, model, asset), *checks],
    )


def row_problems(
    name: str,
    asset: dg.AssetKey,
    problems: "pd.DataFrame",
    columns: Sequence[str],
    what: str,
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.WARN,
    passed: bool | None = None,
) -> dg.AssetCheckResult:
    """A check that warns with the rows of `problems`, only their `columns`, at most fifty of them."""
    shown = rows_of(problems.head(SHOWN_ROWS)[list(columns)])
    more = f"; the first {SHOWN_ROWS} are shown" if len(problems) > SHOWN_ROWS else ""
    return dg.AssetCheckResult(
        passed=problems.empty if passed is None else passed,
        check_name=name,
        asset_key=asset,
        severity=severity,
        description=f"{len(problems)} {what}{more}" if len(problems) else f"no {what}",
        metadata={"rows": records(shown)} if shown else {},
    )


def warning(
    name: str, asset: dg.AssetKey, passed: bool, description: str, metadata: Mapping[str, Any] = _NO_METADATA
) -> dg.AssetCheckResult:
    """A check that warns where it did not pass, and stops nothing."""
    return dg.AssetCheckResult(
        passed=passed,
        check_name=name,
        asset_key=asset,
        severity=dg.AssetCheckSeverity.WARN,
        description=description,
        metadata=metadata,
    )


def rows_of(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    """The rows of a table as plain values, missing ones as None."""
    return [{str(k): _plain(v) for k, v in row.items()} for row in frame.to_dict("records")]


def records(rows: Sequence[Mapping[str, Any]]) -> dg.TableMetadataValue:
    """Rows of plain values as a table in the UI."""
    names = list(rows[0]) if rows else ["nothing"]
    schema = dg.TableSchema(columns=[dg.TableColumn(n, "string") for n in names])
    return dg.MetadataValue.table([dg.TableRecord({k: _text(v) for k, v in r.items()}) for r in rows], schema=schema)


@lru_cache(maxsize=64)
def column_schema(model: "type[Table]") -> dg.TableSchema:
    """The contract as Dagster shows it on the asset: column, type, meaning, constraints."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=name,
                type=str(column.dtype),
                description=column.description,
                constraints=dg.TableColumnConstraints(nullable=bool(column.nullable), unique=bool(column.unique)),
            )
            for name, column in model.columns().items()
        ]
    )


def _plain(value: Any) -> Any:
    return None if value is None or value != value else value


def _text(value: Any) -> str:
    return "" if value is None else str(value)
