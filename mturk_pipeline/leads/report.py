"""Report: cost of the leads, and share of the work that was a person's, each figure with how it was reckoned."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from mturk_pipeline.pay.assignment_costs import Wages, costs, dollars, fee_floor, hourly_wages, total
from mturk_pipeline.vocabulary.assignment_statuses import REJECTED
from mturk_pipeline.vocabulary.row_statuses import ACCEPTED_AUTOMATICALLY, ADDED, UNDECIDED, UNSEEN

_FEE_COLUMNS = ["auto_approval_at", "hit_type_id", "max_assignments", "reward"]
REPORT_COLUMNS = ["figure", "value", "how"]


@dataclass(frozen=True)
class PhaseTables:
    """Tables of one phase that the report counts."""

    assignments: pd.DataFrame  # Contract Assignments (raw output)
    reviewed: pd.DataFrame  # Contract Reviewed


def report(leads: pd.DataFrame, phases: Sequence[PhaseTables]) -> pd.DataFrame:
    """Figures of a project, best guesses and money first: columns figure, value (text, '–' for unknown), how.

    `phases` are all that have tables, the last one too.
    """
    rows = [*_of_leads(leads), *_of_money(accepted_leads(leads), "accepted lead", phases), *_of_checks(phases)]
    return pd.DataFrame(rows, columns=REPORT_COLUMNS, dtype="str")


def results_report(results: pd.DataFrame, phases: Sequence[PhaseTables]) -> pd.DataFrame:
    """The same figures of a project that gathers no leads; `results` are contract Results."""
    counts = [
        ("results", f"{len(results):,}", "Rows of the sheet results."),
        ("verified results", f"{int(results['verified'].sum()):,}", "Results of rows that a person has seen."),
    ]
    rows = [*counts, *_of_money(len(results), "result", phases), *_of_checks(phases)]
    return pd.DataFrame(rows, columns=REPORT_COLUMNS, dtype="str")


Figure = tuple[str, str, str]


def _of_leads(leads: pd.DataFrame) -> list[Figure]:
    accepted = accepted_leads(leads)
    verified = int((leads["verified"] & (leads["rank"] == 1)).sum())
    suppressed = int((leads["suppressed"] != "").sum())
    return [
        ("leads", f"{len(leads):,}", "Rows of the sheet leads, runners-up included."),
        ("accepted leads", f"{accepted:,}", "Best guesses that a person or the pipeline accepted; no runners-up."),
        ("verified leads", f"{verified:,}", "Accepted leads of rows that a person has seen."),
        ("suppressed leads", f"{suppressed:,}", "Addresses to which nothing may be sent; they are in no mail file."),
    ]


def accepted_leads(leads: pd.DataFrame) -> int:
    """How many leads are best guesses of rows that are decided or passed."""
    return int(((leads["rank"] == 1) & (leads["status"] != UNDECIDED)).sum())


def _of_money(number: int, what: str, phases: Sequence[PhaseTables]) -> list[Figure]:
    tables = [phase.assignments for phase in phases if len(phase.assignments)]
    if not tables:
        return []
    wages = hourly_wages(_together(tables))
    paid = [table[table["status"] != REJECTED] for table in tables]
    known = [costs(table).dropna() for table in paid]
    unknown = sum(map(len, paid)) - sum(map(len, known))
    spent = sum(map(total, known), Decimal(0))
    how = "Reward and platform's fee of every assignment that was not rejected, all phases"
    how += f"; {unknown:,} without a known reward are left out." if unknown else "."
    floor = fee_floor(pd.concat([t[["provider", *_FEE_COLUMNS]] for t in paid], ignore_index=True))
    how += f" {floor.sentence}" if floor else ""
    has_rewards = any(map(len, known))
    each = dollars(spent / number) if has_rewards and number else "–"
    return [
        ("cost", dollars(spent) if has_rewards else "–", how),
        (f"cost per {what}", each, f"Cost divided by {what}s."),
        ("hourly wage, median", _wage(wages.median), _wage_words(wages)),
        ("hourly wage, lowest decile", _wage(wages.lowest_decile), "One assignment in ten paid this or less."),
        *_hours(tables),
    ]


def _together(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    columns = ["worker", "status", "reward", "work_seconds"]
    return pd.concat([table[columns] for table in tables], ignore_index=True)


def _wage(wage: float | None) -> str:
    return "–" if wage is None else dollars(Decimal(str(wage)))


def _wage_words(wages: Wages) -> str:
    return (
        f"Reward by time from accepting to submitting, US dollars an hour, over {wages.counted:,} assignments; "
        "who accepts several at once seems slower than they are."
    )


def _hours(tables: Sequence[pd.DataFrame]) -> list[Figure]:
    """How long one person would have searched: no more than an estimate, so it says how it was made."""
    seconds = 0.0
    for table in tables:
        median = table["work_seconds"].where(table["work_seconds"] > 0).median()
        seconds += 0.0 if pd.isna(median) else float(median) * table["item_id"].nunique()
    how = "Each item of each phase once, at the crowd's median time: what one person at that pace would have searched."
    return [("hours of search by hand", f"{seconds / 3600:,.1f}" if seconds else "–", how)]


def _of_checks(phases: Sequence[PhaseTables]) -> list[Figure]:
    """Outcomes of the rows: decided by a person, passed unseen, waiting; together they are all of the crowd's."""
    rows = [p.reviewed for p in phases]
    status = pd.concat([r["status"] for r in rows]) if rows else pd.Series([], dtype="str")
    waiting = int((status == UNDECIDED).sum())
    unseen = int((status == ACCEPTED_AUTOMATICALLY).sum())
    seen = int((~status.isin([*UNSEEN, ADDED])).sum())
    hits = sum(p.assignments["hit_id"].nunique() for p in phases)
    every = waiting + unseen + seen

    def part(count: int) -> str:
        return f"{count:,} ({count / every:.0%})" if every else "–"

    checks = f"{1000 * seen / hits:,.0f}" if hits else "–"
    if hits and waiting:
        checks += f" so far; {1000 * (seen + waiting) / hits:,.0f} once nothing waits"
    of = f"Of the {every:,} rows of all phases: those"
    return [
        ("decided by a person", part(seen), f"{of} that a person has decided."),
        ("waiting for a person", part(waiting), f"{of} that nobody has decided and that did not pass."),
        ("passed unseen", part(unseen), f"{of} that passed without anybody's look."),
        ("human checks per 1,000 HITs", checks, f"Rows that a person decides, by the {hits:,} HITs with answers."),
    ]
