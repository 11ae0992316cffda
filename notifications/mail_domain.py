"""What the domain that mail comes from says of its senders, in plain words.

Three records decide whether mail arrives or is taken for spam: SPF names the servers that may send,
DKIM holds the key of their signature, DMARC says what to do with the rest. Each is looked up and
explained; where one is missing or wrong, the line to add is given as it has to stand.
"""

import re
from dataclasses import dataclass, field

import dns.exception
import dns.resolver
from django.conf import settings
from django.utils.translation import gettext as _

# What a mail provider asks to have included, by the name of its server.
INCLUDES = {
    "smtp.gmail.com": "_spf.google.com",
    "smtp-relay.gmail.com": "_spf.google.com",
    "smtp.office365.com": "spf.protection.outlook.com",
    "amazonaws.com": "amazonses.com",
    "smtp.sendgrid.net": "sendgrid.net",
    "smtp.mailgun.org": "mailgun.org",
    "smtp.postmarkapp.com": "spf.mtasv.net",
    "in-v3.mailjet.com": "spf.mailjet.com",
    "smtp-relay.brevo.com": "spf.brevo.com",
}
# Tried where nobody says which selector signs.
USUAL_SELECTORS = ("default", "google", "selector1", "selector2", "s1", "s2", "k1", "mail", "dkim")
DOMAIN = re.compile(
    r"(?=.{4,253}$)(?:\w(?:[\w-]{0,61}\w)?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])", re.A
)
LOOKUPS_ALLOWED = 10  # RFC 7208, 4.6.4
LEADS_ON = re.compile(r"(?:[+~?-]?include:|redirect=)(?P<name>[^%]+)")
ASKS_AGAIN = ("include:", "a", "mx", "ptr", "exists:", "redirect=")


class NoDomain(Exception):
    """What was typed is no name of a domain."""


class Unknown(Exception):
    """There is no such domain."""


class NoAnswer(Exception):
    """The name server did not answer in time, or could not."""


@dataclass(frozen=True)
class Finding:
    """One of the three: whether it ``is_well``, or None where nobody answered; ``lines`` to add."""

    name: str
    is_well: bool | None
    words: list[str]
    lines: list[str] = field(default_factory=list)


