"""The link in a text with blanks: of a sentence around it, or with blanks of its own."""

import re
from collections.abc import Callable, Sequence

from mturk_pipeline.kinds.hosts import host_of
from mturk_pipeline.texts.plain_text import unwrap, words

TAKEN_OUT = "taken out of the text around it"
BLANK_INSIDE = "a blank in the link, or words behind it: it is not clear where it ends"

_MANY = 12  # words behind a link that can still be part of it
_FILE = re.compile(r"\.(?:[sx]?html?|aspx?|php\d?|pdf|jspx?|cfm|docx?|xlsx?|pptx?)(?:[?#]\S*)?$", re.IGNORECASE)
_BRACKETS = re.compile(r"\(\s*(?:[^\W\d_A-Z]|[^()]* )[^()]*\)[.,;]?|\[[^\[\]/]*[^\W\d_][^\[\]/]*\][.,;]?")
_MARKS = ".,;:!?)]}>\"'|*-/"
_SLASHED = words("/ n/a and/or w/ w/o he/she his/her 24/7")  # no folders
# Words of a sentence that goes on behind a link; a page's name does not consist of them.
_SENTENCE = words(
    "for all on in at of the is it this that which and or to a an from here their there our my by with as are was if "
    "page pages site website link links listed please thanks thank you only also see works now today "
    "facebook instagram insta ig fb twitter linkedin youtube tiktok"
)


def link_among(text: str, link_in: Callable[[str], str], *, blanks: bool = True) -> tuple[str, str]:
    """The one link of a text with blanks, and a note; or '' and why there is none.

    A blank may be part of a link ("x.edu/Student Life/Clubs.aspx"), or end it ("see x.edu/clubs for all"). What stands
    before a blank is only taken where it is certain that the link ends there. Links of a kind that never holds
    `blanks`, such as an @name, end there always.

    `text` is cleaned, without marks around it; `link_in` maps a word to the link that it is, others to ''.
    """
    parts = text.split(" ")
    links = [link_in(part) for part in parts]
    places = [place for place, link in enumerate(links) if link]
    distinct = sorted({links[place].lower() for place in places})
    if len(distinct) != 1:
        return "", f"{len(distinct)} links in one answer" if distinct else ""
    first, last = places[0], places[-1]
    before, after = parts[:first], [p for p in parts[last + 1 :] if p.strip(_MARKS)]
    if not after or _is_remark(parts[last + 1 :], bool(before) or not blanks):
        return links[last], TAKEN_OUT
    if blanks and first == last and _goes_on(after, bool(before)):
        start = links[last] if parts[last].endswith(links[last]) else parts[last]
        whole = " ".join([start, *parts[last + 1 :]])
        return unwrap(whole), TAKEN_OUT if before else ""
    return "", BLANK_INSIDE


def _is_remark(after: Sequence[str], in_sentence: bool) -> bool:
    """Whether what follows a link cannot be part of it: words in brackets, another address, the rest of a sentence."""
    if _BRACKETS.fullmatch(" ".join(after)) or _begins_another(after[0]):
        return True
    return in_sentence and all(part.strip(_MARKS) in _SENTENCE for part in after if part.strip(_MARKS))


def _goes_on(after: Sequence[str], in_sentence: bool) -> bool:
    """Whether the words behind a link are evidently its rest: folders, a file, parameters."""
    if len(after) > _MANY or any(_is_address(part) for part in after):
        return False
    if _FILE.search(after[-1]):
        return True
    if in_sentence or any(part in _SENTENCE or part.lower() in _SLASHED for part in after):
        return False
    return any("/" in part or "=" in part for part in after)


def _begins_another(part: str) -> bool:
    """Whether a word is plainly an address of its own: a link, an e-mail address, an @name."""
    return "://" in part or "@" in part or part.lower().startswith("www.")


def _is_address(part: str) -> bool:
    """Whether a word is, or could be, an address of its own."""
    if _begins_another(part):
        return True
    host = unwrap(part).partition("/")[0]
    return "." in host and not host_of(host).problem
