"""Makes a workbook of sheet plans: the looks, drop-downs, colours and links that a reviewer works with."""

import re
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd

from mturk_pipeline.sheets.plans import Column, SheetPlan
from mturk_pipeline.sheets.spreadsheet_safe import excel_text
from mturk_pipeline.sheets.workbook_writer import Book, Cells, print_on_wide_pages, sheet_title

_INFORMATION, _YOURS = "52606D", "1F5FA8"
_QUIET, _LINK, _DONE = "9AA5B1", "1F5FA8", "7B8794"
_LOW, _MIDDLE, _HIGH = "F8B4B4", "FCE8A6", "B7E4C7"
# Only what Excel takes without a warning: an address that it finds odd makes it "repair" the whole file.
_PATH = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*"
_ADDRESS = rf"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{{1,5}})?(?:[/?]{_PATH})?(?:#{_PATH})?"
_LONGEST_ADDRESS = 2_000
_WRAPPED = ("wrapped", "strong", "link")
_LETTERS_PER_WIDTH = 0.95
_MOST_LINES = 6
_MOST_LINKS = 60_000
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def workbook_bytes(plans: Iterable[SheetPlan]) -> bytes:
    """A workbook with these sheets; the same plans give the same bytes."""
    writer = SheetWriter()
    for plan in plans:
        writer.add_plan(plan)
    return writer.to_bytes()


class SheetWriter(Book):
    """A workbook to which whole sheet plans are added."""

    def __init__(self) -> None:
        super().__init__()
        self._looks: dict[str, int] = {}

    def add_plan(self, plan: SheetPlan) -> None:
        """Add the plan's sheet after those that are there."""
        taken = [s.title.casefold() for s in self.workbook.worksheets]
        sheet: Any = self.workbook.create_sheet(sheet_title(plan.title, taken))
        self._looks = self._looks or _registered_looks(sheet)
        self._lay_out(sheet, plan)
        sheet.append(_header_cells(sheet, plan))
        self._rows[id(sheet)] = [self._cells(c) for c in plan.columns]
        self._lines[id(sheet)] = _lines_shown(plan)
        if plan.rows:
            _add_drop_downs(sheet, plan)
            _add_colours(sheet, plan)
            _add_links(sheet, plan)

    def _lay_out(self, sheet: Any, plan: SheetPlan) -> None:
        from openpyxl.styles import Alignment

        sheet.sheet_properties.tabColor = plan.tab
        sheet.freeze_panes = f"{_letter(plan.frozen)}2"
        print_on_wide_pages(sheet)
        sheet.sheet_view.showGridLines = not plan.plain
        sheet.row_dimensions[1].height = 30
        for number, column in enumerate(plan.columns):
            dimension = sheet.column_dimensions[_letter(number)]
            dimension.width, dimension.hidden = column.width, column.hidden
            if column.look not in ("number", "share"):
                # Empty cells are text too: what a person types stays as typed, leading zeros and all.
                dimension.number_format = "@"
            if column.yours:
                dimension.alignment = Alignment(vertical="top", wrap_text=True)
        if not plan.plain and plan.columns:
            sheet.auto_filter.ref = f"A1:{_letter(len(plan.columns) - 1)}{plan.rows + 1}"

    def _cells(self, column: Column) -> Cells:
        """Each cell's XML after its reference; every distinct value is made once."""
        codes, uniques = pd.factorize(column.cells)
        if column.look in ("number", "share"):
            made = [f' s="{self._looks[column.look]}"><v>{value}</v></c>' for value in uniques.tolist()]
        else:
            linked = _are_addresses(uniques) if column.links else [False] * len(uniques)
            styles = [self._looks["link" if link else column.look] for link in linked]
            made = [_text_cell(text, style) for text, style in zip(uniques, styles, strict=True)]
        made.append("")
        cells = [made[code] for code in codes]
        for row, formula in column.formulas.items():
            value = escape(excel_text(column.cells.iloc[row]))
            cells[row] = f' s="{self._looks[column.look]}" t="str"><f>{escape(formula)}</f><v>{value}</v></c>'
        return cells


