"""SPF, DKIM and DMARC, asked of a name server of our own on this machine."""

import socket
from contextlib import contextmanager
from threading import Thread

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from django.core.management import CommandError, call_command

from notifications import mail_domain

pytestmark = pytest.mark.django_db

SPF = "v=spf1 include:_spf.example ~all"
DMARC = "v=DMARC1; p=reject; rua=mailto:reports@agency.test"
PROVIDER = {"_spf.example": ["v=spf1 ip4:192.0.2.0/24 ~all"]}
IN_ORDER = {
    **PROVIDER,
    "agency.test": [SPF],
    "own._domainkey.agency.test": ["v=DKIM1; k=rsa; p=MIIB"],
    "_dmarc.agency.test": [DMARC],
}


@contextmanager
def name_server(records, *, answers=True, rcode=dns.rcode.NOERROR):
    """A name server that knows ``records``: texts by name. Yields its ADDRESS:PORT."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listens:
        listens.bind(("127.0.0.1", 0))

        def serve():
            while True:
                asked, who = listens.recvfrom(4096)
                if asked == b"end":
                    return
                if answers:
                    listens.sendto(answer(asked).to_wire(), who)

        def answer(asked):
            query = dns.message.from_wire(asked)
            name = query.question[0].name
            reply = dns.message.make_response(query)
            reply.flags |= dns.flags.RA
            reply.set_rcode(rcode)
            texts = records.get(name.to_text(omit_final_dot=True))
            is_asked_for = query.question[0].rdtype == dns.rdatatype.TXT
            if texts and is_asked_for and rcode == dns.rcode.NOERROR:
                quoted = [f'"{text}"' for text in texts]
                reply.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *quoted))
            elif "nowhere" in name.to_text():
                reply.set_rcode(dns.rcode.NXDOMAIN)
            return reply

        thread = Thread(target=serve)
        thread.start()
        port = listens.getsockname()[1]
        try:
            yield f"127.0.0.1:{port}"
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ends:
                ends.sendto(b"end", ("127.0.0.1", port))
            thread.join(timeout=5)


def check(capsys, records, domain="agency.test", **options):
    """Return (all that the command said, how it ended or nothing)."""
    options = {"selector": ["own"], "include": "_spf.example", **options}
    with name_server(records) as server:
        try:
            call_command("check_mail_domain", domain, server=server, **options)
        except CommandError as error:
            return capsys.readouterr().out, str(error)
    return capsys.readouterr().out, ""


def test_a_domain_in_order_is_said_to_be_so(capsys):
    said, end = check(capsys, IN_ORDER)

    assert end == ""
    assert said.splitlines() == [
        "agency.test",
        "",
        "SPF: in order",
        f"  There is: {SPF}",
        "  It names our email server.",
        "",
        "DKIM: in order",
        "  The key “own” is there.",
        "",
        "DMARC: in order",
        f"  There is: {DMARC}",
        "  Faked email is refused.",
        "",
        "Everything is in order.",
    ]


def test_where_nothing_is_there_the_lines_to_add_are_given(capsys):
    said, end = check(capsys, {})

    assert [line.strip() for line in said.splitlines() if "  TXT  " in line] == [
        'agency.test.  TXT  "v=spf1 include:_spf.example ~all"',
        'own._domainkey.agency.test.  TXT  "v=DKIM1; k=rsa; p=KEY-OF-YOUR-PROVIDER"',
        '_dmarc.agency.test.  TXT  "v=DMARC1; p=none; rua=mailto:cops@sample.example"',
    ]
    assert "Hand the indented lines to whoever runs agency.test." in said
    assert end == "Not everything is in order."


@pytest.mark.parametrize(
    ("texts", "line"),
    [
        (["v=spf1 mx -all"], "v=spf1 mx include:_spf.example -all"),
        ([f"{SPF[:-4]}+all"], "v=spf1 include:_spf.example ~all"),
        (["v=spf1 include:_spf.example"], "v=spf1 include:_spf.example ~all"),
        (["v=spf1 mx -all", "v=spf1 a ~all"], "v=spf1 a mx include:_spf.example ~all"),
        (["v=spf1 redirect=other.test"], "v=spf1 include:_spf.example redirect=other.test"),
    ],
    ids=["without our server", "for everybody", "without an end", "twice", "led elsewhere"],
)
def test_an_spf_record_that_is_wrong_is_given_as_it_should_be(capsys, texts, line):
    said, _end = check(capsys, {**IN_ORDER, "agency.test": [*texts, "another text"]})

    assert f'agency.test.  TXT  "{line}"' in said


def test_more_names_than_receivers_look_up_are_told_of(capsys):
    many = " ".join(f"include:s{number}.test" for number in range(10))

    said, _end = check(capsys, {**IN_ORDER, "agency.test": [f"v=spf1 {many} {SPF[7:]}"]})

    assert "It sends receivers to more than 10 other names" in said


def test_a_server_allowed_by_what_the_record_includes_is_allowed(capsys):
    records = {
        "agency.test": ["v=spf1 include:all-mail.test ~all"],
        "all-mail.test": ["v=spf1 redirect=more-mail.test"],
        "more-mail.test": [SPF],
    }

    said, end = check(capsys, {**IN_ORDER, **records})

    assert end == ""
    assert "SPF: in order" in said


def test_what_is_included_costs_receivers_names_too(capsys):
    records = {
        "agency.test": [f"v=spf1 include:all-mail.test {SPF[7:]}"],
        "all-mail.test": ["v=spf1 mx " + " ".join(f"a:s{number}.test" for number in range(9))],
    }

    said, _end = check(capsys, {**IN_ORDER, **records})

    assert "It sends receivers to more than 10 other names" in said


def test_a_record_that_includes_itself_comes_to_an_end(capsys):
    said, _end = check(
        capsys, {**IN_ORDER, "agency.test": [f"v=spf1 include:agency.test {SPF[7:]}"]}
    )

    assert "It sends receivers to more than 10 other names" in said


def test_a_name_included_where_nothing_stands_is_left_out(capsys):
    records = {"agency.test": [f"v=spf1 include:gone.test {SPF[7:]}"]}

    said, _end = check(capsys, {**IN_ORDER, **records})

    assert "It includes gone.test, where nothing stands" in said
    assert f'agency.test.  TXT  "{SPF}"' in said


@pytest.mark.parametrize(
    ("key", "words"),
    [("v=DKIM1; p=", "The key “own” was taken back."), ("something", "Only your email provider")],
)
def test_a_key_that_is_none_is_told_of(capsys, key, words):
    said, end = check(capsys, {**IN_ORDER, "own._domainkey.agency.test": [key]})

    assert "DKIM: to be put right" in said
    assert words in said
    assert end


def test_without_a_selector_the_usual_ones_are_tried(capsys):
    found = {**IN_ORDER, "selector1._domainkey.agency.test": ["v=DKIM1; p=MIIB"]}

    assert "The key “selector1” is there." in check(capsys, found, selector=[])[0]
    assert "look again with --selector" in check(capsys, IN_ORDER, selector=[])[0]


@pytest.mark.parametrize(
    ("record", "meaning"),
    [
        ({"_dmarc.agency.test": ["v=DMARC1; p=none"]}, "only reported.\n  Nobody gets the reports"),
        ({"_dmarc.agency.test": ["v=DMARC1; p=quarantine; rua=mailto:a@b.test"]}, "among the spam"),
        ({"_dmarc.agency.test": ["v=DMARC1"]}, "It does not say what to do (p=)."),
        ({"_dmarc.agency.test": [DMARC, DMARC]}, "DMARC: in order"),
        ({"_dmarc.agency.test": [DMARC, f"{DMARC}; pct=9"]}, "There are 2 records"),
    ],
    ids=["reported", "spam", "nothing said", "the same twice", "two"],
)
def test_dmarc_is_told_in_plain_words(capsys, record, meaning):
    assert meaning in check(capsys, {**IN_ORDER, **record})[0]


def test_the_policy_of_the_whole_organization_holds_for_a_part_of_it(capsys):
    found = {"_dmarc.agency.test": ["v=DMARC1; p=reject; sp=quarantine; rua=mailto:a@b.test"]}

    said, _end = check(capsys, found, domain="mail.agency.test")

    assert "It stands at agency.test, and holds here too." in said
    assert "Faked email is put among the spam." in said


def test_a_domain_that_is_not_there_is_told_of(capsys):
    said, end = check(capsys, {}, domain="nowhere.test")

    assert (said, end) == ("", "There is no domain nowhere.test. Is it spelled right?")


def test_it_speaks_french(capsys):
    said, end = check(capsys, {}, language="fr")

    assert "SPF\u00a0: à corriger" in said
    assert "Remettez les lignes en retrait à la personne qui gère agency.test." in said
    assert end == "Tout n’est pas en ordre."


@pytest.mark.parametrize(
    "server", [{"answers": False}, {"rcode": dns.rcode.SERVFAIL}], ids=["silent", "broken"]
)
def test_a_name_server_that_does_not_answer_is_told_of(capsys, server):
    with (
        name_server(IN_ORDER, **server) as address,
        pytest.raises(CommandError, match="Not everything is in order"),
    ):
        call_command("check_mail_domain", "agency.test", "--seconds=0.2", server=address)

    assert capsys.readouterr().out.count("The name server did not answer in time.") == 3


@pytest.mark.parametrize(
    "domain",
    ["agency", "agency .test", "", ".", "a..test", "-", "x" * 300, "x" * 64 + ".test", "a\n.test",
     "https://agency.test/", "agency.test:25", "10.0.0.1", "\udc80.test", "é" * 300 + ".test"],
)  # fmt: skip
def test_what_is_no_domain_is_refused_in_words(domain):
    with pytest.raises(CommandError, match="is not the name of a domain"):
        call_command("check_mail_domain", domain or " ", server="127.0.0.1:1")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Agency.TEST.", "agency.test"),
        ("cops@agency.test", "agency.test"),
        ("métiers.test", "xn--mtiers-bva.test"),
    ],
)
def test_a_domain_is_known_however_it_is_typed(typed, name):
    assert mail_domain.named(typed) == name


@pytest.mark.parametrize("server", ["nowhere", "127.0.0.1:port", "127.0.0.1:99999999"])
def test_a_name_server_that_is_none_is_refused_in_words(server):
    with pytest.raises(CommandError, match=r"No name server|Not everything"):
        call_command("check_mail_domain", "agency.test", server=server, seconds=0.2)


@pytest.mark.parametrize(
    ("host", "allows"),
    [
        ("smtp.office365.com", "include:spf.protection.outlook.com"),
        ("email-smtp.ca-central-1.amazonaws.com", "include:amazonses.com"),
        ("smtp.agency.test", "a:smtp.agency.test"),
        ("10.0.0.7", "mx"),
        ("localhost", "mx"),
    ],
)
def test_the_mail_server_in_use_says_what_spf_must_name(settings, host, allows):
    settings.EMAIL_HOST = host

    assert mail_domain.sender() == allows


def test_without_a_domain_it_is_that_of_our_own_address(capsys, settings):
    settings.DEFAULT_FROM_EMAIL = "cops@agency.test"

    with name_server(IN_ORDER) as server:
        call_command("check_mail_domain", selector=["own"], include="_spf.example", server=server)

    assert capsys.readouterr().out.startswith("agency.test\n")
