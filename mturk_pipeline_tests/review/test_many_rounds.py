"""Many rounds of review: whatever people do to their files, none is lost, none invented, none handed on in doubt.

A story is one project's phase, scalar or with a list, over some rounds. In each round a batch may come in (answers,
HITs, other best guesses), items go and come back, keys are spelt anew, the phase's settings change; people save files:
rows as they were, of the newest or an older workbook, sorted, filtered, with decisions in any case, edits, comments,
decisions taken out, "undo"; with columns moved, dropped, renamed or of their own; as .csv of three kinds and
encodings or as .xlsx, under the same or another name; without ids; files are deleted, put back, renamed, damaged.
Then the pipeline runs: it reads the folder, writes the next workbook and offers what is decided to the next phase.

Each item lives a random sequence of its own (its own chances decide about its rows and its batches); what is done to
whole files is shared by the items of a story. After every run an oracle in plain Python (`rounds_oracle`) says of each
item where it must stand; beside it hold: nobody's word is needed for what nobody touched, every id is there once and
intact, the workbook shows what counts, comments are neither lost nor multiplied, the last word in the newest workbook
counts, and an item is offered once, never undecided.

MTURK_SEQUENCES says how many sequences (2,000; 50,000 with `-m slow`), MTURK_SEED where chance begins.
"""

import os
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from random import Random

import pandas as pd
import pytest

from mturk_pipeline.intake.item_ids import is_item_id
from mturk_pipeline.offers.next_input import next_input
from mturk_pipeline.projects.offers import offer_input, offer_name, sent_to
from mturk_pipeline_tests.review.rounds_office import NEXT, UNTIL_NOW, Item, Office
from mturk_pipeline_tests.review.rounds_oracle import LOOK, STATUS, Expected, Oracle, Word
from mturk_pipeline_tests.review.rounds_people import NAMES, People, PersonsFile, Row, texts_for, written

ITEMS, ROUNDS = 250, 6
SEED = int(os.environ.get("MTURK_SEED", "1"))
GOOD = {"accepted", "fixed", "accepted_automatically"}


