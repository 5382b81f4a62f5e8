"""How a worker stands, the best first: one scale for what evidence suggests and for what a person says.

Nobody is blacklisted by a number: what is suggested is to exclude, and a person's word is that somebody is blacklisted.
"""

STARRED, NEUTRAL, WATCH, EXCLUDE, BLACKLISTED = STANDINGS = ("starred", "neutral", "watch", "exclude", "blacklisted")
SUGGESTIONS = STANDINGS[:4]
SAID = (STARRED, NEUTRAL, WATCH, BLACKLISTED)
# What tables of the version before have for neutral.
NEUTRAL_BEFORE = "ok"
