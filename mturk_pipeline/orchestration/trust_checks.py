"""Checks of trust: they never stop a run; each says in one line what to do, or that nothing needs doing.

=========================== ======================================================= =========================
check                       warns where                                             shows
=========================== ======================================================= =========================
enough_answers              more than 5 % of item-fields have fewer answers than    share, per field
                            the phase wants, or there are fewer than 20 items
auto_accepted_share         more than half of the gate fields' values stay under    share accepted, per field
                            their threshold, and so wait for a look
weighting_changed_outcomes  more than 10 % of outcomes differ from the majority     count and share
                            vote's
suspected_collusion         any two workers seem to copy from each other            pairs, workers
workers_file_understood     a row of workers.xlsx or workers.csv says nothing       which rows
                            usable
=========================== ======================================================= =========================

Metadata holds counts and names of fields only: run history keeps it, and workers' ids are personal data.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import dagster as dg

from mturk_pipeline.orchestration.checks import records, warning
from mturk_pipeline.orchestration.stages import PhaseAssets

if TYPE_CHECKING:
    import pandas as pd

    from mturk_pipeline.workflow.phase_spec import PhaseSpec

MOST_FEW = 0.05
# With fewer items, reliabilities are what is usual for crowds, not what was seen of these workers.
PRIOR_ONLY_ITEMS = 20
MOST_WAITING = 0.5
MOST_CHANGED = 0.1

_OF_CONSENSUS = {
    "enough_answers": "Items have as many answers as the phase wants, and there are enough items to judge workers by.",
    "auto_accepted_share": "At least half of what can hold an item back passes without a look.",
    "weighting_changed_outcomes": "Weighting workers changed few outcomes against the majority vote.",
}
_OF_WORKERS = {
    "suspected_collusion": "No two workers share rare wrong values or seem to copy from each other.",
    "workers_file_understood": "What workers.xlsx or workers.csv beside the projects says of workers could be used.",
}
_SHOWN_PROBLEMS = 5


def consensus_check_specs(names: PhaseAssets) -> list[dg.AssetCheckSpec]:
    return [names.check(name, "consensus", description) for name, description in _OF_CONSENSUS.items()]


def worker_check_specs(names: PhaseAssets) -> list[dg.AssetCheckSpec]:
    return [names.check(name, "workers", description) for name, description in _OF_WORKERS.items()]


def consensus_checks(names: PhaseAssets, consensus: "pd.DataFrame", phase: "PhaseSpec") -> list[dg.AssetCheckResult]:
    """The checks of a consensus (contract Consensus), in the order of their specs."""
    asset = names.key("consensus")
    return [
        enough_answers(asset, consensus, phase.assignments_per_item),
        auto_accepted_share(asset, consensus, phase.gates),
        weighting_changed_outcomes(asset, consensus),
    ]


def worker_checks(
    names: PhaseAssets, workers: "pd.DataFrame", problems: Sequence[str] = ()
) -> list[dg.AssetCheckResult]:
    """The checks of the workers (contract Workers), and of a person's word about them (`Overrides.problems`)."""
    asset = names.key("workers")
    return [suspected_collusion(asset, workers), workers_file_understood(asset, problems)]


def enough_answers(asset: dg.AssetKey, consensus: "pd.DataFrame", wanted: int) -> dg.AssetCheckResult:
    """Warns where more than `MOST_FEW` of the item-fields have fewer than `wanted` answers, or items are few."""
    answers = consensus.groupby(["item_id", "field"], sort=False)["workers"].max()
    few = answers < wanted
    items = int(consensus["item_id"].nunique())
    prior_only = 0 < items < PRIOR_ONLY_ITEMS
    share = _share(few)
    said = [f"{int(few.sum()):,} of {len(few):,} item-fields ({share:.0%}) have fewer than {wanted} answers"]
    if share > MOST_FEW:
        said.append("wait for the rest of the batch, or upload the items again, before you rely on trust")
    if prior_only:
        said.append(f"prior only: {items} items are too few to judge workers by, so look at every row yourself")
    rows = [{"field": f, "few": int(n.sum()), "item_fields": len(n)} for f, n in few.groupby("field", sort=False)]
    passed = share <= MOST_FEW and not prior_only
    metadata = {"share_with_few": share, "items": items, "prior_only": prior_only, "by_field": records(rows)}
    return warning("enough_answers", asset, passed, "; ".join(said), metadata)


