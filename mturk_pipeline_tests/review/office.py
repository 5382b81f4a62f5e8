"""A desk with everything that is kept of review, over several runs of the pipeline."""

from mturk_pipeline.review.applied_decisions import apply_decisions
from mturk_pipeline.review.decisions import read_versions
from mturk_pipeline.review.review_journal import ReviewStore


class Office:
    """A desk with everything that is kept: `run` is one run of the pipeline."""

    def __init__(self, desk, store_folder):
        self.desk, self.store_folder = desk, store_folder
        self.reviewed = self.reviews = None

    def run(self):
        store = ReviewStore(self.store_folder)
        files = sorted(self.desk.folder.iterdir())
        unread = store.note_files(files)
        cleaned, phase = self.desk.cleaned, self.desk.phase
        self.reviews = read_versions(store.versions(files), cleaned, store.exports(), phase, store.folder / "read")
        self.reviewed = apply_decisions(cleaned, self.reviews, phase)
        self.book = self.desk.book(
            reviewed=self.reviewed, decisions=self.reviews.decisions, last_export=store.last_export()
        )
        store.note_export(self.book.export, self.book.content, self.book.shown)
        assert not unread
        return self.reviewed.drop_duplicates("club").set_index("club")

    @property
    def rules(self):
        return self.reviews.problems["rule"].tolist()

    def row(self, club, **more):
        return {"item_id": self.desk.id_of(club), "export": self.book.export, **more}
