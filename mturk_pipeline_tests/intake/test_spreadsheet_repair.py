"""What spreadsheets do to cells is undone by the column of a file, kept beside the row, and is no conflict."""

import json
from pathlib import Path

import pandas as pd
import pytest

from mturk_pipeline.answers.tidying import tidy
from mturk_pipeline.intake import collect
from mturk_pipeline.intake.item_ids import item_ids
from mturk_pipeline.intake.spreadsheet_repair import TRUTH, Use, undo_damage
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.intake.intake_files import checked, row, write
from mturk_pipeline_tests.shared_cases import case


def mended(cells: list[str | None], use: str = "values") -> list[str | None]:
    frame = pd.DataFrame({"a": pd.Series(cells, dtype="str")})
    after = undo_damage(frame, {"a": use}).frame["a"]
    return [None if pd.isna(cell) else cell for cell in after]


@pytest.mark.parametrize(
    ("cells", "use", "after"),
    [
        (["3012345678.0", None, "7.0"], "values", ["3012345678", None, "7"]),
        (["3012345678.0", "4", "#N/A"], "values", ["3012345678", "4", "#N/A"]),
        (["4.0", "3.5"], "values", ["4.0", "3.5"]),
        (["4.0", "Python 3.0"], "values", ["4.0", "Python 3.0"]),
        (["2.0", "3.0"], "text", ["2.0", "3.0"]),
        (["2134.0", "10001.0"], "text", ["2134", "10001"]),
        (["a_x000D_\nb", "_x000d_", "_x005F_x000D_"], "text", ["a\nb", "\n", "_x000D_"]),
        (["cafÃ©", "Müller", "JOÃO"], "text", ["café", "Müller", "JOÃO"]),
        (["a\x00b\x1b", "c"], "text", ["ab", "c"]),
        (["a\x00b\x1b[31m"], "values", ["a\x00b\x1b[31m"]),
        (['="00123"', "=A1"], "keys", ["00123", "=A1"]),
        (["WAHR", "FALSCH", "{}"], "values", ["true", "false", "{}"]),
        (["WAHR", "vielleicht"], "values", ["WAHR", "vielleicht"]),
        (["SAND", "SAND"], "values", ["SAND", "SAND"]),
        (["VRAI", "true"], "values", ["true", "true"]),
        (["WAHR", "FALSCH"], "text", ["WAHR", "FALSCH"]),
        (["0,500", "1,250", "3"], "numbers", ["0.500", "1.250", "3"]),
        (["1,250", "2,500"], "numbers", ["1,250", "2,500"]),
        (["0,5", "1,234.5"], "numbers", ["0,5", "1,234.5"]),
        (["1.234,5", "0,5"], "numbers", ["1234.5", "0.5"]),
        (["cafÃ©", "1.0"], "kept", ["cafÃ©", "1.0"]),
    ],
)
def test_damage_is_judged_by_the_column(cells, use, after):
    assert mended(cells, use) == after


def read(name: str, *files: str, **fields: dict):
    phase = PhaseSpec.model_validate({"keys": ["university"], "fields": fields})
    collected = collect([case(name) / file for file in files], phase)
    return collected, tidy(collected.assignments, phase)


def test_floats_of_pandas(tmp_path):
    phone, text = {"kind": "phone", "region": "DE"}, {"kind": "text"}
    collected, answers = read("02_phone_floats", "results_pandas.csv", phone=phone, zip=text)
    phones = answers[answers["field"] == "phone"]
    assert set(phones["state"]) == {"valid", "blank"}
    assert "+493011234567" in set(phones["value"])
    assert phones["raw"].dropna().str.endswith(".0").all()
    assert phones.loc[phones["state"] == "valid", "note"].str.contains(".0", regex=False).all()
    assert "01139" in set(answers.loc[answers["field"] == "zip", "value"])
    assert any("Answer.phone: 16 cells" in line for line in collected.warnings)


def test_carriage_returns_and_two_downloads_of_one_batch():
    files = ("via_pandas.csv", "Batch_777_batch_results.csv", "Batch_777_xlsxwriter.xlsx")
    fields = {"club": {"kind": "name"}, "email": {"kind": "email"}}
    collected, answers = read("01_x000d", *files, **fields)
    totals = collected.files[["used", "superseded", "quarantined", "conflicting"]].sum().tolist()
    assert totals == [24, 48, 0, 0]
    assert collected.assignments["batch_id"].nunique() == 1
    assert set(answers["state"]) == {"valid"}
    assert answers.loc[answers["field"] == "club", "value"].nunique() == 8


def test_truth_values_of_a_german_spreadsheet():
    collected, answers = read("11_wahr", "german_excel.csv", found={"kind": "boolean"}, kind={"kind": "choice"})
    assert set(answers.loc[answers["field"] == "found", "value"].dropna()) == {"yes", "no"}
    of_kind = answers[answers["field"] == "kind"]
    assert set(of_kind["value"].dropna()) <= {"chess", "go", "chess|go"}
    # Each box's cell is kept beside its row, and the answer that the boxes make says what was undone.
    assert of_kind.loc[of_kind["value"].notna(), "note"].str.contains(TRUTH).all()
    assert not of_kind["raw"].dropna().str.contains("WAHR").any()
    assert collected.assignments["mended"].str.contains('"WAHR"').all()


