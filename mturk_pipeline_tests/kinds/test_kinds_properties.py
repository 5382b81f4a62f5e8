"""What holds for every text: kinds never fail, and their values are fixed points."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mturk_pipeline.answers.cells import reader
from mturk_pipeline.kinds import KINDS, key_of, read
from mturk_pipeline.kinds.networks import NETWORKS
from mturk_pipeline.texts.plain_text import clean, unwrap, words
from mturk_pipeline.workflow.field_spec import Anchor, FieldSpec

FIELDS = [FieldSpec(kind=kind) for kind in KINDS if kind != "handle"]
FIELDS += [FieldSpec(kind="handle", network=n) for n in [*NETWORKS, "pinterest"]]
FIELDS += [FieldSpec(kind="phone", region=r) for r in ("GB", "DE", "IT", "MX", "BR")]
FIELDS.append(FieldSpec(kind="choice", choices=["A", " b ", "Ünï", "1"]))
FIELDS.append(FieldSpec(kind="choice", choices=["1-5", "6–10 years", "11/50", "Arts &amp; Crafts", "#N/A"]))

# Pieces of which real answers are made, so that chance finds the interesting texts.
_PIECES = words(
    "https:// http:// HTTP: www. m. facebook.com/ instagram.com/ x.com/ youtube.com/ tiktok.com/@ linkedin.com/in/ "
    "example.edu gmail.com chess Club @ . / ? & = # % %2F %41 utm_source=x url=https%3A%2F%2F ?u=http:// index.html "
    "&amp; &#64; &eacute; &#35;N/A #N/A #NAME? %40 %20 5-Jan Nov-50 10. Okt 1.2E+11 05.01.2026 "
    "/www.instagram.com/ chess/ next=/ accounts/login/ urldefense.com/v3/__ __;!! .aspx Student "
    "mailto: < > ( ) [at] (dot) ' \" + +1 202 555 0143 00 ext. x7 , ; | - – 1,234 $ k é ß İ \u0345 ﬁ \u200b \u200d "
    "\u202e ＠ ½ ① groups/ pages/ pg/ profile.php?id= 123456789 .. ../ // \\ \ud7ff 漢字 à\u0301 \x00"
)
PIECES = st.sampled_from([*sorted(_PIECES), " ", "\u00a0", "\n"])
TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(PIECES, max_size=9).map("".join),
    st.lists(st.one_of(PIECES, st.text(max_size=3), st.just(" ")), max_size=12).map("".join),
    st.text(string.digits + "+-(). x#", max_size=20),
)


@pytest.mark.parametrize("field", FIELDS, ids=lambda f: f"{f.kind}-{f.network or f.region}-{len(f.choices)}")
@settings(max_examples=50)
@given(text=TEXTS)
def test_reading_is_total_and_its_value_a_fixed_point(field: FieldSpec, text: str) -> None:
    reading = read(text, field)
    assert (reading.value is not None) == (reading.state == "valid")
    assert reading.state in ("valid", "invalid")
    if reading.value is not None:
        assert reading.value.strip()
        assert read(reading.value, field).value == reading.value
        assert key_of(key_of(reading.value, field.kind), field.kind) == key_of(reading.value, field.kind)
    else:
        assert reading.note


@pytest.mark.parametrize("field", FIELDS[:9], ids=lambda f: f.kind)
@settings(max_examples=30)
@given(text=TEXTS)
def test_cells_are_total(field: FieldSpec, text: str) -> None:
    spec = field.model_copy(update={"anchor": Anchor(search="[a-z]"), "separator": ";"})
    for cell in (reader(field), reader(spec)):
        readings = cell(text)
        assert readings
        assert all((r.value is not None) == (r.state == "valid") for r in readings)


@given(text=TEXTS)
def test_cleaning_is_idempotent(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert unwrap(unwrap(text)) == unwrap(text)
