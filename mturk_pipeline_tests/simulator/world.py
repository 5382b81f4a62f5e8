"""A made-up world: universities, their club directories, the clubs and their contacts. All of it is fictional."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mturk_pipeline_tests.simulator import vocabulary as words
from mturk_pipeline_tests.simulator.crowd_params import CrowdParams

CONTACTS = ("email", "email_2", "facebook", "instagram", "phone_number", "website")


@dataclass(frozen=True)
class World:
    """What is true.

    `universities`: university, state, homepage, directory_url ('' for none), and what its head office shows in
    every footer (office_email, office_facebook, office_instagram, office_phone_number, office_website).
    `clubs`: university_no (row of `universities`), club, club_url, slug, handle (a shorter slug), and the contacts
    ('' for none).
    """

    universities: pd.DataFrame
    clubs: pd.DataFrame


def make_world(params: CrowdParams, rng: np.random.Generator) -> World:
    """Draws `params.universities` universities and their clubs."""
    universities = _universities(params, rng)
    return World(universities, _clubs(universities, params, rng))


def phone_numbers(states: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Numbers reserved for fiction (555-0100 to 555-0199) with an area code of each state, as E.164 text."""
    area = rng.random(len(states))
    line = rng.integers(100, 200, len(states))
    return _texts(
        f"+1{words.AREA_CODES[state][int(a * len(words.AREA_CODES[state]))]}5550{n}"
        for state, a, n in zip(states, area, line.tolist(), strict=True)
    )


def _universities(params: CrowdParams, rng: np.random.Generator) -> pd.DataFrame:
    count = params.universities
    names, slugs = _university_names(count, rng)
    states = np.array(sorted(words.AREA_CODES), dtype=object)[rng.integers(0, len(words.AREA_CODES), count)]
    # Always at least one without, never the last: it is the one that a person adds in the review.
    without = rng.permutation(count - 1)[: max(1, round(params.without_directory * count))]
    has = ~np.isin(np.arange(count), without)
    place = rng.integers(0, len(words.DIRECTORIES), count)
    return pd.DataFrame(
        {
            "university": names,
            "state": states,
            "homepage": _texts(f"https://www.{s}.example.edu" for s in slugs),
            "directory_url": _texts(
                words.DIRECTORIES[p].format(s=s) if h else "" for s, p, h in zip(slugs, place, has, strict=True)
            ),
            "slug": slugs,
            "office_email": _texts(f"studentlife@{s}.example.edu" for s in slugs),
            "office_facebook": _texts(f"{words.FACEBOOK}{s}studentlife" for s in slugs),
            "office_instagram": _texts(f"{words.INSTAGRAM}{s}_campus" for s in slugs),
            "office_phone_number": phone_numbers(states, rng),
            "office_website": _texts(f"https://www.{s}.example.edu/student-life" for s in slugs),
        }
    )


def _university_names(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Names and, for domains, slugs; all different."""
    places = [first + last for first in words.PLACE_FIRST for last in words.PLACE_LAST]
    order = rng.permutation(len(places))
    form = rng.integers(0, len(words.UNIVERSITY_FORMS), count)
    names, slugs = [], []
    for i in range(count):
        lap, j = divmod(i, len(places))
        place = places[order[j]]
        name, short = words.UNIVERSITY_FORMS[form[i]]
        # After all places are used, the same names come back with a number, as campuses.
        names.append(name.format(p=place) + (f", Campus {lap + 1}" if lap else ""))
        slugs.append(short.format(p=place.lower()) + (str(lap + 1) if lap else ""))
    return _texts(names), _texts(slugs)


def _clubs(universities: pd.DataFrame, params: CrowdParams, rng: np.random.Generator) -> pd.DataFrame:
    counts = _club_counts(universities, params.clubs_per_university, rng)
    home = np.repeat(np.arange(len(universities)), counts)
    topic = np.concatenate([rng.permutation(len(words.TOPICS))[:c] for c in counts] or [np.array([], int)])
    form = rng.integers(0, len(words.CLUB_FORMS), len(home))
    names = _texts(f"{words.TOPICS[t][0]} {words.CLUB_FORMS[f]}" for t, f in zip(topic, form, strict=True))
    short = _texts(words.TOPICS[t][1] for t in topic)
    school = universities["slug"].to_numpy(dtype=object)[home]
    base = universities["directory_url"].to_numpy(dtype=object)[home]
    clubs = pd.DataFrame(
        {
            "university_no": home,
            "club": names,
            "club_url": _texts(f"{b}/{c}" for b, c in zip(base, short, strict=True)),
            "slug": _texts(s + c for s, c in zip(school, short, strict=True)),
            "handle": _texts(s[:14] + c for s, c in zip(school, short, strict=True)),
        }
    )
    return clubs.assign(**_contacts(school, short, universities["state"].to_numpy(object)[home], params, rng))


def _club_counts(universities: pd.DataFrame, mean: float, rng: np.random.Generator) -> np.ndarray:
    """0 to 40 clubs each, many short lists and a few long ones; none where there is no directory."""
    # Gamma-Poisson mixture with the wanted mean.
    counts = rng.poisson(rng.gamma(1.6, mean / 1.6, len(universities))).clip(0, 40)
    return np.where(universities["directory_url"] == "", 0, counts)


def _contacts(
    school: np.ndarray, short: np.ndarray, states: np.ndarray, params: CrowdParams, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """The contacts of each club by field, '' where it has none."""
    n = len(school)
    pairs = list(zip(school, short, strict=True))
    contacts = {"phone_number": phone_numbers(states, rng)}
    for field, forms in words.CONTACT_FORMS.items():
        pick = rng.integers(0, len(forms), n).tolist()
        number = rng.integers(10**14, 10**15, n).tolist()
        contacts[field] = _texts(
            forms[p].format(s=s, t=s[:14], c=c, n=k) for (s, c), p, k in zip(pairs, pick, number, strict=True)
        )
    presence = dict(params.presence)
    for field in CONTACTS:
        contacts[field][rng.random(n) >= presence.get(field, 0.5)] = ""
    # A second address without a first one would be the first one.
    contacts["email_2"][contacts["email"] == ""] = ""
    return {field: contacts[field] for field in CONTACTS}


def _texts(values) -> np.ndarray:
    """An array of Python strings."""
    values = list(values)
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out
