"""The three phases of lead gathering: what is asked, what the crowd answers, and what would be right."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mturk_pipeline_tests.simulator import vocabulary as words
from mturk_pipeline_tests.simulator.batch import BatchRecord, PhasePage, live
from mturk_pipeline_tests.simulator.crowd import assign
from mturk_pipeline_tests.simulator.crowd_params import CrowdParams
from mturk_pipeline_tests.simulator.listing import list_clubs, wide
from mturk_pipeline_tests.simulator.looking import ACTS, ECHO, Question, answer, in_turn
from mturk_pipeline_tests.simulator.world import World

PAGES = {
    "dirs": PhasePage(
        title="Find the club directory of a university",
        description="Find the web page on which a university lists its student clubs",
        keywords="web search, data collection, university",
        reward="$0.10",
        batch_id=4817203,
        template_id=928390866,
        created=1771254000,  # 16 February 2026, 15:00 UTC
    ),
    "clubs": PhasePage(
        title="List the student clubs of a university",
        description="Copy the names and links of the clubs (up to 40) that a page lists",
        keywords="data collection, copy, university",
        reward="$0.25",
        batch_id=4819846,
        template_id=928390911,
        created=1772118000,  # 26 February 2026, 15:00 UTC
    ),
    # Its week includes 8 March 2026, when Pacific time changes: PST and PDT stand in one file.
    "leads": PhasePage(
        title="Find out how a student club can be reached",
        description="Find e-mail, Facebook, Instagram, phone and web site of a club",
        keywords="web search, data collection, contact",
        reward="$0.08",
        batch_id=4821733,
        template_id=928391027,
        created=1772809200,  # 6 March 2026, 15:00 UTC
    ),
}
# What one worker said: one row per assignment and answer column (or record of a list).
SAID = ["phase", "assignment_id", "worker_id", "item_no", "column", "field", "element", "value", "act"]


@dataclass(frozen=True)
class Shift:
    """Who works on what in one phase (arrays: one entry per assignment; `crew`: one row per assignment)."""

    hit: np.ndarray
    item: np.ndarray
    crew: pd.DataFrame
    max_assignments: np.ndarray


def shift(items: int, workers: pd.DataFrame, params: CrowdParams, again: int, rng: np.random.Generator) -> Shift:
    """Posts one HIT for each of `items` items, and `again` of them in a second HIT, and lets workers choose."""
    item_of_hit = np.concatenate([np.arange(items), rng.permutation(items)[:again]])
    hits, wanted = len(item_of_hit), params.assignments_per_hit
    asked = np.full(hits, wanted)
    asked[rng.permutation(hits)[: params.extended]] += 1
    come = asked - (rng.random(hits) < params.incomplete)
    chosen = assign(workers, hits, wanted + 1, rng)
    hit, place = np.nonzero(np.arange(chosen.shape[1]) < come[:, None])
    crew = workers.assign(worker_no=np.arange(len(workers))).iloc[chosen[hit, place]].reset_index(drop=True)
    return Shift(hit, item_of_hit[hit], crew, asked[hit])


def publish(
    phase: str, at: Shift, inputs: pd.DataFrame, answers: pd.DataFrame, rng: np.random.Generator
) -> BatchRecord:
    """The batch in which the crowd gave `answers` (one row per assignment) on `inputs` (one row per item)."""
    hit_type, work = live(PAGES[phase], at.hit, at.crew, at.max_assignments, rng)
    asked = inputs.iloc[at.item].reset_index(drop=True)
    return BatchRecord(PAGES[phase], hit_type, work, asked, answers)


def run_dirs(
    world: World, asked: np.ndarray, at: Shift, params: CrowdParams, rng: np.random.Generator
) -> tuple[BatchRecord, pd.DataFrame]:
    """The batch of the first phase and what was said; `asked`: rows of the universities asked about."""
    schools = world.universities.iloc[asked].reset_index(drop=True)
    question = Question(
        column="directory_url",
        field="directory_url",
        kind="url",
        names=_array(schools["university"]),
        truth=_array(schools["directory_url"]),
        footer=_array(schools["homepage"]),
        stale=_array(schools["homepage"] + "/athletics/club-sports"),
        ease=1.3,  # one page, and easier to find than a club's telephone number
    )
    answers, said = _ask("dirs", [question], at, rng)
    answers = answers.replace("", params.blank_text)
    record = publish("dirs", at, schools[["university", "state", "homepage"]], answers, rng)
    return record, _with_ids(said, record)


def run_clubs(world: World, asked: np.ndarray, at: Shift, rng: np.random.Generator) -> tuple[BatchRecord, pd.DataFrame]:
    """The batch of the second phase: a list of clubs from each assignment."""
    schools = world.universities.iloc[asked].reset_index(drop=True)
    listed = list_clubs(world, asked[at.item], at.crew, rng)
    answers = pd.DataFrame(wide(listed, len(at.item)))
    record = publish("clubs", at, schools[["university", "directory_url", "state"]], answers, rng)
    row = listed["assignment_no"].to_numpy()
    parts = [
        pd.DataFrame(
            {
                "assignment_no": row,
                "phase": "clubs",
                "item_no": at.item[row],
                "column": "club_" + listed["slot"].astype(str) + ending,
                "field": field,
                "element": listed["element"],
                "value": listed[field],
                "act": np.where(listed["element"] == "", "junk", "right"),
            }
        )
        for field, ending in (("club", "_name"), ("club_url", "_url"))
    ]
    return record, _with_ids(pd.concat(parts, ignore_index=True), record)


def run_leads(world: World, asked: np.ndarray, at: Shift, rng: np.random.Generator) -> tuple[BatchRecord, pd.DataFrame]:
    """The batch of the third phase; `asked`: rows of the clubs asked about."""
    clubs = world.clubs.iloc[asked].reset_index(drop=True)
    schools = world.universities.iloc[clubs["university_no"].to_numpy()].reset_index(drop=True)
    answers, said = _ask("leads", contact_questions(clubs, schools), at, rng)
    inputs = pd.DataFrame(
        {
            "university": schools["university"],
            "club": clubs["club"],
            "club_url": clubs["club_url"],
            "directory_url": schools["directory_url"],
            "state": schools["state"],
        }
    )
    answers, said = _echo(answers, said, _array(clubs["club_url"])[at.item], at.crew, rng)
    record = publish("leads", at, inputs, answers, rng)
    return record, _with_ids(said, record)


def contact_questions(clubs: pd.DataFrame, schools: pd.DataFrame) -> list[Question]:
    """What is asked about each club (`clubs`) of its university (`schools`, same rows)."""
    slug = clubs["slug"]
    stale = {
        "email": slug + "@mail.example.com",
        "email_2": slug + ".old@mail.example.com",
        "facebook": words.FACEBOOK + slug + "alumni",
        "instagram": words.INSTAGRAM + clubs["handle"] + "old",
        # Another of the numbers reserved for fiction, in the same area.
        "phone_number": schools["office_phone_number"].str[:-2]
        + (pd.Series(np.arange(len(clubs)) * 37 % 100)).astype(str).str.zfill(2),
        "website": clubs["club_url"],
    }
    plan = (
        ("email_1", "email", "email", "email", 1.0, 1.6),
        ("email_2", "email_2", "email", "email", 0.6, 0.15),
        ("facebook", "facebook", "facebook", "facebook", 1.0, 1.0),
        ("instagram", "instagram", "instagram", "instagram", 0.95, 0.9),
        ("phone_number", "phone_number", "phone", "phone_number", 0.85, 0.9),
        ("website", "website", "url", "website", 0.95, 1.3),
    )
    return [
        Question(
            column=column,
            field=field,
            kind=kind,
            names=_array(clubs["club"]),
            truth=_array(clubs[source]),
            footer=_array(schools["office_" + field]),
            stale=_array(stale[source]),
            ease=ease,
            makes_up=makes_up,
        )
        for column, source, kind, field, ease, makes_up in plan
    ]


def _ask(
    phase: str, questions: list[Question], at: Shift, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Answers (wide, one row per assignment) and what was said (long)."""
    n = len(at.item)
    # Some items are hard for everybody: a page that hides its contacts.
    hard = 1 - 0.45 * rng.random(int(at.item.max(initial=-1)) + 1)[at.item] ** 2
    columns, said = {}, []
    for question in questions:
        cells = answer(question, at.item, at.crew, hard, rng)
        columns[question.column] = cells.written
        said.append(
            pd.DataFrame(
                {
                    "assignment_no": np.arange(n),
                    "phase": phase,
                    "item_no": at.item,
                    "column": question.column,
                    "field": question.field,
                    "element": "",
                    "value": pd.Series(cells.values, dtype=object),
                    "act": np.array(ACTS, dtype=object)[cells.acts],
                }
            )
        )
    columns["comment"] = _comments(at.crew, rng)
    return pd.DataFrame(columns, dtype=object), pd.concat(said, ignore_index=True)


