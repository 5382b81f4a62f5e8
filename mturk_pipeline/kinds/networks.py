"""How social networks write the address of a page: what in a link is the page's name, and what is none.

A new network is one function (path segments and query of a link to the page's name) and one line in NETWORKS.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from mturk_pipeline.texts.plain_text import words

Found = str | None
_PAGE_ID = re.compile(r"(?:.*-)?(\d{8,})")
# Pages of any network that are nobody's.
_NO_PAGE = words(
    "stories highlights unsupportedbrowser unsupported_browser login signup authwall accounts search explore help"
)
_FACEBOOK_OTHER = _NO_PAGE | words(
    "sharer sharer.php share share.php login login.php l.php home.php search hashtag watch reel reels story.php "
    "photo photo.php photos video video.php events event marketplace gaming help policies privacy settings "
    "notifications messages dialog plugins tr ads business about careers media permalink.php stories recover r.php "
    "me friends find-friends checkpoint posts media_set fundraisers donate games lite places directory legal"
)
_INSTAGRAM_OTHER = _NO_PAGE | words(
    "p reel reels tv explore accounts about developer directory legal web direct share press blog s"
)
_TWITTER_OTHER = _NO_PAGE | words(
    "i home search hashtag intent share login signup explore settings tos privacy about compose messages"
)


class Network(NamedTuple):
    """A network: its hosts (the first is the one that values show) and how its links name a page."""

    hosts: tuple[str, ...]
    page: Callable[[list[str], dict[str, str]], Found]
    bare: re.Pattern[str]
    # What stands before a name that is written without a link.
    prefix: str = ""


def page_of(network: str) -> Network:
    """The network called `network`; an unknown one is taken to be at <name>.com/<page>."""
    name = network.strip().lower()
    if name in NETWORKS:
        return NETWORKS[name]
    return Network((f"{name}.com",), _first, re.compile(r"[\w.-]{2,60}"))


def _first(path: list[str], query: dict[str, str]) -> Found:
    name = path[0].removeprefix("@").lower() if path else ""
    return name if name not in _NO_PAGE else None


def _facebook(path: list[str], query: dict[str, str]) -> Found:
    """The page's name; its number where the link has one; groups stay groups."""
    while path and re.fullmatch(r"(?:[\w-]+\.)*(?:facebook|fb)\.(?:com|me)|https?:|pg", path[0], re.IGNORECASE):
        path = path[1:]
    if not path:
        return None
    first = path[0].lower()
    if first in ("profile.php", "people", "pages", "p"):
        number = query.get("id", "") if first == "profile.php" else ""
        named = [m[1] for m in map(_PAGE_ID.fullmatch, path[1:]) if m]
        if number.isdecimal() or named:
            return number or named[-1]
        return path[1].lower() if first == "pages" and len(path) == 2 else None
    if first == "groups":
        return f"groups/{path[1].lower()}" if len(path) > 1 else None
    if first in _FACEBOOK_OTHER:
        return None
    name = first.removeprefix("@")
    numbered = re.fullmatch(r".*-(\d{8,})", name)
    return numbered[1] if numbered else name


def _instagram(path: list[str], query: dict[str, str]) -> Found:
    path = [p.lower() for p in path]
    if path[:1] in (["stories"], ["_u"]) and len(path) > 1:
        path = path[1:]
    if not path or path[0] in _INSTAGRAM_OTHER:
        return None
    name = path[0].removeprefix("@")
    return name if re.fullmatch(r"[a-z0-9_.]{1,30}", name) else None


def _twitter(path: list[str], query: dict[str, str]) -> Found:
    if [p.lower() for p in path[:2]] in (["intent", "user"], ["intent", "follow"]):
        path = [query.get("screen_name", "")]
    name = path[0].removeprefix("@").lower() if path else ""
    return name if re.fullmatch(r"[a-z0-9_]{1,20}", name) and name not in _TWITTER_OTHER else None


def _linkedin(path: list[str], query: dict[str, str]) -> Found:
    if len(path) < 2 or path[0].lower() not in ("in", "company", "school", "groups", "showcase", "edu"):
        return None
    return f"{path[0].lower()}/{path[1].lower()}"


def _youtube(path: list[str], query: dict[str, str]) -> Found:
    """Channel numbers are the only names whose case counts."""
    if not path or path[0].lower() in ("watch", "playlist", "shorts", "embed", "live", "results", "feed", "v"):
        return None
    if path[0].lower() in _NO_PAGE:
        return None
    if path[0].startswith("@"):
        return path[0].lower()
    if path[0].lower() in ("channel", "c", "user"):
        return _youtube_old(path[0].lower(), path[1]) if len(path) > 1 else None
    return path[0].lower()


def _youtube_old(sort: str, name: str) -> str:
    return f"channel/{name}" if sort == "channel" else f"{sort}/{name.lower()}"


def _tiktok(path: list[str], query: dict[str, str]) -> Found:
    return path[0].lower() if path and path[0].startswith("@") and len(path[0]) > 1 else None


_TWITTER = Network(("x.com", "twitter.com"), _twitter, re.compile(r"[A-Za-z0-9_]{2,15}"))
NETWORKS: dict[str, Network] = {
    "facebook": Network(
        ("facebook.com", "fb.com", "fb.me", "m.me", "facebook.net"), _facebook, re.compile(r"[A-Za-z0-9.-]{4,80}")
    ),
    "instagram": Network(("instagram.com", "instagr.am"), _instagram, re.compile(r"[A-Za-z0-9_.]{2,30}")),
    "twitter": _TWITTER,
    "x": _TWITTER,
    "linkedin": Network(("linkedin.com",), _linkedin, re.compile(r"[A-Za-z0-9_-]{3,100}"), "in/"),
    "youtube": Network(("youtube.com",), _youtube, re.compile(r"[A-Za-z0-9_.-]{3,60}"), "@"),
    "tiktok": Network(("tiktok.com",), _tiktok, re.compile(r"[A-Za-z0-9_.]{2,24}"), "@"),
}
