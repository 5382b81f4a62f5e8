"""A real LibreOffice without a window that does what a person does, by a macro of its own Basic."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

FILTERS = {
    ".xlsx": ("Calc MS Excel 2007 XML", ""),
    ".ods": ("calc8", ""),
    # Comma, quotation mark, UTF-8, from line 1, cells as they look.
    ".csv": ("Text - txt - csv (StarCalc)", "44,34,76,1,,0,false,true,false,false,false,0"),
}
_MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Person" script:language="StarBasic">
Function Prop(name, value)
  Dim p As New com.sun.star.beans.PropertyValue
  p.Name = name : p.Value = value
  Prop = p
End Function
Function Used(sheet)
  c = sheet.createCursor()
  c.gotoEndOfUsedArea(False)
  Used = sheet.getCellRangeByPosition(0, 0, c.RangeAddress.EndColumn, c.RangeAddress.EndRow)
End Function
Function ColumnOf(sheet, name)
  For i = 0 To Used(sheet).Columns.Count - 1
    If sheet.getCellByPosition(i, 0).String = name Then
      ColumnOf = i
      Exit Function
    End If
  Next
  Err.Raise(1001, "", "no column " &amp; name)
End Function
Function RowOf(sheet, item)
  c = ColumnOf(sheet, "item_id")
  For i = 1 To Used(sheet).Rows.Count - 1
    If sheet.getCellByPosition(c, i).String = item Then
      RowOf = i
      Exit Function
    End If
  Next
  Err.Raise(1002, "", "no row " &amp; item)
End Function
Sub Work
  Dim doc, parts, words, sheet
  Dim sorting(0) As New com.sun.star.table.TableSortField
  On Error Goto Failed
  n = FreeFile
  Open Environ("PERSON_JOB") For Input As #n
  Do While Not Eof(n)
    Line Input #n, words
    parts = Split(words, Chr(9))
    If parts(0) = "open" Then
      doc = StarDesktop.loadComponentFromURL(parts(1), "_blank", 0, Array(Prop("Hidden", True)))
      sheet = doc.Sheets.getByIndex(0)
    ElseIf parts(0) = "sheet" Then
      sheet = doc.Sheets.getByName(parts(1))
    ElseIf parts(0) = "type" Then
      sheet.getCellByPosition(ColumnOf(sheet, parts(2)), RowOf(sheet, parts(1))).FormulaLocal = parts(3)
    ElseIf parts(0) = "sort" Then
      sorting(0).Field = ColumnOf(sheet, parts(1))
      sorting(0).IsAscending = True
      Used(sheet).sort(Array(Prop("SortFields", sorting()), Prop("ContainsHeader", True)))
    ElseIf parts(0) = "delete row" Then
      sheet.Rows.removeByIndex(RowOf(sheet, parts(1)), 1)
    ElseIf parts(0) = "insert column" Then
      sheet.Columns.insertByIndex(0, 1)
      sheet.getCellByPosition(0, 0).FormulaLocal = parts(1)
    ElseIf parts(0) = "store" Then
      doc.storeToURL(parts(1), Array(Prop("FilterName", parts(2)), Prop("FilterOptions", parts(3))))
    ElseIf parts(0) = "close" Then
      doc.close(True)
    End If
  Loop
  Close #n
  Open Environ("PERSON_JOB") &amp; ".done" For Output As #n
  Close #n
  StarDesktop.terminate()
  Exit Sub
Failed:
  Close
  n = FreeFile
  Open Environ("PERSON_JOB") &amp; ".failed" For Output As #n
  Print #n, words &amp; ": " &amp; Error
  Close #n
  StarDesktop.terminate()
End Sub
</script:module>
"""


def find_soffice() -> str | None:
    """The program, or None."""
    return os.environ.get("MTURK_SOFFICE") or shutil.which("soffice") or shutil.which("libreoffice")


class LibreOffice:
    """One installation with a profile of its own in `folder`."""

    def __init__(self, program: str, folder: Path) -> None:
        self.program, self.folder = program, folder
        self._start([])
        # The first start makes the profile anew; only then can it be given a macro.
        library = folder / "profile" / "user" / "basic" / "Standard"
        index = library / "script.xlb"
        name = 'library:name="Module1"'
        assert name in index.read_text(), f"LibreOffice made another profile than expected: {index.read_text()}"
        index.write_text(index.read_text().replace(name, 'library:name="Person"'))
        (library / "Person.xba").write_text(_MODULE)

    def do(self, *steps: Sequence[str]) -> None:
        """Carry out steps: open, sheet, type (item_id, column, text), sort, delete row, insert column, store, close."""
        job = self.folder / "job"
        job.write_text("\n".join("\t".join(_with_urls(step)) for step in steps), encoding="ascii")
        done, failed = job.with_suffix(".done"), job.with_suffix(".failed")
        done.unlink(missing_ok=True)
        said = self._start(["macro:///Standard.Person.Work"])
        assert done.exists(), failed.read_text() if failed.exists() else said

    def _start(self, arguments: list[str]) -> str:
        profile = (self.folder / "profile").as_uri()
        options = ["--headless", "--norestore", "--nolockcheck", f"-env:UserInstallation={profile}"]
        arguments = arguments or ["--terminate_after_init"]
        environment = {**os.environ, "PERSON_JOB": str(self.folder / "job")}
        done = subprocess.run(
            [self.program, *options, *arguments], env=environment, capture_output=True, text=True, timeout=300
        )
        return f"exit code {done.returncode}: {done.stdout}{done.stderr}"


def _with_urls(step: Sequence[str]) -> list[str]:
    what, *words = step
    if what == "open":
        return [what, Path(words[0]).as_uri()]
    if what == "store":
        return [what, Path(words[0]).as_uri(), *FILTERS[Path(words[0]).suffix]]
    return [what, *words]
