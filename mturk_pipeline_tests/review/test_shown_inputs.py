"""What reviewers see of what was asked, where it stands, and what is said in one line."""

import io
from dataclasses import replace

import openpyxl
import pandas as pd
import pytest
from pydantic import ValidationError

from mturk_pipeline.intake.column_names import unknown_inputs
from mturk_pipeline.intake.shown_guesses import suggest_show
from mturk_pipeline.review.first_screen import SCREEN, frozen_columns, shared_out
from mturk_pipeline.review.short_reasons import shortest
from mturk_pipeline.review.shown_inputs import header_of, input_columns, shown_names
from mturk_pipeline.review.workbook import workbook_bytes
from mturk_pipeline.sheets.plans import Column
from mturk_pipeline.workflow.phase_spec import PhaseSpec

INPUTS = pd.DataFrame(
    {
        "parent_item_id": ["I1", "I2"],
        "guid": ["g1", "g2"],
        "claim": ["Earth is flat", "Water is wet"],
        "link": ["https://www.x.org/1", "https://x.org/2"],
        "photo": ["https://x.org/a%20b.png?s=1", ""],
        "mood": ["typed", "in"],
        "language": ["en", "en"],
        "empty": ["", ""],
        "offer_id": ["O1", "O2"],
    }
)
ROWS = pd.DataFrame({"parent_item_id": ["I2", "I1", None], "guid": ["g2", "g1", "own"]})


def phase(**settings: object) -> PhaseSpec:
    return PhaseSpec.model_validate({"keys": ["guid"], "fields": {"mood": {"kind": "text"}}, **settings})


def columns(**settings: object) -> dict[str, Column]:
    return {c.name: c for c in input_columns(ROWS, INPUTS, phase(**settings))}


def test_what_differs_between_items_and_is_no_key_is_shown():
    assert list(columns()) == ["claim", "link", "photo", "mood (input)"]
    assert columns()["claim"].cells.tolist() == ["Water is wet", "Earth is flat", ""]
    assert list(shown_names(INPUTS.iloc[:1], phase())) == ["claim", "link", "photo", "mood", "language"]


def test_addresses_are_short_links_to_the_whole():
    link = columns()["link"]
    assert link.cells.tolist() == ["x.org/2", "x.org/1", ""]
    assert list(link.targets) == ["https://x.org/2", "https://www.x.org/1", ""]
    assert columns(show={"photo": "image"})["photo"].cells.tolist() == ["", "a b.png", ""]
    assert columns(show={"link": "text"})["link"].cells.tolist()[0] == "https://x.org/2"


def test_show_chooses_and_orders():
    assert list(columns(show=["photo", "Input.Claim"])) == ["photo", "claim"]
    assert columns(show=[]) == {}
    assert list(columns(show="claim")) == ["claim"]


def test_search_looks_the_item_up():
    search = columns(search="https://s.org/?q={guid}+{claim}&l={language}")["search"]
    assert list(search.targets)[:2] == [
        "https://s.org/?q=g2+Water+is+wet&l=en",
        "https://s.org/?q=g1+Earth+is+flat&l=en",
    ]
    assert search.cells.tolist() == ["look up"] * 3
    hostile = INPUTS.assign(claim=['" onclick=x', "=cmd|' /C'!A0"])
    [made] = [c for c in input_columns(ROWS, hostile, phase(search="https://s.org/?q={claim}")) if c.name == "search"]
    assert next(iter(made.targets)) == "https://s.org/?q=%3Dcmd%7C%27+%2FC%27%21A0"


@pytest.mark.parametrize(
    "search",
    ["x", "https://s.org", "javascript:{claim}", "https://s.org/{", "https://s.org/{a[0]}", "https://s.org/{}"],
)
def test_a_search_that_cannot_look_anything_up_is_refused(search):
    with pytest.raises(ValidationError, match=r"in braces|begins with https"):
        phase(search=search)


def test_names_that_no_input_has_are_told():
    spec = phase(show=["clam", "photo"], search="https://s.org/?q={guid}+{lnk}")
    lines = unknown_inputs(spec, [f"Input.{c}" for c in INPUTS], "no result file has")
    assert [line.partition(",")[0] for line in lines] == ["show names Input.clam", "search names Input.lnk"]
    assert "did you mean Input.claim?" in lines[0]


