"""Bounce, unsubscribe and suppression files of many kinds, and files that are none."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mturk_pipeline.contracts.leads import Outcomes
from mturk_pipeline.contracts.review import ReviewProblems
from mturk_pipeline.leads.mail_outcome_files import OutcomesRead, read_outcomes
from mturk_pipeline.leads.mail_outcome_truth import outcomes_as_truth
from mturk_pipeline.leads.mail_outcome_words import SENT, SOFT, VAGUE, outcome_of
from mturk_pipeline.leads.suppression import mark_suppressed
from mturk_pipeline.sheets.workbook_writer import xlsx_bytes
from mturk_pipeline.vocabulary.mail_outcomes import MAIL_OUTCOMES
from mturk_pipeline.workflow.phase_spec import PhaseSpec
from mturk_pipeline_tests.shared_cases import case


@pytest.fixture
def read(tmp_path: Path):
    def call(**files: str | bytes) -> OutcomesRead:
        paths = []
        for name, content in files.items():
            paths.append(tmp_path / name.replace("__", "."))
            paths[-1].write_bytes(content.encode() if isinstance(content, str) else content)
        found = read_outcomes(paths)
        Outcomes.validate(found.outcomes)
        ReviewProblems.validate(found.problems)
        return found

    return call


def told(found: OutcomesRead) -> dict[str, str]:
    return dict(zip(found.outcomes["address"], found.outcomes["outcome"], strict=True))


EXPORTS = {
    "a title above the header": (
        "report__csv",
        "Email report of May\n\nrecipient;event\na@x.edu;bounced\nb@x.edu;delivered\n",
        {"a@x.edu": "bounced", "b@x.edu": "delivered"},
    ),
    "formulas around the cells": (
        "report__csv",
        'sep=;\n="recipient";="event"\n="a@x.edu";="bounced"\n="b@x.edu";="delivered"\n',
        {"a@x.edu": "bounced", "b@x.edu": "delivered"},
    ),
    "mailchimp": (
        "cleaned_email_audience_export__csv",
        "Email Address,First Name\nA@x.edu,Ann\n",
        {"a@x.edu": "suppressed"},
    ),
    "sendgrid bounces": (
        "suppression_bounces__csv",
        "status,reason,email,created\n5.1.1,550 5.1.1 no such user,a@x.edu,1\n5.2.2,552 5.2.2 full,b@x.edu,2\n",
        {"a@x.edu": "bounced"},
    ),
    "mailgun log": (
        "log__csv",
        "recipient,event,severity\na@x.edu,failed,permanent\nb@x.edu,failed,temporary\nc@x.edu,delivered,\n"
        "d@x.edu,complained,\ne@x.edu,accepted,\n",
        {"a@x.edu": "bounced", "c@x.edu": "delivered", "d@x.edu": "complained"},
    ),
    "ses": (
        "list__csv",
        "EmailAddress;Reason\na@x.edu;BOUNCE\nb@x.edu;COMPLAINT\n",
        {"a@x.edu": "bounced", "b@x.edu": "complained"},
    ),
    "postmark": (
        "export__tsv",
        "Email Address\tBounce Type\na@x.edu\tHardBounce\nb@x.edu\tSoftBounce\nc@x.edu\tSpamComplaint\n",
        {"a@x.edu": "bounced", "c@x.edu": "complained"},
    ),
    "sender beside recipient": (
        "activity__csv",
        "from,to,status\nme@y.com,a@x.edu,Unsubscribed\n",
        {"a@x.edu": "unsubscribed"},
    ),
    "no header": ("unsubscribed__txt", "a@x.edu\nb@x.edu\n", {"a@x.edu": "unsubscribed", "b@x.edu": "unsubscribed"}),
    "a person's list": (
        "suppression__csv",
        "Address,Reason\nChess Club <a@x.edu>,asked on the phone\nb@x.edu,\nc@x.edu,bounced\n",
        {"a@x.edu": "suppressed", "b@x.edu": "suppressed", "c@x.edu": "bounced"},
    ),
    "two in a cell": ("bounces__csv", "who\na@x.edu; b@x.edu\n", {"a@x.edu": "suppressed", "b@x.edu": "suppressed"}),
}


@pytest.mark.parametrize("kind", EXPORTS)
def test_exports_of_mail_programs(read, kind: str):
    name, content, expected = EXPORTS[kind]
    found = read(**{name: content})
    assert told(found) == expected
    assert found.problems.empty


YAMM = (
    "First name,Email Address,Merge status\nAnn,ann@x.edu,EMAIL_OPENED\nBo,bo@x.edu,BOUNCED\n"
    "Cy,cy@x.edu,UNSUBSCRIBED\nDi,di@x.edu,EMAIL_SENT\nEd,ed@x.edu,ERROR\nFlo,flo@x.edu,RESPONDED\n"
)
FORMS = {
    "yamm": (YAMM, {"bo": "bounced", "cy": "unsubscribed", "ann": "delivered", "flo": "delivered"}),
    "yesware": (
        "Recipient,Name,Opens,Clicks,Replies,yw_bounce\nann@x.edu,Ann,2,0,0,FALSE\nbo@x.edu,Bo,0,0,0,TRUE\n",
        {"bo": "bounced"},
    ),
    "brevo": (
        "EMAIL,BLACKLISTED,REASON\nbo@x.edu,true,hard bounce\ncy@x.edu,true,unsubscribed\nann@x.edu,false,\n"
        "di@x.edu,true,\n",
        {"bo": "bounced", "cy": "unsubscribed", "di": "suppressed"},
    ),
    "mailgun": (
        'address,code,error,created_at\nbo@x.edu,550,"550 5.1.1 no such user","Mon, 02 Mar 2026 10:00:00 UTC"\n'
        'gus@x.edu,552,"552 5.2.2 mailbox full","Mon, 02 Mar 2026 10:00:00 UTC"\n'
        'cy@x.edu,606,Not delivering to unsubscribed address,"Mon, 02 Mar 2026 10:00:00 UTC"\n',
        {"bo": "bounced", "cy": "unsubscribed"},
    ),
    "hubspot": (
        "Email,First name,Hard bounce reason,Unsubscribed from all email,Sends Since Last Engagement\n"
        "ann@x.edu,Ann,,false,2\nbo@x.edu,Bo,UNKNOWN_USER,false,1\ncy@x.edu,Cy,,true,0\n"
        "gus@x.edu,Gus,MAILBOX_FULL,,1\nhal@x.edu,Hal,SPAM,,1\n",
        {"bo": "bounced", "cy": "unsubscribed"},
    ),
    "hubspot flags": (
        "Recipient,Sent,Delivered,Bounced,Opted out of email\nann@x.edu,TRUE,TRUE,FALSE,FALSE\n"
        "bo@x.edu,TRUE,FALSE,TRUE,FALSE\ncy@x.edu,TRUE,TRUE,FALSE,TRUE\n",
        {"bo": "bounced", "cy": "unsubscribed"},
    ),
    "gmail mail merge": (
        "Email,Bounce message\nbo@x.edu,Address not found\ngus@x.edu,The recipient's mailbox is full\n"
        'hal@x.edu,"552-5.2.2 The email account is over quota"\n',
        {"bo": "bounced"},
    ),
    "mailchimp": (
        "Email Address,First Name,UNSUB_TIME,UNSUB_REASON\ncy@x.edu,Cy,2026-03-01 10:00:00,NORMAL\nann@x.edu,Ann,,\n",
        {"cy": "unsubscribed"},
    ),
    "mailjet": (
        "Email,Status\nbo@x.edu,hardbounced\ngus@x.edu,softbounced\nann@x.edu,opened\n",
        {"bo": "bounced", "ann": "delivered"},
    ),
    "postmark": (
        "Recipient,Type\nbo@x.edu,HardBounce\ngus@x.edu,Transient\ncy@x.edu,SpamComplaint\n",
        {"bo": "bounced", "cy": "complained"},
    ),
    "ses": (
        "recipient,notificationType,bounceType,diagnosticCode\nbo@x.edu,Bounce,Permanent,smtp; 550 5.1.1 user unknown\n"
        "gus@x.edu,Bounce,Transient,smtp; 452 4.2.2 full\ncy@x.edu,Complaint,,\n",
        {"bo": "bounced", "cy": "complained"},
    ),
    "german": (
        "E-Mail-Adresse;Zustellstatus;Grund\nbo@x.edu;nicht zugestellt;Empfänger unbekannt\n"
        "gus@x.edu;nicht zugestellt;Postfach voll\ncy@x.edu;abgemeldet;\nann@x.edu;zugestellt;\n",
        {"bo": "bounced", "cy": "unsubscribed", "ann": "delivered"},
    ),
    "french": (
        "Destinataire;Statut\nbo@x.edu;adresse introuvable\ngus@x.edu;boîte pleine\ncy@x.edu;désabonné\n"
        "ann@x.edu;envoyé\n",
        {"bo": "bounced", "cy": "unsubscribed"},
    ),
    "codes alone": ("email,code\nbo@x.edu,550.0\ngus@x.edu,552\nhal@x.edu,421\n", {"bo": "bounced"}),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["report__csv", "bounces__csv", "my_unsubscribed_people__csv", "spam_reports__csv"])
def test_known_forms_are_read_by_their_columns_whatever_the_file_is_called(read, form: str, name: str):
    content, expected = FORMS[form]
    outcomes = {address.partition("@")[0]: outcome for address, outcome in told(read(**{name: content})).items()}
    assert outcomes == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("email\na@x.edu\n", {"a@x.edu": "suppressed"}),  # nothing is sent there, and nobody's answer is blamed
        ("Recipient,Name,Opens,Clicks\na@x.edu,Ann,1,0\n", {}),
        ("Email,Status\na@x.edu,sent\nb@x.edu,blue\n", {}),
    ],
)
def test_a_files_name_makes_nobody_bounced(read, content: str, expected: dict[str, str]):
    assert told(read(hard_bounces__csv=content)) == expected


def test_shared_bounce_exports():
    folder = case("20_bounce_exports")
    for path in sorted(folder.glob("*.csv")):
        found = read_outcomes([path])
        suppressed = {a.partition("@")[0]: o for a, o in told(found).items() if o != "delivered"}
        assert suppressed == ({"bo": "bounced"} if "yesware" in path.name else {"bo": "bounced", "cy": "unsubscribed"})


def test_a_workbook_and_its_rows(read):
    sheet = pd.DataFrame({"Contact e-mail": ["a@x.edu", "b@x.edu"], "Status": ["Opted out", "Hard bounce"]})
    found = read(report__xlsx=xlsx_bytes({"notes": pd.DataFrame({"text": ["hello"]}), "mail": sheet}))
    assert told(found) == {"a@x.edu": "unsubscribed", "b@x.edu": "bounced"}
    assert found.outcomes["source_row"].tolist() == [2, 3]


@pytest.mark.parametrize(
    ("name", "content", "rule", "row"),
    [
        ("bounces__xlsx", b"PK\x03\x04broken", "unreadable_file", None),
        ("bounces__csv", "name\nAnn\n", "no_table", None),
        ("list__csv", "email\na@x.edu\n", "no_outcome", None),
        ("bounces__csv", "email\na@x.edu\nnot one\n", "no_address", 3),
        ("log__csv", "email,event\na@x.edu,bounced\nb@x.edu,blue\nc@x.edu,blue\n", "unknown_word", 3),
    ],
)
def test_what_is_not_understood_is_named_with_row_and_remedy(read, name, content, rule, row):
    [problem] = read(**{name: content}).problems.to_dict("records")
    assert problem["rule"] == rule
    assert problem["source_file"] == name.replace("__", ".")
    assert (None if pd.isna(problem["source_row"]) else problem["source_row"]) == row
    assert ": " in problem["reason"] or "call it" in problem["reason"]
    assert "@" not in problem["reason"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes__txt", "call them on Monday\nand again\n"),
        ("copy__csv", "lead_id,value,status\nX,a@x.edu,accepted_automatically\n"),
        ("picture__png", b"\x89PNG"),
        ("bounces__csv", "email\n"),
        ("soft_bounces__csv", "email\na@x.edu\n"),
    ],
)
def test_what_says_nothing_is_passed_over(read, name, content):
    found = read(**{name: content})
    assert found.outcomes.empty
    assert found.problems.empty


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Message rejected as spam", "complained"),
        ("the message was rejected as spam by our filter", None),
        ("554 5.7.1 rejected as spam by our filter", SOFT),
        ("550 no such user here", "bounced"),
        ("could not be delivered", "bounced"),
        ("Not Delivered", "bounced"),
        ("list-unsubscribe", "unsubscribed"),
        ("mailbox is full", SOFT),
        ("550 mailbox full", SOFT),
        ("550 5.1.1 mailbox full", SOFT),
        ("554 blocked by policy", SOFT),
        ("450 try again", SOFT),
        ("smtp; 550 user unknown", "bounced"),
        ("605", "bounced"),
        ("EMAIL_SENT", SENT),
        ("Boîte pleine", SOFT),
        ("Désinscrit", "unsubscribed"),
        ("inactive", None),
        ("dropped", VAGUE),
        ("", None),
    ],
)
def test_words(text: str, outcome: str | None):
    assert outcome_of(text) == outcome


@given(st.text())
def test_any_word_is_read(text: str):
    assert outcome_of(text) in {*MAIL_OUTCOMES, SOFT, SENT, VAGUE, None}


@given(st.binary(max_size=300))
def test_any_file_is_read(tmp_path_factory: pytest.TempPathFactory, content: bytes):
    path = tmp_path_factory.getbasetemp() / "bounces.csv"
    path.write_bytes(content)
    found = read_outcomes([path, path.with_name("gone_bounces.csv")])
    Outcomes.validate(found.outcomes)
    assert "unreadable_file" in found.problems["rule"].tolist()


PHASE = PhaseSpec.model_validate({"keys": ["club"], "fields": {"email": {"kind": "email"}, "site": {"kind": "url"}}})


def outcomes(*rows: tuple[str, str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["address", "outcome"]).astype("str")
    return table.assign(source_file="f.csv", source_row=range(2, len(rows) + 2))


LEADS = pd.DataFrame(
    {
        "lead_subgroup": ["email", "email", "email", "email", "site"],
        "value": ["A@x.edu", "b@x.edu", "c@x.edu", "d@x.edu", "a@x.edu"],
        "item_ids": [["R1", "R2"], ["R1"], ["R3"], ["R1"], ["R1"]],
    }
)
CONSENSUS = pd.DataFrame(
    [
        ("I1", "", "email", "A@x.edu", True),
        ("I2", "e", "email", "a@x.edu", False),
        ("I3", "", "email", "b@x.edu", True),
        ("I4", "", "email", "b@x.edu", False),
        ("I5", "", "email", "d@x.edu", True),
        ("I6", "", "site", "a@x.edu", True),
        ("I7", "", "email", None, True),
    ],
    columns=["item_id", "element", "field", "value", "accepted"],
)


def test_bounces_are_wrong_and_whoever_was_reached_is_right_where_it_passed():
    found = outcomes(
        ("a@x.edu", "bounced"), ("b@x.edu", "unsubscribed"), ("b@x.edu", "delivered"), ("d@x.edu", "suppressed"),
        ("z@x.edu", "bounced"),
    )  # fmt: skip
    truth = outcomes_as_truth(found, CONSENSUS, PHASE)
    assert truth.to_numpy().tolist() == [
        ["I1", "", "email", "a@x.edu", False],
        ["I2", "e", "email", "a@x.edu", False],
        ["I3", "", "email", "b@x.edu", True],
    ]


def test_an_address_that_bounced_and_was_reached_tells_nothing():
    found = outcomes(("a@x.edu", "bounced"), ("a@x.edu", "delivered"))
    assert outcomes_as_truth(found, CONSENSUS, PHASE).empty
    assert outcomes_as_truth(found.iloc[:0], CONSENSUS, PHASE).columns.tolist()[-1] == "right"


def test_the_strongest_reason_is_shown_and_only_addresses_are_suppressed():
    found = outcomes(("a@x.edu", "bounced"), ("a@x.edu", "complained"), ("b@x.edu", "delivered"))
    marked = mark_suppressed(LEADS, found, PHASE)["suppressed"].tolist()
    assert marked == ["complained (f.csv, row 3)", "", "", "", ""]
    assert (mark_suppressed(LEADS, found.iloc[:0], PHASE)["suppressed"] == "").all()
