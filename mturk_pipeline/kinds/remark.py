"""Comments to the requester, about the task and not about the item. Value: the text, cleaned."""

from mturk_pipeline.kinds import text
from mturk_pipeline.kinds.column_sample import ColumnSample
from mturk_pipeline.kinds.kind import Kind
from mturk_pipeline.vocabulary.agreements import REMARK


def guess(sample: ColumnSample) -> dict[str, str] | None:
    """No settings, where the column is called as comments are."""
    return {} if sample.is_remark else None


KIND = Kind(
    "remark",
    text.read,
    agreement=REMARK,
    open=True,
    key_of=text.key_of,
    guess=guess,
    prose=True,
    damage="text",
    plural="remarks",
    width=34,
)