def test_a_first_line_that_names_the_delimiter():
    collected, _ = read("10_sep_line", "with_sep.csv", email={"kind": "email"})
    assert collected.files["used"].tolist() == [24]


def test_an_untouched_download_has_all_its_rows():
    phase = PhaseSpec.model_validate({"keys": ["item"], "fields": {"stance": {"kind": "choice"}}})
    folder = case("r01_untouched_export_no_final_newline")
    assert collect(sorted(folder.glob("*.csv")), phase).files["used"].tolist() == [9]


def test_the_files_text_is_kept_beside_the_row_and_a_field_can_switch_mending_off(tmp_path):
    path = tmp_path / "b.csv"
    path.write_text("HITId,AssignmentId,WorkerId,Input.u,Answer.Note\nh,a,A1,x,cafÃ©\n", encoding="utf-8")
    for mend, value in ((True, "café"), (False, "cafÃ©")):
        fields = {"note": {"kind": "text", "mend": mend}}
        collected = collect([path], PhaseSpec.model_validate({"keys": ["u"], "fields": fields}))
        assert collected.assignments["Answer.note"].tolist() == [value]
        kept = collected.assignments["mended"].iloc[0]
        assert json.loads(kept)["Answer.note"][0] == "cafÃ©" if mend else pd.isna(kept)


@pytest.mark.parametrize(
    ("clean", "damaged"),
    [
        ("01139", "1139"), ("441234567890", "4.41E+11"), ("1-5", "5-Jan"), ("11-50", "Nov-50"), ("café", "caf?"),
        ("3012345678", "3012345678.0"), ("chess", "#NAME?"), ("1234567890123456789", "1234567890123450000"),
    ],
)  # fmt: skip
def test_a_damaged_download_and_a_clean_one_are_no_conflict(tmp_path, clean, damaged):
    for name, cell in (("a.csv", clean), ("b.csv", damaged)):
        text = f"HITId,AssignmentId,WorkerId,Input.u,Answer.x\nh,a,A1,x,{cell}\n"
        (tmp_path / name).write_text(text, encoding="utf-8")
    for order in (("a.csv", "b.csv"), ("b.csv", "a.csv")):
        collected = collect([tmp_path / name for name in order], None)
        assert collected.assignments["Answer.x"].tolist() == [clean]
        assert collected.files["conflicting"].sum() == 0


def test_other_texts_stay_a_conflict(tmp_path):
    for name, cell in (("a.csv", "chess"), ("b.csv", "go")):
        text = f"HITId,AssignmentId,WorkerId,Input.u,Answer.x\nh,a,A1,x,{cell}\n"
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert collect(sorted(tmp_path.glob("*.csv")), None).files["conflicting"].sum() == 2


def test_a_key_with_and_without_its_float_is_one_item():
    ids = item_ids(pd.DataFrame({"id": ["12.0", "12", "12.5"]}))
    assert ids[0] == ids[1] != ids[2]


def test_every_column_of_a_platform_is_mended_not_its_ids_alone(tmp_path: Path) -> None:
    sound = [row(n, AssignmentStatus="Approved") for n in range(6)]
    wrapped = [{name: f'="{cell}"' for name, cell in cells.items()} for cells in sound]
    escaped = [{**cells, "AssignmentStatus": "Approved_x000D_\n", "WorkTimeInSeconds": "60.0"} for cells in sound]
    expected = checked([write(tmp_path / "b.csv", sound)]).assignments.drop(columns="mended")
    for damaged in (wrapped, escaped):
        found = checked([write(tmp_path / "b.csv", damaged)]).assignments.drop(columns="mended")
        pd.testing.assert_frame_equal(found, expected)


@pytest.mark.parametrize(
    ("cells", "use", "mended"),
    [
        (["4.9E+11", "2125550300.00", "2125550301"], "values", ["4.9E+11", "2125550300", "2125550301"]),
        (["2125550200,0", "2125550201", "7,00"], "values", ["2125550200", "2125550201", "7"]),
        (["1,000", "2,0"], "values", ["1,000", "2,0"]),
        (["WAHR", "falsch", "TRUE", "Falsch"], "values", ["true", "false", "true", "false"]),
        (["Wahr", "falsch"], "values", ["Wahr", "falsch"]),
        (["'01139", "01139", "O'Neill"], "keys", ["01139", "01139", "O'Neill"]),
        (["'2125550100", "'=A1", "'@chess"], "values", ["2125550100", "'=A1", "'@chess"]),
        (
            ["'69 Mustang", "'tis", "'0' or '1'", "'-quoted-'"],
            "values",
            ["'69 Mustang", "'tis", "'0' or '1'", "'-quoted-'"],
        ),
        (["'- one", "'01139"], "text", ["'- one", "01139"]),
        (["2020-01-05 00:00:00", "2021-02-03 00:00:00"], "keys", ["2020-01-05", "2021-02-03"]),
        (["2020-01-05 00:00:00", "2021-02-03 00:00:00"], "values", ["2020-01-05 00:00:00", "2021-02-03 00:00:00"]),
        (["2020-01-05 00:00:00", "11-50"], "keys", ["2020-01-05 00:00:00", "11-50"]),
    ],
)
def test_siblings_of_damage_are_judged_by_their_column(cells: list[str], use: Use, mended: list[str]) -> None:
    frame = pd.DataFrame({"column": cells}, dtype="str")
    assert undo_damage(frame, {"column": use}).frame["column"].tolist() == mended
