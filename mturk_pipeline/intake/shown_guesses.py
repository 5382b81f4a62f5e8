"""Which inputs a suggested phase shows to reviewers, and how: pictures and pages as links, all else as text."""

import re
from collections.abc import Sequence

import pandas as pd

from mturk_pipeline.intake.column_names import INPUT, is_key
from mturk_pipeline.intake.sent_items import OFFER_COLUMNS, VERIFIED
from mturk_pipeline.texts.key_form import plain_name

_MOSTLY, _SAMPLE, _MOST = 0.9, 500, 12
_PAGE = re.compile(r"https?://\S+", re.IGNORECASE)
_PICTURE = re.compile(r"https?://\S+\.(?:avif|bmp|gif|jpe?g|png|svg|tiff?|webp)(?:[?#]\S*)?", re.IGNORECASE)


def suggest_show(assignments: pd.DataFrame, keys: Sequence[str]) -> dict[str, str]:
    """Inputs (without prefix) that differ between HITs and are no keys, each with how it is shown.

    >>> pages = pd.DataFrame({"Input.id": ["1", "2"], "Input.photo": ["https://x.org/a.png", "https://x.org/b.png"]})
    >>> suggest_show(pages, ["id"])
    {'photo': 'image'}
    """
    own = {plain_name(name) for name in (VERIFIED, *OFFER_COLUMNS)}
    inputs = [c for c in map(str, assignments.columns) if c.startswith(INPUT) and not is_key(c, keys)]
    cells = {c.removeprefix(INPUT): assignments[c].fillna("").astype("str").str.strip() for c in inputs}
    telling = {name: texts for name, texts in cells.items() if plain_name(name) not in own and texts.nunique() > 1}
    return {name: _how(texts[texts != ""].iloc[:_SAMPLE]) for name, texts in list(telling.items())[:_MOST]}


def _how(cells: pd.Series) -> str:
    for how, form in (("image", _PICTURE), ("link", _PAGE)):
        if cells.map(lambda text, form=form: form.fullmatch(text) is not None).mean() >= _MOSTLY:
            return how
    return "text"
