"""All leads, recipients and mail outcomes."""

from mturk_pipeline.contracts.base import Column, Table
from mturk_pipeline.vocabulary.mail_outcomes import MAIL_OUTCOMES


class AllLeads(Table):
    """One row per lead: one value of one field of one item, ready for a CRM.

    Beside these columns stand one column per key of the last phase and per input of every phase before it, and,
    where the workflow names a segment, `segments`: the list of the segments merged into the lead.
    """

    lead_id = Column(str, "Letters with a checksum, from keys, field and value", unique=True)
    item_id = Column(str, "The row of the last phase's review it comes from")
    item_ids = Column(object, "List of the review rows merged into it, best first")
    lead_group = Column(str, "Group of fields, such as 'email'")
    lead_subgroup = Column(str, "The field itself, such as 'email'")
    value = Column(str, "The lead: an address, a link, a number")
    rank = Column(int, "1 for the best guess, 2 … for runners-up", ge=1)
    status = Column(str, "Review status of the best row behind it")
    verified = Column(bool, "A person has seen it")
    trust = Column(float, "Trust in the value", nullable=True, ge=0, le=1)
    suppressed = Column(str, "Why nothing may be sent to the address, and the file that says so; '' where it may")
    duplicate_lead = Column(bool, "The same value stands in another row of the group")
    merged = Column(int, "Rows merged into this one because keys and value were the same", ge=1)
    sources = Column(object, "List of the result files' rows behind the lead: file, sheet, row")
    hit_ids = Column(object, "List of the HITIds behind the lead")
    assignment_ids = Column(object, "List of the AssignmentIds behind the lead")

    strict = False


class Recipients(Table):
    """One row per e-mail address to which something may be sent: for a mass e-mail program.

    Beside these columns stands one per key of the last phase, such as `club`: the distinct values of all leads of
    the address, '; '-joined; and so `segment`, where the workflow names one.
    """

    email = Column(str, "The address, in small letters", unique=True)
    trust = Column(float, "Highest trust of its leads", nullable=True, ge=0, le=1)
    verified = Column(bool, "A person has seen one of its leads")
    rank = Column(int, "Best rank of its leads: 1 for a best guess", ge=1)
    leads = Column(int, "How many leads have this address", ge=1)
    lead_ids = Column(object, "List of these leads")

    strict = False


class Outcomes(Table):
    """Outcome of mail to an address: one row per row of a file that a person dropped."""

    address = Column(str, "The e-mail address, in small letters")
    outcome = Column(
        str,
        "bounced: there is no such address; delivered, unsubscribed, complained: there is; "
        "suppressed: a person wants nothing sent there. Soft bounces say nothing and are left out",
        isin=MAIL_OUTCOMES,
    )
    source_file = Column(str, "Name of the file")
    source_row = Column(int, "Row as a spreadsheet counts it", ge=1)
