"""How many slips of the keyboard lie between two short texts."""


def is_close(a: str, b: str, most: int) -> bool:
    """Whether at most `most` letters have to be put in, left out, replaced or swapped to make `b` of `a`.

    >>> is_close("facebook.ocm", "facebook.com", 1), is_close("sprot", "sport", 1), is_close("arts", "sport", 2)
    (True, True, False)
    """
    if a == b:
        return True
    if abs(len(a) - len(b)) > most:
        return False
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, other in enumerate(b, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                best = min(best, older[j - 2] + 1)
            row.append(best)
        if min(row) > most:
            return False
    return row[-1] <= most
