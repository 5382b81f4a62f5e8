"""What kinds of workers there are, and how large the simulated project is."""

from dataclasses import dataclass
from typing import Literal

Range = tuple[float, float]
Way = Literal["looks", "spams", "colludes", "attacks"]


@dataclass(frozen=True)
class Archetype:
    """One kind of worker. A range (lowest, highest) is drawn from once for each worker.

    Parameters
    ----------
    name
        Such as 'careful'.
    share
        Share of the crowd's workers, relative to the other archetypes.
    work
        Share of the work that one such worker does, relative to a careful one.
    way
        How answers arise: looks for them; spams the same or random junk; gives what the group agreed on;
        attacks with text meant to do harm.
    recall
        Probability of finding a value that is there and not hard to find.
    accuracy
        Probability that a found value is right.
    skip
        Probability of not looking for a field at all and leaving it blank.
    says_none
        Probability of writing "none" or the like, rather than nothing, where nothing was found.
    makes_up
        Probability of a wrong value where nothing was found.
    noise
        Strength of spelling noise, 0 for none and 1 for usual.
    seconds
        Median seconds from accept to submit.
    approval
        Lifetime approval rate with this requester.
    """

    name: str
    share: float
    work: float
    way: Way
    recall: Range
    accuracy: Range
    skip: Range
    says_none: Range
    makes_up: Range
    noise: Range
    seconds: Range
    approval: Range

    @property
    def honest(self) -> bool:
        """Whether such a worker means well: lazy and sloppy ones do, if badly."""
        return self.way == "looks"


CAREFUL = Archetype(
    "careful",
    share=0.66,
    work=1.0,
    way="looks",
    recall=(0.88, 0.98),
    accuracy=(0.93, 0.99),
    skip=(0.0, 0.03),
    says_none=(0.05, 0.6),
    makes_up=(0.0, 0.02),
    noise=(0.3, 0.9),
    seconds=(110, 320),
    approval=(0.95, 1.0),
)
SLOPPY = Archetype(
    "sloppy",
    share=0.2,
    work=1.1,
    way="looks",
    recall=(0.65, 0.85),
    accuracy=(0.8, 0.9),
    skip=(0.02, 0.12),
    says_none=(0.0, 0.4),
    makes_up=(0.03, 0.08),
    noise=(0.9, 1.8),
    seconds=(60, 160),
    approval=(0.88, 0.98),
)
LAZY = Archetype(
    "lazy",
    share=0.07,
    work=1.1,
    way="looks",
    recall=(0.5, 0.7),
    accuracy=(0.8, 0.92),
    skip=(0.35, 0.6),
    says_none=(0.1, 0.7),
    makes_up=(0.02, 0.05),
    noise=(0.4, 1.2),
    seconds=(12, 40),
    approval=(0.8, 0.97),
)
SPAMMING = Archetype(
    "spamming",
    share=0.02,
    work=0.9,
    way="spams",
    recall=(0.0, 0.0),
    accuracy=(0.0, 0.0),
    skip=(0.1, 0.4),
    says_none=(0.0, 0.3),
    makes_up=(1.0, 1.0),
    noise=(0.0, 0.3),
    seconds=(5, 20),
    approval=(0.4, 0.9),
)
COLLUDING = Archetype(
    "colluding",
    share=0.025,
    work=0.7,
    way="colludes",
    recall=(0.0, 0.0),
    accuracy=(0.0, 0.0),
    skip=(0.3, 0.5),
    says_none=(0.0, 0.2),
    makes_up=(1.0, 1.0),
    noise=(0.2, 0.6),
    seconds=(20, 90),
    approval=(0.85, 0.98),
)
MALICIOUS = Archetype(
    "malicious",
    share=0.012,
    work=0.5,
    way="attacks",
    recall=(0.0, 0.0),
    accuracy=(0.0, 0.0),
    skip=(0.2, 0.5),
    says_none=(0.0, 0.1),
    makes_up=(1.0, 1.0),
    noise=(0.0, 0.3),
    seconds=(5, 60),
    approval=(0.0, 0.7),
)
CROWD = (CAREFUL, SLOPPY, LAZY, SPAMMING, COLLUDING, MALICIOUS)

# How often a club has each contact at all.
PRESENCE = {
    "email": 0.62,
    "email_2": 0.12,
    "facebook": 0.55,
    "instagram": 0.5,
    "phone_number": 0.28,
    "website": 0.48,
}


@dataclass(frozen=True)
class CrowdParams:
    """How large a project is simulated and how untidy.

    Parameters
    ----------
    universities
        Universities in the world, at least two. The crowd is asked about all but the last, which a person adds
        in the review.
    workers, leads
        Workers in the crowd; clubs whose contacts are asked for (at most as many as there are).
    clubs_per_university
        Mean number of clubs in a directory; each has 0 to 40.
    without_directory
        Share of universities that have no directory at all; at least one.
    assignments_per_hit
        Answers asked for on each HIT.
    incomplete
        Share of HITs that lack an answer.
    extended, republished
        HITs of each phase extended by one assignment; items of the last phase asked in a second HIT.
    blank_text
        What an empty answer looks like in the first phase's file; older batches wrote '{}'.
    archetypes
        The kinds of workers. Each kind has at least one worker (colluding ones: two) where there are enough.
    presence
        Probability that a club has each contact, by field.
    """

    universities: int = 25
    workers: int = 40
    leads: int = 86
    clubs_per_university: float = 7.5
    without_directory: float = 0.04
    assignments_per_hit: int = 3
    incomplete: float = 0.03
    extended: int = 1
    republished: int = 1
    blank_text: str = "{}"
    archetypes: tuple[Archetype, ...] = CROWD
    presence: tuple[tuple[str, float], ...] = tuple(PRESENCE.items())
