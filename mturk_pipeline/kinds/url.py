"""Links to public pages. Value: `https://host/path?query`, as one would click it.

Folded, because measured to be spelling only: scheme, www. and m., case of the host, default port, slash at the
end, index.html, percent-encoding, tracking parameters, fragments (but `#!/…` and `#/…` name pages), and the login
or redirect link around a link. Kept: case of the path, other ports, all other parameters (sorted).
"""

import re

from mturk_pipeline.kinds import near_misses
from mturk_pipeline.kinds.column_sample import ColumnSample
from mturk_pipeline.kinds.kind import Kind, Question, Reading, invalid, notes
from mturk_pipeline.kinds.links import LONGEST, link_of
from mturk_pipeline.kinds.links_among_words import link_among
from mturk_pipeline.texts.encoded import clean_source
from mturk_pipeline.texts.plain_text import clean, has_control, unwrap

_BARE = re.compile(r"[\w-]+(?:\.[\w-]+)+/\S+")
_COLUMN_WORDS = frozenset({"url", "link", "website", "site", "homepage", "web"})
_LINK = re.compile(r"(https?://\S+( \S+){0,8}|(www\.)?([\w-]+\.)+[a-z]{2,12}(/(\S+( \S+){0,8})?)?)", re.IGNORECASE)
_EXPLICIT = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


def read(raw: str, field: Question) -> Reading:
    """The link that an answer is, or that stands alone in its text with http:// in front.

    A sentence is never made into a link, whatever dots it has. A link with a blank inside is that page, where the
    blank is evidently its own, or none: never what stands before the blank.
    """
    if len(raw) > 4 * LONGEST:
        return invalid(f"longer than {LONGEST} characters")
    text = clean(raw)
    text = unwrap(clean_source(text) if "&" in text and ";" in text else text)
    if has_control(text):
        return invalid("control characters in the text")
    note = ""
    if " " in text:
        text, note = _among_words(text)
        if not text:
            return invalid(note)
    link = link_of(text)
    if isinstance(link, str):
        return invalid(link)
    value = _fixed(link.text())
    if len(value) > LONGEST:
        return invalid(f"longer than {LONGEST} characters")
    return Reading(value, "valid", bool(link.doubt), notes(link.doubt, note, link.note))


def _among_words(text: str) -> tuple[str, str]:
    """The one link with http:// in a text, or the bare one that the text begins with; or '' and why there is none."""
    link, note = link_among(text, _explicit)
    if not link and not note and _BARE.match(text):
        first = text.partition(" ")[0]
        link, note = link_among(text, lambda part: part if part == first else "")
    return link, note if link else note or "a text, not a link"


def _explicit(part: str) -> str:
    found = _EXPLICIT.search(part)
    return unwrap(found[0]) if found else ""


def _fixed(value: str) -> str:
    """`value` without marks at its end that a slash had covered."""
    while (bare := unwrap(value)) != value:
        link = link_of(bare)
        value = bare if isinstance(link, str) else link.text()
    return value


def is_mostly_links(sample: ColumnSample) -> bool:
    """Whether a column's answers are links; fewer will do in a column that is called so."""
    called_so = bool(_COLUMN_WORDS & sample.words)
    return sample.is_mostly(_LINK, 0.5) or (called_so and (sample.is_mostly(_LINK, 0.2) or not sample.counts))


def guess(sample: ColumnSample) -> dict[str, str] | None:
    """No settings, where the answers are links."""
    return {} if is_mostly_links(sample) else None


KIND = Kind(
    "url",
    read,
    open=True,
    between=re.compile(r"\s*;\s+"),
    near_miss=near_misses.url,
    guess=guess,
    settings=frozenset({"separator"}),
    personal=True,
    is_link=True,
    record_order=0,
    width=38,
    crm_column="Website",
)
