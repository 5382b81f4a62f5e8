"""Where a reviewed row stands, the most certain first."""

ACCEPTED = "accepted"  # a person: what the row shows is right
FIXED = "fixed"  # a person wrote the right values
ADDED = "added"  # a person's own row
ACCEPTED_AUTOMATICALLY = "accepted_automatically"  # passed without a look
UNDECIDED = "undecided"
REDO = "redo"  # a person: ask the crowd again
REJECTED = "rejected"  # a person: the answers are bad
DROPPED = "dropped"  # a person: leave the row out
ROW_STATUSES = (ACCEPTED, FIXED, ADDED, ACCEPTED_AUTOMATICALLY, UNDECIDED, REDO, REJECTED, DROPPED)

GOES_ON = (ACCEPTED, FIXED, ADDED, ACCEPTED_AUTOMATICALLY)  # into the next phase, and the leads
BACK_TO_CROWD = (REDO, REJECTED)
SAYS_WHAT_IS_RIGHT = (ACCEPTED, FIXED)  # of the crowd's best guess
UNSEEN = (ACCEPTED_AUTOMATICALLY, UNDECIDED)
DECIDED = tuple(status for status in ROW_STATUSES if status not in UNSEEN)