class Story:
    """One project's phase over some rounds, with what must hold."""

    def __init__(self, seed: str, root: Path) -> None:
        self.chance = Random(seed)
        self.kind = self.chance.choice(["contacts", "contacts", "clubs"])
        self.without_ids = self.chance.random() < 0.3
        self.real = self.chance.random() < 0.15
        self.own = {n: Random(f"{seed} {n}") for n in range(ITEMS)}
        self.office = Office(root, self.kind, {n: self._item(n, own) for n, own in self.own.items()})
        if self.kind == "clubs":
            for n in range(1, ITEMS, 2):
                self.office.items[n].hits = self.office.items[n - 1].hits
        spec = self.office.phase
        self.people = People(list(spec.keys), list(spec.fields), list(spec.record_keys), self.without_ids)
        self.oracle = Oracle()
        self.books: list[dict[int, Row]] = []
        self.numbers: dict[int, str] = {}
        self.files: dict[str, PersonsFile | None] = {}
        self.contents: dict[str, bytes] = {}
        self.seen: dict[str, bytes] = {}
        self.taken: list[tuple[str, str]] = []
        self.stood: Counter[str] = Counter()
        self.log: dict[int, list[str]] = {n: [] for n in self.own}

    def _item(self, n: int, own: Random) -> Item:
        club = f"Club {n}"
        guesses = {f: own.choice(["", *texts_for(f, n)]) for f in UNTIL_NOW[self.kind].fields}
        if self.kind == "clubs":
            guesses["club"] = club
        university = f"University {n // 2}"
        return Item(n, university, club, guesses, [f"H{n}-0"], passes=own.random() < 0.4)

    def play(self) -> None:
        self.run()
        for _ in range(ROUNDS):
            before = self._places()
            self.crowd()
            self.person_saves()
            self.run()
            after = self._places()
            self.check_last_word({n for n in after if after[n] == before[n]})

    def _places(self) -> dict[int, object]:
        return {n: (i.there, i.university, i.club, len(i.hits)) for n, i in self.office.items.items()}

    def crowd(self) -> None:
        """What comes from the crowd's side and from the settings, for about every other round."""
        items = self.office.items
        if self.chance.random() < 0.5:
            for n, own in self.own.items():
                if own.random() < 0.25:
                    self.office.batch_comes_in(items[n], own)
        for n, own in self.own.items():
            if own.random() < 0.04:
                items[n].there = not items[n].there
            if own.random() < 0.04 and not self.without_ids:
                for other in [n ^ 1, n] if self.kind == "clubs" else [n]:
                    self.office.key_is_spelt_anew(items[other])
        if self.chance.random() < 0.15:
            raw = UNTIL_NOW[self.kind].model_dump(exclude_unset=True)
            raw["spot_checks"] = self.chance.choice([0, 0.2])
            if self.chance.random() < 0.5:
                raw["fields"].pop("note", None)
            self.office.phase = type(self.office.phase).model_validate(raw)

    def person_saves(self) -> None:
        """Files are saved, deleted, put back, renamed, damaged."""
        names = self.chance.sample(NAMES, self.chance.choice([0, 1, 1, 1, 2, 3]))
        for name in sorted(names):
            path = self.office.folder / name
            before = self.files.get(name)
            what = self.chance.choices(["save", "delete", "put back", "rename", "damage"], [12, 1, 1, 1, 1])[0]
            if what == "save":
                file = self.people.save(before if path.exists() else None, self.books, self.chance, self.own)
                self._write(name, written(file, path, self.chance), file)
            elif what == "delete" and path.exists():
                path.unlink()
            elif what == "put back" and name in self.contents and not path.exists():
                path.write_bytes(self.contents[name])
            elif what == "rename" and path.exists() and before:
                other = self.chance.choice([n for n in NAMES if n.endswith(path.suffix)])
                self._write(other, path.read_bytes(), before)
                path.unlink(missing_ok=True) if other != name else None
            elif what == "damage" and before:
                path.write_bytes(self.chance.randbytes(60))

    def _write(self, name: str, content: bytes, file: PersonsFile) -> None:
        (self.office.folder / name).write_bytes(content)
        self.files[name], self.contents[name] = file, content

    def run(self) -> None:
        """The pipeline runs, and everything is checked."""
        self._tell_the_oracle()
        now = self.office.now()
        expected = self.oracle.expected(now, self.office.fields)
        self.office.run(self.real)
        self.check_statuses(expected)
        self.check_comments()
        if self.office.is_new:
            texts = self.office_texts(now)
            number = self.oracle.exported(texts, now)
            self.numbers[number] = self.office.export
            self.books.append(self.office.rows(number))
        else:
            self.books[-1] = self.office.rows(max(self.numbers))
        self.check_workbook(expected)
        self.check_offers(expected)

    def _tell_the_oracle(self) -> None:
        here = {p.name: p.read_bytes() for p in sorted(self.office.folder.iterdir())}
        self.oracle.present = set(here)
        self.said: dict[int, list[Word]] = {}
        for name, content in here.items():
            if self.seen.get(name) != content:
                whole = self.contents.get(name) == content
                file = self.files[name] if whole else None
                words = self.people.words(file, self.numbers) if file else {}
                self.oracle.saved(name, words)
                for word in words.values():
                    self.said.setdefault(word.item, []).append(word)
                    self.log[word.item].append(f"{self.oracle.number} {name}: {word}")
                self.seen[name] = content

    def office_texts(self, now) -> dict[int, dict[str, str]]:
        """What the workbook that just went out shows, by item and field."""
        shown = self.office.rows(0)
        return {n: {f: row.cells[f] for f in self.office.fields} for n, row in shown.items() if n in now}

    # What must hold.

    def check_statuses(self, expected: dict[int, Expected]) -> None:
        reviewed = self.office.reviewed
        ids = {v: k for k, v in self.office.number_of.items()}
        rows = reviewed[reviewed["status"] != "added"].set_index("item_id")
        assert set(rows.index) == set(self.office.number_of)
        assert all(map(is_item_id, reviewed["item_id"]))
        for n, must in expected.items():
            row = rows.loc[ids[n]]
            place = f"item {n}: {must}\n  {row.to_dict()}\n  " + "\n  ".join(self.log[n])
            self.stood.update([row["status"], row["look_again"]])
            assert row["status"] in must.statuses, place
            assert row["look_again"] in must.looks, place
            assert must.touched or not row["verified"], place
            if must.values is not None:
                found = {f: row[f] for f in self.office.fields}
                wanted = {f: None if t in ("", "none") else t for f, t in must.values.items()}
                assert {f: None if pd.isna(v) else v for f, v in found.items()} == wanted, place
            if LOOK["disputed"] in must.looks:
                rules = set(self.office.reviews.problems["rule"])
                assert "conflicting_decisions" in rules, place

    def check_workbook(self, expected: dict[int, Expected]) -> None:
        """Each item stands in the workbook once, undecided ones in the queue; cells show what counts."""
        rows = self.books[-1]
        assert set(rows) == set(expected)
        queue = set(self.office.tables[0]["item_id"]) if len(self.office.tables[0]) else set()
        for n, must in expected.items():
            cells = rows[n].cells
            assert cells["export"] == self.office.export
            if must.values is not None:
                wanted = {f: t for f, t in must.values.items() if t or not cells[f]}
                guesses = self.office.items[n].guesses
                shown = {f: cells[f] for f in wanted if wanted[f] != "none" or guesses[f]}
                place = f"item {n}: {must}\n  {cells}\n  " + "\n  ".join(self.log[n])
                assert shown == {f: wanted[f] for f in shown}, place
            if must.statuses == {"undecided"} or must.looks - {""} == must.looks:
                assert cells["item_id"] in queue

    def check_offers(self, expected: dict[int, Expected]) -> None:
        """What is decided well goes on, once; nothing else does."""
        office = self.office
        place = office.place.in_phase("second")
        handed = next_input(office.reviewed, None, office.phase, NEXT)
        sent = sent_to(place)
        offer_input(place.writer(), place, handed.rows, sent.items)
        path = office.project.path / offer_name(place)
        offered = pd.read_csv(path, dtype="str", keep_default_na=False) if path.exists() else pd.DataFrame()
        pairs = [(r["university"], r["club"]) for r in offered.to_dict("records")]
        assert len(set(pairs)) == len(pairs)
        assert not set(pairs) & set(self.taken)
        items = {(i.university, i.club): n for n, i in office.items.items() if i.there}
        for pair in pairs:
            n = items.get(pair)
            assert n is None or expected[n].statuses & GOOD, f"{pair} handed on: {expected[n]}"
        for pair, n in items.items():
            if expected[n].statuses <= GOOD:
                assert pair in pairs or pair in self.taken, f"{pair} not handed on"
        if len(offered) and self.chance.random() < 0.3:
            some = offered.sample(frac=self.chance.random(), random_state=self.chance.randrange(99))
            if len(some):
                some.to_csv(path.with_name(f"taken {len(self.taken)}.csv"), index=False)
                self.taken += [(r["university"], r["club"]) for r in some.to_dict("records")]

    def check_last_word(self, unmoved: set[int]) -> None:
        """Whoever alone decides in the newest workbook is heard, whatever was before."""
        status = self.office.reviewed.set_index("item_id")["status"]
        # The workbook that these people had: of the run before, if this run wrote another.
        newest = sorted(self.numbers)[-2 if self.office.is_new else -1]
        for item_id, n in self.office.number_of.items():
            words = self.said.get(n, [])
            if len(words) == 1 and words[0].by_id and words[0].export == newest and n in unmoved:
                decision = words[0].decision
                wanted = {"accepted", "fixed"} if decision == "accept" else {STATUS.get(decision or "")}
                # A "fix" without any change says nothing.
                heard = decision not in set(STATUS) - {"fix"} or status[item_id] in wanted
                assert heard, "\n".join([f"item {n}: {decision}", *self.log[n]])

    def check_comments(self) -> None:
        """Every comment on an item that is there, once."""
        found = self.office.reviewed.set_index("item_id")["comment"]
        for item_id, n in self.office.number_of.items():
            wanted = self.oracle.comments(n)
            parts = found[item_id].split(" | ") if found[item_id] else []
            assert sorted(parts) == sorted(wanted), f"item {n}: {parts}, not {wanted}"


