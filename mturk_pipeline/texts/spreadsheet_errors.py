"""Errors that a spreadsheet shows in a cell instead of an answer: `#NAME?`, `#N/A`, `Err:502`.

A worker's "-chess" or "+1 202 555 0143" becomes a formula when the file is opened and saved: the answer that stood
there is lost. It is no sign that there is none.
"""

import re
import unicodedata

from mturk_pipeline.texts.plain_text import words

LOST_ANSWER = "a spreadsheet's error: the answer is lost"

# Without '#', inverted marks, accents and spaces, small. One line a language, where it differs from English.
_ERRORS = words(
    # English: Excel, LibreOffice, Google Sheets, Numbers
    "null! div/0! div/0 value! ref! name? num! n/a n/a! getting_data gettingdata spill! connect! blocked! unknown! "
    "field! calc! busy! external! python! timeout! error! err! macro? "
    "bezug! wert! nv zahl! uberlauf! kalk! feld! verbinden! blockiert! unbekannt! beschaftigt! datenabrufen "
    "nom? valeur! nombre! nul! propagation! calcul! champ! connexion! bloque! inconnu! occupe! epars! "
    "valor! nombre? nulo! n/d desbordamiento! campo! conectar! bloqueado! desconocido! ocupado! "
    "valore! rif! nome? nullo! espansione! "
    "despejar! derramar! transpor! "
    "waarde! verw! naam? getal! deel/0! leeg! n/b overloop! "
    "arg! adr! nazwa? liczba! dziel/0! zero! rozlanie! "
    "vardefel! vardefel referens! namn? ogiltigt! division/0! skarning! saknas! "
    "værdi! vaerdi! reference! navn? i/t overløb! "
    "verdi! overflyt! "
    "arvo! viittaus! nimi? luku! jako/0! tyhja! puuttuu! puuttuu "
    "hodnota! odkaz! nazev? cislo! deleni_nulou! delenienulou! nenik_dispozici neni_k_dispozici "
    "знач! ссылка! имя? число! дел/0! пусто! н/д перенос! "
    "deger! basv! ad? sayi! sayi/0! bos! yok tasma! "
    "ertek! hiv! nev? szam! zeroooszto! zerooszto! nulla! hianyzik"
)
_NUMBERED = re.compile(r"(?:err|fehler):5\d\d|error20(?:00|07|15|23|29|36|4[2-9]|50)")
_NARROW = re.compile(r"#{3,}")  # a number in a column too narrow to show it
SIGNS = frozenset("#\uff03eEfF \t\r\n'\"=\u200b\ufeff\u00a0")  # what such a cell can begin with
_WORDS = ("err", "feh")
_LONGEST = 40


def is_spreadsheet_error(text: str) -> bool:
    """Whether a whole cell is an error of a spreadsheet, in any case and spacing, in the languages of Europe.

    >>> is_spreadsheet_error(" #n/a "), is_spreadsheet_error("#WERT!"), is_spreadsheet_error("Err:502")
    (True, True, True)
    >>> is_spreadsheet_error("n/a"), is_spreadsheet_error("#chess"), is_spreadsheet_error("Name?")
    (False, False, False)
    """
    if text[:1] not in SIGNS or len(text) > _LONGEST or (text[0].isalpha() and text[:3].lower() not in _WORDS):
        return False
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(c for c in plain if not (c.isspace() or unicodedata.combining(c) or c in "'\"=¡¿\u200b\ufeff"))
    plain = plain.replace("ı", "i")
    if plain.startswith("#"):
        return plain[1:] in _ERRORS or _NARROW.fullmatch(plain) is not None
    return _NUMBERED.fullmatch(plain) is not None