def _lines_shown(plan: SheetPlan) -> list[int]:
    """How many lines each row needs for its wrapped cells, at most six: the rest is seen in the cell itself."""
    most = np.ones(plan.rows, dtype="int64")
    for column in plan.columns:
        if column.look in _WRAPPED and not column.hidden:
            codes, uniques = pd.factorize(column.cells)
            fits = max(int(column.width * _LETTERS_PER_WIDTH), 1)
            lines = [sum(-(-max(len(part), 1) // fits) for part in text.split("\n")) for text in uniques]
            most = np.maximum(most, np.array([*lines, 1])[codes])
    return np.minimum(most, _MOST_LINES).tolist()


def _text_cell(text: str, style: int) -> str:
    if text == "":
        return ""
    inner = escape(_LOOKS_ESCAPED.sub("_x005F_", excel_text(text)))
    return f' s="{style}" t="inlineStr"><is><t xml:space="preserve">{inner}</t></is></c>'


def _letter(place: int) -> str:
    from openpyxl.utils import get_column_letter

    return get_column_letter(place + 1)


def _are_addresses(texts: Any) -> list[bool]:
    pattern = re.compile(_ADDRESS)
    return [len(t) <= _LONGEST_ADDRESS and pattern.fullmatch(t) is not None for t in texts]


def _registered_looks(sheet: Any) -> dict[str, int]:
    """The numbers of the looks' cell styles."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    grey, blue = Font(name="Calibri", color=_QUIET), Font(name="Calibri", color=_LINK, underline="single")
    looks: dict[str, tuple[Any, str, bool]] = {
        "text": (None, "@", False),
        "wrapped": (None, "@", True),
        "quiet": (grey, "@", False),
        "strong": (Font(name="Calibri", bold=True), "@", True),
        "link": (blue, "@", True),
        "number": (None, "General", False),
        "share": (None, "0.00", False),
    }
    numbers = {}
    for name, (font, number_format, wrap) in looks.items():
        cell = WriteOnlyCell(sheet, "x")
        cell.number_format, cell.alignment = number_format, Alignment(vertical="top", wrap_text=wrap)
        if font is not None:
            cell.font = font
        numbers[name] = cell.style_id
    return numbers


def _header_cells(sheet: Any, plan: SheetPlan) -> list[Any]:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill

    cells = []
    for column in plan.columns:
        cell = WriteOnlyCell(sheet, _LOOKS_ESCAPED.sub("_x005F_", excel_text(column.name)))
        cell.data_type, cell.number_format = "s", "@"
        cell.font = Font(name="Calibri", bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=_YOURS if column.yours else _INFORMATION)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        cells.append(cell)
    return cells


def _add_drop_downs(sheet: Any, plan: SheetPlan) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    names = [c.name for c in plan.columns]
    for number, column in enumerate(plan.columns):
        if column.pick_from:
            first, last = (_letter(names.index(n)) for n in (column.pick_from[0], column.pick_from[-1]))
            rule = DataValidation("list", formula1=f"${first}2:${last}2", allow_blank=True)
            # Anything else may be written too.
            rule.showErrorMessage = False
            rule.add(f"{_letter(number)}2:{_letter(number)}{plan.rows + 1}")
            sheet.data_validations.append(rule)
        if column.choices:
            words = ", ".join(column.choices)
            rule = DataValidation("list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
            rule.errorStyle, rule.showErrorMessage, rule.showInputMessage = "warning", True, True
            rule.errorTitle, rule.error = "Not a known word", f"One of: {words}. Keep it anyway?"
            hint = f"{words}. Leave it empty to decide later. {column.hint}".strip()
            # Excel takes 255 letters.
            rule.promptTitle, rule.prompt = column.name, hint if len(hint) <= 255 else f"{hint[:254]}…"
            rule.add(f"{_letter(number)}2:{_letter(number)}{plan.rows + 1}")
            sheet.data_validations.append(rule)


def _add_colours(sheet: Any, plan: SheetPlan) -> None:
    from openpyxl.formatting.rule import ColorScaleRule, FormulaRule
    from openpyxl.styles import Font

    last = plan.rows + 1
    for number, column in enumerate(plan.columns):
        if column.look == "share":
            scale = ColorScaleRule("num", 0, _LOW, "num", 0.5, _MIDDLE, "num", 1, _HIGH)
            sheet.conditional_formatting.add(f"{_letter(number)}2:{_letter(number)}{last}", scale)
    names = [c.name for c in plan.columns]
    if plan.fades in names:
        done = FormulaRule([f"LEN(${_letter(names.index(plan.fades))}2)>0"], font=Font(color=_DONE))
        sheet.conditional_formatting.add(f"A2:{_letter(len(names) - 1)}{last}", done)


def _add_links(sheet: Any, plan: SheetPlan) -> None:
    """Make addresses clickable. openpyxl writes links with their cells, which are not its here."""
    from openpyxl.worksheet.hyperlink import Hyperlink

    links = []
    for number, column in enumerate(plan.columns):
        if column.links:
            codes, uniques = pd.factorize(column.cells)
            valid = [*_are_addresses(uniques), False]
            letter = _letter(number)
            links += [
                Hyperlink(ref=f"{letter}{row}", target=uniques[code])
                for row, code in enumerate(codes.tolist(), 2)
                if valid[code]
            ]
    sheet._hyperlinks.extend(links[:_MOST_LINKS])
