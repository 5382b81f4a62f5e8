"""A stranger's file: what it holds, and a phase that reads it."""

import os
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mturk_pipeline.intake.inspection import inspect_file
from mturk_pipeline.intake.kind_guesses import guess_kind
from mturk_pipeline.intake.suggested_phase import suggest_phase
from mturk_pipeline.sheets.limits import UnreadableFileError
from mturk_pipeline.workflow.loading import load_workflow
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.intake.intake_files import checked, row, write
from mturk_pipeline_tests.shared_cases import case

BASE = {k: v for k, v in row(0).items() if not k.startswith(("Input.", "Answer."))}


def phase_of(*paths: Path) -> PhaseSpec:
    """The suggested phase, having read every good row of the files."""
    content = yaml.safe_load(suggest_phase(list(paths)))
    assert content["type"] == "mturk_pipeline.components.Phase"
    spec = PhaseSpec(**content["attributes"])
    without, with_phase = checked(paths, None), checked(paths, spec)
    assert with_phase.files["used"].tolist() == without.files["used"].tolist()
    return spec


def made(path: Path, columns: dict[str, list[str]]) -> Path:
    """A batch with three answers to each of its HITs; Input columns have a value a HIT, Answer columns one a row."""
    hits = len(next(v for k, v in columns.items() if k.startswith("Input.")))
    rows = []
    for n in range(3 * hits):
        cells = {k: v[n // 3] if k.startswith("Input.") else v[n % len(v)] for k, v in columns.items()}
        rows.append(BASE | {"HITId": f"3H{n // 3}", "AssignmentId": f"3A{n}", "WorkerId": f"A{n % 4}"} | cells)
    return write(path, rows)


def test_a_lead_batch(tmp_path):
    path = made(
        tmp_path / "b.csv",
        {
            "Input.university": ["U1", "U1", "U2", "U2"],
            "Input.club": ["Chess", "Go", "Chess", "Go"],
            "Answer.email_1": ["a@example.edu", "b@example.edu", "none"],
            "Answer.email_2": ["", "c@example.edu"],
            "Answer.facebook": ["facebook.com/x", "@x"],
            "Answer.phone": ["(201) 555-0100", "+1 201 555 0101"],
            "Answer.website": ["https://x.example.edu", "x.example.edu/chess"],
            "Answer.contactName": [f"Person {n}" for n in range(12)],
            "Answer.active": ["yes", "no"],
            "Answer.members": [str(n) for n in range(10, 22)],
            "Answer.mood": ["good", "bad", "fair"],
            "Answer.comment": ["nice task", ""],
        },
    )
    spec = phase_of(path)
    assert list(spec.keys) == ["university", "club"]
    kinds = {name: field.kind for name, field in spec.fields.items()}
    assert kinds == {
        "email": "email", "facebook": "handle", "phone": "phone", "website": "url", "contactName": "name",
        "active": "boolean", "members": "number", "mood": "choice", "comment_answer": "remark",
    }  # fmt: skip
    assert list(spec.fields["email"].columns) == ["email_1", "email_2"]
    assert spec.fields["facebook"].network == "facebook"
    assert "comment_answer" not in spec.gates
    assert spec.assignments_per_item == 3


def test_a_list_of_records(tmp_path):
    columns = {"Input.university": ["U1", "U2"]}
    for n in (1, 2, 3):
        columns[f"Answer.club_{n}_name"] = [f"Chess Club {n}", f"Go Club {n}"]
        columns[f"Answer.club_{n}_url"] = [f"https://c{n}.example.edu"]
    spec = phase_of(made(tmp_path / "b.csv", columns))
    assert list(spec.record_fields) == ["club_name", "club_url"]
    assert list(spec.fields["club_url"].columns) == ["club_{n}_url"]
    assert list(spec.keys) == ["university"]


@pytest.mark.parametrize("number", ["headline{}", "headline_{}", "h {} text"])
@pytest.mark.parametrize("first", [0, 1])
def test_questions_numbered_like_inputs_are_slots_of_the_hit(tmp_path, number, first):
    places = range(first, first + 3)
    columns = {f"Input.{number.format(n)}": [f"Text {n} {h}" for h in range(4)] for n in places}
    columns |= {f"Input.size{n}": ["3", "4", "3", "4"] for n in places}
    columns |= {f"Answer.name{n}": ["Some Name", "Other Name", "Third One"] for n in places}
    columns |= {"Answer.comment": ["", "nice"]}
    spec = phase_of(made(tmp_path / "b.csv", columns))
    assert list(spec.key_columns.values()) == [number.format("{i}")]
    assert {f: spec.columns_of(f) for f in spec.fields} == {"name": ("name{i}",), "comment_answer": ("comment",)}
    assert spec.fields["name"].gate
    assert not spec.fields["comment_answer"].gate


def test_slots_whose_items_come_back_and_that_need_an_input_of_the_whole_hit(tmp_path):
    columns = {f"Input.adj_{n}": ["keen", "dull", "calm", "wide"] for n in (1, 2)}
    columns |= {f"Answer.adj_{n}": ["good", "bad"] for n in (1, 2)}
    again = phase_of(made(tmp_path / "a.csv", columns))
    assert again.key_columns == {"adj": "adj_{i}"}
    assert list(again.fields) == ["adj_answer"]
    pages = {"Input.page": list("ABCD"), "Input.adj_1": ["keen"] * 4, "Input.adj_2": ["dull"] * 4}
    columns = {**pages, **{c: v for c, v in columns.items() if c.startswith("Answer.")}}
    assert phase_of(made(tmp_path / "b.csv", columns)).keys == ["page", "adj"]


def test_numbers_that_inputs_do_not_have_make_no_slots(tmp_path):
    columns = {f"Input.image_{n}": [f"{n}{h}" for h in range(4)] for n in (1, 2)}
    assert not phase_of(made(tmp_path / "a.csv", {**columns, "Answer.better": ["a", "b"]})).has_slots
    pools = {"Input.club": list("abcd"), **{f"Answer.email_{n}": [f"x{n}@example.edu"] for n in (1, 2)}}
    assert not phase_of(made(tmp_path / "b.csv", pools)).has_slots


def test_a_column_for_each_item_is_told_with_what_to_do(tmp_path):
    rows = []
    for n in range(12):
        asked = {f"Answer.t{1000 + 7 * (4 * (n // 3) + k)}_mood": "good" for k in range(4)}
        rows.append(BASE | {"HITId": f"3H{n // 3}", "AssignmentId": f"3A{n}", "WorkerId": f"A{n % 4}"} | asked)
    path = write(tmp_path / "b.csv", rows)
    told = "16 answer columns, such as Answer.t1000_mood and Answer.t1007_mood, are each answered in one HIT only"
    assert f"# {told}" in suggest_phase([path])
    assert "inputs numbered alike (item_1, item_2)" in suggest_phase([path])
    assert any(told in note for note in inspect_file(path).warnings)


def test_inputs_that_identify_nothing_are_no_keys(tmp_path):
    spec = phase_of(made(tmp_path / "b.csv", {"Input.x": ["-", "-", "-"], "Answer.y": ["a", "b"]}))
    assert not spec.keys


def test_awkward_names(tmp_path):
    columns = {
        "Input.value": ["a", "b"], "Input.url": ["https://a.example.edu", "https://b.example.edu"],
        "Answer.url": ["x"], "Answer.item_id": ["x"], "Answer.POLITICAL POSITION": ["x"], "Answer.2": ["x"],
        "Answer.ключ": ["x"], "Answer.priority": ["x"], "Answer.url_trust": ["x"], "Answer.class: [x]": ["x"],
    }  # fmt: skip
    spec = phase_of(made(tmp_path / "b.csv", columns))
    assert list(spec.keys) == ["url"]
    assert len(spec.fields) == 8
    assert all(name.isidentifier() for name in spec.fields)


def test_ticked_boxes_become_a_set(tmp_path):
    columns = {"Input.x": ["a", "b"], "Answer.Car.Car": ["true", "false"], "Answer.Car.Bus": ["true", "true", "false"]}
    spec = phase_of(made(tmp_path / "b.csv", columns))
    assert spec.fields["Car"].kind == "choices"


def test_digits_with_leading_zeros_are_text(tmp_path):
    columns = {
        "Input.x": [f"U{n}" for n in range(12)],
        "Answer.unit": ["07", "11", "21"],
        "Answer.key": ["7", "0012", "145"],
        "Answer.zip": ["90210", "94103", "10001"],
        "Answer.phone_ext": ["003", "013", "023"],
        "Answer.members": [str(n) for n in (10, 5, 120, 33, 8)],
        "Answer.share": ["0.5", "0,25", "0"],
        "Answer.rating": ["1", "2", "3", "4"],
        "Answer.phone": ["0301234567", "0307654321"],
    }
    kinds = {name: field.kind for name, field in phase_of(made(tmp_path / "b.csv", columns)).fields.items()}
    assert kinds == {
        "unit": "text", "key": "text", "zip": "text", "phone_ext": "text", "members": "number", "share": "number",
        "rating": "rating", "phone": "phone",
    }  # fmt: skip


def test_labels_of_a_choice_come_back_on_other_items(tmp_path):
    hits = [f"U{n}" for n in range(10)]
    columns = {
        "Input.x": hits,
        "Answer.street": [f"{n // 3} Main Street" for n in range(30)],
        "Answer.town": [f"Town {n // 3}" for n in range(30)],
        "Answer.mood": ["good", "good", "bad", "fair"],
    }
    kinds = {name: field.kind for name, field in phase_of(made(tmp_path / "b.csv", columns)).fields.items()}
    assert kinds == {"street": "text", "town": "name", "mood": "choice"}


def test_one_item_alone():
    asked = ["U"] * 30
    assert guess_kind("street", ["Ames"] * 3, 1, asked[:3]).kind == "text"
    assert guess_kind("gender", ["female", "male", "female"] * 10, 1, asked).kind == "choice"


def test_errors_of_a_spreadsheet_and_links_with_blanks_are_no_kind_of_their_own():
    assert guess_kind("page", ["https://x.edu/Student Life/Clubs.aspx", "https://x.edu/a", "#NAME?"], 3).kind == "url"
    assert guess_kind("phone", ["4.92E+11", "4.93E+11", "#N/A"], 3).kind == "phone"
    assert guess_kind("found", ["yes", "no", "#REF!"], 3).kind == "boolean"


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("05_url_spaces", {"url": "url", "facebook": "handle"}),
        ("17_pilot_names", {"club_name": "name", "president": "name", "town": "name", "zip": "text"}),
        ("18_leading_zeros", dict.fromkeys(["zip", "zip_code", "room", "student_id", "phone_ext"], "text")),
        ("r02_sliders", {"QColoring": "rating"}),
    ],
)
def test_shared_cases(name, kinds):
    spec = phase_of(next(case(name).glob("*.csv")))
    assert {field: spec.fields[field].kind for field in spec.fields} == kinds