def play(number: int) -> Counter[str]:
    """One story; returns how often items stood where."""
    root = Path(tempfile.mkdtemp())
    try:
        story = Story(f"{SEED} {number}", root)
        try:
            story.play()
        except Exception as error:
            error.add_note(f"story {number} of MTURK_SEED={SEED}: {story.kind}, {len(story.books)} workbooks")
            raise
        return story.stood
    finally:
        shutil.rmtree(root)


def play_many(sequences: int, first: int = 0) -> Counter[str]:
    stood = Counter()
    for number in range(first, first + -(-sequences // ITEMS)):
        stood += play(number)
    print(f"\n{sequences} sequences; items stood, after a run, as {dict(stood)}")
    return stood


def test_two_thousand_sequences():
    stood = play_many(int(os.environ.get("MTURK_SEQUENCES", "2000")))
    assert set(stood) >= {*STATUS.values(), "undecided", "accepted_automatically", *LOOK.values()}


@pytest.mark.slow
def test_fifty_thousand_sequences():
    """By hand: one process per part, `MTURK_FIRST=100 MTURK_SEQUENCES=25000 make test-slow ARGS="-k fifty -s"`."""
    play_many(int(os.environ.get("MTURK_SEQUENCES", "50000")), int(os.environ.get("MTURK_FIRST", "0")))
