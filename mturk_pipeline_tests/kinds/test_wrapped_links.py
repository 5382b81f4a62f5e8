"""Links with blanks, and links within links."""

import pytest

from mturk_pipeline.answers.cells import reader
from mturk_pipeline.kinds import read
from mturk_pipeline.review.person_values import person_value
from mturk_pipeline.workflow.field_spec import FieldSpec

URL = FieldSpec(kind="url")
FACEBOOK = FieldSpec(kind="handle", network="facebook")
INSTAGRAM = FieldSpec(kind="handle", network="instagram")
INVALID = None

BLANKS = [
    ("https://x.edu/Student Life/Clubs 0.aspx", "https://x.edu/Student%20Life/Clubs%200.aspx"),
    ("x.edu/Student Life/Clubs 0.aspx", "https://x.edu/Student%20Life/Clubs%200.aspx"),
    ("https://x.edu/Student%20Life/Clubs%200.aspx", "https://x.edu/Student%20Life/Clubs%200.aspx"),
    ("Installation: https://x.edu/Student Life/Clubs.aspx", "https://x.edu/Student%20Life/Clubs.aspx"),
    ("https://x.edu/files (1).pdf", "https://x.edu/files%20(1).pdf"),
    ("https://x.edu/find?q=chess club&id=5", "https://x.edu/find?id=5&q=chess+club"),
    ("https://l.x.edu/?url=https://x.edu/a b/c.html", "https://x.edu/a%20b/c.html"),
    ("https://x.edu/chess (official page)", "https://x.edu/chess"),
    ("https://x.edu/chess chess@x.edu", "https://x.edu/chess"),
    ("see https://x.edu/clubs for all", "https://x.edu/clubs"),
    ("https://x.edu/Chess Club", INVALID),
    ("https://x.edu/Center for Clubs", INVALID),
    ("https://x.edu/Center (CSI)", INVALID),
    ("https://x.edu/Arts & Crafts", INVALID),
    ("https://x.edu/clubs - official page", INVALID),
    ("https://x.edu/clubs n/a", INVALID),
    ("see http://x.edu/a b", INVALID),
    ("https://x.edu/a\nb", INVALID),
    ("x.edu/a b, y.edu/c", INVALID),
]


@pytest.mark.parametrize(("raw", "value"), BLANKS)
def test_a_link_with_a_blank_is_that_page_or_none(raw: str, value: str | None) -> None:
    assert [r.value for r in reader(URL)(raw)] == [value]
    assert read(raw, URL).value == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("https://www.facebook.com/uni0 chess", INVALID),
        ("facebook.com/uni0 chess", INVALID),
        ("https://facebook.com/uni0 and chess", INVALID),
        ("https://facebook.com/uni0, chess", INVALID),
        ("https://facebook.com/uni0%20chess", INVALID),
        ("our page is facebook.com/chess .", "facebook.com/chess"),
        ("https://facebook.com/chess https://x.edu", "facebook.com/chess"),
        ("https://www.facebook.com/pages/Chess Club/123456789012", "facebook.com/123456789012"),
    ],
)
def test_a_page_with_a_blank_is_never_the_part_before_it(raw: str, value: str | None) -> None:
    assert [r.value for r in reader(FACEBOOK)(raw)] == [value]


def test_a_reviewer_who_types_a_blank_is_not_understood_by_half() -> None:
    typed = person_value("https://www.facebook.com/uni0 chess", FACEBOOK)
    assert (typed.state, typed.value) == ("odd", "https://www.facebook.com/uni0 chess")
    assert "blank" in typed.note


def test_lists_of_links_are_still_lists() -> None:
    for raw in ("https://x.edu/a, https://y.edu/b", "https://x.edu/a https://y.edu/b", "x.edu/a and y.edu/b"):
        assert [r.value for r in reader(URL)(raw)] == ["https://x.edu/a", "https://y.edu/b"]
    assert [r.value for r in reader(INSTAGRAM)("chess_club, go_club")] == [
        "instagram.com/chess_club",
        "instagram.com/go_club",
    ]
    parted = FieldSpec(kind="url", separator=";")
    assert [r.value for r in reader(parted)("https://x.edu/?a=1&amp;b=2")] == ["https://x.edu?a=1&b=2"]


