"""How several workers' answers to one question become one, by name: a new way is one file and one line here."""

from typing import NamedTuple


class Agreement(NamedTuple):
    """What it means that answers agree."""

    module: str | None  # Of trust/agreements; in it stands a function `agree`. None: the models of trust
    can_be_wrong: bool = True  # A wrong answer can be told from another good one: workers are judged by it
    gates_by_default: bool = True  # Holds a row back where the phase names no gate
    may_gate: bool = True


ONE_VALUE, SET, SCALE, FREE_TEXT, REMARK = "one_value", "set", "scale", "free_text", "remark"

AGREEMENTS: dict[str, Agreement] = {
    ONE_VALUE: Agreement(None),
    SET: Agreement("sets"),
    SCALE: Agreement("ratings"),
    FREE_TEXT: Agreement("texts", can_be_wrong=False, gates_by_default=False),
    REMARK: Agreement("texts", can_be_wrong=False, gates_by_default=False, may_gate=False),
}
