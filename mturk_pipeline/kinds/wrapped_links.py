"""Links around links: mail gateways, login walls, archives, and addresses glued one behind another."""

import re
from base64 import urlsafe_b64decode
from binascii import Error as NoBase64
from functools import cache
from urllib.parse import unquote

from mturk_pipeline.kinds.hosts import host_of
from mturk_pipeline.texts.plain_text import words

_SECOND = re.compile(r"https?(?::/+|%3a%2f%2f)(?=[^\s/%])", re.IGNORECASE)
_ARCHIVED = re.compile(r"web\.archive\.org/web/(?:\d{4,14}|\*)(?:\*|[a-z]{2}_)?/(?=[\w-]+(?:\.[\w-]+)+)", re.IGNORECASE)
_PROOFPOINT_2 = re.compile(r"urldefense(?:\.proofpoint)?\.com/v2/url\?(?:[^#]*&)?u=([^&#]+)", re.IGNORECASE)
_PROOFPOINT_3 = re.compile(r"urldefense(?:\.proofpoint)?\.(?:com|us)/v3/__(.+?)__(?:;([^!]*)!.*)?$", re.IGNORECASE)
_REPLACED = re.compile(r"\*(?:\*(.))?")
# How many characters a mark of a rewritten link stands for: A two, B three, and so on.
_RUNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# Parameters in which a login wall of a network says where it leads, as a path of its own host.
_BEHIND_LOGIN = words(
    "next session_redirect sessionredirect redirect_after_login redirect redirect_to redirect_url return_to returnto "
    "continue dest"
)


def behind_gateway(text: str) -> str | None:
    """The link that a mail gateway (urldefense) rewrote; None for all other texts.

    >>> behind_gateway("https://urldefense.proofpoint.com/v2/url?u=https-3A__clubs.example.edu_a-5Fb&d=Dw&c=x")
    'https://clubs.example.edu/a_b'
    >>> behind_gateway("https://urldefense.com/v3/__https://example.edu/a*b__;Iw!!x!y$")
    'https://example.edu/a#b'
    """
    if "urldefense" not in text.lower():
        return None
    if match := _PROOFPOINT_2.search(text):
        return unquote(match[1].replace("-", "%").replace("_", "/"), errors="replace")
    match = _PROOFPOINT_3.search(text)
    return _with_replaced(match[1], match[2] or "") if match else None


def glued_behind(rest: str, hosts: tuple[str, ...] = ()) -> str | None:
    """The address that stands behind another one, as portals make it of a link without a base; None without one.

    Of `rest`, a link without its own scheme, only what stands before query and fragment counts. Addresses of `hosts`
    and of the known networks are recognised without http://.

    >>> glued_behind("portal.example.edu/orgs/https://instagram.com/chess")
    'https://instagram.com/chess'
    >>> glued_behind("portal.example.edu/orgs/www.instagram.com/chess")
    'https://www.instagram.com/chess'
    """
    end = len(rest)
    for mark in "?#":
        place = rest.find(mark, 0, end)
        end = place if place >= 0 else end
    if "http" in rest.lower() and (match := _SECOND.search(rest, 1, end)):
        inner = rest[match.end() :]
        return _address(rest[: match.start()], inner if "/" in match[0] else unquote(inner, errors="replace"))
    if rest.count(".", 0, end) < 2:
        return None
    if match := _ARCHIVED.match(rest):
        return _address("archive.org", rest[match.end() :])
    for match in _network_address(hosts).finditer(rest, 1, end):
        # Right behind another host, a bare facebook.com is rather a folder's name: a portal has folders, or copies www.
        if match["subdomain"] or "/" in rest[: match.start()]:
            return _address(rest[: match.start()], rest[match.end() :])
    return None


def behind_login(host: str, query: str, hosts: tuple[str, ...] = ()) -> str | None:
    """The page of the same network to which its login wall leads; None where a query names none.

    `hosts` are hosts of a network beside those that are known.

    >>> behind_login("instagram.com", "next=/chess/")
    'https://instagram.com/chess/'
    """
    if "=/" not in query and "=%2" not in query:
        return None
    if not any(host == h or host.endswith(f".{h}") for h in (*_network_hosts(), *hosts)):
        return None
    for piece in query.split("&"):
        name, _, value = piece.partition("=")
        if name.lower() in _BEHIND_LOGIN:
            while value[:3].lower() in ("%2f", "%25"):
                value = unquote(value, errors="replace")
            if value[:1] == "/" and value[1:2] not in ("", "/") and not any(c.isspace() for c in value):
                return f"https://{host}{value}"
    return None


def _address(before: str, address: str) -> str | None:
    """`address` as a link, where its host can exist, and that of the address before it."""
    return f"https://{address}" if _has_host(before) and _has_host(address) else None


def _has_host(address: str) -> bool:
    host = re.split(r"[/?#]", address, maxsplit=1)[0].rpartition("@")[2]
    return not host_of(re.sub(r":\d*$", "", host)).problem


@cache
def _network_hosts() -> tuple[str, ...]:
    from mturk_pipeline.kinds.networks import NETWORKS

    return tuple(sorted({host for network in NETWORKS.values() for host in network.hosts}))


@cache
def _network_address(more: tuple[str, ...]) -> re.Pattern[str]:
    """The slash before an address of a network's page that is part of a path."""
    hosts = "|".join(map(re.escape, (*_network_hosts(), *more)))
    return re.compile(rf"/(?=(?P<subdomain>(?:[\w-]+\.)*)(?:{hosts})/[^/])", re.IGNORECASE)


def _with_replaced(text: str, encoded: str) -> str | None:
    """A link in which marks stand for characters that follow it in base64."""
    try:
        characters = urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
    except (NoBase64, ValueError):
        return None
    place = 0

    def original(mark: re.Match[str]) -> str:
        nonlocal place
        start, place = place, place + (_RUNS.find(mark[1]) + 2 if mark[1] else 1)
        return characters[start:place]

    return _REPLACED.sub(original, text) if characters else text
