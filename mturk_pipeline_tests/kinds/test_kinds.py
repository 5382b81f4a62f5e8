"""Golden tables: what each kind makes of an answer."""

import pytest
import tldextract

from mturk_pipeline.kinds import KINDS, hosts, key_of, read
from mturk_pipeline.workflow.field_spec import FieldSpec

INVALID = None


def check(field: FieldSpec, raw: str, value: str | None) -> None:
    reading = read(raw, field)
    assert reading.value == value
    assert reading.state == ("invalid" if value is None else "valid")
    assert reading.note or value is not None, "what is invalid says why"


URLS = [
    ("https://clubs.example.edu/chess", "https://clubs.example.edu/chess"),
    ("http://clubs.example.edu/chess/", "https://clubs.example.edu/chess"),
    ("HTTP://WWW.Example.EDU:80/Clubs/?utm_source=x&b=2&a=1#top", "https://example.edu/Clubs?a=1&b=2"),
    ("m.example.edu", "https://example.edu"),
    ("www.edu", "https://www.edu"),
    ("https://example.edu/index.html", "https://example.edu"),
    ("https://example.edu/index.php?page=3", "https://example.edu/index.php?page=3"),
    ("https://example.edu:8080/a", "https://example.edu:8080/a"),
    ("example.edu:8080", "https://example.edu:8080"),
    ("https://example.edu/%7eclub/a%2fb", "https://example.edu/~club/a%2Fb"),
    ("https://example.edu/a/../b/./c//d/", "https://example.edu/b/c/d"),
    ("https://example.edu/a?fbclid=1&gclid=2&igshid=3&ref=x&mc_cid=4&id=7", "https://example.edu/a?id=7"),
    ("https://example.edu/#!/orgs/chess", "https://example.edu#!/orgs/chess"),
    ("https://example.edu/\u200bclu\u00adb\u00a0", "https://example.edu/club"),
    ("(https://example.edu/a_(b)).", "https://example.edu/a_(b)"),
    ("<https://example.edu>", "https://example.edu"),
    ("https://bücher.edu/straße", "https://xn--bcher-kva.edu/stra%C3%9Fe"),
    ("httpps://example.edu", "https://example.edu"),
    ("http//example.edu", "https://example.edu"),
    ("http:s//example.edu", "https://example.edu"),
    ("https://https://example.edu", "https://example.edu"),
    ("http:\\\\example.edu\\clubs", "https://example.edu/clubs"),
    ("https%3A%2F%2Fexample.edu%2Fa", "https://example.edu/a"),
    ("https://login.example.edu/?url=https%3A%2F%2Fclubs.example.edu%2Fchess", "https://clubs.example.edu/chess"),
    ("https://www.google.com/url?sa=t&q=https://example.edu/club&ved=1", "https://example.edu/club"),
    ("https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.edu%2Fa%3Futm_source%3Dfb&h=A", "https://example.edu/a"),
    ("https://a.edu/cas?service=https%3A%2F%2Fb.edu%2Fr%3Fnext%3Dhttps%253A%252F%252Fc.edu", "https://c.edu"),
    ("https://example.edu/login?next=/clubs", "https://example.edu/login?next=/clubs"),
    ("see https://example.edu/clubs for all", "https://example.edu/clubs"),
    ("https://example.edu and https://example.org", INVALID),
    ("see our page on example.edu", INVALID),
    ("www.example.edu is it", INVALID),
    ("e.g. this", INVALID),
    ("Chess Club", INVALID),
    ("setup.exe", INVALID),
    ("chess@example.edu", INVALID),
    ("javascript:alert(1)", INVALID),
    ("file:///etc/passwd", INVALID),
    ("data:text/html,x", INVALID),
    ("http://127.0.0.1:22/", INVALID),
    ("http://[::1]/", INVALID),
    ("http://localhost/", INVALID),
    ("https://chess.nosuchending/", INVALID),
    ("co.uk", INVALID),
    ("https://example..edu/", INVALID),
    ("https://a\x00b.edu", INVALID),
    ("https://example.edu/" + "a" * 2100, INVALID),
]


@pytest.mark.parametrize(("raw", "value"), URLS)
def test_url(raw: str, value: str | None) -> None:
    check(FieldSpec(kind="url"), raw, value)


