"""Echoes: one text written into several fields of one answer, to fill them."""

import numpy as np
import pandas as pd

from mturk_pipeline.answers.cells import has_text
from mturk_pipeline.kinds import KINDS
from mturk_pipeline.texts.plain_text import clean
from mturk_pipeline.vocabulary.answer_states import ANSWER_STATES, EVIDENCE, JUNK
from mturk_pipeline.workflow.phase_spec import PhaseSpec

_MARKS = r"""[\s"'<>()\[\]{}.,;:!?@/*-]*"""
_BEFORE = rf"^{_MARKS}(?:https?://|mailto:)?{_MARKS}(?:www\.)?{_MARKS}"
_AFTER = rf"{_MARKS}$"
_FEW_WORDS = 30  # characters
_VALID, _INVALID = ANSWER_STATES.index("valid"), ANSWER_STATES.index("invalid")
_JUNK = np.uint8(EVIDENCE.index(JUNK))


def without_echoes(gathered: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """`gathered` (see `answer_cells`) with answers that repeat another open field's text marked invalid.

    Compared within one answer, and within one record of a list; several columns of one field are no echo. A
    link to the field's own network in a handle field is an answer to that field, whatever else it is pasted into.
    Two questions for free text may fairly be answered with the same few words (measured on a real batch: "killed",
    "supportive"): among fields of prose alone only whole sentences are echoes.
    """
    fields = list(phase.fields.items())
    is_open = np.array([KINDS[spec.kind].open for _, spec in fields])
    at = np.flatnonzero(is_open[gathered["field"]] & has_text(gathered["state"]))
    if not len(at):
        return gathered
    text = loose(gathered["raw"].iloc[at])
    echo = gathered.iloc[at][["row", "slot", "field"]].assign(at=at, text=pd.factorize(text)[0])
    is_prose = np.array([KINDS[spec.kind].prose for _, spec in fields])[echo["field"].to_numpy()]
    echo["telling"] = ~is_prose | (text.str.len() > _FEW_WORDS).to_numpy(dtype=bool)
    echo = echo[echo["text"] >= 0]
    groups = echo.groupby(["row", "slot", "text"])
    several = (groups["field"].transform("nunique") > 1) & groups["telling"].transform("any")
    echo = echo[several.to_numpy()]
    if echo.empty:
        return gathered
    note = "same text in fields " + _names(echo, [name for name, _ in fields])
    answers_itself = _plainly_meant(gathered.loc[echo["at"]], phase)
    out = gathered.copy()
    hit = echo["at"].to_numpy()[~answers_itself]
    note = note.to_numpy(dtype=object)[~answers_itself]
    earlier = out["note"].iloc[hit].to_numpy(dtype=object)
    valid = (out["state"].iloc[hit] == _VALID).to_numpy()
    out.loc[hit, "note"] = np.where(valid | (earlier == ""), note, earlier + "; " + note)
    out.loc[hit, "state"] = np.uint8(_INVALID)
    out.loc[hit, "value"] = None
    out.loc[hit, "evidence"] = _JUNK
    return out


def loose(texts: pd.Series) -> pd.Series:
    """Texts as they are compared between fields: small, without wrapping, http://, www. and slashes at the end.

    Missing where nothing is left to compare.

    >>> loose(pd.Series([" HTTP://www.example.edu/ ", "(example.edu)", "?!"])).tolist()
    ['example.edu', 'example.edu', nan]
    """
    texts = texts.str.slice(0, 4096)
    unusual = ~texts.str.isascii().to_numpy(dtype=bool)
    if unusual.any():
        texts = texts.mask(unusual, pd.Series([clean(t) for t in texts[unusual]], index=texts.index[unusual]))
    texts = texts.str.lower().str.replace(_BEFORE, "", regex=True).str.replace(_AFTER, "", regex=True)
    return texts.str.replace(r"\s+", " ", regex=True).where(texts != "")


def _names(echo: pd.DataFrame, names: list[str]) -> pd.Series:
    """For each row, the fields that share its text: 'email, website'."""
    group = echo.groupby(["row", "slot", "text"], sort=False).ngroup()
    bits = np.zeros(int(group.max()) + 1, dtype=object)
    pairs = pd.DataFrame({"group": group, "field": echo["field"]}).drop_duplicates()
    np.add.at(bits, pairs["group"].to_numpy(), [1 << f for f in pairs["field"]])
    texts = {b: ", ".join(n for place, n in enumerate(names) if b >> place & 1) for b in set(bits)}
    return pd.Series([texts[b] for b in bits], dtype="str").take(group.to_numpy()).set_axis(echo.index)


def _plainly_meant(rows: pd.DataFrame, phase: PhaseSpec) -> np.ndarray:
    """Which rows are valid answers that are plainly meant for their own field."""
    out = np.zeros(len(rows), dtype=bool)
    for code, spec in enumerate(phase.fields.values()):
        if answers_itself := KINDS[spec.kind].answers_itself:
            at = np.flatnonzero(((rows["field"] == code) & (rows["state"] == _VALID)).to_numpy())
            out[at] = [answers_itself(t, spec) for t in rows["raw"].iloc[at]]
    return out
