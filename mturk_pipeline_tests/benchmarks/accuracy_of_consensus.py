"""How often consensus is right, per field and pattern, beside two majority votes: of raw and of normalised texts.

A program, not a test. Give it a folder with a result file and its truth.csv (HITId, key, field, kind, value):

    python mturk_pipeline_tests/benchmarks/accuracy_of_consensus.py FOLDER
"""

import sys
from pathlib import Path

import pandas as pd
import yaml

from mturk_pipeline.answers.tidying import tidy
from mturk_pipeline.intake.collecting import collect
from mturk_pipeline.kinds import key_of, read
from mturk_pipeline.trust.consensus import find_consensus
from mturk_pipeline.workflow.phase_spec import PhaseSpec

CONTACTS = """
keys: [university, club]
fields:
  email: {kind: email}
  phone: {kind: phone}
  facebook: {kind: handle, network: facebook}
  instagram: {kind: handle, network: instagram}
  website: {kind: url}
  contact_name: {kind: name}
"""


def main(folder: Path) -> None:
    phase = PhaseSpec.model_validate(yaml.safe_load(CONTACTS))
    assignments = collect(sorted(folder.glob("Batch*.csv")), phase).assignments
    answers = tidy(assignments, phase)
    truth = _truth(folder / "truth.csv", phase)
    items = assignments.drop_duplicates("hit_id").set_index("hit_id")["item_id"]
    truth["item_id"] = truth["HITId"].map(items)
    table = truth.merge(find_consensus(answers, phase), on=["item_id", "field"])
    guesses = {
        "consensus": table["value"],
        "vote, raw": _vote(table, _raw(assignments, phase)),
        "vote, normalised": _vote(table, answers[answers["state"] == "valid"][["item_id", "field", "value"]]),
    }
    for name, values in guesses.items():
        table[name] = _same(values, table, "right_raw" if name == "vote, raw" else "right")
    names = list(guesses)
    print(_shares(table, "field", names).to_string(), end="\n\n")
    print(_shares(table, "pattern", names).to_string(), end="\n\n")
    passed = table[table["accepted"]]
    print(f"all {len(table)}: " + ", ".join(f"{n} {table[n].mean():.3f}" for n in names))
    print(f"accepted automatically {len(passed)}: consensus right {passed['consensus'].mean():.3f}")


def _truth(path: Path, phase: PhaseSpec) -> pd.DataFrame:
    """Right answers in the form that answers are normalised to; missing where there is none."""
    truth = pd.read_csv(path, dtype="str")
    truth = truth[truth["field"].isin(phase.fields)].rename(columns={"value": "right"})
    truth["right_raw"] = truth["right"]
    for name, spec in phase.fields.items():
        mine = truth["field"] == name
        truth.loc[mine, "right"] = [
            None if not isinstance(v, str) else read(v, spec).value or v for v in truth.loc[mine, "right"]
        ]
    return truth


def _raw(assignments: pd.DataFrame, phase: PhaseSpec) -> pd.DataFrame:
    """Cells as they are, blank ones left out."""
    wide = assignments[["item_id", *(f"Answer.{f}" for f in phase.fields)]]
    wide = wide.rename(columns=lambda c: c.removeprefix("Answer."))
    long = wide.melt("item_id", var_name="field", value_name="value")
    return long[~long["value"].fillna("").str.strip().isin(["", "{}"])]


def _vote(table: pd.DataFrame, said: pd.DataFrame) -> pd.Series:
    """The most frequent text of each item and field, ties by text; missing where nobody said any."""
    counts = said.groupby(["item_id", "field", "value"]).size().reset_index(name="n")
    best = counts.sort_values(["n", "value"], ascending=[False, True]).drop_duplicates(["item_id", "field"])
    return table[["item_id", "field"]].merge(best, how="left", on=["item_id", "field"])["value"].set_axis(table.index)


def _same(values: pd.Series, table: pd.DataFrame, right: str) -> pd.Series:
    """Whether each value is the right one, compared as the field's kind compares; none is right where none is."""
    kinds = table["kind"].map({"website": "url", "directory": "url"}).fillna(table["kind"])

    def key(value: object, kind: str) -> str:
        return key_of(value, kind) if isinstance(value, str) and kind in ("name", "text") else str(value)

    pairs = zip(values, table[right], kinds, strict=True)
    return pd.Series(
        [(pd.isna(v) and pd.isna(r)) or (pd.notna(v) and pd.notna(r) and key(v, k) == key(r, k)) for v, r, k in pairs],
        index=table.index,
    )


def _shares(table: pd.DataFrame, by: str, names: list[str]) -> pd.DataFrame:
    shares = table.groupby(by)[names].mean().round(3)
    shares.insert(0, "n", table.groupby(by).size())
    return shares.sort_values("n", ascending=False)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