V2 = "https://urldefense.proofpoint.com/v2/url?u=https-3A__www.x.edu_a-5Fb-3Fid-3D1&d=DwMFaQ&c=abc"
V3 = "https://urldefense.com/v3/__https://www.x.edu/clubs__;!!abc!xyz$"
AUTHWALL = (
    "https://www.linkedin.com/authwall?trk=gf&original_referer=https%3A%2F%2Fwww.google.com%2F"
    "&sessionRedirect=https%3A%2F%2Fwww.linkedin.com%2Fcompany%2Fchess"
)
YOUTUBE = (
    "https://accounts.google.com/ServiceLogin?continue=https%3A%2F%2Fwww.youtube.com%2Fsignin"
    "%3Fapp%3Dx%26next%3D%252F%2540chess"
)
WRAPPED = [
    (AUTHWALL, "https://linkedin.com/company/chess"),
    ("https://www.linkedin.com/uas/login?session_redirect=%2Fcompany%2Fchess", "https://linkedin.com/company/chess"),
    ("https://www.instagram.com/accounts/login/?next=/chess/", "https://instagram.com/chess"),
    ("https://www.instagram.com/accounts/login/?next=%2Fchess%2F%3Fhl%3Den", "https://instagram.com/chess?hl=en"),
    (
        "https://www.instagram.com/accounts/login/?next=%2Faccounts%2Flogin%2F%3Fnext%3D%252Fchess",
        "https://instagram.com/chess",
    ),
    ("https://m.facebook.com/login.php?next=%252Fchess", "https://facebook.com/chess"),
    (
        "https://www.facebook.com/login/?next=https%3A%2F%2Fwww.facebook.com%2Fchess&amp;x=1",
        "https://facebook.com/chess",
    ),
    ("https://x.com/i/flow/login?redirect_after_login=%2Fchess", "https://x.com/chess"),
    (YOUTUBE, "https://youtube.com/@chess"),
    (V2, "https://x.edu/a_b?id=1"),
    (V3, "https://x.edu/clubs"),
    ("https://urldefense.com/v3/__https://x.edu/find?a=1*b__;Jg!!abc!xyz$", "https://x.edu/find?a=1&b"),
    ("https://urldefense.com/v3/__https://x.edu/a**Bb__;w6nDqcOp!!abc!xyz$", "https://x.edu/a%C3%A9%C3%A9%C3%A9b"),
    ("https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fx.edu%2Fa&amp;data=0", "https://x.edu/a"),
    ("https://www.google.com/url?q=https://x.edu/a&amp;sa=D", "https://x.edu/a"),
    ("https://lm.facebook.com/l.php?u=https%3A%2F%2Fx.edu%2Fa&h=A", "https://x.edu/a"),
    ("https://web.archive.org/web/20200101000000*/http://x.edu/clubs", "https://x.edu/clubs"),
    ("https://web.archive.org/web/2020/x.edu/clubs", "https://x.edu/clubs"),
    ("https://x.edu/https://instagram.com/chess", "https://instagram.com/chess"),
    ("x.eduhttps://instagram.com/chess", "https://instagram.com/chess"),
    ("https://portal.edu/org/https%3A%2F%2Finstagram.com%2Fchess", "https://instagram.com/chess"),
    ("https://portal.edu/org/www.instagram.com/chess", "https://instagram.com/chess"),
    ("https://portal.edu/www.instagram.com/chess", "https://instagram.com/chess"),
    ("https://portal.edu/org/instagram.com/chess", "https://instagram.com/chess"),
    # Nothing is behind these.
    ("https://t.co/abc", "https://t.co/abc"),
    ("https://example.edu/login?next=/clubs", "https://example.edu/login?next=/clubs"),
    ("https://x.edu/instagram.com/chess", "https://x.edu/instagram.com/chess"),
    ("https://x.edu/wiki/http://", "https://x.edu/wiki/http"),
    ("https://x.edu/news/www.chess/2020", "https://x.edu/news/www.chess/2020"),
    ("https://x.edu/a?b=1&copy=2", "https://x.edu/a?b=1&copy=2"),
    ("https://x.edu/a?b=1&amp;amp;c=2", "https://x.edu/a?b=1&c=2"),
]


@pytest.mark.parametrize(("raw", "value"), WRAPPED)
def test_a_link_within_a_link_is_the_page(raw: str, value: str) -> None:
    assert read(raw, URL).value == value
    assert read(value, URL).value == value


@pytest.mark.parametrize(
    ("network", "raw", "value"),
    [
        ("linkedin", AUTHWALL, "linkedin.com/company/chess"),
        ("instagram", "https://www.instagram.com/accounts/login/?next=/chess/", "instagram.com/chess"),
        ("instagram", "https://www.instagram.com/accounts/login/?next=%2Fexplore%2F", INVALID),
        ("instagram", "https://uni.example.net/engage/organization/www.instagram.com/chess", "instagram.com/chess"),
        ("instagram", "https://x.edu/https://instagram.com/chess", "instagram.com/chess"),
        ("instagram", "x.eduhttps://instagram.com/chess", "instagram.com/chess"),
        ("facebook", "https://www.facebook.com/unsupportedbrowser?next=%2Fchess", "facebook.com/chess"),
        ("facebook", "https://evil.example.com/facebook.com/chess", INVALID),
        ("facebook", "httpsq//www.facebook.com/chess", INVALID),
        ("pinterest", "https://uni.edu/club/pinterest.com/chess", "pinterest.com/chess"),
        ("pinterest", "https://www.pinterest.com/login/?next=/chess/", "pinterest.com/chess"),
    ],
)
def test_a_page_behind_another_address(network: str, raw: str, value: str | None) -> None:
    assert read(raw, FieldSpec(kind="handle", network=network)).value == value
