"""Why trust is what it is, in the words of a reviewer's note, naming no worker."""

from mturk_pipeline.trust.agreement import FOOTER_ITEMS


def reason(
    *,
    outcome: str,
    workers: int,
    votes: int,
    valid: int,
    blank: int,
    none_declared: int,
    invalid: int,
    absent: int = 0,
    suspicious: bool = False,
    footer_items: int = 0,
    required: bool = False,
    is_record: bool = False,
) -> str:
    """One line for one cell; all numbers count workers, but `footer_items` items (0: no footer).

    >>> reason(outcome="value", workers=3, votes=2, valid=2, blank=1, none_declared=0, invalid=0)
    '2 of 3 workers agree; 1 left it blank'
    >>> reason(outcome="none", workers=2, votes=2, valid=0, blank=1, none_declared=1, invalid=0)
    'no value: 1 said that there is none; 1 left it blank'
    """
    parts = []
    if is_record:
        listed = f"{workers} of {workers + absent} workers listed it" if absent else f"all {_n(workers)} listed it"
        parts.append("the only worker listed it" if workers + absent == 1 else listed)
    if outcome == "value":
        parts.append(_support(workers, votes, valid))
        if 1 < votes < valid:
            parts.append(f"{valid - votes} gave another value")
    others = [
        (none_declared, "said that there is none"),
        (blank, "left it blank" + (" although it is required" if required else "")),
        (invalid, "gave nothing valid"),
    ]
    rest = [f"{number} {what}" for number, what in others if number]
    if outcome != "value" and rest:
        rest[0] = ("no value: " if outcome == "none" else "nothing usable: ") + rest[0]
    parts += rest
    if suspicious:
        parts.append("the value looks unlikely to be real")
    if footer_items >= FOOTER_ITEMS:
        parts.append(f"the same value stands for {footer_items} items: a footer or head office?")
    return "; ".join(parts)


def _support(workers: int, votes: int, valid: int) -> str:
    if workers == 1:
        return "only 1 worker answered"
    if valid == 1:
        return f"only 1 of {workers} workers gave a value"
    if votes == 1:
        return f"{valid} of {workers} workers gave a value, no two the same"
    return f"all {workers} workers agree" if votes == workers else f"{votes} of {workers} workers agree"


def _n(workers: int) -> str:
    return "1 worker" if workers == 1 else f"{workers} workers"
