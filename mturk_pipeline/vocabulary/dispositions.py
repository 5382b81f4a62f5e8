"""What became of a row of a result file that does not count."""

SUPERSEDED = "superseded"  # a later state of the same assignment counts
QUARANTINED = "quarantined"  # cannot be used, with a reason
CONFLICTING = "conflicting"  # with another row of the same assignment
DISPOSITIONS = (SUPERSEDED, QUARANTINED, CONFLICTING)

# Rules of rows that are of another phase, as far as their file shows: it is not read.
NO_KEY_COLUMN, NO_ANSWER_COLUMN = "no_key_column", "no_answer_column"
