"""What workers answer where a list is asked for: which clubs of a directory, in which slots, with what links."""

import numpy as np
import pandas as pd

from mturk_pipeline_tests.simulator import vocabulary as words
from mturk_pipeline_tests.simulator.spelling import spell, typo
from mturk_pipeline_tests.simulator.world import World

SLOTS = 40
LISTED = ["assignment_no", "slot", "element", "club", "club_url", "written_club", "written_url"]


def list_clubs(world: World, university_no: np.ndarray, crew: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The clubs that each assignment lists.

    Parameters
    ----------
    university_no
        For each assignment, the row of `world.universities` whose directory it is about.
    crew
        For each assignment, its worker.

    Returns
    -------
    DataFrame
        One row per club listed: assignment_no, slot (1 to 40), element (the true club's name, '' for one that does
        not exist), club and club_url (what it says, canonical), written_club and written_url (how it is written).
    """
    listed = _found(world, university_no, crew, rng)
    listed = pd.concat([listed, _made_up(world, university_no, crew, rng)], ignore_index=True)
    listed = _in_slots(listed, rng)
    return _written(listed, crew, world.universities["directory_url"].to_numpy(object)[university_no], rng)


def _found(world: World, university_no: np.ndarray, crew: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """An overlapping part of the directory for each worker who looks; lazy ones stop after a few."""
    per_university = np.bincount(world.clubs["university_no"], minlength=len(world.universities))
    first = np.concatenate([[0], np.cumsum(per_university)[:-1]])
    looks = (crew["way"] == "looks").to_numpy()
    counts = np.where(looks, per_university[university_no], 0)
    assignment = np.repeat(np.arange(len(university_no)), counts)
    place = np.arange(len(assignment)) - np.repeat(np.cumsum(counts) - counts, counts)
    club = first[university_no[assignment]] + place
    seen = rng.random(len(assignment)) < crew["recall"].to_numpy()[assignment]
    few = (crew["skip"].to_numpy() > 0.4)[assignment]
    seen &= ~few | (place < rng.integers(1, 5, len(university_no))[assignment])
    assignment, club = assignment[seen], club[seen]
    names = world.clubs["club"].to_numpy(object)[club]
    links = world.clubs["club_url"].to_numpy(object)[club]
    wrong = rng.random(len(club)) > crew["accuracy"].to_numpy()[assignment] ** 0.5
    how = rng.random(len(club))
    for i in np.flatnonzero(wrong).tolist():
        # Wrong links: none at all, the directory itself for every club, or a neighbouring page.
        links[i] = (
            ""
            if how[i] < 0.4
            else links[i].rpartition("/")[0]
            if how[i] < 0.7
            else typo("url", links[i], how[i] * 3 - 2)
        )
    return _frame(assignment, names, names, links)


def _made_up(world: World, university_no: np.ndarray, crew: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """What spammers, colluding groups and attackers list: clubs that do not exist."""
    way = crew["way"].to_numpy()
    counts = np.where(way == "looks", 0, rng.integers(1, 5, len(way)))
    assignment = np.repeat(np.arange(len(way)), counts)
    place = np.arange(len(assignment)) - np.repeat(np.cumsum(counts) - counts, counts)
    slugs = world.universities["slug"].to_numpy(object)[university_no[assignment]]
    names, links = [], []
    for i, (row, nth, slug) in enumerate(zip(assignment, place, slugs, strict=True)):
        if way[row] == "colludes":
            name = f"{words.TOPICS[(nth * 7 + crew['group'].iat[int(row)]) % len(words.TOPICS)][0]} Circle"
            link = f"https://www.{slug}.example.edu/circles/{nth + 1}"
        elif way[row] == "spams":
            name, link = f"Best Offers {nth + 1}", f"https://offers.example.com/deal-{crew['worker_no'].iat[int(row)]}"
        else:
            name, link = (
                words.MISCHIEF[(2 * i) % len(words.MISCHIEF)],
                words.MISCHIEF[(2 * i + 1) % len(words.MISCHIEF)],
            )
        names.append(name)
        links.append(link)
    nothing = np.full(len(assignment), "", dtype=object)
    return _frame(assignment, nothing, np.array(names, dtype=object), np.array(links, dtype=object))


def _frame(assignment: np.ndarray, element: np.ndarray, club: np.ndarray, club_url: np.ndarray) -> pd.DataFrame:
    columns = {"assignment_no": assignment, "element": element, "club": club, "club_url": club_url}
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()}).astype(
        {"assignment_no": np.int64}
    )


def _in_slots(listed: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Half of the workers list in the directory's order, the others in any; now and then one club twice."""
    twice = listed.loc[rng.random(len(listed)) < 0.01]
    listed = pd.concat([listed, twice], ignore_index=True)
    row = listed["assignment_no"].to_numpy()
    shuffled = rng.random(int(row.max(initial=-1)) + 1) < 0.5
    key = np.where(shuffled[row], rng.random(len(listed)), np.arange(len(listed)) / len(listed))
    listed = listed.iloc[np.lexsort((key, row))].reset_index(drop=True)
    listed["slot"] = listed.groupby("assignment_no").cumcount() + 1
    return listed.loc[listed["slot"] <= SLOTS].reset_index(drop=True)


def _written(listed: pd.DataFrame, crew: pd.DataFrame, directory: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Spelling noise on names and links; what attackers wrote stays as it is."""
    row = listed["assignment_no"].to_numpy()
    noise = crew["noise"].to_numpy()[row]
    plain = crew["way"].to_numpy()[row] == "attacks"
    for kind, said, written in (("name", "club", "written_club"), ("url", "club_url", "written_url")):
        texts = listed[said].to_numpy(dtype=object)
        out = texts.copy()
        spelled = np.flatnonzero(~plain & (texts != ""))
        out[spelled] = spell(kind, texts[spelled], noise[spelled], rng)
        listed[written] = pd.Series(out, dtype=object)
        listed[said] = pd.Series(np.where(plain, "", texts), dtype=object)
    return listed.reindex(columns=LISTED)


def wide(listed: pd.DataFrame, assignments: int) -> dict[str, np.ndarray]:
    """The answer columns club_1_name, club_1_url … club_40_url: one text per assignment, '' where nothing is."""
    table = {}
    for part, column in (("name", "written_club"), ("url", "written_url")):
        cells = np.full((assignments, SLOTS), "", dtype=object)
        cells[listed["assignment_no"], listed["slot"] - 1] = listed[column]
        table |= {f"club_{slot + 1}_{part}": cells[:, slot] for slot in range(SLOTS)}
    return table
