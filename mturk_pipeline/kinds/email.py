"""E-mail addresses. Value: the address in small letters, its domain in ASCII.

Nothing is guessed: words before an address are left away only where a mark or a word such as "at" shows that they
are a sentence ("contact us at chess@x.edu"). "Chess Club@gmail.com" is not Club@gmail.com.
"""

import re
from typing import Any

from mturk_pipeline.kinds import near_misses
from mturk_pipeline.kinds.column_sample import ColumnSample
from mturk_pipeline.kinds.hosts import FREE_MAIL, host_of
from mturk_pipeline.kinds.kind import Kind, Question, Reading, invalid, notes
from mturk_pipeline.lazy import LazyModule
from mturk_pipeline.texts.encoded import clean_source
from mturk_pipeline.texts.plain_text import clean, has_control, unwrap, words

email_validator: Any = LazyModule("email_validator")

_COLUMN_WORDS = frozenset({"email", "mail", "emails"})
_ADDRESS = re.compile(r"[^@\s]+@[\w-]+(\.[\w-]+)+")
_LONGEST = 254  # RFC 5321: longest address that can be delivered to
# A slash is allowed in an address, too, but in real answers it is always the rest of a link.
_ATOM = r"[A-Za-z0-9!#$%&'*+=?^_`{|}~-]+"
_PLAIN = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+\.?")
_FOUND = re.compile(r"[^\s@<>()\[\]{}\",;:/]+@[^\s@<>()\[\]{}\",;:]+\.[^\s@<>()\[\]{}\",;:/?]+")
_AT = re.compile(r"\s*[(\[{<]\s*(?:at|@)\s*[)\]}>]\s*", re.IGNORECASE)
_DOT = re.compile(r"\s*[(\[{<]\s*(?:dot|\.)\s*[)\]}>]\s*", re.IGNORECASE)
_SPELT = re.compile(r"[\w.+-]+ at [\w-]+(?: dot [\w-]+)+", re.IGNORECASE)
_MAILTO = re.compile(r"(?:mailto:(?://)?\s*)+", re.IGNORECASE)
# What a mailto link carries beside the address.
_HEADERS = re.compile(r"[?&](?:subject|body|cc|bcc|to|from|reply-to|in-reply-to|importance)=", re.IGNORECASE)
_TO = re.compile(r"[?&]to=([^&]+)", re.IGNORECASE)
_LEADS_IN = words(
    "at to on is us me via or and with contact email e-mail emails mail address e-mails by use through write"
)
_PLACEHOLDER = words(
    "test@test email@email name@email your@email youremail@email name@name user@user asdf@asdf abc@abc a@a"
)
_UNANSWERED = words("noreply no-reply donotreply do-not-reply mailer-daemon")


def read(raw: str, field: Question) -> Reading:
    """The one address that an answer is or holds."""
    if len(raw) > 4096:
        return invalid("too long for an e-mail address")
    text = clean(raw)
    text = _MAILTO.sub("", clean_source(text, escapes=True) if "&" in text or "%" in text else text)
    if has_control(text):
        return invalid("control characters in the text")
    text = unwrap(_without_headers(text) if "=" in text else text)
    note = ""
    if not _PLAIN.fullmatch(text):
        text, note = _uncovered(text)
        if not text:
            return invalid(note, suspicious="before the @" in note)
    return _judge(text, note)


def _without_headers(text: str) -> str:
    """A mailto link's address without subject, copies and all else; of a link without one, whom it is to."""
    headers = _HEADERS.search(text)
    if not headers:
        return text
    to = _TO.search(text, headers.start())
    return text[: headers.start()].strip(" <") or (to[1] if to else "")


def _uncovered(text: str) -> tuple[str, str]:
    """The address hidden in `text` and a note on how; or '' and why there is none."""
    note = ""
    if "@" not in text or _AT.search(text):
        bare = _DOT.sub(".", _AT.sub("@", text))
        if _SPELT.fullmatch(bare):
            bare = bare.replace(" at ", "@").replace(" AT ", "@").replace(" dot ", ".").replace(" DOT ", ".")
        if "@" not in bare:
            return "", 'no "@" in it'
        text, note = bare, "written without its @ or dots"
    if " " in text and re.fullmatch(r"[^\s@]+ ?@ ?[^\s@]+", text):
        text, note = text.replace(" ", ""), notes(note, "spaces taken out")
    addresses = sorted({unwrap(t).lower() for t in _FOUND.findall(text)})
    if len(addresses) != 1:
        return "", f"{len(addresses)} addresses in one answer" if addresses else "not the form of an e-mail address"
    before, _, after = text.lower().partition(addresses[0])
    if before.strip() and not _is_lead_in(before):
        return "", "words stand before the @: a name pasted there, or an address cut in two"
    return addresses[0], notes(note, "taken out of the text around it" if (before + after).strip(" .<>()") else "")


def _is_lead_in(before: str) -> bool:
    """Whether the text before an address shows that the address begins after it."""
    if not before.endswith(" "):
        return before[-1] in '<([{":,;>'
    words = before.split()
    return words[-1] in _LEADS_IN or words[-1][-1] in "<([{:,;-|\u2013>)"


def _judge(address: str, note: str) -> Reading:
    local, _, domain = address.rpartition("@")
    host, problem, doubt = host_of(domain)
    if problem:
        return invalid(problem)
    local = local.lower()
    value = f"{local}@{host}"
    if len(local) > 64 or len(value) > _LONGEST:
        return invalid("too long for an e-mail address")
    if not _PLAIN.fullmatch(value):
        value = _unusual(value)
        if not value:
            return invalid("not the form of an e-mail address")
    if f"{local}@{host.partition('.')[0]}" in _PLACEHOLDER:
        doubt = "a placeholder, not an address"
    elif local in _UNANSWERED:
        doubt = "nobody reads mail to this address"
    return Reading(value, "valid", bool(doubt), notes(doubt, note))


def _unusual(address: str) -> str:
    """An address in letters beyond ASCII, as the library that knows the standards has it; '' if it is none."""
    try:
        parsed = email_validator.validate_email(address, check_deliverability=False)
    except (email_validator.EmailNotValidError, UnicodeError):
        return ""
    value = f"{parsed.local_part.lower()}@{parsed.ascii_domain}"
    return value if clean(value) == value and unwrap(value) == value else ""


def made_up_from(address: str) -> str:
    """The name before a free mail host: whoever invents an address writes the item's there.

    >>> made_up_from("chessclub@gmail.com"), made_up_from("chessclub@example.edu")
    ('chessclub', '')
    """
    local, _, host = address.rpartition("@")
    return local if host in FREE_MAIL else ""


def guess(sample: ColumnSample) -> dict[str, str] | None:
    """No settings, where the answers are addresses; fewer will do in a column that is called so."""
    fits = sample.is_mostly(_ADDRESS, 0.5) or (_COLUMN_WORDS & sample.words and sample.is_mostly(_ADDRESS, 0.2))
    return {} if fits else None


KIND = Kind(
    "email",
    read,
    open=True,
    between=re.compile(r"\s*[;,]\s*"),
    near_miss=near_misses.email,
    guess=guess,
    settings=frozenset({"separator"}),
    made_up_from=made_up_from,
    personal=True,
    is_mail=True,
    record_order=2,
    plain=r"[\w+-]+(?:\.[\w+-]+)*@(?:[a-z0-9]+(?:-+[a-z0-9]+)*\.)+[a-z]{2,}",
    plural="emails",
    width=28,
    crm_column="Email",
)
