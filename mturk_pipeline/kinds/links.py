"""Web addresses: their parts, links wrapped in links, and the canonical form."""

import re
from typing import NamedTuple
from urllib.parse import quote, unquote

from mturk_pipeline.kinds.hosts import host_of, without_www
from mturk_pipeline.kinds.kind import notes
from mturk_pipeline.kinds.wrapped_links import behind_gateway, behind_login, glued_behind
from mturk_pipeline.texts.plain_text import words

LONGEST = 2048  # What browsers and servers agree on; longer texts are pasted by mistake.

_HTTP = re.compile(r"https?://+(?=[^\s/])", re.IGNORECASE)
# "htp://", "httpss://", "http//", "http:x.edu": slips of the keyboard that leave no doubt what was meant.
_HTTP_MISSPELT = re.compile(r"(?:[htps]{3,8}(?:[:;,.s/]{0,4}/|[:;])|ht[a-z]{1,5}://)(?=[^\s/:])", re.IGNORECASE)
_SCHEME_LETTERS = frozenset("htpsHTPS")
_SCHEME = re.compile(r"([a-z][a-z0-9+-]*):(//)?", re.IGNORECASE)
_NO_PAGE = words("javascript vbscript data file mailto tel sms ftp sftp about blob chrome ws wss")
_PORT = re.compile(r":(\d{0,5})$")
_PLAIN_PATH = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)*")
_DEFAULT_PAGE = re.compile(r"/(?:index\.(?:html?|php|aspx?|cfm|jsp)|default\.aspx?)$", re.IGNORECASE)
_SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_LONE_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# Parameters that say how a visitor came, not what the page is.
_TRACKING = re.compile(
    r"utm_\w*|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|igsh|mc_[ce]id|_ga|_gl"
    r"|_hsenc|_hsmi|__hs\w+|mkt_tok|ref|ref_src|ref_url|refsrc|referrer|fref|hc_ref|hc_location|__tn__|__xts__.*"
    r"|_rdr|_rdc|phpsessid|jsessionid|sessionid|mibextid|share_id|spm|vero_id|wt_mc|oly_\w+_id|cmpid|_branch_\w+",
    re.IGNORECASE,
)
# Parameters in which redirects, share buttons, campus portals and login pages carry the page that is meant.
_CARRIERS = re.compile(
    r"u|url|q|uri|href|link|out|to|goto|next|continue|service|target|dest|destination|rurl|r|uddg"
    r"|session_?redirect|redirect_after_login|(?:redirect|return|forward|back|success|callback|relay|login)_?(?:url|uri|to|path|state)?|refurl|originalurl",
    re.IGNORECASE,
)


class Link(NamedTuple):
    """A web address taken apart; `host` is canonical without www., `path` begins with '/' or is ''."""

    host: str
    port: str
    path: str
    query: str
    fragment: str
    doubt: str = ""
    note: str = ""

    def text(self) -> str:
        """The canonical address, with https: a page that moved to it is the same page."""
        query = f"?{self.query}" if self.query else ""
        fragment = f"#{self.fragment}" if self.fragment else ""
        return f"https://{self.host}{self.port}{self.path}{query}{fragment}"


def link_of(text: str, hosts: tuple[str, ...] = ()) -> Link | str:
    """The link that a text is, unwrapped and canonical; else in words why it is none.

    Unwrapped are redirects, login walls, mail gateways, and an address that stands behind another one; `hosts` are
    those whose addresses are recognised there without http://. A blank in a path or query is written as %20 or +.

    >>> link_of("https://login.example.edu/cas?service=http%3A%2F%2Fclubs.example.edu%2Fchess%2F").text()
    'https://clubs.example.edu/chess'
    >>> link_of("https://portal.example.edu/org/www.instagram.com/chess").text()
    'https://instagram.com/chess'
    """
    wrapped = ""
    while True:
        if len(text) > LONGEST:
            return f"longer than {LONGEST} characters"
        inner, parts = _taken_apart(text, hosts)
        if inner is not None:
            text, wrapped = inner, "taken out of the link around it"
        elif isinstance(parts, str) or not wrapped:
            return parts
        else:
            return parts._replace(note=notes(parts.note, wrapped))


def _taken_apart(text: str, hosts: tuple[str, ...]) -> tuple[str | None, "Link | str"]:
    """The link that another one carries; else None, and the link's parts or why it is none."""
    rest, note = _after_scheme(text.replace("\\", "/"))
    if isinstance(note, _Problem):
        return None, str(note)
    authority, path, query, fragment = _parts(rest)
    if _may_hold_another(authority, path) and (inner := behind_gateway(rest) or glued_behind(rest, hosts)):
        return inner, ""
    if rest is text and "@" in authority:
        return None, "an e-mail address, not a link"
    inner = _carried(query) if query else None
    link = _joined(authority, path, canonical_query(query) if query and inner is None else query, fragment, note)
    if isinstance(link, str) or not query:
        return None, link
    return inner or behind_login(link.host, query, hosts), link


