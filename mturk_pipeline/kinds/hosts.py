"""Host names of links and e-mail addresses: one canonical form, and whether such a host can exist."""

import re
import unicodedata
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from mturk_pipeline.lazy import LazyModule
from mturk_pipeline.texts.plain_text import words

tldextract: Any = LazyModule("tldextract")
idna: Any = LazyModule("idna")

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_ADDRESS = re.compile(r"[0-9.]+|0x[0-9a-f]+|[0-9a-f:]*:[0-9a-f:.]*")
# Reserved for documentation (RFC 2606), or names that forms show as a pattern to fill in.
_PLACEHOLDERS = words(
    "example.com example.org example.net test.com domain.com yourdomain.com mydomain.com website.com "
    "yourwebsite.com mywebsite.com email.com abc.com xyz.com asdf.com sample.com a.com aaa.com"
)
# Where anybody can have an address.
FREE_MAIL = words(
    "gmail.com googlemail.com yahoo.com ymail.com hotmail.com outlook.com live.com msn.com aol.com icloud.com "
    "me.com mail.com gmx.com protonmail.com proton.me yandex.com zoho.com"
)


class Host(NamedTuple):
    """A host name: canonical (small, punycode), or '' with the problem; `doubt` makes it suspicious."""

    name: str
    problem: str = ""
    doubt: str = ""


@lru_cache(maxsize=65536)
def host_of(text: str) -> Host:
    """The canonical form of a host name.

    The name has to end in a public suffix (the Public Suffix List that tldextract ships, read offline);
    addresses in digits and names of local networks are no hosts of public pages.

    >>> host_of("WWW.Bücher.Example.EDU.").name
    'www.xn--bcher-kva.example.edu'
    >>> host_of("127.0.0.1").problem
    'the host is an address in digits'
    """
    name = text.strip().rstrip(".").lower()
    doubt = ""
    if not name.isascii():
        doubt = _mixed_scripts(name)
        name = _punycode(name)
    if not name or len(name) > 253:
        return Host("", "the host name is missing or too long")
    labels = name.split(".")
    if len(labels) < 2 and ":" not in name:
        return Host("", "no host name")
    if _ADDRESS.fullmatch(name):
        return Host("", "the host is an address in digits")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        return Host("", "the host name is not well formed")
    endings, suffixes = _public_suffixes()
    if labels[-1] not in endings:
        return Host("", f"no public site ends in .{labels[-1][:30]}")
    if name in suffixes:
        return Host("", f"{name} is an ending of host names, not a host")
    if name.removeprefix("www.") in _PLACEHOLDERS:
        doubt = doubt or f"{name} is a placeholder"
    return Host(name, doubt=doubt)


@lru_cache(maxsize=65536)
def site_of(host: str) -> str:
    """The registrable domain that a host belongs to; '' where it is no public host.

    >>> site_of("clubs.union.example.ac.uk")
    'example.ac.uk'
    """
    labels = host_of(host).name.split(".")
    _, suffixes = _public_suffixes()
    longest = next((n for n in range(1, len(labels)) if ".".join(labels[n:]) in suffixes), len(labels) - 1)
    return ".".join(labels[max(longest - 1, 0) :])


def without_www(name: str) -> str:
    """`name` without www. or m. (the page for phones) in front, where a host remains.

    >>> without_www("www.example.edu"), without_www("m.example.edu"), without_www("www.edu")
    ('example.edu', 'example.edu', 'www.edu')
    """
    while True:
        first, _, rest = name.partition(".")
        if first not in ("www", "www1", "www2", "www3", "m", "wwww") or "." not in rest:
            return name
        if rest in _public_suffixes()[1]:
            return name
        name = rest


@cache
def _public_suffixes() -> tuple[frozenset[str], frozenset[str]]:
    """Last labels, and whole suffixes, of the Public Suffix List; never asks the network."""
    suffixes = {s.lstrip("*.!") for s in _public_suffix_rules()}
    ascii_suffixes = {s if s.isascii() else _punycode(s) for s in suffixes}
    return frozenset(s.rsplit(".", 1)[-1] for s in ascii_suffixes), frozenset(ascii_suffixes)


def _public_suffix_rules() -> list[str]:
    """The rules of the list that tldextract ships, without its private part.

    They are read from tldextract's file where that is where it was, for what it loads to ask the network takes 0.1 s.
    """
    package = find_spec("tldextract")
    listed = Path(package.origin).with_name(".tld_set_snapshot") if package and package.origin else Path()
    if not listed.is_file():
        return tldextract.TLDExtract(suffix_list_urls=()).tlds
    public, _, _ = listed.read_text(encoding="utf-8").partition("// ===BEGIN PRIVATE DOMAINS===")
    return [line.split()[0] for line in public.splitlines() if line.strip() and not line.startswith("//")]


def _punycode(name: str) -> str:
    """`name` in ASCII by IDNA 2008; '' where it has no such form."""
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return ""


def _mixed_scripts(name: str) -> str:
    """A doubt where one label mixes look-alike alphabets (a Cyrillic letter in a Latin word)."""
    for label in name.split("."):
        scripts = {unicodedata.name(c, "?").split(" ")[0] for c in label if c.isalpha()}
        if len(scripts & {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}) > 1:
            return "letters of different alphabets in the host name"
    return ""