EMAILS = [
    ("Chess@Example.EDU", "chess@example.edu"),
    ("mailto:chess@example.edu?subject=hello", "chess@example.edu"),
    ("<chess@example.edu>", "chess@example.edu"),
    ("Chess Club <chess@example.edu>", "chess@example.edu"),
    ("contact us at chess@example.edu", "chess@example.edu"),
    ("Email: chess@example.edu", "chess@example.edu"),
    ("chess@example.edu (president)", "chess@example.edu"),
    ("chess (at) example [dot] edu", "chess@example.edu"),
    ("chess at example dot edu", "chess@example.edu"),
    ("chess @ example.edu", "chess@example.edu"),
    ("chess\uff20example.edu", "chess@example.edu"),
    ("chess@example.edu.", "chess@example.edu"),
    ("chess@exam\ufeffple.edu", "chess@example.edu"),
    ("chess@bücher.edu", "chess@xn--bcher-kva.edu"),
    ("ChessClub@gmail.com", "chessclub@gmail.com"),
    ("Chess Club@gmail.com", INVALID),
    ("chess club@example.edu", INVALID),
    ("a@example.edu b@example.edu", INVALID),
    ("https://example.edu/chess@example.edu", INVALID),
    ("chess@@example.edu", INVALID),
    ("chess..club@example.edu", INVALID),
    ("chess@nowhere", INVALID),
    ("chess@example.nosuchending", INVALID),
    ("%20chess@example.edu", "chess@example.edu"),
    ("chess@example.edu%20", "chess@example.edu"),
    ("mailto:chess%40example.edu", "chess@example.edu"),
    ("mailto%3Achess%2540example.edu", "chess@example.edu"),
    ("<mailto:chess@example.edu>", "chess@example.edu"),
    ("mailto:chess%2Bgo@example.edu?cc=dean@example.edu&body=hi", "chess+go@example.edu"),
    ("mailto:?subject=hi&to=chess@example.edu", "chess@example.edu"),
    ("chess&#64;example.edu&nbsp;", "chess@example.edu"),
    ("o&amp;#39;neil@example.edu", "o'neil@example.edu"),
    ("100%club@example.edu", "100%club@example.edu"),
    ("chess%ff@example.edu", "chess%ff@example.edu"),
    ("a\x00b@example.edu", INVALID),
    ("meet at the gym", INVALID),
]


@pytest.mark.parametrize(("raw", "value"), EMAILS)
def test_email(raw: str, value: str | None) -> None:
    check(FieldSpec(kind="email"), raw, value)


PHONES = [
    ("(202) 555-0143", "+12025550143"),
    ("202.555.0143", "+12025550143"),
    ("1-202-555-0143", "+12025550143"),
    ("+1 202\u00a0555\u2011\u20600143", "+12025550143"),
    ("+001 202 555 0143", "+12025550143"),
    ("001 202 555 0143", "+12025550143"),
    ("+2025550143", "+12025550143"),
    ("tel:+12025550143", "+12025550143"),
    ("Phone: 202 555 0143", "+12025550143"),
    ("202-555-0143 ext. 12", "+12025550143 ext. 12"),
    ("+12025550143;ext=012", "+12025550143 ext. 12"),
    ("202-555-0143 x7", "+12025550143 ext. 7"),
    ("call 202-555-0143 today", "+12025550143"),
    ("1-800-FLOWERS", "+18003569377"),
    ("٢٠٢٥٥٥٠١٤٣", "+12025550143"),
    ("+44 20 7946 0958", "+442079460958"),
    ("0044 20 7946 0958", "+442079460958"),
    ("011 44 20 7946 0958", "+442079460958"),
    ("202-555-0143 or 202-555-0144", INVALID),
    ("0", INVALID),
    ("000-000-0000", INVALID),
    ("1234567890", INVALID),
    ("555-5555", INVALID),
    ("555-0143", INVALID),
    ("202-055-0143", INVALID),
    ("https://example.edu/2025550143", INVALID),
    ("=1+1", INVALID),
    ("+1568q552078", INVALID),
    ("4.92E+11", INVALID),
    ("4.92301234567E+11", INVALID),
    ("2,03E+09", INVALID),
    ("5-Mar", INVALID),
    ("01.05.2026", INVALID),
    ("2026-01-05 00:00:00", INVALID),
]


@pytest.mark.parametrize(("raw", "value"), PHONES)
def test_phone(raw: str, value: str | None) -> None:
    check(FieldSpec(kind="phone"), raw, value)


