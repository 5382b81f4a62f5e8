"""The words that spreadsheets write for true and false, language by language, always in capitals."""

from collections.abc import Collection, Mapping

# Language -> its words for true and false. English TRUE and FALSE are read everywhere and need no mending.
TRUTH_WORDS: Mapping[str, tuple[str, str]] = {
    "German": ("WAHR", "FALSCH"),
    "French": ("VRAI", "FAUX"),
    "Spanish": ("VERDADERO", "FALSO"),
    "Italian": ("VERO", "FALSO"),
    "Portuguese": ("VERDADEIRO", "FALSO"),
    "Dutch": ("WAAR", "ONWAAR"),
    "Polish": ("PRAWDA", "FAŁSZ"),
    "Swedish": ("SANT", "FALSKT"),
    "Danish": ("SAND", "FALSK"),
    "Norwegian": ("SANN", "USANN"),
    "Finnish": ("TOSI", "EPÄTOSI"),
    "Czech": ("PRAVDA", "NEPRAVDA"),
    "Hungarian": ("IGAZ", "HAMIS"),
    "Romanian": ("ADEVĂRAT", "FALS"),
    "Turkish": ("DOĞRU", "YANLIŞ"),
    "Russian": ("ИСТИНА", "ЛОЖЬ"),
    "Ukrainian": ("ІСТИНА", "ХИБНІСТЬ"),
    "Greek": ("ΑΛΗΘΗΣ", "ΨΕΥΔΗΣ"),
}
_ENGLISH = frozenset({"TRUE", "FALSE"})
# Words for nothing but true or false: a column may hold one of them alone.
_UNMISTAKABLE = frozenset(
    {"WAHR", "FALSCH", "VRAI", "VERDADERO", "VERDADEIRO", "FALSO", "FAŁSZ", "FALSKT", "ИСТИНА", "ЛОЖЬ"}
)


_ALL = frozenset(word for pair in TRUTH_WORDS.values() for word in pair) | _ENGLISH


def is_truth_word(text: str) -> bool:
    """Whether a spreadsheet of any language writes `text` for true or false, in whatever case it came here.

    >>> is_truth_word("VRAI"), is_truth_word("Vrai"), is_truth_word("yes")
    (True, True, False)
    """
    return text.upper() in _ALL


def language_of(words: Collection[str]) -> str | None:
    """The language both of whose words are among `words`.

    >>> language_of({"WAHR", "FALSCH", "x"}), language_of({"SAND"})
    ('German', None)
    """
    return next((name for name, pair in TRUTH_WORDS.items() if set(pair) <= set(words)), None)


def truth_language(texts: Collection[str], language: str | None) -> dict[str, str] | None:
    """Word -> true or false, where `texts` are truth values of one language and nothing else; None otherwise.

    A word that also means something else (SAND) counts only beside its opposite, or where `language` is known to be
    the file's. Spreadsheets write capitals; beside them other cases count, and so does English.

    >>> truth_language({"WAHR", "falsch", "TRUE"}, None)["falsch"], truth_language({"SAND"}, None)
    ('false', None)
    """
    distinct = set(texts)
    foreign = {text for text in distinct if text.upper() not in _ENGLISH}
    capitals = {text for text in foreign if text.isupper()}
    for name, pair in TRUTH_WORDS.items():
        known = name == language or set(pair) <= capitals or capitals <= _UNMISTAKABLE
        if capitals and known and {text.upper() for text in foreign} <= set(pair):
            meant = {pair[0]: "true", pair[1]: "false", "TRUE": "true", "FALSE": "false"}
            return {text: meant[text.upper()] for text in distinct}
    return None
