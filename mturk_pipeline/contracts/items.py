"""Items that a phase's answers are about."""

from mturk_pipeline.contracts.base import Column, Table


class Items(Table):
    """One row per item, or per record of an item's list, with an answer.

    Beside these columns stand one per key (as the batch's input had it), and one per key field of records.
    """

    item_id = Column(str, "The item, or the record of its list, that the row is about", unique=True)
    parent_item_id = Column(str, "The item asked about; equal to item_id where the phase has no list")
    element = Column(str, "Which record of the item's list; '' for scalar fields")
    hit_ids = Column(object, "List of the HITIds behind the row")
    assignment_ids = Column(object, "List of the AssignmentIds behind the row")
    answers = Column(int, "Assignments behind the row", ge=0)
    given = Column(str, "Digest of the different values given: tells whether later answers say something new")

    strict = False