class Records:
    """The TXT records of names, asked of the name server of this machine or of ``server``."""

    def __init__(self, *, seconds: float, server: str = ""):
        try:
            self._resolver = dns.resolver.Resolver(configure=not server)
        except (dns.resolver.NoResolverConfiguration, OSError) as error:
            raise NoAnswer from error
        self._resolver.lifetime = seconds
        if server:
            address, _colon, port = server.partition(":")
            try:
                self._resolver.nameservers = [address]
                self._resolver.port = int(port or 53)
            except ValueError as error:
                raise NoAnswer from error

    def knows(self, domain: str) -> bool:
        """Whether there is such a domain; also where nobody answered, which is told elsewhere."""
        try:
            self._resolver.resolve(f"{domain}.", "SOA", search=False)
        except dns.resolver.NXDOMAIN:
            return False
        except (dns.exception.DNSException, OSError):
            return True
        return True

    def texts(self, name: str) -> list[str]:
        """Return the texts at ``name``, empty where there are none. Raises NoAnswer."""
        try:
            found = self._resolver.resolve(f"{name}.", "TXT", search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise NoAnswer from error
        return [b"".join(row.strings).decode(errors="replace") for row in found]

    def saying(self, name: str, version: str) -> list[str]:
        """Return those that begin by ``version``, whatever its case, always in the same order."""
        return sorted(
            text for text in self.texts(name) if text.lower().split(";")[0].split()[:1] == [version]
        )


def look(domain: str, selectors, include: str, mailbox: str, records: Records) -> list[Finding]:
    """Return what SPF, DKIM and DMARC of ``domain`` say. Raises NoDomain and Unknown.

    ``include`` is what the provider asks to have included, or nothing. ``mailbox`` gets reports.
    """
    domain = named(domain)
    if not records.knows(domain):
        raise Unknown
    return [
        _or_silence("SPF", lambda: _spf(domain, include, records)),
        _or_silence("DKIM", lambda: _dkim(domain, selectors, records)),
        _or_silence("DMARC", lambda: _dmarc(domain, mailbox, records)),
    ]


def named(domain: str) -> str:
    """Return ``domain``, or that of an address, as name servers know it. Raises NoDomain."""
    text = domain.strip().rpartition("@")[2].rstrip(".").lower()
    try:
        name = text.encode("idna").decode()
    except UnicodeError as error:
        raise NoDomain from error
    if not DOMAIN.fullmatch(name):
        raise NoDomain
    return name


def sender() -> str:
    """Return what allows our mail server in an SPF record: of its provider, or by its name."""
    host = settings.EMAIL_HOST.lower()
    for server, include in INCLUDES.items():
        if host == server or host.endswith(f".{server}"):
            return f"include:{include}"
    return f"a:{host}" if "." in host and not host.replace(".", "").isdigit() else "mx"


def _or_silence(name, find) -> Finding:
    try:
        return find()
    except NoAnswer:
        return Finding(
            name, None, [_("The name server did not answer in time. Try again in a few minutes.")]
        )


def _spf(domain, include, records) -> Finding:
    allows = f"include:{include}" if include else sender()
    found = records.saying(domain, "v=spf1")
    if not found:
        words = _("Nothing says which servers may send for this domain: its email is easily faked, "
                  "and ours may be taken for spam.")  # fmt: skip
        return Finding("SPF", False, [words], [_line(domain, f"v=spf1 {allows} ~all")])
    if len(found) > 1:
        parts = [part for text in found for part in text.split()[1:] if not _is_end(part)]
        merged = " ".join(["v=spf1", *dict.fromkeys([*parts, allows]), "~all"])
        words = _("There are %(count)s records, and receivers then heed none. "
                  "Put this one in the place of them:") % {"count": len(found)}  # fmt: skip
        return Finding("SPF", False, [words], [_line(domain, merged)])
    return _allowing(found[0], domain, allows, records)


def _allowing(text, domain, allows, records) -> Finding:
    """Return what is wrong with ``text``, and the record that is right and ``allows`` us."""
    reach = _reach(text, records)
    parts = text.split()[1:]
    kept = [part for part in parts if not _is_end(part)]
    end = next(filter(_is_end, parts), "")
    faults = []
    for name in reach.nowhere:
        faults.append(
            _("It includes %(name)s, where nothing stands: receivers then heed none of it.")
            % {"name": name}
        )
        kept = [part for part in kept if part == allows or not part.lower().endswith(f":{name}")]
    if allows.lower() not in reach.parts:
        faults.append(_("It does not name our email server (%(allows)s).") % {"allows": allows})
        kept.append(allows)
    if end in {"all", "+all"}:
        faults.append(_("It ends by “all”: everybody may send for this domain."))
        end = "~all"
    elif not end:
        faults.append(_("It does not say what to do with email from other servers."))
        end = "~all"
    if reach.lookups > LOOKUPS_ALLOWED:
        words = _("It sends receivers to more than %(count)s other names: they then give up. "
                  "Leave out what is no longer used.") % {"count": LOOKUPS_ALLOWED}  # fmt: skip
        return Finding("SPF", False, [_stands(text), *faults, words])
    if faults:
        line = _line(domain, " ".join(["v=spf1", *kept, end]))
        return Finding("SPF", False, [_stands(text), *faults, _("Put this in its place:")], [line])
    return Finding("SPF", True, [_stands(text), _("It names our email server.")])


@dataclass
class _Reach:
    """What a record and all that it includes say: their ``parts``, how many ``lookups`` they cost
    receivers, and the names ``nowhere`` to be found that are included.
    """

    parts: set[str] = field(default_factory=set)
    lookups: int = 0
    nowhere: list[str] = field(default_factory=list)


def _reach(text: str, records: Records) -> _Reach:
    """Follow ``text`` as receivers do, until they would give up. Raises NoAnswer."""
    reach, texts = _Reach(), [text]
    while texts and reach.lookups <= LOOKUPS_ALLOWED:
        for part in texts.pop(0).lower().split()[1:]:
            reach.parts.add(part.lstrip("+"))
            reach.lookups += _asks(part)
            leads = LEADS_ON.fullmatch(part)
            if leads and reach.lookups <= LOOKUPS_ALLOWED:
                found = records.saying(leads["name"], "v=spf1")
                texts += found[:1]
                reach.nowhere += [] if found else [leads["name"]]
    return reach


def _is_end(part) -> bool:
    return part.lower() in {"all", "+all", "-all", "~all", "?all"} or part.lower().startswith(
        "redirect="
    )


def _asks(part) -> bool:
    part = part.lower().lstrip("+-~?")
    return any(part == each or part.startswith((each + ":", each + "/")) or
               (each[-1] in ":=" and part.startswith(each)) for each in ASKS_AGAIN)  # fmt: skip


def _dkim(domain, selectors, records) -> Finding:
    keys, empty = [], []
    for selector in selectors or USUAL_SELECTORS:
        name = f"{selector}._domainkey.{domain}"
        for text in records.texts(name):
            tags = _tags(text)
            if "p" in tags:
                (keys if tags["p"] else empty).append(selector)
    words = [
        *(_("The key “%(selector)s” is there.") % {"selector": each} for each in keys),
        *(_("The key “%(selector)s” was taken back.") % {"selector": each} for each in empty),
    ]
    missing = [each for each in selectors if each not in keys]
    if keys and not missing:
        return Finding("DKIM", True, words)
    if not selectors:
        words.append(
            _(
                "No key was found under the usual names. Ask your email provider which selector "
                "signs, and look again with --selector."
            )
        )
    words.append(
        _(
            "Only your email provider knows the key. It gives it to you as a line like this one, "
            "with its own name and key:"
        )
    )
    lines = [
        _line(f"{selector}._domainkey.{domain}", f"v=DKIM1; k=rsa; p={_('KEY-OF-YOUR-PROVIDER')}")
        for selector in missing or [_("SELECTOR")]
    ]
    return Finding("DKIM", False, words, lines)


def _dmarc(domain, mailbox, records) -> Finding:
    line = _line(f"_dmarc.{domain}", f"v=DMARC1; p=none; rua=mailto:{mailbox}")
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        asked = ".".join(labels[start:])
        found = records.saying(f"_dmarc.{asked}", "v=dmarc1")
        if len(found) > 1:
            words = _("There are %(count)s records, and receivers then heed none. "
                      "Put this one in the place of them:") % {"count": len(found)}  # fmt: skip
            return Finding("DMARC", False, [words], [line])
        if found:
            return _policy(found[0], asked, is_own=asked == domain, line=line)
    words = _("Nothing says what receivers should do with email that only pretends to come from "
              "this domain. Large providers ask for it. This line asks for reports and changes "
              "nothing else:")  # fmt: skip
    return Finding("DMARC", False, [words], [line])


def _policy(text, asked, *, is_own, line) -> Finding:
    tags = _tags(text)
    policy = tags.get("p", "").lower()
    if not is_own:
        policy = tags.get("sp", policy).lower()
    meanings = {
        "none": _("Faked email is let through, and only reported."),
        "quarantine": _("Faked email is put among the spam."),
        "reject": _("Faked email is refused."),
    }
    words = [_stands(text)]
    if not is_own:
        words.append(_("It stands at %(domain)s, and holds here too.") % {"domain": asked})
    if policy not in meanings:
        return Finding(
            "DMARC", False,
            [*words, _("It does not say what to do (p=). Put this in its place:")], [line],
        )  # fmt: skip
    words.append(meanings[policy])
    if "rua" not in tags:
        words.append(_("Nobody gets the reports (rua=)."))
    return Finding("DMARC", True, words)


def _tags(text) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _equals, value in pairs}


def _stands(text) -> str:
    return _("There is: %(text)s") % {"text": text}


def _line(name, text) -> str:
    """Return the record as it stands in a zone; what is long is cut as name servers ask for it."""
    pieces = [text[start : start + 255] for start in range(0, len(text), 255)]
    return f"{name}.  TXT  " + " ".join(f'"{piece}"' for piece in pieces)
