"""'There is none' in other words: "no e-mail listed", "couldn't find any", "no tiene", "nicht vorhanden".

Crowds work in many languages. A text says that there is none where it denies that the thing exists, is shown or was
found; not where its worker could not look ("page won't load", "no idea"). Such texts are short.
"""

import re

from mturk_pipeline.texts.plain_text import clean, words

_LONGEST = 90  # characters
_ENGLISH = (
    r"^(?:there(?: is|'s| are)? )?(?:no|none|nil|nothing|zero|without)\b"
    r"|\bnot? (?:any|available|existing|exist|find|found|given|have|listed|mentioned|provided|published|shown|specified"
    r"|present|posted|displayed|stated|included|there|applicable)\b"
    r"|\b(?:do|does|did|have|has)(?: not|n't|nt) (?:exist|have|find|list|show|got|seem to have|appear|any)\b"
    r"|\b(?:can|could)(?: ?not|n't|nt|'t) (?:find|locate|see)\b|\bunable to (?:find|locate)\b"
    r"|\b(?:is|are|was|were)(?: not|n't|nt) (?:any|there|one|available|listed|provided|found|shown|given)\b"
    r"|\b(?:has|have|with|lists|shows) (?:no|none)\b|\bnon[- ]?existent\b|\bnowhere\b|\bmissing from\b"
    r"|\b(?:unavailable|unlisted)\b"
)
# Spanish, Portuguese, French, Italian, German, Dutch, Nordic, Polish, Turkish, Russian, Indonesian, Filipino, Hindi.
_OTHER = (
    r"^(?:no|não|nao) (?:tiene|tienen|hay|existe|existen|aparece|aparecen|consta|figura|disponible|encontrad[oa]s?"
    r"|se encuentra|se encontr[oó]|lo tiene|tem|têm|há|ha|consta|possui|dispon[ií]vel|encontrei|c'?è|presente)\b"
    r"|^(?:ninguno|ninguna|ningún|ningun|nada|nenhum|nenhuma|inexistente|indisponible|sin|sem|senza|sans)\b"
    r"|\b(?:não|nao) (?:tem|há|existe|encontrad[oa]|possui|dispon[ií]vel|consta)\b"
    r"|\b(?:no|non) (?:est[aá]|es) (?:disponible|publicad[oa])\b"
    r"|^(?:aucune?|pas d[e']|pas trouv[ée]e?s?|introuvable|néant|rien)\b|\bn'(?:existe|a|ont|y a)\b.{0,12}\bpas\b"
    r"|\b(?:n'existe pas|non (?:disponible|trouv[ée]e?|renseign[ée]e?|indiqu[ée]e?|précisée?))\b"
    r"|^(?:nessuno|nessuna|niente|assente)\b|\bnon (?:c'è|ce|esiste|ha|presente|trovat[oa]|disponibile|indicat[oa])\b"
    r"|^(?:kein|keine|keiner|keines|keinen|nichts|ohne|fehlt)\b|\bhat keine?n?\b|\bgibt(?: es|'s)? (?:nicht|keine?n?)\b"
    r"|\bnicht (?:vorhanden|verfügbar|verfuegbar|gefunden|angegeben|auffindbar|bekannt gegeben|aufgeführt|gelistet)\b"
    r"|^geen\b|\bniet (?:beschikbaar|gevonden|aanwezig|vermeld|bekend|van toepassing)\b|\bbestaat niet\b"
    r"|^(?:ingen|inget|saknas|finns inte|finnes ikke|ikke (?:funnet|oppgitt|tilgjengelig|fundet)|ei ole)\b"
    r"|^(?:brak|nie ma|nie znaleziono|nie podano)\b|^(?:yok|bulunamadı|mevcut değil)\b"
    r"|^(?:нет|отсутствует|не найден[оаы]?|не указан[оаы]?|не существует)\b"
    r"|^(?:tidak (?:ada|tersedia|ditemukan)|wala)\b|^(?:nahi|nahin) (?:hai|mila)\b|^koi nahi\b"
)
_SAYS_NONE = re.compile(f"{_ENGLISH}|{_OTHER}")
# The worker could not look, or did not: nothing follows from it.
_SAYS_NOTHING = re.compile(
    r"\b(?:no|not) (?:\w+ )?(?:idea|clue|answer|access|data|results?|longer|sure|comments?|questions?|problem|thanks?"
    r"|understand|know|allowed|permitted|able to (?:open|load|access|view|log))\b"
    r"|\b(?:idk|dunno|unsure|skip(?:ped)?|error)\b"
    r"|\b(?:(?:won't|wont|doesn't|doesnt|didn't|didnt|not) (?:load|open|work)(?:ing)?)\b"
    r"|\b(?:dead|broken) link\b|\b(?:log ?in|sign ?in|password|private) (?:required|needed|page|account)\b"
    r"|\b(?:sin|ni|keine?|aucune|nessuna|sem|geen) (?:idea|ahnung|idée|ideia|idee)\b|\bweiß nicht\b|\bno s[eé]\b"
)


# Words of such texts, none of which is mostly a name: a text made of them alone can be shown to anybody.
FOREIGN_WORDS = words(
    "aanwezig adresse ahnung al angegeben appare aucun aucune auffindbar beschikbaar bestaat brak consta correio "
    "correo das de del der des di die disponibile disponible disponível e-mail e-mails ei ein el en encontrada "
    "encontrado encuentra es esiste está existe fehlt figura finns geen gefunden gevonden gibt ha hat hay hier il "
    "inexistente ingen inget introuvable kein keine keinen keiner keines la le les mail mancante na nada nenhum "
    "nenhuma nessun nessuna nessuno nicht nichts nie niente ningun ninguna ninguno ningún no non numero não "
    "número ohne ole pas per pour presente publicado página saknas sans se sem senza sin site sito su telefon "
    "telefono teléfono tem tiene trouvé trovata trovato un una une verfügbar vermeld vorhanden web webseite "
    "website yok"
)


def says_none(text: str) -> bool:
    """Whether a short text says that there is none.

    >>> says_none("Couldn't find any"), says_none("No e-mail listed."), says_none("nicht vorhanden")
    (True, True, True)
    >>> says_none("no idea"), says_none("page does not load"), says_none("Nothing but Treble sings at 9")
    (False, False, False)
    """
    if len(text) > _LONGEST:
        return False
    plain = clean(text).casefold().replace("\u2019", "'").strip(" .,;:!?*'\"()[]-")
    if any(c.isdigit() for c in plain) or _SAYS_NOTHING.search(plain):
        return False
    return _SAYS_NONE.search(plain) is not None


def says_nothing(text: str) -> bool:
    """Whether a text says that its worker could not look or does not know.

    >>> says_nothing("idk, the page won't load"), says_nothing("no website")
    (True, False)
    """
    return _SAYS_NOTHING.search(clean(text[:200]).casefold()) is not None