def auto_accepted_share(asset: dg.AssetKey, consensus: "pd.DataFrame", gates: Sequence[str]) -> dg.AssetCheckResult:
    """Warns where more than `MOST_WAITING` of the values of `gates` stay under their threshold."""
    waiting = ~consensus.loc[consensus["field"].isin(gates), "accepted"].astype(bool)
    share = _share(waiting)
    said = [f"{int(waiting.sum()):,} of {len(waiting):,} gate values ({share:.0%}) wait for a look"]
    if share > MOST_WAITING:
        said.append(
            "ask for more answers or mend the instructions (see the pilot page and the reasons in the workbook); "
            "lower `accept` only where the calibration curve allows it"
        )
    accepted = consensus.groupby("field", sort=False)["accepted"].agg(["sum", "size"])
    rows = [
        {"field": f, "gate": "yes" if f in gates else "", "accepted": int(n), "values": int(size)}
        for f, n, size in accepted.itertuples()
    ]
    metadata = {"share_accepted": 1 - share if len(waiting) else 0.0, "by_field": records(rows)}
    return warning("auto_accepted_share", asset, share <= MOST_WAITING, "; ".join(said), metadata)


def weighting_changed_outcomes(asset: dg.AssetKey, consensus: "pd.DataFrame") -> dg.AssetCheckResult:
    """Warns where more than `MOST_CHANGED` of the outcomes differ from the majority vote's."""
    changed = consensus["changed_by_weighting"].astype(bool)
    share = _share(changed)
    said = [f"{int(changed.sum()):,} of {len(changed):,} outcomes ({share:.1%}) differ from the majority vote"]
    if share > MOST_CHANGED:
        said.append("look at some of them: filter 'changed_by_weighting' in an export of consensus")
    by_field = consensus.assign(changed=changed).groupby("field", sort=False)["changed"].agg(["sum", "size"])
    rows = [{"field": f, "changed": int(n), "outcomes": int(size)} for f, n, size in by_field.itertuples()]
    metadata = {"changed": int(changed.sum()), "share_changed": share, "by_field": records(rows)}
    return warning("weighting_changed_outcomes", asset, share <= MOST_CHANGED, "; ".join(said), metadata)


def suspected_collusion(asset: dg.AssetKey, workers: "pd.DataFrame") -> dg.AssetCheckResult:
    """Warns where any pair of workers is suspected of copying; who they are stands in the table, not here."""
    pairs = {
        frozenset((worker, partner))
        for worker, partners in zip(workers["worker"], workers["copy_partners"], strict=True)
        for partner in partners
        if partner != worker
    }
    involved = len(frozenset().union(*pairs))
    said = ["no pair of workers is suspected of copying"]
    if pairs:
        said = [
            f"{len(pairs):,} pairs among {involved:,} workers share rare values that others do not give",
            "see 'copy_partners' and 'evidence' in the workers table, and judge before you exclude anybody",
        ]
    return warning("suspected_collusion", asset, not pairs, "; ".join(said), {"pairs": len(pairs), "workers": involved})


def workers_file_understood(asset: dg.AssetKey, problems: Sequence[str]) -> dg.AssetCheckResult:
    """Warns with what could not be used in a person's file of workers; each problem says where and what to do."""
    more = [f"and {len(problems) - _SHOWN_PROBLEMS} more"] if len(problems) > _SHOWN_PROBLEMS else []
    said = [*problems[:_SHOWN_PROBLEMS], *more] or ["nothing to mend"]
    return warning("workers_file_understood", asset, not problems, "; ".join(said), {"problems": len(problems)})


def _share(flags: "pd.Series") -> float:
    return float(flags.mean()) if len(flags) else 0.0
