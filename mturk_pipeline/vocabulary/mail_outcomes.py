"""What became of mail to an address."""

BOUNCED = "bounced"  # there is no such address
UNSUBSCRIBED = "unsubscribed"
COMPLAINED = "complained"
DELIVERED = "delivered"
SUPPRESSED = "suppressed"  # a person wants nothing sent there
MAIL_OUTCOMES = (BOUNCED, UNSUBSCRIBED, COMPLAINED, DELIVERED, SUPPRESSED)
