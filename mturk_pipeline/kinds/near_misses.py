"""Near misses: invalid answers that still look like one of their kind, one function a kind.

Whoever writes dean@uni,edu saw an address. It cannot be used, and it is never guessed what was meant; but it speaks
against "there is none". What was typed to fill a field (asdf, 123456), another kind of value, or prose is none.
Each function takes a cleaned text that its kind could not read, and its field.
"""

import re

from mturk_pipeline.kinds.edit_distance import is_close
from mturk_pipeline.kinds.hosts import FREE_MAIL
from mturk_pipeline.kinds.kind import Question
from mturk_pipeline.kinds.networks import page_of
from mturk_pipeline.texts.plain_text import clean, plain_dashes, unwrap, words

# Endings by which a crowd's hosts are known, and the slips that are made of them.
_ENDINGS = (
    r"(?:com|edu|org|net|gov|info|biz|int|mil|co|io|ac|us|uk|de|fr|it|es|nl|be|at|ch|ca|au|nz|in|br|mx|jp|se|no|fi|dk"
    r"|pl|pt|ie|za|eu|con|cmo|ocm|vom|xom|comm|cm|om|edi|eud|eduu|edy|ed|du|ogr|rog|orgg|og|nte|ent|nett)"
)
# None of these stands in a name, so a text is parted in one way only.
_DOTS = r"[.,;:'· ]"
_HOST = rf"[\w-]{{2,63}}(?:{_DOTS}{{1,3}}[\w-]+){{0,8}}{_DOTS}{{1,3}}{_ENDINGS}"
_EMAIL_LIKE = re.compile(rf"[^\s@]+\s*(?:@|\(a\)|\[a\]|[#&*!2\\/]|%40|\s)+\s*{_HOST}\W*", re.IGNORECASE)
_NO_AT = re.compile(rf"[\w+-]+(?:\.[\w+-]+)*\.{_ENDINGS}", re.IGNORECASE)
_FILLER = re.compile(
    r"(.+?)\W*@\W*\1(?:\W.*)?|(?:test|asdf\w*|abc|xyz|xx+|aa+|your\w*|name|user|email)@.*", re.IGNORECASE
)
_SCHEME = re.compile(r"[htps]{3,7}\s*[:;.,]?\s*[/\\]{1,3}|(?:https?|www)\s*[:;.,/ _-]|www\w", re.IGNORECASE)
_LINK_LIKE = re.compile(rf"{_HOST}(?:\s*[/?#:].*)?", re.IGNORECASE)
_NO_PAGE = re.compile(
    r"(?:javascript|vbscript|data|file|mailto|tel|sms|ftp|about|blob|chrome):|[a-z]:\\|\.\.?[/\\]", re.I
)
_LOOK_ALIKE = str.maketrans("oOlIiSsBbZz", "00111558822")
_PHONE_MARKS = re.compile(r"[\d\s().+/\[\]_~,;:*#-]*(?:\s*(?:x|ext\.?|extension)\s*\d*)?", re.IGNORECASE)
_LABEL = re.compile(r"^\W*(?:tel|telephone|phone|ph|call|cell|mobile|office|fax|no|number)\b[\s.:#-]*", re.IGNORECASE)
_DATE = re.compile(r"(?:19|20)\d\d([-/.])\d{1,2}\1\d{1,2}|\d{1,2}([-/.])\d{1,2}\2(?:19|20)?\d\d")
_E_NOTATION = re.compile(r"\d(?:[.,]\d+)?e\+?\d{1,2}", re.IGNORECASE)
_SEQUENCES = "0123456789012345 9876543210987654"
_NUMBER_WORDS = words(
    "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty hundred thousand "
    "dozen couple half zero"
)
_DIGITS = re.compile(r"\d")


def email(text: str, field: Question) -> bool:
    """dean@uni,edu · dean@uni.con · dean@uni · dean2uni.edu · dean smith@uni.edu · a@x.edu and b@x,edu."""
    bare = unwrap(text)
    if "//" in bare or bare.lower().startswith("www") or _FILLER.fullmatch(bare):
        return False
    before, at, after = bare.partition("@")
    if at and before.strip() and re.search(r"[^\W_]{2}", after):
        # "Chess Club@gmail.com" was made up of the item's name; one word before the @ was copied from somewhere.
        made_up = " " in before.strip() and after.strip(" .").lower() in FREE_MAIL
        ended = re.search(rf"{_DOTS}{_ENDINGS}\b", after, re.IGNORECASE)
        return not made_up and bool(ended or "." in after or " " not in after.strip())
    if at:
        return bool(before.strip()) and " " not in before.strip()
    return bool(_EMAIL_LIKE.fullmatch(bare) or (bare.count(".") and _NO_AT.fullmatch(bare) and not _is_page(bare)))


