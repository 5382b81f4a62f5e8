"""Words of mail programs for bounces and unsubscriptions, mapped to the five outcomes that count here."""

import re
import unicodedata

from mturk_pipeline.vocabulary.mail_outcomes import BOUNCED, COMPLAINED, DELIVERED, SUPPRESSED, UNSUBSCRIBED

# Not delivered this time: a full mailbox, a server that was down, a policy. It says nothing about the address.
SOFT = "soft"
# Words of a log that say nothing at all, such as "sent".
VAGUE = "vague"
# On its way to somebody: a file with such rows tells of everybody whom mail went to.
SENT = "sent"

# A mailbox without room takes mail again one day, whatever code the server gave.
_FULL = (
    r"(mail|in|post)?box (is |was )?full|full (mail|in)box|over ?quota|quota|out of storage|insufficient storage|"
    r"storage (is )?full|postfach (ist )?(voll|uberfullt)|speicher\w* (ist )?voll|"
    r"boite (aux lettres |de reception )?(est )?(pleine|saturee)|espace (de stockage )?(insuffisant|sature)"
)
# Read from the top, the first that is found counts; in any case and without accents, '_' and '-' as spaces.
_WORDS = (
    (SOFT, _FULL),
    (SOFT, r"soft|transient|temporar|undetermined|deferred|delayed|block|grey ?list|auto ?respon|out of office"),
    (SOFT, r"not bounced|resubscri|(?<!un)subscribed|\bactive|challenge|policy"),
    (SOFT, r"vorubergehend|verzogert|abwesen|weich|temporaire|differe|absence|pas rebondi"),
    (COMPLAINED, r"complain|spam|abuse|junk|feedback loop|beschwerde|plainte|indesirable"),
    (UNSUBSCRIBED, r"unsub|opt(ed)? ?out|removed? me|abgemeldet|abbestellt|ausgetragen|abmeldung|austragung"),
    (UNSUBSCRIBED, r"desabonn|desinscri"),
    (SUPPRESSED, r"suppress|do not (contact|e?mail|send|call)|\bdn[cm]\b|black ?list|manual|gesperrt|sperrliste"),
    (SUPPRESSED, r"liste noire|ne pas (contacter|envoyer)|nicht (kontaktieren|anschreiben)"),
    (BOUNCED, r"hard|bounce|cleaned|permanent|invalid|undeliver|not (be )?deliver|does(n.t| not) exist|no such"),
    (BOUNCED, r"unknown (user|recipient|address)|(user|recipient|address|account|mailbox|domain) (unknown|not found)"),
    (BOUNCED, r"bad (address|mailbox|destination)|non ?existent|returned|could ?n.t be found|not be found"),
    (BOUNCED, r"unzustellbar|nicht zugestellt|nicht zustellbar|unbekannt|existiert nicht|ungultig|zuruckgewiesen"),
    (BOUNCED, r"rucklaufer|rebond|non (remis|delivre|distribu)|introuvable|inconnue?\b|n.existe pas|invalide"),
    (SENT, r"processed|\bsent|\bsend|queued|accepted|attempted|scheduled|gesendet|versendet|envoye"),
    (VAGUE, r"fail|error|dropped|unknown|other|none|pending|fehler|fehlgeschlagen|echec|erreur"),
    (DELIVERED, r"deliver|open|click|repl(y|ied)|respon(d|se)|zugestellt|geoffnet|geklickt|beantwortet"),
    (DELIVERED, r"delivre|remis|ouvert|clique|repondu"),
)  # fmt: skip
# What a column of yes and no, of a count or of a time is about, by its header; the gravest first.
_FLAGS = (
    (None, r"not bounced|bounce rate|open|click|repl"),
    (COMPLAINED, r"complain|\bspam|abuse|beschwerde|plainte"),
    (UNSUBSCRIBED, r"unsub|opt(ed)? ?out|abgemeldet|abbestellt|desabonn|desinscri"),
    (SOFT, r"soft"),
    (BOUNCED, r"bounce|undeliver|unzustellbar|cleaned?\b|rebond"),
    (SUPPRESSED, r"black ?list|suppress|do not|gesperrt|quarantine"),
)
_ROOM = re.compile(_FULL)
_PATTERNS = tuple((outcome, re.compile(pattern)) for outcome, pattern in _WORDS)
# A server's message has more words than a name for an event; "rejected as spam" is no complaint of a person.
_LONGEST_NAME = 4
_NOT_IN_MESSAGES = (COMPLAINED, DELIVERED, SENT, VAGUE)
_NAMES = (
    (SOFT, r"soft|block|deferr"),
    (BOUNCED, r"bounce|cleaned|undeliver"),
    (UNSUBSCRIBED, r"unsub|opt ?out|opted ?out"),
    (COMPLAINED, r"complain|spam|abuse"),
    (SUPPRESSED, r"suppress|do ?not|\bdn[cm]\b|black ?list"),
    (DELIVERED, r"delivered"),
)
# Mailgun's own codes of mail that it did not send.
_MAILGUN = {"605": BOUNCED, "606": UNSUBSCRIBED, "607": COMPLAINED}
# Enhanced status codes (RFC 3463): X.1.x is about the address; 5.7.x (policy) and 5.2.x (mailbox full) are not.
_CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?:smtp;? ?)?([245])(\d\d)(?:\.0)?(?![\d.])")