def test_nothing_to_suggest_from_is_said(tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(UnreadableFileError, match=r"x\.csv has no column"):
        suggest_phase([tmp_path / "x.csv"])


@given(st.text(max_size=12), st.lists(st.text(max_size=20), max_size=8), st.integers(1, 50))
def test_any_column_has_some_kind(name, values, items):
    assert guess_kind(name, values, items).kind


def test_inspection_counts_and_names_nobody(tmp_path):
    rows = [row(n) for n in range(7)] + [row(6), row(8, WorkerId="")]
    rows[0] |= {"AssignmentStatus": "Approved", "ApprovalTime": "2020-02-25 13:54:30 UTC"}
    inspection = inspect_file(write(tmp_path / "b.csv", rows))
    assert (inspection.rows, inspection.used, inspection.superseded, inspection.quarantined) == (9, 7, 1, 1)
    assert inspection.answers_per_hit == {1: 1, 3: 2}
    assert inspection.auto_approved == 1
    assert inspection.answer_columns["email_2"] == 0
    lines = dict(inspection.summary())
    assert lines["rows"] == "9 = 7 used + 1 superseded + 1 quarantined"
    assert lines["set aside"]
    assert "WORKER" not in str(lines)
    assert "example.edu" not in str(lines)


def test_inspection_of_a_broken_file(tmp_path):
    (tmp_path / "x.csv").write_bytes(b"\x89PNG....")
    inspection = inspect_file(tmp_path / "x.csv")
    assert inspection.summary() == [("problem", inspection.problem)]


SHARED = os.environ.get("MTURK_SHARED_DATA")


@pytest.mark.skipif(not SHARED, reason="MTURK_SHARED_DATA names no folder of real batches")
def test_real_batches_go_through_without_an_edit():
    files = [p for d in ("batches", "simulated") for p in sorted(Path(SHARED or "", d).rglob("*.csv"))]
    results = [p for p in files if "truth" not in p.name]
    assert len(results) == 14
    for path in results:
        assert inspect_file(path).problem is None
        phase_of(path)
    growing = [p for p in results if "2793686" in p.name]
    collected = checked(growing, None)
    assert len(collected.assignments) == 117
    assert collected.files["superseded"].tolist() == [62, 0]
    assert collected.assignments["status"].unique().tolist() == ["Submitted"]
    assert str(collected.assignments["submitted_at"].min()) == "2017-05-06 19:10:53+00:00"


def test_kinds_of_surveys(tmp_path):
    """Sets, scales, levels, free texts, exact texts, single boxes; what a page notes of its worker is no field."""
    items = [n // 3 for n in range(30)]
    columns = {
        "Input.image": [f"i{n}.jpg" for n in range(10)],
        "Input.caption": [f"caption {n}" if n % 2 else "" for n in range(10)],
        "Answer.tags.cat": ["true", "false"],
        "Answer.tags.dog": ["false", "true", "true"],
        "Answer.agree.on": ["true", "false"],
        "Answer.slider": [str(9 * i + n % 3) for n, i in enumerate(items)],
        "Answer.stars": ["3", "4", "5", "1"],
        "Answer.story": [f"A tale of {n}, told by the fire one night" for n in range(30)],
        "Answer.word": [f"w{i}" for i in items],
        "Answer.caption_fits": ["yes" if i % 2 and n % 3 else "no" if i % 2 else "" for n, i in enumerate(items)],
        "Answer.startTime": [str(1492462000000 + n) for n in range(30)],
        "Answer.submitButton": ["Submit"],
        "Answer.feedback": ["thank you", ""],
    }
    spec = phase_of(made(tmp_path / "b.csv", columns))
    fields = spec.fields
    assert {name: field.kind for name, field in fields.items()} == {
        "tags": "choices", "agree": "boolean", "slider": "rating", "stars": "rating", "story": "text", "word": "text",
        "caption_fits": "boolean", "feedback": "remark",
    }  # fmt: skip
    assert fields["slider"].scale == [0, 100]
    assert fields["stars"].levels == ["1", "2", "3", "4", "5"]
    assert (fields["story"].exact, fields["word"].exact) == (False, True)
    assert fields["caption_fits"].asked_if == "caption"
    assert set(spec.gates) == {"tags", "agree", "caption_fits"}


def test_three_columns_of_keywords_are_one_set(tmp_path):
    words = [("sea", "wind", "sail"), ("wind", "sail", "sea"), ("sail", "sea", "wind")]
    columns = {"Input.poem": [f"p{n}" for n in range(10)]}
    for place in range(3):
        columns[f"Answer.keyword{place + 1}"] = [f"{words[n % 3][place]}{n // 3}" for n in range(30)]
    spec = phase_of(made(tmp_path / "b.csv", columns))
    assert spec.fields["keyword"].kind == "choices"
    assert list(spec.fields["keyword"].columns) == ["keyword1", "keyword2", "keyword3"]


def test_two_versions_of_a_form_are_one_question(tmp_path):
    columns = {
        "Input.x": [f"U{n}" for n in range(10)],
        "Answer.category_0": ["cat" if n < 15 else "" for n in range(30)],
        "Answer.category_0.label": ["" if n < 15 else "dog" for n in range(30)],
    }
    spec = phase_of(made(tmp_path / "b.csv", columns))
    assert list(spec.fields) == ["category_0"]
    assert list(spec.fields["category_0"].columns) == ["category_0", "category_0.label"]


def test_words_with_commas_between_them_are_a_set_whose_separator_is_said(tmp_path):
    columns = {
        "Input.x": [f"U{n}" for n in range(10)],
        "Answer.colours": ["red, green", "green", "red, blue"],
        "Answer.how": ["Yes, always", "Yes, always", "No"],
        "Answer.boxes": ["Yes, always|No", "No", "Yes, always"],
    }
    fields = phase_of(made(tmp_path / "b.csv", columns)).fields
    assert (fields["colours"].kind, fields["colours"].separator) == ("choices", ",")
    assert (fields["boxes"].kind, fields["boxes"].separator) == ("choices", None)
    assert fields["how"].kind == "choice"


def test_each_field_says_its_settings_in_full(tmp_path):
    answers = {f"Answer.rating{n}": [str(1 + (n + k) % 5) for k in range(12)] for n in (1, 2, 3)}
    text = suggest_phase([made(tmp_path / "b.csv", {"Input.page": list("abcdefgh"), **answers})])
    fields = yaml.safe_load(text)["attributes"]["fields"]
    assert len(fields) == 3
    assert all(field["levels"] == ["1", "2", "3", "4", "5"] for field in fields.values())
    assert "&" not in text
    assert "*" not in text


@pytest.mark.parametrize(("opinions", "end"), [(5, "5_results"), (1, "5_allLeads")])
def test_a_survey_with_one_contact_says_what_its_workflow_ends_in_and_how_to_change_it(tmp_path, opinions, end):
    columns = {"Input.picture": list("abcd"), "Answer.email": [f"w{n}@example.edu" for n in range(12)]}
    columns |= {f"Answer.agree_{n}": ["yes", "no", "yes"] for n in range(opinions)}
    text = suggest_phase([made(tmp_path / "b.csv", columns)])
    folder = tmp_path / "survey"
    (folder / "ask").mkdir(parents=True)
    (folder / "ask/defs.yaml").write_text(text)
    assert load_workflow(folder).folder_names[-1] == end
    assert "# email: contacts" in text if end == "5_allLeads" else "# Mostly opinions" in text
    lines = [line[4:] for line in text.splitlines() if line.startswith("#   ")]
    (folder / "all_leads").mkdir()
    (folder / "all_leads/defs.yaml").write_text("\n".join(lines))
    assert {load_workflow(folder).folder_names[-1], end} == {"5_results", "5_allLeads"}
