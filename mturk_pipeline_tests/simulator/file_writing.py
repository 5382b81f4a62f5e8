"""Writes tables as files: the same table gives the same bytes, on every machine."""

import csv
import re
import zipfile
from collections.abc import Collection
from pathlib import Path
from xml.sax.saxutils import escape

import pandas as pd

_EPOCH = (1980, 1, 1, 0, 0, 0)
_CELL_LIMIT = 32_767  # Excel cuts longer texts
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def write_csv(
    table: pd.DataFrame, path: Path, *, line_end: str = "\n", separator: str = ",", quote_all: bool = True
) -> None:
    """UTF-8, all cells quoted, as platforms give their files out. Turkle ends lines with CRLF."""
    table.to_csv(
        path,
        index=False,
        quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL,
        sep=separator,
        lineterminator=line_end,
        encoding="utf-8",
    )


def write_xlsx(table: pd.DataFrame, path: Path, *, numbers: Collection[str] = (), packed: bool = False) -> None:
    """A workbook of one sheet, as Excel would save the table: header, then texts; '' leaves a cell empty.

    Parameters
    ----------
    numbers
        Columns of whole numbers, which Excel stores as numbers.
    packed
        Compress. Compressed bytes differ between machines, so what has to be the same everywhere is not.
    """
    sheet, texts = _sheet(table, set(numbers))
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations((("officeDocument", "xl/workbook.xml"),)),
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            (("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml"))
        ),
        "xl/worksheets/sheet1.xml": sheet,
        "xl/sharedStrings.xml": texts,
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = 3
            info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
            archive.writestr(info, content.encode("utf-8"), compresslevel=1 if packed else None)


def _sheet(table: pd.DataFrame, numbers: set[str]) -> tuple[str, str]:
    """The sheet's XML and that of its shared strings."""
    header = pd.Series(list(table.columns), dtype="object")
    columns = [table[c].astype("object").fillna("") for c in table.columns]
    codes, uniques = pd.factorize(pd.concat([header, *columns], ignore_index=True))
    strings = "".join(f'<si><t xml:space="preserve">{_xml_text(u)}</t></si>' for u in uniques)
    empty = next((i for i, text in enumerate(uniques) if text == ""), -1)
    wide, high = len(table.columns), len(table)
    letters = [_letters(i) for i in range(wide)]
    rows = ["".join(f'<c r="{a}1" t="s"><v>{c}</v></c>' for a, c in zip(letters, codes[:wide], strict=True))]
    cells = codes[wide:].reshape(wide, high).T.tolist()
    numeric = [str(c) in numbers for c in table.columns]
    for number, row in enumerate(cells, start=2):
        rows.append(
            "".join(
                f'<c r="{a}{number}"><v>{uniques[c]}</v></c>' if n else f'<c r="{a}{number}" t="s"><v>{c}</v></c>'
                for a, c, n in zip(letters, row, numeric, strict=True)
                if c != empty
            )
        )
    body = "".join(f'<row r="{i}">{row}</row>' for i, row in enumerate(rows, start=1))
    sheet = f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>'
    return sheet, f'{_HEAD}<sst xmlns="{_MAIN}" uniqueCount="{len(uniques)}">{strings}</sst>'


def _xml_text(text: str) -> str:
    """Text as Excel stores it: control characters as _x0007_, and no more than a cell holds."""
    text = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", str(text)[:_CELL_LIMIT])
    text = re.sub(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]", lambda m: f"_x{ord(m[0]):04X}_", text)
    return escape(text)


def _letters(index: int) -> str:
    """A column's letters.

    >>> _letters(0), _letters(25), _letters(26), _letters(111)
    ('A', 'Z', 'AA', 'DH')
    """
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _relations(targets: tuple[tuple[str, str], ...]) -> str:
    body = "".join(
        f'<Relationship Id="rId{i}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{body}</Relationships>'


def _content_types() -> str:
    parts = (("workbook", "sheet.main"), ("worksheets/sheet1", "worksheet"), ("sharedStrings", "sharedStrings"))
    body = "".join(f'<Override PartName="/xl/{name}.xml" ContentType="{_TYPES}.{kind}+xml"/>' for name, kind in parts)
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{body}</Types>'
    )
