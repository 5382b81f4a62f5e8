"""How a worker stands, the best first: in one phase, as the evidence suggests, and over all, as a person says."""

OK, WATCH, EXCLUDE = PHASE_STANDINGS = ("ok", "watch", "exclude")

STARRED, NEUTRAL, _, BLACKLISTED = WORKER_STANDINGS = ("starred", "neutral", WATCH, "blacklisted")
