"""Assets of trust: consensus and workers, made in one fit."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import Field

from mturk_pipeline.orchestration.checks import check_schema, column_schema
from mturk_pipeline.orchestration.pictures import histogram, stacked_bars
from mturk_pipeline.orchestration.stages import PhaseAssets
from mturk_pipeline.orchestration.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

# Of agreement, best first: the colours of a traffic light that colour-blind people can tell apart.
_PATTERNS = (
    ("agreed", "#2c6e49"),
    ("majority", "#5b8fd9"),
    ("lone", "#e0a526"),
    ("rivals", "#c2410c"),
    ("none", "#8a8f98"),
)


class Thresholds(dg.Config):
    """From which trust on an answer is accepted without a look; asked for in the Launchpad."""

    accept: float | None = Field(default=None, ge=0, le=1, description="For all fields; by default the phase's own.")
    fields: dict[str, float] = Field(default={}, description="For single fields, by name.")

    def by_field(self) -> dict[str, float]:
        general = {} if self.accept is None else {"*": self.accept}
        return {**general, **self.fields}


def consensus_assets(names: PhaseAssets) -> dg.AssetsDefinition:
    """The best guess for each item and field, and how each worker fared."""

    @dg.multi_asset(
        name=names.op("consensus"),
        outs=names.outs("consensus", "workers"),
        ins=names.ins("answers", "raw_output"),
        check_specs=[names.schema_check("consensus"), names.schema_check("workers")],
    )
    def _consensus(context: dg.AssetExecutionContext, config: Thresholds, workspace: Workspace, answers, raw_output):
        from mturk_pipeline.contracts.consensus import Consensus, Workers
        from mturk_pipeline.trust.consensus import find_consensus
        from mturk_pipeline.trust.workers import rate_workers

        place = workspace.phase(context, names.workflow, names.phase)
        unknown = set(config.fields) - set(place.spec.fields)
        if unknown:
            raise dg.Failure(f"thresholds for {sorted(unknown)}, but the phase asks {', '.join(place.spec.fields)}")
        consensus = find_consensus(answers, place.spec, config.by_field())
        workers = rate_workers(answers, raw_output, place.spec)
        accept = place.spec.accept if config.accept is None else config.accept
        yield dg.MaterializeResult(
            asset_key=names.key("consensus"),
            value=consensus,
            metadata={**_consensus_metadata(consensus, accept), "dagster/column_schema": column_schema(Consensus)},
            check_results=[check_schema(consensus, Consensus, names.key("consensus"))],
        )
        yield dg.MaterializeResult(
            asset_key=names.key("workers"),
            value=workers,
            metadata={
                "dagster/row_count": len(workers),
                "dagster/column_schema": column_schema(Workers),
                "with_evidence": int((workers["evidence"] != "").sum()),
            },
            check_results=[check_schema(workers, Workers, names.key("workers"))],
        )

    return _consensus


def _consensus_metadata(consensus: "pd.DataFrame", accept: float) -> Mapping[str, Any]:
    valued = consensus[consensus["outcome"] == "value"]
    outcomes = consensus["outcome"].value_counts()
    return {
        "dagster/row_count": len(consensus),
        **{f"outcome_{name}": int(outcomes.get(name, 0)) for name in ("value", "none", "unknown")},
        "accepted_automatically": int(consensus["accepted"].sum()),
        "trust": histogram(valued["trust"].tolist(), title="Trust in the best guesses", threshold=accept),
        "agreement": stacked_bars(_pattern_rows(consensus), _PATTERNS, title="How answers agree, by field"),
    }


def _pattern_rows(consensus: "pd.DataFrame") -> list[tuple[str, list[int]]]:
    import numpy as np

    best = consensus["votes"].to_numpy()
    others = consensus["valid"].to_numpy() - best
    has_value = (consensus["outcome"] == "value").to_numpy()
    kind = np.select(
        [~has_value, (best == 1) & (others <= 0), others <= 0, best > others],
        ["none", "lone", "agreed", "majority"],
        "rivals",
    )
    counts = consensus.assign(kind=kind).groupby(["field", "kind"]).size().unstack(fill_value=0)
    return [(str(f), [int(row.get(name, 0)) for name, _ in _PATTERNS]) for f, row in counts.iterrows()]
