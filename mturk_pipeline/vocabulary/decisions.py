"""What a person can decide about a row, and where the row stands then."""

from mturk_pipeline.vocabulary import row_statuses as status

STATUS_OF_DECISION = {
    "accept": status.ACCEPTED,
    "fix": status.FIXED,
    "add": status.ADDED,
    "redo": status.REDO,
    "reject": status.REJECTED,
    "drop": status.DROPPED,
}
DECISIONS = tuple(STATUS_OF_DECISION)
