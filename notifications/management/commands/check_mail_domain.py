from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import office
from notifications import mail_domain


class Command(BaseCommand):
    help = (
        "Look up SPF, DKIM and DMARC of the domain that mail comes from, and say in plain words "
        "what is there and what is missing, with the lines for whoever runs the domain."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("domain", nargs="?", help="left out: that of DEFAULT_FROM_EMAIL")
        parser.add_argument(
            "--selector", action="append", default=[], help="of the DKIM key; may be repeated"
        )
        parser.add_argument(
            "--include", default="", help="what the mail provider asks to include in SPF"
        )
        parser.add_argument("--language", choices=["en", "fr"], default="en")
        parser.add_argument("--seconds", type=float, default=5, help="to wait for each answer")
        parser.add_argument("--server", default="", help="name server to ask, ADDRESS[:PORT]")

    def handle(self, *args, domain, selector, include, language, seconds, server, **options):
        with translation.override(language):
            domain = domain or settings.DEFAULT_FROM_EMAIL
            try:
                records = mail_domain.Records(seconds=seconds, server=server)
                name = mail_domain.named(domain)
                found = mail_domain.look(name, selector, include, _mailbox(), records)
            except mail_domain.NoDomain as error:
                raise CommandError(
                    _("“%(domain)s” is not the name of a domain. Write it like agency.ca.")
                    % {"domain": domain[:80]}
                ) from error
            except mail_domain.Unknown as error:
                raise CommandError(
                    _("There is no domain %(domain)s. Is it spelled right?") % {"domain": name}
                ) from error
            except mail_domain.NoAnswer as error:
                raise CommandError(
                    _("No name server can be asked. Name one with --server, for example 9.9.9.9.")
                ) from error
            self._tell(name, found)

    def _tell(self, name, found):
        states = {True: _("in order"), False: _("to be put right"), None: _("not known")}
        self.stdout.write(name)
        for finding in found:
            self.stdout.write("")
            self.stdout.write(
                _("%(label)s:") % {"label": finding.name} + f" {states[finding.is_well]}"
            )
            for words in finding.words:
                self.stdout.write(f"  {words}")
            for line in finding.lines:
                self.stdout.write(f"    {line}")
        self.stdout.write("")
        if any(finding.lines for finding in found):
            self.stdout.write(
                _("Hand the indented lines to whoever runs %(domain)s.") % {"domain": name}
            )
        if not all(finding.is_well for finding in found):
            raise CommandError(_("Not everything is in order."))
        self.stdout.write(_("Everything is in order."))


def _mailbox() -> str:
    """Return who gets the reports, also where the database is not there yet."""
    try:
        return office.current().mailbox
    except DatabaseError:
        return settings.MAILBOX
