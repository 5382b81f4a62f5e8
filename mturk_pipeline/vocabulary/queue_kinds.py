"""Why a row is in the review queue."""

WAITING = "waiting"  # undecided
LOOK_AGAIN = "look_again"  # decided, and answered since
SPOT_CHECK = "spot_check"  # passed, and drawn by chance
QUEUE_KINDS = (WAITING, LOOK_AGAIN, SPOT_CHECK)
