"""Bounce and unsubscribe files, as mail programs export them or people keep them -> outcome of each address."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from mturk_pipeline.answers.cells import reader
from mturk_pipeline.contracts.leads import Outcomes
from mturk_pipeline.intake.spreadsheet_repair import Use, undo_damage
from mturk_pipeline.kinds import email
from mturk_pipeline.leads.mail_outcome_words import SENT, SOFT, VAGUE, outcome_of, outcome_of_flag, outcome_of_name
from mturk_pipeline.review.problems import problem, problem_table
from mturk_pipeline.sheets.limits import Limits, UnreadableFileError
from mturk_pipeline.sheets.reader import read_file
from mturk_pipeline.sheets.text_tables import TextTable
from mturk_pipeline.vocabulary.file_rules import NO_TABLE, UNREADABLE_FILE
from mturk_pipeline.vocabulary.mail_outcomes import BOUNCED, COMPLAINED, DELIVERED, SUPPRESSED, UNSUBSCRIBED
from mturk_pipeline.workflow.field_spec import FieldSpec

_TABLES = {".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods"}
_ADDRESS_NAMES = (
    "email", "e mail", "email address", "e mail address", "address", "recipient", "emailaddress", "to",
    "e mail adresse", "empfanger", "adresse e mail", "adresse email", "courriel", "destinataire",
)  # fmt: skip
_SENDER_NAMES = ("from", "sender", "reply to", "from address", "absender", "expediteur", "de", "von")
# Columns that say what became of the mail, the most telling first.
_OUTCOME_NAMES = (
    "outcome", "merge status", "mail merge status", "severity",
    "bounce type", "bouncetype", "bounce category", "bounce classification", "type", "event",
    "event type", "category", "status", "email status", "result", "reason", "bounce reason", "error", "code",
    "description",
)  # fmt: skip
_OUTCOME_NAME = re.compile(
    r"(status|statut|reason|grund|raison|motif|bounce|error|fehler|erreur|deliver|zustell|diagnos|outcome|result|ergebnis"
    r"|event|ereignis|evenement|failure|notification|complaint|feedback)"
)
_TIME_NAME = re.compile(r"\b(time|date|at|on|datum|zeit|timestamp)$")
_YES = frozenset({"true", "yes", "y", "x", "t", "ja", "wahr", "oui", "vrai", "si", "verdadero", "✓", "✔"})
_NO = frozenset({"false", "no", "n", "f", "nein", "falsch", "non", "faux", "0", "0.0", "falso", "-"})
# A reason for a bounce that blames the mail and not the address.
_GRAVEST = (COMPLAINED, UNSUBSCRIBED, BOUNCED, SUPPRESSED, SOFT)
# Files of ours that a person copied say nothing of outcomes.
_OURS = frozenset({"lead id", "lead ids"})
_EMAIL = reader(FieldSpec.model_validate({"kind": email.KIND.name}))


class OutcomesRead(NamedTuple):
    """Contents of outcome files: contract `Outcomes`, and unreadable entries, as contract `ReviewProblems`."""

    outcomes: pd.DataFrame
    problems: pd.DataFrame


def read_outcomes(files: Sequence[Path]) -> OutcomesRead:
    """Read outcomes of mail to addresses from any number of files.

    A file counts by its content: it has a column of e-mail addresses (under any header, or without one), and
    columns such as type, status, event or reason, or of yes and no such as `unsubscribed`, say what happened. A list
    without such columns is judged by a name such as `unsubscribed.xlsx`, `spam_reports.csv` or `suppression.csv`;
    `bounces.csv` keeps mail from those in it, and makes nobody bounced. Soft bounces and mail merely sent say nothing.
    Copies of the pipeline's own files are passed over. Never raises for what is wrong with a file.
    """
    parts: list[pd.DataFrame] = []
    problems: list[Problem] = []
    for path in sorted(files, key=lambda p: p.name):
        name = path.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        if path.suffix.casefold() not in _TABLES and outcome_of_name(name) is None:
            continue
        try:
            tables = [_mended(table) for table in read_file(path, Limits(), _names_addresses).tables]
        except UnreadableFileError as error:
            problems.append((name, None, None, None, UNREADABLE_FILE, f"{name} {error}"))
            continue
        with_addresses = [table for table in tables if _address_column(_with_header_as_row(table)[0]) is not None]
        if not with_addresses and any(len(t.frame) for t in tables) and outcome_of_name(name) is not None:
            reason = f"{name} has no column of e-mail addresses: add one"
            problems.append((name, None, None, None, NO_TABLE, reason))
        for table in with_addresses:
            of_table, complaints = _of_table(name, table)
            parts.append(of_table)
            problems += complaints
    table = pd.concat(parts, ignore_index=True) if parts else Outcomes.empty()
    types = {"address": "str", "outcome": "str", "source_file": "str", "source_row": "int64"}
    return OutcomesRead(
        table.astype(types).drop_duplicates(ignore_index=True), problem_table(problem(*each) for each in problems)
    )


Problem = tuple[str, str | None, int | None, str | None, str, str]


def _names_addresses(names: Sequence[str]) -> bool:
    """Whether a row names a column of addresses, and is not a title that holds such a word."""
    return len(names) > 1 and any(_plain(name) in _ADDRESS_NAMES for name in names)


def _mended(table: TextTable) -> TextTable:
    uses: dict[str, Use] = dict.fromkeys(map(str, table.frame.columns), "values")
    return replace(table, frame=undo_damage(table.frame, uses).frame)


def _of_table(name: str, table: TextTable) -> tuple[pd.DataFrame, list[Problem]]:
    """Outcomes in one sheet, and what is wrong with it."""
    frame, rows = _with_header_as_row(table)
    nothing = Outcomes.empty()
    where = (name, table.sheet)
    column = _address_column(frame)
    if column is None:
        return nothing, []
    happened, odd = _outcomes_of(frame, column, outcome_of_name(name))
    if not happened.notna().any():
        if {_plain(c) for c in frame.columns} & _OURS:
            return nothing, []
        reason = (
            f"{name} does not say what became of the mail: add a column status (bounced, unsubscribed, complained, "
            "delivered, suppressed), or call it unsubscribed.csv or suppression.csv"
        )
        return nothing, [(*where, None, None, "no_outcome", reason)]
    problems = [_unknown_word(where, rows[at], odd.name, len(of_word)) for at, of_word in _by_word(odd)]
    counts = (happened.notna() & ~happened.isin([SOFT, SENT, VAGUE])).to_numpy()
    outcomes, bad = _addresses(frame.loc[counts, column], rows[counts], happened[counts])
    no_address = "not an e-mail address: mend it, or delete the row"
    problems += [(*where, row, column, "no_address", f"{name}, row {row}: {no_address}") for row in bad]
    return outcomes.assign(source_file=name), problems


def _with_header_as_row(table: TextTable) -> tuple[pd.DataFrame, np.ndarray]:
    """The table, and each row's number; a file without a header gets one, its first row counts as a row."""
    frame, rows = table.frame, table.numbers
    if not any(_is_address(str(c)) for c in frame.columns):
        return frame, rows
    first = pd.DataFrame([[str(c) for c in frame.columns]], columns=frame.columns, dtype="str")
    whole = pd.concat([first, frame.astype("str")], ignore_index=True)
    whole.columns = [f"column {i + 1}" for i in range(whole.shape[1])]
    return whole, np.concatenate([[max(1, int(rows.min()) - 1) if len(rows) else 1], rows])


