"""Trust as agreement: how many workers stand behind an outcome, against all that speaks otherwise.

For a value::

    trust = supporters / (1 + valid + none_declared + w * (blank + invalid + absent))        w = 0.25

where each term counts workers: those whose vote has a valid value (supporters among them), who said that there
is none, who left it blank or gave only something invalid, and who listed other records of the item but not this
one. The 1 is the doubt that no number of answers removes. Patterns then order as they should: 3:0 (0.75) > 2:0
(0.67) > 2:1 = lone (0.5) > 1:1 (0.33), and blanks beside them cost little: 2:0 and a blank is 0.62.

For the outcome 'none'::

    trust = supporters / (1 + supporters + invalid + w * other blanks)

where supporters said that there is none, or left an optional open field blank.

- Suspicious: where every supporter's answer is suspicious, trust is capped at 0.49.
- Footer: a link, address or number that at least 3 workers gave for at least 5 items is a footer's or head
  office's rather than the item's own: trust is halved. No worker is blamed for it.
"""

from dataclasses import dataclass

import numpy as np

from mturk_pipeline.trust.coding import BLANK, INVALID, NONE, VALID, Bools, Floats, Ints
from mturk_pipeline.trust.votes import Ballots
from mturk_pipeline.workflow.phase_spec import FieldSpec, PhaseSpec

WEAK = 0.25
SUSPICIOUS_CAP = 0.49
FOOTER_FACTOR = 0.5
FOOTER_ITEMS = 5
FOOTER_WORKERS = 3
FOOTER_KINDS = ("url", "email", "phone", "handle")


@dataclass(frozen=True)
class Scores:
    """What a model of trust says about the ballots: the seam between models and the consensus table."""

    value_trust: Floats  # (K) of each candidate
    none_trust: Floats  # (C) of 'there is none', for each cell; 0 where nobody speaks for it
    none_votes: Ints  # (C) workers who speak for 'there is none'
    best: Ints  # (C) the candidate chosen; -1 where a cell has none
    suspicious: Bools  # (K) nobody supports it unsuspiciously: never accepted without a look
    footer: Bools  # (K) a footer's or head office's value


def agreement(ballots: Ballots, phase: PhaseSpec) -> Scores:
    """Agreement, as this file's docstring says; the best value is the most supported one."""
    cells, candidates = ballots.cells, ballots.candidates
    specs = list(phase.fields.values())
    counts = cells.counts
    none_is_vote = _by_field([s.none_policy == "answer" for s in specs], cells.field)
    rival_none = np.where(none_is_vote, counts[:, NONE], 0)
    weak = counts[:, BLANK] + counts[:, INVALID] + counts[:, NONE] - rival_none + cells.absent
    against = 1 + counts[:, VALID] + rival_none + WEAK * weak

    footer = footers(ballots, phase)
    trust = candidates.votes / against[candidates.cell]
    trust = np.where(footer, trust * FOOTER_FACTOR, trust)
    trust = np.where(candidates.clean, trust, np.minimum(trust, SUSPICIOUS_CAP))

    blank_means_none = _by_field([_blank_means_none(s) for s in specs], cells.field)
    speaks_none = _by_field([s.none_policy == "answer" or _blank_means_none(s) for s in specs], cells.field)
    supporters = np.where(speaks_none, counts[:, NONE], 0) + np.where(blank_means_none, counts[:, BLANK], 0)
    silent = counts[:, BLANK] + counts[:, NONE] - supporters
    none_trust = supporters / (1 + supporters + counts[:, INVALID] + WEAK * silent)
    return Scores(
        value_trust=trust,
        none_trust=np.where(counts[:, VALID] > 0, 0, none_trust),
        none_votes=np.where(counts[:, VALID] > 0, 0, supporters),
        best=np.where(cells.candidates > 0, cells.start[:-1], -1),
        suspicious=~candidates.clean,
        footer=footer,
    )


def footers(ballots: Ballots, phase: PhaseSpec) -> Bools:
    """Which candidates (K) many workers gave for many items, in fields where that cannot be chance."""
    personal = _by_field([s.kind in FOOTER_KINDS for s in phase.fields.values()], ballots.cells.field)
    candidates = ballots.candidates
    return personal[candidates.cell] & (candidates.items >= FOOTER_ITEMS) & (candidates.givers >= FOOTER_WORKERS)


def patterns(ballots: Ballots, best: Ints) -> list[str]:
    """'lone', '2:0', '2:1' … of each cell: workers for the best value against the other workers with one."""
    valid = ballots.cells.counts[:, VALID]
    votes = votes_of(ballots, best)
    return [
        "0" if n == 0 else "lone" if n == 1 else f"{v}:{n - v}"
        for v, n in zip(votes.tolist(), valid.tolist(), strict=True)
    ]


def votes_of(ballots: Ballots, best: Ints) -> Ints:
    """Workers who support each cell's chosen candidate; 0 where it has none (-1)."""
    votes = np.append(ballots.candidates.votes, 0)
    return votes[best]


def _blank_means_none(spec: FieldSpec) -> bool:
    """A blank in an optional open field says that nothing was found; in a question with choices it says nothing."""
    return not spec.required and not spec.closed and spec.none_policy != "required"


def _by_field(flags: list[bool], field: Ints) -> Bools:
    return np.array(flags, dtype=bool)[field]
