"""Pages on social networks. Value: `facebook.com/chessclub`: host of the network and the page's name, in small
letters, however it was written (link of any form, @name, name).

A page that has a number is its number (`facebook.com/Chess-Club-123456789` is `facebook.com/123456789`): its name can
change. Groups are not pages: `facebook.com/groups/chess`. Links to a post, a photo or a search name no page.
"""

import re
from urllib.parse import parse_qsl, unquote

from mturk_pipeline.kinds import near_misses
from mturk_pipeline.kinds.column_sample import ColumnSample
from mturk_pipeline.kinds.kind import Kind, Question, Reading, invalid, notes
from mturk_pipeline.kinds.links import LONGEST, Link, link_of
from mturk_pipeline.kinds.links_among_words import link_among
from mturk_pipeline.kinds.name import FILLERS
from mturk_pipeline.kinds.networks import NETWORKS, Network, page_of
from mturk_pipeline.kinds.url import is_mostly_links
from mturk_pipeline.texts.encoded import clean_source
from mturk_pipeline.texts.irreparable_cells import SHORTENED, damage_in, is_shortened
from mturk_pipeline.texts.plain_text import clean, has_control, unwrap

_LABEL = re.compile(
    r"(?:(?:ig|insta|instagram|fb|facebook|twitter|youtube|tiktok|linkedin|handle|user ?name|page)\s*[:=]\s*)+", re.I
)
# Nearly all answers, read fast; all others are taken apart.
_USUAL_LINK = re.compile(r"(?:https?://)?(?:www\.)?([a-z]+\.[a-z]{2,3})/([@\w.]*\w)/?", re.IGNORECASE | re.ASCII)
_LONGEST_DATE = 9
_BAD_NAME = re.compile(r"[\s/?#<>\"\\{}|^`\x00-\x1f\x7f]")


def read(raw: str, field: Question) -> Reading:
    """The page of the field's network that an answer names."""
    if len(raw) > LONGEST:
        return invalid(f"longer than {LONGEST} characters")
    text = clean(raw)
    text = clean_source(text) if "&" in text and ";" in text else text
    if has_control(text):
        return invalid("control characters in the text")
    network = page_of(field.network or "facebook")
    text = unwrap(text)
    text = unwrap(_LABEL.sub("", text, count=1)) if not text.startswith("@") else text
    if usual := _USUAL_LINK.fullmatch(text):
        host, name = usual[1].lower(), usual[2]
        if host in network.hosts and (page := network.page([name], {})):
            return Reading(f"{network.hosts[0]}/{page}", "valid")
    note = ""
    if " " in text:
        text, note = _from_words(text, network)
        if not text:
            return invalid(note)
    if "/" not in text and "\\" not in text and not is_own_link(text, network):
        return _bare(text, network, note)
    link = link_of(text, network.hosts)
    if isinstance(link, str):
        return invalid(link)
    if not _is_own_host(link.host, network):
        return invalid(f"a link to {link.host}, not to {network.hosts[0]}")
    name = _page(link, network)
    if not name:
        return invalid("a link that names no page of its own (a post, a search, the front page)")
    reading = Reading(f"{network.hosts[0]}/{name}", "valid", bool(link.doubt))
    return reading._replace(note=notes(link.doubt, note, link.note))


def key_of(value: str) -> str:
    """The page as its network tells pages apart: facebook's names are the same with and without dots."""
    host, _, name = value.partition("/")
    return f"{host}/{name.replace('.', '')}" if host == "facebook.com" else value


def is_own_link(text: str, network: Network) -> bool:
    """Whether a text holds an address of the network itself."""
    small = text.lower()
    return any(host in small and (f"{host}/" in small or small.endswith(host)) for host in network.hosts)


def _is_own_host(host: str, network: Network) -> bool:
    return any(host == h or host.endswith(f".{h}") for h in network.hosts)


def _from_words(text: str, network: Network) -> tuple[str, str]:
    """The one link to the network, or the one @name, among words; or '' and why there is none."""

    def link_in(part: str) -> str:
        word = unwrap(part)
        return word if is_own_link(word, network) and "." in word and "@" not in word.partition("/")[0] else ""

    def name_in(part: str) -> str:
        word = unwrap(part)
        return word if word.startswith("@") and network.bare.fullmatch(word[1:]) else ""

    link, note = link_among(text, link_in)
    if not link and not note:
        link, note = link_among(text, name_in, blanks=False)
    return link, note if link else note or "a text, not the name of a page"


def _bare(text: str, network: Network, note: str) -> Reading:
    """A name written without a link."""
    name = text.removeprefix("@")
    if "@" in name:
        return invalid("an e-mail address, not the name of a page")
    if name.casefold() in FILLERS:
        return invalid("a filler, not the name of a page")
    if not network.bare.fullmatch(name) or not any(c.isalnum() for c in name):
        damage = SHORTENED if is_shortened(name) else damage_in(name)
        return invalid(damage or f"not the form of a name on {network.hosts[0]}")
    if len(name) < _LONGEST_DATE and (damage := damage_in(name)):
        return invalid(damage)
    if re.search(r"\.(?:com|edu|org|net)$", name, re.IGNORECASE):
        return invalid(f"a link to {name.lower()}, not to {network.hosts[0]}")
    if name.isdecimal() and len(name) < 8:
        return invalid("a number, not the name of a page")
    page = network.page([network.prefix + name] if network.prefix in ("", "@") else ["in", name], {})
    if not page:
        return invalid("not the name of a page")
    return Reading(f"{network.hosts[0]}/{page}", "valid", False, note)


def _page(link: Link, network: Network) -> str | None:
    """The page's name in a link; None where it has none or an impossible one."""
    path = link.path
    if link.fragment.startswith(("!", "/")) and not path:
        path, _, query = link.fragment.removeprefix("!").partition("?")
    else:
        query = link.query
    segments = [s for s in unquote(path, errors="replace").split("/") if s]
    name = network.page(segments, dict(parse_qsl(query)))
    if not name:
        return None
    name = unwrap(clean(name))
    if not any(c.isalnum() for c in name) or _BAD_NAME.search(name.replace("/", "", 1)):
        return None
    return name if len(name) <= 150 else None


def answers_itself(text: str, field: Question) -> bool:
    """Whether a text is a link to the field's own network."""
    return is_own_link(text, page_of(field.network or ""))


def guess(sample: ColumnSample) -> dict[str, str] | None:
    """The network after which a column is called, or to which most of its links lead."""
    networks = [name for name in NETWORKS if len(name) > 1]
    if called := next((n for n in networks if n in sample.words), None):
        return {"network": called}
    if is_mostly_links(sample):
        most = 0.7 * sum(sample.counts.values())
        for network in networks:
            if sum(n for v, n in sample.counts.items() if f"{network}.com" in v) > most:
                return {"network": network}
    return None


KIND = Kind(
    "handle",
    read,
    open=True,
    key_of=key_of,
    between=re.compile(r"\s*[;,]\s*"),
    near_miss=near_misses.handle,
    guess=guess,
    settings=frozenset({"network", "separator"}),
    needs={"network": "instagram"},
    answers_itself=answers_itself,
    personal=True,
    is_page=True,
    record_order=1,
    width=24,
    crm_column="{network}",
)