def test_no_input_is_taken_for_a_field_or_a_decision():
    names = {n: header_of(n, phase()) for n in ("mood", "Mood", "decision", "comment", "mood_trust", "guid", "claim")}
    assert {n for n, header in names.items() if header == n} == {"claim"}


def test_a_phase_is_suggested_with_what_to_show():
    raw = INPUTS.rename(columns=lambda c: f"Input.{c}").assign(**{"Input.parent_item_id": "x"})
    assert suggest_show(raw, ["guid"]) == {"claim": "text", "link": "link", "photo": "image", "mood": "text"}
    pictures = raw.assign(**{"Input.photo": ["https://x.org/a.JPG", "https://x.org/b.png?w=2"]})
    assert suggest_show(pictures, ["guid"])["photo"] == "image"


def plan(*widths: float) -> list[Column]:
    return [Column(f"c{n}", pd.Series(["x"]), width) for n, width in enumerate(widths)]


def test_values_get_narrower_before_they_leave_the_first_screen():
    values = plan(*[30.0] * 5)
    near, far = shared_out(plan(10, 17, 17, 19), plan(12, 12, 12), values)
    assert (len(near), len(far)) == (1, 2)
    assert 63 + 12 + sum(v.width for v in values) <= SCREEN
    few = plan(20.0)
    assert shared_out(plan(10, 17), plan(12, 12), few)[1] == []
    assert few[0].width == 20


def test_many_keys_leave_room_to_scroll():
    assert frozen_columns(plan(10, 17, 17)) == 3
    assert frozen_columns(plan(10, 17, 17, 17, 17)) == 3
    assert frozen_columns(plan(90)) == 1


@pytest.mark.parametrize(
    ("whole", "short"),
    [
        ("email: 2 of 3 workers agree; 1 left it blank, 80 % sure, 90 % needed", "email: 2 of 3 workers agree"),
        ("email: all 3 workers agree, 80 % sure, 90 % needed", "email: all 3 workers agree, yet only 80 % sure"),
        (
            "a: all 3 answers agree; 3 anonymous answers, 50 % sure, 90 % needed",
            "a: all 3 answers agree; 3 anonymous answers",
        ),
        ("a: x, 1 % sure, 90 % needed\nb: y\nalso doubtful: c", "a: x (and 1 more)"),
        ("Trust is hidden here: judge by yourself.", "Trust is hidden here: judge by yourself."),
        ("", ""),
    ],
)
def test_one_short_line_says_what_matters_most(whole, short):
    assert shortest(pd.Series([whole])).tolist() == [short]


def test_the_sheets_show_what_was_asked(contacts):
    rows = contacts.cleaned[["parent_item_id"]].drop_duplicates()
    inputs = rows.assign(page=[f"https://example.edu/{n}" for n in range(len(rows))], decision="typed in")
    inputs.loc[inputs.index[0], "decision"] = "other"
    book = replace(contacts.book(), inputs=inputs)
    review = openpyxl.load_workbook(io.BytesIO(workbook_bytes(book)))["review"]
    names = [c.value for c in review[1]]
    assert names[:5] == ["decision", "university", "club", "reasons", "page"]
    assert "decision (input)" in names
    assert names.count("decision") == 1
    cell = review.cell(2, names.index("page") + 1)
    assert cell.hyperlink.target == f"https://{cell.value}"


def test_inputs_called_like_a_field_or_a_decision_are_read_back_as_neither(contacts):
    rows = contacts.cleaned[["parent_item_id"]].drop_duplicates()
    names = ["email", "Email ", "decision", "comment", "item_id", "club", "website_trust", "search"]
    inputs = rows.assign(**{name: [f"accept {n}" for n in range(len(rows))] for name in names})
    book = replace(
        contacts.book(), inputs=inputs, phase=contacts.phase.model_copy(update={"show": dict.fromkeys(names, "text")})
    )
    workbook = openpyxl.load_workbook(io.BytesIO(workbook_bytes(book)))
    review = workbook["review"]
    review.cell(2, [c.value for c in review[1]].index("email") + 1).value = "new@example.edu"
    workbook.save(contacts.folder / "anna.xlsx")
    reviews = contacts.read()
    assert reviews.decisions[["field", "after"]].values.tolist() == [["email", "new@example.edu"]]
    assert reviews.problems.empty
    assert reviews.comments.empty
