"""Links to public pages. Value: `https://host/path?query`, as one would click it.

Folded, because measured to be spelling only: scheme, www. and m., case of the host, default port, slash at the
end, index.html, percent-encoding, tracking parameters, fragments (but `#!/…` and `#/…` name pages), and the login
or redirect link around a link. Kept: case of the path, other ports, all other parameters (sorted).
"""

import re
from typing import TYPE_CHECKING

from mturk_pipeline.answers.cleaning import clean, has_control, unwrap
from mturk_pipeline.answers.links import LONGEST, link_of
from mturk_pipeline.answers.reading import Reading, invalid, notes

if TYPE_CHECKING:
    from mturk_pipeline.workflow.field_spec import FieldSpec

_EXPLICIT = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)


def read(raw: str, field: "FieldSpec") -> Reading:
    """The link that an answer is, or that stands alone in its text with http:// in front.

    A sentence is never made into a link, whatever dots it has.
    """
    if len(raw) > 4 * LONGEST:
        return invalid(f"longer than {LONGEST} characters")
    text = unwrap(clean(raw))
    if has_control(text):
        return invalid("control characters in the text")
    note = ""
    if " " in text:
        explicit = sorted({unwrap(t) for t in _EXPLICIT.findall(text)})
        if len(explicit) != 1:
            return invalid(f"{len(explicit)} links in one answer" if explicit else "a text, not a link")
        text, note = explicit[0], "taken out of the text around it"
    link = link_of(text)
    if isinstance(link, str):
        return invalid(link)
    value = _fixed(link.text())
    if len(value) > LONGEST:
        return invalid(f"longer than {LONGEST} characters")
    return Reading(value, "valid", bool(link.doubt), notes(link.doubt, note, link.note))


def _fixed(value: str) -> str:
    """`value` without marks at its end that a slash had covered."""
    while (bare := unwrap(value)) != value:
        link = link_of(bare)
        value = bare if isinstance(link, str) else link.text()
    return value