def _is_page(text: str) -> bool:
    """Whether a bare host is a well-known site, not an address without its @."""
    return any(text.lower().endswith(f"{name}.com") for name in ("facebook", "instagram", "twitter", "google"))


def phone(text: str, field: Question) -> bool:
    """(212) 555-010 · 555-0101 · 2l2-555-O1O1 · 3.01235E+09 · two numbers in one cell; no date, no 12345."""
    bare = plain_dashes(unwrap(text))
    if _E_NOTATION.fullmatch(bare):
        return True
    bare = _LABEL.sub("", bare)
    # A part with digits may hold letters that were taken for digits.
    digits = " ".join(p.translate(_LOOK_ALIKE) if _DIGITS.search(p) else p for p in re.split(r"[\s-]+", bare))
    letters = sum(c.isalpha() for c in bare)
    parts = [p for p in re.split(r"\s*(?:,|;|/|\bor\b|\band\b|&)\s*", digits) if p]
    return letters <= 12 and any(_is_phone_like(p) for p in (digits, *parts)) and not _DATE.fullmatch(bare)


def _is_phone_like(text: str) -> bool:
    digits = "".join(_DIGITS.findall(text))
    marked = len(digits) >= 6 and bool(re.search(r"\d[\s().-]+\d", text))
    if not (_PHONE_MARKS.fullmatch(text) and (marked or len(digits) >= 7) and len(digits) <= 20):
        return False
    return len(set(digits)) > 2 and digits not in _SEQUENCES


def url(text: str, field: Question) -> bool:
    """http:/uni.edu · www,uni,edu · https://uni.eud/clubs · uni.edu/club page · two links in one cell."""
    bare = unwrap(text)
    if _NO_PAGE.match(bare) or re.fullmatch(r"(?:\w+:/*)?[\d.:/]*|.*\blocalhost\b.*", bare):
        return False
    if len(re.findall(r"https?://[^\s/]+\.", bare)) > 1:
        return True
    if "@" in bare.partition("/")[0]:
        return False
    begun = _SCHEME.match(bare)
    rest = bare[begun.end() :] if begun else bare
    if begun and len(re.findall(r"[^\W\d_]{2,}", rest)) and len(bare.split(" ")) <= 6:
        return "127.0.0.1" not in bare
    return len(bare.split(" ")) <= 6 and _LINK_LIKE.fullmatch(bare) is not None


def handle(text: str, field: Question) -> bool:
    """facebook.ocm/chess · https//www.instagram.com/chess · @chess club · a post of the network's; no other site."""
    bare = unwrap(text).casefold()
    network = page_of(field.network or "facebook")
    name = re.sub(r"^(?:[htps]{3,7}\s*[:;.,q]?\s*[/\\]{1,3}\s*)?(?:(?:www|m)\w?[.,]?\s*)?", "", bare)
    host, slash, page = name.partition("/")
    near = [h for h in network.hosts if len(h) > 5 and is_close(host.strip(), h, 2)]
    if near and slash and page.strip(" /"):
        return not re.match(r"(?:search|login|sharer|share|home|help|about|policies|explore)\b", page)
    if any(len(h) > 5 and bare.count(f"{h}/") > 1 for h in network.hosts):
        return True
    if bare.startswith("@"):
        return len(bare.split(" ")) <= 4 and re.fullmatch(r"@\s?[\w.' &-]*\w[\w.' &-]*", bare) is not None
    # One word with a mark that names cannot have.
    return bool(re.fullmatch(r"[a-z][\w.-]*[a-z][!$&'*+,~][\w.-]*\w", bare))


def number(text: str, field: Question) -> bool:
    """3-5 · 5-Mar · about a dozen · 12 or 13; a text with a number somewhere is prose."""
    bare = unwrap(plain_dashes(text)).casefold()
    if len(bare) > 30:
        return False
    parts = re.split(r"[\s/-]+", bare)
    return (bool(_DIGITS.search(bare)) and len(parts) <= 6) or (len(parts) <= 3 and bool(_NUMBER_WORDS & set(parts)))


def choice(text: str, field: Question) -> bool:
    """A choice with a slip of the keyboard, or with words after it."""
    answer = clean(unwrap(text).casefold())
    for known in field.choices:
        wanted = clean(known.casefold())
        if len(wanted) > 3 and is_close(answer, wanted, 1 if len(wanted) < 8 else 2):
            return True
        if len(wanted) > 1 and re.match(rf"{re.escape(wanted)}\s*[,.;:(/–-]", answer):
            return True
    return False


def boolean(text: str, field: Question) -> bool:
    """yess · flase · yes, since 2019; 'maybe' and 'yes or no' say neither."""
    word = unwrap(text).casefold()
    if re.match(r"(?:yes|no|true|false)\s*(?:[,.;:(–-]|\b(?:it|they|i|there|but|because|since|not)\b)", word):
        return True
    return any(is_close(word, known, 1) for known in ("yes", "true", "false") if len(word) > 2)
