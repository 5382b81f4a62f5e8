"""Turkle's downloads: repeated keys, projects without login, files that the server cut short."""

import pytest

from mturk_pipeline.answers.tidying import tidy
from mturk_pipeline.intake.dialects.turkle import join_repeated
from mturk_pipeline.intake.inspection import inspect_file
from mturk_pipeline.intake.suggested_phase import suggest_phase
from mturk_pipeline.intake.unknown_workers import is_unknown
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.intake.intake_files import checked, rules, write
from mturk_pipeline_tests.shared_cases import case

PHASE = PhaseSpec.model_validate(
    {
        "keys": ["university"],
        "fields": {"email": {"kind": "email"}, "way": {"kind": "choice", "separator": "|"}, "why": {"kind": "text"}},
    }
)


def answer(number: int, way: str = "bus", *, worker: str = "1", user: str = "ann", why: str = "") -> dict[str, str]:
    return {
        "HITId": str(number // 3), "HITTypeId": "1", "Title": "T", "CreationTime": "Sat Feb 22 05:00:00 UTC 2025",
        "MaxAssignments": "3", "AssignmentDurationInSeconds": "86400", "AssignmentId": str(number),
        "WorkerId": worker, "AcceptTime": "Sat Feb 22 05:10:00 UTC 2025", "SubmitTime": "Sat Feb 22 05:11:00 UTC 2025",
        "WorkTimeInSeconds": "60", "Input.university": f"Univ {number // 3}", "Answer.email": "a@x.edu",
        "Answer.way": way, "Answer.why": why, "Turkle.Username": user,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("['bus', 'car']", ["bus", "car"]),
        ('["bus", "car"]', ["bus", "car"]),
        ("['it\\'s', 'x']", ["it's", "x"]),
        ("[\"it's\", 'x']", ["it's", "x"]),
        ("['bus']", ["bus"]),
        (" ['bus' , 'car', ] ", ["bus", "car"]),
        ("['Zoë', '日本']", ["zoë", "日本"]),
        ("['bus', '']", ["bus"]),
        ("[]", []),
        ("bus|car", ["bus", "car"]),
    ],
)
def test_repeated_keys_are_several_values(tmp_path, written, values):
    rows = [answer(0, written, worker="1"), answer(1, "bus", worker="2")]
    answers = tidy(checked([write(tmp_path / "t.csv", rows)], PHASE).assignments, PHASE)
    got = answers[(answers["field"] == "way") & (answers["assignment_id"] == "0")]["value"].dropna()
    assert sorted(got.str.casefold()) == sorted(values)


@pytest.mark.parametrize(
    "text",
    [
        "[see note] the bus",
        "['bus' is wrong",
        "[sic]",
        "['bus'] and more",
        "[1, 2]",
        "['a', 1]",
        "['a', ['b']]",
        "[" * 900,
    ],
)
def test_text_that_only_looks_like_a_list_stays(tmp_path, text):
    rows = [answer(0, why=text, worker="1"), answer(1, why="['a', 'b']" if text[:2] == "['" else "x", worker="2")]
    got = checked([write(tmp_path / "t.csv", rows)], PHASE).assignments
    assert got["Answer.why"].tolist() == [text, rows[1]["Answer.why"]]


def test_lists_are_read_in_turkles_files_alone(tmp_path):
    rows = [{k: v for k, v in answer(0, "['bus', 'car']").items() if k != "Turkle.Username"}]
    assert checked([write(tmp_path / "m.csv", rows)], PHASE).assignments["Answer.way"].item() == "['bus', 'car']"


def test_huge_and_hostile_lists_stay_text():
    import pandas as pd

    for text in ("['" + "x" * 200_000 + "']", "['a'" + ", ['a'" * 5000 + "]" * 5001, "['a', __import__('os')]"):
        assert join_repeated(pd.Series([text, "['a']"], dtype="str")) is None


def test_a_phase_suggested_from_repeated_keys_makes_a_set_of_them(tmp_path):
    ways = ["['bus', 'car']", "bus", "['train', 'car']"]
    rows = [answer(n, ways[n // 3 % 3], worker=str(n % 3)) for n in range(27)]
    suggested = suggest_phase([write(tmp_path / "t.csv", rows)])
    assert "kind: choices" in suggested.split("way:")[1]


def anonymous(number: int, way: str = "bus") -> dict[str, str]:
    return answer(number, way, worker="", user="")


def test_answers_without_login_count_each_of_an_unknown_worker(tmp_path):
    path = write(tmp_path / "t.csv", [anonymous(n) for n in range(9)])
    collected = checked([path], PHASE)
    assert collected.files["used"].item() == 9
    assert is_unknown(collected.assignments["worker"]).all()
    assert any("9 answers of people who did not log in" in w for w in collected.warnings)
    found = inspect_file(path, PHASE)
    assert (found.workers, found.anonymous) == (0, 9)
    assert dict(found.summary())["workers"] == "unknown for 9 answers (no login)"


def test_one_blank_worker_in_a_file_with_workers_is_set_aside(tmp_path):
    rows = [answer(0), anonymous(1), answer(2, worker="2", user="ben")]
    assert rules(checked([write(tmp_path / "t.csv", rows)], PHASE)) == {3: "no_worker"}
    rows = [answer(0, worker="", user="ann"), anonymous(1)]
    assert set(rules(checked([write(tmp_path / "u.csv", rows)], PHASE)).values()) == {"no_worker"}


def test_platforms_that_know_their_workers_have_no_anonymous_ones(tmp_path):
    rows = [{k: v for k, v in anonymous(n).items() if k != "Turkle.Username"} for n in range(3)]
    assert set(rules(checked([write(tmp_path / "m.csv", rows)], PHASE)).values()) == {"no_worker"}


def test_servers_keep_their_unknown_workers_apart(tmp_path):
    from mturk_pipeline.intake import ResultFile

    paths = [write(tmp_path / f"{s}.csv", [anonymous(n) for n in range(3)]) for s in "ab"]
    got = checked([ResultFile(p, server=p.stem) for p in paths], PHASE).assignments
    assert set(got["worker"]) == {"turkle:a:unknown", "turkle:b:unknown"}


def test_a_download_that_the_server_cut_short_is_told(tmp_path):
    rows = [answer(n, why="Zoë ist müde", worker=str(n % 3)) for n in range(12)]
    path = write(tmp_path / "t.csv", rows)
    whole = path.read_bytes()
    assert not [w for w in checked([path], PHASE).warnings if "cuts such downloads" in w]
    path.write_bytes(whole[: len(whole.decode())])  # as many bytes as there are characters
    warnings = [w for w in checked([path], PHASE).warnings if "cuts such downloads" in w]
    assert len(warnings) == 1
    assert "by 2" in warnings[0]
    plain = write(tmp_path / "p.csv", [answer(n, worker=str(n % 3)) for n in range(3)])
    plain.write_bytes(plain.read_bytes().rstrip())
    assert not [w for w in checked([plain], PHASE).warnings if "cuts such downloads" in w]


def test_the_shared_cases():
    boxes = checked([case("21_turkle_checkbox") / "Project-1_Batch-1-in_results.csv"], None)
    assert boxes.files["used"].item() == 72
    assert not boxes.assignments["Answer.travel"].str.contains("[", regex=False).any()
    assert "car|train" in set(boxes.assignments["Answer.travel"])
    nobody = checked([case("22_turkle_anonymous") / "Project-1_Batch-2-in_results.csv"], None)
    assert nobody.files[["used", "quarantined"]].iloc[0].tolist() == [72, 0]
    assert is_unknown(nobody.assignments["worker"]).all()
