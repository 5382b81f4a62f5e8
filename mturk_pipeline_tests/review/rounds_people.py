"""What people do to the files they review: which rows they keep, what they write, and how they save them."""

import io
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pandas as pd

from mturk_pipeline.review.decision_words import WORDS
from mturk_pipeline_tests.review.rounds_oracle import Word

NAMES = ["anna.csv", "anna (1).csv", "ben.xlsx", "carla.csv", "Own list.csv"]
DECISIONS = ["accept", "accept", "accept", "fix", "redo", "reject", "drop", "undo", "", "", "nonsense"]
UNKNOWN = ["perhaps", "see above", "acc"]
OWN_COLUMNS = ["seen by", "Notes ", "email address (checked)", "Ω"]


@dataclass(frozen=True)
class Row:
    """A row of a workbook: which item it is, the number of the workbook, and its cells."""

    item: int
    export: int
    cells: dict[str, str]


@dataclass
class PersonsFile:
    """A file as it lies in the folder: its columns, and its rows by item."""

    columns: list[str]
    rows: dict[int, Row] = field(default_factory=dict)


@dataclass
class People:
    """Who reviews one phase: `keys` and `fields` of it, `record` the fields that name a record of a list."""

    keys: list[str]
    fields: list[str]
    record: list[str]
    without_ids: bool

    def save(
        self, before: PersonsFile | None, books: list[dict[int, Row]], chance: Random, of_item: dict[int, Random]
    ) -> PersonsFile:
        """A new state of a file: of each item its row as it was, or out of a workbook, touched or not, or no row."""
        usual = chance.choice(["as it was", "newest", "newest", "older"])
        file = PersonsFile(self._columns(before, usual, chance))
        for item, own in of_item.items():
            habit = usual if own.random() < 0.8 else own.choice(["as it was", "newest", "older"])
            old = before.rows.get(item) if before else None
            book = books[-1] if habit == "newest" else books[own.randrange(len(books))]
            row = old if habit == "as it was" and old else book.get(item)
            # Filtered, deleted, or not yet looked at.
            if row is None or own.random() < 0.3:
                continue
            file.rows[item] = self._touched(row, own) if own.random() < 0.4 else row
        return file

    def _columns(self, before: PersonsFile | None, usual: str, chance: Random) -> list[str]:
        own = ["item_id", "export", "decision", "comment"]
        columns = [*own, *self.keys, *self.fields, *(["email_trust"] if "email" in self.fields else [])]
        if before and usual == "as it was":
            columns = list(before.columns)
        for name in ("comment", "export", *self.fields):
            if chance.random() < 0.06 and name not in self.record:
                columns = [c for c in columns if c != name]
        if chance.random() < 0.15:
            dropped = ["item_id"] if self.without_ids else self.keys
            columns = [c for c in columns if c not in dropped]
        if chance.random() < 0.3:
            columns = [*columns, *chance.sample(OWN_COLUMNS, 1)]
        if chance.random() < 0.3:
            chance.shuffle(columns)
        return list(dict.fromkeys(columns))

    def _touched(self, row: Row, own: Random) -> Row:
        """The row with a decision, edits, a comment, or with a decision taken out."""
        cells = dict(row.cells)
        what = own.random()
        if what < 0.75:
            decision = own.choice(DECISIONS)
            words = WORDS.get(decision, UNKNOWN if decision == "nonsense" else (decision,))
            word = own.choice(words)
            cells["decision"] = own.choice([word, word.upper(), word.title(), f" {word}"])
        if what > 0.5:
            name = own.choice([f for f in self.fields if f not in self.record[-1:]])
            cells[name] = own.choice(["", *texts_for(name, row.item)])
        if own.random() < 0.2:
            cells["comment"] = own.choice(["phoned", "see their page", "not sure"])
        return Row(row.item, row.export, cells)

    def words(self, file: PersonsFile, numbers: dict[int, str]) -> dict[str, Word]:
        """What the file's rows say, by the name under which each is found again; `numbers`: export ids."""
        found = {}
        for row in file.rows.values():
            cells = {c: row.cells.get(c, "") for c in file.columns}
            by_id, named = bool(cells.get("item_id")), cells.get("export") == numbers[row.export]
            own = f"{cells['item_id']} {cells.get('export')}" if by_id else self._key_name(cells)
            raw = cells["decision"].strip()
            found[own] = Word(
                row.item,
                by_id,
                row.export if named else None,
                meaning(raw),
                raw,
                cells.get("comment", ""),
                {f: cells[f] for f in file.columns if f in self.fields},
            )
        return found

    def _key_name(self, cells: dict[str, str]) -> str:
        return "\n".join(cells.get(c, "") for c in (*self.keys, *self.record))


def meaning(raw: str) -> str | None:
    """The decision that a word means; '' for none, None for an unknown word."""
    word = raw.casefold()
    if word in ("", "undo"):
        return word
    return next((decision for decision, words in WORDS.items() if word in words), None)


def texts_for(name: str, item: int) -> list[str]:
    """What the crowd and people may say there: a few values, so that some agree, and what spreadsheets are bad at."""
    if name == "email":
        return [f"a{item}@example.edu", f"b{item}@example.edu", f"c{item}@example.edu", "none"]
    if name in ("website", "club_url"):
        return [f"https://example.edu/{item}", f"https://example.org/{item}", f"https://example.com/{item}", "none"]
    return ["=1+1", "00123", "1234567890123456789", "2026-03-01"]


def written(file: PersonsFile, path: Path, chance: Random) -> bytes:
    """The file's bytes, in the form that the name asks for; rows sorted in some way."""
    rows = [[row.cells.get(c, "") for c in file.columns] for row in file.rows.values()]
    chance.shuffle(rows)
    names = [c.upper() if c in file.columns[:1] and chance.random() < 0.3 else c for c in file.columns]
    ids = chance.choice(["as it is", "small", "without hyphens"])
    if "item_id" in file.columns and ids != "as it is":
        place = file.columns.index("item_id")
        for row in rows:
            row[place] = row[place].lower() if ids == "small" else row[place].replace("-", "")
    if path.suffix == ".xlsx":
        import openpyxl

        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet("Sheet 1")
        for row in ([["A title"]] if chance.random() < 0.2 else []) + [names, *rows]:
            sheet.append([_as_text(sheet, text) for text in row])
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()
    buffer = io.StringIO()
    table = pd.DataFrame(rows, columns=names, dtype="str")
    table.to_csv(buffer, index=False, sep=chance.choice([",", ",", ";", "\t"]))
    return buffer.getvalue().encode(chance.choice(["utf-8", "utf-8-sig", "utf-16"]))


def _as_text(sheet, text: str):
    from openpyxl.cell import WriteOnlyCell

    if text == "":
        return None
    cell = WriteOnlyCell(sheet)
    cell._value, cell.data_type = text, "s"
    return cell