def _address_column(frame: pd.DataFrame) -> str | None:
    """The column most of whose filled cells are addresses; one with a usual name among equals."""
    best: tuple[float, bool, str] | None = None
    for column in frame.columns:
        filled = frame[column].dropna()
        if _plain(column) in _SENDER_NAMES:
            continue
        share = float(filled.str.contains("@", regex=False).mean()) if len(filled) else 0.0
        named = _plain(column) in _ADDRESS_NAMES
        if share >= 0.5 and (best is None or (share, named) > best[:2]):
            best = (share, named, str(column))
    return best[2] if best else None


def _outcomes_of(frame: pd.DataFrame, address: str, by_name: str | None) -> tuple[pd.Series, pd.Series]:
    """Each row's outcome (missing for unknown), and its words that are not known.

    The columns of words are asked in turn, then those of yes and no; what none of them says is said by the file's
    name, unless the file tells of everybody whom mail went to.
    """
    flags = _flags(frame, address)
    columns = [c for c in _outcome_columns(frame, address) if c not in flags]
    meanings = [_meanings(frame[c], _plain(c)) for c in columns]
    outcome = pd.Series(None, index=frame.index, dtype=object)
    for meaning in meanings:
        outcome = outcome.mask(outcome.isna() | (outcome.isin([SENT, VAGUE]) & meaning.notna()), meaning)
    if meanings:
        # A bounce with the code of a full mailbox, or called soft in another column, is a soft one.
        soft = np.logical_or.reduce([(m == SOFT).to_numpy() for m in meanings])
        outcome = outcome.mask((outcome == BOUNCED) & soft, SOFT)
    words = frame[columns].bfill(axis=1).iloc[:, 0] if columns else pd.Series(None, index=frame.index, dtype="str")
    unknown = outcome.isna() & words.notna()
    for flag in sorted(set(flags.values()), key=_GRAVEST.index):
        yes = np.logical_or.reduce([_is_yes(frame[c]) for c, of in flags.items() if of == flag])
        outcome = outcome.mask(yes & (outcome.isna() | outcome.isin([SENT, VAGUE, DELIVERED])), flag)
    if by_name == SUPPRESSED:
        # Who keeps an address on the list wants nothing sent there, whatever a column says.
        outcome = outcome.mask(outcome.isna() | outcome.isin([SOFT, SENT, VAGUE, DELIVERED]), SUPPRESSED)
    elif by_name is not None and not flags and not _is_log(frame, meanings):
        outcome = outcome.mask(outcome.isna() | (outcome == VAGUE), SUPPRESSED if by_name == BOUNCED else by_name)
    odd = words.rename(" or ".join(map(str, columns)))[unknown & outcome.isna()]
    return outcome, odd


