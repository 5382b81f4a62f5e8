"""Excel workbooks made of whole tables or of sheet plans: quick, and the same bytes for the same plans.

openpyxl makes the workbook (sheets, widths, filters, drop-downs, colours, links), `workbook_cells` its rows.
"""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, get_args

import numpy as np
import pandas as pd

from mturk_pipeline.lazy import LazyModule
from mturk_pipeline.sheets.plans import Column, Mark, SheetPlan, table_plans
from mturk_pipeline.sheets.workbook_cells import Cells, WorkbookArchive, column_cells, is_address, written_text

_openpyxl: Any = LazyModule("openpyxl")
_styles: Any = LazyModule("openpyxl.styles")
_cell: Any = LazyModule("openpyxl.cell")
_rule: Any = LazyModule("openpyxl.formatting.rule")
_validation: Any = LazyModule("openpyxl.worksheet.datavalidation")
_hyperlink: Any = LazyModule("openpyxl.worksheet.hyperlink")
_comments: Any = LazyModule("openpyxl.comments.comment_sheet")
_excel: Any = LazyModule("openpyxl.writer.excel")

_LONG_AGO = datetime(2000, 1, 1)
_NOT_IN_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f\ud800-\udfff\ufffe\uffff]")
_INFORMATION, _YOURS = "52606D", "1F5FA8"
_QUIET, _LINK, _DONE = "9AA5B1", "1F5FA8", "7B8794"
_SURE, _INK, _LINES = "8A949E", "000000", {"link": "single"}
_DOUBTS = {"doubtful": "FFF3C4", "unlikely": "FBD5D0"}
_MARKED = ("text", "wrapped", "link", "share")
_LOW, _MIDDLE, _HIGH = "F8B4B4", "FCE8A6", "B7E4C7"
_WRAPPED = ("wrapped", "strong", "link", "asked")
_LETTERS_PER_WIDTH = 0.95
_MOST_LINES = 6
_MOST_LINKS, _MOST_NOTES = 60_000, 2_000
_NOTE_LETTERS, _AUTHOR = 60, "mturk_pipeline"  # in a line of a note; whose it is


def xlsx_bytes(sheets: Mapping[str, pd.DataFrame], *, widths: Mapping[str, float] | None = None) -> bytes:
    """A workbook with one sheet for each table: header frozen and bold, filter on, text stored as text.

    A table too long for one sheet goes on in '<title> 2', '<title> 3' …; columns not in `widths` (characters) fit their
    content, 8 to 60.
    """
    return workbook_bytes(plan for title, frame in sheets.items() for plan in table_plans(title, frame, widths))


def workbook_bytes(plans: Iterable[SheetPlan]) -> bytes:
    """A workbook with these sheets; its bytes depend on the plans only, not on the clock."""
    book: Any = _openpyxl.Workbook(write_only=True)
    book.properties.created = book.properties.modified = _LONG_AGO
    rows: dict[str, tuple[list[Cells], Sequence[int]]] = {}
    looks: dict[str, int] = {}
    for number, plan in enumerate(list(plans) or [SheetPlan("empty")], 1):
        sheet = book.create_sheet(sheet_title(plan.title, (s.title.casefold() for s in book.worksheets)))
        looks = looks or _registered_looks(sheet)
        _lay_out(sheet, plan)
        sheet.append(_header_cells(sheet, plan))
        _add_drop_downs(sheet, plan)
        if plan.rows:
            _add_colours(sheet, plan)
            _add_links(sheet, plan)
            _add_notes(sheet, plan)
        rows[f"xl/worksheets/sheet{number}.xml"] = ([column_cells(c, looks) for c in plan.columns], _lines_shown(plan))
    buffer = io.BytesIO()
    _excel.ExcelWriter(book, WorkbookArchive(buffer, rows)).save()
    return buffer.getvalue()


def sheet_title(title: str, taken: Iterable[str] = ()) -> str:
    """`title` as Excel allows it: 31 characters, none of []:*?/\\, not in `taken` (casefolded).

    >>> sheet_title("e-mail: all", ["e-mail  all"])
    'e-mail  all (2)'
    """
    used = set(taken)
    base = _NOT_IN_TITLE.sub(" ", title).strip("' ")[:31] or "sheet"
    name, number = base, 1
    while name.casefold() in used:
        number += 1
        name = f"{base[: 31 - len(f' ({number})')]} ({number})"
    return name


