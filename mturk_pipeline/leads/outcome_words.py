"""What mail programs write when mail bounced or somebody unsubscribed, in the five words that count here."""

import re

BOUNCED, UNSUBSCRIBED, COMPLAINED = "bounced", "unsubscribed", "complained"
DELIVERED, SUPPRESSED = "delivered", "suppressed"
# Not delivered this time: a full mailbox, a server that was down, a policy. It says nothing about the address.
SOFT = "soft"
# Words of a log that say nothing at all, such as "sent".
VAGUE = "vague"

# Read from the top, the first that is found counts; in any case, '_' and '-' as spaces.
_WORDS = (
    (SOFT, r"soft|transient|temporary|undetermined|deferred|delayed|block|auto ?respon|out of office|quota"),
    (SOFT, r"mailbox (is )?full|not bounced|resubscri|(?<!un)subscribed|\bactive|challenge"),
    (COMPLAINED, r"complain|spam|abuse|junk|feedback loop"),
    (UNSUBSCRIBED, r"unsub|opt(ed)? ?out|removed? me"),
    (SUPPRESSED, r"suppress|do not (contact|e?mail|send|call)|\bdn[cm]\b|black ?list|manual"),
    (BOUNCED, r"hard|bounce|cleaned|permanent|invalid|undeliver|not (be )?deliver|does(n.t| not) exist|no such"),
    (BOUNCED, r"unknown user|user unknown|bad (address|mailbox|destination)|non ?existent|returned"),
    (VAGUE, r"fail|processed|sent|send|queued|accepted|attempted|dropped|unknown|other|none|pending"),
    (DELIVERED, r"deliver|open|click|repl(y|ied)"),
)  # fmt: skip
_PATTERNS = tuple((outcome, re.compile(pattern)) for outcome, pattern in _WORDS)
# A server's message has more words than a name for an event; "rejected as spam" is no complaint of a person.
_LONGEST_NAME = 4
_NOT_IN_MESSAGES = (COMPLAINED, DELIVERED, VAGUE)
_NAMES = (
    (SOFT, r"soft|block|deferr"),
    (BOUNCED, r"bounce|cleaned|undeliver"),
    (UNSUBSCRIBED, r"unsub|opt ?out|opted ?out"),
    (COMPLAINED, r"complain|spam|abuse"),
    (SUPPRESSED, r"suppress|do ?not|\bdn[cm]\b|black ?list"),
    (DELIVERED, r"delivered"),
)
# Enhanced status codes (RFC 3463): X.1.x is about the address; 5.7.x (policy) and 5.2.x (mailbox full) are not.
_CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"([245])\d\d(?![\d.])")


def outcome_of(text: str) -> str | None:
    """The outcome that a word or message tells, `SOFT` or `VAGUE` for none; None for what is not understood.

    >>> outcome_of("HardBounce"), outcome_of("SPAM_COMPLAINT"), outcome_of("Soft bounce"), outcome_of("blue")
    ('bounced', 'complained', 'soft', None)
    >>> outcome_of("550 5.1.1 user unknown"), outcome_of("452 4.2.2 over quota"), outcome_of("sent")
    ('bounced', 'soft', 'vague')
    """
    plain = _plain(text)
    coded = _of_code(plain)
    if coded is not None:
        return coded
    message = len(plain.split()) > _LONGEST_NAME
    found = (outcome for outcome, pattern in _PATTERNS if pattern.search(plain))
    return next((outcome for outcome in found if not (message and outcome in _NOT_IN_MESSAGES)), None)


def outcome_of_name(file_name: str) -> str | None:
    """What a file's name says of all addresses in it: `bounces.csv`, `unsubscribed_2026.xlsx`, `spam_reports.csv`.

    >>> outcome_of_name("cleaned_email_audience_export.csv"), outcome_of_name("list.csv")
    ('bounced', None)
    """
    plain = _plain(file_name.rpartition(".")[0] or file_name)
    return next((outcome for outcome, pattern in _NAMES if re.search(pattern, plain)), None)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"(?<=[a-z])(?=[A-Z])|[_\-]+", " ", text).casefold().split())


def _of_code(text: str) -> str | None:
    """The outcome that an SMTP code tells; an enhanced one before a plain one, which has to stand first."""
    if code := _CODE.search(text):
        kind, subject, detail = code.groups()
        if kind == "2":
            return DELIVERED
        of_address = subject in ("0", "1") or (subject, detail) in (("4", "4"), ("2", "1"))
        return BOUNCED if kind == "5" and of_address else SOFT
    if reply := _REPLY.match(text):
        return {"2": DELIVERED, "4": SOFT, "5": BOUNCED}[reply[1]]
    return None