def test_phone_of_another_region() -> None:
    field = FieldSpec(kind="phone", region="GB")
    check(field, "020 7946 0958", "+442079460958")
    check(field, "+1 202 555 0143", "+12025550143")


HANDLES = [
    ("facebook", "https://www.facebook.com/ChessClub/", "facebook.com/chessclub"),
    ("facebook", "fb.com/ChessClub", "facebook.com/chessclub"),
    ("facebook", "m.facebook.com/chessclub?ref=x", "facebook.com/chessclub"),
    ("facebook", "facebook.com/facebook.com/chess", "facebook.com/chess"),
    ("facebook", "https://facebook.com/https://www.facebook.com/chess", "facebook.com/chess"),
    ("facebook", "https://facebook.com/pg/chess/about", "facebook.com/chess"),
    ("facebook", "https://facebook.com/pages/Chess-Club/123456789012", "facebook.com/123456789012"),
    ("facebook", "https://facebook.com/Chess-Club-123456789012", "facebook.com/123456789012"),
    ("facebook", "https://facebook.com/profile.php?id=123456789012", "facebook.com/123456789012"),
    ("facebook", "https://www.facebook.com/groups/Chess/", "facebook.com/groups/chess"),
    ("facebook", "https://www.facebook.com/chess/posts/1", "facebook.com/chess"),
    ("facebook", "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.facebook.com%2Fchess", "facebook.com/chess"),
    ("facebook", "es-es.facebook.com/Chess", "facebook.com/chess"),
    ("facebook", "https://www.facebook.com/#!/chess", "facebook.com/chess"),
    ("facebook", "our page is facebook.com/chess .", "facebook.com/chess"),
    ("facebook", "@ChessClub", "facebook.com/chessclub"),
    ("facebook", "Chess Club", INVALID),
    ("facebook", "https://www.facebook.com/", INVALID),
    ("facebook", "https://www.facebook.com/events/12345", INVALID),
    ("facebook", "https://instagram.com/chess", INVALID),
    ("facebook", "https://evil.example.com/facebook.com/chess", INVALID),
    ("facebook", "chess@example.edu", INVALID),
    ("facebook", "idk", INVALID),
    ("instagram", "@chess_club", "instagram.com/chess_club"),
    ("instagram", "https://www.instagram.com/Chess_Club/?hl=en", "instagram.com/chess_club"),
    ("instagram", "IG: chess", "instagram.com/chess"),
    ("instagram", "instagram.com/p/Abc", INVALID),
    ("instagram", "instagram.com/stories", INVALID),
    ("instagram", "https://www.instagram.com/stories/highlights/1789/", INVALID),
    ("instagram", "https://www.instagram.com/stories/chess/1789/", "instagram.com/chess"),
    ("facebook", "https://www.facebook.com/unsupportedbrowser", INVALID),
    ("facebook", "Nov-50", INVALID),
    ("facebook", "1.00064E+14", INVALID),
    ("pinterest", "https://pinterest.com/login", INVALID),
    ("twitter", "https://twitter.com/Chess?s=20", "x.com/chess"),
    ("twitter", "mobile.twitter.com/chess/status/1", "x.com/chess"),
    ("x", "x.com/chess", "x.com/chess"),
    ("twitter", "https://netflix.com/chess", INVALID),
    ("linkedin", "https://uk.linkedin.com/in/a-b/", "linkedin.com/in/a-b"),
    ("linkedin", "linkedin.com/company/Chess", "linkedin.com/company/chess"),
    ("youtube", "youtube.com/@Chess/videos", "youtube.com/@chess"),
    ("youtube", "https://youtube.com/channel/UCaB", "youtube.com/channel/UCaB"),
    ("youtube", "https://youtube.com/watch?v=1", INVALID),
    ("tiktok", "https://www.tiktok.com/@Chess/video/1", "tiktok.com/@chess"),
    ("tiktok", "tiktok.com/@./", INVALID),
    ("pinterest", "https://pinterest.com/Chess/", "pinterest.com/chess"),
]


@pytest.mark.parametrize(("network", "raw", "value"), HANDLES)
def test_handle(network: str, raw: str, value: str | None) -> None:
    check(FieldSpec(kind="handle", network=network), raw, value)