def _lay_out(sheet: Any, plan: SheetPlan) -> None:
    """Widths, formats, filter, what stays in view; printed across, as wide as the page, the header on each page."""
    sheet.sheet_properties.tabColor = plan.tab
    sheet.freeze_panes = f"{_letter(plan.frozen)}2"
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    sheet.sheet_view.showGridLines = not plan.plain
    if plan.tab:
        sheet.row_dimensions[1].height = 30
    for number, column in enumerate(plan.columns):
        dimension = sheet.column_dimensions[_letter(number)]
        dimension.width, dimension.hidden = column.width, column.hidden or column.folded
        if column.folded:
            dimension.outline_level = sheet.sheet_format.outlineLevelCol = 1
        if column.is_text:
            dimension.number_format = "@"
        if column.yours:
            dimension.alignment = _styles.Alignment(vertical="top", wrap_text=True)
    if not plan.plain and plan.columns:
        sheet.auto_filter.ref = f"A1:{_letter(len(plan.columns) - 1)}{plan.rows + 1}"


def _lines_shown(plan: SheetPlan) -> Sequence[int]:
    """Lines that each row needs for its wrapped cells, at most six: the rest is seen in the cell itself.

    Not every program fits heights by itself.
    """
    most = np.ones(plan.rows, dtype="int64")
    for column in plan.columns:
        if column.look in _WRAPPED and not (column.hidden or column.folded):
            codes, uniques = pd.factorize(column.cells)
            fits = max(int(column.width * _LETTERS_PER_WIDTH), 1)
            lines = [sum(-(-max(len(part), 1) // fits) for part in text.split("\n")) for text in uniques]
            most = np.maximum(most, np.array([*lines, 1])[codes])
    return np.minimum(most, _MOST_LINES).tolist()


def _letter(place: int) -> str:
    return _openpyxl.utils.get_column_letter(place + 1)


def _registered_looks(sheet: Any) -> dict[str, int]:
    """The numbers of the looks' cell styles."""
    grey = _styles.Font(name="Calibri", color=_QUIET)
    blue = _styles.Font(name="Calibri", color=_LINK, underline="single")
    looks: dict[str, tuple[Any, str, bool | None]] = {
        "plain": (None, "@", None),
        "time": (None, "yyyy-mm-dd hh:mm:ss", None),
        "text": (None, "@", False),
        "wrapped": (None, "@", True),
        "quiet": (grey, "@", False),
        "asked": (_styles.Font(name="Calibri", color=_INFORMATION), "@", True),
        "strong": (_styles.Font(name="Calibri", bold=True), "@", True),
        "link": (blue, "@", True),
        "address": (blue, "@", False),
        "number": (None, "General", False),
        "share": (None, "0.00", False),
    }
    marked = {f"{name}{mark}": (name, mark) for name in _MARKED for mark in get_args(Mark)}
    numbers = {}
    for name, (look, mark) in {**{n: (n, "") for n in looks}, **marked}.items():
        font, number_format, wrap = looks[look]
        cell = _cell.WriteOnlyCell(sheet, "x")
        cell.number_format = number_format
        if wrap is not None:
            cell.alignment = _styles.Alignment(vertical="top", wrap_text=wrap)
        if mark:
            font = _marked_font(look, mark)
        if mark in _DOUBTS:
            cell.fill = _styles.PatternFill("solid", fgColor=_DOUBTS[mark])
        if font is not None:
            cell.font = font
        numbers[name] = cell.style_id
    return numbers


def _marked_font(look: str, mark: str) -> Any:
    """Grey for a cell that is sure, bold for a doubtful one; a link stays underlined."""
    colour = _SURE if mark == "sure" else _LINK if look == "link" else _INK
    return _styles.Font(name="Calibri", bold=mark != "sure", color=colour, underline=_LINES.get(look))


def _header_cells(sheet: Any, plan: SheetPlan) -> list[Any]:
    cells = []
    for column in plan.columns:
        cell = _cell.WriteOnlyCell(sheet, written_text(column.name))
        cell.data_type, cell.number_format = "s", "@"
        if plan.tab:
            cell.font = _styles.Font(name="Calibri", bold=True, color="FFFFFF")
            cell.fill = _styles.PatternFill("solid", fgColor=_YOURS if column.yours else _INFORMATION)
            cell.alignment = _styles.Alignment(vertical="center", wrap_text=True)
        else:
            cell.font = _styles.Font(bold=True)
        cells.append(cell)
    return cells


def _add_drop_downs(sheet: Any, plan: SheetPlan) -> None:
    names = [c.name for c in plan.columns]
    for number, column in enumerate(plan.columns):
        rules = [_words_rule(column)] if column.choices else []
        if column.pick_from:
            first, last = (_letter(names.index(n)) for n in (column.pick_from[0], column.pick_from[-1]))
            rule = _validation.DataValidation("list", formula1=f"${first}2:${last}2", allow_blank=True)
            # Anything else may be written too.
            rule.showErrorMessage = False
            rules.append(rule)
        for rule in rules:
            rule.add(f"{_letter(number)}2:{_letter(number)}{max(plan.rows, 1) + 1}")
            sheet.data_validations.append(rule)


def _words_rule(column: Column) -> Any:
    """The list of words of a column, with a hint; another word is refused, or kept after a question."""
    rule = _validation.DataValidation("list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
    rule.showErrorMessage = rule.showInputMessage = True
    words = ", ".join(column.choices)
    if column.only_choices:
        rule.errorStyle, rule.errorTitle, rule.error = "stop", f"Not a {column.name}", f"One of: {words}."
        hint = column.hint
    else:
        rule.errorStyle, rule.errorTitle = "warning", "Not a known word"
        rule.error = f"One of: {words}. Keep it anyway?"
        hint = f"{words}. Leave it empty to decide later. {column.hint}".strip()
    # Excel takes 255 letters.
    rule.promptTitle, rule.prompt = column.name, hint if len(hint) <= 255 else f"{hint[:254]}…"
    return rule


def _add_colours(sheet: Any, plan: SheetPlan) -> None:
    last = plan.rows + 1
    for number, column in enumerate(plan.columns):
        if column.look == "share":
            scale = _rule.ColorScaleRule("num", 0, _LOW, "num", 0.5, _MIDDLE, "num", 1, _HIGH)
            sheet.conditional_formatting.add(f"{_letter(number)}2:{_letter(number)}{last}", scale)
    names = [c.name for c in plan.columns]
    if plan.fades in names:
        done = _rule.FormulaRule([f"LEN(${_letter(names.index(plan.fades))}2)>0"], font=_styles.Font(color=_DONE))
        sheet.conditional_formatting.add(f"A2:{_letter(len(names) - 1)}{last}", done)


def _add_links(sheet: Any, plan: SheetPlan) -> None:
    """Make addresses clickable. openpyxl writes links with their cells, which are not its here."""
    links = []
    for number, column in enumerate(plan.columns):
        addresses = column.cells if column.links else column.targets
        if addresses is not None:
            codes, uniques = pd.factorize(addresses)
            valid = [*map(is_address, uniques), False]
            letter = _letter(number)
            links += [
                _hyperlink.Hyperlink(ref=f"{letter}{row}", target=uniques[code])
                for row, code in enumerate(codes.tolist(), 2)
                if valid[code]
            ]
    sheet._hyperlinks.extend(links[:_MOST_LINKS])


def _add_notes(sheet: Any, plan: SheetPlan) -> None:
    """Notes of cells; a sheet has at most `_MOST_NOTES`, for each is a drawing."""
    for number, column in enumerate(plan.columns):
        texts = [] if column.notes is None else column.notes.tolist()[:_MOST_NOTES]
        for row, text in enumerate(texts, 2):
            if text:
                lines = sum(1 + len(part) // _NOTE_LETTERS for part in text.split("\n"))
                note = _comments.CommentRecord(
                    ref=f"{_letter(number)}{row}", author=_AUTHOR, height=16 + 16 * lines, width=400
                )
                note.text.t = written_text(text)
                sheet._comments.append(note)