def outcome_of(text: str) -> str | None:
    """Outcome named by a word or message; `SOFT`, `SENT` or `VAGUE` for none; None for an unknown text.

    >>> outcome_of("HardBounce"), outcome_of("SPAM_COMPLAINT"), outcome_of("Soft bounce"), outcome_of("blue")
    ('bounced', 'complained', 'soft', None)
    >>> outcome_of("550 5.1.1 user unknown"), outcome_of("452 4.2.2 over quota"), outcome_of("sent")
    ('bounced', 'soft', 'sent')
    """
    plain = _plain(text)
    coded = _of_code(plain)
    if coded is not None:
        return coded
    message = len(plain.split()) > _LONGEST_NAME
    outcomes = (outcome for outcome, pattern in _PATTERNS if pattern.search(plain))
    return next((outcome for outcome in outcomes if not (message and outcome in _NOT_IN_MESSAGES)), None)


def outcome_of_flag(header: str) -> str | None:
    """Outcome of those for whom a column of yes and no, counts or times says yes, by its header; None for none.

    >>> outcome_of_flag("yw_bounce"), outcome_of_flag("Opted out of email"), outcome_of_flag("Opens")
    ('bounced', 'unsubscribed', None)
    """
    plain = _plain(header)
    return next((outcome for outcome, pattern in _FLAGS if re.search(pattern, plain)), None)


def outcome_of_name(file_name: str) -> str | None:
    """Outcome of all addresses in a file, by its name: `bounces.csv`, `unsubscribed_2026.xlsx`, `spam_reports.csv`.

    >>> outcome_of_name("cleaned_email_audience_export.csv"), outcome_of_name("list.csv")
    ('bounced', None)
    """
    plain = _plain(file_name.rpartition(".")[0] or file_name)
    return next((outcome for outcome, pattern in _NAMES if re.search(pattern, plain)), None)


def _plain(text: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[_\-]+", " ", text).casefold().split()
    letters = unicodedata.normalize("NFKD", " ".join(words))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _of_code(text: str) -> str | None:
    """Outcome of an SMTP code; an enhanced one before a plain one, which has to stand first."""
    if code := _CODE.search(text):
        kind, subject, detail = code.groups()
        if kind == "2":
            return DELIVERED
        of_address = subject in ("0", "1") or (subject, detail) in (("4", "4"), ("2", "1"))
        return BOUNCED if kind == "5" and of_address and not _ROOM.search(text) else SOFT
    if reply := _REPLY.match(text):
        if reply[1] == "5" and (reply[2] == "52" or _is_refusal(text)):
            return SOFT
        return {"2": DELIVERED, "4": SOFT, "5": BOUNCED}[reply[1]]
    return _MAILGUN.get(text.removesuffix(".0"))


def _is_refusal(message: str) -> bool:
    """Whether a server says why it took this mail not: no room, its policy, what it thinks of the sender."""
    return re.search(rf"{_FULL}|spam|policy|block|black ?list|reputation|temporar|greylist", message) is not None