NUMBERS = [
    ("1,234.50", "1234.5"),
    ("1.234,50", "1234.5"),
    ("3,5", "3.5"),
    ("1,234", "1234"),
    ("1.234.567", "1234567"),
    ("$1,200", "1200"),
    ("12 members", "12"),
    ("about 50", "50"),
    ("1.2k", "1200"),
    ("-0", "0"),
    ("1e3", "1000"),
    ("５０", "50"),
    ("5-10", INVALID),
    ("12/5/2020", INVALID),
    ("five", INVALID),
    ("1e999999", INVALID),
    ("0,500", "0.5"),
    ("-0,500", "-0.5"),
    ("012,500", "12.5"),
    ("0,500,000", INVALID),
    ("0.500.000", INVALID),
    ("0 500", INVALID),
    ("1.2E+03", "1200"),
    ("10 set", "10"),
    ("5-Mar", INVALID),
    ("Mar 5", INVALID),
    ("5 mars", INVALID),
    ("10. Okt", INVALID),
    ("05. Mrz", INVALID),
    ("Nov-50", INVALID),
    ("10-set", INVALID),
    ("2026-01-05 00:00:00", INVALID),
    ("1/5/2026", INVALID),
]


@pytest.mark.parametrize(("raw", "value"), NUMBERS)
def test_number(raw: str, value: str | None) -> None:
    check(FieldSpec(kind="number"), raw, value)


@pytest.mark.parametrize(
    ("raw", "value"), [("Yes", "yes"), (" TRUE ", "yes"), ("0", "no"), ("off", "no"), ("maybe", INVALID)]
)
def test_boolean(raw: str, value: str | None) -> None:
    check(FieldSpec(kind="boolean"), raw, value)


@pytest.mark.parametrize(("raw", "value"), [("yes ", "Yes"), ("1.0", "1"), ("NO.", "No"), ("maybe", INVALID)])
def test_choice(raw: str, value: str | None) -> None:
    check(FieldSpec(kind="choice", choices=["Yes", "No", "1"]), raw, value)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("  Chess \n Club ", "Chess Club"),
        ("'Chess Club'", "Chess Club"),
        ("Astr\u200donomy Club", "Astronomy Club"),
        ("Caf&eacute; &amp;amp; Tea &#39;99", "Café & Tea '99"),
        ("R&D; AT&T", "R&D; AT&T"),
        ("https://example.edu", INVALID),
        ("chess@example.edu", INVALID),
        ("--- !", INVALID),
    ],
)
def test_name(raw: str, value: str | None) -> None:
    check(FieldSpec(kind="name"), raw, value)


def test_names_are_compared_without_case_accents_and_marks() -> None:
    assert key_of("Women's Café & Tea-Club.", "name") == key_of("womens cafe and tea club", "name")
    assert key_of("Chess Club", "name") != key_of("Chess Clubs", "name")


def test_facebook_names_are_compared_without_dots() -> None:
    assert key_of("facebook.com/chess.club", "handle") == key_of("facebook.com/chessclub", "handle")
    assert key_of("instagram.com/chess.club", "handle") != key_of("instagram.com/chessclub", "handle")


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("url", "https://bank.com@example.edu/"),
        ("url", "https://www.example.com/"),
        ("url", "https://\u0430pple.com"),
        ("email", "test@test.com"),
        ("email", "noreply@example.edu"),
        ("email", "Chess Club@gmail.com"),
        ("phone", "0"),
        ("phone", "202-555-5555"),
        ("phone", "2345678901"),
        ("name", "asdf"),
        ("name", "<script>alert(1)</script>"),
        ("text", '=HYPERLINK("http://example.com","x")'),
        ("text", "+1+1|cmd"),
        ("text", "\x1b[31mred"),
    ],
)
def test_suspicious_answers_say_so(kind: str, raw: str) -> None:
    reading = read(raw, FieldSpec(kind=kind))
    assert reading.suspicious
    assert reading.note


def test_every_kind_of_the_specification_is_registered() -> None:
    assert set(KINDS) == set(FieldSpec.model_json_schema()["properties"]["kind"]["enum"])


def test_the_public_suffix_list_is_what_tldextract_makes_of_it(monkeypatch) -> None:
    ruled = hosts._public_suffix_rules()
    assert len(ruled) > 5_000
    assert set(ruled) == set(tldextract.TLDExtract(suffix_list_urls=()).tlds)
    monkeypatch.setattr(hosts, "find_spec", lambda name: None)
    assert set(hosts._public_suffix_rules()) == set(ruled)
