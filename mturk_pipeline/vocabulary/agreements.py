"""How several workers' answers to one question become one, by name: a new way is one file and one line here."""

from typing import NamedTuple


class Agreement(NamedTuple):
    """What it means that answers agree."""

    module: str | None  # Of trust/agreements; in it stands a function `agree`. None: the models of trust
    can_be_wrong: bool = True  # A wrong answer can be told from another good one: workers are judged by it
    gates_by_default: bool = True  # Holds a row back where the phase names no gate
    may_gate: bool = True
    suggested_as_gate: bool = True  # A suggested phase makes it a gate beside other fields
    empty_is_an_answer: bool = False  # Nothing ticked says that nothing fits
    beside: tuple[str, ...] = ("runners_up", "trust")  # What stands beside its value in a workbook
    without_trust: str = ""  # Why it has no trust, where it has none, or what to do

    @property
    def has_one_value(self) -> bool:
        """Whether one exact value is right: the models of trust judge it."""
        return self.module is None


ONE_VALUE, SET, SCALE, FREE_TEXT, REMARK = "one_value", "set", "scale", "free_text", "remark"
_NEITHER = "nothing in it is right or wrong"

AGREEMENTS: dict[str, Agreement] = {
    ONE_VALUE: Agreement(None),
    SET: Agreement("sets", empty_is_an_answer=True, beside=("runners_up", "detail", "trust")),
    SCALE: Agreement(
        "ratings", suggested_as_gate=False, beside=("detail", "trust"), without_trust="give it a scale or levels"
    ),
    FREE_TEXT: Agreement(
        "texts", False, gates_by_default=False, suggested_as_gate=False, beside=("detail",), without_trust=_NEITHER
    ),
    REMARK: Agreement(
        "texts", False, False, may_gate=False, suggested_as_gate=False, beside=(), without_trust=_NEITHER
    ),
}
