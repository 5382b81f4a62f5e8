"""Results: the last table of a workflow that gathers no leads."""

from mturk_pipeline.contracts.base import Column, Table
from mturk_pipeline.contracts.review import TRUST_OF_ROW


class Results(Table):
    """One row per row of the last phase's review that was accepted, fixed or added, or that passed.

    Beside these columns stand one per key and one per field of the last phase ("none" where there is none, or nothing
    of a set; empty where it was not asked or nobody knows), per field `f` its `f_trust` (missing where the value is not
    the crowd's but a person's), and one per input of every phase before it. A name that stands here becomes
    `input_<name>`.
    """

    item_id = Column(str, "The row of the last phase's review", unique=True)
    status = Column(str, "Review status")
    verified = Column(bool, "A person has seen it")
    trust = TRUST_OF_ROW
    comment = Column(str, "The person's comment; '' where none")
    sources = Column(object, "List of the result files' rows behind it: file, sheet, row")

    strict = False