def _is_log(frame: pd.DataFrame, meanings: Sequence[pd.Series]) -> bool:
    """Whether a file lists everybody whom mail went to: some were reached, or it counts who opened it."""
    counted = any(re.search(r"\b(open|click|repl(y|ie)|offnung|klick|ouvert|clic)", _plain(c)) for c in frame.columns)
    return counted or any(m.isin([SENT, DELIVERED]).any() for m in meanings)


def _outcome_columns(frame: pd.DataFrame, address: str) -> list[str]:
    """Columns that say what became of mail, the most telling first: usual names, then any that sound like it."""
    names = {_plain(c): str(c) for c in reversed(list(frame.columns)) if c != address}
    usual = [names[n] for n in _OUTCOME_NAMES if n in names]
    alike = [c for n, c in reversed(names.items()) if _OUTCOME_NAME.search(n) and not _TIME_NAME.search(n)]
    return list(dict.fromkeys([*usual, *alike]))


def _flags(frame: pd.DataFrame, address: str) -> dict[str, str]:
    """Columns of yes and no, of counts or of times whose header says what yes means, each with that outcome."""
    flags = {}
    for column in map(str, frame.columns):
        outcome = outcome_of_flag(column) if column != address else None
        cells = frame[column].dropna().str.strip().str.casefold()
        cells = cells[cells != ""]
        if outcome is None or (cells.empty and not _TIME_NAME.search(_plain(column))):
            continue
        answered = cells.isin([*_YES, *_NO]) | cells.str.fullmatch(r"\d{1,4}(\.0)?")
        if _TIME_NAME.search(_plain(column)):
            answered |= cells.str.contains(r"\d", regex=True)
        if answered.all() and not cells.str.fullmatch(r"[2456]\d\d(\.0)?").any():
            flags[column] = outcome
    return flags


def _is_yes(column: pd.Series) -> np.ndarray:
    cells = column.fillna("").str.strip().str.casefold()
    return ~cells.isin(["", *_NO]).to_numpy(dtype=bool)


def _meanings(column: pd.Series, header: str) -> pd.Series:
    codes, uniques = pd.factorize(column)
    meanings = np.array([*(outcome_of(str(u)) for u in uniques), None], dtype=object)
    if "bounce" in header and "reason" in header:
        # "SPAM" as a reason is a server's opinion of the mail, and no complaint of a person.
        meanings = np.where(meanings == COMPLAINED, SOFT, meanings)
    return pd.Series(meanings[codes], index=column.index, dtype=object)


def _addresses(cells: pd.Series, rows: np.ndarray, outcomes: pd.Series) -> tuple[pd.DataFrame, list[int]]:
    """One row per address, and the rows in which there is none though the cell is filled."""
    codes, uniques = pd.factorize(cells)
    read = [[r.value for r in _EMAIL(str(u)) if r.value] for u in uniques]
    lists = pd.Series([read[c] if c >= 0 else [] for c in codes], dtype=object)
    bad = rows[(lists.map(len) == 0).to_numpy() & (codes >= 0)]
    table = pd.DataFrame({"address": lists, "outcome": outcomes.to_numpy(), "source_row": rows}).explode("address")
    return table[table["address"].notna()], [int(r) for r in bad[:_SHOWN]]


_SHOWN = 20


def _by_word(odd: pd.Series) -> list[tuple[int, pd.Series]]:
    """Rows by the word that is not known: place of the first, and all of them."""
    return [(int(part.index[0]), part) for _, part in list(odd.groupby(odd, sort=False))[:_SHOWN]]


def _unknown_word(where: tuple[str, str | None], row: int, column: object, rows: int) -> Problem:
    more = f" (and {rows - 1} rows more)" if rows > 1 else ""
    reason = (
        f"{where[0]}, row {row}{more}: the word in column {column} is unknown: write bounced, unsubscribed, "
        "complained, delivered or suppressed"
    )
    return (*where, int(row), str(column), "unknown_word", reason)


def _is_address(text: str) -> bool:
    return "@" in text and any(r.value for r in _EMAIL(text))


def _plain(column: object) -> str:
    """A header in the form in which names are compared.

    >>> _plain("E-Mail_Address ")
    'e mail address'
    """
    letters = unicodedata.normalize("NFKD", str(column).replace("_", " ").replace("-", " ").casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())
