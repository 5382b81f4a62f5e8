"""The right answers, long: one row per item, field, and record of its list."""

import numpy as np
import pandas as pd

from mturk_pipeline_tests.simulator.world import World

TRUTH = ["phase", "university", "directory_url", "club", "field", "element", "value"]
# The column of the world that holds each field's values; an e-mail address may have a second.
CONTACT_COLUMNS = (
    ("email", "email"),
    ("email", "email_2"),
    ("facebook", "facebook"),
    ("instagram", "instagram"),
    ("phone_number", "phone_number"),
    ("website", "website"),
)


def dirs_truth(world: World, asked: np.ndarray) -> pd.DataFrame:
    """The directory of each university asked about; '' for one that has none."""
    schools = world.universities.iloc[asked]
    return _table(
        {
            "phase": "dirs",
            "university": schools["university"],
            "field": "directory_url",
            "value": schools["directory_url"],
        },
        schools.index,
    )


def clubs_truth(world: World, asked: np.ndarray) -> pd.DataFrame:
    """Name and link of each club of each directory asked about; an empty directory has one row per field, all ''."""
    schools = world.universities.iloc[asked]
    clubs = schools.merge(world.clubs.reset_index(), left_index=True, right_on="university_no", how="left")
    clubs = clubs.sort_values(["university_no", "index"], ignore_index=True).fillna({"club": "", "club_url": ""})
    parts = [
        _table(
            {
                "phase": "clubs",
                "university": clubs["university"],
                "directory_url": clubs["directory_url"],
                "field": field,
                "element": clubs["club"],
                "value": clubs[field],
            },
            clubs.index,
        )
        for field in ("club", "club_url")
    ]
    return pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)


def leads_truth(world: World, asked: np.ndarray) -> pd.DataFrame:
    """The contacts of each club asked about; '' where there is none, two rows where there are two addresses."""
    clubs = world.clubs.iloc[asked].reset_index(drop=True)
    schools = world.universities.iloc[clubs["university_no"].to_numpy()].reset_index(drop=True)
    parts = [
        _table(
            {
                "phase": "leads",
                "university": schools["university"],
                "directory_url": schools["directory_url"],
                "club": clubs["club"],
                "field": field,
                "value": clubs[column],
            },
            clubs.index,
        )
        for field, column in CONTACT_COLUMNS
    ]
    first, second, *others = parts
    parts = [first, second.loc[second["value"] != ""], *others]
    return pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)


def _table(columns: dict, index: pd.Index) -> pd.DataFrame:
    table = pd.DataFrame(columns, index=index)
    return table.reindex(columns=TRUTH, fill_value="").astype("str").reset_index(drop=True)
