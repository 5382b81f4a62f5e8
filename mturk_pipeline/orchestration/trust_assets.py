"""Assets of trust: consensus and workers, made in one fit."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import Field

from mturk_pipeline.errors import UserError
from mturk_pipeline.orchestration import trust_checks
from mturk_pipeline.orchestration.checks import checked_result, records
from mturk_pipeline.orchestration.pictures import histogram, stacked_bars
from mturk_pipeline.orchestration.stages import PhaseAssets, mail_outcomes_key
from mturk_pipeline.orchestration.trust_pictures import calibration_curve, errors_caught, worker_scatter
from mturk_pipeline.orchestration.worker_history import BEFORE
from mturk_pipeline.projects.phase import ProjectPhase
from mturk_pipeline.vocabulary.standings import SUGGESTIONS

if TYPE_CHECKING:
    import pandas as pd

    from mturk_pipeline.workflow.phase_spec import PhaseSpec

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

    @names.asset(
        "consensus",
        "workers",
        deps=[BEFORE, *_mail_outcomes(names)],
        checks=[
            names.schema_check("consensus"),
            *trust_checks.consensus_check_specs(names),
            names.schema_check("workers"),
            *trust_checks.worker_check_specs(names),
        ],
    )
    def _consensus(phase: ProjectPhase, config: Thresholds, answers, raw_output, items, decisions):
        from mturk_pipeline.contracts.consensus import Consensus, Workers
        from mturk_pipeline.projects.stages.consensus import WorkerPriors, make_consensus

        spec = phase.spec
        unknown = set(config.fields) - set(spec.fields)
        if unknown:
            raise UserError(f"thresholds for {sorted(unknown)}, but the phase asks {', '.join(spec.fields)}")
        history, snapshot = phase.worker_history()
        overrides = phase.overrides()
        priors = WorkerPriors(history, overrides.standing)
        tables = {"answers": answers, "raw_output": raw_output, "items": items, "decisions": decisions}
        found = make_consensus(phase, tables, config.by_field(), priors)
        consensus, workers = found.consensus, found.workers
        phase.keep("trust_notes", _table_of(found.notes))
        phase.keep("passing_advice", _table_of([found.passing] if found.passing else []))
        accept = spec.usual_threshold if config.accept is None else config.accept
        metadata = {
            **_consensus_metadata(consensus, accept),
            "notes": dg.MetadataValue.md("\n".join(f"- {note}" for note in found.notes)),
            "worker_history": snapshot,
            **_completeness_metadata(found.completeness),
            **_audit_metadata(found.looks),
            **({"why_few_rows_pass": found.passing} if found.passing else {}),
            **_pilot_metadata(answers, raw_output, spec, found.passing),
        }
        checks = trust_checks.consensus_checks(names, consensus, spec)
        yield checked_result(names.key("consensus"), consensus, Consensus, metadata, checks)
        checks = trust_checks.worker_checks(names, workers, overrides.problems)
        yield checked_result(names.key("workers"), workers, Workers, _workers_metadata(workers), checks)

    return _consensus


def _table_of(notes: Sequence[str]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame({"note": pd.Series(list(notes), dtype="str")})


def _consensus_metadata(consensus: "pd.DataFrame", accept: float) -> Mapping[str, Any]:
    valued = consensus[consensus["outcome"] == "value"]
    outcomes = consensus["outcome"].value_counts()
    return {
        **{f"outcome_{name}": int(outcomes.get(name, 0)) for name in ("value", "none", "unknown")},
        "accepted_automatically": int(consensus["accepted"].sum()),
        "trust": histogram(valued["trust"].dropna().tolist(), title="Trust in the best guesses", threshold=accept),
        "agreement": stacked_bars(_pattern_rows(consensus), _PATTERNS, title="How answers agree, by field"),
    }


def _completeness_metadata(lists: "pd.DataFrame") -> Mapping[str, Any]:
    """For a phase of lists: how much of them is there, over all items where it can be told."""
    told = lists.dropna(subset=["completeness"])
    if lists.empty or told.empty:
        return {}
    whole = told["richness"].sum()
    low, high = ((told[end] * told["richness"]).sum() / whole if whole else 1.0 for end in ("low", "high"))
    share = (told["completeness"] * told["richness"]).sum() / whole if whole else 1.0
    least = told.sort_values(["completeness", "item_id"]).head(10)
    rows = [
        {str(k): v if isinstance(v, str) else round(float(v), 2) for k, v in row.items()}
        for row in least.to_dict("records")
    ]
    return {
        "completeness": f"{share:.0%} of the records that there are ({low:.0%} to {high:.0%}) pass without a look",
        "least_complete": records(rows),
    }


def _audit_metadata(looks: "pd.DataFrame") -> Mapping[str, Any]:
    """What people found in rows that were drawn by chance: how well trust held, and what it caught."""
    drawn = looks[looks["inclusion"].notna()]
    audited = drawn.assign(right=drawn["right"] == 1, weight=1 / drawn["inclusion"])
    pictures = {"calibration": calibration_curve(audited if len(audited) else None)}
    return {**pictures, "errors_caught": errors_caught(audited)} if len(audited) else pictures


def _pilot_metadata(
    answers: "pd.DataFrame", assignments: "pd.DataFrame", phase: "PhaseSpec", passing: str
) -> Mapping[str, Any]:
    """For a small first batch, what it says of the questions."""
    from mturk_pipeline.orchestration.pilot_page import pilot_page
    from mturk_pipeline.trust.pilot import PILOT_ITEMS, pilot

    if answers["item_id"].nunique() >= PILOT_ITEMS:
        return {}
    return {"pilot": pilot_page(pilot(answers, assignments, phase), passing)}


def _workers_metadata(workers: "pd.DataFrame") -> Mapping[str, Any]:
    standings = workers["standing"].value_counts()
    return {
        **{f"standing_{name}": int(standings.get(name, 0)) for name in SUGGESTIONS},
        "with_evidence": int((workers["evidence"] != "").sum()),
        "reliability": worker_scatter(workers),
    }


def _pattern_rows(consensus: "pd.DataFrame") -> list[tuple[str, list[int]]]:
    import numpy as np

    best = consensus["votes"].to_numpy()
    others = consensus["valid"].to_numpy() - best
    has_value = (consensus["outcome"] == "value").to_numpy()
    kind = np.select(
        [~has_value, (consensus["pattern"] == "lone").to_numpy(), others <= 0, best > others],
        ["none", "lone", "agreed", "majority"],
        "rivals",
    )
    counts = consensus.assign(kind=kind).groupby(["field", "kind"]).size().unstack(fill_value=0)
    return [(str(f), [int(row.get(name, 0)) for name, _ in _PATTERNS]) for f, row in counts.iterrows()]


def _mail_outcomes(names: PhaseAssets) -> list[dg.AssetKey]:
    """What became of mail teaches trust in the last phase, where leads are gathered."""
    is_last = names.workflow.following(names.phase) is None
    return [mail_outcomes_key(names.workflow)] if is_last and names.workflow.leads else []