def _may_hold_another(authority: str, path: str) -> bool:
    """Whether a link can hold another one before its query: nearly all can not, which is seen fast."""
    return ":" in path or "%3" in path or "." in path[: path.rfind("/")] or authority[-1:] == ":" or "urld" in authority


def canonical_path(path: str) -> str:
    """Percent-encoding made uniform, dot segments resolved, no slash at the end."""
    if not _PLAIN_PATH.fullmatch(path):
        path = _escape(_SESSION.sub("", path), "/:@!$&'()*+,;=")
        while "//" in path:
            path = path.replace("//", "/")
        if "/." in path:
            path = _without_dots(path)
    return path.rstrip("/")


def without_default_page(path: str) -> str:
    """`path` without the index.html that a server shows for a folder anyway."""
    before = None
    while path != before:
        before = path
        path = _DEFAULT_PAGE.sub("", path).rstrip("/")
    return path


def canonical_query(query: str) -> str:
    """Parameters that identify the page, sorted; tracking parameters and empty pieces are left out."""
    pieces = (p for p in query.split("&") if p and not _TRACKING.fullmatch(p.partition("=")[0].strip()))
    escaped = (_escape(p, "/:@!$'()*+,;=?").replace("%20", "+") for p in pieces)
    return "&".join(sorted(p for p in escaped if p not in ("", "=")))


def _joined(authority: str, path: str, query: str, fragment: str, note: str) -> Link | str:
    """The canonical link of its parts; `query` is canonical already."""
    user, _, authority = authority.rpartition("@")
    port = ""
    if with_port := _PORT.search(authority):
        authority = authority[: with_port.start()]
        digits = with_port[1].lstrip("0")
        port = "" if digits in ("", "80", "443") else f":{digits}"
    host, problem, doubt = host_of(authority)
    if problem:
        return problem
    if user:
        doubt = "a user name stands before the host: the link may lead elsewhere than it seems"
    fragment = _escape(fragment, "/:@!$&'()*+,;=?#") if fragment and fragment[0] in "!/" else ""
    path = canonical_path(path)
    path = path if query else without_default_page(path)
    return Link(without_www(host), port, path, query, fragment.rstrip("/!"), doubt, note)


def _parts(rest: str) -> tuple[str, str, str, str]:
    """Authority, path, query and fragment of a link without its scheme."""
    rest, _, fragment = rest.partition("#")
    rest, _, query = rest.partition("?")
    authority, slash, path = rest.partition("/")
    return authority, slash + path, query, fragment


class _Problem(str):
    """Why a text is no link: a text of its own type, told apart from a note."""


def _after_scheme(text: str) -> tuple[str, str]:
    """What follows http(s)://, however often and however misspelt it is written; text itself without one."""
    note = ""
    while text[:1] in _SCHEME_LETTERS:
        if scheme := _HTTP.match(text):
            text = text[scheme.end() :]
        elif scheme := _HTTP_MISSPELT.match(text):
            text, note = text[scheme.end() :], "http was misspelt"
        elif text[:12].lower().startswith(("http%3a%2f", "https%3a%2f")):
            text, note = unquote(text, errors="replace"), "was percent-encoded"
        else:
            break
    scheme = _SCHEME.match(text)
    if scheme and (scheme[2] or scheme[1].lower() in _NO_PAGE):
        return "", _Problem(f"{scheme[1].lower()[:20]}: is not a web page")
    return (text.lstrip("/") if text.startswith("//") else text), note


def _carried(query: str) -> str | None:
    """The address that a query carries, where exactly one of its parameters is one."""
    if not query or "http" not in query.lower():
        return None
    addresses = set()
    for piece in query.split("&"):
        name, _, value = piece.partition("=")
        if _CARRIERS.fullmatch(name):
            while value[:12].lower().startswith(("http%3a", "https%3a", "http%25", "https%25")):
                value = unquote(value, errors="replace")
            if _HTTP.match(value):
                addresses.add("%20".join(value.split()))
    return addresses.pop() if len(addresses) == 1 else None


def _escape(text: str, safe: str) -> str:
    """Percent-encoding: capitals, nothing encoded that need not be, everything encoded that must be."""
    text = _ESCAPE.sub(_normal_escape, _LONE_PERCENT.sub("%25", text))
    return quote(text, safe=safe + "%-._~", errors="replace")


def _normal_escape(found: re.Match[str]) -> str:
    letter = chr(int(found[1], 16))
    return letter if letter in _UNRESERVED else f"%{found[1].upper()}"


def _without_dots(path: str) -> str:
    kept: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept) if kept else ""
