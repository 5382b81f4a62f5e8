"""Why an item has no answer, or fewer than wanted."""

NO_HIT = "no_hit"  # listed, and no result file knows of it
UNDER_WAY = "under_way"  # sent, and its answers are not in yet
UNUSABLE = "unusable"  # its rows were set aside
UNANSWERED = "unanswered"  # its HITs are over, with no answer
SHORT = "short"  # its HITs are over, with fewer answers than wanted
MISSING_STATES = (NO_HIT, UNDER_WAY, UNUSABLE, UNANSWERED, SHORT)