def _comments(crew: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    comments = np.full(len(crew), "", dtype=object)
    way = crew["way"].to_numpy()
    talks = np.flatnonzero(rng.random(len(crew)) < np.where(way == "spams", 0.6, 0.08))
    pick = rng.integers(0, len(words.COMMENTS), len(talks))
    comments[talks] = np.array(words.COMMENTS, dtype=object)[pick]
    attacks = np.flatnonzero((way == "attacks") & (rng.random(len(crew)) < 0.5))
    comments[attacks] = in_turn(words.MISCHIEF, 0, len(attacks))
    return comments


def _echo(
    answers: pd.DataFrame, said: pd.DataFrame, text: np.ndarray, crew: pd.DataFrame, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Now and then a worker who skips much pastes the link of the page into every field."""
    echo = (rng.random(len(crew)) < 0.06) & (crew["skip"].to_numpy() > 0.3) & (crew["way"] == "looks").to_numpy()
    for column in answers.columns.drop(["comment", "email_2"]):
        answers[column] = answers[column].where(~echo, pd.Series(text, dtype=object))
    changed = echo[said["assignment_no"]] & (said["column"] != "email_2").to_numpy()
    said = said.assign(value=said["value"].where(~changed, ""), act=said["act"].where(~changed, ACTS[ECHO]))
    return answers, said


def _with_ids(said: pd.DataFrame, record: BatchRecord) -> pd.DataFrame:
    row = said["assignment_no"].to_numpy()
    said = said.assign(
        assignment_id=_array(record.work["assignment_id"])[row], worker_id=_array(record.work["worker_id"])[row]
    )
    return said.reindex(columns=SAID)


def _array(texts: pd.Series | pd.DataFrame) -> np.ndarray:
    """A column's texts as Python strings."""
    return texts.to_numpy(dtype=object)
