"""Spelling noise: the same value as different people write it.

Each kind of field has a list of slips: a probability at usual noise and a function of one text. Slips are drawn for
all cells at once and applied one after another to the cells that they hit. None changes what the value is.
"""

from collections.abc import Callable

import numpy as np

Slip = tuple[float, Callable[[str], str]]
ZERO_WIDTH = "\u200b"


def spell(kind: str, values: np.ndarray, noise: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """How people write `values`.

    Parameters
    ----------
    kind
        url, email, phone, facebook, instagram or name.
    values
        Canonical texts (object array, none empty): an absolute URL, a lower-case address, an E.164 number, the link
        of a page on a network, a name.
    noise
        Strength for each value: 0 writes it plainly, 1 is usual.
    """
    written = _write_plainly(kind, values, rng)
    for chance, slip in (*SLIPS[kind], *ANY_SLIPS):
        hit = np.flatnonzero(rng.random(len(values)) < chance * noise)
        for i in hit.tolist():
            written[i] = slip(written[i])
    return written


def _write_plainly(kind: str, values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The usual ways of writing a value, each as right as the other."""
    forms, weights = PLAIN[kind]
    pick = rng.choice(len(forms), size=len(values), p=weights).tolist()
    written = np.empty(len(values), dtype=object)
    written[:] = [forms[p](v) for p, v in zip(pick, values.tolist(), strict=True)]
    return written


def _with_path_end(url: str, end: str) -> str:
    return url.rstrip("/") + end


def _toggle_www(url: str) -> str:
    return url.replace("://www.", "://", 1) if "://www." in url else url.replace("://", "://www.", 1)


def _host_in_capitals(url: str) -> str:
    scheme, found, rest = url.partition("://")
    host, slash, path = (rest if found else scheme).partition("/")
    return (scheme.capitalize() + found if found else "") + host.upper() + slash + path


def _parts(number: str) -> tuple[str, str, str]:
    """Area code, exchange and line of a +1 number.

    >>> _parts("+12055550123")
    ('205', '555', '0123')
    """
    return number[2:5], number[5:8], number[8:12]


def _phone(form: str) -> Callable[[str], str]:
    return lambda number: form.format(*_parts(number), n=number)


def _insert_zero_width(text: str) -> str:
    middle = len(text) // 2
    return text[:middle] + ZERO_WIDTH + text[middle:]


def _old_business_page(link: str) -> str:
    return link.replace("facebook.com/", "facebook.com/pg/").rstrip("/") + "/about" if "/" in link else link


def _same(text: str) -> str:
    return text


def _link(form: str) -> Callable[[str], str]:
    return lambda page: form.format(h=page.rpartition("/")[2])


PLAIN: dict[str, tuple[tuple[Callable[[str], str], ...], tuple[float, ...]]] = {
    "url": ((_same,), (1.0,)),
    "email": ((_same,), (1.0,)),
    "name": ((_same,), (1.0,)),
    "phone": (
        (
            _phone("({0}) {1}-{2}"),
            _phone("{0}-{1}-{2}"),
            _phone("{0}.{1}.{2}"),
            _phone("{0}{1}{2}"),
            _phone("+1 {0}-{1}-{2}"),
            _phone("1-{0}-{1}-{2}"),
            _phone("{n}"),
        ),
        (0.3, 0.3, 0.08, 0.12, 0.1, 0.05, 0.05),
    ),
    "facebook": (
        (
            _link("https://www.facebook.com/{h}"),
            _link("https://www.facebook.com/{h}/"),
            _link("facebook.com/{h}"),
            _link("@{h}"),
        ),
        (0.7, 0.17, 0.1, 0.03),
    ),
    "instagram": (
        (
            _link("https://www.instagram.com/{h}/"),
            _link("https://www.instagram.com/{h}"),
            _link("@{h}"),
            _link("{h}"),
            _link("instagram.com/{h}"),
        ),
        (0.35, 0.2, 0.25, 0.12, 0.08),
    ),
}

SLIPS: dict[str, tuple[Slip, ...]] = {
    "url": (
        (0.1, lambda t: t.replace("https://", "http://", 1)),
        (0.06, _toggle_www),
        (0.1, lambda t: _with_path_end(t, "/")),
        (0.03, lambda t: t + "?utm_source=newsletter&utm_medium=social"),
        (0.03, lambda t: t + "?fbclid=IwAR0simulated"),
        (0.02, lambda t: t + "#content"),
        (0.02, _host_in_capitals),
        (0.08, lambda t: t.partition("://")[2] or t),
    ),
    "email": (
        (0.06, str.upper),
        (0.08, str.capitalize),
        (0.02, lambda t: "mailto:" + t),
        (0.03, lambda t: "Email: " + t),
        (0.02, lambda t: f"You can write to {t} (club president)"),
        (0.02, lambda t: t + "."),
        (0.01, lambda t: f"<{t}>"),
    ),
    "phone": (
        (0.015, lambda t: t + " ext. 12"),
        (0.03, lambda t: "Phone: " + t),
        (0.02, lambda t: "+001" + "".join(c for c in t if c.isdigit())[-10:]),
        (0.02, lambda t: t.replace("-", "\u2013")),
    ),
    "facebook": (
        (0.06, lambda t: t.replace("https://www.facebook.com", "http://www.facebook.com")),
        (0.05, lambda t: t.replace("www.facebook.com/", "m.facebook.com/")),
        (0.05, _old_business_page),
        (0.03, lambda t: t + "?ref=page_internal" if "/" in t else t),
        (0.02, lambda t: t.replace("https://www.facebook.com/", "https://www.facebook.com/facebook.com/")),
        (0.02, lambda t: t.replace("https://www.", "https://en-gb.")),
    ),
    "instagram": (
        (0.05, lambda t: t + "?hl=en" if "/" in t else t),
        (0.03, lambda t: t + "?igshid=1simulated2" if "/" in t and "?" not in t else t),
        (0.05, lambda t: t.replace("https://www.", "http://")),
        (0.04, lambda t: t if "/" in t else t.capitalize()),
    ),
    "name": (
        (0.06, str.upper),
        (0.08, str.lower),
        (0.03, lambda t: t.replace(" ", "  ")),
        (0.03, lambda t: t + "."),
        (0.02, lambda t: t.replace("&", "&amp;").replace("'", "\u2019")),
    ),
}
# What can happen to any cell.
ANY_SLIPS: tuple[Slip, ...] = (
    (0.04, lambda t: t + " "),
    (0.02, lambda t: " " + t),
    (0.01, lambda t: t + "\n"),
    (0.01, lambda t: "\u00a0" + t),
    (0.012, _insert_zero_width),
)


def typo(kind: str, value: str, where: float) -> str:
    """`value` with a slip that makes it another value: what a hasty worker copies wrongly.

    `where` (0..1) says at which place. Links lead to a neighbouring page, numbers to another of the numbers
    reserved for fiction, so that no typo leaves the made-up world.

    >>> typo("email", "chess@larkenfell.example.edu", 0.5)
    'chss@larkenfell.example.edu'
    >>> typo("phone", "+12055550123", 0.5)
    '+12055550173'
    """
    if kind == "url":
        return value + ("/contact", "/about", "/home", "/events", "/officers")[int(where * 5)]
    if kind == "phone":
        return f"{value[:-2]}{(int(value[-2:]) + 1 + int(where * 99)) % 100:02d}"
    before, slash, name = value.rpartition("/")
    head, at, tail = name.partition("@")
    # Of a page's name that ends in a number, only the number counts.
    place = len(head) - 1 if head[-1:].isdigit() else min(int(where * len(head)), len(head) - 1)
    shorter = head[:place] + head[place + 1 :]
    return before + slash + (shorter.strip(".-_") or "x") + at + tail
