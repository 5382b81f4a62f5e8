"""How an assignment stands with its platform, in Mechanical Turk's words."""

SUBMITTED, APPROVED, REJECTED = ASSIGNMENT_STATUSES = ("Submitted", "Approved", "Rejected")
