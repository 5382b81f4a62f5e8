"""What became of a row of a result file that does not count."""

SUPERSEDED = "superseded"  # a later state of the same assignment counts
QUARANTINED = "quarantined"  # cannot be used, with a reason
CONFLICTING = "conflicting"  # with another row of the same assignment
DISPOSITIONS = (SUPERSEDED, QUARANTINED, CONFLICTING)
